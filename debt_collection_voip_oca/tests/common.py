from odoo.addons.debt_collection.tests.common import DebtCommon


class SoftphoneCommon(DebtCommon):
    """An operator with a softphone, and a debtor who can be called."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(1000, 10)
        cls.provider = cls.env.ref("debt_collection_voip_oca.provider_voip_oca")
        cls.pbx = cls.env["voip.pbx"].create({"name": "Office", "mode": "prod"})
        for user in (cls.operator, cls.colleague):
            user.write(
                {
                    "debt_provider_id": cls.provider.id,
                    "voip_pbx_id": cls.pbx.id,
                    "voip_username": user.login,
                    "voip_password": "secret",
                }
            )

    def setUp(self):
        super().setUp()
        self.case = self._case()
        self.phone = self.case.phone_ids

    def _softphone(self, user=None):
        """The softphone's calls, as its browser sees them."""
        return self.env["voip.call"].with_user(user or self.operator)

    def _dialled(self, user=None):
        """A call from the call window: Odoo's call, and the softphone's."""
        call = self._call(self.case, user)
        action = call._place(phone=self.phone)
        values = {"phone_number": action["params"]["number"], "pbx_id": self.pbx.id}
        made = self._softphone(user).create_call(
            {**values, "type_call": "outgoing", "debt_call_id": call.id}
        )
        return call, self._softphone(user).browse(made["id"])

    def _rings(self, number="0470 12 34 56", user=None):
        """The operator's softphone rings."""
        softphone = self._softphone(user)
        made = softphone.create_call({"phone_number": number, "type_call": "incoming"})
        return softphone.browse(made["id"])

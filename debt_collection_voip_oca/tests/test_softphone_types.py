from odoo.tests import tagged

from odoo.addons.debt_collection.tests.test_access_types import NonsenseCommon


@tagged("post_install", "-at_install")
class TestSoftphoneTypes(NonsenseCommon):
    """What a browser sends to a method of the softphone's may be of any kind."""

    addons, least = "debt_collection_voip_oca", 300

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        call = cls.own["debt.call"]
        cls.own["voip.call"] = cls.env["voip.call"].create(
            {
                "debt_call_id": call.id,
                "user_id": cls.operator.id,
                "phone_number": "+32 470 65 43 20",
            }
        )

    def test_every_method_answers_nonsense_in_words(self):
        self._check_all_methods()

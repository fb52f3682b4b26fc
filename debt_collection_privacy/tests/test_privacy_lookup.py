from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.debt_collection.tests.common import DebtCommon


@tagged("post_install", "-at_install")
class TestPrivacyLookup(DebtCommon):
    """Odoo's Privacy Lookup finds what we keep, and deletes none of the evidence."""

    def setUp(self):
        super().setUp()
        self.debtor.email = "one@example.com"
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()
        self._call(self.case).finish("refused", party="right_party", note="Was ill")
        self.call = self.case.call_ids
        lookup = self.env["privacy.lookup.wizard"].create(
            {"name": self.debtor.name, "email": self.debtor.email}
        )
        lookup.action_lookup()
        self.lines = lookup.line_ids

    def _line(self, record):
        return self.lines.filtered(
            lambda line: (line.res_model, line.res_id) == (record._name, record.id)
        )

    def test_our_records_are_shown_numbers_too(self):
        for record in (self.case, self.call, self.debtor.debt_phone_ids):
            self.assertTrue(self._line(record), record)

    def test_delete_opens_our_dialog(self):
        for record in (self.case, self.call, self.debtor.debt_phone_ids):
            action = self._line(record).action_unlink()
            self.assertEqual(action["res_model"], "debt.privacy.wizard")
            dialog = self.env[action["res_model"]].with_context(**action["context"])
            self.assertEqual(Form(dialog).partner_id, self.debtor)
            self.assertTrue(record.exists())
        ours = self._line(self.call) | self._line(self.case)
        action = ours.action_unlink_all()
        self.assertEqual(action["res_model"], "debt.privacy.wizard")
        self.assertTrue(self.call.exists())

    def test_nothing_of_ours_is_archived(self):
        line = self._line(self.debtor.debt_phone_ids)
        line.action_archive_all()
        self.assertTrue(self.debtor.debt_phone_ids.active)
        line.is_active = False
        with self.assertRaisesRegex(UserError, "not archived here"):
            line._onchange_is_active()
        self.assertTrue(self.debtor.debt_phone_ids.active)

    def test_what_is_not_ours_is_deleted_as_before(self):
        other = self.env["res.partner"].create(
            {"name": self.debtor.name, "email": "other@example.com"}
        )
        line = self.env["privacy.lookup.wizard.line"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": other.id,
            }
        )
        line.action_unlink()
        self.assertFalse(other.exists())

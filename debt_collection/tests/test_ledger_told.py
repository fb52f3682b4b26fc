from odoo.tests import tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestTold(DebtCommon):
    """The case tells its life: what kept it waiting, and what was posted."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 20)
        self.case = self._case()

    def _said(self):
        return [
            str(body)
            for body in self.case.message_ids.sorted("id").mapped("body")
            if body
        ]

    def test_a_quiet_night_tells_nothing(self):
        self.cases._cron_refresh()
        before = self.case.message_ids
        with self._at(days=1):
            self.cases._cron_refresh()
        self.assertEqual(self.case.message_ids, before)

    def test_a_hold_is_told_with_its_end(self):
        for name in ("state", "hold_until"):
            self.assertTrue(self.cases._fields[name].tracking, name)

    def test_a_letter_is_told(self):
        self.env["debt.message"]._record_in_person(
            self.case, "letter", "Second reminder, by registered post"
        )
        self.assertIn("Letter of 03/10/2026.", self._said()[-1])
        self.assertIn("registered post", self._said()[-1])

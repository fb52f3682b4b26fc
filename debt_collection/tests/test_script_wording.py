from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .script_common import ScriptCommon


@tagged("post_install", "-at_install")
class TestSecondWording(ScriptCommon):
    """Two ways to say the same: half of the debtors hear the one, half the other."""

    def setUp(self):
        super().setUp()
        self.script = self._new_script()
        self.step = self._step(self.script, "why")
        self.step.other_text = "What keeps you, {{ object.partner_id.name }}?"
        for number in range(10):
            debtor = self._new_debtor(f"W{number}", f"+32 470 00 31 {number:02}")
            self._invoice(100, 20, debtor)
        self.cases.refresh()
        self.all = self.cases.search([("partner_id.name", "=like", "W_")])

    def _said(self, case):
        return self.step._render_text(case)[self.step.id]

    def test_every_debtor_hears_one_of_them_and_always_the_same(self):
        said = [self._said(case) for case in self.all]
        self.assertEqual(said, [self._said(case) for case in self.all])
        second = [text for text in said if text.startswith("What keeps you")]
        self.assertTrue(0 < len(second) < len(said))
        self.assertIn("W", second[0], "its placeholders are filled in")

    def test_what_works_tells_them_apart(self):
        for case in self.all[:6]:
            call = self._call(case)
            call.dial(phone=call.partner_id.debt_phone_ids)
            answer = self._answer(self.script, "I forgot")
            path = [{"step_id": self.step.id, "answer_id": answer.id}]
            call._log_path(path, fields.Datetime.now())
            call.finish("refused", note="x", party="right_party")
            heard = "2" if self._said(case).startswith("What keeps") else "1"
            self.assertEqual(call.path_ids.wording, heard)
        report = self.env["debt.step.report"].with_user(self.manager)
        rows = report._read_group(
            [("step_id", "=", self.step.id)], ["wording"], ["visits:sum"]
        )
        self.assertEqual(sum(count for _wording, count in rows), 6)
        self.assertLessEqual({wording for wording, _count in rows}, {"1", "2"})

    def test_a_step_with_one_wording_records_none(self):
        who = self._step(self.script, "who")
        self.assertFalse(who._wording(self.all[0].partner_id))

    def test_it_is_checked_like_the_first(self):
        who = self._step(self.script, "who")
        for step, text in (
            (who, "You owe {{ object.amount_overdue }}."),
            (self.step, "{{ 1 + }}"),
        ):
            with self.subTest(text), self.assertRaises(UserError):
                step.other_text = text

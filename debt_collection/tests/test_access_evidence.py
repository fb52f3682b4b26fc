from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DebtCommon

#: What a manager decides for the future: rules, words, and who works.
RULES = {
    "debt.call.outcome",
    "debt.caller.number",
    "debt.contact.policy",
    "debt.contact.policy.consent",
    "debt.contact.policy.limit",
    "debt.contact.policy.window",
    "debt.dialler.campaign",
    "debt.dialler.prompt",
    "debt.fee.rate",
    "debt.fee.reference",
    "debt.fee.rule",
    "debt.fee.sum",
    "debt.ladder",
    "debt.ladder.step",
    "debt.letter.level",
    "debt.objection",
    "debt.profile",
    "debt.review.criterion",
    "debt.script",
    "debt.script.answer",
    "debt.script.step",
    "debt.segment",
    "debt.stage",
    "debt.synonym",
    "debt.team",
    "debt.team.member",
    "debt.telephony.provider",
}
#: What else people of ours write that is no evidence, and why it is none.
WRITTEN = {
    "debt.call.block": "at which hours somebody will call",
    "debt.call.review.line": "a part of its review, and frozen with it",
    "debt.case": "who works it and how: `_written_by` names the fields",
    "debt.dialler.operator": "whether somebody is at his station",
    "debt.means": "what a debtor can afford: it may go early, and nobody changes it",
    "debt.objection.proposal": "a wish, until it is decided",
    "debt.phone": "where somebody is reached: mended when it was wrong",
    "debt.recording": "a legal hold, and nothing else",
}


@tagged("post_install", "-at_install")
class TestEvidence(DebtCommon):
    """Rule 15: what was agreed, decided or heard stays on record as it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(300, 20)

    def setUp(self):
        super().setUp()
        self.case = self._case()
        self.today = fields.Date.today()

    def _refused(self, work):
        with self.assertRaises(AccessError), self.cr.savepoint():
            work()
            self.env.flush_all()

    def _promise(self):
        self._call(self.case).finish(
            "promise", promise_amount=100, promise_date=self.today
        )
        return self.case.promise_ids.with_user(self.manager)

    def _dispute(self):
        return (
            self.env["debt.dispute"]
            .with_user(self.accountant)
            .create(
                {
                    "case_id": self.case.id,
                    "move_ids": [Command.set(self.invoice.ids)],
                    "reason": "Never delivered",
                    "user_id": self.accountant.id,
                    "deadline": self.today + timedelta(days=14),
                }
            )
        )

    def test_what_people_write_is_evidence_a_rule_or_excused(self):
        """Everything else is written by methods alone, and by no role."""
        users = self.operator | self.accountant | self.manager
        written = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("debt.") and model._auto
            if not model._abstract
            and not model._transient
            and not hasattr(model, "_for_good")
            for user in users
            for operation in ("create", "write", "unlink")
            if self.env[name].with_user(user).has_access(operation)
        }
        self.assertFalse(written - RULES - WRITTEN.keys())
        self.assertFalse((RULES | WRITTEN.keys()) & self.env.registry.keys() - written)

    def test_a_promise_is_decided_by_payments_alone(self):
        promises = self.env["debt.promise"].with_user(self.manager)
        values = {"case_id": self.case.id, "amount": 100, "date": self.today}
        self._refused(lambda: promises.create({**values, "state": "kept"}))
        ready_made = promises.with_context(default_state="kept")
        self._refused(lambda: ready_made.create(values))
        self._refused(lambda: promises.create({**values, "amount_paid": 100}))
        promise = promises.create(values)
        self._refused(lambda: promise.write({"state": "kept"}))
        self._refused(lambda: promise.write({"amount": 90}))
        self._refused(lambda: promises.create({**values, "ended_reason": "No"}))

    def test_a_decided_promise_is_neither_changed_nor_deleted(self):
        promise = self._promise()
        self._refused(promise.unlink)
        promise.action_cancel("Taken back")
        for values in (
            {"amount": 1},
            {"date": self.today + timedelta(days=1)},
            {"method": "cash"},
        ):
            self._refused(lambda v=values: promise.write(v))
        self._refused(promise.unlink)

    def test_a_dispute_is_settled_by_its_buttons(self):
        dispute = self._dispute()
        self._refused(lambda: dispute.write({"state": "rejected"}))
        self._refused(lambda: dispute.write({"reason": "Something else"}))
        dispute.deadline = self.today + timedelta(days=7)
        dispute.reject("Delivered as ordered.")
        self.assertEqual(dispute.state, "rejected")
        self.assertTrue(dispute.settled_at)
        self._refused(lambda: dispute.write({"deadline": self.today}))
        self._refused(dispute.with_user(self.manager).unlink)

    def test_nobody_settles_another_companys_dispute(self):
        dispute = self._dispute()
        sister = self.setup_other_company(name="Sister")["company"]
        stranger = self._new_user("debt_stranger", "group_debt_manager")
        stranger.write({"company_ids": sister.ids, "company_id": sister.id})
        by_stranger = dispute.with_user(stranger)
        self._refused(lambda: by_stranger.reject("No."))

    def test_an_operator_does_not_lift_a_refusal(self):
        """Whoever wants to call does not say that he may after all."""
        self._call(self.case).finish("do_not_call")
        consents = self.env["debt.consent"]
        given = {"partner_id": self.debtor.id, "channel": "telephone", "note": "Yes"}
        self._refused(lambda: consents.with_user(self.operator).create(given))
        self.assertTrue(self.debtor.debt_do_not_call)
        consents.with_user(self.accountant).create(given)
        self.assertFalse(self.debtor.debt_do_not_call)

    def test_a_word_of_the_debtors_is_not_rewritten(self):
        given = {"partner_id": self.debtor.id, "channel": "sms", "how": "letter"}
        consent = self.env["debt.consent"].with_user(self.accountant).create(given)
        administrator = self._new_user("debt_admin", "group_debt_manager")
        administrator.group_ids |= self.env.ref("base.group_system")
        own = consent.with_user(administrator)
        self._refused(lambda: own.write({"state": "withdrawn"}))
        self._refused(own.unlink)

    def test_where_a_number_rings_is_nobodys_to_enter(self):
        phone = self.case.phone_ids.with_user(self.accountant)
        self._refused(lambda: phone.write({"zones": "America/New_York"}))
        phone.health = "wrong"

    def test_a_score_does_not_come_into_a_review_that_is_shared(self):
        call = self._call(self.case)
        call.finish("refused")
        reviews = self.env["debt.call.review"]
        shared = reviews.with_user(self.manager).create({"call_id": call.id})
        shared.line_ids.score = "2"
        shared.action_share()
        other = self._new_user("debt_manager_2", "group_debt_manager")
        draft = reviews.with_user(other).create({"call_id": call.id})
        extra = self.env["debt.review.criterion"].create({"name": "Extra"})
        line = draft.line_ids.with_user(other)[0]
        line.criterion_id = extra
        with self.assertRaisesRegex(Exception, "withdraw it"), self.cr.savepoint():
            line.review_id = shared
        self._refused(shared.unlink)
        draft.unlink()


@tagged("post_install", "-at_install")
class TestSearchAndNotes(DebtCommon):
    """What somebody types is a number or a text, whatever it looks like."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(300, 20)

    def test_days_past_due_are_searched_by_any_operator(self):
        case, cases = self._case(), self.cases.with_user(self.operator)
        moves = self.env["account.move"].with_user(self.accountant)
        found = [("=", 20), ("in", [1, 20]), (">", 19.5), ("<=", 10**30), (">", -1)]
        missed = [("!=", 20), ("not in", [20]), ("<", 20), (">=", 10**30), ("=", 10**9)]
        for expected, conditions in ((True, found), (False, missed)):
            for operator, value in conditions:
                domain = [("days_past_due", operator, value)]
                self.assertEqual(case in cases.search(domain), expected, domain)
                domain = [("debt_days_past_due", operator, value)]
                self.assertEqual(self.invoice in moves.search(domain), expected, domain)

    def test_a_note_is_text_not_markup(self):
        case = self._case()
        note = 'owes a<b, see <a href="https://evil.example">here</a>'
        self._call(case).finish("claims_paid", note=note)
        activity = case.activity_ids.filtered(lambda one: one.note)
        self.assertIn("a&lt;b", activity.note)
        self.assertNotIn("<a ", activity.note)

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TUESDAY
from .script_common import ScriptCommon
from .test_recording import SOUND


@tagged("post_install", "-at_install")
class TestStepReport(ScriptCommon):
    """What steps and answers of scripts bring, counted by hand beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = cls._new_script()
        cls.steps = cls.env["debt.step.report"].with_user(cls.manager)
        for number in range(4):
            debtor = cls._new_debtor(f"D{number}", f"+32 470 00 30 {number:02}")
            cls._invoice(100, 20, debtor)
        cls.cases.refresh()

    def _talk(self, case, answers, outcome, **values):
        call = self._call(case)
        call.dial(phone=call.partner_id.debt_phone_ids)
        path = [
            {"step_id": self._step(self.script, step).id, "answer_id": answer.id}
            for step, answer in answers
        ]
        call._log_path(path, fields.Datetime.now() + timedelta(minutes=2))
        call.finish(outcome, note="x", party="right_party", **values)
        return call

    def _answers(self, *names):
        answers = [self._answer(self.script, name) for name in names]
        return [(answer.step_id.name, answer) for answer in answers]

    def _made(self):
        """Three talks: a promise that is paid, a promise that is not, a refusal."""
        cases = self.cases.search([("partner_id.name", "=like", "D_")], order="id")
        path = self._answers("Speaking", "I forgot", "Agreed")
        promise = {"promise_amount": 100, "promise_date": TUESDAY.date()}
        paid = self._talk(cases[0], path, "promise", **promise)
        self._talk(cases[1], path, "promise", **promise)
        refused = self._answers("Speaking", "I never got it")
        self._talk(cases[2], refused, "refused")
        move = self.env["account.move"].search(
            [("partner_id", "=", paid.partner_id.id)]
        )
        self._pay(move)
        return cases

    def _rows(self, groupby, *measures):
        found = self.steps.formatted_read_group([], [groupby], list(measures))
        return {
            row[groupby][1]: tuple(row[measure] for measure in measures)
            for row in found
            if row[groupby]
        }

    def test_answers_by_what_they_bring(self):
        self._made()
        rows = self._rows(
            "answer_id", "visits:sum", "promise_rate:avg", "paid_rate:avg"
        )
        self.assertEqual(rows["I forgot"], (2, 1.0, 0.5))
        self.assertEqual(rows["I never got it"], (1, 0.0, 0.0))
        self.assertEqual(rows["Speaking"], (3, 2 / 3, 1 / 3))

    def test_where_talks_end(self):
        self._made()
        rows = self._rows("step_id", "visits:sum", "last:sum", "left_rate:avg")
        self.assertEqual(rows["why"], (3, 1, 1 / 3))
        self.assertEqual(rows["agree"], (2, 2, 1.0))
        self.assertEqual(rows["who"], (3, 0, 0.0))

    def test_only_what_came_soon_is_paid(self):
        self.company.debt_collected_days = 3
        case = self.cases.search([("partner_id.name", "=", "D3")])
        call = self._talk(case, self._answers("Speaking", "I forgot"), "refused")
        move = self.env["account.move"].search(
            [("partner_id", "=", call.partner_id.id)]
        )
        with self._at(days=4):
            self._pay(move)
            rows = self.steps.search([("call_id", "=", call.id)])
            self.assertEqual(rows.mapped("paid"), [0, 0])
            self.company.debt_collected_days = 4
            rows.invalidate_recordset()
            self.assertEqual(rows.mapped("paid"), [1, 1])
            self.assertEqual(rows.mapped("collected"), [100, 100])

    def test_versions_are_told_apart(self):
        self._made()
        draft = self.script.browse(self.script.action_new_version()["res_id"])
        draft.action_put_to_use()
        self.assertEqual(draft.version, 2)
        found = self.steps.formatted_read_group([], ["version"], ["visits:sum"])
        self.assertEqual([row["version"] for row in found], [1])

    def test_an_operator_sees_his_teams_rows(self):
        cases = self._made()
        team = self.env["debt.team"].create(
            {
                "name": "Others",
                "member_ids": [Command.create({"user_id": self.colleague.id})],
            }
        )
        stranger = self._new_user("debt_third", "group_debt_operator")
        cases.sudo().write({"team_id": team.id})
        for name in ("debt.step.report", "debt.yield.report"):
            report = self.env[name]
            domain = [("case_id", "in", cases.ids)]
            self.assertTrue(report.with_user(self.colleague).search(domain), name)
            self.assertFalse(report.with_user(stranger).search(domain), name)


@tagged("post_install", "-at_install")
class TestYieldReport(ScriptCommon):
    """Ways of reaching debtors, texts, ladders, and operator, voice or both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ways = cls.env["debt.yield.report"].with_user(cls.manager)
        cls.debtor.email = "one@example.com"

    def _call_by(self, case, mode, connected=True):
        self.env["debt.call"].sudo().create(
            {
                "case_id": case.id,
                "partner_id": case.partner_id.id,
                "company_id": self.company.id,
                "user_id": self.operator.id,
                "direction": "outbound",
                "mode": mode,
                "state": "done",
                "number": "+32470002001",
                "started_at": TUESDAY,
                "ended_at": TUESDAY + timedelta(minutes=2),
                "connected": connected,
            }
        )

    def test_each_way_and_what_came_soon_after(self):
        case = self._case()
        step = case.ladder_id.step_ids.filtered(lambda s: s.channel == "sms")
        self._call_by(case, "preview", connected=False)
        self._call_by(case, "voice_message")
        values = case._prepare_message_values("ladder", "email", key="x")
        message = (
            self.env["debt.message"].sudo().create(values | {"ladder_step_id": step.id})
        )
        message.write({"state": "sent", "sent_at": TUESDAY})
        self._pay(self.invoice, 120)
        found = self.ways.formatted_read_group(
            [("case_id", "=", case.id)],
            ["way"],
            ["contacts:sum", "reached_rate:avg", "paid_rate:avg", "collected:sum"],
        )
        rows = {row["way"]: row for row in found}
        self.assertEqual(set(rows), {"1operator", "2voice", "4email"})
        self.assertEqual(rows["1operator"]["reached_rate:avg"], 0)
        self.assertEqual(rows["2voice"]["reached_rate:avg"], 1)
        self.assertEqual(rows["4email"]["paid_rate:avg"], 1)
        self.assertEqual(rows["4email"]["collected:sum"], 120)
        texts = self.ways.search([("way", "=", "4email"), ("case_id", "=", case.id)])
        self.assertEqual(texts.mail_template_id, step.mail_template_id)
        self.assertEqual(texts.ladder_id, step.ladder_id)

    def test_operator_voice_and_both(self):
        """The claim of the trade, on one's own data: both close more than either."""
        worked = {
            "1operator": ["preview"],
            "2voice": ["voice_message", "robot"],
            "3both": ["progressive", "robot"],
            "4none": [],
        }
        truth = {}
        for number, (kind, modes) in enumerate(worked.items()):
            debtor = self._new_debtor(f"W{number}", f"+32 470 00 40 {number:02}")
            move = self._invoice(100, 20, debtor)
            case = self._case(debtor)
            for mode in modes:
                self._call_by(case, mode)
            self._call_by(case, "preview", connected=False)
            if kind == "3both":
                self._pay(move)
            truth[case.id] = kind
        report = self.env["debt.case.report"].with_user(self.manager)
        rows = report.search([("case_id", "in", list(truth))])
        self.assertEqual({row.case_id.id: row.worked_by for row in rows}, truth)
        [both] = report.formatted_read_group(
            [("case_id", "in", list(truth)), ("worked_by", "=", "3both")],
            [],
            ["paid_rate:avg", "cases:sum"],
        )
        self.assertEqual((both["paid_rate:avg"], both["cases:sum"]), (1.0, 1))


@tagged("post_install", "-at_install")
class TestExemplary(ScriptCommon):
    """A call from which the team can learn."""

    def setUp(self):
        super().setUp()
        self.case = self._case()
        self.call = self._call(self.case)
        self.call.dial(phone=self.call.partner_id.debt_phone_ids)
        self.call.finish("refused", note="x", party="right_party")

    def _mark(self, why="How she waits", user=None, call=None):
        user = user or self.manager
        call = (call or self.call).with_user(user)
        action = call.action_exemplary()
        screens = self.env["debt.call.exemplary"].with_user(user)
        screen = screens.with_context(**action["context"]).create({"why": why})
        screen.action_mark()

    def test_the_team_sees_and_hears_it(self):
        recording = self.call._attach_recording("one.wav", SOUND, 61)
        theirs = recording.with_user(self.colleague)
        self.assertFalse(theirs.has_access("read"))
        self._mark()
        call = self.call.with_user(self.colleague)
        self.assertTrue(call.is_exemplary)
        self.assertEqual(call.exemplary_why, "How she waits")
        self.assertEqual(call.exemplary_by_id, self.manager)
        self.assertTrue(theirs.has_access("read"))
        self.call.with_user(self.manager).action_not_exemplary()
        self.assertFalse(self.call.exemplary_why)
        theirs.invalidate_recordset()
        self.assertFalse(theirs.has_access("read"))

    def test_another_team_does_not(self):
        recording = self.call._attach_recording("one.wav", SOUND, 61)
        self._mark()
        self.case.sudo().team_id = self.env["debt.team"].create(
            {
                "name": "Own",
                "member_ids": [Command.create({"user_id": self.operator.id})],
            }
        )
        stranger = self.colleague
        self.assertFalse(self.call.with_user(stranger).has_access("read"))
        self.assertFalse(recording.with_user(stranger).has_access("read"))

    def test_only_a_manager_marks_and_says_why(self):
        with self.assertRaises(AccessError):
            self.call.with_user(self.operator).action_exemplary()
        with self.assertRaises(AccessError):
            self.call.with_user(self.operator).is_exemplary = True
        with self.assertRaises(UserError):
            self._mark(why="  ")
        claim = self._call(self._case(), self.colleague)
        with self.assertRaises(UserError):
            claim.with_user(self.manager).action_exemplary()

    def test_a_call_of_another_company_is_not_marked_by_its_id(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        self.manager.write(
            {"company_id": sister.id, "company_ids": [Command.set(sister.ids)]}
        )
        screens = self.env["debt.call.exemplary"].with_user(self.manager)
        with self.assertRaises(AccessError):
            screen = screens.create({"call_id": self.call.id, "why": "x"})
            screen.action_mark()

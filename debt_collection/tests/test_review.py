from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import TUESDAY, DebtCommon
from .test_ui import TourCase


class ReviewCommon(DebtCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(500, 10)
        cls.cases.refresh(cls.debtor.ids)
        cls.case = cls.cases.search([("partner_id", "=", cls.debtor.id)])
        cls.reviews = cls.env["debt.call.review"]

    def _finished(self, user=None, outcome="refused", **delta):
        """A finished call of an operator, so long before the test's Tuesday."""
        call = self._call(self.case, user)
        call.finish(outcome)
        at = TUESDAY - timedelta(**delta)
        call.sudo().write({"started_at": at, "answered_at": at})
        return call.with_env(self.env)

    def _review(self, call=None, scores="2", manager=None):
        """A review by the manager, every criterion scored alike."""
        call = call or self._finished()
        review = self.reviews.with_user(manager or self.manager).create(
            {"call_id": call.id, "feedback": "Well done"}
        )
        review.line_ids.score = scores
        return review


@tagged("post_install", "-at_install")
class TestReview(ReviewCommon):
    """A manager listens in, the operator learns what was heard."""

    def test_a_review_asks_for_every_criterion(self):
        call = self._finished()
        action = call.with_user(self.manager).action_review()
        model = self.reviews.with_user(self.manager).with_context(**action["context"])
        with Form(model) as form:
            form.feedback = "Calm throughout"
            for number in range(len(form.line_ids)):
                with form.line_ids.edit(number) as line:
                    line.score = ("2", "1", "na")[number % 3]
        review = form.record
        self.assertEqual(len(review.line_ids), 9)
        self.assertEqual(review.total, 0.75)
        self.assertEqual(review.operator_id, self.operator)
        action = call.with_user(self.manager).action_review()
        self.assertEqual(action["res_id"], review.id)

    def test_what_did_not_apply_does_not_count(self):
        review = self._review(scores="na")
        self.assertEqual(review.total, 0)
        review.line_ids[0].score = "2"
        self.assertEqual(review.total, 1)

    def test_one_review_per_call_and_reviewer(self):
        call = self._finished()
        self._review(call)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._review(call)
        other = self._new_user("debt_manager_2", "group_debt_manager")
        self.assertTrue(self._review(call, manager=other))

    def test_sharing_wants_every_score_and_tells_the_operator(self):
        review = self._review()
        review.line_ids[0].score = False
        with self.assertRaisesRegex(UserError, "Introduction"):
            review.action_share()
        self.assertEqual(review.state, "draft")
        review.line_ids[0].score = "1"
        review.action_share()
        self.assertEqual(review.state, "shared")
        # A notification is read by who is notified.
        message = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", review._name),
                    ("res_id", "=", review.id),
                    ("message_type", "=", "user_notification"),
                ]
            )
        )
        self.assertEqual(message.notified_partner_ids, self.operator.partner_id)

    def test_the_operator_answers_and_acknowledges(self):
        review = self._review()
        review.action_share()
        mine = review.with_user(self.operator)
        self.assertTrue(mine.is_mine)
        mine.answer = "I will name the date next time."
        mine.action_acknowledge()
        self.assertEqual(review.state, "acknowledged")
        with self.assertRaises(AccessError):
            mine.answer = "Or not."
        with self.assertRaises(UserError):
            mine.action_acknowledge()

    def test_nothing_changes_once_it_is_read(self):
        review = self._review()
        review.action_share()
        with self.assertRaisesRegex(UserError, "withdraw it"):
            review.line_ids[0].score = "0"
        with self.assertRaisesRegex(UserError, "withdraw it"):
            review.feedback = "Dreadful"
        review.action_take_back()
        review.line_ids[0].score = "0"
        review.action_share()
        review.with_user(self.operator).action_acknowledge()
        with self.assertRaises(UserError):
            review.action_take_back()

    def test_the_answer_is_the_operators_and_ends_with_the_acknowledgement(self):
        review = self._review()
        review.action_share()
        mine = review.with_user(self.operator)
        mine.answer = "Agreed."
        managers = review.with_user(self.manager)
        with self.assertRaises(AccessError):
            managers.answer = "I was rude."
        mine.action_acknowledge()
        with self.assertRaises(AccessError):
            managers.answer = "I was rude."
        self.assertEqual(review.answer, "Agreed.")

    def test_the_state_is_written_by_nobody(self):
        """Else what was acknowledged could be made a draft, and scored anew."""
        review = self._review()
        review.action_share()
        review.with_user(self.operator).action_acknowledge()
        managers = review.with_user(self.manager)
        with self.assertRaises(AccessError):
            managers.state = "draft"
        with self.assertRaises(UserError):
            managers.total = 0.1
        self.assertEqual((review.state, review.total), ("acknowledged", 1))
        for way in (
            lambda: self.reviews.with_context(default_state="acknowledged"),
            lambda: self.reviews.with_context(default_answer="I was rude."),
        ):
            call = self._finished(outcome="no_answer")
            with self.assertRaises(UserError), self.env.cr.savepoint():
                way().with_user(self.manager).create({"call_id": call.id})

    def test_only_finished_calls_are_reviewed(self):
        call = self._call(self.case).with_user(self.manager)
        with self.assertRaisesRegex(UserError, "over"):
            call.action_review()


@tagged("post_install", "-at_install")
class TestReviewAccess(ReviewCommon):
    def _sees(self, user, review):
        return bool(self.reviews.with_user(user).search_count([("id", "=", review.id)]))

    def test_an_operator_reads_own_shared_reviews_only(self):
        review = self._review()
        self.assertFalse(self._sees(self.operator, review))
        review.action_share()
        self.assertTrue(self._sees(self.operator, review))
        self.assertTrue(review.line_ids.with_user(self.operator).mapped("score"))
        self.assertFalse(self._sees(self.colleague, review))
        with self.assertRaises(AccessError):
            review.line_ids.with_user(self.colleague).read(["score"])

    def test_an_operator_writes_no_review(self):
        review = self._review()
        review.action_share()
        mine = review.with_user(self.operator)
        for work in (
            lambda: mine.write({"feedback": "Splendid"}),
            lambda: mine.write({"state": "acknowledged"}),
            lambda: mine.line_ids.write({"score": "2"}),
            lambda: mine.action_take_back(),
            lambda: mine.copy(),
            lambda: mine.unlink(),
            lambda: self._review(manager=self.operator),
        ):
            with self.assertRaises(AccessError):
                work()

    def test_a_manager_acknowledges_nothing_for_others(self):
        review = self._review()
        review.action_share()
        with self.assertRaises(AccessError):
            review.action_acknowledge()

    def test_accountants_have_none(self):
        call = self._finished().with_user(self.accountant)
        self.assertTrue(call.read(["note"]))
        for model in ("debt.call.review", "debt.call.review.line"):
            self.assertFalse(
                self.env[model].with_user(self.accountant).has_access("read")
            )
        view = self.env.ref("debt_collection.debt_call_view_form")
        self.assertNotIn("review_ids", call.get_view(view.id, "form")["arch"])
        for user in (self.accountant, self.operator):
            self.assertFalse(
                self.env["debt.review.report"].with_user(user).has_access("read")
            )

    def test_other_companies_reviews_are_not_seen(self):
        review = self._review()
        company = self.env["res.company"].create({"name": "Sister"})
        self.assertTrue(self._sees(self.manager, review))
        self.manager.write(
            {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
        )
        self.assertFalse(self._sees(self.manager, review))


@tagged("post_install", "-at_install")
class TestReviewPick(ReviewCommon):
    """Which calls are listened to is not the manager's choice alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        conversations = cls.company.debt_contact_policy_id.limit_ids
        conversations.unlink()

    def _pick(self):
        before = self.reviews.search([])
        self.reviews.with_user(self.manager).action_pick()
        return (self.reviews.search([]) - before).sorted("id")

    def test_three_conversations_of_everybody(self):
        own = [self._finished(days=day) for day in range(5)]
        others = [self._finished(self.colleague, days=day) for day in range(2)]
        self._finished(outcome="no_answer")
        self._finished(days=8)
        picked = self._pick()
        self.assertEqual(len(picked), 5)
        self.assertEqual(len(picked.filtered(lambda r: r.call_id in own)), 3)
        self.assertEqual(len(picked.filtered(lambda r: r.call_id in others)), 2)
        self.assertEqual(picked.reviewer_id, self.manager)
        self.assertEqual(set(picked.mapped("state")), {"draft"})
        self.assertFalse(self._pick())

    def test_the_menu_asks_first(self):
        """M7: a click on a menu makes no drafts."""
        self._finished()
        self._finished(self.colleague)
        screen = self.env["debt.call.review.pick"].with_user(self.manager).create({})
        self.assertEqual(screen.count, 2)
        self.assertIn(self.operator.name, screen.operators)
        self.assertFalse(self.reviews.search([("call_id", "in", screen.call_ids.ids)]))
        screen.action_pick()
        picked = self.reviews.search([("call_id", "in", screen.call_ids.ids)])
        self.assertEqual(len(picked), 2)
        again = self.env["debt.call.review.pick"].with_user(self.manager).create({})
        self.assertEqual((again.count, again.operators), (0, ""))

    def test_who_waited_longest_comes_first(self):
        with self._at(days=-20):
            self._review(self._finished(self.colleague))
        self._finished(self.operator)
        self._finished(self.colleague)
        self.assertEqual(
            self._pick().mapped("operator_id.login"),
            ["debt_operator", "debt_colleague"],
        )

    def test_the_managers_own_and_reviewed_calls_are_left_out(self):
        self._finished(self.manager)
        call = self._finished()
        self._review(call)
        self.assertFalse(self._pick())

    def test_calls_not_reviewed_are_found_by_a_filter(self):
        call, other = self._finished(), self._finished()
        self._review(other)
        found = self.env["debt.call"].with_user(self.manager)
        domain = [("review_ids", "=", False), ("case_id", "=", self.case.id)]
        self.assertEqual(found.search(domain), call)

    def test_the_report_averages_what_applied(self):
        review = self._review(scores="2")
        review.line_ids[0].score = "0"
        review.line_ids[1].score = "na"
        self.env.flush_all()
        report = self.env["debt.review.report"].with_user(self.manager)
        domain = [("operator_id", "=", self.operator.id)]
        self.assertFalse(report.search(domain))
        review.action_share()
        self.env.flush_all()
        [(quality, calls, missed)] = report._read_group(
            domain, [], ["quality:avg", "reviews:count_distinct", "missed:sum"]
        )
        self.assertEqual((quality, calls, missed), (7 / 8, 1, 1))


@tagged("post_install", "-at_install")
class TestFinishedCall(ReviewCommon):
    """A finished call can be read, and so can its way through the script."""

    def test_the_path_says_how_long_each_step_and_phase_took(self):
        call = self._finished()
        steps = call.script_id.step_ids.sorted("sequence")
        self.assertGreater(len(steps), 2)
        path = [
            {"step_id": step.id, "answer_id": False, "at": f"2026-03-10 09:0{n}:00"}
            for n, step in enumerate(steps[:3])
        ]
        call._log_path(path, TUESDAY + timedelta(minutes=3, seconds=5))
        html = call.with_user(self.operator).path_html
        for step in steps[:3]:
            self.assertIn(step.name, html)
        self.assertIn("1:05", html)
        self.assertEqual(call.path_ids.mapped("seconds"), [60, 60, 65])

    def test_a_call_without_a_path_has_none(self):
        self.assertFalse(self._finished().path_html)


@tagged("post_install", "-at_install")
class TestReviewTour(TourCase):
    def test_a_manager_reviews_a_call_in_the_browser(self):
        operator = self._user("tour_operator", "group_debt_operator")
        self._user("tour_manager", "group_debt_manager")
        case = self._cases(self._debtor("Tour Debtor", 100, 15), operator)
        call = case.with_user(operator)._open_inbound()
        call.finish("refused")
        answered = call.sudo().answered_at
        call.sudo().ended_at = answered + timedelta(minutes=4, seconds=5)
        url = f"/odoo/debt-calls/{call.id}"
        self.start_tour(url, "debt_review_tour", login="tour_manager")
        review = call.sudo().review_ids
        self.assertEqual(review.feedback, "Calm and clear")
        self.assertEqual(review.operator_id, operator)
        self.assertEqual(len(review.line_ids), 9)

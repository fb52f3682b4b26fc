from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import TUESDAY, DebtCommon

FRIDAY = date(2026, 3, 13)


@tagged("post_install", "-at_install")
class TestRestraint(DebtCommon):
    """What protects a debtor outlasts slips, detours and other people's clicks."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()

    def _finish(self, outcome, **values):
        call = self._call(self.case)
        call.finish(outcome, **values)
        return call

    def _promise(self, day=FRIDAY, amount=1000):
        return self._finish("promise", promise_amount=amount, promise_date=day)

    # --- hands off ----------------------------------------------------------------
    def test_nobody_writes_what_the_gate_relies_on(self):
        mine = self.case.with_user(self.operator)
        for name, value in (
            ("callback_at", TUESDAY),
            ("amount_overdue", 0),
            ("state", "active"),
            ("hold_until", False),
            ("contact_until", TUESDAY),
        ):
            with self.assertRaises(AccessError):
                mine.write({name: value})
        mine.write({"priority": "1"})
        with self.assertRaises(AccessError):
            self.case.with_user(self.manager).write({"amount_overdue": 0})
        self.case.with_user(self.manager).write({"callback_at": TUESDAY})

    def test_promises_are_decided_by_payments_alone(self):
        self._promise()
        with self.assertRaises(AccessError):
            self.case.promise_ids.with_user(self.accountant).write({"state": "kept"})

    def test_dates_ages_away_are_refused(self):
        with self.assertRaises(UserError):
            self.case.hold_until = date(9999, 12, 31)
        with self.assertRaises(UserError):
            self._promise(date(9999, 12, 31))
        for values in (
            {"promise_amount": "much", "promise_date": FRIDAY},
            {"promise_amount": 10, "promise_date": "soon"},
            {"promise_amount": 10, "promise_date": FRIDAY, "party": "x"},
        ):
            with self.assertRaises(UserError):
                self._finish("promise", **values)

    # --- legal stops --------------------------------------------------------------
    def test_legal_stop_survives_what_an_operator_logs(self):
        self._finish("bankrupt", note="Case 12/345")
        for outcome in ("claims_paid", "no_answer"):
            self._finish(outcome)
            self.assertEqual(self.case.state, "legal")
        self._promise()
        self.assertEqual(self.case.state, "legal")
        with self.assertRaises(AccessError):
            self.case.with_user(self.operator).action_resume()
        with self._at(days=20):
            self.cases._cron_refresh()
            self.assertEqual(self.case.state, "legal")

    def test_restraints_survive_a_corrected_invoice(self):
        """By way of draft a case closes and another opens, which continues it."""
        for outcome, state in (("bankrupt", "legal"), ("hardship", "on_hold")):
            debtor = self._new_debtor(outcome, "+32 470 12 36 01")
            invoice = self._invoice(100, 10, debtor)
            self._call(self._case(debtor)).finish(outcome, note="So he says")
            invoice.button_draft()
            self.cases.refresh(debtor.ids)
            self.assertFalse(debtor.debt_case_id)
            invoice.action_post()
            case = self._case(debtor)
            self.assertEqual(case.state, state)
            self.assertFalse(case.check_contact("call")["allowed"])

    def test_promise_survives_a_corrected_invoice(self):
        self._promise()
        self.invoice.button_draft()
        self.cases.refresh(self.debtor.ids)
        self.invoice.action_post()
        case = self._case()
        self.assertEqual(case, self.case)
        self.assertEqual(case.state, "promised")
        self.assertEqual(case.promise_ids.state, "open")

    def test_person_who_becomes_a_contact_stays_protected(self):
        person = self._new_debtor("Jan", "+32 470 12 36 02", is_company=False)
        invoice = self._invoice(100, 10, person)
        self._call(self._case(person)).finish("represented", note="Me Dupont")
        company = self._new_debtor("Jan BV")
        person.parent_id = company
        self.assertEqual(invoice.commercial_partner_id, company)
        case = self._case(company)
        self.assertEqual(case.state, "legal")
        self.assertEqual(case.call_ids.partner_id, company)

    # --- calls --------------------------------------------------------------------
    def test_case_that_closed_during_the_call(self):
        for outcome, values in (
            # He has paid meanwhile: that he promises more must be meant.
            (
                "promise",
                {
                    "promise_amount": 10,
                    "promise_date": FRIDAY,
                    "promise_confirmed": 10,
                },
            ),
            ("claims_paid", {}),
            ("bankrupt", {"note": "x"}),
        ):
            debtor = self._new_debtor(outcome, "+32 470 12 36 03")
            invoice = self._invoice(100, 10, debtor)
            case = self._case(debtor)
            call = self._call(case)
            call.dial(debtor.debt_phone_ids)
            self._pay(invoice)
            call.finish(outcome, **values)
            self.assertEqual(call.outcome_id.code, outcome)
            self.assertEqual(case.state, "closed")

    def test_call_nobody_logged_counts_as_a_conversation(self):
        self.debtor.write({"country_id": self.env.ref("base.ru").id})
        self.debtor.write({"is_company": False, "debt_tz": "Europe/Moscow"})
        call = self._call(self.case)
        call.dial(self.debtor.debt_phone_ids)
        with self._at(hours=3):
            self.env["debt.call"]._cron_release_stale()
            self.assertEqual(self.case.check_contact("call")["reason"], "limit")

    def test_wrong_number_is_wrong_on_every_contact(self):
        boss = self.env["res.partner"].create(
            {"name": "Boss", "parent_id": self.debtor.id, "phone": self.debtor.phone}
        )
        self.assertEqual(len(self.debtor.debt_phone_ids), 2)
        self._finish("wrong_number")
        self.assertEqual(set(self.debtor.debt_phone_ids.mapped("health")), {"wrong"})
        self.assertFalse(self.case.next_contact_at)
        boss.phone = "+32 470 12 36 04"
        self.case._plan()
        self.assertTrue(self.case.next_contact_at)

    def test_contact_who_refuses_calls_is_not_called(self):
        boss = self.env["res.partner"].create(
            {
                "name": "Boss",
                "parent_id": self.debtor.id,
                "phone": "+32 470 12 36 05",
                "debt_do_not_call": True,
            }
        )
        answer = self.case.check_contact("call", number=boss.phone)
        self.assertEqual(answer["reason"], "bad_number")
        self.assertTrue(self.case.check_contact("call")["allowed"])

    def test_callback_beyond_the_cap_is_not_agreed(self):
        """One conversation a day: the present one counts already."""
        with self.assertRaises(ValidationError):
            self._finish("callback", callback_at=datetime(2026, 3, 10, 14, 0))

    def test_promised_debtor_who_asks_for_a_call_gets_it(self):
        self._promise(date(2026, 3, 20))
        asked = datetime(2026, 3, 11, 9, 30)
        self._finish("callback", callback_at=asked)
        with self._at(days=1, minutes=31):
            self.assertTrue(self.cases.with_user(self.operator).claim_next())
            self._call(self.case).finish("no_answer")
            self.assertEqual(self.case.state, "promised")
            self.assertEqual(self.case.check_contact("call")["reason"], "promised")

    def test_callback_nobody_made_does_not_undo_the_promise(self):
        self._promise(date(2026, 3, 20))
        self._finish("callback", callback_at=datetime(2026, 3, 11, 9, 30))
        with self._at(days=2, hours=2):
            self.case._plan()
            self.assertFalse(self.case.callback_at)
            self.assertEqual(self.case.state, "promised")

    # --- pauses -------------------------------------------------------------------
    def test_hold_on_a_promise_does_not_end_it(self):
        self._promise(date(2026, 4, 10))
        self._put_on_hold(self.case.with_user(self.manager))
        with self._at(days=9):
            self.case._plan()
            self.assertEqual(self.case.state, "promised")
            self.assertEqual(self.case.check_contact("call")["reason"], "promised")

    def test_broken_instalment_resumes_at_once(self):
        self._promise(date(2026, 3, 12), 500)
        self.env["debt.promise"].create(
            {"case_id": self.case.id, "amount": 500, "date": date(2026, 4, 12)}
        )
        with self._at(days=6):
            self.cases._cron_refresh()
            states = self.case.promise_ids.sorted("date").mapped("state")
            self.assertEqual(states, ["broken", "open"])
            self.assertEqual(self.case.state, "active")
            self.assertTrue(self.case.check_contact("call")["allowed"])

    def test_pause_does_not_use_up_the_ladder(self):
        with self._at(days=17):
            self._finish("hardship", note="Lost his job")
        with self._at(days=34):
            self.case._plan()
            self.assertEqual(self.case.state, "active")
            self.assertTrue(self.case.next_contact_at)

    def test_debtor_who_broke_his_word_is_called_again(self):
        with self._at(days=40):
            self.case._plan()
            self.assertEqual(self.case.state, "dormant")
            self._promise(date(2026, 4, 22))
        with self._at(days=49):
            self.cases._cron_refresh()
            self.case._plan()
            self.assertEqual(self.case.promise_ids.state, "broken")
            self.assertEqual(self.case.state, "active")
            self.assertTrue(self.case.next_contact_at)

    def test_older_stage_begins_its_ladder_anew(self):
        with self._at(days=40):
            self.case._plan()
            self.assertEqual(self.case.state, "dormant")
        with self._at(days=85):
            self.cases._cron_refresh()
            self.assertEqual(self.case.stage_id.days_from, 91)
            self.case._plan()
            self.assertEqual(self.case.state, "active")
            self.assertTrue(self.case.next_contact_at)

    def test_payment_that_bounced_keeps_no_promise(self):
        self._promise(amount=500)
        with self._at(days=1):
            payment = self._pay(self.invoice, 500)
            payment.move_id._reverse_moves(cancel=True)
        with self._at(days=6):
            self.cases._cron_refresh()
            self.assertEqual(self.case.promise_ids.state, "broken")

    # --- rules that were mended ---------------------------------------------------
    def test_mended_rules_are_planned_by(self):
        ladder = self.env["debt.ladder"].create({"name": "Short"})
        self.case.ladder_id = ladder
        self.case._plan()
        self.assertEqual(self.case.next_contact_code, "no_steps")
        ladder.step_ids = [(0, 0, {"first_day": 1, "last_day": 7})]
        self.assertTrue(self.case.plan_dirty)
        self.case._plan()
        self.assertTrue(self.case.next_contact_at)

    def test_ladders_of_stages_belong_to_all_companies(self):
        ladder = self.env["debt.ladder"].create(
            {"name": "Own", "company_id": self.company.id}
        )
        with self.assertRaises(ValidationError):
            self.case.stage_id.ladder_id = ladder

    def test_exclusions_always_end(self):
        self.invoice.debt_status = "excluded"
        self.assertEqual(self.invoice.debt_excluded_until, date(2026, 4, 9))
        self.assertFalse(self.debtor.debt_case_id)
        with self._at(days=31):
            self.assertTrue(self._case())

    def test_operator_who_lost_his_role_holds_no_case(self):
        self.case.user_id = self.operator
        self.operator.group_ids -= self.env.ref("debt_collection.group_debt_operator")
        self.cases._cron_daily()
        self.assertFalse(self.case.user_id)

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common import TUESDAY, DebtCommon
from .test_ui import TourCase

SPELLINGS = (
    "+32470123456",
    "0470/12.34.56",
    "+32 (0)470 12 34 56",
    "0032470123456",
    "0470 12 34 56 ext. 7",
)


@tagged("post_install", "-at_install")
class TestInboundSearch(DebtCommon):
    """Somebody rings: who could it be?"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(500, 10)
        cls.cases.refresh(cls.debtor.ids)
        cls.case = cls.cases.search([("partner_id", "=", cls.debtor.id)])
        cls.case._plan()
        cls.inbound = cls.env["debt.call.inbound"].with_user(cls.operator)

    def _found(self, query):
        return self.inbound._search_callers(query)

    def _only(self, query):
        found = self._found(query)
        self.assertEqual(len(found), 1, found)
        return found[0]

    def _team(self, *users):
        return self.env["debt.team"].create(
            {
                "name": "Key Accounts",
                "member_ids": [Command.create({"user_id": user.id}) for user in users],
            }
        )

    def test_any_spelling_finds_the_case(self):
        for spelling in SPELLINGS:
            caller = self._only(spelling)
            self.assertEqual(caller["match"], "exact", spelling)
            self.assertEqual(caller["case_id"], self.case.id)
            self.assertEqual(caller["number"], "+32470123456")
            self.assertIn("500", caller["amount"])

    def test_a_number_of_abroad_is_read_by_the_debtors_country(self):
        russian = self._new_debtor("Moscow", "8 (916) 123-45-67", "base.ru")
        self._invoice(100, 5, russian)
        case = self._case(russian)
        for spelling in ("8 (916) 123-45-67", "916 123-45-67", "+7 916 1234567"):
            self.assertEqual(self._only(spelling)["case_id"], case.id, spelling)

    def test_the_last_digits_are_enough_to_ask(self):
        caller = self._only("0123456 / x")
        self.assertEqual((caller["match"], caller["debtor"]), ("similar", "Debtor One"))
        self.assertFalse(self._found("9999999"))

    def test_digits_in_the_middle_of_a_number_tell_nothing(self):
        self._new_debtor("Elsewhere", "+352 123 456 789")
        self.assertFalse(self._found("+49 1511 2345678"))

    def test_an_extension_does_not_hide_the_number(self):
        desk = self._new_debtor("Desk", "+32 2 555 12 12 ext. 34")
        self.assertEqual(self._only("5551212 / x")["partner_id"], desk.id)

    def test_a_contact_of_the_debtor_is_named(self):
        buyer = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.debtor.id, "phone": "+32 477 11 22 33"}
        )
        caller = self._only("0477 11 22 33")
        self.assertEqual(caller["contact_id"], buyer.id)
        self.assertEqual((caller["debtor"], caller["contact"]), ("Debtor One", "Ann"))

    def test_names_and_customer_numbers_are_found(self):
        self.debtor.ref = "C-4711"
        for query in ("debtor o", "C-4711"):
            self.assertEqual(self._only(query)["match"], "name")
        self.assertFalse(self._found("de"))

    def test_a_contact_without_a_case_is_told_apart(self):
        stranger = self._new_debtor("Paid Always", "+32 2 555 12 12")
        caller = self._only("02 555 12 12")
        self.assertEqual((caller["status"], caller["case_id"]), ("none", False))
        self.assertEqual(caller["partner_id"], stranger.id)

    def test_who_has_paid_is_told_so(self):
        self._pay(self.debtor.debt_case_ids._open_items().move_id)
        self.cases.refresh(self.debtor.ids)
        caller = self._only("0470123456")
        self.assertEqual((caller["status"], caller["case_id"]), ("closed", False))
        self.assertIn("Paid", caller["info"])

    def test_of_another_teams_debtor_only_who_has_him_is_told(self):
        team = self._team(self.colleague)
        self.case.write({"team_id": team.id, "user_id": self.colleague.id})
        values = {"name": "Ann", "parent_id": self.debtor.id, "phone": "0477 11 22 33"}
        self.env["res.partner"].create(values)
        self.assertFalse(self._only("0477112233")["contact"])
        caller = self._only("0470123456")
        self.assertEqual(caller["status"], "other_team")
        self.assertIn("debt_colleague", caller["info"])
        self.assertIn("Key Accounts", caller["info"])
        self.assertFalse(caller["amount"] or caller["last"] or caller["case_id"])
        self.assertFalse(caller["number"] or caller["contact"])
        with self.assertRaises(AccessError):
            self.inbound.action_take(self.case.id)

    def test_other_companies_debtors_are_strangers(self):
        company = self.env["res.company"].create({"name": "Sister"})
        self.case.sudo().copy({"company_id": company.id, "ladder_id": False})
        self.case._close("manual")
        caller = self._only("0470123456")
        self.assertEqual(caller["status"], "closed")
        secret = self._new_debtor("Secret", "+32 470 99 88 77", company_id=company.id)
        self.assertTrue(secret.exists())
        self.assertFalse(self._found("0470998877"))

    def test_only_operators_ask(self):
        for user in (self.accountant, self.env.ref("base.public_user")):
            model = self.env["debt.call.inbound"].with_user(user)
            for ask in (model._search_callers, model.action_incoming):
                with self.assertRaises(AccessError):
                    ask("0470123456")

    def test_the_screen_keeps_the_number_while_searching_by_name(self):
        with Form(self.inbound) as form:
            self.assertIn("number", form.message)
            form.query = "+33 1 22 33 44 55"
            self.assertFalse(form.found)
            self.assertIn("Nobody has this number", form.message)
            form.query = "Debtor"
            self.assertEqual(form.found[0]["debtor"], "Debtor One")
            self.assertEqual(form.number, "+33 1 22 33 44 55")
            self.assertFalse(form.message)

    def test_opening_telephonys_page_takes_no_call(self):
        """It may be a link in a mail, the browser's Back, a tab that is restored."""
        twin = self._new_debtor("Twin", "+32 470 65 43 21")
        self._invoice(100, 5, twin)
        claim = self._call(self.case, self.colleague)
        allowed = self.case.check_contact("call")
        for number in (*SPELLINGS, "0470654321", "012345678901", None):
            action = self.inbound.action_incoming(number)
            self.assertEqual(action["res_model"], "debt.call.inbound")
            self.assertEqual(action["context"], {"default_query": number or False})
        self.assertEqual((self.case | self._case(twin)).call_ids, claim)
        self.assertEqual(self.case.check_contact("call"), allowed)

    def test_the_likest_number_is_found_among_many_that_end_alike(self):
        """A switchboard's digits end the numbers of a hundred branches."""
        phones = self.env["debt.phone"].sudo()
        self.debtor.debt_phone_ids.unlink()
        values = {"partner_id": self.debtor.id, "contact_id": self.debtor.id}
        numbers = [f"+3247{n:03}5551234" for n in range(100, 200)]
        phones.create([values | {"number": n, "raw": n} for n in numbers])
        leads = self.inbound._leads_by_tail("0471775551234")
        self.assertEqual(leads[0].number, "+32471775551234")

    def test_the_last_call_of_each_case_is_told(self):
        self.assertEqual(self._only("0470123456")["last"], "Not spoken with yet")
        with self._at(hours=-2):
            self._call(self.case).finish("no_answer")
        self._call(self.case).finish("refused")
        self._call(self.case)
        self.assertIn("Refuses", self._only("0470123456")["last"])

    def test_the_last_calls_of_all_callers_take_one_query(self):
        twins = [self._new_debtor(f"Twin {n}", "+32 470 12 34 56") for n in range(4)]
        for twin in twins:
            self._invoice(100, 5, twin)
            self._call(self._case(twin)).finish("no_answer")
        cases = self.case | self.case.search([("partner_id.name", "=like", "Twin %")])
        self.env.flush_all()
        self.env["debt.call.outcome"].search([]).mapped("name")
        with self.assertQueryCount(1):
            last = self.inbound._last_calls(cases)
        self.assertEqual(len(last), 4)

    def test_a_hundred_thousand_numbers_are_searched_by_an_index(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        query = SQL("EXPLAIN %s", self.inbound._alike_sql("470123456"))
        plan = " ".join(line for (line,) in self.env.execute_query(query))
        self.assertIn("debt_phone_tail_idx", plan)


@tagged("post_install", "-at_install")
class TestInboundCall(DebtCommon):
    """The debtor's own call, from the answer to what follows from it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(500, 10)
        cls.cases.refresh(cls.debtor.ids)
        cls.case = cls.cases.search([("partner_id", "=", cls.debtor.id)])
        cls.case._plan()
        cls.phone = cls.debtor.debt_phone_ids

    def _answer(self, user=None, number="0470 12 34 56"):
        case = self.case.with_user(user or self.operator)
        return case._open_inbound(number=number)

    def test_it_is_on_record_as_answered(self):
        call = self._answer()
        self.assertEqual(call.state, "talking")
        self.assertEqual((call.started_at, call.answered_at), (TUESDAY, TUESDAY))
        self.assertEqual((call.phone_id, call.number), (self.phone, "+32470123456"))
        self.assertEqual((call.mode, call.local_hour), ("manual", 10))
        self.assertEqual(call.contact_id, self.debtor)
        self.assertEqual(call.display_name, "Call from Debtor One")

    def test_an_unknown_number_is_kept_as_it_was(self):
        call = self._answer(number="unlisted 12")
        self.assertEqual(call.number, "unlisted 12")
        self.assertFalse(call.phone_id)

    def test_the_debtor_may_call_at_any_hour(self):
        with self._at(hours=11):
            self.assertFalse(self.case.check_contact("call")["allowed"])
            self.assertEqual(self._answer().state, "talking")

    def test_finishing_keeps_when_it_was_and_mends_the_number(self):
        self.phone.health = "wrong"
        call = self._answer()
        with self._at(minutes=4):
            call.finish("promise", promise_amount=500, promise_date="2026-03-16")
        self.assertEqual((call.state, call.duration), ("done", 240))
        self.assertEqual(call.started_at, TUESDAY)
        self.assertEqual(self.phone.health, "good")
        self.assertEqual(self.case.state, "promised")
        self.assertIn("Call from +32470123456", self.case.message_ids[0].body)

    def test_a_number_not_to_be_called_stays_so(self):
        self.phone.health = "do_not_call"
        self._answer().finish("refused")
        self.assertEqual(self.phone.health, "do_not_call")

    def test_somebody_was_on_the_line(self):
        call = self._answer()
        with self.assertRaises(ValidationError):
            call.finish("no_answer")
        call.finish("other", party="third_party", note="A wrong number.")
        self.assertTrue(call.connected)

    def test_it_is_a_conversation_but_no_attempt(self):
        """The default policy: one conversation and four attempts a day."""
        self._answer().finish("refused")
        refused = self.case.check_contact("call", at=TUESDAY.replace(hour=14))
        self.assertEqual(refused["reason"], "limit")
        limits = self.company.debt_contact_policy_id.limit_ids
        limits.filtered(lambda limit: limit.count == "conversation").unlink()
        limits.exists().filtered(lambda limit: limit.channels == "calls").maximum = 1
        self.assertTrue(
            self.case.check_contact("call", at=TUESDAY.replace(hour=14))["allowed"]
        )

    def test_it_is_no_attempt_of_the_ladder(self):
        step = Command.create({"first_day": 1, "last_day": 30, "attempts": 1})
        self.case.ladder_id = self.env["debt.ladder"].create(
            {"name": "Once", "step_ids": [step]}
        )
        self._answer().finish("refused")
        self.assertEqual(self.case.next_contact_code, "ladder")
        self.assertGreater(self.case.next_contact_at, TUESDAY)

    def test_a_callback_is_made_moot(self):
        self.case.callback_at = TUESDAY.replace(day=12)
        self._answer().finish("refused")
        self.assertFalse(self.case.callback_at)
        later = TUESDAY.replace(day=13)
        self._answer().finish("callback", callback_at=later)
        self.assertEqual(self.case.callback_at, later)

    def test_the_own_claim_becomes_the_incoming_call(self):
        claim = self._call(self.case)
        wizard = self.env["debt.call.wizard"].with_user(self.operator)._for_call(claim)
        wizard.note = "Typed before he rang"
        call = self._answer()
        self.assertEqual(call, claim)
        self.assertEqual((call.direction, call.state), ("inbound", "talking"))
        self.assertEqual(wizard.note, "Typed before he rang")

    def test_a_colleagues_claim_gives_way(self):
        claim = self._call(self.case, self.colleague)
        call = self._answer()
        self.assertFalse(claim.exists())
        self.assertEqual(call.user_id, self.operator)

    def test_a_colleague_who_speaks_with_him_is_named(self):
        self._call(self.case, self.colleague).dial(phone=self.phone)
        with self.assertRaisesRegex(UserError, "debt_colleague"):
            self._answer()

    def test_answering_twice_is_one_call(self):
        self.assertEqual(self._answer(), self._answer())

    def test_the_users_other_claim_waits(self):
        other = self._new_debtor("Other", "+32 470 65 43 21")
        self._invoice(100, 5, other)
        claim = self._call(self._case(other))
        self._answer().finish("refused")
        windows = self.env["debt.call.wizard"].with_user(self.operator)
        self.assertEqual(windows._own_open_call(), claim)

    def test_a_closed_case_is_not_opened(self):
        self.case._close("manual")
        with self.assertRaisesRegex(UserError, "closed"):
            self._answer()

    def test_an_abandoned_incoming_call_stays_on_record(self):
        call = self._answer()
        with self._at(hours=3):
            self.env["debt.call"]._release_stale()
        self.assertEqual((call.state, call.outcome_id.id), ("done", False))

    def test_the_report_counts_it_apart(self):
        self._answer().finish("refused")
        self.env.flush_all()
        row = self.env["debt.call.report"].search([("case_id", "=", self.case.id)])
        self.assertEqual((row.attempts, row.incoming, row.answered), (0, 1, 0))

    def test_the_window_opens_on_it(self):
        action = self.env["debt.call.inbound"].with_user(self.operator)
        action = action.action_take(self.case.id, "0470123456", self.debtor.id)
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.call_id.direction, "inbound")
        wizard = wizard.with_user(self.operator)
        wizard.outcome_id = self.env.ref("debt_collection.outcome_refused").id
        wizard.write({"party": "right_party", "note": "Will not pay"})
        self.assertIn("Next call", wizard.consequence_html)
        wizard.action_save()
        self.assertEqual(wizard.call_id.outcome_code, "refused")

    # --- what is said ---------------------------------------------------------------
    def _window(self, *known):
        inbound = self.env["debt.call.inbound"].with_user(self.operator)
        action = inbound.action_take(self.case.id, *known)
        window = self.env[action["res_model"]].browse(action["res_id"])
        return window.with_user(self.operator)

    def test_it_has_a_script_of_its_own(self):
        script = self.env.ref("debt_collection.script_inbound")
        window = self._window()
        self.assertEqual(window.call_id.script_id, script)
        self.assertEqual(window.step_id, script._first_step())
        window.call_id.finish("refused")
        self.assertNotEqual(self._call(self.case).script_id, script)

    def test_a_claim_that_becomes_a_call_from_him_begins_the_script_anew(self):
        action = self.env["debt.call.wizard"].with_user(self.operator)
        window = action.browse(action._action_open(self._call(self.case))["res_id"])
        window.note = "Typed before he rang"
        again = self._window()
        self.assertEqual((again, again.note), (window, "Typed before he rang"))
        self.assertEqual(again.step_id.script_id.direction, "inbound")
        self.assertEqual([one["step_id"] for one in again.path], again.step_id.ids)

    def test_without_such_a_script_he_gets_the_one_for_our_calls(self):
        self.env.ref("debt_collection.script_inbound").active = False
        self.assertEqual(self._answer().script_id.direction, "outbound")

    # --- what it is about -----------------------------------------------------------
    def test_it_keeps_which_of_our_numbers_was_rung(self):
        call = self._window("0470 12 34 56", self.debtor.id, "+32 2 555 00 01").call_id
        self.assertEqual(call.our_number, "+32 2 555 00 01")
        context = call._take_back_call()["context"]
        self.assertEqual(context["default_our_number"], "+32 2 555 00 01")
        with self.assertRaises(UserError):
            self._window("0470 12 34 56", self.debtor.id, 3)

    def test_it_answers_the_last_that_he_had_of_us(self):
        with self._at(hours=-24):
            missed = self._call(self.case)
            missed.dial(self.phone)
            missed.finish("no_answer")
        call = self._answer()
        self.assertEqual(call.answers_call_id, missed)
        self.assertIn("Our call of 03/09/2026", call.answers_text)
        call.finish("refused")
        message = (
            self.env["debt.message"]
            .sudo()
            .create(
                {
                    "case_id": self.case.id,
                    "channel": "sms",
                    "kind": "manual",
                    "state": "sent",
                    "sent_at": TUESDAY,
                }
            )
        )
        with self._at(hours=1):
            call = self._answer()
            self.assertEqual(call.answers_message_id, message)
            self.assertFalse(call.answers_call_id)
            self.assertIn("03/10/2026", call.answers_text)

    def test_what_is_long_ago_or_was_a_talk_is_not_answered(self):
        with self._at(days=-20):
            self._call(self.case).finish("no_answer")
        with self._at(days=-2):
            self._call(self.case).finish("refused")
        call = self._answer()
        self.assertFalse(call.answers_call_id or call.answers_message_id)
        self.assertFalse(call.answers_text)

    # --- somebody else --------------------------------------------------------------
    def test_whoever_is_no_debtor_leaves_a_message_for_the_accountant(self):
        self.company.debt_accountant_id = self.accountant
        inbound = self.env["debt.call.inbound"].with_user(self.operator)
        with Form(inbound) as form:
            form.query = "+33 1 22 33 44 55"
            self.assertIn("A colleague will look into it", form.stranger_text)
            form.caller_name = "Ann of the insurance"
        with self.assertRaises(UserError):
            form.record.action_message()
        form.record.said = "Where is the policy?"
        form.record.action_message()
        todo = self.env["mail.activity"].search([("user_id", "=", self.accountant.id)])
        self.assertEqual(len(todo), 1)
        self.assertIn("Ann of the insurance", todo.summary)
        for text in ("Where is the policy?", "+33 1 22 33 44 55", "debt_operator"):
            self.assertIn(text, todo.note)


@tagged("post_install", "-at_install")
class TestInboundTour(TourCase):
    """In the browser: from the telephone symbol, and from a telephone's link."""

    def test_a_caller_is_found_by_name_and_by_link(self):
        operator = self._user("tour_operator", "group_debt_operator")
        case = self._cases(self._debtor("Tour Caller", 100, 15), operator)
        self.start_tour("/odoo", "debt_incoming_tour", login="tour_operator")
        call = case.call_ids
        self.assertEqual((call.direction, call.number), ("inbound", "0499 00 00 00"))
        call.with_user(operator).finish("refused")
        url = "/odoo/debt-incoming?number=0032470123456"
        self.start_tour(url, "debt_incoming_url_tour", login="tour_operator")
        call = case.call_ids - call
        self.assertEqual((call.direction, call.number), ("inbound", "+32470123456"))

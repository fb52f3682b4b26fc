from datetime import date, datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from .common import TUESDAY, DebtCommon

NOON_EASTERN = datetime(2026, 3, 10, 16, 0)
MOBILE, LANDLINE = "+1 917-555-0123", "+1 212-555-0123"


@tagged("post_install", "-at_install")
class TestConsent(DebtCommon):
    """What a debtor permits and refuses, and what the law wants permitted before."""

    def setUp(self):
        super().setUp()
        self.debtor.email = "one@example.com"
        self._invoice(1000, 10)
        self.case = self._case()

    def _say(self, channel, state="given", case=None, **values):
        case = case or self.case
        form = Form(
            self.env["debt.consent"]
            .with_user(self.accountant if state == "given" else self.operator)
            .with_context(**case._consent_context())
        )
        form.channel = channel
        form.state = state
        for name, value in values.items():
            form[name] = value
        return form.save()

    def _reason(self, channel, case=None, **asked):
        case = (case or self.case).with_user(self.operator)
        return case.check_contact(channel, **asked)["reason"]

    def _american(self, phone, state="base.state_us_34", **values):
        debtor = self._new_debtor(
            "Jane",
            phone,
            "base.us",
            is_company=False,
            state_id=self.env.ref(state).id,
            email="jane@example.com",
            **values,
        )
        self._invoice(100, 10, debtor)
        return self._case(debtor)

    # --- refusing one way ---------------------------------------------------------
    def test_who_refuses_sms_is_still_called_and_mailed(self):
        self._say("sms", "withdrawn")
        self.assertEqual(self._reason("sms"), "opted_out")
        for channel in ("call", "email"):
            self.assertEqual(self._reason(channel), "ok")
        self.assertIn("Consents", self.case.check_contact("sms")["message"])

    def test_the_last_word_holds(self):
        self._say("email", "withdrawn")
        self._say("email")
        self.assertEqual(self._reason("email"), "ok")
        self._say("email", "withdrawn")
        self.assertEqual(self._reason("email"), "opted_out")

    def test_one_number_may_be_refused_and_another_not(self):
        self.debtor.phone = "+32 470 12 34 56, +32 470 12 34 57"
        self._say("sms", "withdrawn", address="0470 12 34 56")
        refused = self._reason("sms", number="+32470123456")
        self.assertEqual(refused, "opted_out")
        self.assertEqual(self._reason("sms", number="+32470123457"), "ok")
        self.assertEqual(self._reason("sms"), "ok")

    def test_an_address_that_cannot_be_read_is_not_recorded(self):
        for channel, address in (("sms", "my mobile"), ("email", "at home")):
            with self.assertRaises(ValidationError):
                self._say(channel, address=address)

    def test_another_company_of_ours_was_told_nothing(self):
        self._say("sms", "withdrawn")
        company = self.env["res.company"].create({"name": "Sister"})
        self.assertFalse(
            self.case._consent_words(self.debtor)[self.debtor.id, company.id]
        )

    def test_what_is_said_by_a_contact_is_said_for_the_debtor(self):
        contact = self._new_debtor("Ann", is_company=False, parent_id=self.debtor.id)
        consent = self.env["debt.consent"].create(
            {"partner_id": contact.id, "channel": "sms", "state": "withdrawn"}
        )
        self.assertEqual(consent.partner_id, self.debtor)
        self.assertEqual(self._reason("sms"), "opted_out")

    def test_a_refusal_follows_the_debtor_into_a_company(self):
        person = self._new_debtor("Ann", "+32 470 12 34 58", is_company=False)
        self._invoice(10, 10, person)
        self._say("sms", "withdrawn", case=self._case(person))
        person.parent_id = self.debtor
        self.assertEqual(self._reason("sms"), "opted_out")

    def test_a_refused_way_is_not_taken_by_the_ladder(self):
        """The shipped ladder writes SMS, or else e-mail; the debtor refuses SMS."""
        step = self.case.ladder_id.step_ids.filtered(lambda s: s.channel == "sms")
        facts = self.case._contact_facts()[self.case]
        self.assertEqual(self.case._step_channel(step, facts), "sms")
        self._say("sms", "withdrawn")
        facts = self.case._contact_facts()[self.case]
        self.assertEqual(self.case._step_channel(step, facts), "email")
        self._say("email", "withdrawn")
        facts = self.case._contact_facts()[self.case]
        self.assertFalse(self.case._step_channel(step, facts))

    def test_what_waits_is_not_sent_after_a_refusal(self):
        with self._at(hours=9):
            message = self.case._send_message("callback_request", "email")
            self.assertEqual(message.state, "queued")
            self._say("email", "withdrawn")
        with self._at(days=1):
            message._send()
        self.assertEqual(message.state, "refused")
        self.assertIn("refused", message.failure)

    # --- the law wants consent -----------------------------------------------------
    def test_sms_to_an_american_mobile_wants_consent(self):
        case = self._american(MOBILE)
        asked = {"case": case, "at": NOON_EASTERN}
        self.assertEqual(self._reason("sms", **asked), "no_consent")
        self.assertEqual(self._reason("robot_call", **asked), "no_consent")
        self.assertEqual(self._reason("call", **asked), "ok")
        text = case.check_contact("sms", at=NOON_EASTERN)["message"]
        self.assertIn("record it under “Consents”", text)
        self._say("sms", case=case)
        self.assertEqual(self._reason("sms", **asked), "ok")
        self.assertEqual(self._reason("robot_call", **asked), "no_consent")

    def test_consent_for_a_time_is_over_after_its_last_day(self):
        case = self._american(MOBILE)
        self._say("sms", case=case, valid_until=date(2026, 3, 12))
        asked = {"case": case, "at": NOON_EASTERN}
        self.assertEqual(self._reason("sms", **asked), "ok")
        with self._at(days=3):
            later = NOON_EASTERN + timedelta(days=3)
            reason = self._reason("sms", case=case, at=later)
            self.assertEqual(reason, "no_consent")

    def test_from_its_day_on_new_york_wants_consent_to_electronic_messages(self):
        case = self._american(MOBILE, "base.state_us_27", zip="10001")
        for day, reason in ((datetime(2026, 8, 31, 16), "ok"),):
            self.assertEqual(self._reason("email", case=case, at=day), reason)
        september = datetime(2026, 9, 1, 16)
        self.assertEqual(self._reason("email", case=case, at=september), "no_consent")
        self._say("email", case=case, how="form")
        self.assertEqual(self._reason("email", case=case, at=september), "ok")

    # --- refusing all calls -------------------------------------------------------
    def test_a_refusal_of_calls_stands_in_the_register(self):
        call = self._call(self.case)
        call.dial(phone=self.debtor.debt_phone_ids)
        call.finish("do_not_call", note="Never again!")
        [word] = self.env["debt.consent"].search([("call_id", "=", call.id)])
        self.assertEqual((word.channel, word.state), ("telephone", "withdrawn"))
        self.assertEqual((word.how, word.note), ("call", "Never again!"))
        self.assertEqual(word.user_id, self.operator)
        self.assertEqual(self._reason("call"), "do_not_call")
        self.assertEqual(self._reason("email"), "ok")

    def test_who_permits_calls_again_is_called(self):
        self._say("telephone", "withdrawn")
        self.assertTrue(self.debtor.debt_do_not_call)
        for channel in ("call", "sms"):
            self.assertEqual(self._reason(channel), "do_not_call")
        self._say("telephone")
        self.assertEqual(self._reason("call"), "ok")

    # --- the record ---------------------------------------------------------------
    def test_nobody_rewrites_what_a_debtor_said(self):
        consent = self._say("sms", note="Said at the end of the call")
        self.assertEqual((consent.user_id, consent.how), (self.accountant, "call"))
        for user in (self.operator, self.accountant, self.manager):
            mine = consent.with_user(user)
            self.assertTrue(mine.has_access("read"), user.login)
            for change in (
                lambda c: c.write({"state": "withdrawn"}),
                lambda c: c.unlink(),
            ):
                with self.assertRaises(AccessError):
                    change(mine)

    def test_an_operator_reads_his_teams_debtors_only(self):
        team = self.env["debt.team"].create({"name": "Others"})
        consent = self.env["debt.consent"].create(
            {"partner_id": self.debtor.id, "channel": "sms"}
        )
        self.assertTrue(consent.with_user(self.operator).has_access("read"))
        self.case.write({"team_id": team.id, "user_id": False})
        self.assertFalse(consent.with_user(self.operator).has_access("read"))
        self.assertTrue(consent.with_user(self.accountant).has_access("read"))

    def test_consents_are_counted_on_the_case(self):
        self._say("sms")
        self._say("email", "withdrawn")
        self.assertEqual(self.case.with_user(self.operator).consent_count, 2)
        found = self.env["debt.consent"].search(self.case.action_consents()["domain"])
        self.assertEqual(len(found), 2)
        action = self.case.action_record_consent()
        self.assertEqual(action["context"]["default_partner_id"], self.debtor.id)

    def test_tomorrow_cannot_be_recorded_today(self):
        with self.assertRaises(ValidationError):
            self._say("sms", date=date(2026, 3, 11))

    def test_only_managers_say_where_consent_is_needed(self):
        rule = self.env.ref("debt_collection.policy_us_tcpa_consent")
        for user in (self.operator, self.accountant):
            self.assertTrue(rule.with_user(user).has_access("read"))
            self.assertFalse(rule.with_user(user).has_access("write"))
        case = self._american(MOBILE)
        self.assertEqual(self._reason("sms", case=case, at=NOON_EASTERN), "no_consent")
        # The law is shared: its manager is an administrator as well.
        self.manager.group_ids |= self.env.ref("base.group_system")
        # And who eases it says why.
        eased = [Command.update(rule.id, {"channels": "robots"})]
        rule.policy_id.with_user(self.manager).write(
            {"consent_ids": eased, "change_reason": "Counsel has agreed"}
        )
        self.assertEqual(self._reason("sms", case=case, at=NOON_EASTERN), "ok")

    # --- at work ------------------------------------------------------------------
    def test_who_wants_no_calls_at_work_is_called_at_home_only(self):
        self.debtor.phone = "+32 2 555 12 12, +32 470 12 34 56"
        self.case = self._case()
        office, mobile = self.debtor.debt_phone_ids.sorted("number")
        office.with_user(self.operator).action_toggle_work()
        self.assertEqual(office.place, "work")
        self.assertEqual(self._reason("call", number=office.number), "ok")
        self._say("work_place", "withdrawn")
        self.assertEqual(self._reason("call", number=office.number), "work_forbidden")
        self.assertEqual(self._reason("call", number=mobile.number), "ok")
        self.assertEqual(self._reason("call"), "ok")
        mobile.health = "dead"
        self.assertEqual(self._reason("call"), "work_forbidden")
        self._say("work_place")
        self.assertEqual(self._reason("call"), "ok")

    def test_washington_allows_one_contact_a_week_at_work(self):
        case = self._american("+1 206-555-0123", "base.state_us_48")
        noon = datetime(2026, 3, 10, 20)
        phone = case.partner_id.debt_phone_ids
        for place, reason in ((False, "ok"), ("work", "limit")):
            phone.place = place
            with self._at(hours=11):
                if not place:
                    self._call(case).finish("no_answer")
                    self.assertEqual(case.call_ids.number, phone.number)
            later = noon + timedelta(days=1)
            self.assertEqual(self._reason("call", case=case, at=later), reason)
        answer = case.check_contact("call", at=later)
        self.assertEqual(answer["next_at"], TUESDAY + timedelta(days=7, hours=11))

    def test_a_number_keeps_its_place_when_it_is_typed_again(self):
        self.debtor.debt_phone_ids.place = "work"
        contact = self._new_debtor(
            "Ann", "0470 12 34 56", is_company=False, parent_id=self.debtor.id
        )
        twin = self.debtor.debt_phone_ids.filtered(lambda p: p.contact_id == contact)
        self.assertEqual(twin.place, "work")
        twin.place = False
        self.assertFalse(self.debtor.debt_phone_ids.filtered("place"))

    # --- the link in each e-mail --------------------------------------------------
    def test_every_email_has_the_link(self):
        for kind in ("callback_request", "payment_details"):
            message = self.case._send_message(kind, "email")
            self.assertEqual(message.state, "sent", message.failure)
            body = message.mail_mail_id._prepare_outgoing_body()
            self.assertIn(self.case.consent_url, body)
            self.assertIn("/consent/...", message.body, "colleagues read it")
            self.assertNotIn(self.case.consent_url, message.body)
            self.assertIn(
                "You would rather not get e-mails", html2plaintext(message.body)
            )

    def test_managers_may_move_the_link(self):
        template = self.env.ref("debt_collection.mail_template_callback_request")
        body = '<p>Call us. <a t-att-href="object.consent_url">No e-mails</a></p>'
        template.with_user(self.manager).body_html = body
        with self.assertRaises(AccessError):
            template.with_user(self.manager).body_html = body.replace(
                "object.consent_url", "object.env.cr.dbname"
            )

import base64
from datetime import date, datetime, timedelta

from freezegun import freeze_time
from lxml.html import fromstring

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import html2plaintext
from odoo.tools.convert import convert_file

from .common import TUESDAY, DebtCommon
from .test_demo import SUNDAY_NIGHT

JANUARY = {"date_from": date(2025, 1, 1), "date_to": date(2025, 1, 31)}


@tagged("post_install", "-at_install")
class TestContactAudit(DebtCommon):
    """Every contact of a period is judged again; what broke a rule is told."""

    def setUp(self):
        super().setUp()
        self.policy = self.env["debt.contact.policy"].create(
            {
                "name": "Two a day",
                "window_ids": [Command.create({"hour_from": 9, "hour_to": 18})],
                "limit_ids": [Command.create({"maximum": 2, "count": "attempt"})],
            }
        )
        self.debtor.debt_contact_policy_id = self.policy
        self.debtor.email = "one@example.com"
        self._invoice(1000, 10)
        self.case = self._case()

    def _dial(self, **delta):
        with self._at(**delta):
            call = self._call(self.case)
            call.dial(phone=self.debtor.debt_phone_ids)
            call.finish("no_answer")
        return call

    def _old_call(self, at, **values):
        """A call from before decisions were kept."""
        return (
            self.env["debt.call"]
            .sudo()
            .create(
                {
                    "case_id": self.case.id,
                    "partner_id": self.debtor.id,
                    "company_id": self.company.id,
                    "user_id": self.operator.id,
                    "number": "+32470123456",
                    "state": "done",
                    "started_at": at,
                    "party": "none",
                    **values,
                }
            )
        )

    def _wizard(self, user=None, **values):
        wizards = self.env["debt.contact.audit"].with_user(user or self.manager)
        period = {"date_from": date(2026, 3, 1), "date_to": date(2026, 3, 31)}
        return wizards.create(period | values)

    def _exceptions(self, **values):
        return self._wizard(**values)._run().sorted("at")

    # --- what is found ----------------------------------------------------------------
    def test_what_passed_the_gate_is_no_exception(self):
        self._dial()
        self._dial(hours=3)
        self.case._send_message("payment_details", "email")
        self.assertFalse(self._exceptions())

    def test_a_call_at_night_is_found_wherever_it_came_from(self):
        night = self._old_call(TUESDAY + timedelta(hours=12))
        [exception] = self._exceptions()
        self.assertEqual(exception.call_id, night)
        self.assertEqual(exception.reason, "hours")
        self.assertFalse(exception.decision_id)
        self.assertEqual(exception.local_time, "2026-03-10 22:00 (Europe/Brussels)")
        self.assertIn("outside the permitted hours", exception.text)

    def test_one_call_too_many_is_found_with_its_limit(self):
        for hours in (0, 1, 2):
            call = self._old_call(TUESDAY + timedelta(hours=hours))
        [exception] = self._exceptions()
        self.assertEqual(exception.call_id, call)
        self.assertIn("at most 2 (Attempts)", exception.text)
        self.assertIn("2 had been made already", exception.text)

    def test_two_calls_in_the_same_second_are_two(self):
        for _ in range(3):
            self._old_call(TUESDAY)
        self.assertEqual(len(self._exceptions()), 1)

    def test_calls_before_the_period_and_of_a_sister_company_count(self):
        self.policy.limit_ids.length = 7
        sister = self.env["res.company"].create({"name": "Sister"})
        other = self.case.sudo().copy({"company_id": sister.id, "ladder_id": False})
        late_february = datetime(2026, 2, 27, 9, 0)
        self._old_call(late_february, case_id=other.id, company_id=sister.id)
        self._old_call(late_february + timedelta(hours=2))
        self._old_call(datetime(2026, 3, 2, 9, 0))
        [exception] = self._exceptions()
        self.assertEqual(exception.at, datetime(2026, 3, 2, 9, 0))

    def test_a_message_sent_at_night_is_found(self):
        message = self.case._send_message("payment_details", "email")
        message.sudo().sent_at = TUESDAY + timedelta(hours=12)
        [exception] = self._exceptions()
        self.assertEqual(exception.message_id, message)
        self.assertEqual(exception.number, "one@example.com")

    def test_contacts_are_judged_by_the_version_of_their_day(self):
        """A law that is tightened later makes nothing of before unlawful."""
        self._dial()
        self._dial(hours=3)
        self._old_call(datetime(2026, 3, 12, 9, 0))
        self._old_call(datetime(2026, 3, 12, 11, 0))
        self.policy.limit_ids.maximum = 1
        [exception] = self._exceptions()
        self.assertEqual(exception.at, datetime(2026, 3, 12, 11, 0))

    def test_a_number_found_to_ring_at_work_later_makes_nothing_unlawful(self):
        """A contact is judged by what was known of its place when it was made."""
        self.policy.limit_ids = [
            Command.create({"maximum": 1, "count": "attempt", "place": "work"})
        ]
        self._dial()
        self._dial(hours=3)
        self.debtor.debt_phone_ids.place = "work"
        self.assertFalse(self._exceptions())
        self._old_call(TUESDAY + timedelta(days=1))
        self.assertFalse(self._exceptions())
        self._old_call(TUESDAY + timedelta(days=1, hours=1))
        [exception] = self._exceptions()
        self.assertEqual(exception.at, TUESDAY + timedelta(days=1, hours=1))

    def _consent(self, recorded, **values):
        """A word of the debtor's about e-mail, entered at that time."""
        said = self.env["debt.consent"].create(
            {"partner_id": self.debtor.id, "channel": "email", **values}
        )
        # The column is the database's clock, which no test can stop.
        self.env.cr.execute(
            "UPDATE debt_consent SET create_date = %s WHERE id = %s",
            (recorded, said.id),
        )
        said.invalidate_recordset()
        return said

    def test_who_refuses_by_the_link_in_the_mail_had_consented_to_it(self):
        """A word said after the contact, on its very day, changes nothing about it."""
        self.policy.consent_ids = [Command.create({"channels": "written"})]
        given = self._consent(TUESDAY - timedelta(days=9), date=date(2026, 3, 1))
        mail = self.case._send_message("payment_details", "email")
        [decision] = mail.decision_ids
        self.assertTrue(decision.consented)
        self.assertEqual(decision.consent_id, given)
        with self._at(minutes=5):
            self._consent(TUESDAY + timedelta(minutes=5), state="withdrawn")
            refused = self.case._send_message("payment_details", "email")
        self.assertEqual((mail.state, refused.state), ("sent", "refused"))
        self.assertFalse(self._exceptions())

    def test_a_consent_entered_afterwards_makes_nothing_lawful(self):
        """A contact without a decision: the consent must have been on record."""
        self.policy.consent_ids = [Command.create({"channels": "written"})]
        messages = self.env["debt.message"].sudo()
        message = messages.create(
            {
                "case_id": self.case.id,
                "channel": "email",
                "kind": "manual",
                "state": "sent",
                "address": "one@example.com",
                "sent_at": TUESDAY,
            }
        )
        self._consent(TUESDAY + timedelta(hours=1), date=TUESDAY.date())
        [exception] = self._exceptions()
        self.assertEqual(
            (exception.message_id, exception.reason), (message, "no_consent")
        )
        self._consent(TUESDAY - timedelta(hours=1), date=date(2026, 3, 1))
        self.assertFalse(self._exceptions())

    def test_a_requested_callback_is_judged_as_such(self):
        self.policy.callback_beyond_limits = True
        self._old_call(TUESDAY)
        self._old_call(TUESDAY + timedelta(hours=1))
        self._old_call(TUESDAY + timedelta(hours=2), requested=True)
        self.assertFalse(self._exceptions())

    def test_a_call_the_debtor_made_breaks_nothing(self):
        self._old_call(TUESDAY + timedelta(hours=12), direction="inbound")
        self.assertFalse(self._exceptions())

    def test_a_call_to_who_refused_calls_is_an_exception(self):
        """Dialled on a desk phone: no hour and no limit was broken."""
        call = self._call(self.case)
        self.debtor.debt_do_not_call = True
        call.finish("no_answer")
        [exception] = self._exceptions()
        self.assertEqual(exception.reason, "do_not_call")

    def test_an_audit_replaces_the_one_before_for_its_days_and_channels(self):
        night = self._old_call(TUESDAY + timedelta(hours=12))
        self._old_call(TUESDAY + timedelta(days=30, hours=12))
        april = {"date_from": date(2026, 4, 1), "date_to": date(2026, 4, 30)}
        self.assertTrue(self._exceptions(**april))
        self._exceptions()
        self._exceptions(channels="written")
        kept = self.env["debt.contact.exception"]
        domain = [("company_id", "=", self.company.id)]
        self.assertEqual(kept.search_count(domain), 2)
        night.sudo().started_at = TUESDAY
        self.assertFalse(self._exceptions())
        self.assertEqual(kept.search_count(domain), 1)

    def test_queries_do_not_grow_with_the_contacts(self):
        counts = []
        for calls in (2, 30):
            for number in range(calls):
                self._old_call(TUESDAY + timedelta(days=7 + number % 5, hours=number))
            self.env.flush_all()
            wizard = self._wizard()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            wizard._run()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 5)

    # --- the pivot --------------------------------------------------------------------
    def test_pivot_counts_contacts_refusals_and_exceptions(self):
        self._dial()
        self._dial(hours=3)
        self._old_call(TUESDAY + timedelta(hours=12), local_hour=22)
        with self._at(hours=12):
            self.case._send_message("payment_details", "email")
        wizard = self._wizard()
        action = wizard.action_pivot()
        rows = self.env[action["res_model"]].with_user(self.accountant)
        sums = ["contacts:sum", "refusals:sum", "exceptions:sum", "undecided:sum"]
        [totals] = rows._read_group(action["domain"], [], sums)
        self.assertEqual(totals, (3, 1, 1, 1))
        by_hour = rows._read_group(action["domain"], ["hour"], ["contacts:sum"])
        self.assertEqual(dict(by_hour), {10: 1, 13: 1, 22: 1})
        by_day = rows._read_group(action["domain"], ["weekday"], ["contacts:sum"])
        self.assertEqual(dict(by_day), {"2": 3})
        by_policy = rows._read_group(action["domain"], ["version_ids"], ["__count"])
        self.assertIn((self.policy.version_ids, 3), by_policy)
        [[country, _count]] = rows._read_group(
            action["domain"], ["country_id"], ["__count"]
        )
        self.assertEqual(country, self.env.ref("base.be"))

    # --- the document -----------------------------------------------------------------
    def _document(self, wizard):
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.manager)
            ._render_qweb_html("debt_collection.report_contact_audit", wizard.ids)
        )
        return html2plaintext(html)

    def test_document_of_a_clean_month(self):
        self._dial()
        wizard = self._wizard(with_numbers=True)
        wizard.action_html()
        text = self._document(wizard)
        self.assertIn("was lawful", text)
        self.assertIn("10:00–10:59", text)
        self.assertIn("Calls: at most 2 (Attempts) per day", text)
        self.assertIn("+32470123456", text)
        self.assertIn("Debtors who refuse calls", text)

    def test_document_says_when_and_by_whom_it_was_made(self):
        text = self._document(self._wizard())
        self.assertIn("(Europe/Brussels) by", text)

    def test_document_parts_no_heading_from_its_table(self):
        """A head is repeated on each page: a heading in it cannot be left behind."""
        wizard = self._wizard()
        wizard.action_html()
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=1)
        html, _type = reports._render_qweb_html(
            "debt_collection.report_contact_audit", wizard.ids
        )
        page = fromstring(html)
        headings = page.xpath("//div[contains(@class, 'o_debt_audit')]//h4")
        self.assertTrue(headings)
        for heading in headings:
            self.assertFalse(
                heading.xpath("following-sibling::*[1][self::table]"), heading.text
            )
        self.assertIn(b"page-break-inside: avoid", html)

    def test_the_policys_name_is_the_readers(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        policy = self.company.debt_contact_policy_id
        version = policy._versions()[policy.id]
        policy.with_context(lang="ru_RU").name = "Деловые должники"
        russian = version.with_context(lang="ru_RU")
        self.assertIn("Деловые должники", russian.display_name)
        policy.with_context(lang="en_US").name = "Something else"
        russian.invalidate_recordset(["display_name"])
        self.assertNotIn("Деловые должники", russian.display_name)

    def test_document_names_every_exception(self):
        self._old_call(TUESDAY + timedelta(hours=12))
        with self._at(hours=12):
            self.case._send_message("payment_details", "email")
        wizard = self._wizard()
        wizard.action_html()
        text = self._document(wizard)
        self.assertNotIn("was lawful", text)
        self.assertIn("2026-03-10 22:00 (Europe/Brussels)", text)
        self.assertIn("Debtor One", text)
        self.assertIn("outside the permitted hours", text)
        self.assertIn("On Sending", text)

    def test_document_lists_what_debtors_permitted_and_refused(self):
        """Each word of the period with how it is proved; none of before or after."""
        call = self._dial_and_refuse()
        said = self.env["debt.consent"].with_user(self.operator)
        for channel, days, values in (
            ("sms", 1, {"how": "form", "evidence_name": "form.pdf"}),
            ("letter", -10, {}),
            ("visit", 30, {}),
        ):
            with self._at(days=days):
                said.create(
                    {
                        "partner_id": self.debtor.id,
                        "company_id": self.company.id,
                        "channel": channel,
                        "evidence": base64.b64encode(b"signed"),
                        **values,
                    }
                )
        wizard = self._wizard()
        refused, given = wizard._words_section()
        self.assertEqual(refused["debtor"], "Debtor One")
        self.assertEqual(refused["channel"], "Calls and SMS")
        self.assertEqual(refused["state"], "Refused or Withdrawn")
        self.assertEqual(refused["how"], "By Telephone")
        self.assertIn("10:00", refused["proof"])
        self.assertIn("Never again", refused["proof"])
        self.assertIn(call.user_id.name, refused["proof"])
        self.assertEqual((given["state"], given["how"]), ("Given", "On a Form"))
        self.assertIn("form.pdf", given["proof"])
        wizard.action_html()
        text = self._document(wizard)
        for part in ("Calls and SMS", "Never again", "form.pdf"):
            self.assertIn(part, text)
        self.assertIn("No consent was given", self._document(self._wizard(**JANUARY)))

    def _dial_and_refuse(self):
        call = self._call(self.case)
        call.dial(phone=self.debtor.debt_phone_ids)
        call.finish("do_not_call", note="Never again!")
        return call

    def test_an_empty_month_says_so(self):
        wizard = self._wizard(**JANUARY)
        wizard.action_html()
        self.assertIn("No contacts were made.", self._document(wizard))

    def test_without_a_pdf_maker_the_way_out_is_told(self):
        reports = type(self.env["ir.actions.report"])
        self.patch(reports, "get_wkhtmltopdf_state", lambda _self: "install")
        with self.assertRaisesRegex(UserError, "web page"):
            self._wizard().action_pdf()
        self.patch(reports, "get_wkhtmltopdf_state", lambda _self: "ok")
        self.assertEqual(self._wizard().action_pdf()["type"], "ir.actions.report")

    # --- who and when -----------------------------------------------------------------
    def test_last_month_is_proposed(self):
        form = Form(self.env["debt.contact.audit"].with_user(self.accountant))
        self.assertEqual(form.date_from, date(2026, 2, 1))
        self.assertEqual(form.date_to, date(2026, 2, 28))

    def test_operators_may_not(self):
        with self.assertRaises(AccessError):
            self._wizard(user=self.operator)
        for name in ("debt.contact.exception", "debt.contact.audit.report"):
            records = self.env[name]
            with self.assertRaises(AccessError):
                records.with_user(self.operator).search([])
            for user in (self.accountant, self.manager):
                records.with_user(user).search([])
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(records.with_user(user).has_access(operation))

    def test_only_ones_own_companies(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        with self.assertRaises(AccessError):
            self._wizard(company_id=sister.id)._run()


@tagged("post_install", "-at_install")
class TestContactAuditDemo(TransactionCase):
    """The companies of the demo obey the law they are shown to be under."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(SUNDAY_NIGHT))
        for name in ("debt_users_demo", "debt_demo"):
            path = f"demo/{name}.xml"
            convert_file(cls.env, "debt_collection", path, {}, "init", True)

    def test_no_exceptions(self):
        cases = self.env["debt.case"].search([])
        start = SUNDAY_NIGHT - timedelta(days=60)
        for company in cases.company_id:
            audits = self.env["debt.contact.exception"]
            found = audits._audit(company, start, SUNDAY_NIGHT + timedelta(days=1))
            told = [(one.partner_id.name, one.local_time, one.text) for one in found]
            self.assertFalse(told)

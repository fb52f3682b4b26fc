from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import html

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..controllers import portal
from ..models.ledger import debt_case_ledger
from .common import TUESDAY
from .test_portal_page import PortalCommon

PDF = b"%PDF-1.4 a proof"


@tagged("post_install", "-at_install")
class TestPortalActs(PortalCommon):
    """What a debtor does on his page takes effect at once, once, and on record."""

    def _acts(self):
        return self.env["debt.portal.act"].search([])

    def _lines(self, move=None):
        return [str(one) for one in (move or self.invoice)._debt_lines().ids]

    def _promise(self, **values):
        sent = {"item": self._lines(), "day": "2026-03-20", **values}
        return self._fill("promise", sent)

    def _said(self):
        return "\n".join(self.case.message_ids.mapped("body"))

    # --- promises ---------------------------------------------------------------------
    def test_who_promises_at_night_is_not_called_in_the_morning(self):
        self.assertTrue(self.case.check_contact("call")["allowed"])
        with freeze_time(TUESDAY + timedelta(hours=14), tick=True):
            answer = self._promise()
        self.assertIn("it is noted", answer.text)
        self.assertIn("1,000.00", answer.text)
        promise = self.case.promise_ids
        self.assertEqual(
            (promise.amount, str(promise.date), promise.state, self.case.state),
            (1000, "2026-03-20", "open", "promised"),
        )
        with freeze_time(TUESDAY + timedelta(days=1)):
            answer = self.case.check_contact("call")
            self.assertEqual((answer["allowed"], answer["reason"]), (False, "promised"))
            call = self.cases.with_user(self.operator).claim_next()
            self.assertNotEqual(self.env["debt.call"].browse(call).case_id, self.case)
        told = self.case.message_ids.filtered(lambda m: m.author_id == self.debtor)
        self.assertIn("Promises", told.body)

    def test_a_plan_of_what_is_ticked(self):
        more = self._invoice(300, 10)
        self._case()
        self._promise(item=self._lines(more), parts="3", every="week")
        plan = self.case.promise_ids.sorted("date")
        self.assertEqual(plan.mapped("amount"), [100, 100, 100])
        self.assertEqual(plan.line_ids, more._debt_lines())
        self.assertEqual(self.case.state, "active", "the other invoice is collected")

    def test_a_part_does_not_take_the_place_of_a_plan_for_everything(self):
        self._promise(parts="2")
        plan = self.case.promise_ids
        small = self._invoice(10, 5)
        self._case()
        answer = self._promise(item=self._lines(small))
        self.assertEqual(answer.status_code, 422)
        self.assertIn("You have a plan with us", answer.text)
        self.assertEqual(set(plan.mapped("state")), {"open"})

    def test_each_of_many_invoices_can_be_promised(self):
        """An entry on the screen shows fewer; the page means what is ticked."""
        last = self._invoice(10, 1)
        self._case()
        with patch.object(debt_case_ledger, "ITEMS_SHOWN", 1):
            self._promise(item=self._lines(last))
        self.assertEqual(self.case.promise_ids.line_ids, last._debt_lines())

    def test_what_was_chosen_stands_there_still_when_something_is_wrong(self):
        self._invoice(10, 1)
        self._case()
        sent = {"item": self._lines(), "reason": "not_delivered", "text": "Never came"}
        answer = self._send_file("dispute", sent, b"MZ a program")
        page = html.fromstring(answer.content)
        form = page.xpath(f"//form[@action='{self.path}/dispute']")[0]
        self.assertEqual(form.xpath(".//option[@selected]/@value"), ["not_delivered"])
        self.assertEqual(form.xpath(".//input[@checked]/@value"), self._lines())
        other = page.xpath(f"//form[@action='{self.path}/refusal']//textarea")[0]
        self.assertFalse(other.text.strip() if other.text else "")

    def test_who_disputes_everything_may_still_ask_for_a_call(self):
        sent = {"item": self._lines(), "reason": "defective", "text": "Broken"}
        self._fill("dispute", sent)
        times = self._page().xpath("//select[@name='at']/option/@value")
        self.assertTrue(times)
        self._fill("callback", {"at": times[0]})
        self.assertEqual(self.case.callback_at.isoformat(), times[0])

    def test_only_within_the_limits_of_the_manager(self):
        for wrong in (
            {"day": "2026-04-30"},
            {"day": "2026-03-09"},
            {"day": ""},
            {"parts": "4"},
            {"every": "year"},
            {"item": []},
            {"item": self._lines(self.foreign)},
        ):
            answer = self._promise(**wrong)
            self.assertEqual(answer.status_code, 422, wrong)
            self.assertIn('role="alert"', answer.text)
        self.assertFalse(self.case.promise_ids)
        self.assertFalse(self._acts())

    def test_nobody_promises_for_ever(self):
        for day in ("2026-03-20", "2026-03-25"):
            self.assertEqual(self._promise(day=day).status_code, 200)
        answer = self._promise(day="2026-03-27")
        self.assertIn("please contact us", answer.text)
        self.assertEqual(
            self.case.promise_ids.filtered(lambda p: p.state == "open").mapped("date"),
            [datetime(2026, 3, 25).date()],
        )

    def test_the_operator_who_has_him_on_the_line_hears_of_it(self):
        call = self._call(self.case)
        sent = []
        self.patch(
            type(self.operator),
            "_bus_send",
            lambda users, kind, message, **_more: sent.append((users, message)),
        )
        self._promise()
        [(user, message)] = [one for one in sent if "Debtor One" in str(one[1])]
        self.assertEqual(user, self.operator)
        self.assertIn("Promised a Payment", message["message"])
        self.assertEqual(call.state, "draft", "he sees it, and gives the call back")

    # --- the other acts ---------------------------------------------------------------
    def test_what_is_disputed_is_not_asked_for(self):
        answer = self._send_file(
            "dispute",
            {"item": self._lines(), "reason": "not_delivered", "text": "It never came"},
        )
        self.assertIn("it is noted", answer.text)
        dispute = self.case.dispute_ids
        self.assertEqual(dispute.reason, "It never came")
        self.assertEqual(dispute.reason_code, "not_delivered")
        self.assertEqual(dispute.move_ids, self.invoice)
        self.assertEqual(self.case.amount_overdue, 0)
        self.assertEqual(self.case.message_ids.attachment_ids.raw, PDF)
        self.assertIn("Disputed by you", self._text())

    def _send_file(self, kind, values, content=PDF, name="proof.pdf"):
        form = self._page().xpath(f"//form[@action='{self.path}/{kind}']")[0]
        hidden = form.xpath(".//input[@type='hidden']")
        sent = {one.get("name"): one.get("value") for one in hidden} | values
        answer = self.url_open(
            f"{self.path}/{kind}", data=sent, files={"file": (name, content)}
        )
        self.env.invalidate_all()
        return answer

    def test_the_accountant_looks_for_what_is_said_to_be_paid(self):
        paid = {"day": "2026-03-09", "amount": "1000", "reference": "INV one"}
        answer = self._send_file("paid", paid)
        self.assertIn("looks for your payment", answer.text)
        self.assertEqual(self.case.state, "on_hold")
        asked = self.case.activity_ids.filtered(lambda one: one.note)
        self.assertIn("INV one", asked.note)
        self.assertFalse(self.case.check_contact("call")["allowed"])

    def test_a_program_is_no_proof(self):
        paid = {"day": "2026-03-09", "amount": "1000"}
        answer = self._send_file("paid", paid, b"MZ\x90 program", "proof.pdf")
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(self.case.state, "active")
        self.assertFalse(self._acts())

    def test_a_call_is_asked_for_at_a_lawful_time(self):
        times = self._page().xpath("//select[@name='at']/option/@value")
        self.assertTrue(times)
        for at in times:
            self.assertIn(datetime.fromisoformat(at).hour + 1, range(9, 20), at)
        answer = self._fill(
            "callback", {"at": times[0], "number": "+32 471 11 22 33", "hour": "11"}
        )
        self.assertIn("We call you", answer.text)
        self.assertEqual(self.case.callback_at.isoformat(), times[0])
        self.assertEqual(self.debtor.debt_preferred_hour, 11)
        self.assertIn("+32471112233", self.debtor.debt_phone_ids.mapped("number"))
        self.assertEqual(self.case.priority, "2")

    def test_nobody_has_us_call_a_number_that_costs_more(self):
        """Whoever it belongs to earns by each minute of the call."""
        times = self._page().xpath("//select[@name='at']/option/@value")
        answer = self._fill("callback", {"at": times[0], "number": "+32 900 12 345"})
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.case.callback_at)
        self.assertNotIn("+3290012345", self.debtor.debt_phone_ids.mapped("number"))
        self.assertNotIn("12 345", self.debtor.phone)

    def test_a_call_of_yesterday_is_not_announced(self):
        self.case.callback_at = datetime(2026, 3, 9, 10)
        self.assertNotIn("as you asked", self._text())
        self.case.callback_at = datetime(2026, 3, 11, 10)
        self.assertIn("Wed 11 Mar 11:00", self._text())

    def test_no_call_is_promised_at_night(self):
        for at in ("2026-03-11T02:00:00", "2026-03-09T10:00:00", "x"):
            answer = self._fill("callback", {"at": at})
            self.assertEqual(answer.status_code, 422, at)
        self.assertFalse(self.case.callback_at)

    def test_a_refusal_is_heeded_from_this_moment_on(self):
        answer = self._fill("refusal", {"refused": "telephone"})
        self.assertIn("it is noted", answer.text)
        self.assertFalse(self.case.check_contact("call")["allowed"])
        self.assertTrue(self.case.check_contact("email")["allowed"])
        consent = self.env["debt.consent"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual((consent.state, consent.how), ("withdrawn", "portal"))

    def test_a_refusal_said_twice_is_on_record_once(self):
        refusals = [("case_id", "=", self.case.id)]
        self._fill("refusal", {"refused": "sms"})
        answer = self._fill("refusal", {"refused": "sms"})
        self.assertEqual(answer.status_code, 200)
        self.assertIn("noted that already", answer.text)
        self.assertEqual(self.env["debt.refusal"].search_count(refusals), 1)
        self.assertEqual(len(self._acts()), 1)
        for more in ({"text": "I am ill"}, {"refused": "all"}, {"text": "I am ill"}):
            self._fill("refusal", {"refused": "sms"} | more)
        self.assertEqual(self.env["debt.refusal"].search_count(refusals), 3)

    def test_who_permits_sms_again_may_refuse_them_again(self):
        self._fill("refusal", {"refused": "sms"})
        self.case._record_consent("sms", "given", "portal")
        answer = self._fill("refusal", {"refused": "sms"})
        self.assertIn("it is noted", answer.text)
        self.assertFalse(self.case.check_contact("sms")["allowed"])

    def test_nobody_sends_more_than_the_proofs_that_are_possible(self):
        paid = {"day": "2026-03-09", "amount": "1000"}
        answer = self._send_file("paid", paid, PDF + b"x" * portal.MOST_SENT)
        self.assertEqual(answer.status_code, 413)
        self.assertFalse(self._acts())

    # --- what he can afford -----------------------------------------------------------
    def _agree(self, answer, day="2026-03-20"):
        """Accept the plan that was offered."""
        page = html.fromstring(answer.content)
        [form] = page.xpath(f"//form[@action='{self.path}/promise']")
        hidden = form.xpath(".//input[@type='hidden']")
        sent = [(one.get("name"), one.get("value")) for one in hidden]
        answer = self.url_open(f"{self.path}/promise", data=[*sent, ("day", day)])
        self.env.invalidate_all()
        return answer

    def test_who_says_what_he_can_pay_is_offered_a_plan_he_can_keep(self):
        self._invoice(200, 10)
        self._case()
        answer = self._fill("means", {"monthly": "250"})
        self.assertRegex(answer.text, r"5 × .*240\.00")
        self.assertIn("I agree to this plan", answer.text)
        self.assertFalse(self.case.promise_ids, "nothing is promised yet")
        self.assertIn("it is noted", self._agree(answer).text)
        plan = self.case.promise_ids.sorted("date")
        self.assertEqual(plan.mapped("amount"), [240] * 5)
        self.assertEqual(str(plan[-1].date), "2026-07-20")
        self.assertFalse(self.case.check_contact("call")["allowed"])
        self.assertEqual(self._acts().sorted("id").mapped("kind"), ["means", "promise"])

    def test_no_plan_beyond_the_managers_limits(self):
        for said in (
            {"monthly": "100"},
            {"monthly": "300", "income": "1500", "outgoings": "1450"},
            {"income": "1000", "outgoings": "1200"},
            {"income": "0", "monthly": "300"},
            {"income": "150", "monthly": "300"},
        ):
            answer = self._fill("means", said)
            self.assertIn("please contact us", answer.text)
            self.assertNotIn("I agree", answer.text)
        for parts in ("4", "6", "10"):
            self.assertEqual(self._promise(parts=parts).status_code, 422)

    def test_who_has_no_outgoings_may_say_so(self):
        said = {"monthly": "250", "income": "1500", "outgoings": "0"}
        self.assertIn("I agree to this plan", self._fill("means", said).text)
        means = self.env["debt.means"].search([])
        self.assertEqual((means.outgoings, means.monthly, means.parts), (0, 250, 4))

    def test_what_says_nothing_is_not_taken(self):
        for said in ({}, {"income": "1000"}, {"monthly": "x"}, {"monthly": "-5"}):
            self.assertEqual(self._fill("means", said).status_code, 422, said)
        self.company.debt_page_means_parts = 0
        self.assertNotIn("I cannot pay that much", self._text())
        self.assertFalse(self.env["debt.means"].search([]))

    def test_what_he_earns_is_kept_apart_and_not_for_long(self):
        self._fill("means", {"monthly": "250", "income": "1987", "outgoings": "1234"})
        self.assertNotIn("1987", self._said())
        self.assertIn("250", self.case.with_user(self.operator).means_text)
        team = self.env["debt.team"].create({"name": "Others"})
        self.case.write({"team_id": team.id, "user_id": self.colleague.id})
        means = self.env["debt.means"]
        self.assertTrue(means.with_user(self.accountant).search([]))
        self.assertFalse(means.with_user(self.operator).search([]))
        with freeze_time(TUESDAY + timedelta(days=31)):
            self.env.invalidate_all()
            self.assertFalse(self.case.means_text)
            self.assertFalse(means._offered(self.case))
            means._gc_told()
            self.assertFalse(means.search([]))

    # --- once, and by nobody else -----------------------------------------------------
    def test_what_is_sent_twice_is_done_once(self):
        form = self._page().xpath(f"//form[@action='{self.path}/promise']")[0]
        sent = {
            one.get("name"): one.get("value")
            for one in form.xpath(".//input[@type='hidden']")
        }
        sent |= {"item": self._lines(), "day": "2026-03-20"}
        for _again in range(3):
            answer = self.url_open(f"{self.path}/promise", data=sent)
            self.assertIn("it is noted", answer.text)
        self.env.invalidate_all()
        self.assertEqual(len(self.case.promise_ids), 1)
        self.assertEqual(len(self._acts()), 1)

    def test_a_page_that_stood_open_serves_for_a_second_act(self):
        """A browser that goes back shows the same form: a refusal is not swallowed."""
        form = self._page().xpath(f"//form[@action='{self.path}/promise']")[0]
        hidden = {
            one.get("name"): one.get("value")
            for one in form.xpath(".//input[@type='hidden']")
        }
        promise = {"item": self._lines(), "day": "2026-03-20"}
        self.url_open(f"{self.path}/promise", data=hidden | promise)
        self.url_open(f"{self.path}/refusal", data=hidden | {"refused": "telephone"})
        self.env.invalidate_all()
        self.assertEqual(set(self._acts().mapped("kind")), {"promise", "refusal"})
        self.assertFalse(self.case.check_contact("call")["allowed"])

    def test_opening_an_address_does_nothing(self):
        for kind in ("promise", "dispute", "paid", "callback", "refusal"):
            page = self.url_open(f"{self.path}/{kind}?refused=all&day=2026-03-20")
            self.assertIn(page.status_code, (404, 405))
        self.assertFalse(self._acts())

    def test_a_form_of_another_site_does_nothing(self):
        page = self.url_open(
            f"{self.path}/refusal", data={"refused": "all", "key": "x"}
        )
        self.assertEqual(page.status_code, 400)
        self.assertFalse(self._acts())

    def test_what_was_done_is_told_to_nobody_else(self):
        self._promise()
        act = self._acts()
        page = self.url_open(f"{self._path(self.their_case)}/done/{act.id}")
        self.assertNotIn("it is noted", page.text)
        self.assertNotIn("1,000", page.text)

    def test_an_operator_cannot_pass_for_the_debtor(self):
        entries = self.env["debt.case.entry"].with_user(self.operator)
        entry = entries.with_context(default_case_id=self.case.id).create(
            {"kind": "note", "channel": "portal", "note": "I am he"}
        )
        with self.assertRaises(ValidationError):
            entry.action_record()
        with self.assertRaises(AccessError):
            self.env["debt.portal.act"].with_user(self.manager).create(
                {"case_id": self.case.id, "kind": "promise", "via": "link", "key": "x"}
            )

    # --- where he gets it -------------------------------------------------------------
    def test_each_email_leads_to_the_page(self):
        message = self.case._send_message("payment_details", "email")
        mail = message.mail_mail_id
        body = mail._prepare_outgoing_body()
        self.assertIn(self.case.page_url, body)
        self.assertIn("/account/...", message.body)
        self.assertNotIn(self.case.page_url, message.body)

    def test_an_sms_brings_the_link_where_the_company_wants_it(self):
        for wanted in (False, True):
            self.company.debt_page_sms = wanted
            message = self.case._send_message("payment_details", "sms")
            self.assertEqual(message.state, "sent", message.failure)
            sms = self.env["sms.sms"].sudo().search([("uuid", "=", message.sms_uuid)])
            self.assertEqual(self.case.page_url in sms.body, wanted)
            self.assertNotIn(self.case.page_url, f"{message.body} {self._said()}")
        message = self.case._send_message("callback_request", "sms")
        self.assertNotIn("/account/", message._prepare_sms_text())

    def test_a_link_is_short(self):
        token = self.case.page_url.rsplit("/", 1)[1]
        self.assertLessEqual(len(token), 26)
        self.assertTrue(token.isalnum())

    def _paper(self, report, record, user, **context):
        reports = self.env["ir.actions.report"].with_user(user)
        reports = reports.with_context(**context)
        return reports._render_qweb_html(report, record.ids)[0].decode()

    def test_paper_shows_the_link_to_whom_it_is_for(self):
        self.debtor.write({"street": "Rue 1", "zip": "1000", "city": "Brussels"})
        batch = self.env["debt.letter.print"].with_context(
            active_model="debt.case", active_ids=self.case.ids
        )
        batch.create({}).action_print()
        letter = self.env["debt.message"].search([("kind", "=", "letter")])
        papers = [
            ("debt_collection.statement", self.case),
            ("debt_collection.letter", letter),
        ]
        for paper in papers:
            self.assertNotIn("/account/", self._paper(*paper, self.accountant))
        self.company.debt_page_paper = True
        for paper in papers:
            printed = self._paper(*paper, self.accountant)
            self.assertIn(self.case.page_url, printed)
            self.assertIn("data:image/png", printed)
            printed = self._paper(*paper, self.operator)
            self.assertNotIn("/account/", printed, "whoever has it acts as the debtor")
        kept = self._paper(*papers[1], self.accountant, debt_kept=True)
        self.assertNotIn("/account/", kept)
        self.assertNotIn("/account/", letter.body)
        self.company.debt_page_on = False
        for paper in papers:
            self.assertNotIn("/account/", self._paper(*paper, self.accountant))

    def test_an_answer_that_quotes_the_link_gives_it_to_nobody(self):
        """Who opens it acts as the debtor; operators read his thread."""
        quoted = f"""From: one@example.com
To: us@example.com
Subject: Re: Your account
Message-Id: <answer@example.com>
Content-Type: text/html

<p>I will pay</p>
<blockquote><a href="{self.case.page_url}">Your account</a></blockquote>
"""
        self.env["mail.thread"].message_process(
            "debt.case", quoted, thread_id=self.case.id
        )
        said = self._said() + str(self.env["debt.reply"].search([]).mapped("text"))
        self.assertIn("I will pay", said)
        self.assertIn("/account/...", said)
        self.assertNotIn(self.case.page_url, said)

    def test_what_tells_of_no_debt_has_no_link(self):
        message = self.case._send_message("callback_request", "email")
        self.assertNotIn("/account/", message.mail_mail_id._prepare_outgoing_body())

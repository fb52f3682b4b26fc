import csv
import io
import zipfile
from base64 import b64decode
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from odoo.addons.debt_collection.report import debt_handover_papers
from odoo.addons.debt_collection.tools import package

from .common import TUESDAY, DebtCommon

TODAY = TUESDAY.date()
CHANNELS = ("call", "robot_call", "sms", "email", "voice_message", "letter", "visit")


class HandoverCommon(DebtCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is written bears the time of the test's clock.
        cls.startClassPatcher(
            patch.object(type(cls.cr), "now", lambda _cr: datetime.now())
        )
        cls.agency = cls.env["res.partner"].create(
            {"name": "Inkasso Nord", "is_company": True}
        )
        cls.invoice = cls._invoice(1000, 100)

    def setUp(self):
        super().setUp()
        self.case = self._case()

    def _hand_over(self, cases=None, user=None, **values):
        dialogs = self.env["debt.case.handover"].with_user(user or self.accountant)
        values = {"kind": "agency", "agent_id": self.agency.id} | values
        cases = cases or self.case
        dialogs.create({"case_ids": cases.ids, **values}).action_hand_over()
        return cases.handover_ids.filtered(lambda one: one.state == "open").with_user(
            self.accountant
        )

    def _return(self, handover, reason="hopeless", **values):
        self.env["debt.handover.return"].with_user(self.accountant).create(
            {"handover_id": handover.id, "reason": reason, **values}
        ).action_return()


@tagged("post_install", "-at_install")
class TestHandover(HandoverCommon):
    """Somebody else has the case: we are silent, and know what came of it."""

    def test_handed_over(self):
        handover = self._hand_over(note="No instalments", reference="7/26")
        self.assertEqual(self.case.state, "legal")
        self.assertEqual(
            (handover.owed, handover.handed_on, handover.user_id, handover.stage_id),
            (1000, TODAY, self.accountant, self.case.stage_id),
        )
        self.assertEqual(handover.line_ids, self.invoice._debt_lines())
        told = self.case.message_ids[0].body
        self.assertIn("Inkasso Nord", told)
        self.assertIn("No instalments", told)
        self.assertIn("With Inkasso Nord since", self.case.summary)
        self.assertIn("7/26", self.case.summary)

    def test_nobody_of_ours_contacts_the_debtor(self):
        self.debtor.write({"email": "one@example.com", "street": "A 1", "city": "B"})
        self.assertTrue(self.case.check_contact("call")["allowed"])
        self._hand_over()
        for channel in CHANNELS:
            answer = self.case.check_contact(channel)
            self.assertEqual((answer["allowed"], answer["reason"]), (False, "legal"))
        self.case._plan()
        self.assertFalse(self.case.next_contact_at)
        self.assertFalse(self.case.next_message_at)
        self.assertFalse(self.cases.with_user(self.operator).claim_next())
        with self._at(days=30):
            self.case._plan()
            self.assertFalse(self.case.next_contact_at)

    def test_a_message_that_waits_is_not_sent(self):
        self.debtor.email = "one@example.com"
        values = {
            "case_id": self.case.id,
            "channel": "email",
            "kind": "manual",
            "address": "one@example.com",
            "subject": "Overdue",
            "body": "Please pay",
        }
        message = self.env["debt.message"].sudo().create(values)
        self._hand_over()
        message._send()
        self.assertEqual(message.state, "refused")

    def test_returned_and_collected_again(self):
        handover = self._hand_over()
        with self._at(days=42):
            self._return(handover, note="Nothing to take")
            self.assertEqual(
                (handover.state, handover.return_reason, handover.returned_on),
                ("returned", "hopeless", TODAY + timedelta(days=42)),
            )
            self.assertEqual(handover.returned_by_id, self.accountant)
            self.assertEqual(self.case.state, "active")
            self.case._plan()
            self.assertTrue(self.case.next_contact_at)
            self.assertTrue(self.case.check_contact("call")["allowed"])
            self.assertIn("Nothing to take", self.case.message_ids[0].body)
            self.assertNotIn("Inkasso", self.case.summary)

    def test_resume_asks_for_the_reason(self):
        handover = self._hand_over()
        with self.assertRaisesRegex(UserError, "Inkasso Nord"):
            self.case.with_user(self.accountant).action_resume()
        self._return(handover, "recalled")
        self.assertEqual(self.case.state, "active")

    def test_what_cannot_be_handed_over(self):
        with self.assertRaises(ValidationError):
            self._hand_over(agent_id=False)
        with self.assertRaises(ValidationError):
            self._hand_over(agent_id=self.debtor.id)
        with self.assertRaises(ValidationError):
            self._hand_over(handed_on=TODAY + timedelta(days=1))
        self._hand_over()
        with self.assertRaisesRegex(UserError, "already"):
            self._hand_over()
        self._pay(self.invoice)
        self.cases.refresh(self.debtor.ids)
        with self.assertRaisesRegex(UserError, "closed"):
            self._hand_over()

    def test_an_operator_hands_nothing_over(self):
        with self.assertRaises(AccessError):
            self._hand_over(user=self.operator)
        handover = self._hand_over()
        mine = handover.with_user(self.operator)
        self.assertEqual(mine.owed, 1000)
        for work in (
            lambda: mine.write({"reference": "x"}),
            mine.action_package,
            lambda: mine._take_back("paid"),
        ):
            with self.assertRaises(AccessError):
                work()

    def test_it_stays_on_record(self):
        handover = self._hand_over()
        for values in (
            {"handed_on": TODAY - timedelta(days=9)},
            {"agent_id": self.debtor.id},
            {"state": "returned"},
            {"owed": 1},
        ):
            with self.assertRaises(AccessError):
                handover.write(values)
        handover.reference = "A 12"
        cost = self.env["debt.handover.cost"].with_user(self.accountant)
        line = cost.create(
            {"handover_id": handover.id, "name": "Court fee", "amount": 55}
        )
        cost.create({"handover_id": handover.id, "name": "Too much", "amount": -5})
        self.assertEqual(handover.cost_total, 50)
        for work in (lambda: line.write({"amount": 1}), line.unlink, handover.unlink):
            with self.assertRaises(AccessError):
                work()
        self._return(handover)
        with self.assertRaises(AccessError):
            handover.reference = "B"
        with Form(handover) as form, form.cost_ids.new() as late:
            late.name, late.amount = "Commission", 100
        self.assertEqual(handover.cost_total, 150)

    def test_many_at_once(self):
        other = self._new_debtor("Debtor Two", "+32 470 22 22 22")
        self._invoice(300, 40, other)
        cases = self.case | self._case(other)
        self._hand_over(cases, kind="own", agent_id=False)
        self.assertEqual(cases.mapped("state"), ["legal", "legal"])
        self.assertEqual(sorted(cases.handover_ids.mapped("owed")), [300, 1000])

    def test_what_to_think_of_first(self):
        self.company.debt_does_hand_over = True
        dialogs = self.env["debt.case.handover"].with_user(self.accountant)
        dialog = dialogs.create({"case_ids": self.case.ids})
        self.assertIn("was not posted yet", dialog.advice)
        self._call(self.case).finish(
            "promise", promise_amount=100, promise_date=TODAY + timedelta(days=3)
        )
        level = self.env.ref("debt_collection.letter_last")
        last = self.env["debt.letter.level"]._for_company(self.company)[-1]
        self.assertNotEqual(level, last, "the one that says so comes after it")
        letter = (
            self.env["debt.message"]
            .sudo()
            .create(
                {
                    "case_id": self.case.id,
                    "channel": "letter",
                    "kind": "letter",
                    "letter_level_id": last.id,
                    "state": "sent",
                    "sent_at": TUESDAY - timedelta(days=2),
                }
            )
        )
        advice = dialogs.create({"case_ids": self.case.ids}).advice
        self.assertIn("leaves time to pay until 03/15/2026", advice)
        self.assertIn("is promised and may come until", advice)
        letter.sent_at = TUESDAY - timedelta(days=20)
        advice = dialogs.create({"case_ids": self.case.ids}).advice
        self.assertNotIn(last.name, advice)

    def test_whoever_owes_again_is_still_with_them(self):
        """The former case was closed by hand and long ago."""
        handover = self._hand_over()
        self.case.with_user(self.manager)._close_by_hand()
        self.case.flush_recordset()
        fresh = self._case()
        self.assertNotEqual(fresh, self.case)
        self.assertEqual(fresh.state, "legal")
        self.assertEqual(handover.case_id, fresh)
        self._return(handover)
        self.assertEqual(fresh.state, "active")

    def test_a_payment_that_bounces_leaves_it_with_them(self):
        handover = self._hand_over()
        payment = self._pay(self.invoice)
        self.cases.refresh(self.debtor.ids)
        self.assertEqual(self.case.state, "closed")
        payment.action_draft()
        payment.action_cancel()
        self.cases.refresh(self.debtor.ids)
        self.assertEqual((self.case.state, handover.state), ("legal", "open"))


@tagged("post_install", "-at_install")
class TestHandoverMoney(HandoverCommon):
    """What is paid after the handing over counts as such, and nothing before."""

    def _rows(self):
        rows = self.env["debt.collection.report"].search(
            [("partner_id", "=", self.debtor.id)], order="day, id"
        )
        return rows.mapped(lambda one: (one.amount, one.followed, one.handover_id.id))

    def test_paid_before_while_and_after(self):
        self._pay(self.invoice, 100, payment_date=TODAY - timedelta(days=1))
        handover = self._hand_over()
        with self._at(days=10):
            self._pay(self.invoice, 200)
        with self._at(days=20):
            self._return(handover)
        with self._at(days=21):
            self._pay(self.invoice, 300)
            self.env["debt.case"].flush_model()
            self.env.cr.execute(
                SQL(
                    "UPDATE debt_case SET create_date = %s WHERE id = %s",
                    TUESDAY - timedelta(days=5),
                    self.case.id,
                )
            )
            self.env["debt.collection.report"]._renew(self.company)
            self.assertEqual(
                self._rows(),
                [
                    (100, "5none", False),
                    (200, "6handed", handover.id),
                    (300, "5none", False),
                ],
            )
            handover.invalidate_recordset()
            self.assertEqual(handover.collected, 200)


@tagged("post_install", "-at_install")
class TestPackage(HandoverCommon):
    """One file with everything, of this debtor and nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._new_debtor("Stranger Ltd", "+32 470 99 99 99")
        cls.foreign = cls._invoice(777, 50, cls.stranger)

    def setUp(self):
        super().setUp()
        self._call(self.case).finish(
            "refused", party="right_party", note="=1+1 he said <b>no</b>"
        )
        self._call(self._case(self.stranger)).finish("refused", note="Secret")

    def _package(self, handover):
        action = handover.action_package()
        made = self.env[action["res_model"]].browse(action["res_id"])
        content = b64decode(made.with_context(bin_size=False).file)
        archive = zipfile.ZipFile(io.BytesIO(content))
        self.assertIsNone(archive.testzip())
        return made, content, {name: archive.read(name) for name in archive.namelist()}

    def _table(self, files, name):
        text = files[f"tables/{name}.csv"].decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def _pdf(self):
        """As if there were a program that makes PDFs: it is not tried here."""
        reports = type(self.env["ir.actions.report"])
        return patch.object(
            reports, "_render_qweb_pdf", lambda *args, **kwargs: (b"%PDF-1", "pdf")
        )

    def _post_letter(self):
        """A letter whose PDF was kept."""
        values = {
            "case_id": self.case.id,
            "channel": "letter",
            "kind": "letter",
            "subject": "Last demand",
            "state": "sent",
            "sent_at": TUESDAY,
        }
        letter = self.env["debt.message"].sudo().create(values)
        letter.attachment_id = self.env["ir.attachment"].create(
            {"name": "x.pdf", "raw": b"%PDF-posted"}
        )

    def test_what_is_in_it(self):
        with self._pdf():
            _made, _content, files = self._package(self._hand_over(reference="9/26"))
        name = self.invoice.name.replace("/", "-")
        self.assertEqual(next(iter(files)), "index.html")
        self.assertIn("statement.pdf", files)
        self.assertIn(f"invoices/{name}.pdf", files)
        index = files["index.html"].decode()
        for text in ("Debtor One", "Inkasso Nord", "9/26", self.invoice.name, "1,000"):
            self.assertIn(text, index)
        [item] = self._table(files, "Open Items")
        self.assertEqual(item["Document"], self.invoice.name)
        self.assertEqual((item["Remaining"], item["Days Late"]), ("1000.00", "100"))
        [call] = self._table(files, "Contact Log")
        self.assertEqual(call["Time"], "2026-03-10 10:00:00", "on our clock")
        self.assertEqual(call["Number or Address"], "'+32470123456")
        self.assertEqual(call["Text"], "'=1+1 he said <b>no</b>", "no formula")
        decisions = self._table(files, "Contact Decision")
        self.assertEqual({row["Allowed"] for row in decisions}, {"1"})

    def test_nothing_of_others(self):
        _made, _content, files = self._package(self._hand_over())
        everything = b"".join(files.values()).decode()
        for text in ("Stranger", "470999999", self.foreign.name, "777", "Secret"):
            self.assertNotIn(text, everything)

    def test_it_is_on_record(self):
        handover = self._hand_over()
        made, content, files = self._package(handover)
        [logged] = handover.export_ids
        self.assertEqual(logged.sha256, package.checksum(content))
        self.assertEqual(logged.sha256, made.sha256)
        self.assertEqual(
            (logged.user_id, logged.agent_id, logged.made_at, logged.size),
            (self.accountant, self.agency, TUESDAY, len(content)),
        )
        self.assertEqual(logged.contents.splitlines(), list(files))
        self.assertIn(logged.sha256, self.case.message_ids[0].body)
        for work in (lambda: logged.write({"sha256": "x"}), logged.unlink):
            with self.assertRaises(AccessError):
                work()
        with self.assertRaises(AccessError):
            logged.create({"handover_id": handover.id, "sha256": "x"})

    def test_an_invoice_that_became_somebody_elses_is_not_in_it(self):
        other = self._invoice(55, 40)
        self._case()
        handover = self._hand_over()
        other.button_draft()
        other.partner_id = self.stranger
        other.action_post()
        self.assertIn(other, handover.sudo().line_ids.move_id)
        with self._pdf():
            _made, _content, files = self._package(handover)
        invoices = {path for path in files if path.startswith("invoices/")}
        name = package.file_name(self.invoice.name, "pdf")
        self.assertEqual(invoices, {f"invoices/{name}"})

    def test_amounts_have_the_decimals_of_their_currency(self):
        currency = self.setup_other_currency(
            "KWD", rounding=0.001, rates=[("2016-01-01", 2)]
        )
        self._invoice(12.34, 30, currency_id=currency.id)
        self._case()
        self.env["debt.promise"].create(
            {"case_id": self.case.id, "amount": 10, "date": TODAY + timedelta(days=3)}
        )
        handover = self._hand_over()
        self.env["debt.handover.cost"].create(
            {"handover_id": handover.id, "name": "Court fee", "amount": 55}
        )
        _made, _content, files = self._package(handover)
        items = self._table(files, "Open Items")
        self.assertEqual(
            {(one["Currency"], one["Remaining"]) for one in items},
            {(self.company.currency_id.name, "1000.00"), ("KWD", "12.340")},
        )
        for name in ("Promise to Pay", "Cost of Handing Over"):
            [row] = self._table(files, name)
            self.assertEqual(row["Currency"], self.company.currency_id.name)

    def test_what_concerns_strangers_is_not_in_it(self):
        case, outcomes = self.case, self.env["debt.call.outcome"]
        known = {
            "case_id": case.id,
            "partner_id": self.debtor.id,
            "company_id": self.company.id,
            "number": "+32470555555",
        }
        made = {"state": "done", "connected": True, "party": "third_party"}
        for hours, code, note in (
            (3, "third_party", "Tom"),
            (2, "wrong_number", "Ann"),
        ):
            at = TUESDAY - timedelta(hours=hours)
            outcome = outcomes.search([("code", "=", code)], limit=1)
            values = {"started_at": at, "outcome_id": outcome.id, "note": note}
            call = self.env["debt.call"].sudo().create(known | made | values)
            asked = {"kind": "contact", "channel": "call", "occasion": "dial"}
            self.env["debt.contact.decision"].sudo().create(
                known | asked | {"at": at, "allowed": True, "call_id": call.id}
            )
        _made, _content, files = self._package(self._hand_over())
        log = self._table(files, "Contact Log")
        strange = [row for row in log if row["Spoken With"] == "Somebody Else"]
        self.assertEqual(
            [row["Result"] for row in strange],
            ["Somebody else answered", "Wrong number"],
        )
        for row in strange:
            self.assertTrue(row["Time"])
            self.assertFalse(row["Number or Address"])
            self.assertFalse(row["Text"])
        everything = b"".join(files.values()).decode()
        for text in ("Tom", "Ann", "470555555"):
            self.assertNotIn(text, everything)
        self.assertIn("he said", everything, "what he said himself is")

    def test_what_is_kept_is_added_however_much_must_be_made(self):
        self._post_letter()
        limit = patch.object(debt_handover_papers, "MOST_MADE", 0)
        with self._pdf(), limit:
            _made, _content, files = self._package(self._hand_over())
        self.assertEqual(files["letters/Last demand.pdf"], b"%PDF-posted")
        self.assertFalse([path for path in files if path.startswith("invoices/")])
        self.assertIn(self.invoice.name, files["index.html"].decode())

    def test_tables_whose_titles_are_the_same_are_all_in_it(self):
        self.env["debt.promise"].create(
            {"case_id": self.case.id, "amount": 10, "date": TODAY + timedelta(days=3)}
        )
        models = self.env["ir.model"]
        for name in ("debt.promise", "debt.contact.decision"):
            models._get(name).sudo().name = "Open Items"
        _made, _content, files = self._package(self._hand_over())
        for name in ("Open Items", "Open Items (2)", "Open Items (3)"):
            self.assertTrue(self._table(files, name))

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.agency.lang = "de_DE"
        _made, _content, files = self._package(self._hand_over())
        index = files["index.html"].decode()
        self.assertIn('lang="de"', index)
        rows = [one for name, one in files.items() if name.endswith(".csv")]
        self.assertTrue(all(b";" in one for one in rows), "as their programs expect")
        self.assertTrue(any(b"1000,00" in one for one in rows))

    def test_a_returned_case_is_handed_to_nobody(self):
        handover = self._hand_over()
        self._return(handover)
        with self.assertRaisesRegex(UserError, "returned"):
            handover.action_package()

    def test_what_was_erased_is_not_in_it(self):
        handover = self._hand_over(note="Ask his brother")
        self._pay(self.invoice)
        self.cases.refresh(self.debtor.ids)
        self.assertEqual(self.case.state, "closed")
        self.env["debt.privacy.wizard"].with_user(self.manager).create(
            {"reason": "Asked", "partner_id": self.debtor.id}
        ).action_erase()
        _made, _content, files = self._package(handover)
        everything = b"".join(files.values()).decode()
        for text in ("he said", "470123456", "brother"):
            self.assertNotIn(text, everything)
        self.assertIn("has been erased", files["index.html"].decode())

    def test_letters_as_they_were_posted(self):
        self._post_letter()
        _made, _content, files = self._package(self._hand_over())
        self.assertEqual(files["letters/Last demand.pdf"], b"%PDF-posted")

    def test_told_to_the_debtor_who_asks(self):
        """Who got his data is his to know."""
        self._package(self._hand_over())
        sections = self.env["debt.personal.data"]._sections(self.debtor, self.company)
        told = str([one.rows for one in sections])
        self.assertIn("Inkasso Nord", told)
        self.assertEqual(date(2026, 3, 10), TODAY)

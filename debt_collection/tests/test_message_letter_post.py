import base64
import io
from unittest.mock import patch

from pypdf import PdfReader
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TUESDAY
from .test_message_letter import LetterCommon


def pdf(text):
    """One page that says something, as bytes."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.drawString(100, 500, text)
    canvas.save()
    return file.getvalue()


@tagged("post_install", "-at_install")
class TestLetterPost(LetterCommon):
    """Letters that Odoo's post carries; a stand-in takes what would leave the house."""

    def setUp(self):
        super().setUp()
        self.assertTrue(
            self.env["debt.message"]._has_post(), "Odoo installs it beside accounting"
        )
        self.rendered = []
        reports = self.env.registry["ir.actions.report"]

        def render(report, ref, ids, data=None):
            self.rendered.append(report.env.context)
            return pdf("The letter"), "pdf"

        self.startPatcher(patch.object(reports, "_render_qweb_pdf", render))

    def _hand_over(self):
        """A letter that was posted; returns it, and what Odoo's post has of it."""
        self.invoice = self._invoice(100, 20)
        self._case().user_id = self.operator
        self._batch(user=self.operator).action_post()
        [letter] = self._case().debtor_message_ids
        letter = letter.sudo()
        post = self.env["snailmail.letter"].sudo()
        return letter, post.search([("attachment_id", "=", letter.attachment_id.id)])

    def _one_a_month(self):
        limit = {"channels": "letters", "length": 30, "rolling": True}
        self.debtor.debt_contact_policy_id = self.env["debt.contact.policy"].create(
            {"name": "One letter a month", "limit_ids": [Command.create(limit)]}
        )

    def _carry(self, post, **document):
        """The post takes the letter, or says why not; returns what it was sent."""
        taken = []

        def answer(url, params, timeout):
            taken.extend(params["documents"])
            document.setdefault("letter_id", post.id)
            return {"request_code": 200, "request": {"documents": [document]}}

        target = "odoo.addons.snailmail.models.snailmail_letter.iap_tools.iap_jsonrpc"
        with patch(target, answer):
            post._snailmail_print_valid_address()
        return taken

    def test_what_is_carried_is_the_letter_to_the_debtor(self):
        letter, post = self._hand_over()
        self.assertEqual((letter.state, letter.sent_at), ("sent", TUESDAY))
        self.assertEqual(post.state, "pending")
        [carried] = self._carry(post, sent=True, send_id="42")
        self.assertEqual(carried["address"]["name"], "Debtor One")
        self.assertEqual(carried["address"]["street"], "Rue Haute 1")
        self.assertEqual(carried["return_address"]["name"], self.company.name)
        pages = PdfReader(io.BytesIO(base64.b64decode(carried["pdf_bin"]))).pages
        self.assertEqual(len(pages), 1)
        self.assertIn("The letter", pages[0].extract_text())
        self.assertTrue(self.rendered[-1]["debt_kept"], "no key to the debtor's page")
        self.assertTrue(self.rendered[-1]["snailmail_layout"], "address in the window")
        self.assertTrue(self.rendered[-1]["debt_by_post"], "the foot leaves the corner")

    def test_with_a_cover_page_the_address_is_there(self):
        self.company.write({"snailmail_cover": True, "snailmail_duplex": False})
        letter, _post = self._hand_over()
        pages = PdfReader(io.BytesIO(letter.attachment_id.raw)).pages
        self.assertEqual(len(pages), 2)
        self.assertIn("Rue Haute 1", pages[0].extract_text())
        self.assertFalse(self.rendered[-1]["snailmail_layout"])

    def test_it_counts_as_one_contact_and_is_read_as_delivered(self):
        letter, post = self._hand_over()
        self.assertEqual(len(self._case().debtor_message_ids), 1)
        self._carry(post, sent=True, send_id="42")
        self.env["debt.message"]._read_post()
        self.assertEqual(letter.state, "delivered")

    def _told(self):
        told = self._case().sudo().message_ids.mapped("body")
        return [one for one in told if "did not arrive" in one]

    def _without_credit(self):
        """A letter that Odoo's post could not carry for want of credit, so far."""
        letter, post = self._hand_over()
        self._carry(post, sent=False, error="CREDIT_ERROR")
        self.env["debt.message"]._read_post()
        return letter, post

    def _try_again(self, post):
        """What is sent when Odoo's post comes round to the letter again."""
        taken = []
        posts = self.env.registry["snailmail.letter"]

        def send(one):
            taken.extend(one)

        with (
            patch.object(posts, "_snailmail_print_valid_address", send),
            patch.object(self.env.cr, "commit", lambda: None),
        ):
            self.env["snailmail.letter"].sudo()._snailmail_cron(autocommit=False)
        return [one for one in taken if one == post]

    def _assert_recalled(self, letter, post, state, reason):
        self.assertFalse(self._try_again(post))
        self.assertEqual((post.state, post.error_code), ("canceled", False))
        self.assertEqual(letter.state, state)
        self.assertIn(reason, letter.failure)
        self.assertFalse(self._try_again(post), "nor is it tried later")
        self.env["debt.message"]._read_post()
        self.assertEqual(letter.state, state)

    def test_what_waits_for_credit_has_not_failed_yet(self):
        letter, post = self._without_credit()
        self.assertEqual(letter.state, "sent")
        self.assertIn("credit", letter.failure)
        self.assertFalse(self._told())
        self._carry(post, sent=True, send_id="43")
        self.env["debt.message"]._read_post()
        self.assertEqual((letter.state, letter.failure), ("delivered", False))

    def test_what_the_post_cannot_carry_is_told_once(self):
        letter, post = self._hand_over()
        self._carry(post, sent=False, error="NO_PRICE_AVAILABLE")
        for _day in range(2):
            self.env["debt.message"]._read_post()
        self.assertEqual(letter.state, "failed")
        self.assertEqual(len(self._told()), 1)

    def test_it_is_tried_again_while_it_may_go(self):
        """Also at night, and where the letter itself used up the limit."""
        self._one_a_month()
        _letter, post = self._without_credit()
        with self._at(days=1, hours=17):
            self.assertEqual(self._try_again(post), [post])

    def test_what_was_paid_meanwhile_is_not_demanded(self):
        letter, post = self._without_credit()
        with self._at(days=2):
            self._pay(self.invoice)
            self._assert_recalled(letter, post, "refused", "The case is closed.")

    def test_what_is_disputed_meanwhile_is_not_demanded(self):
        letter, post = self._without_credit()
        with self._at(days=2):
            self._call().finish(
                "disputed",
                dispute_move_ids=self.invoice.ids,
                dispute_reason="Never ordered",
            )
            self._assert_recalled(
                letter, post, "refused", "All that is overdue is disputed."
            )

    def test_a_debtor_on_hold_gets_none_not_even_at_the_first_try(self):
        letter, post = self._hand_over()
        letter.case_id.state = "on_hold"
        self._assert_recalled(letter, post, "refused", "The case is on hold.")
        self.assertEqual(len(self._told()), 1)

    def test_credit_that_comes_too_late_sends_no_old_letter(self):
        letter, post = self._without_credit()
        with self._at(days=5):
            self.assertTrue(self._try_again(post))
        with self._at(days=5, minutes=1):
            self._assert_recalled(letter, post, "failed", "credit")
            self.assertEqual(len(self._told()), 1)

    def test_letters_of_others_are_posted_as_ever(self):
        _letter, post = self._hand_over()
        other = post.copy({"attachment_id": False})
        with self._at(days=20):
            self.assertEqual(self._try_again(other), [other])

    def test_the_creditor_chooses_colour_cover_and_sides(self):
        sister = self.setup_other_company(name="Sister")["company"]
        self.company.write(
            {
                "snailmail_color": False,
                "snailmail_cover": True,
                "snailmail_duplex": False,
            }
        )
        sister.write(
            {
                "snailmail_color": True,
                "snailmail_cover": False,
                "snailmail_duplex": True,
            }
        )
        letter, _post = self._hand_over()
        letter.with_company(sister)._hand_to_post()
        posts = self.env["snailmail.letter"].sudo()
        post = posts.search([("attachment_id", "=", letter.attachment_id.id)])
        self.assertEqual((post.color, post.cover, post.duplex), (False, True, False))

    def test_nobody_replaces_what_was_handed_to_the_post(self):
        letter, _post = self._hand_over()
        kept = letter.attachment_id.with_user(self.operator)
        self.assertTrue(kept.raw, "but he may look at it")
        with self.assertRaises(AccessError):
            kept.raw = b"something else"
        with self.assertRaises(AccessError):
            kept.unlink()

    def test_the_printed_letter_goes_with_the_debtors_data(self):
        letter, _post = self._hand_over()
        kept = letter.attachment_id
        self.env["debt.personal.data"].sudo()._erase_cases(self._case().sudo())
        self.assertFalse(kept.exists())
        self.assertTrue(letter.exists())
        self.assertFalse(letter.attachment_id)

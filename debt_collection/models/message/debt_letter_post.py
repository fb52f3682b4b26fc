import io
from datetime import timedelta

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from odoo import api, fields, models
from odoo.tools import html2plaintext
from odoo.tools.pdf import PdfFileReader

#: What the post wants white: the edges of the paper, and a corner for its own mark.
EDGE, CORNER = 5 * mm, 15 * mm
#: Errors after which Odoo's post tries again each day, without end.
TRIED_AGAIN = (
    "TRIAL_ERROR",
    "CREDIT_ERROR",
    "ATTACHMENT_ERROR",
    "MISSING_REQUIRED_FIELDS",
)
#: What a letter says is true for so long.
LASTS = timedelta(days=5)
#: Refusals that say only when, and that the letter itself may have brought about: it
#: was permitted, and counts, since it was handed over.
ABOUT_TIMES = ("hours", "holiday", "limit", "never")


def asked_before(try_all):
    """Odoo's way to try letters, for those alone that may still be posted."""

    def _snailmail_print(self, immediate=True):
        posts = self.env["debt.message"]._still_to_post(self)
        return try_all(posts, immediate=immediate) if posts else None

    _snailmail_print.debt_asks = True
    return _snailmail_print


class DebtMessage(models.Model):
    """Letters handed to Odoo's post, where that addon is installed."""

    _inherit = "debt.message"

    attachment_id = fields.Many2one(
        "ir.attachment",
        string="Letter",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="As it was handed to the post.",
    )

    @api.model
    def _has_post(self):
        """Whether Odoo's post is installed."""
        return "snailmail.letter" in self.env

    def _register_hook(self):
        """Odoo's post asks before each try. It may be absent: nothing inherits it."""
        super()._register_hook()
        if self._has_post():
            post = self.env.registry["snailmail.letter"]
            if not hasattr(post._snailmail_print, "debt_asks"):
                post._snailmail_print = asked_before(post._snailmail_print)

    def _unregister_hook(self):
        super()._unregister_hook()
        if self._has_post():
            post = self.env.registry["snailmail.letter"]
            if hasattr(vars(post).get("_snailmail_print"), "debt_asks"):
                del post._snailmail_print

    @api.model
    def _still_to_post(self, posts):
        """Those that may be tried now; letters that may not go any more are recalled.

        :param posts: ``snailmail.letter``, letters to debtors and others
        :return: ``snailmail.letter``
        """
        # Superuser: whoever has them tried, the gate is asked about all.
        letters = self.sudo().search(
            [("attachment_id", "in", posts.sudo().attachment_id.ids)]
        )
        for letter in letters:
            post = posts.filtered(
                lambda one, letter=letter: (
                    one.sudo().attachment_id == letter.attachment_id
                )
            )
            if not letter._is_still_to_post(post.sudo()):
                posts -= post
        return posts

    def _is_still_to_post(self, post):
        """Whether Odoo's post may try this letter now; else it waits or is recalled.

        :param post: ``snailmail.letter`` (superuser)
        """
        if fields.Datetime.now() > self.sent_at + LASTS:
            self._recall(post, "failed", post.info_msg or self.failure)
            return False
        answer, text, decided = self._ask_gate()
        if answer.allowed or answer.reason in ABOUT_TIMES:
            return True
        # Who is spoken with just now may pay, promise, or dispute.
        if answer.reason != "busy":
            self._keep_refusal(decided)
            self._recall(post, "refused", text)
        return False

    def _recall(self, post, state, reason):
        """Take the letter back from Odoo's post: it is not tried any more.

        :param post: ``snailmail.letter`` (superuser)
        :param reason: text or HTML that says why
        """
        post.cancel()
        self._failed(reason)
        reason = html2plaintext(reason or "").strip()
        self.write({"state": state, "failure": reason[:250]})

    def _hand_to_post(self):
        """Have letters that are on record printed and posted by Odoo.

        They wait in Odoo's queue; what becomes of them is read each day.
        """
        # Superuser: nobody writes messages by hand; these were checked when made.
        posts = self.env["snailmail.letter"].sudo()
        for letter in self.sudo():
            # Colour, cover and sides are the creditor's choice, whoever is at work.
            post = posts.with_company(letter.company_id).create(
                {
                    "model": "debt.case",
                    "res_id": letter.case_id.id,
                    "partner_id": letter.partner_id.id,
                    "company_id": letter.company_id.id,
                    "user_id": self.env.uid,
                }
            )
            letter._keep_printed(post)
            post.attachment_id = letter.attachment_id

    def _keep_printed(self, post):
        """Keep the letter as it is handed over. It hangs on what nobody may write.

        The post wants its margins white, and the address on a cover page or in the
        window: what it makes itself, it makes so.

        :param post: ``snailmail.letter``
        """
        report = "debt_collection.debt_letter_action_report"
        # Colleagues read what is kept: without the link to the debtor's page.
        reports = self.env["ir.actions.report"].sudo()
        reports = reports.with_context(
            debt_kept=True, debt_by_post=True, snailmail_layout=not post.cover
        )
        content, _kind = reports._render_qweb_pdf(report, self.ids)
        content = self._with_white_edges(content)
        if post.cover:
            content = post._append_cover_page(content)
        self.attachment_id = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{self.subject}.pdf",
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )

    @api.model
    def _with_white_edges(self, content):
        """A PDF as the post wants it. Odoo's own way fails with newer libraries."""
        pages = PdfFileReader(io.BytesIO(content), strict=False)
        edges, (width, height) = io.BytesIO(), A4
        canvas = Canvas(edges, pagesize=A4)
        for _page in range(pages.getNumPages()):
            canvas.setFillColorRGB(1, 1, 1)
            for left, low, wide, high in (
                (0, 0, width, EDGE),
                (0, height - EDGE, width, EDGE),
                (0, 0, EDGE, height),
                (width - EDGE, 0, EDGE, height),
                (0, 0, CORNER, CORNER),
            ):
                canvas.rect(left, low, wide, high, stroke=0, fill=1)
            canvas.showPage()
        canvas.save()
        laid = PdfFileReader(edges, strict=False)
        return self.env["ir.actions.report"]._debt_laid_on(pages, laid)

    @api.model
    def _read_post(self):
        """What became of the letters that Odoo's post has.

        Where credit or a part of the address is missing it tries again: the letter has
        not failed yet, and says what is missing.
        """
        if not self._has_post():
            return
        # Superuser: a scheduled action.
        waiting = self.sudo().search(
            [("attachment_id", "!=", False), ("state", "in", ("sent", "failed"))]
        )
        posts = self.env["snailmail.letter"].sudo()
        for post in posts.search([("attachment_id", "in", waiting.attachment_id.ids)]):
            letter = waiting.filtered(
                lambda one, file=post.attachment_id: one.attachment_id == file
            )
            if post.state == "sent":
                letter._delivered()
            elif post.state == "error" and post.error_code in TRIED_AGAIN:
                reason = html2plaintext(post.info_msg or post.error_code).strip()
                letter.write({"failure": reason[:250]})
            elif post.state in ("error", "canceled"):
                letter._failed(post.info_msg or post.error_code)

import io

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from odoo import api, fields, models
from odoo.tools.pdf import PdfFileReader

#: What the post wants white: the edges of the paper, and a corner for its own mark.
EDGE, CORNER = 5 * mm, 15 * mm


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

    def _hand_to_post(self):
        """Have letters that are on record printed and posted by Odoo.

        They wait in Odoo's queue; what becomes of them is read each day.
        """
        # Superuser: nobody writes messages by hand; these were checked when made.
        for letter in self.sudo():
            post = (
                self.env["snailmail.letter"]
                .sudo()
                .create(
                    {
                        "model": "debt.case",
                        "res_id": letter.case_id.id,
                        "partner_id": letter.partner_id.id,
                        "company_id": letter.company_id.id,
                        "user_id": self.env.uid,
                    }
                )
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

        It tries again where credit or a part of the address was missing.
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
            elif post.state in ("error", "canceled"):
                letter._failed(post.info_msg or post.error_code)

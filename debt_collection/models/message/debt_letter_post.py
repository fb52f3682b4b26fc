from odoo import api, fields, models


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
            letter._keep_printed()
            self.env["snailmail.letter"].sudo().create(
                {
                    "model": "debt.case",
                    "res_id": letter.case_id.id,
                    "partner_id": letter.partner_id.id,
                    "company_id": letter.company_id.id,
                    "user_id": self.env.uid,
                    "attachment_id": letter.attachment_id.id,
                }
            )

    def _keep_printed(self):
        """Keep the letter as it is handed over. It hangs on what nobody may write."""
        report = "debt_collection.debt_letter_action_report"
        # Colleagues read what is kept: without the link to the debtor's page.
        reports = self.env["ir.actions.report"].sudo().with_context(debt_kept=True)
        content, _kind = reports._render_qweb_pdf(report, self.ids)
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
    def _read_post(self):
        """What became of the letters that Odoo's post has."""
        if not self._has_post():
            return
        # Superuser: a scheduled action.
        waiting = self.sudo().search(
            [("attachment_id", "!=", False), ("state", "=", "sent")]
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

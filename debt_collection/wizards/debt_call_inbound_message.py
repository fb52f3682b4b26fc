from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class DebtCallInbound(models.TransientModel):
    """Whoever calls and is no debtor leaves a message for the accountant."""

    _inherit = "debt.call.inbound"

    our_number = fields.Char(
        string="Number Rung", help="Which of our numbers was rung, if you can tell."
    )
    caller_name = fields.Char(string="Who Is Calling")
    said = fields.Text(string="What It Is About")
    stranger_text = fields.Text(compute="_compute_stranger_text")

    @api.depends("found")
    def _compute_stranger_text(self):
        """What to say to somebody whom nobody knows; no word about debts."""
        for wizard in self:
            known = wizard.query and not wizard.found
            wizard.stranger_text = known and self.env["debt.script"]._for_stranger()

    def action_message(self):
        """Give it to the accountant in charge as a to-do, and close the search.

        :raises UserError: who called, or what it was about, is not said
        """
        self.ensure_one()
        self.check_access("write")
        name, said = (self.caller_name or "").strip(), (self.said or "").strip()
        if not (name and said):
            raise UserError(
                self.env._("Write down who is calling, and what it is about.")
            )
        company = self.env.company
        # Superuser: an operator may not write to contacts; this is only a to-do.
        accountant = self.env["debt.case"].sudo().new({"company_id": company.id})
        accountant = accountant._accountant()
        texts = self.with_context(lang=accountant.lang).env
        company.partner_id.sudo().with_context(
            mail_activity_quick_update=True
        ).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=texts._("Call from %(name)s, no debtor of ours", name=name),
            note=Markup("<br/>").join(self._message_lines(texts, said)),
            user_id=accountant.id,
            date_deadline=company._debt_today(),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(accountant)s has the message.", accountant=accountant.name
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _message_lines(self, texts, said):
        """What the accountant reads: the message, the number, who took it."""
        lines = said.splitlines()
        if self.number:
            lines.append(texts._("Number: %(number)s", number=self.number))
        if self.our_number:
            lines.append(texts._("Number rung: %(number)s", number=self.our_number))
        lines.append(texts._("Taken by %(operator)s", operator=self.env.user.name))
        return lines

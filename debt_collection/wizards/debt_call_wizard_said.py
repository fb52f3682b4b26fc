from odoo import api, fields, models

from ..tools.clock import instant, local
from ..tools.said_time import said_time


class DebtCallWizard(models.TransientModel):
    """What is said in the call, as data: a time, a payment, a reason."""

    _inherit = "debt.call.wizard"

    needs_payment = fields.Boolean(related="outcome_id.needs_payment")
    takes_retry = fields.Boolean(related="outcome_id.takes_retry")
    said_at = fields.Char(
        string="As Said",
        help="“In 2 hours”, “tomorrow 10”, “Friday after 3 pm”: in the debtor's clock.",
    )
    said_hint = fields.Char(
        compute="_compute_said_hint", help="The time that was said, as understood."
    )
    try_again_at = fields.Datetime()
    paid_on = fields.Date()
    paid_amount = fields.Monetary()
    paid_reference = fields.Char()
    nonpayment_reason = fields.Selection(
        lambda self: (
            self.env["debt.call"]
            ._fields["nonpayment_reason"]
            ._description_selection(self.env)
        ),
        string="Why It Is Not Paid",
    )
    acknowledged = fields.Boolean(string="Says the Debt Is Right")
    answers = fields.Text(
        readonly=True, help="What the accountant answers to the debtor's questions."
    )

    @api.depends("said_at", "try_again_at", "callback_at", "outcome_id")
    def _compute_said_hint(self):
        for wizard in self:
            at = wizard.callback_at if wizard.needs_callback else wizard.try_again_at
            asked = wizard.needs_callback or wizard.takes_retry
            if wizard.said_at and not at and asked:
                wizard.said_hint = self.env._(
                    "Not understood: say it as “in 2 hours”, “tomorrow 10” or "
                    "“Friday 15:30”."
                )
            else:
                wizard.said_hint = (
                    at
                    and asked
                    and self.env._(
                        "%(time)s, the debtor's time",
                        time=wizard._in_his_clock(at),
                    )
                )

    @api.onchange("said_at")
    def _onchange_said_at(self):
        """A time as it is said, in the clock of whoever says it."""
        if not self.said_at:
            return
        at = self._read_said(self.said_at)
        if self.needs_callback:
            self.callback_at = at
        elif self.takes_retry:
            self.try_again_at = at

    def _read_said(self, text):
        """The time that is meant, naive UTC; False where none is understood."""
        case = self.case_id
        facts = case._contact_facts()[case]
        zone = facts.zone or self.company_id._debt_zone()
        meant = said_time(text, local(zone, fields.Datetime.now()))
        if not meant:
            return False
        return instant(zone, meant.date(), meant.hour * 60 + meant.minute)

    @api.onchange("objection_ids")
    def _onchange_objection_ids(self):
        """What the debtor objects says why it is not paid, unless that is said."""
        said = self.objection_ids.filtered("nonpayment_reason")
        self.nonpayment_reason = self.nonpayment_reason or said[:1].nonpayment_reason

    @api.onchange("outcome_id")
    def _onchange_outcome_said(self):
        """Another outcome asks for another time."""
        self.try_again_at = False
        self._onchange_said_at()

    def _prepare_finish_values(self):
        values = super()._prepare_finish_values()
        values["nonpayment_reason"] = self.nonpayment_reason
        values["acknowledged"] = self.acknowledged
        if self.takes_retry:
            values["try_again_at"] = self.try_again_at
        if self.needs_payment:
            values |= {
                "paid_on": self.paid_on,
                "paid_amount": self.paid_amount,
                "paid_reference": self.paid_reference,
            }
        return values

    @api.model
    def _prepare_start(self, call):
        # Superuser: exactly this debtor's calls, whoever made them.
        answers = call.sudo()._show_answers()
        return super()._prepare_start(call) | {"answers": answers}

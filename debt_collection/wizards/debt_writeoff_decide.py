from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..models.ending.debt_writeoff_post import POSTED_WITHIN


class DebtWriteoffDecide(models.TransientModel):
    """Approve a write-off, decline it, or take it back."""

    _name = "debt.writeoff.decide"
    _description = "Decide on a Write-Off"

    writeoff_id = fields.Many2one(
        "debt.writeoff", string="Write-Off", required=True, readonly=True
    )
    company_id = fields.Many2one(related="writeoff_id.company_id")
    decision = fields.Selection(
        [("approve", "Approve"), ("decline", "Decline"), ("reverse", "Take Back")],
        required=True,
        readonly=True,
        default="approve",
    )
    way = fields.Selection(
        [("entry", "Entry on an Account of Losses"), ("credit_note", "Credit Notes")],
        string="Post It As",
        required=True,
        compute="_compute_way",
        store=True,
        readonly=False,
        precompute=True,
    )
    account_id = fields.Many2one(
        "account.account",
        compute="_compute_way",
        store=True,
        readonly=False,
        precompute=True,
        domain=[("internal_group", "=", "expense"), ("active", "=", True)],
        check_company=True,
    )
    reason = fields.Text()
    effect = fields.Char(compute="_compute_effect", string="What Follows")

    @api.depends("writeoff_id")
    def _compute_way(self):
        for wizard in self:
            # A new record's ids come from the client: looked at with the user's eyes.
            found = wizard.writeoff_id.sudo(False)._origin
            known = found and found.has_access("read")
            # Superuser: a setting of the case's company.
            company = known and found.sudo().company_id
            account = company and company.debt_writeoff_account_id
            wizard.account_id = account
            wizard.way = "entry" if account else "credit_note"

    @api.depends("decision", "way")
    @api.depends_context("lang")
    def _compute_effect(self):
        for wizard in self:
            wizard.effect = wizard._effect_text()

    def _effect_text(self):
        if self.decision == "decline":
            return self.env._("The debt is collected as before.")
        if self.decision == "reverse":
            return self.env._(
                "What was posted is reversed: the debt is owed again, and the case "
                "opens again."
            )
        if self.way == "entry":
            return self.env._(
                "What is left is posted as a loss and matched with the items; taxes "
                "stay as they are. New business with the debtor warns of it."
            )
        return self.env._(
            "Credit notes for what is left are drafted: revenue and taxes are taken "
            "back once you post them. Nothing of it is collected until then, for "
            "%(days)s days at most.",
            days=POSTED_WITHIN.days,
        )

    def action_decide(self):
        """Do it.

        :raises ValidationError: there is no reason
        """
        self.ensure_one()
        reason = (self.reason or "").strip()
        if self.decision != "approve" and not reason:
            raise ValidationError(
                self.env._("Say why: whoever asks later will want to know.")
            )
        match self.decision:
            case "approve":
                self.writeoff_id._approve(self.way, self.account_id)
            case "decline":
                self.writeoff_id._decline(reason)
            case "reverse":
                self.writeoff_id._take_back(reason)
        return {"type": "ir.actions.act_window_close"}

from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..card.arguments import is_text


class DebtDispute(models.Model):
    """How a dispute ends: with a reason, once, and a valid one by a credit note.

    What was settled stays on record; when it turns out otherwise, the dispute is raised
    anew by a record that names the old one.
    """

    _inherit = "debt.dispute"

    resolution = fields.Text(string="Why Settled So", readonly=True)
    settled_at = fields.Datetime(readonly=True)
    settled_by_id = fields.Many2one("res.users", readonly=True)
    credit_note_ids = fields.Many2many(
        "account.move",
        "debt_dispute_credit_note_rel",
        "dispute_id",
        "move_id",
        string="Credit Notes",
        readonly=True,
        copy=False,
        help="Drafted when the dispute was found valid. What is disputed stays out of "
        "collection until they are posted or cancelled.",
    )
    credit_note_count = fields.Integer(compute="_compute_credit_note_count")
    reopened_id = fields.Many2one(
        "debt.dispute",
        string="Reopens",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The settled dispute that this one takes up again.",
    )
    reopening_ids = fields.One2many(
        "debt.dispute", "reopened_id", string="Reopened As", readonly=True
    )

    @api.depends("credit_note_ids")
    def _compute_credit_note_count(self):
        for dispute in self:
            # Superuser: how many there are is no secret.
            dispute.credit_note_count = len(dispute.sudo().credit_note_ids)

    # --- the buttons ----------------------------------------------------------------
    def action_accept(self):
        """Ask why the debtor is right."""
        return self._ask_reason("accepted")

    def action_reject(self):
        """Ask why the debt stands."""
        return self._ask_reason("rejected")

    def action_reopen(self):
        """Ask why a settled dispute is taken up again."""
        return self._ask_reason("reopened")

    def action_credit_notes(self):
        """The credit notes drafted for it, for those with accounting rights."""
        self.ensure_one()
        self.check_access("read")
        notes = self.credit_note_ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Notes"),
            "res_model": "account.move",
            "res_id": notes.id if len(notes) == 1 else False,
            "views": [(False, "form")]
            if len(notes) == 1
            else [(False, "list"), (False, "form")],
            "domain": [("id", "in", notes.ids)],
        }

    def _action_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dispute"),
            "res_model": "debt.dispute",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _ask_reason(self, decision):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_dispute_settle_action"
        )
        context = {"default_dispute_id": self.id, "default_decision": decision}
        return action | {"context": context}

    # --- settling -------------------------------------------------------------------
    def accept(self, reason):
        """The debtor was right: draft the credit notes.

        What is disputed stays out of collection until they are posted or cancelled.
        What has no credit note, like an opening balance, is left out for as long as
        the company gives itself to settle a dispute.

        :param str reason: what was found
        :raises ValidationError: no reason is given
        """
        for dispute in self._unsettled(reason):
            notes = dispute._draft_credit_notes(reason)
            dispute._exclude_entries(reason)
            dispute._settle("accepted", reason, notes)
            if notes:
                owner = self.env._("Check and post the credit note")
                dispute._ask_owner(owner, dispute._new_deadline())

    def reject(self, reason):
        """The debt stands: its invoices are collected again from now on.

        :param str reason: what was found
        :raises ValidationError: no reason is given
        """
        for dispute in self._unsettled(reason):
            dispute._settle("rejected", reason)

    def _reopen(self, reason):
        """Take a settled dispute up again, by a new one that names it.

        :param str reason: what has come to light
        :return: the new ``debt.dispute``
        :raises ValidationError: no reason is given, or nothing of it is open any more
        :raises UserError: it is open, or was reopened before
        """
        self.ensure_one()
        self.check_access("write")
        self._check_reason(reason)
        old = self.sudo()
        if old.state == "open" or old.reopening_ids:
            raise UserError(
                self.env._("Only a settled dispute can be reopened, and only once.")
            )
        if any(note.state == "draft" for note in old.credit_note_ids):
            raise UserError(
                self.env._(
                    "A credit note is waiting to be posted: post or cancel it first."
                )
            )
        moves, amount = old.move_ids, old.amount
        self._check_new(old.case_id, moves, reason, amount=amount)
        # Superuser: nobody writes by hand which dispute another one takes up.
        case = old.case_id
        new = self.sudo()._raise(case, moves, old.reason, old.reason_code, amount)
        new.reopened_id = old
        new._message_log(body=self.env._("Reopened: %(reason)s", reason=reason))
        return new.sudo(self.env.su)

    @api.model
    def _check_reason(self, reason):
        if not is_text(reason) or not reason.strip():
            raise ValidationError(
                self.env._("Say why: whoever asks later will want to know.")
            )

    def _unsettled(self, reason):
        """Those that are still to be settled, once the caller may do so."""
        self.check_access("write")
        self._check_reason(reason)
        return self.filtered(lambda dispute: dispute.state in ("open", "expired"))

    def _settle(self, state, reason, notes=None):
        # Superuser: the state of a dispute is not written by hand.
        dispute = self.sudo()
        # All at once: nobody is to be called in between.
        dispute.write(
            {
                "state": state,
                "resolution": reason.strip(),
                "settled_at": fields.Datetime.now(),
                "settled_by_id": self.env.uid,
                "credit_note_ids": [Command.set(notes.ids if notes else [])],
            }
        )
        dispute.activity_ids.action_feedback()
        dispute._tell_settled()

    def _tell_settled(self):
        texts = {
            "accepted": self.env._(
                "The dispute about %(what)s is valid: %(reason)s",
                what=self._describe(),
                reason=self.resolution,
            ),
            "rejected": self.env._(
                "The dispute about %(what)s is settled, the debt stands: %(reason)s",
                what=self._describe(),
                reason=self.resolution,
            ),
        }
        self.case_id._message_log(body=texts[self.state])

    def _new_deadline(self):
        company = self.company_id
        return company._debt_today() + timedelta(days=company.debt_dispute_days)

    @api.model
    def _expire(self):
        """Disputes whose deadline has passed no longer hold their invoices."""
        for company in self.env["res.company"].search([]):
            late = self.search(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "open"),
                    ("deadline", "<", company._debt_today()),
                ]
            )
            late.state = "expired"
            for dispute in late:
                dispute._tell_expired()

    def _tell_expired(self):
        self.case_id._message_log(
            body=self.env._(
                "Nobody settled the dispute about %(what)s by %(date)s: it is "
                "collected again.",
                what=self._describe(),
                date=format_date(self.env, self.deadline),
            )
        )

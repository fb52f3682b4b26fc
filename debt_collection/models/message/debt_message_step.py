from odoo import fields, models

from ...tools.ladder_messages import WAITS


class DebtMessage(models.Model):
    """A message that a step of the retry ladder asked for."""

    _inherit = "debt.message"

    ladder_step_id = fields.Many2one(
        "debt.ladder.step", readonly=True, ondelete="set null", index="btree_not_null"
    )
    due_at = fields.Datetime(
        string="Due", readonly=True, default=fields.Datetime.now, copy=False
    )

    def _counts_from(self):
        """When it goes or went out: there is one a day from the ladder at most."""
        waits = self.state == "queued"
        return self.sent_at or (self.send_after if waits else self.due_at)

    def _is_outdated(self):
        return (
            super()._is_outdated() or self.kind == "ladder" and self._ladder_is_past()
        )

    def _ladder_is_past(self):
        """Whether the debtor was reached, or the case taken off the ladder, since.

        A case whose ladder is over is still sent the last message of it.
        """
        case = self.case_id
        # Superuser: a setting of the case's company.
        current = case.company_id.sudo().debt_current_ladder_id
        if current and self.ladder_step_id.ladder_id == current != case.ladder_id:
            return True  # It announced what is overdue by now, or paid.
        if case.state not in ("active", "dormant") or case.callback_at:
            return True
        # Superuser, for sent by a scheduled action: calls of exactly this debtor.
        spoken = self.env["debt.call"].search_count(
            [
                ("partner_id", "=", self.partner_id.id),
                ("party", "=", "right_party"),
                ("started_at", ">", self.due_at),
            ],
            limit=1,
        )
        return bool(spoken) or not self.ladder_step_id

    def _can_wait(self, until):
        if self.kind == "ladder" and until > self.due_at + WAITS:
            return False
        return super()._can_wait(until)

    def _find_template(self):
        if self.kind == "ladder":
            return self.ladder_step_id._template(self.channel)
        return super()._find_template()

    def _use_other_channel(self):
        """What did not arrive and never will is sent another way, once."""
        values = [
            message._prepare_other_channel()
            for message in self.filtered(lambda message: message.kind == "ladder")
        ]
        if values := list(filter(None, values)):
            self.create(values)
            self._trigger_sending()

    def _prepare_other_channel(self):
        """Values of the same message by another channel, None when there is none."""
        case, step = self.case_id, self.ladder_step_id
        key = f"{self.key}:again"
        if self.key.endswith(":again") or self.search_count([("key", "=", key)]):
            return None
        channel = step and case._step_channel(step, case._contact_facts()[case])
        if not channel or channel == self.channel:
            return None
        values = case._prepare_message_values("ladder", channel, key=key)
        return values | {"ladder_step_id": step.id}

from odoo import fields, models


class DebtMessage(models.Model):
    """Each message handed over is on record with what it was decided by."""

    _inherit = "debt.message"

    decision_ids = fields.One2many(
        "debt.contact.decision",
        "message_id",
        string="Decisions",
        readonly=True,
        groups="debt_collection.group_debt_accountant",
    )

    def _prepare_decision(self, case, now, answer, facts):
        """A draft for `debt.contact.decision._keep`.

        :param case: ``debt.case`` the gate was asked about
        :param datetime now: naive UTC
        """
        return self.env["debt.contact.decision"]._prepare(
            case,
            self.channel,
            now,
            answer,
            facts,
            occasion="message",
            number=self.address,
            message_id=self.id,
            user_id=self.user_id.id,
        )

    def _keep_contact(self, decided):
        """What was handed over is a contact; what could not be rendered is none."""
        if self.state == "sent":
            self.env["debt.contact.decision"]._keep([decided])

    def _keep_refusal(self, decided):
        """Keep that it was postponed or refused, once for each time it was to go."""
        planned = self.send_after or decided["at"]
        refusal = {
            "kind": "refusal",
            "planned_at": planned,
            "key": f"message:{self.id}:{planned}:{decided['reason']}",
        }
        self.env["debt.contact.decision"]._keep([decided | refusal])

    # --- as the audit asks ------------------------------------------------------------
    def _channel(self):
        self.ensure_one()
        return self.channel

    def _contact_at(self):
        return self.sent_at

    def _contact_number(self):
        return self.address

    def _kept_decision(self):
        kept = self.decision_ids.filtered(lambda one: one.kind == "contact")
        return kept[:1]

    def _history_key(self):
        """What finds the message again in the history of its debtor."""
        return self.partner_id.id, self.sent_at, self.channel, self.company_id.id

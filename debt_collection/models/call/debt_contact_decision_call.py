from odoo import fields, models
from odoo.exceptions import UserError


class DebtCall(models.Model):
    """Each call that was dialled is on record with what it was decided by."""

    _inherit = "debt.call"

    decision_ids = fields.One2many(
        "debt.contact.decision",
        "call_id",
        string="Decisions",
        readonly=True,
        groups="debt_collection.group_debt_accountant",
    )

    def _ask_to_dial(self, now, number):
        """Ask the gate once more; a refusal is kept although it ends in an error.

        :param datetime now: naive UTC
        :param str number: the number to be dialled
        :return: a draft for `debt.contact.decision._keep`, and the facts
        :raises UserError: the gate refuses
        """
        case, channel = self.case_id, self._channel()
        case.check_access("read")
        answer, facts = case._ask_gate(channel, now, number)
        if answer.allowed:
            decided = self.env["debt.contact.decision"]._prepare(
                case,
                channel,
                now,
                answer,
                facts,
                occasion="dial",
                number=number,
                call_id=self.id,
            )
            return decided, facts
        self.env["debt.contact.decision"]._keep_at_the_end(
            self._prepare_refused_dial(now, number, answer, facts)
        )
        raise UserError(case._contact_message(answer, now, facts))

    def _prepare_refused_dial(self, now, number, answer, facts):
        """The refusal of a call that was about to be dialled, once for each plan."""
        case, planned = self.case_id, self.case_id.next_contact_at or now
        return self.env["debt.contact.decision"]._prepare_refusal(
            case,
            "dial",
            self._channel(),
            answer,
            facts,
            planned,
            key=f"dial:{self.id}:{planned}:{answer.reason}",
            number=number,
            call_id=self.id,
        )

    def _prepare_manual_decision(self, now, number, phone, facts):
        """The decision about a call that was made before anybody was asked.

        What the gate would have said is kept: it may have been no.
        """
        channel = self._channel()
        answer = self.case_id._contact_gate(channel, now, facts, number, phone)
        return self.env["debt.contact.decision"]._prepare(
            self.case_id,
            channel,
            now,
            answer,
            facts,
            occasion="dial",
            number=number,
            call_id=self.id,
        )

    # --- as the audit asks ------------------------------------------------------------
    def _contact_at(self):
        return self.started_at

    def _contact_number(self):
        return self.number

    def _kept_decision(self):
        kept = self.decision_ids.filtered(lambda one: one.kind == "contact")
        return kept[:1]

    def _history_key(self):
        """What finds the call again in the history of its debtor."""
        return self.partner_id.id, self.started_at, self._channel(), self.company_id.id

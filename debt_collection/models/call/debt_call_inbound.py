from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from .debt_call import TALK_MINUTES


class DebtCall(models.Model):
    """What is different about a call the debtor made himself."""

    _inherit = "debt.call"

    def _give_way(self, user):
        """Let the debtor's own call come before a claim on him.

        :param user: ``res.users`` who answered the debtor
        :raises UserError: somebody else speaks with the debtor at this moment
        """
        if not self:
            return
        # Who presses "dial" in this very moment and who answers must not both have him.
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        if self.state != "draft":
            raise UserError(self._is_speaking_text(self.case_id, self.user_id.name))
        if self.user_id != user:
            self._tell_taken_over(user)

    def _tell_taken_over(self, user):
        """Tell a colleague that the debtor on the screen is being spoken with."""
        texts = self.with_context(lang=self.user_id.lang).env
        self.user_id._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "message": texts._(
                    "%(debtor)s is on the line with %(operator)s: do not dial.",
                    debtor=self.partner_id.display_name,
                    operator=user.name,
                ),
            },
        )

    @api.model
    def _is_speaking_text(self, case, name):
        return self.env._(
            "%(operator)s is speaking with %(debtor)s. Put the call through, or take a "
            "message.",
            operator=name,
            debtor=case.partner_id.display_name,
        )

    @api.model
    def _prepare_inbound(self, case, now, number, contact):
        facts = case._contact_facts()[case]
        phone = case._find_phone(facts, number) if number else None
        contact = contact or (phone and phone.contact_id) or case.partner_id
        return {
            "direction": "inbound",
            "mode": "manual",
            # It may interrupt another call: nobody chose to have two.
            "is_claim": False,
            "state": "talking",
            "started_at": now,
            "answered_at": now,
            "phone_id": phone.id if phone else False,
            "number": phone.number if phone else number,
            "contact_id": contact.id,
            "local_hour": case._local_hour(now, facts),
            "claim_until": now + timedelta(minutes=TALK_MINUTES),
        }

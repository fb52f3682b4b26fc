from odoo import models


class DebtContactExplain(models.TransientModel):
    """What can be done where nothing is allowed."""

    _inherit = "debt.contact.explain"

    def _zones_text(self, zones):
        return self.env._(
            "It is not certain where the debtor is. Contact is allowed only at hours "
            "that are allowed in all of these time zones: %(zones)s.",
            zones=", ".join(zones),
        )

    def _advice(self, reason):
        """What to do about a reason that does not pass by itself, or False."""
        return self._advices().get(reason, False)

    def _advices(self):
        return {
            "nothing_owed": self.env._(
                "Nothing is to be done: contact is possible again when an invoice "
                "falls due."
            ),
            "closed": self.env._(
                "The case opens again by itself when something is overdue."
            ),
            "disputed": self.env._(
                "Settle the disputes of the case first, or wait until they end."
            ),
            "legal": self.env._(
                "Resume the case if the legal department has given it back."
            ),
            "on_hold": self.env._("Resume the case to end the hold."),
            "promised": self.env._(
                "Wait for the payment; a broken promise ends the pause by itself."
            ),
            "do_not_call": self.env._(
                "Write instead: e-mails and letters stay permitted."
            ),
            "no_number": self.env._("Add a number on the debtor's contact."),
            "bad_number": self.env._("Choose or add another number."),
            "no_hours": self.env._(
                "Choose another way of contact, or ask a manager whether the policy "
                "should have hours for this one."
            ),
            "never": self.env._(
                "Choose another way of contact, or ask a manager to check the policy's "
                "hours and limits."
            ),
        }

from odoo import fields, models

from ...tools.contact import Consent
from .channel_groups import CHANNEL_GROUP_SELECTION, CHANNEL_GROUPS


class DebtContactPolicyConsent(models.Model):
    """That a policy allows some ways of contact only with the debtor's consent."""

    _name = "debt.contact.policy.consent"
    _inherit = "debt.contact.policy.part"
    _description = "Consent Needed Before Contact"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "debt.contact.policy", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    channels = fields.Selection(
        CHANNEL_GROUP_SELECTION, required=True, default="automated"
    )
    number_kinds = fields.Selection(
        [("any", "Any Number"), ("mobile", "Mobile Numbers")],
        string="On",
        required=True,
        default="any",
        help="A number that may be a mobile number is treated as one.",
    )
    source = fields.Char(
        translate=True, help="Where it says so, and how far that can be relied on."
    )

    def _to_pure(self):
        self.ensure_one()
        return Consent(
            channels=CHANNEL_GROUPS[self.channels],
            mobile=self.number_kinds == "mobile",
        )

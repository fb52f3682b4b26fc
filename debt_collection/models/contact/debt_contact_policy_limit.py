from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.contact import Limit
from ...tools.limits import rolling_span
from .channel_groups import CHANNEL_GROUP_SELECTION, CHANNEL_GROUPS

# In days. What was before is read a little further back (`HISTORY_DAYS`): calendar
# months are longer than 30 days, and local days begin earlier than those of UTC.
LONGEST_LIMIT = 120


class DebtContactPolicyLimit(models.Model):
    _name = "debt.contact.policy.limit"
    _inherit = "debt.contact.policy.part"
    _description = "Contact Limit"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "debt.contact.policy", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    channels = fields.Selection(CHANNEL_GROUP_SELECTION, required=True, default="calls")
    maximum = fields.Integer(required=True, default=1)
    count = fields.Selection(
        [
            ("attempt", "Attempts"),
            ("connect", "Answered"),
            ("conversation", "Conversations"),
            ("minute", "Minutes"),
        ],
        string="Counting",
        required=True,
        default="attempt",
        help="Attempts: every contact tried. Answered: somebody picked up. "
        "Conversations: the debtor was spoken with. Minutes: every minute begun, from "
        "dialling to the end.",
    )
    length = fields.Integer(string="Within", required=True, default=1)
    period = fields.Selection(
        [("day", "Days"), ("week", "Weeks"), ("month", "Months")],
        required=True,
        default="day",
    )
    rolling = fields.Boolean(
        help="Counted back from the moment of contact, not by calendar days, weeks "
        "(from Monday) or months of the debtor's time.",
    )
    scope = fields.Selection(
        [("debtor", "Debtor"), ("case", "Case")],
        required=True,
        default="debtor",
        help="Debtor: contacts about all debts count. Case: those about what is owed "
        "to one company, also from before a case was closed and opened again.",
    )
    place = fields.Selection(
        [("any", "Anywhere"), ("work", "At Work")],
        string="Where",
        required=True,
        default="any",
        help="At Work: only contacts on numbers that are marked as the place of work "
        "count and are limited.",
    )

    _numbers_positive = models.Constraint(
        "CHECK(maximum >= 1 AND length >= 1)",
        "A limit must allow at least one contact and cover at least one period.",
    )

    @api.constrains("length", "period")
    def _check_length(self):
        """Contacts from before are not read: such a limit would promise too much."""
        for limit in self:
            if rolling_span(limit).days > LONGEST_LIMIT:
                raise ValidationError(
                    self.env._(
                        "Contacts are counted over %(days)s days at most: choose a "
                        "shorter time and fewer contacts.",
                        days=LONGEST_LIMIT,
                    )
                )

    def _to_pure(self):
        self.ensure_one()
        return Limit(
            count=self.count,
            maximum=self.maximum,
            period=self.period,
            length=self.length,
            rolling=self.rolling,
            channels=CHANNEL_GROUPS[self.channels],
            scope=self.scope,
            place="" if self.place == "any" else self.place,
        )

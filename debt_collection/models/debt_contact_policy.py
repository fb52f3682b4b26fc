from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.contact import HOLIDAY, Limit, Policy, Window

CHANNEL_GROUPS = {
    "any": frozenset(),
    "calls": frozenset({"call", "robot_call"}),
    "messages": frozenset({"sms", "email", "voice_message"}),
    "texts": frozenset({"sms", "voice_message"}),
    "visits": frozenset({"visit"}),
}
CHANNEL_GROUP_SELECTION = [
    ("any", "Every Channel"),
    ("calls", "Calls"),
    ("messages", "Messages"),
    ("texts", "SMS and Voice Messages"),
    ("visits", "Visits"),
]
DAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "holiday",
)
assert DAYS[HOLIDAY] == "holiday"


class DebtContactPolicy(models.Model):
    """When, and how often, a debtor may be contacted, by law or by choice.

    The policy of a debtor is, in this order: the one set on him; the first (by
    sequence) that names his country and fits a person or a company; the company's
    default. Nothing is allowed where no policy is found.
    """

    _name = "debt.contact.policy"
    _inherit = "debt.plan.source"
    _description = "Contact Policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    applies_to = fields.Selection(
        [("any", "Anybody"), ("person", "Persons"), ("company", "Companies")],
        required=True,
        default="any",
    )
    country_ids = fields.Many2many(
        "res.country",
        string="Countries",
        help="Debtors of these countries are under this policy. Empty: it is used "
        "only where it is a company's default or set on a debtor.",
    )
    window_ids = fields.One2many(
        "debt.contact.policy.window", "policy_id", string="Hours", copy=True
    )
    limit_ids = fields.One2many(
        "debt.contact.policy.limit", "policy_id", string="Limits", copy=True
    )
    callback_beyond_limits = fields.Boolean(
        string="Requested Callbacks Beyond Limits",
        help="A call the debtor asked for is made even when a limit is used up. "
        "The hours hold all the same.",
    )
    source = fields.Char(
        translate=True, help="The law, the article, or whose choice this is."
    )
    source_date = fields.Date(help="When the source was last read.")
    note = fields.Text(translate=True)

    def _to_pure(self):
        """The policy as the gate wants it, a `tools.contact.Policy`."""
        self.ensure_one()
        return Policy(
            windows=tuple(window._to_pure() for window in self.window_ids),
            limits=tuple(limit._to_pure() for limit in self.limit_ids),
            callback_beyond_limits=self.callback_beyond_limits,
        )

    @api.model
    def _for_country(self):
        """Policies that name a country, in order; the candidates of every debtor."""
        return self.search([("country_ids", "!=", False)])

    def _fits(self, partner, company):
        self.ensure_one()
        kind = "company" if partner.is_company else "person"
        return (
            self.applies_to in ("any", kind)
            and self.company_id.id in (False, company.id)
            and partner.country_id in self.country_ids
        )


class DebtContactPolicyWindow(models.Model):
    _name = "debt.contact.policy.window"
    _inherit = "debt.plan.source"
    _description = "Contact Hours"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "debt.contact.policy", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    channels = fields.Selection(CHANNEL_GROUP_SELECTION, required=True, default="any")
    monday = fields.Boolean(string="Mon", default=True)
    tuesday = fields.Boolean(string="Tue", default=True)
    wednesday = fields.Boolean(string="Wed", default=True)
    thursday = fields.Boolean(string="Thu", default=True)
    friday = fields.Boolean(string="Fri", default=True)
    saturday = fields.Boolean(string="Sat")
    sunday = fields.Boolean(string="Sun")
    holiday = fields.Boolean(
        string="Hol.", help="Public holidays of the debtor's country."
    )
    hour_from = fields.Float(string="From", required=True, default=9.0)
    hour_to = fields.Float(string="To", required=True, default=18.0)

    _hours_in_order = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "Contact hours lie within one day and begin before they end.",
    )

    @api.constrains(*DAYS)
    def _check_days(self):
        for window in self:
            if not any(window[day] for day in DAYS):
                raise ValidationError(
                    self.env._("Choose at least one day for each line of hours.")
                )

    def _to_pure(self):
        self.ensure_one()
        return Window(
            days=frozenset(i for i, day in enumerate(DAYS) if self[day]),
            start=round(self.hour_from * 60),
            end=round(self.hour_to * 60),
            channels=CHANNEL_GROUPS[self.channels],
        )


class DebtContactPolicyLimit(models.Model):
    _name = "debt.contact.policy.limit"
    _inherit = "debt.plan.source"
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
        ],
        string="Counting",
        required=True,
        default="attempt",
        help="Attempts: every contact tried. Answered: somebody picked up. "
        "Conversations: the debtor himself was spoken with.",
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
        help="Contacts about all debts of the debtor count, or those of one case.",
    )

    _numbers_positive = models.Constraint(
        "CHECK(maximum >= 1 AND length >= 1)",
        "A limit allows at least one contact in at least one period.",
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
        )

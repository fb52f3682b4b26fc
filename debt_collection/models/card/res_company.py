from odoo import api, fields, models

from ...tools.clock import furthest_behind, home, instant, local
from ...tools.countries import country_zones, subdivision_zones
from .groups import SETTERS

#: Settings by which next contacts are planned.
PLANNING = frozenset(
    (
        "debt_contact_policy_id",
        "debt_contact_policy_always",
        "debt_calls_from",
        "debt_calls_to",
        "debt_evening_from",
    )
)


class ResCompany(models.Model):
    _inherit = "res.company"

    debt_auto_flag = fields.Boolean(
        groups=SETTERS,
        string="Flag Overdue Invoices Automatically",
        default=True,
        help="If off, only what an accountant has flagged is collected.",
    )
    debt_collect_entries = fields.Boolean(
        groups=SETTERS,
        string="Collect Opening Balances and Other Entries",
        help="Odoo marks the items of general entries as not to be followed up. On: "
        "they are collected all the same, as invoices are. Off: only those that an "
        "accountant flags.",
    )
    debt_grace_days = fields.Integer(
        groups=SETTERS,
        string="Grace Days",
        default=0,
        help="Days after the due date before a debt is collected automatically.",
    )
    debt_min_amount = fields.Monetary(
        groups=SETTERS,
        # Purchase has a setting that is called Minimum Amount.
        string="Minimum Debt",
        default=1.0,
        help="Debts below this amount are not collected automatically.",
    )
    debt_reopen_days = fields.Integer(
        groups=SETTERS,
        string="Reopen Cases Within",
        default=30,
        help="A debtor who owes again within so many days after his case was closed "
        "gets the same case back, with its history. Later a new case is opened. A case "
        "whose payment bounces comes back at any time.",
    )
    debt_contact_policy_id = fields.Many2one(
        "debt.contact.policy",
        groups=SETTERS,
        string="Default Contact Policy",
        default=lambda self: self._debt_default_policy(),
        help="For debtors whose country has no policy. Where the country is not "
        "known, it applies together with the policies of all possible countries.",
    )
    debt_contact_policy_always = fields.Boolean(
        groups=SETTERS,
        string="At Least as Strict as the Default Policy",
        help="The default policy applies in addition to the law of the debtor's "
        "country, and the stricter of the two counts in each respect. It never "
        "loosens the law.",
    )
    debt_promise_grace_days = fields.Integer(
        groups=SETTERS,
        string="Promise Grace Days",
        default=2,
        help="Days after the promised date before a promise counts as broken.",
    )
    debt_promise_reminder_days = fields.Integer(
        groups=SETTERS,
        string="Promise Reminder",
        default=1,
        help="How many days before the promised date the debtor is reminded of it, "
        "by e-mail or SMS. 0: never.",
    )
    debt_dispute_days = fields.Integer(
        groups=SETTERS,
        string="Days to Settle a Dispute",
        default=14,
        help="Deadline of a new dispute, in days.",
    )
    debt_planning_days = fields.Integer(
        groups=SETTERS,
        string="Planning Horizon",
        default=1,
        help="Calls due within this many days after today become activities. 1: "
        "today's and tomorrow's.",
    )
    debt_provider_id = fields.Many2one(
        "debt.telephony.provider",
        groups=SETTERS,
        string="Telephony Provider",
        domain="[('company_id', 'in', (id, False))]",
        ondelete="restrict",
        help="What operators dial with unless they have chosen something else.",
    )
    debt_recording_days = fields.Integer(
        groups=SETTERS,
        string="Keep Recordings",
        default=90,
        help="Days after which the recording of a call is deleted, unless the "
        "debtor's contact policy requires longer.",
    )
    debt_audited_until = fields.Date(
        groups=SETTERS,
        string="Contacts Audited Until",
        readonly=True,
        copy=False,
        help="Last day of the months whose contacts have been audited automatically.",
    )
    debt_accountant_id = fields.Many2one(
        "res.users",
        groups=SETTERS,
        string="Accountant in Charge",
        help="Gets disputes and payments to be checked.",
    )

    _debt_numbers_positive = models.Constraint(
        "CHECK(debt_grace_days >= 0 AND debt_min_amount >= 0 AND debt_reopen_days >= 0 "
        "AND debt_promise_grace_days >= 0 AND debt_dispute_days >= 1 "
        "AND debt_promise_reminder_days >= 0 AND debt_planning_days >= 0 "
        "AND debt_recording_days >= 0)",
        "Days and amounts of debt collection cannot be negative.",
    )

    def write(self, vals):
        """Plans follow the company's rules soon, not only next morning."""
        result = super().write(vals)
        if not PLANNING.isdisjoint(vals):
            self.env["debt.plan.source"]._replan()
        return result

    def _debt_default_policy(self):
        return self.env.ref("debt_collection.policy_business", False)

    def _debt_set_default_policy(self):
        """Give companies that were there before the addon its default policy."""
        policy = self._debt_default_policy()
        for company in self:
            company.debt_contact_policy_id = company.debt_contact_policy_id or policy

    def _debt_today(self):
        """Today's date where the company is: ``date_maturity`` is meant there."""
        return self._debt_day_of(fields.Datetime.now())

    def _debt_day_of(self, at):
        """The day on which it is ``at`` (naive UTC) where the company is."""
        self.ensure_one()
        return local(self._debt_zone(), at).date()

    def _debt_day_start(self):
        """When today began where the company is, naive UTC."""
        self.ensure_one()
        return instant(self._debt_zone(), self._debt_today())

    def _debt_zone(self):
        """Name of the company's time zone, as it is called today.

        Where its address states none, the zone of its state or country in which the
        clock is furthest behind: nothing is overdue before the day is over in all.
        """
        self.ensure_one()
        place, now = self.partner_id, fields.Datetime.now()
        if place.tz:
            return home(place.tz)
        code = place.country_id.code or ""
        zones = subdivision_zones(code, place.state_id.code or "")
        zones = zones or country_zones(code) or ("UTC",)
        return furthest_behind(zones, now)

    @api.model
    def _debt_load_demo(self):
        """Make the demo data; its code is read only where a demo is installed."""
        from ...demo.load import load

        load(self.env)

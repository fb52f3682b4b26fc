from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools.contact import Policy, Window
from ...tools.law import Law
from .channel_groups import CHANNEL_GROUPS
from .debt_contact_policy_part import SOURCE_KINDS

# How a policy's word for its debtors is told from the facts: `tools.law.Law`.
PERSONS = {"any": None, "person": True, "company": False}
CONSUMERS = {"any": None, "consumer": True, "business": False}
DAY_MINUTES = 24 * 60
# So many countries or states are named in a list.
SHOWN = 2


class DebtContactPolicy(models.Model):
    """When, and how often, a debtor may be contacted, by law or by choice.

    The policy of a debtor is the one set on him; or else all in force that name his
    country and fit where and what he is, the strictest of them in each respect; or else
    the company's default. Nothing is allowed where no policy is found.
    """

    _name = "debt.contact.policy"
    _inherit = "debt.plan.source"
    _description = "Contact Policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self._default_company(),
        help="Empty: the policy is shared by all companies, and only an administrator "
        "changes it.",
    )
    applies_to = fields.Selection(
        [("any", "Anybody"), ("person", "Persons"), ("company", "Companies")],
        required=True,
        default="any",
    )
    debt_kind = fields.Selection(
        [
            ("any", "Any Debt"),
            ("consumer", "Consumer Debts"),
            ("business", "Business Debts"),
        ],
        string="Kind of Debt",
        required=True,
        default="any",
        help="What a company owes is a business debt, what a person owes a consumer "
        "debt, unless the debtor's card says otherwise.",
    )
    country_ids = fields.Many2many(
        "res.country",
        string="Countries",
        help="Debtors of these countries are under this policy. Empty: it is used "
        "only where it is a company's default or set on a debtor.",
    )
    state_ids = fields.Many2many(
        "res.country.state",
        string="States",
        domain="[('country_id', 'in', country_ids)]",
        help="Only debtors of these states, and those whose state is not known. Empty: "
        "the whole country.",
    )
    zip_prefixes = fields.Char(
        string="ZIP Begins With",
        help="Only debtors whose ZIP code begins with one of these, separated by "
        "commas, and those whose ZIP code is not known.",
    )
    effective_from = fields.Date(
        string="In Force From",
        help="First day, in the debtor's time. Enter a change of law as soon as it is "
        "known: contacts are planned by the law of the day on which they are due.",
    )
    effective_until = fields.Date(
        string="In Force Until", help="Last day, in the debtor's time. Empty: open."
    )
    adapted_from_id = fields.Many2one(
        "debt.contact.policy",
        string="Replaces",
        copy=False,
        index="btree_not_null",
        help="While this policy is in force, it is used instead of that one. Other "
        "policies that fit the debtor still apply.",
    )
    where_text = fields.Char(string="Where", compute="_compute_where_text")
    window_ids = fields.One2many(
        "debt.contact.policy.window", "policy_id", string="Hours", copy=True
    )
    limit_ids = fields.One2many(
        "debt.contact.policy.limit", "policy_id", string="Limits", copy=True
    )
    consent_ids = fields.One2many(
        "debt.contact.policy.consent", "policy_id", string="Consents", copy=True
    )
    callback_beyond_limits = fields.Boolean(
        string="Requested Callbacks Beyond Limits",
        help="A call the debtor asked for is made even when a limit is used up. "
        "The hours hold all the same.",
    )
    source = fields.Char(
        translate=True, help="The law, the article, or whose choice this is."
    )
    source_kind = fields.Selection(
        SOURCE_KINDS,
        string="Read In",
        default="own",
        help="How close the source is to the text of the law.",
    )
    source_date = fields.Date(string="Read On", help="When the source was last read.")
    source_url = fields.Char(string="Where to Read It")
    is_outdated = fields.Boolean(
        string="Outdated",
        compute="_compute_is_outdated",
        search="_search_is_outdated",
        help="Nobody has read the source for a year: laws change.",
    )
    forbids_visits = fields.Boolean(
        string="No Visits", help="Nobody visits the debtor, at whatever hour."
    )
    scope = fields.Text(
        translate=True,
        help="Whom and which contacts the source covers, and what it leaves open.",
    )
    recording = fields.Selection(
        [
            ("announce", "Announce It"),
            ("consent", "Only With Prior Consent"),
        ],
        help="What the source requires of those who record calls. Empty: it does not "
        "say.",
    )
    recording_years = fields.Integer(
        string="Keep Recordings", help="In years. 0: the source does not say."
    )
    counsel_note = fields.Text(
        string="Legal Check",
        translate=True,
        default=lambda self: self._default_counsel_note(),
    )
    note = fields.Text(translate=True)

    _effective_in_order = models.Constraint(
        "CHECK(effective_from <= effective_until)",
        "A policy must come into force before it ends.",
    )

    @api.depends("country_ids", "state_ids")
    @api.depends_context("lang")
    def _compute_where_text(self):
        """Where it holds: its states, else its countries; the first few of many."""
        for policy in self:
            names = (policy.state_ids or policy.country_ids).mapped("name")
            shown, more = ", ".join(names[:SHOWN]), len(names) - SHOWN
            policy.where_text = (
                shown
                if more <= 0
                else self.env._("%(places)s and %(more)s more", places=shown, more=more)
            )

    def _default_counsel_note(self):
        return self.env._("Have it checked by counsel before you rely on it.")

    @api.depends("source_date", "source_kind")
    @api.depends_context("uid")
    def _compute_is_outdated(self):
        oldest = self._oldest_reading()
        for policy in self:
            read = policy.source_kind != "own" and policy.source_date
            policy.is_outdated = bool(read) and read < oldest

    def _search_is_outdated(self, operator, value):
        if operator != "in":
            return NotImplemented
        oldest = self._oldest_reading()
        found = Domain("source_kind", "!=", "own") & Domain("source_date", "<", oldest)
        return found if True in value else ~found

    @api.model
    def _oldest_reading(self):
        """The day before which a source was read too long ago."""
        return self.env.company._debt_today() - relativedelta(years=1)

    def _default_company(self):
        """What only administrators may do is not offered to others."""
        shares = self.env.su or self.env.user.has_group("base.group_system")
        return False if shares else self.env.company

    @api.constrains("country_ids", "state_ids")
    def _check_states(self):
        for policy in self:
            if policy.state_ids.country_id - policy.country_ids:
                raise ValidationError(
                    self.env._(
                        "Add the countries of the states to “%(name)s”, or remove "
                        "these states.",
                        name=policy.name,
                    )
                )

    def _to_pure(self):
        """The policy as the gate wants it, a `tools.contact.Policy`."""
        self.ensure_one()
        return Policy(
            windows=(*self._own_windows(), *self._special_windows()),
            limits=tuple(limit._to_pure() for limit in self.limit_ids),
            callback_beyond_limits=self.callback_beyond_limits,
            consents=tuple(consent._to_pure() for consent in self.consent_ids),
            recorded=self.recording_required,
        )

    def _own_windows(self):
        return tuple(window._to_pure() for window in self.window_ids)

    def _special_windows(self):
        """Yield the hours of what is not made at an hour, or never.

        A letter is posted, and nobody knows when it is read: no law that we know sets
        an hour for it. Whoever wants one enters a line for letters.
        """
        if "letters" not in self.window_ids.mapped("channels"):
            yield Window(frozenset(range(8)), 0, DAY_MINUTES, CHANNEL_GROUPS["letters"])
        if self.forbids_visits:
            yield Window(frozenset(), 0, 0, CHANNEL_GROUPS["visits"])

    def _to_law(self):
        """The policy with whom it is about, and when: a `tools.law.Law`."""
        self.ensure_one()
        prefixes = (self.zip_prefixes or "").upper().replace(" ", "").split(",")
        return Law(
            id=self.id,
            policy=self._to_pure(),
            countries=frozenset(self.country_ids.ids),
            states=frozenset(self.state_ids.ids),
            state_countries=frozenset(self.state_ids.country_id.ids),
            zips=tuple(filter(None, prefixes)),
            persons=PERSONS[self.applies_to],
            consumers=CONSUMERS[self.debt_kind],
            company=self.company_id.id or None,
            first=self.effective_from or None,
            last=self.effective_until or None,
            replaces=self.adapted_from_id.id or None,
        )

    def action_adapt(self):
        """Open a copy that stands in for this policy in the current company."""
        self.ensure_one()
        self.check_access("read")
        company = self.env.company
        name = self.env._(
            "%(policy)s, adapted for %(company)s",
            policy=self.name,
            company=company.name,
        )
        adapted = self.copy(
            {"name": name, "company_id": company.id, "adapted_from_id": self.id}
        )
        if company.sudo().debt_contact_policy_id == self:
            # Superuser: a collection manager may not write companies, but their policy.
            company.sudo().debt_contact_policy_id = adapted
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": adapted.id,
            "views": [(False, "form")],
        }

from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.fees import Terms
from .debt_fee_rate import STANDINGS


class DebtFeeRule(models.Model):
    """What a debtor pays for being late, and who pays it.

    Rules without a company are what laws say, to be copied; they charge nobody. Of the
    rules of a company the first that fits an item holds for it.
    """

    _name = "debt.fee.rule"
    _description = "Late Fee Rule"
    _inherit = "debt.chatter"
    _order = "company_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        help="Empty: what a law says, to be copied. It charges nobody.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Of the sums here. Invoices in other currencies are charged in their own, "
        "at the exchange rate of the day on which they fell due.",
    )
    # Who it is for.
    debtor = fields.Selection(
        [("any", "Everybody"), ("person", "Persons"), ("company", "Companies")],
        string="Who Owes",
        required=True,
        default="company",
        tracking=True,
    )
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Of the debtor. Empty: all."
    )
    date_from = fields.Date(
        string="Due From",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="What fell due before this day is not charged.",
    )
    # How much.
    percent = fields.Float(
        string="Percent a Year",
        digits=(7, 4),
        tracking=True,
        help="On top of the reference rate, where there is one.",
    )
    reference_id = fields.Many2one(
        "debt.fee.reference",
        string="Reference Rate",
        ondelete="restrict",
        tracking=True,
    )
    taken = fields.Selection(
        [
            ("day", "Of each day"),
            ("half_year", "Of the first day of each half year"),
            ("start", "Of the day before the half year in which interest began"),
        ],
        string="Which Rate",
        required=True,
        default="day",
        tracking=True,
    )
    year = fields.Selection(
        [
            ("365", "Real days of 365"),
            ("360", "Real days of 360"),
            ("actual", "Real days of the real year"),
        ],
        string="Day Count",
        required=True,
        default="365",
        tracking=True,
    )
    sum_ids = fields.One2many(
        "debt.fee.sum",
        "rule_id",
        string="Fixed Sums",
        copy=True,
        help="Charged once for each item: the one of the highest step that it reaches.",
    )
    start = fields.Selection(
        [
            ("due", "The day after the due date"),
            ("notice", "The day after the first written reminder"),
        ],
        string="From",
        required=True,
        default="due",
        tracking=True,
    )
    grace_days = fields.Integer(
        tracking=True,
        help="Whoever is no later than that pays nothing; whoever is, from the first "
        "day on.",
    )
    minimum = fields.Monetary(
        tracking=True, help="Less than that is not charged for an item."
    )
    cap_percent = fields.Float(
        string="Cap in Percent",
        digits=(7, 4),
        tracking=True,
        help="Of what was open of an item when it became late. Zero: no cap.",
    )
    cap_amount = fields.Monetary(
        string="Cap", tracking=True, help="For an item. Zero: no cap."
    )
    # How it is charged.
    collect = fields.Boolean(
        string="A Reason to Call",
        tracking=True,
        help="Their invoice is collected like any other. Otherwise it stands in "
        "statements and letters and is never itself the reason to contact anybody.",
    )
    pay_days = fields.Integer(
        string="Days to Pay", default=14, help="From the invoice of late fees on."
    )
    journal_id = fields.Many2one(
        "account.journal", check_company=True, domain=[("type", "=", "sale")]
    )
    account_id = fields.Many2one(
        "account.account",
        string="Income Account",
        check_company=True,
        domain=[("account_type", "in", ("income", "income_other"))],
        help="Empty: the journal's.",
    )
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        check_company=True,
        domain=[("type_tax_use", "=", "sale")],
        help="Often none: in many countries late fees are damages and bear no VAT. "
        "Have it checked.",
    )
    # Where it was read.
    source = fields.Text(help="The law or the contract, and where it was read.")
    url = fields.Char(string="Read At")
    read_on = fields.Date(help="The day on which the source was read.")
    standing = fields.Selection(
        STANDINGS, string="Kind of Source", required=True, default="none"
    )
    note = fields.Text(translate=True)

    _possible = models.Constraint(
        "CHECK(percent BETWEEN -100 AND 1000 AND grace_days >= 0 AND minimum >= 0"
        " AND cap_percent >= 0 AND cap_amount >= 0 AND pay_days BETWEEN 0 AND 3650)",
        "Days, sums and caps are not below zero, and percent is what a year costs.",
    )

    @api.constrains("company_id", "percent", "reference_id", "sum_ids")
    def _check_charges(self):
        for rule in self:
            if not (rule.percent > 0 or rule.reference_id or rule.sum_ids):
                raise ValidationError(
                    self.env._(
                        "Say what is charged: percent a year, a reference rate, or a "
                        "fixed sum."
                    )
                )

    def action_use(self):
        """Copy what a law says into a rule of the company that one works in.

        :return: action that opens the copy
        :raises UserError: it is a company's rule already
        """
        self.ensure_one()
        self.check_access("read")
        if self.company_id:
            raise UserError(self.env._("This is a rule of a company already."))
        rule = self.copy(
            {
                "name": self.name,
                "company_id": self.env.company.root_id.id,
                "date_from": fields.Date.context_today(self),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": rule.id,
            "views": [(False, "form")],
        }

    # --- for the arithmetic -----------------------------------------------------------
    @api.model
    def _of(self, companies):
        """The rules of legal entities (superuser), the first that fits holds.

        :return: dict of ``debt.fee.rule`` by ``res.company``
        """
        rules = self.sudo().search([("company_id", "in", companies.ids)])
        return rules.grouped("company_id")

    def _fits(self, line):
        """Whether an item is charged by this rule.

        :param line: ``account.move.line`` (superuser)
        """
        debtor = line.partner_id.commercial_partner_id
        kind = "company" if debtor.is_company else "person"
        countries = self.country_ids
        return (
            self.debtor in ("any", kind)
            and (not countries or debtor.country_id in countries)
            and line.date_maturity >= self.date_from
        )

    def _terms(self, currency, company, day):
        """What `tools.fees` is asked with, in a currency at the rate of a day."""

        def own(amount):
            if amount and currency != self.currency_id:
                self._check_currency()
                amount = self.currency_id._convert(amount, currency, company, day)
            return Decimal(str(amount))

        reference = self.reference_id
        return Terms(
            percent=Decimal(str(self.percent)),
            year=self.year,
            rates=reference._rates() if reference else None,
            taken=self.taken,
            known_until=reference.known_until if reference else date.max,
            grace_days=self.grace_days,
            fixed=tuple((own(one.least), own(one.amount)) for one in self.sum_ids),
            cap_percent=Decimal(str(self.cap_percent)),
            cap_amount=own(self.cap_amount),
        ), own(self.minimum)

    def _check_currency(self):
        """:raises UserError: nobody keeps exchange rates of the rule's currency"""
        if not self.currency_id.active:
            raise UserError(
                self.env._(
                    "Activate the currency %(currency)s and enter its exchange rates: "
                    "the sums of the rule “%(rule)s” are in it.",
                    currency=self.currency_id.name,
                    rule=self.name,
                )
            )


class DebtFeeSum(models.Model):
    """A fixed sum for what is late, by how much is."""

    _name = "debt.fee.sum"
    _description = "Fixed Sum for Late Payment"
    _order = "rule_id, least"

    rule_id = fields.Many2one(
        "debt.fee.rule", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    currency_id = fields.Many2one(related="rule_id.currency_id")
    least = fields.Monetary(
        string="Open From", help="Of the item, when it became late."
    )
    amount = fields.Monetary(required=True)

    _least_once = models.Constraint(
        "UNIQUE(rule_id, least)", "There is a sum for this step already."
    )
    _positive = models.Constraint(
        "CHECK(least >= 0 AND amount > 0)", "A fixed sum is more than nothing."
    )

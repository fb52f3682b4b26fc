from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.fees import Fee, still_due, work_out

#: What was sent, and tells a debtor that he is late.
REMINDERS = ("ladder", "letter", "manual", "recorded")
WRITTEN = ("letter", "email", "sms")


class Charged(NamedTuple):
    """What was charged for an item before, the fixed sums in it, and what of it was
    not taken back."""

    amount: Decimal = Decimal(0)
    fixed: Decimal = Decimal(0)
    standing: Decimal = Decimal(0)


class Worked(NamedTuple):
    """What an item costs by a rule, what of it was charged, what is to be, and what
    was charged too much: the money turned out to have come earlier."""

    line: models.BaseModel
    rule: models.BaseModel
    fee: Fee
    charged: Decimal
    amount: Decimal
    fixed: Decimal
    over: Decimal

    @property
    def interest(self):
        """What of the amount is no fixed sum."""
        return self.amount - self.fixed

    @property
    def until(self):
        """The last day that bore interest; None: none did."""
        return self.fee.lines[-1].last if self.fee.lines else None


class DebtFee(models.Model):
    """Late fees that were charged for one item: how they were worked out, on which
    invoice they stand, and whether it was taken back.

    What an item costs is worked out anew each time, from its first day on, and less
    what was charged before: so nothing is charged twice, and a payment that is entered
    late makes the next charge smaller.
    """

    _name = "debt.fee"
    _description = "Late Fee"
    _inherit = "debt.evidence"
    _order = "until desc, id desc"
    _rec_name = "invoice_id"
    _check_company_auto = True
    _by_methods = frozenset(("again",))

    case_id = fields.Many2one(
        "debt.case", ondelete="set null", index="btree_not_null", check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    line_id = fields.Many2one(
        "account.move.line",
        string="Item",
        ondelete="set null",
        index="btree_not_null",
        groups="account.group_account_readonly,account.group_account_invoice",
    )
    invoice_id = fields.Many2one(
        "account.move",
        string="For",
        ondelete="set null",
        index="btree_not_null",
        groups="account.group_account_readonly,account.group_account_invoice",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Charged By",
        required=True,
        ondelete="cascade",
        index=True,
        groups="account.group_account_readonly,account.group_account_invoice",
    )
    rule_id = fields.Many2one(
        "debt.fee.rule",
        ondelete="restrict",
        index=True,
        # Bookkeepers see what was charged; rules are for those who collect.
        groups="debt_collection.group_debt_operator,"
        "debt_collection.group_debt_accountant",
    )
    currency_id = fields.Many2one("res.currency", required=True)
    until = fields.Date(required=True, help="The last day that bore interest.")
    number = fields.Integer(required=True, default=1)
    interest = fields.Monetary()
    fixed = fields.Monetary(string="Fixed Sum")
    amount = fields.Monetary(string="Charged")
    details = fields.Json(string="Periods, Rates and Amounts")
    working = fields.Html(
        string="How It Was Worked Out", compute="_compute_working", sanitize=False
    )
    again = fields.Boolean(
        string="Charged Anew",
        help="It was taken back, and does not count as charged any more.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("charged", "Charged"),
            ("waived", "Taken Back"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
    )

    # Two who charge at once do not both come through.
    _number_once = models.Constraint(
        "UNIQUE(line_id, number)", "These late fees have just been charged."
    )

    @api.depends("move_id.state", "move_id.payment_state")
    def _compute_state(self):
        for fee in self:
            # Superuser: an operator may know what became of the fees of his case.
            move = fee.sudo().move_id
            if move.payment_state == "reversed":
                fee.state = "waived"
            else:
                fee.state = {"posted": "charged", "cancel": "cancelled"}.get(
                    move.state, "draft"
                )

    @api.depends("partner_id", "until")
    def _compute_display_name(self):
        for fee in self:
            fee.display_name = f"{fee.partner_id.display_name}: {fee.until}"

    def _is_decided(self):
        return True

    def _counts(self):
        """Those that are charged, or were and were given up."""
        return self.filtered(
            lambda fee: (
                fee.state in ("draft", "charged")
                or fee.state == "waived"
                and not fee.again
            )
        )

    def action_again(self):
        """What was taken back is to be charged anew: it does not count any more.

        :raises UserError: it was not taken back
        """
        self.check_access("read")
        self._check_may_charge()
        if any(fee.state != "waived" for fee in self):
            raise UserError(
                self.env._("Only what a credit note took back is charged anew.")
            )
        # Superuser: nobody writes fees by hand; who may charge them decided.
        self.sudo().again = True

    @api.model
    def _check_may_charge(self):
        """:raises UserError: the user is no accountant of collection"""
        if not self.env.user.has_group("debt_collection.group_debt_accountant"):
            raise UserError(self.env._("Late fees are charged by accountants."))

    @api.depends("details")
    @api.depends_context("lang")
    def _compute_working(self):
        rules = self.env["debt.fee.rule"].has_access("read")
        for fee in self:
            item = {
                # Superuser: which invoice it is for, as it is named to the debtor.
                "name": fee.sudo().invoice_id.name or "",
                "due": fee.sudo().line_id.date_maturity,
                "rule": fee.rule_id.name if rules else "",
                "currency": fee.currency_id,
                "charged": 0,
                "amount": fee.amount,
                **self._told(fee.details or {}),
            }
            item["charged"] = fee.currency_id.round(
                sum(line["amount"] for line in item["lines"])
                + item["fixed"]
                - item["capped"]
                - fee.amount
            )
            fee.working = self.env["ir.qweb"]._render(
                "debt_collection.fee_working", {"items": [item]}
            )

    @api.model
    def _told(self, details):
        """What is kept of how it was worked out, as the screen shows it."""
        return {
            "fixed": details.get("fixed", 0),
            "capped": details.get("capped", 0),
            "lines": [
                line
                | {
                    "first": fields.Date.to_date(line["first"]),
                    "last": fields.Date.to_date(line["last"]),
                    "percent": f"{line['percent']:g}",
                }
                for line in details.get("lines", ())
            ],
        }

    # --- worked out -------------------------------------------------------------------
    @api.model
    def _work_out(self, entities, partner_ids=None, limit=None):
        """What there is to charge today, item by item, oldest first.

        :param entities: ``res.company`` without parents
        :param partner_ids: ids of debtors; None: all
        :param int limit: so many of each company of which anything is to be charged
            or was charged too much are enough
        :return: list of `Worked`, what comes to nothing left out
        """
        found = []
        for company, rules in self.env["debt.fee.rule"]._of(entities).items():
            found += self._work_out_of(company, rules, partner_ids, limit)
        return found

    @api.model
    def _work_out_of(self, company, rules, partner_ids, limit):
        """The same of one company; of what was charged in full no more than of what is
        to be."""
        since = min(rules.mapped("date_from"))
        found, done = [], []
        for items in self.env["debt.ledger"]._late_pages(company, since, partner_ids):
            for one in self._work_out_items(items, rules, company):
                if one.amount or one.over:
                    found.append(one)
                elif one.fee.total:
                    done.append(one)
            if limit and len(found) >= limit:
                break
        both = found[:limit] + done[:limit]
        return sorted(both, key=lambda one: (one.line.date_maturity, one.line.id))

    @api.model
    def _work_out_items(self, items, rules, company):
        charged = self._charged([item.line.id for item in items])
        notices = self._notices(company, items, rules)
        for item in items:
            rule = next((one for one in rules if one._fits(item.line)), None)
            one = rule and self._work_out_item(item, rule, charged, notices, company)
            if one:
                yield one

    @api.model
    def _work_out_item(self, item, rule, charged, notices, company):
        line = item.line
        notice = None
        if rule.start == "notice":
            debtor = line.partner_id.commercial_partner_id
            days = [day for day in notices[debtor.id] if day > line.date_maturity]
            if not days:
                return None
            notice = min(days)
        terms, minimum = rule._terms(
            line.currency_id, line.company_id, line.date_maturity
        )
        fee = work_out(
            item.principal,
            line.date_maturity,
            item.paid,
            terms,
            company._debt_today(),
            notice=notice,
            rounding=Decimal(str(line.currency_id.rounding)),
        )
        before = charged[line.id]
        amount = still_due(fee.total, before.amount, minimum)
        fixed = min(amount, max(Decimal(0), fee.fixed - before.fixed))
        over = max(Decimal(0), before.standing - fee.total)
        return Worked(line, rule, fee, before.amount, amount, fixed, over)

    @api.model
    def _charged(self, line_ids):
        """:return: dict of `Charged` by line id"""
        charged = defaultdict(Charged)
        # Superuser: what of these items was charged, by whomever.
        for fee in self.sudo().search([("line_id", "in", line_ids)])._counts():
            before, amount = charged[fee.line_id.id], Decimal(str(fee.amount))
            stands = fee.state != "waived"
            charged[fee.line_id.id] = Charged(
                before.amount + amount,
                before.fixed + Decimal(str(fee.fixed)),
                before.standing + (amount if stands else 0),
            )
        return charged

    @api.model
    def _notices(self, company, items, rules):
        """On which days debtors were reminded in writing, by id of the debtor."""
        found = defaultdict(list)
        if "notice" not in rules.mapped("start"):
            return found
        debtors = {item.line.partner_id.commercial_partner_id.id for item in items}
        messages = self.env["debt.message"].sudo()
        for message in messages.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", list(debtors)),
                ("channel", "in", WRITTEN),
                ("kind", "in", REMINDERS),
                ("state", "in", ("sent", "delivered")),
                ("sent_at", "!=", False),
            ]
        ):
            local = company._debt_day_of(message.sent_at)
            found[message.partner_id.id].append(local)
        return found

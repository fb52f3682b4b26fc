from odoo import api, fields, models
from odoo.tools import format_date

from ..card.groups import READERS

PARTS = [
    ("collected", "To Collect"),
    ("disputed", "Disputed"),
    ("withheld", "Left Out"),
    ("not_due", "Not Due"),
    ("credit", "Credit"),
]


class AccountMoveLine(models.Model):
    """What is left of an open item once credits are laid against it, and why it is
    collected or not: as `debt.ledger` has it, which alone reads what is owed."""

    _inherit = "account.move.line"

    debt_days_past_due = fields.Integer(
        string="Days Past Due", compute="_compute_debt_days_past_due", groups=READERS
    )
    debt_left = fields.Monetary(
        string="Left",
        compute="_compute_debt_left",
        currency_field="company_currency_id",
        groups=READERS,
        help="What remains to be paid after credits and payments that are not matched "
        "yet, in company currency.",
    )
    debt_left_currency = fields.Monetary(
        string="Left in Currency",
        compute="_compute_debt_left",
        currency_field="currency_id",
        groups=READERS,
    )
    debt_part = fields.Selection(
        PARTS, string="Part", compute="_compute_debt_left", groups=READERS
    )
    debt_why = fields.Char(
        string="Why",
        compute="_compute_debt_left",
        groups=READERS,
        help="Why it is not collected, or not in full.",
    )

    @api.depends("date_maturity", "date", "amount_residual", "company_id")
    def _compute_debt_days_past_due(self):
        for line in self:
            due = line.date_maturity or line.date
            late = due and line.amount_residual > 0
            today = late and line.company_id._debt_today()
            line.debt_days_past_due = late and max(0, (today - due).days)

    @api.depends(
        "amount_residual",
        "date_maturity",
        "debt_decision_ids.debt_status",
        "move_id.debt_status",
        "move_id.payment_state",
        "no_followup",
        "parent_state",
        "reconciled",
    )
    @api.depends_context("lang")
    def _compute_debt_left(self):
        rows = self._debt_items()
        for line in self:
            row = rows.get(line.id, {})
            line.debt_left = row.get("left", 0)
            line.debt_left_currency = row.get("left_currency", 0)
            line.debt_part = row.get("part", False)
            line.debt_why = line._debt_why(row) if row else False

    def _debt_items(self):
        """What `debt.ledger` says of the debtors of these lines, by line id."""
        debtors = self.partner_id.commercial_partner_id
        rows = self.env["debt.ledger"].items(debtors.ids) if debtors else []
        found = {}
        for row in rows:
            other = found.get(row["line_id"])
            found[row["line_id"]] = self._debt_halves(other, row) if other else row
        return found

    @api.model
    def _debt_halves(self, one, other):
        """One item of which a part is disputed, as it is to be listed.

        :param one, other: dicts of `debt.ledger.items`
        """
        disputed, rest = (one, other) if one["reason"] == "disputed" else (other, one)
        return rest | {
            "left": rest["left"] + disputed["left"],
            "left_currency": rest["left_currency"] + disputed["left_currency"],
            "disputed": disputed["left_currency"],
            "covered_by": sorted({*rest["covered_by"], *disputed["covered_by"]}),
        }

    def _debt_why(self, row):
        """Why an item is not collected, in words; False where it is.

        :param dict row: of `debt.ledger.items`
        """
        self.ensure_one()
        texts = {
            "blocked": self.env._("Its payment is blocked."),
            "disputed": self.env._("It is disputed."),
            "in_payment": self.env._("A payment of it is on its way to the bank."),
            "may_be_barred": self.env._(
                "It may be barred by limitation: flag it, and say why, if it is to be "
                "collected all the same."
            ),
            "no_followup": self.env._("It is marked as not to be followed up."),
            "too_old": self.env._("It is older than what is collected by itself."),
            "unflagged": self.env._("Only what is flagged is collected."),
        }
        if row.get("disputed"):
            return self.env._(
                "%(amount)s of it is disputed.",
                amount=self.currency_id.format(row["disputed"]),
            )
        if row["reason"] == "covered":
            return self._debt_why_covered(row["covered_by"])
        if row["reason"] == "excluded":
            return self._debt_why_excluded()
        if not row["reason"] and row["part"] == "not_due":
            due = format_date(self.env, row["due"])
            return self.env._("It is not due until %(date)s.", date=due)
        return texts.get(row["reason"], False)

    def _debt_why_covered(self, credit_ids):
        credits_ = self.browse(credit_ids).move_id.mapped("display_name")
        return self.env._("Covered by %(credits)s.", credits=", ".join(credits_))

    def _debt_why_excluded(self):
        text = self.env._("Excluded")
        if self.debt_excluded_until:
            text = self.env._(
                "Excluded until %(date)s",
                date=format_date(self.env, self.debt_excluded_until),
            )
        return f"{text}: {self.debt_reason}" if self.debt_reason else text

    # --- what became of those that were flagged ---------------------------------------
    def _debt_why_not(self):
        """Why items are not in collection.

        An invoice of which an instalment is collected is in collection.

        :return: dict of text by line, for those that are not
        """
        rows, cases = self._debt_items(), self._debt_open_cases()
        collected = self.filtered(
            lambda line: line._debt_is_collected(rows.get(line.id), cases)
        )
        return {
            line: line._debt_why_no_case(rows.get(line.id))
            for line in self - collected.move_id.line_ids
        }

    def _debt_open_cases(self):
        """Open cases of the debtors of these lines, as pairs of company and debtor."""
        cases = self.env["debt.case"].search(
            [
                ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                ("closed_at", "=", False),
            ]
        )
        return {(case.company_id.id, case.partner_id.id) for case in cases}

    def _debt_is_collected(self, row, cases):
        return bool(
            row
            and row["part"] == "collected"
            and row["left"] > 0
            and (row["company_id"], row["partner_id"]) in cases
        )

    def _debt_why_no_case(self, row):
        if not row:
            return self.env._("Nothing is open on it.")
        if why := self._debt_why(row):
            return why
        company = self.env["res.company"].browse(row["company_id"])
        return self.env._(
            "The debtor owes less than the minimum of %(amount)s.",
            amount=company.currency_id.format(company.debt_min_amount),
        )

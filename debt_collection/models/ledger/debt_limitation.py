from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

#: What a person decides about when the ledger names it as the reason.
BARRED = "may_be_barred"


class DebtLimitation(models.Model):
    """After how many years a claim may be barred by limitation, by country.

    Data to be checked, not advice: periods are interrupted by acknowledgements, part
    payments and courts, and differ by kind of claim. So the ledger says "may be
    barred", leaves the item out, and an accountant decides.

    They hold for all companies: administrators change them, and who did so is told.
    """

    _name = "debt.limitation"
    _inherit = "debt.chatter"
    _description = "Limitation Period"
    _order = "country_id, debtor"
    _rec_name = "country_id"

    country_id = fields.Many2one("res.country", required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    debtor = fields.Selection(
        [("any", "Everybody"), ("person", "Persons"), ("company", "Companies")],
        string="Who Owes",
        required=True,
        default="any",
        tracking=True,
    )
    years = fields.Integer(required=True, tracking=True)
    from_year_end = fields.Boolean(
        string="From the End of the Year",
        tracking=True,
        help="The period begins when the year ends in which the claim fell due; "
        "otherwise on the due date.",
    )
    source = fields.Text(
        required=True,
        translate=True,
        help="The rule, and where it was read. Say so if nowhere.",
    )
    url = fields.Char(string="Read At")
    read_on = fields.Date(help="The day on which the source was read.")
    standing = fields.Selection(
        [
            ("primary", "Text of the Law"),
            ("secondary", "Secondary Source"),
            ("none", "Not Sourced"),
        ],
        string="Kind of Source",
        required=True,
        default="none",
    )
    note = fields.Text(translate=True)

    _country_once = models.Constraint(
        "UNIQUE(country_id, debtor)",
        "There is a period for this country and kind of debtor already.",
    )
    _years_positive = models.Constraint(
        "CHECK(years > 0)", "A limitation period lasts one year or more."
    )

    @api.constrains("standing", "read_on", "url")
    def _check_source(self):
        for period in self:
            if period.standing != "none" and not (period.read_on and period.url):
                raise ValidationError(
                    self.env._("Say where the source was read, and on which day.")
                )


class DebtLedger(models.AbstractModel):
    """What may be barred by limitation is not demanded until a person says so."""

    _inherit = "debt.ledger"

    @api.model
    def _withheld_reasons(self, entities):
        """What a person decided is named first: the ledger decided nothing."""
        reasons = {}
        for reason, condition in super()._withheld_reasons(entities).items():
            reasons[reason] = condition
            if reason == "excluded":
                reasons[BARRED] = self._may_be_barred(entities)
        return reasons

    @api.model
    def _reason(self, entities):
        """With one more column, since another reason may hide that it may be barred."""
        return SQL(
            "%s, coalesce(%s, FALSE) AS barred",
            super()._reason(entities),
            self._may_be_barred(entities),
        )

    @api.model
    def _may_be_barred(self, entities, day=None):
        """SQL condition: the law of the debtor's country, or of ours, may bar it.

        Whichever of them is earlier, since nobody knows here whose law holds. Lines
        younger than the shortest period are not looked at more closely. What a court,
        a promise or a dispute is about does not drop out by the passage of time.

        Each partner is looked up by its id: where nested loops are off, a join would
        read all partners once for every old line.

        :param SQL day: on which it is asked; today when None
        """
        companies = self._branches(entities)
        day = day or self._by_company(companies, "today", SQL("line.company_id"))
        return SQL(
            """
            coalesce(line.date_maturity, line.date) < %(day)s - (
                SELECT min(years) FROM debt_limitation WHERE active) * 365
            AND special.debt_collect_barred IS NOT TRUE
            AND decision.debt_collect_barred IS NOT TRUE
            AND EXISTS (
                SELECT FROM debt_limitation period
                 WHERE period.active
                   AND CASE WHEN period.from_year_end
                       THEN make_date(extract(year FROM coalesce(
                                line.date_maturity, line.date))::integer
                                + period.years, 12, 31)
                       ELSE coalesce(line.date_maturity, line.date)
                            + make_interval(years => period.years) END < %(day)s
                   AND period.country_id IN (
                       (SELECT country_id FROM res_partner WHERE id = %(debtor)s),
                       (SELECT country_id FROM res_partner WHERE id = (
                            SELECT partner_id FROM res_company
                             WHERE id = line.company_id)))
                   AND (period.debtor = 'any' OR (period.debtor = 'company') = (
                        SELECT is_company IS TRUE FROM res_partner
                         WHERE id = %(debtor)s)))
            AND NOT (%(pursued)s)
            """,
            day=day,
            debtor=SQL(
                "(SELECT commercial_partner_id FROM res_partner"
                " WHERE id = line.partner_id)"
            ),
            pursued=self._is_pursued(day),
        )

    @api.model
    def _is_pursued(self, day):
        """SQL condition: a legal stop, a promise or a dispute is about the line."""
        return SQL(
            """
            EXISTS (
                SELECT FROM debt_case pursued
                  JOIN res_partner owing
                    ON owing.commercial_partner_id = pursued.partner_id
                 WHERE owing.id = line.partner_id AND pursued.state = 'legal'
                   AND pursued.company_id = %(entity)s)
            OR EXISTS (
                SELECT FROM account_move_line_debt_promise_rel named
                  JOIN debt_promise promise ON promise.id = named.debt_promise_id
                 WHERE named.account_move_line_id = line.id AND promise.state = 'open')
            OR EXISTS (
                SELECT FROM debt_dispute_account_move_rel held
                  JOIN debt_dispute dispute ON dispute.id = held.dispute_id
                 WHERE held.move_id = line.move_id AND %(holds)s)
            """,
            entity=self._entity(SQL("line.company_id")),
            holds=self._dispute_holds(day),
        )

    @api.model
    def _barred(self, lines):
        """Those of these lines that may be barred and about which nobody decided.

        :param lines: ``account.move.line``
        """
        debtors = lines.partner_id.commercial_partner_id
        entities = self._entities(lines.company_id)
        rows = self._rows(entities, debtors.ids) if lines else []
        return lines & lines.browse(
            row["line_id"] for row in rows if row["barred"] and row["left"] > 0
        )

    # --- why a case was closed ------------------------------------------------------
    @api.model
    def _refresh_close_reasons(self, ids):
        """Extends it: who owes only what may be barred was excluded by nobody."""
        super()._refresh_close_reasons(ids)
        excluded = self.env.execute_query(
            SQL(
                "SELECT id, company_id, partner_id FROM debt_case"
                " WHERE id = ANY(%s) AND close_reason = 'excluded'",
                list(ids),
            )
        )
        if not excluded:
            return
        entities = self.env["res.company"].browse({row[1] for row in excluded})
        barred = defaultdict(lambda: True)
        for row in self._rows(entities, [row[2] for row in excluded]):
            if row["part"] == "withheld" and row["left"] > 0:
                barred[row["company_id"], row["partner_id"]] &= row["reason"] == BARRED
        found = [id_ for id_, *debtor in excluded if barred.get(tuple(debtor))]
        self.env.cr.execute(
            SQL(
                "UPDATE debt_case SET close_reason = %s WHERE id = ANY(%s)",
                BARRED,
                found,
            )
        )


class DebtDecisionMixin(models.AbstractModel):
    _inherit = "debt.decision.mixin"

    debt_collect_barred = fields.Boolean(
        string="Collected Although It May Be Barred",
        copy=False,
        readonly=True,
        groups="debt_collection.group_debt_accountant",
        help="An accountant decided so; the chatter says who, when and why.",
    )

    def _debt_collect_barred(self, reason):
        """Collect what may be barred by limitation all the same: a person decides.

        :param str reason: why, for those who wonder later
        :raises ValidationError: no reason
        """
        self._debt_check_decider()
        if not (reason or "").strip():
            raise ValidationError(
                self.env._(
                    "Say why it is collected although it may be barred: it was "
                    "acknowledged, a court decided, another law holds …"
                )
            )
        for record in self:
            # Superuser: the decision was checked; a client writes neither.
            record.sudo().debt_collect_barred = True
            record._debt_log(
                self.env._(
                    "%(user)s decided: collected although it may be barred by "
                    "limitation. %(reason)s",
                    user=self.env.user.name,
                    reason=reason,
                )
            )

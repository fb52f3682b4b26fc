from odoo import api, models, tools
from odoo.tools import SQL, frozendict, groupby

from .ledger_sql import (
    COLLECTED,
    CREDIT,
    DISPUTED,
    NOT_DUE,
    OPEN_LINES,
    SPECIAL_MOVES,
    WITHHELD,
)


class DebtLedger(models.AbstractModel):
    """The open receivable lines, each with the part it plays."""

    _inherit = "debt.ledger"

    @api.model
    def _lines(self):
        """SQL of the table of lines, whose residuals say what is open of them."""
        return SQL("account_move_line")

    @api.model
    @tools.ormcache()
    def _roots(self):
        """The root of every company by id; creating a company clears the cache."""
        companies = self.env["res.company"].sudo().search([])
        return frozendict({company.id: company.root_id.id for company in companies})

    @api.model
    def _branches(self, entities):
        """The companies whose lines belong to these legal entities."""
        ids = set(entities.ids)
        branches = [id_ for id_, root in self._roots().items() if root in ids]
        return entities.browse(branches)

    @api.model
    def _entity(self, column):
        """SQL of the legal entity of a line, entry or payment by its company."""
        branches = {id_: root for id_, root in self._roots().items() if id_ != root}
        if not branches:
            return column
        cases = (
            SQL("WHEN %s = ANY(%s) THEN %s", column, ids, root)
            for root, ids in groupby(branches, branches.get)
        )
        return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), column)

    @api.model
    def _items(self, entities, contacts, more):
        """SQL of the open receivable lines, each with the part it plays.

        A line whose amounts in company and document currency do not point in the same
        direction is what a change of rates left behind, and nobody's debt. OFFSET 0
        keeps PostgreSQL from working out the part anew wherever it is asked for.
        """
        companies = self._branches(entities)
        return SQL(
            """
            SELECT line.id + coalesce(contested_part.shift, 0::bigint) AS line_id,
                   %(entity)s AS company_id,
                   partner.commercial_partner_id AS partner_id, line.move_id,
                   line.currency_id,
                   coalesce(contested_part.residual, line.amount_residual) AS residual,
                   coalesce(contested_part.own, line.amount_residual_currency)
                       AS residual_currency,
                   CASE WHEN line.amount_residual < 0 THEN line.date
                        ELSE coalesce(line.date_maturity, line.date) END AS due,
                   special.debt_status = 'flagged'
                       OR decision.debt_status = 'flagged' AS flagged,
                   special.payment_state IN ('in_payment', 'paid', 'blocked')
                       AS in_payment,
                   CASE WHEN line.amount_residual < 0 THEN %(credit)s
                        WHEN coalesce(line.date_maturity, line.date) >= %(today)s
                        THEN %(not_due)s
                        WHEN %(withheld_if)s THEN %(withheld)s
                        WHEN %(held)s THEN %(disputed)s
                        ELSE %(collected)s END AS part %(more)s
              FROM %(source)s line
              JOIN %(contacts)s partner ON partner.id = line.partner_id
              LEFT JOIN (
                   SELECT id, payment_state, debt_status, debt_excluded_until,
                          debt_collect_barred
                     FROM account_move WHERE %(special)s
                   ) special ON special.id = line.move_id
              LEFT JOIN debt_item_decision decision ON decision.line_id = line.id
              LEFT JOIN contested ON contested.move_id = line.move_id
              LEFT JOIN contested_part ON contested_part.line_id = line.id
             WHERE %(open)s
               AND line.amount_residual_currency * line.amount_residual > 0
               AND line.company_id = ANY(%(companies)s)
               AND line.account_id IN (%(accounts)s)
            OFFSET 0
            """,
            accounts=self._receivable_accounts(),
            collected=COLLECTED,
            companies=companies.ids,
            contacts=contacts,
            credit=CREDIT,
            disputed=DISPUTED,
            entity=self._entity(SQL("line.company_id")),
            held=self._held(),
            more=more,
            not_due=NOT_DUE,
            open=SQL(OPEN_LINES),
            source=self._lines(),
            special=SQL(SPECIAL_MOVES),
            today=self._by_company(companies, "today", SQL("line.company_id")),
            withheld=WITHHELD,
            withheld_if=self._withheld_if(entities),
        )

    @api.model
    def _receivable_accounts(self):
        """SQL of the accounts on which customers' debts stand."""
        return SQL(
            """
            SELECT id FROM account_account
             WHERE account_type = 'asset_receivable' AND non_trade IS NOT TRUE
            """
        )

    @api.model
    def _withheld_reasons(self, entities):
        """SQL conditions, by reason, of what is due and not collected."""
        companies = self._branches(entities)
        reasons = {
            "no_followup": self._marked_no_followup(entities),
            "blocked": SQL("special.payment_state = 'blocked'"),
            "excluded": SQL(
                "%s OR %s",
                self._excluded(companies, "special"),
                self._excluded(companies, "decision"),
            ),
        }
        if any(entity.debt_max_age_days for entity in entities):
            reasons["too_old"] = self._too_old(entities)
        by_hand = self._branches(entities.filtered(lambda one: not one.debt_auto_flag))
        if by_hand:
            # Lines without an invoice (opening balances) need no flag: a receivable
            # line of an invoice is always a payment term.
            reasons["unflagged"] = SQL(
                """line.company_id = ANY(%s) AND line.display_type = 'payment_term'
                   AND special.debt_status IS DISTINCT FROM 'flagged'""",
                by_hand.ids,
            )
        return reasons

    @api.model
    def _too_old(self, entities, day=None):
        """SQL condition: past due for longer than its company collects by itself.

        :param SQL day: on which it is asked; today when None
        """
        companies = self._branches(entities)
        column = SQL("line.company_id")
        greatest = self._by_company(companies, "debt_max_age_days", column)
        return SQL(
            """
            %(greatest)s > 0 AND coalesce(line.date_maturity, line.date)
                                 < %(today)s - %(greatest)s
            AND special.debt_status IS DISTINCT FROM 'flagged'
            AND decision.debt_status IS DISTINCT FROM 'flagged'
            """,
            greatest=greatest,
            today=day or self._by_company(companies, "today", column),
        )

    @api.model
    def _marked_no_followup(self, entities):
        """SQL condition: Odoo's own mark keeps a line out of collection.

        Every line of a miscellaneous journal bears it unless somebody takes it off;
        companies may choose not to heed it there.
        """
        heedless = self._branches(entities.filtered("debt_collect_entries"))
        if not heedless:
            return SQL("line.no_followup")
        return SQL(
            "line.no_followup AND (line.display_type = 'payment_term'"
            " OR line.company_id <> ALL(%s))",
            heedless.ids,
        )

    @api.model
    def _excluded(self, companies, decided):
        """SQL condition: an accountant has left it out, and that still holds.

        :param str decided: alias of what bears the decision
        """
        return SQL(
            """
            %(decided)s.debt_status = 'excluded' AND coalesce(
                %(decided)s.debt_excluded_until >= %(today)s, TRUE)
            """,
            decided=SQL.identifier(decided),
            today=self._by_company(companies, "today", SQL("line.company_id")),
        )

    @api.model
    def _withheld_if(self, entities):
        return SQL(" OR ").join(self._withheld_reasons(entities).values())

    @api.model
    def _reason(self, entities):
        """SQL of a further column: why an item that is not paid is not collected."""
        reasons = self._withheld_reasons(entities)
        return SQL(
            """, CASE WHEN line.amount_residual < 0 THEN NULL %s
                 WHEN %s THEN 'disputed' END AS reason""",
            SQL(" ").join(
                SQL("WHEN %s THEN %s", condition, reason)
                for reason, condition in reasons.items()
            ),
            self._held(),
        )

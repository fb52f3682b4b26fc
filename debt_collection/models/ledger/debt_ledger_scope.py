from odoo import api, models
from odoo.tools import SQL

from .ledger_sql import OPEN_LINES, UNBOOKED_PAYMENTS


class DebtLedger(models.AbstractModel):
    """Whose lines a statement reads, and what there is to find out about them."""

    _inherit = "debt.ledger"

    @api.model
    def _scope(self, partner_ids=None):
        """SQL of ``scope``, the contacts of some debtors and a comma; none for all."""
        if partner_ids is None:
            return SQL()
        return SQL(
            """
            scope AS (
                SELECT member.id, member.commercial_partner_id
                  FROM res_partner member
                 WHERE member.commercial_partner_id IN (
                       SELECT commercial_partner_id FROM res_partner
                        WHERE id = ANY(%s))
            ),
            """,
            list(partner_ids),
        )

    @api.model
    def _allocates(self, partner_ids):
        """Whether any of these debtors may have a credit, or a payment on its way.

        Planning the rounds takes PostgreSQL longer than anything else about one debtor;
        most have nothing to lay against anything. Answers yes rather too often.

        :param partner_ids: ids of contacts; None for all debtors
        """
        if partner_ids is None:
            return True
        query = SQL(
            """
            WITH %(scope)s open_line AS (
                SELECT move_id, amount_residual FROM %(lines)s line
                 WHERE %(open)s AND partner_id IN (SELECT id FROM scope)
            )
            SELECT EXISTS (SELECT FROM open_line WHERE amount_residual < 0)
                   OR EXISTS (SELECT FROM open_line JOIN account_move ON id = move_id
                               WHERE payment_state IN ('in_payment', 'paid', 'blocked'))
                   OR EXISTS (SELECT FROM account_payment
                               WHERE %(unbooked)s
                                 AND partner_id IN (SELECT id FROM scope))
            """,
            lines=self._lines(),
            open=SQL(OPEN_LINES),
            scope=self._scope(partner_ids),
            unbooked=SQL(UNBOOKED_PAYMENTS),
        )
        return self.env.execute_query(query)[0][0]

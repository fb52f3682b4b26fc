from odoo import api, models
from odoo.tools import SQL

from .debt_ledger_allocation import (
    ACROSS,
    BY_ACCOUNT,
    BY_DEBTOR,
    BY_REVERSAL,
    OWN,
    columns,
)


class DebtLedger(models.AbstractModel):
    """Which credits are laid against which items, and how much of them."""

    _inherit = "debt.ledger"

    @api.model
    def _cover(self):
        """SQL of the credits that are laid against each item, ``covered_by``."""
        return SQL(
            """
            SELECT line_id, array_agg(DISTINCT credit_id ORDER BY credit_id)
                            FILTER (WHERE credit_id > 0) AS covered_by
              FROM (%s) pair GROUP BY line_id
            """,
            self._pairs(),
        )

    @api.model
    def _pairs(self):
        """SQL of which credit is laid against which item, and how much of it.

        :return: SQL of ``line_id``, ``credit_id`` (below zero: a payment that has
            neither an entry nor an item), ``amount`` in company currency and
            ``amount_own`` in the item's, not rounded
        """
        rounds = (
            ("reversing", BY_REVERSAL, OWN),
            ("own", BY_ACCOUNT, OWN),
            ("across", BY_DEBTOR, ACROSS),
            ("own_later", BY_ACCOUNT, OWN),
            ("across_later", BY_DEBTOR, ACROSS),
        )
        return SQL(" UNION ALL ").join(
            SQL(
                """
                SELECT line_id, credit_id, %(value)s AS amount, %(own)s AS amount_own
                  FROM (
                       SELECT item.line_id, credit.line_id AS credit_id,
                              item.residual, item.own,
                              least(item.start + item.taken,
                                    credit.start + credit.taken)
                                  - greatest(item.start, credit.start) AS common
                         FROM %(name)s item
                         JOIN %(name)s credit USING (%(group)s)
                        WHERE item.debit AND NOT credit.debit
                          AND item.taken > 0 AND credit.taken > 0
                          AND item.start < credit.start + credit.taken
                          AND credit.start < item.start + item.taken
                       ) pair
                """,
                group=columns(group),
                name=SQL.identifier(name),
                own=SQL("common" if kind is OWN else "own * common / residual"),
                value=SQL("residual * common / own" if kind is OWN else "common"),
            )
            for name, group, kind in rounds
        )

from odoo import api, models
from odoo.tools import SQL

from .ledger_sql import CREDIT, NOT_DUE, WITHHELD

#: Columns of those whose credits are laid against whose debits in a round.
BY_DEBTOR = ("company_id", "partner_id")
BY_ACCOUNT = (*BY_DEBTOR, "currency_id")
BY_REVERSAL = (*BY_ACCOUNT, "key")
#: The columns that go from one round to the next.
LINE = SQL(
    "line_id, company_id, partner_id, move_id, currency_id, due, part, flagged,"
    " in_payment, debit, residual, own, key"
)
#: What credits are laid against in a round: what is due, or everything.
DUE, ALL = SQL("NOT debit OR part < %s", NOT_DUE), SQL("TRUE")
#: Amounts that a round counts in: document or company currency.
OWN, ACROSS = SQL("own_left"), SQL("left_")


def columns(names):
    return SQL(", ").join(map(SQL.identifier, names))


class DebtLedger(models.AbstractModel):
    """Which credit pays which item, for all debtors at once.

    Law and custom lay a payment that names no debt against the oldest debt that is
    due (BGB § 366, Code civil art. 1342-10, GK RF art. 319.1). In rounds:

    1. a credit note against the invoice it reverses, in the same currency;
    2. credits against what is due in their own currency, oldest first;
    3. what remains of them, by its own value in company currency, against what is
       still due in other currencies;
    4. and 5. the same against what is not due yet.

    Then what payments without an entry have registered is taken off the items they
    name, as far as anything is left: their money may be among the credits already.

    In each round debits and credits lie end to end on two lines that begin together;
    where a debit and a credit overlap, the one pays the other.
    """

    _inherit = "debt.ledger"

    @api.model
    def _allocation(self, entities, contacts):
        """SQL of common table expressions from ``item`` to ``rest``.

        ``rest`` has the items that any credit or payment on its way may pay; of all
        others everything is left. ``amount`` is what is left in company currency,
        rounded; ``own_left`` in the item's currency, not rounded.
        """
        return SQL(
            """
            unnamed AS (%(unnamed)s),
            involved AS (%(involved)s),
            lot AS (%(lot)s),
            reversal AS (%(reversal)s),
            reversing AS (%(reversing)s),
            own AS (%(own)s),
            surplus AS (%(surplus)s),
            across AS (%(across)s),
            own_later AS (%(own_later)s),
            across_later AS (%(across_later)s),
            allocated AS (%(allocated)s),
            %(paid)s,
            rest AS (%(rest)s)
            """,
            unnamed=self._unnamed_payments(entities, contacts),
            involved=self._involved(),
            lot=self._lot(),
            reversal=self._reversal(),
            reversing=self._round(self._reversing(), BY_REVERSAL, OWN, ALL),
            own=self._round(self._started(), BY_ACCOUNT, OWN, DUE),
            surplus=self._surplus(),
            across=self._round(self._later(), BY_DEBTOR, ACROSS, DUE),
            own_later=self._round(self._again("across"), BY_ACCOUNT, OWN, ALL),
            across_later=self._round(self._again("own_later"), BY_DEBTOR, ACROSS, ALL),
            allocated=self._allocated(),
            paid=self._paid(),
            rest=self._rest(entities),
        )

    @api.model
    def _no_allocation(self):
        """SQL of a ``rest`` without items."""
        return SQL(
            """
            rest AS (
                SELECT line_id, company_id, partner_id, move_id, part, due, flagged,
                       residual AS amount, residual_currency AS own_left, FALSE AS paid
                  FROM item WHERE FALSE
            )
            """
        )

    # --- who and what is concerned --------------------------------------------------
    @api.model
    def _involved(self):
        """SQL of the accounts (debtor and currency) with anything to allocate."""
        return SQL(
            """
            SELECT company_id, partner_id, currency_id FROM item
             WHERE residual < 0 OR in_payment
             UNION SELECT company_id, partner_id, currency_id FROM unnamed
            """
        )

    @api.model
    def _lot(self):
        """SQL of what is laid against each other; amounts are above zero."""
        return SQL(
            """
            SELECT %s FROM item JOIN involved USING (%s)
             UNION ALL
            SELECT -id, company_id, partner_id, NULL, currency_id, date, %s,
                   FALSE, FALSE, FALSE, value, amount
              FROM unnamed
            """,
            self._lot_columns(),
            columns(BY_ACCOUNT),
            CREDIT,
        )

    @api.model
    def _lot_columns(self):
        return SQL(
            """
            line_id, company_id, partner_id, move_id, currency_id, due, part, flagged,
            in_payment, residual > 0 AS debit, abs(residual) AS residual,
            abs(residual_currency) AS own
            """
        )

    @api.model
    def _reversal(self):
        """SQL of the lines of entries that reverse another one, with a key in common.

        The key is the invoice's id; where a credit is reversed, it is below zero.
        """
        return SQL(
            """
            SELECT lot.line_id, CASE WHEN lot.debit THEN -move.reversed_entry_id
                                     ELSE move.reversed_entry_id END AS key
              FROM lot JOIN account_move move ON move.id = lot.move_id
             WHERE move.reversed_entry_id IS NOT NULL
            """
        )

    @api.model
    def _reversing(self):
        """SQL of lines that reverse and are reversed."""
        return SQL(
            """
            SELECT lot.*, lot.residual AS left_, lot.own AS own_left, reversal.key
              FROM lot JOIN reversal USING (line_id)
             UNION ALL
            SELECT lot.*, lot.residual, lot.own, reversed.key
              FROM lot
              JOIN (SELECT DISTINCT key FROM reversal) reversed
                ON reversed.key = CASE WHEN lot.debit THEN lot.move_id
                                       ELSE -lot.move_id END
             WHERE NOT EXISTS (
                   SELECT FROM reversal WHERE reversal.line_id = lot.line_id)
            """
        )

    @api.model
    def _started(self):
        """SQL of what is left when credit notes are laid against their invoices."""
        return SQL(
            """
            SELECT lot.*, coalesce(reversing.left_, lot.residual) AS left_,
                   coalesce(reversing.own_left, lot.own) AS own_left, NULL::int AS key
              FROM lot LEFT JOIN reversing USING (line_id)
            """
        )

    @api.model
    def _surplus(self):
        """SQL of the debtors who have more credit in a currency than is due in it."""
        return SQL(
            """
            SELECT DISTINCT company_id, partner_id
              FROM own WHERE NOT debit AND own_left > 0
            """
        )

    @api.model
    def _later(self):
        """SQL of all that such debtors owe, in whatever currency."""
        return SQL(
            """
            %s JOIN surplus USING (%s)
             UNION ALL
            SELECT %s, NULL, abs(residual), abs(residual_currency)
              FROM item JOIN surplus USING (%s)
             WHERE NOT EXISTS (SELECT FROM own WHERE own.line_id = item.line_id)
            """,
            self._again("own"),
            columns(BY_DEBTOR),
            self._lot_columns(),
            columns(BY_DEBTOR),
        )

    @api.model
    def _allocated(self):
        """SQL of the lines after their last round."""
        return SQL(
            """
            SELECT * FROM own
             WHERE NOT EXISTS (
                   SELECT FROM surplus
                    WHERE surplus.company_id = own.company_id
                      AND surplus.partner_id = own.partner_id)
             UNION ALL SELECT * FROM across_later
            """
        )

    # --- a round --------------------------------------------------------------------
    @api.model
    def _again(self, name):
        """SQL of the lines as a round has left them, for the next one."""
        return SQL("SELECT %s, left_, own_left FROM %s", LINE, SQL.identifier(name))

    @api.model
    def _round(self, source, group, amount, counts):
        """SQL of the lines with what a round leaves of them.

        :param SQL source: lines with ``left_`` and ``own_left``
        :param group: names of columns; credits pay debits of the same group
        :param SQL amount: `OWN` or `ACROSS`
        :param SQL counts: condition of the lines that take part
        :return: SQL; ``start`` and ``taken`` tell where the line lay
        """
        if amount is OWN:
            lefts = SQL(
                """
                CASE WHEN taken = 0 THEN left_
                     ELSE residual * (own_left - taken) / own END AS left_,
                own_left - taken AS own_left
                """
            )
        else:
            lefts = SQL(
                """
                left_ - taken AS left_,
                CASE WHEN taken = 0 THEN own_left
                     ELSE own * (left_ - taken) / residual END AS own_left
                """
            )
        return SQL(
            """
            SELECT %(line)s, %(lefts)s, start, taken
              FROM (
                   SELECT *, greatest(0, least(
                             amount, coalesce(opposite, 0) - start)) AS taken
                     FROM (
                          SELECT *,
                                 sum(amount) OVER (
                                     PARTITION BY %(group)s, debit
                                     ORDER BY greatest(part, %(withheld)s), due, line_id
                                     ROWS UNBOUNDED PRECEDING) - amount AS start,
                                 CASE WHEN debit
                                      THEN sum(amount) FILTER (WHERE NOT debit)
                                           OVER whole
                                      ELSE sum(amount) FILTER (WHERE debit)
                                           OVER whole END AS opposite
                            FROM (
                                 SELECT *, CASE WHEN %(counts)s THEN %(amount)s
                                                ELSE 0 END AS amount
                                   FROM (%(source)s) source
                                 ) line
                          WINDOW whole AS (PARTITION BY %(group)s)
                          ) laid
                   ) round
            """,
            amount=amount,
            counts=counts,
            group=columns(group),
            lefts=lefts,
            line=LINE,
            source=source,
            withheld=WITHHELD,
        )

    # --- the end --------------------------------------------------------------------
    @api.model
    def _rest(self, entities):
        """SQL of what is left in the end."""
        return SQL(
            """
            SELECT allocated.line_id, company_id, partner_id, move_id, part, due,
                   flagged, round(left_now, %(digits)s) AS amount,
                   CASE WHEN paid THEN own * left_now / allocated.residual
                        ELSE own_left END AS own_left, paid
              FROM (
                   SELECT allocated.*, coalesce(paid.taken > 0, FALSE) AS paid,
                          greatest(0, left_ - coalesce(paid.taken, 0)) AS left_now
                     FROM allocated LEFT JOIN paid USING (line_id)
                   ) allocated
            """,
            digits=self._by_company(entities, "digits", SQL("company_id")),
        )

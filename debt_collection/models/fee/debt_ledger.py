from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...tools.fees import Paid

#: So many items are looked at at a time.
PAGE = 500


class LateItem(NamedTuple):
    """An item that is or was late: what was owed, and what was paid of it when."""

    line: models.BaseModel
    principal: Decimal
    paid: list[Paid]


class DebtLedger(models.AbstractModel):
    """Items that are or were late, for late fees."""

    _inherit = "debt.ledger"

    @api.model
    def _late_pages(self, entity, since, partner_ids=None):
        """Items that fell due since a day and were or are open after their due date,
        and those for which late fees were charged.

        What is disputed, excluded or otherwise not collected is left out as long as it
        is. Credit notes count as if that much had never been owed, payments from their
        day, credits that are not matched yet from their own day as well.

        :param entity: ``res.company`` without a parent
        :param partner_ids: ids of contacts of the debtors; None: all
        :return: iterator of lists of `LateItem`, oldest first, amounts in the currency
            of the document
        """
        last = None
        while lines := self._late_lines(entity, since, partner_ids, last):
            yield self._late_items(entity, lines)
            last = lines[-1]

    @api.model
    def _late_items(self, entity, lines):
        open_, withheld = self._open_of_late(entity, lines)
        withheld |= self._settled_of_late(entity, lines)
        matched = self._matched_of_late(lines)
        found = []
        for line in lines:
            if line.id in withheld:
                continue
            principal, paid = Decimal(str(line.amount_currency)), []
            for day, amount, credited in matched[line.id]:
                if credited:
                    principal -= amount
                else:
                    paid.append(Paid(day, amount))
            paid += self._covered_of_late(line, open_.get(line.id))
            found.append(LateItem(line, principal, paid))
        return found

    @api.model
    def _late_lines(self, entity, since, partner_ids, last=None):
        """:param last: ``account.move.line`` after which they begin; None: the first
        :return: ``account.move.line`` (superuser), oldest first, a page of them
        """
        self._flush()
        self.env["account.partial.reconcile"].flush_model()
        self.env["debt.fee"].flush_model()
        self.env["account.move"].flush_model(["debt_fee_rule_id"])
        debtors = SQL()
        if partner_ids is not None:
            debtors = SQL("AND line.partner_id IN (SELECT id FROM scope)")
        after = SQL()
        if last:
            after = SQL(
                "AND (line.date_maturity, line.id) > (%s, %s)",
                last.date_maturity,
                last.id,
            )
        query = SQL(
            """
            %(with)s
            SELECT line.id FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
             WHERE line.parent_state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_receipt')
               AND line.display_type = 'payment_term'
               AND line.account_id IN (%(accounts)s)
               AND line.balance > 0
               AND line.company_id = ANY(%(companies)s)
               AND line.date_maturity >= %(since)s
               AND line.date_maturity < %(today)s
               AND (line.reconciled IS NOT TRUE OR EXISTS (
                    SELECT FROM account_partial_reconcile part
                      JOIN account_move_line credit ON credit.id = part.credit_move_id
                     WHERE part.debit_move_id = line.id
                       AND credit.date > line.date_maturity)
                    OR EXISTS (SELECT FROM debt_fee WHERE line_id = line.id))
               AND move.debt_fee_rule_id IS NULL
               AND NOT EXISTS (SELECT FROM debt_fee WHERE move_id = line.move_id)
               %(debtors)s %(after)s
             ORDER BY line.date_maturity, line.id LIMIT %(limit)s
            """,
            accounts=self._receivable_accounts(),
            after=after,
            companies=self._branches(entity).ids,
            debtors=debtors,
            limit=PAGE,
            since=since,
            today=entity._debt_today(),
            **{"with": self._late_scope(partner_ids)},
        )
        ids = [id_ for [id_] in self.env.execute_query(query)]
        # Superuser: whoever asks has shown that he may know of these debtors.
        return self.env["account.move.line"].sudo().browse(ids)

    @api.model
    def _late_scope(self, partner_ids):
        if partner_ids is None:
            return SQL()
        return SQL(
            """
            WITH scope AS (
                SELECT id FROM res_partner WHERE commercial_partner_id IN (
                       SELECT commercial_partner_id FROM res_partner
                        WHERE id = ANY(%s)))
            """,
            list(partner_ids),
        )

    @api.model
    def _open_of_late(self, entity, lines):
        """What is left of those that are open, and which of them are not collected.

        :return: dict of (amount, ids of lines of credits) by line id, set of line ids
        """
        debtors = lines.filtered(lambda one: not one.reconciled).partner_id
        rows = self._rows(entity, debtors.commercial_partner_id.ids) if debtors else []
        open_, withheld = defaultdict(lambda: [Decimal(0), []]), set()
        for row in rows:
            left = open_[row["line_id"]]
            left[0] += Decimal(str(row["left_currency"]))
            left[1] += row["covered_by"]
            if row["part"] in ("disputed", "withheld") or row["barred"]:
                withheld.add(row["line_id"])
        return dict(open_), withheld

    @api.model
    def _settled_of_late(self, entity, lines):
        """Those that cost nothing although nothing of them is open: less was agreed
        on, or they were paid while they were not collected or were contested.

        :return: set of line ids
        """
        self.env["debt.settlement"].flush_model()
        query = SQL(
            """
            SELECT line.id FROM account_move_line line
              JOIN account_move special ON special.id = line.move_id
              LEFT JOIN debt_item_decision decision ON decision.line_id = line.id
             WHERE line.id = ANY(%(ids)s) AND (
                   EXISTS (
                   SELECT FROM account_move_line_debt_settlement_rel named
                     JOIN debt_settlement offer ON offer.id = named.debt_settlement_id
                    WHERE named.account_move_line_id = line.id
                      AND offer.state IN ('approved', 'kept'))
                OR line.reconciled AND (
                   %(withheld_if)s
                   OR %(paid)s <= CASE WHEN special.debt_status = 'excluded'
                      THEN special.debt_excluded_until END
                   OR %(paid)s <= CASE WHEN decision.debt_status = 'excluded'
                      THEN decision.debt_excluded_until END
                   OR EXISTS (
                   SELECT FROM debt_dispute_account_move_rel held
                     JOIN debt_dispute dispute ON dispute.id = held.dispute_id
                    WHERE held.move_id = line.move_id AND %(holds)s)))
            """,
            holds=self._dispute_holds(entity._debt_today()),
            ids=lines.ids,
            paid=SQL(
                """(SELECT max(credit.date) FROM account_partial_reconcile part
                      JOIN account_move_line credit ON credit.id = part.credit_move_id
                     WHERE part.debit_move_id = line.id)"""
            ),
            withheld_if=self._withheld_if(entity),
        )
        return {id_ for [id_] in self.env.execute_query(query)}

    @api.model
    def _matched_of_late(self, lines):
        """What was matched with each: day, amount, and whether it was a credit note."""
        found = defaultdict(list)
        query = SQL(
            """
            SELECT part.debit_move_id, credit.date, part.debit_amount_currency,
                   move.move_type = 'out_refund'
                   OR move.reversed_entry_id = debit.move_id
              FROM account_partial_reconcile part
              JOIN account_move_line debit ON debit.id = part.debit_move_id
              JOIN account_move_line credit ON credit.id = part.credit_move_id
              JOIN account_move move ON move.id = credit.move_id
             WHERE part.debit_move_id = ANY(%s)
            """,
            lines.ids,
        )
        for id_, day, amount, credited in self.env.execute_query(query):
            found[id_].append((day, Decimal(str(amount)), bool(credited)))
        return found

    @api.model
    def _covered_of_late(self, line, row):
        """What credits that are not matched yet cover, from the first day of theirs.

        What is on its way without an entry counts from the due date: in the debtor's
        favour, until the bank's entry says on which day it was paid.
        """
        if line.reconciled:
            return []
        left, credits_ = row or (Decimal(0), [])
        covered = Decimal(str(line.amount_residual_currency)) - left
        if covered <= 0:
            return []
        days = line.browse(credits_).mapped("date")
        return [Paid(min(days, default=line.date_maturity), covered)]

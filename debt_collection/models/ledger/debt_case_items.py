from odoo import fields, models
from odoo.tools import SQL

from .ledger_sql import OPEN_LINES

# So many items are shown, the oldest first: nobody reads more of them aloud.
ITEMS_SHOWN = 200
ITEM_STATUSES = [
    ("overdue", "Overdue"),
    ("open", "Not Due"),
    ("credit", "Credit"),
    ("promised", "Promised"),
    ("disputed", "Disputed"),
    ("excluded", "Excluded"),
]


class DebtCase(models.Model):
    """What the debtor owes, item by item, for people without rights in accounting."""

    _inherit = "debt.case"

    items_html = fields.Html(
        string="Open Items", compute="_compute_items_html", sanitize=False
    )

    def _compute_items_html(self):
        for case in self:
            items = case._read_items() if isinstance(case.id, int) else []
            case.items_html = case.env["ir.qweb"]._render(
                "debt_collection.case_items",
                {
                    "items": items,
                    "currency": case.currency_id,
                    "labels": dict(
                        self.env["debt.call.wizard.item"]
                        ._fields["status"]
                        ._description_selection(self.env)
                    ),
                },
            )

    def _read_items(self):
        """Open items of the debtor in the case's company, oldest first, in one query.

        The operator has no rights in accounting: exactly this debtor's lines in this
        company are read for him. What is settled, though something is left on it, is
        not owed; the other parts are told apart as the case's amounts tell them.

        :return: list of dict: ``line_id``, ``move_id``, ``name``, ``due``,
            ``currency_id``, ``amount_currency``, ``amount`` (company currency),
            ``status`` (of `ITEM_STATUSES`), ``total`` (count of all items)
        """
        self.ensure_one()
        self.check_access("read")
        company = self.company_id.sudo()
        self.env["debt.ledger"]._flush()
        return self.env.execute_query_dict(
            SQL(
                """
                WITH contested AS (%(contested)s)
                SELECT line.id AS line_id, line.move_id, special.name,
                       coalesce(line.date_maturity, line.date) AS due,
                       line.currency_id,
                       line.amount_residual_currency AS amount_currency,
                       line.amount_residual AS amount,
                       CASE WHEN line.amount_residual < 0 THEN 'credit'
                            WHEN contested.move_id IS NOT NULL THEN 'disputed'
                            WHEN line.no_followup OR special.payment_state = 'blocked'
                                 OR special.debt_status = 'excluded' AND coalesce(
                                    special.debt_excluded_until >= %(today)s, TRUE)
                                 %(unflagged)s
                            THEN 'excluded'
                            WHEN EXISTS (
                                SELECT 1
                                  FROM account_move_line_debt_promise_rel named
                                  JOIN debt_promise promise
                                    ON promise.id = named.debt_promise_id
                                 WHERE named.account_move_line_id = line.id
                                   AND promise.state = 'open')
                            THEN 'promised'
                            WHEN coalesce(line.date_maturity, line.date) >= %(today)s
                            THEN 'open'
                            ELSE 'overdue' END AS status,
                       count(*) OVER () AS total
                  FROM account_move_line line
                  JOIN account_move special ON special.id = line.move_id
                  LEFT JOIN contested ON contested.move_id = line.move_id
                 WHERE %(open)s
                   AND line.company_id = %(company)s
                   AND line.partner_id IN (
                       SELECT id FROM res_partner
                        WHERE commercial_partner_id = %(debtor)s)
                   AND line.account_id IN (
                       SELECT id FROM account_account
                        WHERE account_type = 'asset_receivable')
                   AND special.payment_state NOT IN ('in_payment', 'paid', 'reversed')
                 ORDER BY due, line.id
                 LIMIT %(limit)s
                """,
                contested=self.env["debt.ledger"]._contested(
                    company, SQL("AND dispute.partner_id = %s", self.partner_id.id)
                ),
                unflagged=self.env["debt.ledger"]._unflagged(company),
                today=self.company_id._debt_today(),
                open=SQL(
                    OPEN_LINES.replace("amount_", "line.amount_")
                    .replace("reconciled", "line.reconciled")
                    .replace("parent_state", "line.parent_state")
                ),
                company=company.id,
                debtor=self.partner_id.id,
                limit=ITEMS_SHOWN,
            )
        )

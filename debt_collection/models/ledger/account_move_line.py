from odoo import api, models
from odoo.tools import SQL

from .ledger_sql import OPEN_LINES

#: Stored fields of a journal item that decide what is owed. Its state follows from
#: its entry's, where it is watched.
WATCHED = frozenset(
    (
        "account_id",
        "amount_residual",
        "amount_residual_currency",
        "currency_id",
        "company_id",
        "date_maturity",
        "no_followup",
        "partner_id",
        "reconciled",
    )
)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # The refresh reads open items from this index alone, in half the time it takes
    # to read the table.
    _debt_open_idx = models.Index(
        "(partner_id, company_id) INCLUDE "
        "(date_maturity, date, amount_residual, amount_residual_currency, currency_id, "
        "account_id, move_id, no_followup, id) "
        f"WHERE {OPEN_LINES}"
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        posted = lines.filtered(lambda line: line.parent_state == "posted")
        self.env["debt.ledger"]._note_changed("lines", posted.ids)
        return lines

    def write(self, vals):
        if not WATCHED.isdisjoint(vals):
            self.env["debt.ledger"]._note_changed("lines", self.ids)
        return super().write(vals)

    def _write_multi(self, vals_list):
        """Everything that reaches the database passes here, computed values too."""
        watched, moved = [], []
        for id_, vals in zip(self._ids, vals_list, strict=True):
            if not WATCHED.isdisjoint(vals):
                watched.append(id_)
                if "partner_id" in vals or "company_id" in vals:
                    moved.append(id_)
        self._debt_note_debtors(moved)
        self.env["debt.ledger"]._note_changed("lines", watched)
        return super()._write_multi(vals_list)

    def unlink(self):
        self._debt_note_debtors(self._ids)
        return super().unlink()

    def _debt_note_debtors(self, ids):
        """Note the debtors of posted lines that are about to leave them."""
        if not ids:
            return
        debtors = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT company_id, partner_id FROM account_move_line
                 WHERE id = ANY(%s) AND parent_state = 'posted'
                   AND partner_id IS NOT NULL
                """,
                list(ids),
            )
        )
        self.env["debt.ledger"]._note_changed("debtors", debtors)

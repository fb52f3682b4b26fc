from odoo import api, models
from odoo.tools import SQL

from .debt_ledger_refresh import WRITTEN

KEY = "debt_collection.pending"
KEY_WRITTEN = "debt_collection.written"


class DebtLedger(models.AbstractModel):
    """Debtors whose ledger changed in this transaction, refreshed once at its end.

    Accounting only notes ids here. The refresh runs before the transaction commits,
    or earlier if somebody in it looks at a case: he always sees the ledger as it is.
    What follows from it (activities, promises, plans) waits for the end, unless
    `refresh` is called.
    """

    _inherit = "debt.ledger"

    @api.model
    def _note_changed(self, kind, keys):
        """Note that something may change what debtors owe.

        :param kind: ``lines``, ``moves`` or ``payments`` for ids of
            ``account.move.line``, ``account.move`` or ``account.payment``, ``debtors``
            for pairs of ids of company and partner
        """
        if not keys:
            return
        precommit = self.env.cr.precommit
        pending = precommit.data.get(KEY)
        if pending is None:
            kinds = ("debtors", "lines", "moves", "payments")
            pending = precommit.data[KEY] = {name: set() for name in kinds}
            precommit.add(self.sudo()._settle_pending)
            # What is known of cases is not to be trusted from here on.
            for name, fnames in WRITTEN.items():
                self.env[name].invalidate_model(fnames)
        pending[kind].update(keys)

    @api.model
    def _refresh_pending(self):
        """Bring the debtors noted so far up to date, all companies at once.

        This may happen while somebody reads a case; what follows for activities and
        plans, which may delete records, waits for the end of the transaction.
        """
        # Superuser: the debtors of exactly what was changed, in the companies of that.
        ledger = self._refresh_env()
        ledger._flush()
        precommit = self.env.cr.precommit
        pending = precommit.data.pop(KEY, None)
        debtors = pending and ledger._pending_debtors(**pending)
        if not debtors:
            return
        companies = self.env["res.company"].sudo()
        companies = companies.browse(sorted({company for company, _ in debtors}))
        effects = ledger._refresh(companies, list({partner for _, partner in debtors}))
        if effects is None:
            ledger._refresh_later()
        else:
            precommit.data.setdefault(KEY_WRITTEN, []).append(effects)
            precommit.add(ledger._settle_pending)

    @api.model
    def _settle_pending(self):
        """Finish now what would be finished at the end of the transaction."""
        self._refresh_pending()
        self._follow_pending()

    @api.model
    def _follow_pending(self):
        """Do what follows from what was written while somebody read a case."""
        for effects in self.env.cr.precommit.data.pop(KEY_WRITTEN, ()):
            self._refresh_follow(effects)

    @api.model
    def _pending_debtors(self, debtors, lines, moves, payments):
        """Pairs of ids of company and partner behind what was noted."""
        if not lines and not moves and not payments:
            return debtors
        query = SQL(
            """
            SELECT DISTINCT line.company_id, line.partner_id
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
             WHERE (line.id = ANY(%s) OR line.move_id = ANY(%s))
               AND account.account_type = 'asset_receivable'
               AND line.partner_id IS NOT NULL
             UNION
            SELECT company_id, partner_id FROM account_payment
             WHERE id = ANY(%s) AND move_id IS NULL AND partner_id IS NOT NULL
            """,
            list(lines),
            list(moves),
            list(payments),
        )
        return debtors.union(self.env.execute_query(query))

from odoo import api, fields, models
from odoo.tools import SQL


class DebtLedger(models.AbstractModel):
    """A new case takes over the restraints of the debtor's last one.

    Where the last one does not come back itself (it was closed by hand, or too long
    ago), that must not undo a promise, a hold, a callback or, ever, a legal stop or a
    legal hold.
    """

    _inherit = "debt.ledger"

    @api.model
    def _refresh_carry_over(self, entities, ids):
        """Let cases that have just been opened continue former ones.

        One statement for all; open promises and disputes move to the new case.

        :param ids: ids of the cases opened
        """
        inherited = self._inherited_models()
        for name in ("debt.case", *inherited):
            self.env[name].flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH opened AS (
                    SELECT debt_case.id, company_id, partner_id
                      FROM unnest(%(ids)s) number JOIN debt_case ON id = number
                ), former AS (%(former)s), %(inherited)s
                UPDATE debt_case
                   SET profile_id = former.profile_id,
                       callback_at = CASE WHEN former.recent
                                          THEN former.callback_at END,
                       state = CASE WHEN former.restrains THEN former.closed_state
                                    WHEN former.held THEN 'on_hold'
                                    ELSE debt_case.state END,
                       hold_until = CASE WHEN former.held
                                         THEN former.hold_until END,
                       legal_hold = former.legal_hold,
                       legal_hold_reason = former.legal_hold_reason,
                       legal_hold_user_id = former.legal_hold_user_id,
                       legal_hold_at = former.legal_hold_at
                  FROM former
                 WHERE debt_case.id = former.opened_id
                """,
                ids=list(ids),
                former=self._refresh_former(entities),
                inherited=SQL(", ").join(
                    SQL(
                        "%s AS (%s)",
                        SQL.identifier(f"inherited_{table}"),
                        self._refresh_inherit(table),
                    )
                    for table in (self.env[name]._table for name in inherited)
                ),
            )
        )
        for name in inherited:
            self.env[name].invalidate_model(["case_id"], flush=False)

    @api.model
    def _inherited_models(self):
        """Hook: models whose open records about a debtor move to his new case."""
        return ("debt.promise", "debt.dispute")

    @api.model
    def _refresh_former(self, entities):
        """SQL of the debtor's last case, with the id of the one that was opened."""
        now = fields.Datetime.now()
        since = SQL(
            "(%s::timestamp - make_interval(days => %s))",
            now,
            self._by_company(entities, "debt_reopen_days", SQL("closed.company_id")),
        )
        return SQL(
            """
            SELECT DISTINCT ON (opened.id) opened.id AS opened_id, closed.closed_state,
                   closed.hold_until, closed.callback_at, closed.profile_id,
                   closed.legal_hold, closed.legal_hold_reason,
                   closed.legal_hold_user_id, closed.legal_hold_at,
                   closed.closed_at > %(since)s AS recent,
                   closed.closed_at > %(since)s
                   AND closed.hold_until >= %(today)s AS held,
                   closed.closed_state = 'legal' OR closed.closed_at > %(since)s
                   AND closed.closed_state = 'promised'
                   AND EXISTS (SELECT FROM debt_promise promise
                                WHERE promise.case_id = closed.id
                                  AND promise.state = 'open') AS restrains
              FROM opened
              JOIN debt_case closed ON closed.company_id = opened.company_id
               AND closed.partner_id = opened.partner_id
               AND closed.closed_at IS NOT NULL
             ORDER BY opened.id, closed.closed_at DESC, closed.id DESC
            """,
            since=since,
            today=self._by_company(entities, "today", SQL("closed.company_id")),
        )

    @api.model
    def _refresh_inherit(self, table):
        """SQL that gives what is open about a debtor to the case just opened."""
        return SQL(
            """
            UPDATE %(table)s inherited
               SET case_id = opened.id
              FROM opened
              JOIN debt_case closed ON closed.company_id = opened.company_id
               AND closed.partner_id = opened.partner_id
             WHERE closed.id = inherited.case_id
               AND closed.closed_at IS NOT NULL AND inherited.state = 'open'
            """,
            table=SQL.identifier(table),
        )

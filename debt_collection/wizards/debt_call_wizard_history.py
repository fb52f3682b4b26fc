from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL, format_date, format_datetime

from ..tools.promise import MAX_PARTS

ENTRIES_SHOWN = 12
SHOWN_PAYMENTS = timedelta(days=730)
HISTORY_MODELS = (
    "debt.call",
    "debt.message",
    "debt.promise",
    "debt.dispute",
    "account.move.line",
    "account.payment",
)


class DebtCallWizard(models.TransientModel):
    """What happened before: one timeline of calls, messages, promises, disputes and
    payments."""

    _inherit = "debt.call.wizard"

    history_html = fields.Html(compute="_compute_history_html", sanitize=False)

    @api.depends("call_id")
    def _compute_history_html(self):
        for wizard in self:
            entries = wizard._read_history()
            zone, clock = wizard._clock()
            wizard.standing_promise = wizard._tell_standing(entries)
            wizard.history_html = wizard._render(
                "call_history",
                entries=entries[:ENTRIES_SHOWN],
                currency=wizard.currency_id,
                # Not by widgets, which read the user's language from the database.
                told_day=partial(format_date, self.env),
                told_at=partial(
                    format_datetime, self.env, tz=zone, dt_format="d MMM HH:mm"
                ),
                clock=clock,
                labels=wizard._history_labels(),
            )

    @api.model
    def _history_labels(self):
        """Names of the states and the like that an entry may have."""
        return {
            name: dict(self.env[model]._fields[field]._description_selection(self.env))
            for name, model, field in (
                ("promise", "debt.promise", "state"),
                ("dispute", "debt.dispute", "state"),
                ("message", "debt.message", "state"),
                ("channel", "debt.message", "channel"),
                ("subject", "debt.message", "kind"),
            )
        }

    def _read_history(self):
        """The last entries of each kind in this company, the newest first.

        One statement: what his company agreed with the debtor is told whoever agreed
        it, and the operator, who has no rights in accounting, is told what was paid.
        """
        if not self.call_id:
            return []
        for model in HISTORY_MODELS:
            self.env[model].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT *
                  FROM (%(calls)s UNION ALL %(messages)s UNION ALL %(promises)s
                        UNION ALL %(disputes)s UNION ALL %(payments)s) entry
                 ORDER BY at DESC, kind
                """,
                calls=self._history_calls(),
                messages=self._history_messages(),
                promises=self._history_promises(),
                disputes=self._history_disputes(),
                payments=self._history_payments(),
            )
        )

    def _history_calls(self):
        return SQL(
            """
            (SELECT 'call' AS kind, call.started_at AS at, caller.name AS who,
                    coalesce(outcome.name->>%(lang)s, outcome.name->>'en_US') AS title,
                    call.note, call.party AS state, NULL::numeric AS amount,
                    NULL::numeric AS paid, NULL::date AS due, call.direction AS way
               FROM debt_call call
               JOIN res_users operator ON operator.id = call.user_id
               JOIN res_partner caller ON caller.id = operator.partner_id
               LEFT JOIN debt_call_outcome outcome ON outcome.id = call.outcome_id
              WHERE call.partner_id = %(debtor)s
                AND call.company_id = %(company)s
                AND call.state = 'done'
              ORDER BY call.started_at DESC, call.id DESC
              LIMIT %(limit)s)
            """,
            lang=self.env.lang or "en_US",
            debtor=self.partner_id.id,
            company=self.company_id.id,
            limit=ENTRIES_SHOWN,
        )

    def _history_messages(self):
        return SQL(
            """
            (SELECT 'message', coalesce(sent_at, create_date), address, kind, failure,
                    state, NULL, NULL, NULL, channel
               FROM debt_message
              WHERE partner_id = %s AND company_id = %s AND state != 'cancelled'
              ORDER BY id DESC
              LIMIT %s)
            """,
            self.partner_id.id,
            self.company_id.id,
            ENTRIES_SHOWN,
        )

    def _history_promises(self):
        return SQL(
            """
            (SELECT 'promise', create_date, NULL, NULL, NULL, state, amount,
                    amount_paid, date, NULL
               FROM debt_promise
              WHERE partner_id = %s AND company_id = %s AND state != 'cancelled'
              ORDER BY date DESC
              LIMIT %s)
            """,
            self.partner_id.id,
            self.company_id.id,
            # Those that stand are told apart from the timeline: a whole plan of them.
            ENTRIES_SHOWN + MAX_PARTS,
        )

    def _history_disputes(self):
        """Open disputes name their invoices: the operator must not ask for them."""
        return SQL(
            """
            (SELECT 'dispute', dispute.create_date, NULL,
                    (SELECT string_agg(move.name, ', ' ORDER BY move.name)
                       FROM debt_dispute_account_move_rel held
                       JOIN account_move move ON move.id = held.move_id
                      WHERE held.dispute_id = dispute.id),
                    dispute.reason, dispute.state, NULL, NULL, dispute.deadline, NULL
               FROM debt_dispute dispute
              WHERE dispute.partner_id = %s AND dispute.company_id = %s
              ORDER BY dispute.id DESC
              LIMIT %s)
            """,
            self.partner_id.id,
            self.company_id.id,
            ENTRIES_SHOWN,
        )

    def _history_payments(self):
        """Money received, as promises count it; what bounced is below zero."""
        return SQL(
            """
            (SELECT 'payment', payment.day::timestamp, NULL, NULL, NULL, NULL,
                    payment.amount, NULL, NULL, NULL
               FROM (%s) AS payment
                   (debtor_id, day, created, amount, line_id, payment_id)
              ORDER BY payment.day DESC
              LIMIT %s)
            """,
            self.env["debt.ledger"]._payments_sql(
                self.case_id.partner_id,
                self.case_id.company_id,
                fields.Date.today() - SHOWN_PAYMENTS,
            ),
            ENTRIES_SHOWN,
        )

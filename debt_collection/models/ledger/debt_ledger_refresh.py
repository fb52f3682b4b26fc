import psycopg2

from odoo import api, models
from odoo.tools import split_every
from odoo.tools.misc import clean_context

BATCH = 1000
COUNTS = ("opened", "updated", "closed", "stage_changed")
#: Effects on closed cases that the ledger takes up again.
TAKEN_UP = ("undone", "reopened")
FOLLOWED = (*TAKEN_UP, "busy", "promised", "stage", "woken")
COUNTED_AS = {"stage": "stage_changed", "undone": "opened", "reopened": "opened"}
COMPANY_FIELDS = (
    "debt_auto_flag",
    "debt_collect_entries",
    "debt_current_ladder_id",
    "debt_grace_days",
    "debt_max_age_days",
    "debt_min_amount",
    "debt_reopen_days",
    "partner_id",
)
#: What the statement writes and what follows from it, by model.
WRITTEN = {
    "debt.case": [
        "amount_disputed",
        "amount_overdue",
        "callback_at",
        "close_reason",
        "closed_at",
        "closed_state",
        "contact_until",
        "days_past_due",
        "hold_until",
        "ladder_paused_days",
        "ladder_started_on",
        "never_overdue",
        "next_contact_at",
        "next_contact_block",
        "next_contact_code",
        "oldest_due_date",
        "paused_on",
        "dispute_ids",
        "plan_dirty",
        "promise_ids",
        "state",
        "untold",
    ],
    "debt.dispute": ["case_id"],
    "debt.promise": ["case_id"],
    "res.partner": ["debt_case_id", "debt_case_ids", "debt_stage_id"],
    "account.move": ["debt_case_id", "debt_stage_id"],
}


class DebtLedger(models.AbstractModel):
    """Keep the cases in line with the ledger, set-wise."""

    _inherit = "debt.ledger"

    @api.model
    def _refresh_later(self):
        """Have the scheduled action come soon, and count nothing."""
        cron = "debt_collection.ir_cron_debt_refresh"
        if cron := self.env.ref(cron, raise_if_not_found=False):  # while installing
            cron.sudo()._trigger()
        return dict.fromkeys(COUNTS, 0)

    @api.model
    def _refresh(self, companies, partner_ids=None):
        """Write the cases of these companies, whatever the user's rights.

        :return: dict of (number, ids) by kind of effect, see `_refresh_effects`, to be
            followed up; None when another transaction has written the same cases:
            this one cannot see that, and leaves them as they are
        """
        ledger, entities = self._refresh_env(), self._entities(companies)
        ledger._flush()
        ledger.env["debt.case"].flush_model()
        # Only what the statement needs of them, not everything there is.
        entities.fetch(COMPANY_FIELDS)
        entities.partner_id.fetch(["country_id", "state_id", "tz"])
        try:
            with self.env.cr.savepoint(flush=False):
                effects = ledger._refresh_run(entities, partner_ids)
        except (
            psycopg2.errors.SerializationFailure,
            psycopg2.errors.DeadlockDetected,
            # A case that comes back was opened anew by another transaction.
            psycopg2.errors.UniqueViolation,
        ):
            return None
        ledger._refresh_written(entities, effects)
        return effects

    @api.model
    def _refresh_run(self, entities, partner_ids):
        """Write the cases, by one statement and the further ones of hooks.

        :return: dict of (number, ids) by kind of effect
        """
        effects = {}
        with self._set_wise(partner_ids):
            for statement in self._refresh_statements(entities, partner_ids):
                self.env.cr.execute(statement, log_exceptions=False)
                for kind, number, ids in self.env.cr.fetchall():
                    known, others = effects.get(kind, (0, []))
                    ids = list(dict.fromkeys(others + ids)) if others else ids
                    effects[kind] = known + number, ids
        return effects

    @api.model
    def _refresh_statements(self, entities, partner_ids=None):
        """Hook: the statements of a refresh, in their order."""
        yield self._refresh_statement(entities, partner_ids)

    @api.model
    def _refresh_env(self):
        # Superuser: callers name the companies and debtors, and only totals, stages and
        # states are written. Their defaults are meant for what they are at, not for
        # cases: the context is replaced, not added to.
        context = clean_context(self.env.context)
        return self.sudo().with_context(context)  # pylint: disable=context-overridden

    @api.model
    def _refresh_written(self, entities, effects):
        """Let the ORM know what was written, and write what the chatter remembers."""
        if not effects:
            return
        if "opened" in effects:
            self._refresh_carry_over(entities, effects["opened"][1])
        if "closed" in effects:
            self._refresh_close_reasons(effects["closed"][1])
        for name, fnames in WRITTEN.items():
            self.env[name].invalidate_model(fnames, flush=False)
        self._refresh_moved(effects)

    @api.model
    def _refresh_moved(self, effects):
        """Write the stages and states that cases have to be moved to."""
        cases = self.env["debt.case"]
        for kind, (_number, ids) in effects.items():
            name, _, value = kind.partition(" ")
            if not value:
                continue
            values = {"state": value} if name == "state" else {"stage_id": int(value)}
            for batch in split_every(BATCH, ids):
                cases.browse(batch).write(values | {"plan_dirty": True})
                if len(ids) > BATCH:
                    cases._track_finalize()

    @api.model
    def _refresh_follow(self, effects):
        """Do what follows for activities, promises, ladders and plans.

        :param effects: as returned by `_refresh`
        :return: dict of counts
        """
        counts = dict.fromkeys(COUNTS, 0)
        cases, to_plan = self._refresh_env().env["debt.case"], set()
        # What is taken up again first: its chatter tells things in their order.
        for kind in sorted(effects, key=lambda kind: kind not in TAKEN_UP):
            number, ids = effects[kind]
            name, _, moved = kind.partition(" ")
            if name in FOLLOWED:
                for batch in split_every(BATCH, ids):
                    cases.browse(batch)._on_ledger(name)
            if moved or name in ("opened", "woken", *TAKEN_UP):
                to_plan.update(ids)
            name = COUNTED_AS.get(name, name)
            if name in counts:
                counts[name] += number
        cases.browse(sorted(to_plan))._plan_some()
        return counts

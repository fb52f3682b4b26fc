from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.contact import Pause
from ..ledger.debt_ledger_refresh import TAKEN_UP
from .debt_promise_ledger import DECIDED_AGAIN


class DebtCase(models.Model):
    """What promises and disputes make of a case: it pauses, and it goes on."""

    _inherit = "debt.case"

    promise_ids = fields.One2many("debt.promise", "case_id")
    dispute_ids = fields.One2many("debt.dispute", "case_id")
    forbearance_ids = fields.One2many("debt.forbearance", "case_id")
    promise_count = fields.Integer(compute="_compute_related_counts")
    dispute_count = fields.Integer(compute="_compute_related_counts")

    @api.depends("promise_ids", "dispute_ids")
    def _compute_related_counts(self):
        promises = self._count_by_case("debt.promise")
        disputes = self._count_by_case("debt.dispute")
        for case in self:
            case.promise_count = promises.get(case, 0)
            case.dispute_count = disputes.get(case, 0)

    def action_promises(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_promise_action"
        )
        return action | {"domain": [("case_id", "=", self.id)], "context": {}}

    def action_disputes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_dispute_action"
        )
        return action | {"domain": [("case_id", "=", self.id)], "context": {}}

    @api.model
    def _cron_daily(self):
        """A payment has its promise decided at once; the others are decided by time."""
        super()._cron_daily()
        self.env["debt.dispute"]._expire()
        today = fields.Date.today()
        recent = Domain("date", ">=", today - DECIDED_AGAIN)
        recent |= Domain("state", "=", "open")
        due = Domain("state", "!=", "cancelled") & Domain("date", "<=", today)
        self.env["debt.promise"].search(due & recent)._evaluate()
        self.env["debt.settlement"]._cron_decide()
        self.search([("state", "=", "promised")])._resume_unpromised()
        self.env["debt.promise"]._remind()

    def _on_ledger(self, effect):
        super()._on_ledger(effect)
        if effect in ("promised", *TAKEN_UP):
            self.promise_ids._evaluate()
        if effect in TAKEN_UP:
            for case in self.filtered(lambda case: case.state == "active"):
                case._restart_ladder_if_over()
            self._resume_unpromised()

    def _on_closed(self):
        super()._on_closed()
        self.promise_ids._evaluate()

    def _end_pauses(self, now):
        super()._end_pauses(now)
        # Nothing was paid yet for what is promised in the call that is being logged.
        logged = self.env.context.get("debt_call_logged")
        told = self.promise_ids.filtered(lambda promise: promise.state != "cancelled")
        fresh = bool(logged) and {promise.call_id.id for promise in told} == {logged}
        if self.state == "promised" and not fresh:
            self.promise_ids._evaluate()

    def _pause(self):
        """A promise pauses contact for as long as it can be kept."""
        held, last_day = super()._pause(), self._promise_last_day()
        word = Pause("promised", self._day_end(last_day)) if last_day else None
        # Whichever lasts longer.
        return max(filter(None, (held, word)), key=lambda one: one.until, default=None)

    def _may_be_paused(self, rows):
        """Those with open promises, too."""
        if len(self) == 1:
            # Of one, `_pause` looks at the promises themselves.
            promised = set(self.ids) if self.sudo().promise_ids else set()
            return super()._may_be_paused(rows) | promised
        # Superuser: whoever may read a case may know that it is promised.
        promises = self.env["debt.promise"].sudo()
        theirs = [("case_id", "in", self.ids), ("state", "=", "open")]
        promised = {case.id for (case,) in promises._read_group(theirs, ["case_id"])}
        return super()._may_be_paused(rows) | promised

    def _state_without_pause(self):
        return (
            "promised" if self._promise_last_day() else super()._state_without_pause()
        )

    def _promise_last_day(self):
        """Last day on which the first open promise can still be kept.

        None where promises about certain items leave others, which are collected.
        A broken instalment ends the pause, whatever later ones are still open.
        """
        # Superuser: whoever may read a case may know that it is promised.
        promises = self.sudo().promise_ids
        if not promises:
            return None
        failed = promises.filtered(lambda p: p.state in ("broken", "partial"))
        made_on = max(failed.mapped("made_on"), default=date.min)
        standing = promises.filtered(
            lambda p: p.state == "open" and p.made_on > made_on
        )
        if standing and standing._leaves_items(self):
            return None
        grace = timedelta(days=self.company_id.debt_promise_grace_days)
        return min(standing.mapped("date")) + grace if standing else None

    def _resume_unpromised(self):
        """A promised case has a promise that can be kept; without one it goes on."""
        for case in self.filtered(lambda case: case.state == "promised"):
            state = case._state_without_pause()
            if state != "promised":
                case.write({"state": state, "plan_dirty": True})
                case._restart_ladder_if_over()
        self._trigger_planning()

    def _restart_ladder_if_over(self):
        """Whoever broke a promise is called at least once more, by a ladder begun anew
        where nothing of the old one is left."""
        today = self.company_id._debt_today()
        if self.ladder_id == self.company_id.sudo().debt_dormant_ladder_id:
            values = self.env["debt.segment"]._ladder_values(self)[self]
            self.write(values | {"ladder_started_on": today})
            return
        steps = self.ladder_id.step_ids.filtered(lambda step: step.channel == "call")
        last_day = max(steps.mapped("last_day"), default=0)
        started = self.ladder_started_on or today
        if (today - started).days >= last_day - 1:
            self.ladder_started_on = today

    # --- before a case is handed over -------------------------------------------------
    def _exit_state(self):
        """Nobody is handed over by the clock to whom nothing was offered."""
        state = super()._exit_state()
        if state != "legal" or not self.env["debt.forbearance"]._missing(self):
            return state
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Offer forbearance before handing the case over"),
            user_id=self._accountant().id,
            date_deadline=self.company_id._debt_today(),
        )
        return "dormant"

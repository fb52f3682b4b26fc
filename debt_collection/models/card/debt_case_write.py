from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

# What people may change on a case; everything else is the ledger's, the planner's or
# an outcome's, and written by methods that check what they do.
BY_OPERATORS = {"user_id", "team_id", "profile_id", "priority"}
BY_SUPERVISORS = BY_OPERATORS | {"ladder_id", "callback_at", "hold_until"}
BY_MANAGERS = BY_SUPERVISORS | {"legal_hold", "legal_hold_reason"}
NOT_OURS = ("message_", "activity_", "my_activity_", "website_message_")
PLANNED_BY = {
    "callback_at",
    "hold_until",
    "ladder_id",
    "priority",
    "profile_id",
    "state",
    "user_id",
}
PAUSES = {"promised", "on_hold", "disputed", "legal"}
FAR = timedelta(days=731)


class DebtCase(models.Model):
    """Who may write what on a case, and what follows from it."""

    _inherit = "debt.case"

    paused_on = fields.Date(
        readonly=True, help="Since when the retry ladder has been paused."
    )
    ladder_paused_days = fields.Integer(
        readonly=True, help="How many days the case's ladders have been paused."
    )

    def write(self, vals):
        self._check_written(set(vals))
        resumed = self._shift_ladders(vals)
        profiled = "profile_id" in vals and "ladder_id" not in vals
        following = self._on_default_ladder() if profiled else self.browse()
        result = super().write(vals)
        for case, values in resumed.items():
            super(DebtCase, case).write(values)
        following._follow_profile()
        if PLANNED_BY & set(vals) and "plan_dirty" not in vals:
            self.sudo()._set_dirty()
        return result

    def _check_written(self, names):
        """A gate that anybody may edit is none."""
        if self.env.su:
            return
        names = {name for name in names if not name.startswith(NOT_OURS)}
        if forbidden := names - self._written_by(self.env.user):
            raise AccessError(
                self.env._(
                    "These fields of a case are not changed by hand: %(names)s",
                    names=", ".join(sorted(forbidden)),
                )
            )

    @api.model
    def _written_by(self, user):
        """Names of the fields that a user may change by hand."""
        if user.has_group("debt_collection.group_debt_manager"):
            return BY_MANAGERS
        supervisor = user.has_group("debt_collection.group_debt_accountant")
        return BY_SUPERVISORS if supervisor else BY_OPERATORS

    def _shift_ladders(self, vals):
        """Days on which a case is paused do not use up its ladder.

        :return: dict of values by case, for those that leave a pause now
        """
        if "state" not in vals:
            return {}
        resumed = {}
        for case in self:
            today = case.company_id._debt_today()
            pauses = vals["state"] in PAUSES
            if pauses and case.state not in PAUSES:
                resumed[case] = {"paused_on": today}
            elif not pauses and case.paused_on:
                started = case.ladder_started_on or today
                shifted = min(started + (today - case.paused_on), today)
                paused = case.ladder_paused_days + (shifted - started).days
                resumed[case] = {
                    "paused_on": False,
                    "ladder_started_on": shifted,
                    "ladder_paused_days": paused,
                }
        return resumed

    @api.constrains("hold_until", "callback_at")
    def _check_not_far(self):
        """A slip of the pen must not put a debtor off for ever."""
        limit = fields.Date.today() + FAR
        for case in self:
            callback = case.callback_at and case.callback_at.date()
            if max(case.hold_until or limit, callback or limit) > limit:
                raise ValidationError(
                    self.env._("Choose a day within the next two years.")
                )


class DebtPlanSource(models.AbstractModel):
    """Rules by which next contacts are planned: when they change, so do the plans."""

    _name = "debt.plan.source"
    _description = "Rules for Planning"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._replan()
        return records

    def write(self, vals):
        result = super().write(vals)
        self._replan()
        return result

    def unlink(self):
        result = super().unlink()
        self._replan()
        return result

    @api.model
    def _replan(self):
        """Have every open case planned anew, soon, and by the new rules.

        Their pure forms are kept in the registry's cache.
        """
        self.env.registry.clear_cache()
        # Superuser: rules hold for all; only the mark to be planned is set.
        cases = self.env["debt.case"].sudo().with_context(active_test=False)
        clean = cases.search([("closed_at", "=", False), ("plan_dirty", "=", False)])
        clean._set_dirty()

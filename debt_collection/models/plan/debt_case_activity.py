from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.clock import known, local

BATCH = 1000


class DebtCase(models.Model):
    """One phone-call activity per case that is due soon: the operator's day in Odoo."""

    _inherit = "debt.case"

    @api.model
    def _cron_call_activities(self):
        """Give activities to calls that came within the planning horizon overnight."""
        activities = self.env["mail.activity"]
        days = max(self.env["res.company"].search([]).mapped("debt_planning_days"))
        horizon = fields.Datetime.now() + timedelta(days=days + 2)
        domain = (
            Domain("closed_at", "=", False)
            & Domain("state", "=", "active")
            & Domain("user_id", "!=", False)
            & Domain("next_contact_at", "<=", horizon)
            & Domain("activity_ids", "not any", activities._get_debt_call_domain())
        )
        cases = self.search(domain)
        for start in range(0, len(cases), BATCH):
            cases[start : start + BATCH]._sync_call_activities()

    def _call_activities(self):
        """The call activities that this addon made for these cases."""
        # Superuser: exactly the activities of these cases, whoever has them.
        activities = self.env["mail.activity"].sudo()
        return activities.search(
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", self.ids)
            & activities._get_debt_call_domain()
        )

    def _drop_call_activities(self):
        self._call_activities().unlink()

    def _on_closed(self):
        super()._on_closed()
        self._drop_call_activities()

    def _on_assigned(self):
        super()._on_assigned()
        self._sync_call_activities()

    def _call_deadline(self):
        """Date of the next call in the operator's time, False when not due soon."""
        self.ensure_one()
        user = self.user_id
        if not (self.next_contact_at and user.active and self.state == "active"):
            return False
        zone = next(iter(known([user.tz])), self.company_id._debt_zone())
        day = local(zone, self.next_contact_at).date()
        today = local(zone, fields.Datetime.now()).date()
        horizon = today + timedelta(days=self.company_id.debt_planning_days)
        return day if day <= horizon else False

    def _sync_call_activities(self):
        """Make the call activities agree with the planned contacts, set-wise.

        The quick path of activities is used: an operator is not mailed about each of
        his calls.
        """
        activities = self._call_activities()
        by_case = defaultdict(activities.browse)
        for activity in activities:
            by_case[activity.res_id] |= activity
        drop, values = activities.browse(), []
        for case in self.sudo():
            current = by_case[case.id]
            deadline = case._call_deadline()
            drop |= current[1:] if deadline else current
            if not deadline:
                continue
            wanted = case._prepare_activity_values(deadline)
            if current:
                current[0]._debt_update(wanted)
            else:
                values.append(wanted)
        drop.unlink()
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(values)

    def _prepare_activity_values(self, deadline):
        operator = self.with_context(lang=self.user_id.lang)
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": self.env["mail.activity"]._debt_call_type().id,
            "user_id": self.user_id.id,
            "date_deadline": deadline,
            "automated": True,
            "summary": operator.env._(
                "Call %(debtor)s", debtor=self.partner_id.display_name
            ),
        }

    def _done_call_activities(self, feedback):
        """The call has been made: its activity is done, the outcome its feedback."""
        for activity in self._call_activities():
            activity.with_context(debt_outcome_logged=True)._action_done(
                feedback=feedback
            )

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.clock import known, local

BATCH = 1000


class MailActivity(models.Model):
    """One phone-call activity per case that is due soon: the operator's day in Odoo."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        if isinstance(feedback, str) and feedback.strip():
            self._debt_on_done(feedback)
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def _debt_on_done(self, feedback):
        """Hook: these activities are done, and something was written about it.

        :param str feedback: HTML or text
        """

    @api.model
    def _debt_call_type(self):
        # By its id, which is cached: `env.ref` asks the database each time.
        id_ = self.env["ir.model.data"]._xmlid_to_res_id(
            "debt_collection.mail_activity_type_call", raise_if_not_found=True
        )
        return self.env["mail.activity.type"].browse(id_)

    @api.model
    def _get_debt_call_domain(self):
        kind = Domain("activity_type_id", "=", self._debt_call_type().id)
        return kind & Domain("automated", "=", True)

    @api.model
    def _debt_sync_due(self):
        """Give activities to calls that came within the planning horizon overnight."""
        days = max(self.env["res.company"].search([]).mapped("debt_planning_days"))
        horizon = fields.Datetime.now() + timedelta(days=days + 2)
        cases = self.env["debt.case"].search(
            Domain("closed_at", "=", False)
            & (Domain("state", "=", "active") | Domain("callback_at", "!=", False))
            & Domain("user_id", "!=", False)
            & Domain("next_contact_at", "<=", horizon)
            & Domain("activity_ids", "not any", self._get_debt_call_domain())
        )
        for start in range(0, len(cases), BATCH):
            self._debt_sync(cases[start : start + BATCH])

    @api.model
    def _debt_calls(self, cases):
        """The call activities that this addon made for these cases (superuser)."""
        # Superuser: exactly the activities of these cases, whoever has them.
        return self.sudo().search(
            Domain("res_model", "=", cases._name)
            & Domain("res_id", "in", cases.ids)
            & self._get_debt_call_domain()
        )

    @api.model
    def _debt_sync(self, cases):
        """Make the call activities agree with the planned contacts, set-wise.

        The quick path of activities is used: an operator is not mailed about each of
        his calls.
        """
        # Those of a call whose outcome is being logged have just been done.
        logged = self.env.context.get("debt_call_logged")
        activities = self.sudo() if logged else self._debt_calls(cases)
        by_case = defaultdict(activities.browse)
        for activity in activities:
            by_case[activity.res_id] |= activity
        drop, values = activities.browse(), []
        for case in cases.sudo():
            current = by_case[case.id]
            deadline = self._debt_deadline(case)
            drop |= current[1:] if deadline else current
            if not deadline:
                continue
            wanted = self._prepare_debt_call(case, deadline)
            if current:
                current[0]._debt_update(wanted)
            else:
                values.append(wanted)
        drop.unlink()
        activities.with_context(mail_activity_quick_update=True).create(values)

    @api.model
    def _debt_deadline(self, case):
        """Date of the next call in the operator's time, False when not due soon."""
        user = case.user_id
        called = case.state == "active" or case.callback_at
        if not (case.next_contact_at and user.active and called):
            return False
        zone = next(iter(known([user.tz])), case.company_id._debt_zone())
        day = local(zone, case.next_contact_at).date()
        today = local(zone, fields.Datetime.now()).date()
        horizon = today + timedelta(days=case.company_id.debt_planning_days)
        return day if day <= horizon else False

    @api.model
    def _prepare_debt_call(self, case, deadline):
        operator = case.with_context(lang=case.user_id.lang)
        return {
            "res_model_id": self.env["ir.model"]._get_id(case._name),
            # What Odoo would read and write once more for each.
            "res_model": case._name,
            "res_name": case.display_name,
            "user_tz": case.user_id.tz,
            "res_id": case.id,
            "activity_type_id": self._debt_call_type().id,
            "user_id": case.user_id.id,
            "date_deadline": deadline,
            "automated": True,
            "summary": operator.env._(
                "Call %(debtor)s", debtor=case.partner_id.display_name
            ),
        }

    def _debt_update(self, values):
        """Write only what differs, so that an unchanged day writes nothing."""
        changed = {
            name: values[name]
            for name in ("user_id", "date_deadline", "summary")
            if (self[name].id if name == "user_id" else self[name]) != values[name]
        }
        if changed:
            self.with_context(mail_activity_quick_update=True).write(changed)

    @api.model
    def _debt_done(self, case, feedback):
        """The call has been made: its activity is done, the outcome its feedback."""
        for activity in self._debt_calls(case):
            activity.with_context(debt_outcome_logged=True)._action_done(
                feedback=feedback
            )

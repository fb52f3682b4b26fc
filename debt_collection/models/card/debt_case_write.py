from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...tools import due_days

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
#: States in which a case that was dormant is worked again.
WOKEN = {"active", "promised", "disputed", "on_hold"}
FAR = timedelta(days=731)
# A merged debtor takes over what restrains, rather than what drives, collection.
RESTRAINED = ("promised", "disputed", "on_hold", "legal")


class DebtCase(models.Model):
    """Who may write what on a case, and what follows from it."""

    _inherit = "debt.case"

    paused_on = fields.Date(
        readonly=True, help="Since when the retry ladder has been paused."
    )
    ladder_paused_days = fields.Integer(
        readonly=True, help="How many days the case's ladders have been paused."
    )

    suggested_profile_id = fields.Many2one(
        "debt.profile",
        compute="_compute_suggested_profile",
        help="What payments and calls suggest; it takes effect only once confirmed.",
    )
    profile_reasons = fields.Html(
        compute="_compute_suggested_profile", string="Observations"
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
        """Refuse changes by hand to what the gate and the planner rely on."""
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
        resumed, woken = {}, self.browse()
        if vals["state"] in WOKEN and "ladder_id" not in vals:
            woken = self.filtered(lambda case: case.state == "dormant")
        ladders = self.env["debt.segment"]._ladder_values(woken) if woken else {}
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
            if case in woken:
                # Its ladder was over: whoever takes it up begins anew.
                begun = ladders[case] | {"ladder_started_on": today}
                resumed[case] = resumed.get(case, {}) | begun
        return resumed

    @api.constrains("hold_until", "callback_at")
    def _check_not_far(self):
        """A typing error must not postpone a debtor indefinitely."""
        limit = fields.Date.today() + FAR
        for case in self:
            callback = case.callback_at and case.callback_at.date()
            if max(case.hold_until or limit, callback or limit) > limit:
                raise ValidationError(
                    self.env._("Choose a day within the next two years.")
                )

    # --- states -------------------------------------------------------------------
    def _set_state(self, state, **values):
        """Move open cases to another state and plan anew."""
        self.check_access("write")
        # Superuser: states are not written by hand but by those who may do this here.
        cases = self.sudo().filtered(lambda case: case.state != "closed")
        cases.write({"state": state, "plan_dirty": True, **values})
        cases._plan()

    def _close(self, reason):
        """Close with a reason; what was planned is taken back."""
        # Superuser: callers have checked who may close a case.
        cases = self.sudo().filtered(lambda case: case.state != "closed")
        for case in cases:
            case.closed_state = case.state
        cases.write(
            {
                "state": "closed",
                "closed_at": fields.Datetime.now(),
                "close_reason": reason,
                "next_contact_at": False,
                "contact_until": False,
                "next_contact_code": False,
                "next_contact_block": False,
                "plan_dirty": False,
            }
        )
        cases._on_closed()

    def _on_closed(self):
        """Hook: cases have just been closed, by hand or by the ledger."""

    def _on_stage_changed(self):
        """Hook: cases have just moved to another stage; their ladder begins anew."""
        ladders = self.env["debt.segment"]._ladder_values(self)
        for case in self:
            values = ladders[case] | {
                "ladder_started_on": case.company_id._debt_today(),
                "plan_dirty": True,
            }
            if case.state == "dormant":
                values["state"] = "active"
            case.write(values)

    def _state_without_pause(self):
        """Hook: where a case goes when what came over it is over."""
        self.ensure_one()
        today = self.company_id._debt_today()
        return "on_hold" if self.hold_until and self.hold_until >= today else "active"

    # --- the kind of debtor ---------------------------------------------------------
    @api.depends("partner_id", "company_id")
    def _compute_suggested_profile(self):
        suggestions = self.env["debt.profile"]._suggestions(self)
        for case in self:
            profile, sentences = suggestions.get(case, (False, []))
            case.suggested_profile_id = profile
            case.profile_reasons = Markup("<ul class='mb-0 ps-3'>%s</ul>") % Markup(
                ""
            ).join(Markup("<li>%s</li>") % sentence for sentence in sentences)

    def action_accept_profile(self):
        """Take over what is suggested, where anything is."""
        by_profile = self.grouped("suggested_profile_id")
        for profile, cases in by_profile.items():
            if profile:
                cases.filtered(lambda c, p=profile: c.profile_id != p).write(
                    {"profile_id": profile.id}
                )

    def _on_default_ladder(self):
        """Cases whose ladder nobody chose by hand."""
        # Superuser: ladders are the planner's; only theirs are compared.
        cases, segments = self.sudo(), self.env["debt.segment"]
        ladders = segments.with_context(debt_draws_nobody=True)._ladders(cases)
        return cases.filtered(
            lambda case: (
                not case.ladder_id
                or case.ladder_id in ladders[case] + case.rule_ladder_id
            )
        )

    def _follow_profile(self):
        """Another kind of debtor may be called by another ladder."""
        cases = self.sudo()
        for case, values in self.env["debt.segment"]._ladder_values(cases).items():
            if values["ladder_id"] and values["ladder_id"] != case.ladder_id.id:
                today = case.company_id._debt_today()
                case.write(values | {"ladder_started_on": today})

    # --- debtors who turn out to be one: their cases become one as well ---------------
    def _merge_into(self, debtor, move_references):
        """Give cases to another debtor, and all open ones of a company to one case.

        :param debtor: the commercial partner who remains
        :param move_references: function of (from, to) that redirects every reference
            from one record to another
        """
        cases = self | self.search([("partner_id", "=", debtor.id)])
        for company in cases.company_id:
            group = cases.filtered(
                lambda case, company=company: (
                    case.company_id == company and not case.closed_at
                )
            )
            kept = group.filtered(lambda case: case.partner_id == debtor)
            kept = kept or group.sorted("id")[:1]
            for case in group - kept:
                case._merge_one(kept, move_references)
        moved = cases.filtered(lambda case: case.partner_id != debtor)
        moved.partner_id = debtor
        moved.flush_recordset()

    def _merge_one(self, kept, move_references):
        """Close a case in favour of another, which gets calls, promises, disputes."""
        self.ensure_one()
        values = self._prepare_merge_values(kept)
        self._before_merge(kept)
        self.env.flush_all()
        move_references(self, kept)
        self.invalidate_recordset()
        self._close("merged")
        self._message_log(
            body=self.env._(
                "Merged into the case of %(debtor)s.",
                debtor=kept.partner_id.display_name,
            )
        )
        kept.write(values | {"plan_dirty": True})

    def _before_merge(self, kept):
        """Hook: this case is about to be merged into another one."""

    def _prepare_merge_values(self, kept):
        """What the case that is kept takes over from one that is merged into it."""
        values = {"priority": max(self.priority, kept.priority)}
        for name in ("user_id", "team_id", "profile_id"):
            values[name] = (kept[name] or self[name]).id
        callbacks = (self | kept).filtered("callback_at").mapped("callback_at")
        values["callback_at"] = min(callbacks, default=False)
        holds = (self | kept).filtered("hold_until").mapped("hold_until")
        values["hold_until"] = max(holds, default=False)
        if self.state in RESTRAINED and kept.state not in RESTRAINED:
            values["state"] = self.state
        endless = (self | kept).filtered(
            lambda case: case.state == "on_hold" and not case.hold_until
        )
        if endless and "legal" not in (self.state, kept.state):
            # Until somebody ends it: the other's day is none of its own.
            values |= {"state": "on_hold", "hold_until": False}
        return values

    # --- found by days past due, which change every day and are not stored -----------
    def _search_days_past_due(self, operator, value):
        """Days past due say the same as a due date, seen from today."""
        today = self.env.company._debt_today()
        due = "oldest_due_date"
        if operator == "in":
            days, not_due = due_days.on_days(self._days_asked(value), today)
            found = Domain(due, "in", days)
            later = Domain(due, "=", False) | Domain(due, ">=", today)
            return found | later if not_due else found
        if operator not in (">", ">=", "<", "<="):
            return NotImplemented
        [days] = self._days_asked([value])
        condition = due_days.compared(operator, days, today)
        if isinstance(condition, bool):
            return Domain.TRUE if condition else Domain.FALSE
        found = Domain(due, *condition)
        return found | Domain(due, "=", False) if condition[0] == ">" else found

    @api.model
    def _days_asked(self, values):
        """Numbers of days that somebody searches for, within what there can be.

        :raises UserError: one of them is no number
        """
        try:
            return [due_days.bounded(value or 0) for value in values]
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("Search days past due by a number of days.")
            ) from error

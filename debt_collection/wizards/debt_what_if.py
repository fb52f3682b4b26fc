from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ..models.card.arguments import is_values
from ..tools.clock import DAY
from ..tools.forecast import KINDS, Moves

# Too few calls say little about how long one takes; then this is assumed.
CALLS_ENOUGH = 20
MINUTES_ASSUMED = 4.0
MEASURED = timedelta(days=90)
SAMPLE = 1000


class DebtWhatIf(models.TransientModel):
    """What a changed policy or ladder would do to the contacts of the next 30 days.

    The form hands over what was changed and not saved; a record that exists in memory
    only takes these values, and its pure form is played through beside the saved one.
    So nothing is written, not even for a moment: a change written and rolled back
    could be read by others from the cache of policies, and somebody would be called by
    a law that was never in force.
    """

    _name = "debt.what.if"
    _description = "What a Change Would Do"

    what = fields.Char(string="Changed Rule", readonly=True)
    changed = fields.Boolean(string="With a Change", readonly=True)
    # See `_forecast`.
    outcome = fields.Json(readonly=True)
    team_id = fields.Many2one("debt.team", help="Empty: the teams of all your cases.")
    hours_per_day = fields.Float(
        string="Hours for Calls",
        default=6.0,
        help="Per day, of an operator whose capacity is the largest of the team; the "
        "others count in proportion to theirs.",
    )
    minutes_per_call = fields.Float(
        compute="_compute_minutes_per_call",
        store=True,
        readonly=False,
        help="From dialling to the outcome, on average. Measured over the last 90 days "
        "where there were calls enough.",
    )
    html = fields.Html(string="Upcoming Calls", compute="_compute_html", sanitize=False)

    @api.model
    def _open(self, what, **change):
        """Play the change through, and show what comes of it.

        :param str what: name of what was changed, None: how it is without a change
        :param change: see `_forecast`
        """
        outcome = self._forecast(**change)
        values = {"what": what, "changed": bool(what), "outcome": outcome}
        name = self.env._("Calls of the Next 30 Days")
        if what:
            name = self.env._("What Would Change: %(what)s", what=what)
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "res_id": self.create(values).id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @api.model
    def action_forecast(self):
        """Show the calls to come and the teams' capacity, nothing changed."""
        return self._open(None)

    @api.depends("team_id")
    def _compute_minutes_per_call(self):
        for what_if in self:
            what_if.minutes_per_call = what_if._measured_minutes()

    def _measured_minutes(self):
        """Mean minutes from dialling to the outcome, of the calls of some cases."""
        cases = self.env["debt.case"]
        team = SQL("AND debt_case.team_id = %s", self.team_id.id or 0)
        [(count, seconds)] = self.env.execute_query(
            SQL(
                """
                SELECT count(*), avg(extract(epoch FROM ended_at - started_at))
                  FROM debt_call
                  JOIN debt_case ON debt_case.id = debt_call.case_id
                 WHERE debt_call.state = 'done'
                   AND direction = 'outbound'
                   AND started_at > %s
                   AND ended_at BETWEEN started_at AND started_at + interval '1 hour'
                   AND debt_call.company_id = ANY(%s) %s
                """,
                fields.Datetime.now() - MEASURED,
                cases.env.companies.ids,
                team if self.team_id else SQL(),
            )
        )
        if count < CALLS_ENOUGH:
            return MINUTES_ASSUMED
        return max(0.5, round(float(seconds) / 60, 1))

    def _capacity(self):
        """Hours a day that the operators can call.

        Somebody of two teams counts once. A team's largest capacity is a whole day.
        """
        teams = self.team_id or self.env["debt.team"].search([])
        share = {}
        for team in teams:
            largest = max(team.member_ids.mapped("capacity"), default=1)
            for member in team.member_ids:
                own = member.capacity / largest
                share[member.user_id] = max(own, share.get(member.user_id, 0))
        return sum(share.values()) * self.hours_per_day

    @api.model
    def _sample_size(self):
        """Of how many cases at most the calls are played through: a few seconds."""
        return SAMPLE

    # --- what is shown --------------------------------------------------------------
    @api.depends("outcome", "team_id", "hours_per_day", "minutes_per_call")
    @api.depends_context("lang")
    def _compute_html(self):
        for what_if in self:
            what_if.html = what_if.outcome and self.env["ir.qweb"]._render(
                "debt_collection.what_if", what_if._prepare_values()
            )

    def _prepare_values(self):
        outcome = self.outcome
        teams = self._counted_teams()
        scale = outcome["population"] / (outcome["sample"] or 1)
        days = self._prepare_days(teams, scale)
        stuck = [round(scale * sum(team["stuck"][n] for team in teams)) for n in (0, 1)]
        # The user's own rights: names of cases he may read.
        cases = self.env["debt.case"].search([("id", "in", outcome["stuck"])])
        over = [sum(day[key] for day in days) for key in ("over", "now_over")]
        capacity = self._capacity()
        return {
            "changed": self.changed,
            "population": outcome["population"],
            "kinds": [self._prepare_kind(kind, teams, scale) for kind in KINDS],
            "stuck": stuck,
            "stuck_text": self._both(stuck),
            "stuck_cases": cases if self.changed else cases.browse(),
            "days": days,
            "over": over,
            "over_text": self._both(over),
            "capacity": capacity,
            "capacity_text": self.env._(
                "Capacity: %(hours)s h", hours=f"{capacity:.1f}"
            ),
            "notes": self._notes(),
            "top": self._line(days),
        }

    def _prepare_kind(self, kind, teams, scale):
        """The calls, or the messages, of all days: how many, and what becomes of them.

        :param str kind: calls, messages
        """
        labels = {
            "calls": self.env._("Calls in 30 days"),
            "messages": self.env._("Messages in 30 days"),
        }
        counts = [sum(_totals(teams, kind, key)) for key in ("before", "after")]
        totals = [round(scale * count) for count in counts]
        moves = sum((Moves(*team[kind]["moves"]) for team in teams), Moves())
        return {
            "kind": kind,
            "label": labels[kind],
            "totals": totals,
            "text": self._both(totals),
            "moves": Moves(*(round(scale * number) for number in moves)),
        }

    def _both(self, numbers):
        """How it is and how it would be; the latter alone where nothing is changed."""
        return " → ".join(map(str, numbers if self.changed else numbers[1:]))

    def _notes(self):
        """What was assumed, in sentences."""
        text = self.env._(
            "The contacts of each case are planned one after another, as if nobody "
            "answered, nobody paid and no new case was opened. Days are those of "
            "your company. Messages are those of the ladders; hours are those of "
            "calls."
        )
        # Superuser: a setting of the user's companies.
        silent = self.env.companies.sudo().filtered(lambda one: not one.debt_texts_on)
        if silent:
            off = self.env._(
                "The texts of ladders are switched off (%(companies)s): these messages "
                "go out only once they are switched on.",
                companies=", ".join(silent.mapped("name")),
            )
            text = f"{text} {off}"
        count, population = self.outcome["sample"], self.outcome["population"]
        if count == population:
            return text
        sampled = self.env._(
            "A sample of %(count)s of %(population)s cases was taken, always the same, "
            "and the numbers are scaled up.",
            count=count,
            population=population,
        )
        return f"{text} {sampled}"

    def _counted_teams(self):
        teams = self.outcome["teams"]
        if self.team_id:
            teams = {key: teams[key] for key in {str(self.team_id.id)} & set(teams)}
        return list(teams.values())

    def _prepare_days(self, teams, scale):
        """The days: contacts and hours, before and after; whether it is too much."""
        capacity, today = self._capacity(), fields.Date.to_date(self.outcome["today"])
        totals = [
            _totals(teams, kind, key) for kind in KINDS for key in ("before", "after")
        ]
        days = []
        for number, counts in enumerate(zip(*totals, strict=True)):
            before, after, *written = (round(scale * count) for count in counts)
            hours = [count * self.minutes_per_call / 60 for count in (before, after)]
            day = today + number * DAY
            label = format_date(self.env, day, date_format="EEE d MMM")
            days.append(
                {
                    "label": label,
                    "title": f"{label}: {after}",
                    "short": format_date(self.env, day, date_format="d"),
                    "week": day.weekday() == 0 or not number,
                    "before": before,
                    "after": after,
                    "written": written,
                    "hours": hours,
                    "over": hours[0] > capacity,
                    "now_over": hours[1] > capacity,
                }
            )
        return days

    def _line(self, days):
        """The hours at the top of the chart."""
        return max([0.1, self._capacity() * 1.1, *(max(day["hours"]) for day in days)])


def _totals(teams, kind, key):
    """The counts of each day over these teams."""
    counts = (team[kind][key] for team in teams)
    return [sum(day) for day in zip(*counts, strict=True)]


class DebtContactPolicy(models.Model):
    _inherit = "debt.contact.policy"

    def action_what_if(self, changes):
        """Show what unsaved changes of this policy would do; nothing is written.

        :param dict changes: values as for `write`, for a new policy all of them
        """
        draft = self._draft(changes)
        law = replace(draft._to_law(), id=self.id or 0)
        return self.env["debt.what.if"]._open(
            draft.name or self.env._("New"), law=law, active=draft.active
        )


class DebtLadder(models.Model):
    _inherit = "debt.ladder"

    def action_what_if(self, changes):
        """Show what unsaved changes of this ladder would do; nothing is written.

        :param dict changes: values as for `write`, for a new ladder all of them
        """
        draft = self._draft(changes)
        return self.env["debt.what.if"]._open(
            draft.name or self.env._("New"), ladder=draft
        )


class DebtPlanSource(models.AbstractModel):
    _inherit = "debt.plan.source"

    def _draft(self, changes):
        """This record, or a new one, in memory only and with these changes.

        :param dict changes: values as for `write`
        :raises UserError: they are none
        """
        if not is_values(changes):
            raise UserError(self.env._("Give the changes as values by name."))
        if not self.env.user.has_group("debt_collection.group_debt_manager"):
            raise AccessError(
                self.env._("Only managers see what a change of the rules would do.")
            )
        self.check_access("write")
        # An earlier draft in this transaction would shine through.
        self.env.invalidate_all()
        known = {name: changes[name] for name in changes if name in self._fields}
        return self.new(known, origin=self)

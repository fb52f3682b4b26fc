from collections import defaultdict
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, mute_logger

from ...tools.clock import instant
from ...tools.targets import Measure, hours_at_telephone

#: Days that are over are judged once; after so many nobody asks any more.
CATCH_UP = 7
#: Promises that fell due in so many days up to the day are counted.
KEPT_IN = timedelta(days=30)
DECIDED = ("kept", "partial", "broken")
#: Calls that no operator had say nothing of a team.
WITHOUT_OPERATORS = ("robot", "voice_message")


class DebtTeamDay(models.Model):
    """A team's day beside its targets, as it was known on the next morning.

    Written once, when the day is over, by the scheduled action `_cron_judge`; a day
    that falls short becomes an activity of the team's manager.
    """

    _name = "debt.team.day"
    _description = "Team Day and Targets"
    _inherit = ["debt.chatter", "mail.activity.mixin", "debt.rates"]
    _order = "day desc, team_id"
    _rec_name = "team_id"
    # Nobody writes a day; whoever reads it may talk about it, and see its activity.
    _mail_post_access = "read"
    _rates = {
        "answered_rate": ("answered", "attempts"),
        "kept_rate": ("promises_kept", "promises_due"),
        "calls_hour": ("attempts", "hours"),
    }

    team_id = fields.Many2one(
        "debt.team", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    day = fields.Date(required=True, readonly=True, help="Where the company is.")
    attempts = fields.Integer(readonly=True, help="Outgoing calls.")
    answered = fields.Integer(readonly=True)
    hours = fields.Float(
        string="Hours at the Telephone",
        readonly=True,
        help="From call to call, without pauses of more than half an hour.",
    )
    promises_due = fields.Integer(
        string="Promises Fallen Due",
        readonly=True,
        aggregator=None,
        help="In the 30 days up to this one, and decided.",
    )
    promises_kept = fields.Integer(
        string="Of These, Kept", readonly=True, aggregator=None
    )
    answered_rate = fields.Float(readonly=True, aggregator="avg")
    answered_target = fields.Float(readonly=True, aggregator="avg")
    kept_rate = fields.Float(readonly=True, aggregator="avg")
    kept_target = fields.Float(readonly=True, aggregator="avg")
    calls_hour = fields.Float(string="Calls an Hour", readonly=True, aggregator="avg")
    calls_hour_target = fields.Float(readonly=True, aggregator="avg")
    is_short = fields.Boolean(string="Fell Short", readonly=True, index=True)
    shortfall = fields.Text(string="What Fell Short", readonly=True)

    _team_day_once = models.Constraint(
        "UNIQUE(team_id, day)", "A team's day is judged once."
    )

    @api.depends("team_id", "day")
    def _compute_display_name(self):
        for one in self:
            name = one.team_id.display_name or ""
            one.display_name = f"{name}, {format_date(self.env, one.day)}"

    @api.model
    def _cron_judge(self):
        """The hourly job: judge the days that are over where their company is."""
        teams = self.env["debt.team"].sudo().search([])
        for team in teams.filtered(lambda team: team._targets()):
            today = team.company_id._debt_today()
            days = {today - timedelta(days=n) for n in range(1, CATCH_UP + 1)}
            # A team is judged from the day on which it was made.
            days = {day for day in days if day >= team.create_date.date()}
            known = self.sudo().search([("team_id", "=", team.id)]).mapped("day")
            for day in sorted(days - set(known)):
                self._judge(team, day)

    @api.model
    def _judge(self, team, day):
        """Write down a team's day, and tell its manager when it fell short.

        Nothing is written of a day without a call. Two that do it at once: the second
        leaves it to the first.

        :param date day: over, where the company is
        """
        values = self._prepare_day(team, day)
        if not values["attempts"]:
            return
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                judged = self.sudo().create(values)
        except UniqueViolation:
            return
        if judged.is_short:
            judged._tell_manager()

    @api.model
    def _prepare_day(self, team, day):
        calls = self._calls_of(team, day)
        promises = self._promises_of(team, day)
        answered = calls.filtered("connected")
        measures = [
            Measure("answered", len(answered), len(calls)),
            Measure("kept", promises.get("kept", 0), sum(promises.values())),
            Measure("calls_hour", len(calls), self._hours(calls)),
        ]
        targets = team._targets()
        short = [
            measure
            for measure in measures
            if measure.falls_short(targets.get(measure.name, 0))
        ]
        rates = {measure.name: measure.rate for measure in measures}
        return {
            "team_id": team.id,
            "company_id": team.company_id.id,
            "day": day,
            "attempts": len(calls),
            "answered": len(answered),
            "hours": measures[2].among,
            "promises_due": sum(promises.values()),
            "promises_kept": promises.get("kept", 0),
            "answered_rate": rates["answered"],
            "answered_target": team.target_answered,
            "kept_rate": rates["kept"],
            "kept_target": team.target_kept,
            "calls_hour": rates["calls_hour"],
            "calls_hour_target": team.target_calls_hour,
            "is_short": bool(short),
            "shortfall": self._name_shortfall(team, short, targets),
        }

    @api.model
    def _calls_of(self, team, day):
        """The outgoing calls that operators had of a day about the team's cases.

        :param date day: where the company is
        """
        zone = team.company_id._debt_zone()
        made = Domain("started_at", ">=", instant(zone, day))
        made &= Domain("started_at", "<", instant(zone, day + timedelta(days=1)))
        # Superuser: a scheduled action, for exactly this team.
        return (
            self.env["debt.call"]
            .sudo()
            .search(
                made
                & Domain("case_id.team_id", "=", team.id)
                & Domain("direction", "=", "outbound")
                & Domain("mode", "not in", WITHOUT_OPERATORS)
                & Domain("state", "!=", "draft")
            )
        )

    @api.model
    def _promises_of(self, team, day):
        """Number of decided promises that fell due up to a day, by their state."""
        return dict(
            self.env["debt.promise"]
            .sudo()
            ._read_group(
                [
                    ("case_id.team_id", "=", team.id),
                    ("state", "in", DECIDED),
                    ("date", ">", day - KEPT_IN),
                    ("date", "<=", day),
                ],
                ["state"],
                ["__count"],
            )
        )

    @api.model
    def _hours(self, calls):
        """Hours at the telephone, added up over the operators."""
        spans = defaultdict(list)
        for call in calls:
            end = max(filter(None, (call.finished_at, call.ended_at, call.started_at)))
            spans[call.user_id].append((call.started_at, end))
        return sum(map(hours_at_telephone, spans.values()))

    @api.model
    def _name_shortfall(self, team, measures, targets):
        """What fell short, a sentence for each, in the language of who is told."""
        told = self.with_context(lang=self._told(team).lang)
        texts = {
            "answered": told.env._(
                "Calls answered: %(reached)s of %(target)s aimed at"
            ),
            "kept": told.env._("Promises kept: %(reached)s of %(target)s aimed at"),
            "calls_hour": told.env._(
                "Calls an hour: %(reached)s of %(target)s aimed at"
            ),
        }
        return "\n".join(
            texts[one.name]
            % {
                "reached": _shown(one.name, one.rate),
                "target": _shown(one.name, targets[one.name]),
            }
            for one in measures
        )

    @api.model
    def _told(self, team):
        # Nobody else could open what he is told of.
        named = team.manager_id.filtered(
            lambda user: (
                user.active and user.has_group("debt_collection.group_debt_manager")
            )
        )
        return named or team._default_manager(team.company_id)

    def _tell_manager(self):
        """An activity for whoever answers for the team; one is enough at a time."""
        self.ensure_one()
        if self.team_id.sudo().day_ids.activity_ids:
            return
        if not (manager := self._told(self.team_id)):
            return
        told = self.with_context(lang=manager.lang)
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=told.env._(
                "%(team)s fell short on %(day)s",
                team=told.team_id.name,
                day=format_date(told.env, self.day),
            ),
            note="<br/>".join(self.shortfall.splitlines()),
            user_id=manager.id,
            date_deadline=self.company_id._debt_today(),
        )


def _shown(name, number):
    return f"{number:.1f}" if name == "calls_hour" else f"{number:.0%}"

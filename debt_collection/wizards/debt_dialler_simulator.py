from datetime import timedelta
from functools import lru_cache

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

from ..tools.dialler_formulas import (
    Figures,
    by_message,
    by_operators,
    mode_in_use,
)
from ..tools.dialler_simulation import simulate
from ..tools.pacing import (
    MIN_OPERATORS,
    PREDICTIVE,
    PREVIEW,
    PROGRESSIVE,
    VOICE_MESSAGE,
)

DAYS = 30
# So many calls of a kind make a figure; fewer would be chance.
ENOUGH = 20
# A simulation of so many conversations takes about a second.
CONVERSATIONS = 1500
MOST_OPERATORS, MOST_LINES, LEAST_ANSWERED = 200, 2000, 0.02
# Predictive abandons people: it has to bring so much more than progressive.
WORTH_IT = 1.05

#: The fields that are figures of ``Figures``, by name.
FIGURES = {
    "operators": "operators",
    "answer_rate": "answer_rate",
    "talk_seconds": "talk",
    "wrap_up_seconds": "wrap_up",
    "reading_seconds": "reading",
    "ring_seconds": "ring",
    "failed_seconds": "failed",
    "message_seconds": "message",
    "max_lines": "max_lines",
    "abandon_cap": "cap",
}


@lru_cache(maxsize=100)
def play(figures):
    """Predictive dialling, played; the same figures are asked for again and again."""
    hours = max(0.5, CONVERSATIONS / figures.operators / 15)
    return simulate(mode_in_use(PREDICTIVE, figures), figures, hours)


class DebtDiallerSimulator(models.TransientModel):
    """What each dialling mode would yield with a team's own figures."""

    _name = "debt.dialler.simulator"
    _description = "Dialling Mode Simulator"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    team_id = fields.Many2one(
        "debt.team",
        domain="[('company_id', '=', company_id)]",
        help="Empty: the calls of the whole company.",
    )
    source_note = fields.Text(compute="_compute_figures", store=True, precompute=True)
    operators = fields.Integer(
        compute="_compute_figures", store=True, readonly=False, precompute=True
    )
    answer_rate = fields.Float(
        compute="_compute_figures",
        store=True,
        readonly=False,
        precompute=True,
        digits=(4, 3),
        help="People who answer, of all numbers dialled.",
    )
    talk_seconds = fields.Integer(
        string="Talk",
        compute="_compute_figures",
        store=True,
        readonly=False,
        precompute=True,
        help="Seconds from the answer to the end of the conversation.",
    )
    wrap_up_seconds = fields.Integer(
        string="Wrap-up",
        default=lambda self: Figures.wrap_up,
        help="Seconds an operator needs after a conversation to log it.",
    )
    reading_seconds = fields.Integer(
        string="Reading",
        default=lambda self: Figures.reading,
        help="Seconds an operator reads before each dial. Only preview has them.",
    )
    ring_seconds = fields.Integer(
        string="Ringing",
        compute="_compute_figures",
        store=True,
        readonly=False,
        precompute=True,
        help="Seconds from dialling to the answer.",
    )
    failed_seconds = fields.Integer(
        string="Failed Dial",
        compute="_compute_figures",
        store=True,
        readonly=False,
        precompute=True,
        help="Seconds that an unanswered call takes.",
    )
    message_seconds = fields.Integer(
        string="Voice Message",
        default=lambda self: Figures.message,
        help="Seconds a voice message lasts.",
    )
    max_lines = fields.Integer(
        string="Lines",
        default=lambda self: Figures.max_lines,
        help="Numbers that may be dialled at the same time.",
    )
    abandon_cap = fields.Float(
        string="Maximum Abandoned",
        default=lambda self: Figures.cap,
        digits=(4, 3),
        help="Of those who answer, the share for whom no operator may be free. Three "
        "in a hundred is what regulators allow.",
    )
    result_html = fields.Html(
        string="Result", compute="_compute_result_html", sanitize=False
    )

    # --- figures of the team ------------------------------------------------------
    @api.depends("company_id", "team_id")
    def _compute_figures(self):
        for simulator in self:
            calls, measured = simulator._measure()
            for name in simulator._measurable():
                default = getattr(Figures, FIGURES[name])
                simulator[name] = measured.get(name, default)
            simulator.source_note = simulator._describe(calls, measured)

    @api.model
    def _measurable(self):
        return (
            "operators",
            "answer_rate",
            "talk_seconds",
            "ring_seconds",
            "failed_seconds",
        )

    def _get_calls_domain(self):
        """The calls by which a team is measured: those that operators made."""
        since = fields.Datetime.now() - timedelta(days=DAYS)
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("direction", "=", "outbound")
            & Domain("mode", "not in", ("robot", "voice_message"))
            & Domain("state", "=", "done")
            & Domain("outcome_id", "!=", False)
            & Domain("started_at", ">=", since)
        )
        if self.team_id:
            domain &= Domain("case_id.team_id", "=", self.team_id.id)
        return domain

    def _measure(self):
        """The team's figures of the last days.

        Ringing is known only where telephony saw it.

        :return: number of calls, and a dict of figures by field, without those for
            which there were too few calls
        """
        model = self.env["debt.call"]
        model.flush_model()
        query = model._search(self._get_calls_domain())
        columns = SQL(
            """
            count(*),
            count(DISTINCT debt_call.user_id) FILTER (
                WHERE debt_call.user_id != %s),
            count(*) FILTER (WHERE connected),
            count(*) FILTER (WHERE duration > 0),
            avg(duration) FILTER (WHERE duration > 0),
            count(*) FILTER (WHERE confirmed_by = 'telephony'
                             AND answered_at IS NOT NULL),
            avg(extract(epoch FROM answered_at - started_at))
                FILTER (WHERE confirmed_by = 'telephony'),
            count(*) FILTER (WHERE confirmed_by = 'telephony'
                             AND answered_at IS NULL AND ended_at IS NOT NULL),
            avg(extract(epoch FROM ended_at - started_at))
                FILTER (WHERE confirmed_by = 'telephony' AND answered_at IS NULL)
            """,
            # Whose are the calls that nobody was put through to.
            SUPERUSER_ID,
        )
        [row] = self.env.execute_query(query.select(columns))
        calls, operators, connected, *means = row
        operators = len(self.team_id.member_ids) or operators
        measured = {"operators": operators} if operators else {}
        if calls >= ENOUGH:
            measured["answer_rate"] = round(connected / calls, 3)
        names = ("talk_seconds", "ring_seconds", "failed_seconds")
        for name, count, mean in zip(names, means[::2], means[1::2], strict=True):
            if count >= ENOUGH:
                measured[name] = round(mean)
        return calls, measured

    def _describe(self, calls, measured):
        """Say which figures are the team's own and which are assumed."""
        labels = {name: self._label(name) for name in FIGURES}
        own = [labels[name] for name in labels if name in measured]
        assumed = [labels[name] for name in labels if name not in measured]
        values = {
            "calls": calls,
            "days": DAYS,
            "own": ", ".join(own),
            "assumed": ", ".join(assumed),
        }
        if not own:
            return self.env._(
                "There are too few calls of the last %(days)s days to measure: all "
                "figures are assumed. Put in your own.",
                **values,
            )
        return self.env._(
            "Your own figures, from %(calls)s calls of the last %(days)s days: "
            "%(own)s. Assumed: %(assumed)s.",
            **values,
        )

    def _label(self, name):
        return self._fields[name]._description_string(self.env)

    # --- the modes ----------------------------------------------------------------
    @api.depends(*FIGURES)
    def _compute_result_html(self):
        for simulator in self:
            problem = simulator._problem()
            values = {"problem": problem} if problem else simulator._prepare_result()
            simulator.result_html = self.env["ir.qweb"]._render(
                "debt_collection.dialler_simulation", {"problem": False, **values}
            )

    def _problem(self):
        """What is wrong with the figures, None when nothing is."""
        if not 1 <= self.operators <= MOST_OPERATORS:
            return self.env._("Choose 1 to %(most)s operators.", most=MOST_OPERATORS)
        if not LEAST_ANSWERED <= self.answer_rate <= 1:
            return self.env._("The answer rate lies between 2 % and 100 %.")
        if not self.operators <= self.max_lines <= MOST_LINES:
            return self.env._(
                "There must be a line for each operator, and at most %(most)s lines.",
                most=MOST_LINES,
            )
        if not 0 <= self.abandon_cap <= 0.1:
            return self.env._("At most 10 % may be abandoned.")
        seconds = ("talk", "wrap_up", "reading", "ring", "failed", "message")
        if not all(1 <= self[f"{name}_seconds"] <= 3600 for name in seconds):
            return self.env._("Each duration must be between 1 second and 1 hour.")
        return None

    def _figures(self):
        return Figures(**{figure: self[name] for name, figure in FIGURES.items()})

    def _yields(self):
        """What each mode yields, by mode."""
        figures = self._figures()
        return {
            PREVIEW: by_operators(PREVIEW, figures),
            PROGRESSIVE: by_operators(PROGRESSIVE, figures),
            PREDICTIVE: play(figures),
            VOICE_MESSAGE: by_message(figures),
        }

    def _prepare_result(self):
        yields = self._yields()
        best = self._best(yields)
        labels = dict(
            self.env["debt.call"]._fields["mode"]._description_selection(self.env)
        )
        most = max(found.per_hour for found in yields.values() if found.utilisation)
        rows = [
            self._prepare_row(labels[mode], found, most, best == mode)
            for mode, found in yields.items()
            if mode != PREDICTIVE or self.operators >= MIN_OPERATORS
        ]
        return {"rows": rows, "advice": self._advice(best, yields)}

    def _prepare_row(self, label, found, most, best):
        row = {"label": label, "best": best, "people": found.utilisation is not None}
        if not row["people"]:
            return row | {"team": self._number(found.per_hour, 0)}
        return row | {
            "width": round(100 * found.per_hour / most),
            "per_hour": self._number(found.per_hour),
            "team": self._number(found.per_hour * self.operators, 0),
            "utilisation": self._percent(found.utilisation, 0),
            "wait": self._number(found.wait, 0),
            "abandoned": self._percent(found.abandoned),
        }

    def _number(self, value, digits=1):
        return formatLang(self.env, value, digits=digits)

    def _percent(self, share, digits=1):
        return self.env._("%(number)s %%", number=self._number(100 * share, digits))

    @api.model
    def _best(self, yields):
        """The mode to advise to those who have operators."""
        gain = yields[PREDICTIVE].per_hour / yields[PROGRESSIVE].per_hour
        return PREDICTIVE if gain >= WORTH_IT else PROGRESSIVE

    def _advice(self, best, yields):
        """The advice in sentences."""
        values = {
            **{mode: self._number(one.per_hour) for mode, one in yields.items()},
            VOICE_MESSAGE: self._number(yields[VOICE_MESSAGE].per_hour, 0),
            "abandoned": self._percent(yields[PREDICTIVE].abandoned),
            "least": MIN_OPERATORS,
            "lines": self.max_lines,
        }
        return [self._advise_mode(best, values), self._advise_messages(values)]

    def _advise_mode(self, best, values):
        if best == PREDICTIVE:
            return self.env._(
                "Predictive would give %(predictive)s conversations an hour per "
                "operator instead of %(progressive)s; %(abandoned)s of those who "
                "answer would find no operator.",
                **values,
            )
        if self.operators < MIN_OPERATORS:
            return self.env._(
                "Progressive would give %(progressive)s conversations an hour per "
                "operator instead of %(preview)s with preview. Predictive is not "
                "offered below %(least)s operators.",
                **values,
            )
        return self.env._(
            "Progressive would give %(progressive)s conversations an hour per operator "
            "instead of %(preview)s with preview. Predictive, with %(predictive)s, is "
            "hardly worth the %(abandoned)s of those who answer and find no operator.",
            **values,
        )

    def _advise_messages(self, values):
        return self.env._(
            "A voice message would be heard by %(voice_message)s debtors an hour on "
            "%(lines)s lines, without an operator, and brings no conversation.",
            **values,
        )

from datetime import datetime
from itertools import pairwise

from odoo import api, fields, models
from odoo.fields import Domain

from .phases import PHASES

# No talk is longer; what is beyond was not written by the call window.
LONGEST_PATH = 500


class DebtCallStep(models.Model):
    """Where a call was in its script, and for how long: rows nobody edits."""

    _name = "debt.call.step"
    _description = "Step of a Call"
    _order = "call_id, entered_at, id"
    _rec_name = "step_name"

    call_id = fields.Many2one(
        "debt.call", required=True, readonly=True, index=True, ondelete="cascade"
    )
    step_id = fields.Many2one(
        "debt.script.step",
        string="Script Step",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    phase = fields.Selection(PHASES, required=True, readonly=True)
    step_name = fields.Char(string="Step", required=True, readonly=True)
    answer_id = fields.Many2one(
        "debt.script.answer",
        string="Script Answer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    answer_name = fields.Char(string="Answer", readonly=True)
    wording = fields.Selection(
        [("1", "First"), ("2", "Second")],
        readonly=True,
        help="Which was heard, of a step that has two.",
    )
    entered_at = fields.Datetime(string="From", required=True, readonly=True)
    left_at = fields.Datetime(string="Until", required=True, readonly=True)
    seconds = fields.Integer(
        compute="_compute_seconds",
        store=True,
        precompute=True,
        help="Seconds spent in the step.",
    )

    @api.depends("entered_at", "left_at")
    def _compute_seconds(self):
        for step in self:
            step.seconds = (step.left_at - step.entered_at).total_seconds()


class DebtCall(models.Model):
    _inherit = "debt.call"

    # Whether a script was used is asked whenever it is changed.
    script_id = fields.Many2one(index="btree_not_null")
    path_ids = fields.One2many("debt.call.step", "call_id", readonly=True)

    def _log_path(self, path, ended_at):
        """Keep the way of this call through its script.

        It comes from a browser: unknown steps are left out, an answer of another step
        is forgotten, and times never run backwards or beyond the end.

        :param list path: {"step_id": int, "answer_id": int or False,
            "at": "YYYY-MM-DD HH:MM:SS", UTC, when the step was entered}, in order
        :param datetime ended_at: UTC, when the last step was left
        :return: the ``debt.call.step`` made
        """
        self.ensure_one()
        visits = self._known_visits(path)
        times = [*self._entry_times(visits, ended_at), ended_at]
        # Superuser: nobody but this method writes paths.
        steps = self.env["debt.call.step"].sudo()
        return steps.create(
            [
                self._prepare_path_values(step, answer, entered_at, left_at)
                for (step, answer, _at), (entered_at, left_at) in zip(
                    visits, pairwise(times), strict=True
                )
            ]
        ).with_env(self.env)

    def _prepare_path_values(self, step, answer, entered_at, left_at):
        return {
            "call_id": self.id,
            "step_id": step.id,
            "phase": step.phase,
            "step_name": step.name,
            "wording": step._wording(self.partner_id),
            "answer_id": answer.id,
            "answer_name": answer.name,
            "entered_at": entered_at,
            "left_at": left_at,
        }

    def _known_visits(self, path):
        """What of a path can be understood: (step, answer, datetime or None)."""
        path = path if isinstance(path, list) else []
        raw = [visit for visit in path[:LONGEST_PATH] if isinstance(visit, dict)]
        wanted = {_as_id(visit.get("step_id")) for visit in raw}
        domain = Domain("id", "in", list(wanted))
        # Without a script there is no step: only scripts of calls cannot change.
        domain &= Domain("script_id", "=", self.script_id.id)
        names = ["phase", "name", "other_text"]
        steps = self.env["debt.script.step"].search_fetch(domain, names)
        known = {step.id: step for step in steps}
        visits = []
        for visit in raw:
            if step := known.get(_as_id(visit.get("step_id"))):
                answer = self.env["debt.script.answer"]
                if answer_id := _as_id(visit.get("answer_id")):
                    answer = step.answer_ids.filtered(lambda a, i=answer_id: a.id == i)
                visits.append((step, answer, _as_datetime(visit.get("at"))))
        return visits

    @api.model
    def _entry_times(self, visits, ended_at):
        """When each visit began: in order, and not after the end."""
        latest = self.started_at or self.create_date
        times = []
        for _step, _answer, at in visits:
            latest = min(max(at or latest, latest), ended_at)
            times.append(latest)
        return times


def _as_id(value):
    """An id as the browser sent it, 0 when it is none."""
    return value if isinstance(value, int) and 0 < value < 2**31 else 0


def _as_datetime(value):
    """A UTC datetime as the browser sent it, None when it is none."""
    try:
        return datetime.strptime(value, "%Y-%m-%d %H:%M:%S")
    except (TypeError, ValueError):
        return None

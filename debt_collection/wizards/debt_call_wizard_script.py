from odoo import api, fields, models

from ..models.script.phases import PHASES


class DebtCallWizard(models.TransientModel):
    """The way through the script: one step on the screen, answers that lead on.

    The script guides, the operator may leave it: he jumps to a phase, goes back, or
    logs an outcome without having read a word.
    """

    _inherit = "debt.call.wizard"

    step_id = fields.Many2one("debt.script.step")
    answer_id = fields.Many2one(
        "debt.script.answer",
        string="What Was Answered",
        help="Where the answer leads is shown at once.",
    )
    phase = fields.Selection(PHASES, string="Phase of the Call")
    path = fields.Json(
        help="The steps taken so far, when each was entered (UTC), and its answer."
    )
    can_go_back = fields.Boolean(compute="_compute_progress")
    script_ended = fields.Boolean(compute="_compute_progress")

    @api.depends("path")
    def _compute_progress(self):
        for wizard in self:
            path = wizard.path or [{}]
            # An answer that led on would have been followed by another step.
            wizard.script_ended = bool(path[-1].get("answer_id"))
            wizard.can_go_back = len(path) > 1 or wizard.script_ended

    @api.model
    def _prepare_start(self, call):
        """Values of a window that is opened on the first step of the call's script."""
        script_id = call.script_id.id or self._choose_script(call).id
        # The script's order, read in one query with what the window shows of it.
        step = self.env["debt.script.step"].search_fetch(
            [("script_id", "=", script_id)],
            ["script_id", "phase", "name", "text", "other_text"],
            limit=1,
        )
        lang = self.env["debt.objection"]._known_lang(call.partner_id.lang)
        return {
            "step_id": step.id,
            "phase": step.phase,
            "path": self._path_to(step),
            "spoken_lang": lang,
        }

    @api.model
    def _choose_script(self, call):
        """The script of a call for which there was none when it was claimed."""
        script = self.env["debt.script"]._for_case(call.case_id, call.direction)
        if call.state != "done":
            # Superuser: nobody writes it by hand. What was read out is on record, and
            # stays as it was.
            call.sudo().script_id = script
        return script

    def _path_to(self, step, path=()):
        """The path with one more step, entered now (UTC); the former one is left."""
        if not step:
            return list(path)
        now = fields.Datetime.to_string(fields.Datetime.now())
        entry = {"step_id": step.id, "answer_id": False, "at": now}
        return [*path, entry | {"party": self.party}]

    def _go_to(self, step):
        if not step:
            return
        self.path = self._path_to(step, self.path or ())
        self.step_id = step
        self.phase = step.phase

    @api.onchange("answer_id")
    def _onchange_answer_id(self):
        """Follow an answer: to the next step, to an objection, to an outcome."""
        answer = self.answer_id
        if not answer:
            return
        self.answer_id = False
        if answer.step_id != self.step_id:
            return
        path = list(self.path or ())
        if path:
            path[-1] = path[-1] | {"answer_id": answer.id}
        self.path = path
        if answer.party:
            self.party = answer.party
        self.acknowledged = self.acknowledged or answer.acknowledges
        self.objection_ids |= answer.objection_id
        self._onchange_objection_ids()
        if answer.outcome_id:
            self.outcome_id = answer.outcome_id
        elif target := answer._target():
            self._go_to(target)

    @api.onchange("party")
    def _onchange_party(self):
        """Who answered is an answer to the identify step as well."""
        if self.outcome_id and not self._outcome_fits(self.outcome_id):
            self.outcome_id = False
        if self.party == "right_party" and self.step_id.phase == "identify":
            if not self._has_answered("right_party"):
                self._skip_identification()
        elif self.step_id and not self.step_id._is_sayable(self.party):
            self._go_to(self.step_id.script_id._first_step())

    def _skip_identification(self):
        """To what is said once it is known who it is."""
        answers = self.step_id.answer_ids
        answer = answers.filtered(lambda a: a.party == "right_party")[:1]
        if answer:
            self.answer_id = answer
            self._onchange_answer_id()
        else:
            steps = self.step_id.script_id.step_ids
            self._go_to(steps.filtered(lambda step: step.phase != "identify")[:1])

    def _has_answered(self, party):
        """Whether the last answer of the path already said that it is ``party``."""
        answered = [
            entry["answer_id"] for entry in self.path or () if entry["answer_id"]
        ]
        answer = self.env["debt.script.answer"].browse(answered[-1:])
        return answer.party == party

    @api.onchange("phase")
    def _onchange_phase(self):
        """Jump to the first step of a phase, where it may be said already."""
        if self.phase == self.step_id.phase:
            return
        steps = self.step_id.script_id.step_ids.filtered(
            lambda step: step.phase == self.phase and step._is_sayable(self.party)
        )
        if steps:
            self._go_to(steps[0])
        else:
            self.phase = self.step_id.phase

    def action_back(self):
        """Back to the last question; what was answered is asked again.

        The outcome that the answer led to is forgotten with it.
        """
        self.ensure_one()
        path = list(self.path or ())
        if not self.can_go_back:
            return
        if not self.script_ended:
            path.pop()
        step = self.env["debt.script.step"].browse(path[-1]["step_id"]).exists()
        path[-1] = path[-1] | {"answer_id": False}
        # Whoever went on by mistake must not stay "the right party".
        party = path[-1].get("party")
        values = {
            "path": path,
            "step_id": step.id,
            "phase": step.phase,
            "outcome_id": False,
        }
        if step._is_sayable(party):
            self.write(values | {"party": party})

from odoo import Command

from .common import DebtCommon

# Steps of a small complete script: phase, text, and answers as (what is said, target,
# party); a target that is no step is the code of an outcome.
STEPS = {
    "who": (
        "identify",
        "This is {{ user.name }} of {{ object.company_id.name }}. "
        "Is that {{ object.partner_id.name }}?",
        [
            ("Speaking", "why", "right_party"),
            ("She is out", "third_party", "third_party"),
        ],
    ),
    "why": (
        "clarify",
        "{{ format_amount(object.amount_overdue, object.currency_id) }} is due. Why?",
        [("I forgot", "agree", False), ("I never got it", "disputed", False)],
    ),
    "agree": (
        "close",
        "Thank you, {{ object.partner_id.name }}.",
        [("Agreed", "promise", False), ("Wait, why?", "why", False)],
    ),
}


class ScriptCommon(DebtCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scripts = cls.env["debt.script"]
        # Only what a test makes is there to choose from.
        cls.scripts.search([]).active = False
        cls.env["debt.stage"].search([]).script_id = False
        cls.invoice = cls._invoice(300, 20)

    @classmethod
    def _new_script(cls, name="Script", steps=STEPS, **values):
        """A script in use with these steps, each named by its key."""
        values = {"name": name, "state": "in_use", **values}
        script = cls.scripts.sudo().create(values).with_env(cls.env)
        made = {
            key: cls.env["debt.script.step"].create(
                {
                    "script_id": script.id,
                    "sequence": number * 10,
                    "phase": phase,
                    "name": key,
                    "text": text,
                }
            )
            for number, (key, (phase, text, _answers)) in enumerate(steps.items())
        }
        for key, (_phase, _text, answers) in steps.items():
            made[key].answer_ids = [
                Command.create(cls._prepare_answer(made, *answer)) for answer in answers
            ]
        return script

    @classmethod
    def _prepare_answer(cls, made, name, target, party):
        values = {"name": name, "party": party}
        if target in made:
            return values | {"next_step_id": made[target].id}
        outcome = cls.env.ref(f"debt_collection.outcome_{target}")
        return values | {"outcome_id": outcome.id}

    def _step(self, script, name):
        return script.step_ids.filtered(lambda step: step.name == name)

    def _answer(self, script, name):
        return script.step_ids.answer_ids.filtered(lambda a: a.name == name)

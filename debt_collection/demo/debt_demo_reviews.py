from datetime import timedelta

from odoo import api, models

from .tables import chance

LONGEST_WALK = 9
REVIEWED = 2
SCORES = ("0", "1", "1", "2", "2", "2", "2")
FEEDBACK = (
    "Calm and clear. Next time repeat the date before you say goodbye.",
    "Good questions. Name the whole amount first, and a part of it only after that.",
)
PROPOSALS = {
    "forgot": "Say: “It happens. Shall I send you the details while we speak, so that "
    "it is done today?”",
    "later": "Say: “Let us put a day on it: would Friday suit you?”",
}


class DebtDemo(models.AbstractModel):
    """The way of the calls through their scripts, and what a manager made of them."""

    _inherit = "debt.demo"

    @api.model
    def _make_reviews(self):
        calls = self.env["debt.call"].search(
            [("party", "=", "right_party"), ("script_id", "!=", False)]
        )
        for call in calls:
            call._log_path(self._walk(call), call.ended_at)
        for operator, theirs in calls.grouped("user_id").items():
            self._review(operator, theirs[:REVIEWED])
        self._propose(calls[:1].user_id)

    @api.model
    def _walk(self, call):
        """A talk that takes some answer at each step, spread over the call's time."""
        luck = chance("path", call.id)
        step, path = call.script_id._first_step(), []
        while step and len(path) < LONGEST_WALK:
            leading = step.answer_ids.filtered("next_step_id")
            answer = luck.choice(list(leading)) if leading else step.answer_ids[:1]
            path.append({"step_id": step.id, "answer_id": answer.id})
            step = answer.next_step_id
        for number, visit in enumerate(path):
            since = timedelta(seconds=call.duration * number // len(path))
            visit["at"] = f"{call.answered_at + since:%Y-%m-%d %H:%M:%S}"
        return path

    @api.model
    def _review(self, operator, calls):
        manager = self.env.ref("debt_collection.demo_user_manager")
        for number, call in enumerate(calls):
            luck = chance("review", operator.login, number)
            review = self.env["debt.call.review"].create(
                {
                    "call_id": call.id,
                    "reviewer_id": manager.id,
                    "feedback": FEEDBACK[number],
                }
            )
            for line in review.line_ids:
                line.score = luck.choice(SCORES)
            # The latest one is still being written.
            review.state = "shared" if number else "draft"

    @api.model
    def _propose(self, operator):
        for code, text in PROPOSALS.items():
            card = self.env["debt.objection"].search([("code", "=", code)])
            self.env["debt.objection.proposal"].sudo().create(
                {"objection_id": card.id, "text": text, "user_id": operator.id}
            )

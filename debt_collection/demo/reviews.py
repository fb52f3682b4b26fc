"""The way of the calls through their scripts, and what a manager made of them."""

from datetime import timedelta

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


def make_reviews(env):
    calls = env["debt.call"].search(
        [("party", "=", "right_party"), ("script_id", "!=", False)]
    )
    for call in calls:
        call._log_path(_walk(env, call), call.ended_at)
    for operator, theirs in calls.grouped("user_id").items():
        _review(env, operator, theirs[:REVIEWED])
    _propose(env, calls[:1].user_id)


def _walk(env, call):
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


def _review(env, operator, calls):
    manager = env.ref("debt_collection.demo_user_manager")
    for number, call in enumerate(calls):
        luck = chance("review", operator.login, number)
        review = env["debt.call.review"].create(
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


def _propose(env, operator):
    for code, text in PROPOSALS.items():
        card = env["debt.objection"].search([("code", "=", code)])
        env["debt.objection.proposal"].sudo().create(
            {"objection_id": card.id, "text": text, "user_id": operator.id}
        )

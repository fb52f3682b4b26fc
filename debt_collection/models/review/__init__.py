from . import debt_call_review, debt_call_review_pick

from . import (
    debt_review_criterion,
    debt_call_exemplary,
    debt_call_review,
    debt_call_review_line,
    debt_call_review_pick,
)

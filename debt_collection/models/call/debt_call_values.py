from odoo import models

from ..card.arguments import check, is_amount, is_ids, is_moment, is_text

TEXTS = ("party", "note", "promise_method", "confirm_channel")
TEXTS += ("dispute_reason", "dispute_code", "paid_reference", "nonpayment_reason")
AMOUNTS = ("promise_amount", "promise_confirmed", "paid_amount", "dispute_amount")
MOMENTS = ("promise_date", "callback_at", "paid_on", "try_again_at")
LISTS = ("promise_line_ids", "dispute_move_ids", "objection_ids")


class DebtCall(models.Model):
    """What may be said about how a call ended, by its kind."""

    _inherit = "debt.call"

    def _check_kinds(self, outcome, values):
        """Whatever a client sent is of the kind that `finish` expects.

        :raises UserError: it is not
        """
        check(self.env, is_text, outcome, *(values.get(name) for name in TEXTS))
        check(self.env, is_ids, *(values.get(name) for name in LISTS))
        check(self.env, _is_plan, values.get("promise_plan"))
        check(self.env, is_amount, *(values.get(name) for name in AMOUNTS))
        check(self.env, is_moment, *(values.get(name) or None for name in MOMENTS))


def _is_plan(parts):
    """Whether it is pairs of amount and day."""
    return isinstance(parts, list | tuple) and all(
        isinstance(part, list | tuple)
        and len(part) == 2
        and is_amount(part[0] or 0)
        and (not part[1] or is_moment(part[1]))
        for part in parts
    )

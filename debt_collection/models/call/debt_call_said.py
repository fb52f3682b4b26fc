from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import ValidationError

#: Nobody names a time further away to try a number again.
TRY_WITHIN = timedelta(days=31)


class DebtCall(models.Model):
    """What was said in the call, as data: a payment, a reason, a time to try again."""

    _inherit = "debt.call"

    currency_id = fields.Many2one(related="company_id.currency_id")
    try_again_at = fields.Datetime(
        readonly=True, help="When to try again, as somebody said."
    )
    paid_on = fields.Date(
        readonly=True, help="The day on which the debtor says it was paid."
    )
    paid_amount = fields.Monetary(
        readonly=True, help="What the debtor says was paid, in company currency."
    )
    paid_reference = fields.Char(
        readonly=True, help="The reference the debtor says the payment carries."
    )
    nonpayment_reason = fields.Selection(
        [
            ("no_money", "No Money at the Moment"),
            ("income_lost", "Income Lost"),
            ("waits_for_money", "Waits for Money From Others"),
            ("forgot", "Forgot"),
            ("no_invoice", "Did Not Get the Invoice"),
            ("not_satisfied", "Not Satisfied"),
            ("internal", "Not Approved Yet"),
            ("will_not", "Does Not Want To"),
            ("other", "Another Reason"),
        ],
        string="Why It Is Not Paid",
        readonly=True,
        index=True,
    )
    acknowledged = fields.Boolean(
        string="Debt Acknowledged",
        readonly=True,
        help="The debtor said that the debt is right.",
    )
    answer = fields.Text(
        readonly=True, help="What the accountant answers to the debtor's question."
    )
    answer_by_id = fields.Many2one("res.users", string="Answer Given By", readonly=True)
    answer_told = fields.Boolean(
        readonly=True, help="The debtor was spoken with since the answer came."
    )

    answer_shown_in_id = fields.Many2one(
        "debt.call",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The call in whose window the operator last had the answer before him.",
    )

    def _clean_said(self, values):
        """What was said, in the types of the ORM.

        :raises TypeError, ValueError: a value cannot be read
        """
        return {
            "try_again_at": fields.Datetime.to_datetime(values.get("try_again_at")),
            "paid_on": fields.Date.to_date(values.get("paid_on")),
            "paid_amount": float(values.get("paid_amount") or 0),
            "paid_reference": (values.get("paid_reference") or "").strip() or False,
            "nonpayment_reason": values.get("nonpayment_reason") or False,
            "acknowledged": bool(values.get("acknowledged")),
        }

    def _check_said(self, outcome, values):
        """:raises ValidationError: what was said cannot be"""
        reasons = self._fields["nonpayment_reason"].get_values(self.env)
        if values["nonpayment_reason"] not in (False, *reasons):
            raise ValidationError(self.env._("Choose one of the reasons on the list."))
        if values["paid_on"] and values["paid_on"] > self.company_id._debt_today():
            raise ValidationError(
                self.env._(
                    "What was paid cannot lie in the future: is it a promise to pay?"
                )
            )
        if not 0 <= values["paid_amount"] < float("inf"):
            raise ValidationError(self.env._("A payment is not below zero."))
        at, now = values["try_again_at"], fields.Datetime.now()
        if outcome.takes_retry and at and not now < at <= now + TRY_WITHIN:
            raise ValidationError(
                self.env._("The time to try again must be within the next 31 days.")
            )

    def _prepare_said(self, outcome, values):
        """Only what the outcome asks for; a reason comes from the debtor alone."""
        record = {"try_again_at": self._try_again(outcome, values)}
        if outcome.needs_payment:
            paid = ("paid_on", "paid_amount", "paid_reference")
            record |= {name: values[name] for name in paid}
        if values["party"] == "right_party":
            record["nonpayment_reason"] = values["nonpayment_reason"]
            record["acknowledged"] = values["acknowledged"]
            self._tell_answers()
        return record

    def _try_again(self, outcome, values):
        return values["try_again_at"] if outcome.takes_retry else False

    def _tell_answers(self):
        """Whoever is spoken with has had the answers that were on the screen.

        One that came while they spoke is for the next call.
        """
        if self.case_id.has_answers:
            waiting = self._untold_answers()
            told = waiting.filtered(lambda call: call.answer_shown_in_id == self)
            told.answer_told = True
            self.case_id.has_answers = bool(waiting - told)

    def _accountant_lines(self):
        """What the accountant is told of the call, line by line."""
        lines = (self.note or "").splitlines()
        paid = []
        if self.paid_amount:
            paid.append(self.currency_id.format(self.paid_amount))
        if self.paid_on:
            paid.append(fields.Date.to_string(self.paid_on))
        if self.paid_reference:
            paid.append(self.paid_reference)
        if paid:
            lines.insert(0, self.env._("Paid: %(what)s", what=", ".join(paid)))
        return lines

    # --- the answer -----------------------------------------------------------------
    def _take_answer(self, answer, user):
        """The accountant's answer goes to whoever calls the debtor next (superuser).

        :param str answer: what to tell
        :param user: ``res.users`` who gives it
        """
        for call in self.filtered("outcome_id.brings_answer"):
            call.write({"answer": answer, "answer_by_id": user.id})
            case = call.case_id
            if not case.closed_at:
                priority = "1" if case.priority == "0" else case.priority
                changes = {"priority": priority, "plan_dirty": True}
                case.write(changes | {"has_answers": True})

    def _untold_answers(self):
        """The calls of the case whose answer the debtor has not been told."""
        untold = [("answer", "!=", False), ("answer_told", "=", False)]
        return self.search([("case_id", "=", self.case_id.id), *untold], order="id")

    def _show_answers(self):
        """What the debtor is to be told in this call, for its window (superuser).

        :return: answers that came since he was last spoken with, False if none
        """
        if not self.case_id.has_answers:
            return False
        calls = self._untold_answers()
        calls.answer_shown_in_id = self
        told = (f"{call.note or ''} → {call.answer}" for call in calls)
        return "\n".join(told) or False

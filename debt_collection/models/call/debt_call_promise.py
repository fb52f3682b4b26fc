from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.promise import MAX_PARTS, split


class DebtCall(models.Model):
    """What is agreed in a call: a promise and how it is confirmed, or a dispute."""

    _inherit = "debt.call"

    def _split_promise(self, amount, parts, first, *, every_months=0, every_days=0):
        """Equal instalments of the call's company currency, for the call window.

        :param float amount: what is to be paid in all
        :param int parts: how many instalments
        :param date first: day of the first one
        :return: list of pairs of amount and date
        :raises ValidationError: no such plan
        """
        try:
            return split(
                amount,
                parts,
                first,
                every_months=every_months,
                every_days=every_days,
                rounding=self.company_id.currency_id.rounding,
            )
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "A plan has 1 to %(count)s instalments at equal intervals: choose "
                    "how many, and every how many days or months.",
                    count=MAX_PARTS,
                )
            ) from error

    def _clean_promise(self, values):
        """The promise in the types of the ORM.

        :return: dict with ``promise_parts``, pairs of amount (company currency) and
            date, the first one included, and the other values about a promise
        :raises TypeError, ValueError: a value cannot be read
        """
        plan = values.get("promise_plan") or []
        first = (values.get("promise_amount"), values.get("promise_date"))
        return {
            "promise_parts": [
                (float(amount or 0), fields.Date.to_date(day))
                for amount, day in [first, *plan]
            ],
            "promise_method": values.get("promise_method") or False,
            "promise_line_ids": list(values.get("promise_line_ids") or []),
            "promise_confirmed": float(values.get("promise_confirmed") or 0),
            "confirm_channel": values.get("confirm_channel") or False,
        }

    # --- checks -------------------------------------------------------------------
    def _check_promise(self, values):
        self._check_right_party(values)
        promises, parts = self.env["debt.promise"], values["promise_parts"]
        promises._check_parts(self.company_id, parts)
        self._check_promise_lines(values["promise_line_ids"])
        promises._check_total(
            self.case_id,
            parts,
            values["promise_line_ids"],
            promises._replaced_by(self.case_id, values["promise_line_ids"]),
            values["promise_confirmed"],
        )
        methods = self.env["debt.promise"]._fields["method"].get_values(self.env)
        if values["promise_method"] not in (False, *methods):
            raise ValidationError(
                self.env._("Choose one of the ways of payment on the list.")
            )
        if values["confirm_channel"]:
            self._check_confirmation(values["confirm_channel"])

    def _check_promise_lines(self, ids):
        if not ids:
            return
        items = self.env["debt.ledger"]._case_rows(self.case_id)
        if set(ids) - {item["line_id"] for item in items if item["left"] > 0}:
            raise ValidationError(
                self.env._("A promise can only cover open invoices of this debtor.")
            )

    def _check_confirmation(self, channel):
        """Whatever cannot be sent at all is said before anything is saved."""
        if channel not in ("email", "sms"):
            raise ValidationError(
                self.env._("A promise can be confirmed by e-mail or by SMS.")
            )
        if not self.case_id._message_address(channel, self):
            raise UserError(self.case_id._no_address_text(channel))

    # --- effects ------------------------------------------------------------------
    def _create_promise(self, values):
        """Create the promise, or one promise for each instalment of a plan.

        What was promised about the same items before does not stand any more.

        :return: the first ``debt.promise``
        """
        replaced = self.env["debt.promise"]._replaced_by(
            self.case_id, values["promise_line_ids"]
        )
        promises = self.env["debt.promise"].create(
            [
                self._prepare_promise_values(values)
                | {"amount": amount, "date": day, "sequence": number}
                for number, (amount, day) in enumerate(values["promise_parts"], 1)
            ]
        )
        if len(promises) > 1:
            promises.plan_id = promises[0]
        replaced._end(self.env._("Promised anew."), promises[0])
        self.case_id._resume_unpromised()
        return promises[0]

    def _prepare_promise_values(self, values):
        return {
            "case_id": self.case_id.id,
            "call_id": self.id,
            "user_id": self.user_id.id,
            "made_on": self.company_id._debt_today(),
            "method": values["promise_method"],
            "line_ids": [fields.Command.set(values["promise_line_ids"])],
        }

    def _confirm_promise(self, promise, channel):
        """Send what was agreed, as soon as the gate allows it."""
        return self.case_id._send_message(
            "promise_confirmation",
            channel,
            call=self,
            promise=promise,
            key=f"promise:{promise.id}:confirmation",
        )

    # --- disputes ------------------------------------------------------------------
    def _check_dispute(self, values):
        self._check_right_party(values)
        moves, (reason, code, amount) = self._disputed(values)
        if len(moves.exists()) != len(moves):
            raise ValidationError(
                self.env._("Only open invoices of this debtor can be disputed.")
            )
        self.env["debt.dispute"]._check_new(self.case_id, moves, reason, code, amount)

    def _disputed(self, values):
        """The invoices, and what is said of them: reason, kind, disputed part."""
        moves = self.env["account.move"].browse(values.get("dispute_move_ids") or [])
        names = ("dispute_reason", "dispute_code", "dispute_amount")
        return moves, [values.get(name) for name in names]

    def _create_dispute(self, values):
        moves, (reason, code, amount) = self._disputed(values)
        return self.env["debt.dispute"]._raise(
            self.case_id, moves, reason, code, amount, call=self
        )

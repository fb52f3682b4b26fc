from odoo import fields, models
from odoo.exceptions import UserError, ValidationError


class DebtCall(models.Model):
    """What is agreed in a call: a promise and how it is confirmed, or a dispute."""

    _inherit = "debt.call"

    def _split_promise(self, amount, parts, first, **every):
        """Equal instalments, for the call window; see `debt.promise._split`."""
        promises = self.env["debt.promise"]
        return promises._split(self.company_id, amount, parts, first, **every)

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
        self.env["debt.promise"]._check_new(
            self.case_id,
            values["promise_parts"],
            values["promise_line_ids"],
            values["promise_method"],
            values["promise_confirmed"],
        )
        if values["confirm_channel"]:
            self._check_confirmation(values["confirm_channel"])

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

        :return: the first ``debt.promise``
        """
        return self.env["debt.promise"]._agree(
            self.case_id,
            values["promise_parts"],
            **self._prepare_promise_values(values),
        )

    def _prepare_promise_values(self, values):
        return {
            "call_id": self.id,
            "user_id": self.user_id.id,
            "method": values["promise_method"],
            "line_ids": values["promise_line_ids"],
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

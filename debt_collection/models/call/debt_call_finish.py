from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from ..card.lock_rows import lock_rows

FINISH_VALUES = {
    "party",
    "note",
    "callback_at",
    "promise_amount",
    "promise_date",
    "promise_plan",
    "promise_method",
    "promise_line_ids",
    "promise_confirmed",
    "confirm_channel",
    "dispute_move_ids",
    "dispute_reason",
    "dispute_code",
    "dispute_amount",
    "objection_ids",
    "try_again_at",
    "paid_on",
    "paid_amount",
    "paid_reference",
    "nonpayment_reason",
    "acknowledged",
}


class DebtCall(models.Model):
    """What follows from how a call ended; each outcome's effects are data."""

    _inherit = "debt.call"

    def finish(self, outcome, **values):
        """Log how the call ended, and do what follows from it.

        :param str outcome: code of a ``debt.call.outcome``
        :param values: ``party`` (none, third_party, right_party), ``note``,
            ``callback_at`` (naive UTC), ``promise_amount`` (company currency),
            ``promise_date``, ``promise_plan`` (further instalments: pairs of amount
            and date), ``promise_method`` (how it will be paid), ``promise_line_ids``
            (ids of the open items it is about; none: whatever is owed),
            ``promise_confirmed`` (the total, where it is more than is owed and meant
            so),
            ``confirm_channel`` (email, sms), ``dispute_move_ids`` (ids),
            ``dispute_reason``, ``dispute_code``, ``dispute_amount`` (the part of one
            invoice that is disputed, in its currency; none: all that is open),
            ``objection_ids`` (ids)
            ``try_again_at`` (naive UTC), ``paid_on`` (date), ``paid_amount`` (company
            currency), ``paid_reference``, ``nonpayment_reason``, ``acknowledged``
        :raises UserError: unknown outcome or value, the call has an outcome already,
            or there is no address for the confirmation
        :raises ValidationError: something the outcome needs is missing or impossible
        """
        self.ensure_one()
        self._check_owner()
        if unknown := set(values) - FINISH_VALUES:
            raise UserError(
                self.env._(
                    "Unknown values: %(names)s", names=", ".join(sorted(unknown))
                )
            )
        self._check_kinds(outcome, values)
        # Superuser from here: effects reach contacts, numbers and disputes, on which
        # an operator has no rights of his own; the call is his (checked above).
        call = self.sudo()
        # Two clicks on Save must not log one call twice; the telephone's word on the
        # same call comes by any second, and is waited for. Whoever was quicker makes
        # the lock fail, and the request is tried again: what was read still holds.
        lock_rows(call)
        if call.outcome_id:
            raise UserError(self.env._("This call has an outcome already."))
        outcome = call._get_outcome(outcome)
        values = call._clean_values(outcome, values)
        call._check_values(outcome, values)
        call._log(outcome, values)
        call._apply(outcome, values)

    def _name_dialled(self, phone):
        """The number that was dialled on a telephone of the operator's own.

        :param phone: ``debt.phone`` or nothing; a call dialled here knows its own
        :raises UserError: it is somebody else's
        """
        self._check_owner()
        if phone and self.state == "draft":
            self._check_phone(phone)
            # Superuser: the call is the user's own (checked above).
            self.sudo().phone_id = phone

    def _get_outcome(self, code):
        outcomes = self.env["debt.call.outcome"]
        outcome = outcomes.browse(outcomes._id_of(code) or [])
        if not outcome:
            raise UserError(self.env._("There is no outcome “%(code)s”.", code=code))
        return outcome

    def _clean_values(self, outcome, values):
        """Values in the types of the ORM, with the outcome's party as default.

        :raises ValidationError: a value cannot be read
        """
        clean = dict(values)
        clean["party"] = values.get("party") or outcome.party
        try:
            clean["callback_at"] = fields.Datetime.to_datetime(
                values.get("callback_at")
            )
            clean |= self._clean_promise(values)
            clean |= self._clean_said(values)
            clean["dispute_amount"] = float(values.get("dispute_amount") or 0)
        except (TypeError, ValueError) as error:
            raise ValidationError(
                self.env._("This is not a date or an amount: %(error)s", error=error)
            ) from error
        if clean["party"] not in dict(self._fields["party"].selection):
            raise ValidationError(
                self.env._("Say who answered: the debtor, somebody else, or nobody.")
            )
        objections = self.env["debt.objection"].browse(
            values.get("objection_ids") or []
        )
        clean["objection_ids"] = objections.exists().ids
        return clean

    # --- checks -------------------------------------------------------------------
    def _check_values(self, outcome, values):
        if self.direction == "inbound" and not outcome.connected:
            raise ValidationError(
                self.env._(
                    "Somebody called, so somebody was on the line: choose what was "
                    "agreed, or “Something else” and a note."
                )
            )
        if outcome.needs_promise:
            self._check_promise(values)
        if outcome.needs_callback:
            self._check_callback(values)
        if outcome.needs_dispute:
            self._check_dispute(values)
        self._check_said(outcome, values)

    def _check_right_party(self, values):
        if values["party"] != "right_party":
            raise ValidationError(
                self.env._("Only the debtor can agree to that: who was it?")
            )

    # --- the record ---------------------------------------------------------------
    def _log(self, outcome, values):
        """Write the call itself. What was dialled by hand is on record as dialled."""
        now = fields.Datetime.now()
        connected = outcome.connected or values["party"] != "none"
        record = {
            "state": "done",
            "ended_at": self.ended_at or now,
            "outcome_id": outcome.id,
            "party": values["party"],
            "connected": connected,
            "claim_until": False,
        }
        if self.state == "draft":
            record |= self._prepare_manual_dial(now)
        if connected and not (self.answered_at or self._is_unanswered()):
            record["answered_at"] = record.get("started_at") or self.started_at
        record |= self._prepare_said(outcome, values)
        if values.get("note"):
            record["note"] = values["note"]
        if values.get("objection_ids"):
            record["objection_ids"] = [fields.Command.set(values["objection_ids"])]
        self.write(record)

    def _is_unanswered(self):
        """Hook: whether it is known by other means that nobody answered."""
        return False

    # --- effects ------------------------------------------------------------------
    def _apply(self, outcome, values):
        self._apply_to_numbers(outcome)
        self._follow_reopened()
        case = self.case_id
        if not case.closed_at:
            self._apply_to_case(outcome, values)
            if outcome.needs_promise:
                promise = self._create_promise(values)
                if values["confirm_channel"]:
                    self._confirm_promise(promise, values["confirm_channel"])
            if outcome.needs_dispute:
                self._create_dispute(values)
        if outcome.activity_summary:
            told = "\n".join(self._accountant_lines())
            outcome._ask_accountant(case, told, self)
        self.env["mail.activity"]._debt_done(case, outcome.name)
        case._message_log(body=self._summary(outcome, values))
        # What has just been done is not looked for once more.
        case.with_context(debt_call_logged=self.id)._plan()

    def _follow_reopened(self):
        """What was agreed is about the debtor's open case.

        The case may have closed while he was on the line, and another been opened; a
        call on a case that is closed for good is logged and changes nothing else.
        """
        if self.case_id.closed_at:
            self.case_id = self.case_id._open_successor() or self.case_id

    def _apply_to_numbers(self, outcome):
        if self.phone_id and (health := self._number_health(outcome)):
            self.phone_id.health = health
        if outcome.stops_contact:
            self._refuse_calls()

    def _number_health(self, outcome):
        """What the call says of its number: it works when the debtor rings from it.

        A number he does not want to be called on stays such, though he rings from it.

        :return: a health of ``debt.phone``, or False when the call says nothing
        """
        health = outcome.phone_health
        if self.direction != "inbound":
            return health
        if self.phone_id.health == "do_not_call":
            return False
        return health or (self.party == "right_party" and "good")

    def _refuse_calls(self):
        """Dial none of the debtor's numbers again; keep the refusal on record."""
        case = self.case_id
        case._record_consent("telephone", "withdrawn", **self._prepare_refused_calls())
        # Said before and undone on the contact by hand, it holds again.
        self.partner_id.debt_do_not_call = True

    def _prepare_refused_calls(self):
        """How the refusal is proved, as values of ``debt.consent``."""
        return {"how": "call", "note": self.note, "call_id": self.id}

    def _apply_to_case(self, outcome, values):
        case = self.case_id
        changes = {"plan_dirty": True}
        changes["try_again_at"] = self._try_again(outcome, values)
        if self._is_callback_done(values):
            changes["callback_at"] = False
        if values["party"] == "right_party":
            changes["priority"] = "0"
        if outcome.needs_callback:
            changes |= {"callback_at": values["callback_at"], "priority": "2"}
        changes |= self._prepare_case_state(outcome, values)
        changes |= outcome._prepare_hold(case)
        changes = {name: new for name, new in changes.items() if case[name] != new}
        if changes:
            case.write(changes)

    def _is_callback_done(self, values):
        """Whether the debtor need not be called back any more."""
        callback = self.case_id.callback_at
        # Who rang and was spoken with need not be called back, unless he asks again.
        rang = self.direction == "inbound" and values["party"] == "right_party"
        return bool(callback) and (rang or callback <= self.ended_at)

    def _prepare_case_state(self, outcome, values):
        """The state that follows; nothing an operator logs ends a legal stop."""
        case = self.case_id
        if case.state == "legal":
            return {}
        if outcome.case_state:
            return {"state": outcome.case_state}
        if outcome.needs_callback and case.state != "disputed":
            # Whoever asks to be called is called, promise or hold or not. A hold goes
            # on after that call, until its day or until somebody ends it.
            today = case.company_id._debt_today()
            until = case.hold_until or (case.state == "on_hold" and today)
            return {} if until and until >= today else {"state": "active"}
        answered = values["party"] == "right_party"
        if case.state == "dormant" and answered or case.state == "active":
            return {"state": case._state_without_pause()}
        return {}

    def _summary(self, outcome, values):
        """One line for the chatter: who called, how it ended, the note."""
        known = {
            "operator": self.user_id.name,
            "number": self.number or self.env._("an unknown number"),
            "outcome": outcome.name,
        }
        if self.direction == "inbound":
            text = self.env._(
                "Call from %(number)s, answered by %(operator)s: %(outcome)s.", **known
            )
        else:
            text = self.env._("%(operator)s called %(number)s: %(outcome)s.", **known)
        return f"{text} {values.get('note') or ''}".strip()

from dataclasses import replace
from datetime import timedelta
from itertools import product

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.clock import instant, local
from ...tools.contact import Contact, check

# A callback further away is a typing error rather than a wish.
FURTHEST = timedelta(days=92)


class DebtCall(models.Model):
    """The hour at which a debtor asks to be called back."""

    _inherit = "debt.call"

    def _check_callback(self, values):
        """A callback must lie in the future and in the debtor's lawful hours."""
        at = values["callback_at"]
        now = fields.Datetime.now()
        if not at or not now <= at <= now + FURTHEST:
            raise ValidationError(
                self.env._(
                    "Enter when the debtor wants to be called back: a time within "
                    "the next three months."
                )
            )
        answer, facts = self._callback_answer(at, values)
        if answer.allowed:
            return
        case = self.case_id
        raise ValidationError(
            self.env._(
                "The debtor cannot be called then (%(time)s, local time). %(reason)s",
                time=case._local_time(at, facts),
                reason=self._callback_refusal(answer, at, facts, values),
            )
        )

    def _callback_refusal(self, answer, at, facts, values):
        """Why not then, and the next lawful time, in words."""
        case = self.case_id
        slot = self._callback_slot(at, facts, values)
        if not slot:
            return case._contact_reason(answer)
        return self.env._(
            "%(reason)s The next lawful time is %(time)s.",
            reason=case._contact_reason(answer),
            time=case._local_time(slot, facts),
        )

    def _callback_answer(self, at, values, facts=None):
        """The gate's answer to a call the debtor asks for at ``at`` (naive UTC).

        A conversation that was not dialled here is not on record yet and counts all
        the same.

        :return: `tools.contact.Answer`, and the facts it was given on
        :raises UserError: no contact policy applies
        """
        case = self.case_id
        facts = facts or case._contact_facts()[case]
        if not facts.policy:
            raise UserError(case._reason_text(case._why_no_policy()))
        now = fields.Datetime.now()
        reached = values["party"] == "right_party"
        asked = case._question("call", facts)
        if self.state == "draft":
            spoken = Contact(now, "call", True, reached, case=asked.case)
            asked = replace(asked, history=asked.history.with_one(spoken))
        return check(replace(asked, callback=at, pause=None), at), facts

    def _callback_slot(self, at, facts, values):
        """The first lawful instant after ``at``, naive UTC; False when there is none.

        The hours decide first: a time that the debtor names himself may be lawful
        although the number of calls is used up.
        """
        asked = self.case_id._question("call", facts)
        unlimited = replace(facts.policy, limits=())
        hours = check(replace(asked, policy=unlimited, callback=None, pause=None), at)
        slot = at if hours.allowed else hours.next_at
        if not slot:
            return False
        answer, _facts = self._callback_answer(slot, values, facts)
        return slot if answer.allowed else answer.next_at or False

    # --- asked for without a call -----------------------------------------------------
    @api.model
    def _asked_of(self, case):
        """A call there never was: the debtor asks in writing for the one to come."""
        return self.new({"case_id": case.id, "state": "done"})

    @api.model
    def _callback_times(self, case, facts, hours, days):
        """When the debtor may ask to be called in the next days, as the gate says.

        :param facts: of the case, with a policy and a zone
        :param hours: full hours of his own clock
        :return: list of naive UTC, in order
        """
        asked, values = self._asked_of(case), {"party": "none"}
        now = fields.Datetime.now()
        today = local(facts.zone, now).date()
        times = (
            instant(facts.zone, today + timedelta(days=day), hour * 60)
            for day, hour in product(range(days), hours)
        )
        return [
            at
            for at in times
            if at > now and asked._callback_answer(at, values, facts)[0].allowed
        ]

    @api.model
    def _ask_callback(self, case, at):
        """Agree on a call that the debtor asks for in writing (superuser).

        :param datetime at: naive UTC
        :raises ValidationError: he cannot be called then
        """
        values = {"callback_at": at, "party": "none"}
        asked = self._asked_of(case)
        asked._check_callback(values)
        outcome = self.env.ref("debt_collection.outcome_callback")
        state = asked._prepare_case_state(outcome, values)
        case.write({"callback_at": at, "priority": "2", "plan_dirty": True, **state})

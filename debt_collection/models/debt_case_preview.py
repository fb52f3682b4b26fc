from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date

from ..tools.contact import Contact


class DebtCase(models.Model):
    """What would follow from an outcome, in words, before it is saved."""

    _inherit = "debt.case"

    def _preview_finish(self, outcome, **values):
        """Consequences of an outcome as sentences in the user's language.

        :param outcome: ``debt.call.outcome``
        :param values: what `finish` takes; incomplete values are no error here
        :return: list of str, the most important first
        """
        self.ensure_one()
        case = self.sudo()
        return [
            *case._preview_state(outcome, values),
            *case._preview_dispute(outcome, values),
            *case._preview_number(outcome),
            *case._preview_next(outcome, values),
        ]

    def _preview_state(self, outcome, values):
        today = self.company_id._debt_today()
        if outcome.stops_contact:
            yield self.env._("None of his numbers is dialled again.")
        if outcome.case_state == "legal":
            yield self.env._("The case goes to the legal department; nobody calls.")
        if outcome.hold_days:
            until = today + timedelta(days=outcome.hold_days)
            yield self.env._(
                "Nobody calls until %(date)s.", date=format_date(self.env, until)
            )
        if outcome.needs_promise and values.get("promise_date"):
            grace = timedelta(days=self.company_id.debt_promise_grace_days)
            until = fields.Date.to_date(values["promise_date"]) + grace
            yield self.env._(
                "Nobody calls until %(date)s; if it is not paid by then, the case "
                "returns to the front of the queue.",
                date=format_date(self.env, until),
            )
        if outcome.activity_summary:
            yield self.env._(
                "%(accountant)s is asked: %(what)s.",
                accountant=self._accountant().name,
                what=outcome.activity_summary,
            )

    def _preview_dispute(self, outcome, values):
        moves = self.env["account.move"].browse(values.get("dispute_move_ids") or [])
        if outcome.needs_dispute and moves:
            until = self.company_id._debt_today() + timedelta(
                days=self.company_id.debt_dispute_days
            )
            yield self.env._(
                "%(invoices)s: held until %(date)s; %(owner)s settles it.",
                invoices=", ".join(moves.mapped("name")),
                date=format_date(self.env, until),
                owner=self._accountant().name,
            )

    def _preview_number(self, outcome):
        if outcome.phone_health in ("dead", "wrong"):
            yield self.env._("This number is not dialled again.")

    def _preview_next(self, outcome, values):
        """The next contact as the planner would set it after this call."""
        if outcome.stops_contact or outcome.case_state or outcome.needs_dispute:
            return
        now = fields.Datetime.now()
        facts = self._contact_facts()[self]
        party = values.get("party") or outcome.party
        spoken = outcome.connected or party != "none"
        made = Contact(now, "call", spoken, party == "right_party", False, self.id)
        if outcome.needs_callback:
            callback = fields.Datetime.to_datetime(values.get("callback_at"))
            if callback:
                time = self._local_time(callback, facts)
                yield self.env._("Next call %(time)s, his time.", time=time)
            return
        planned = self.with_context(prefetch_fields=False)._plan_next_contact(
            facts, now, history=[*facts.history, made]
        )
        if planned.at:
            time = self._local_time(planned.at, facts)
            yield self.env._("Next call %(time)s, his time.", time=time)
        else:
            yield self._reason_text(planned.reason)

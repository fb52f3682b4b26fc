from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date

from ...tools.contact import Contact


class DebtCall(models.Model):
    """What would follow from an outcome, in words, before it is saved."""

    _inherit = "debt.call"

    def _preview_finish(self, outcome, phone=None, **values):
        """Consequences of an outcome as sentences in the user's language.

        :param outcome: ``debt.call.outcome``
        :param phone: ``debt.phone`` dialled, where the call does not know it yet
        :param values: what `finish` takes; incomplete values are no error here
        :return: list of str, the most important first
        """
        self.ensure_one()
        call = self.sudo()
        return [
            *call._preview_state(outcome),
            *call._preview_promise(outcome, values),
            *call._preview_confirmation(outcome, values, phone),
            *call._preview_dispute(outcome, values),
            *call._preview_number(outcome),
            *call._preview_next(outcome, values),
        ]

    def _preview_state(self, outcome):
        if effect := self._preview_effect(outcome):
            yield effect
        if outcome.hold_days:
            until = self.company_id._debt_today() + timedelta(days=outcome.hold_days)
            yield self.env._(
                "Nobody calls until %(date)s.", date=format_date(self.env, until)
            )
        if outcome.activity_summary:
            yield self.env._(
                "%(accountant)s is asked: %(what)s.",
                accountant=self.case_id._accountant().name,
                what=outcome.activity_summary,
            )

    def _preview_effect(self, outcome):
        """What the law makes of it, where that is more than a plan for calls."""
        effects = {
            "hardship": self.env._(
                "Collection pauses; the debtor is offered a plan that can be met."
            ),
            "represented": self.env._(
                "Direct contact with the debtor stops in every way: from now on only "
                "the representative is contacted."
            ),
            "bankrupt": self.env._(
                "All contact stops: calls, messages and letters. The claim is filed "
                "with the insolvency administrator."
            ),
        }
        if outcome.code in effects:
            return effects[outcome.code]
        if outcome.stops_contact:
            return self.env._(
                "No number of the debtor is called any more, and no SMS goes out; "
                "e-mails and letters stay permitted."
            )
        if outcome.case_state == "legal":
            return self.env._(
                "The case goes to the legal department; the debtor is not contacted."
            )
        return None

    # --- promises -----------------------------------------------------------------
    def _preview_promise(self, outcome, values):
        """What is promised, until when nobody calls, and what stays unpromised."""
        if not outcome.needs_promise or not values.get("promise_date"):
            return
        first = (values.get("promise_amount"), values["promise_date"])
        parts = [
            (amount or 0, fields.Date.to_date(day))
            for amount, day in [first, *(values.get("promise_plan") or [])]
        ]
        if len(parts) > 1:
            yield self._preview_plan(parts)
        else:
            grace = timedelta(days=self.company_id.debt_promise_grace_days)
            yield self.env._(
                "Nobody calls until %(date)s; if it is not paid by then, the case "
                "returns to the front of the queue.",
                date=format_date(self.env, parts[0][1] + grace),
            )
        total = sum(amount for amount, _day in parts)
        yield from self._preview_difference(total, values.get("promise_line_ids"))

    def _preview_plan(self, parts):
        instalments = [
            self.env._(
                "%(amount)s by %(date)s",
                amount=self.company_id.currency_id.format(amount),
                date=format_date(self.env, day) or "…",
            )
            for amount, day in parts
        ]
        return self.env._(
            "%(count)s instalments: %(instalments)s. The next call is made only when "
            "one is missed.",
            count=len(parts),
            instalments="; ".join(instalments),
        )

    def _preview_difference(self, total, line_ids):
        """What the promise leaves out, or has too much; neither is a mistake.

        :param float total: all instalments, company currency
        :param line_ids: ids of the open items it is about; none: whatever is owed
        """
        items = self.env["debt.ledger"]._case_rows(self.case_id)
        if line_ids:
            items = [item for item in items if item["line_id"] in set(line_ids)]
        owed = sum(item["left"] for item in items)
        expected = owed if line_ids else self.case_id.amount_overdue
        compare = self.company_id.currency_id.compare_amounts
        if total and compare(total, expected) < 0:
            yield self.env._(
                "%(amount)s of what is overdue stays without a promise.",
                amount=self.company_id.currency_id.format(expected - total),
            )
        elif compare(total, max(owed, expected)) > 0:
            yield self.env._(
                "That is %(amount)s more than is owed.",
                amount=self.company_id.currency_id.format(total - max(owed, expected)),
            )

    def _preview_confirmation(self, outcome, values, phone):
        """When the confirmation goes out, and where to."""
        channel = values.get("confirm_channel")
        if not outcome.needs_promise or not channel:
            return
        address = self.case_id._message_address(channel, self, phone)
        if not address:
            yield self.case_id._no_address_text(channel)
            return
        now = fields.Datetime.now()
        ignored = self.env["debt.message"]._ignored_pauses("promise_confirmation")
        answer, facts = self.case_id._ask_gate(channel, now, address, ignored)
        values = {"address": address, "what": self._preview_channel(channel)}
        if answer.allowed:
            yield self.env._("%(what)s goes out to %(address)s.", **values)
        elif answer.next_at:
            time = self.case_id._local_time(answer.next_at, facts)
            yield self.env._(
                "%(what)s goes out to %(address)s on %(time)s, not before.",
                time=time,
                **values,
            )
        else:
            reason = self.case_id._contact_message(answer, now, facts)
            yield self.env._(
                "%(what)s does not go out: %(reason)s", reason=reason, **values
            )

    def _preview_channel(self, channel):
        return self.env._("An SMS") if channel == "sms" else self.env._("An e-mail")

    # --- the rest -----------------------------------------------------------------
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
                owner=self.case_id._accountant().name,
            )

    def _preview_number(self, outcome):
        if outcome.phone_health in ("dead", "wrong"):
            yield self.env._("This number is not dialled again.")

    def _preview_next(self, outcome, values):
        """The next contact as the planner would set it after this call."""
        if outcome.stops_contact or outcome.case_state or outcome.needs_dispute:
            return
        case, now = self.case_id, fields.Datetime.now()
        facts = case._contact_facts()[case]
        party = values.get("party") or outcome.party
        spoken = outcome.connected or party != "none"
        reached = party == "right_party"
        made = Contact(now, "call", spoken, reached, case=self.company_id.id)
        if outcome.needs_callback:
            callback = fields.Datetime.to_datetime(values.get("callback_at"))
            if callback:
                time = self.case_id._local_time(callback, facts)
                yield self.env._("Next call %(time)s, local time.", time=time)
            return
        history = facts.history_after(made)
        planned = case.with_context(prefetch_fields=False)._plan_next_contact(
            facts, now, history=history
        )
        if planned.at:
            time = self.case_id._local_time(planned.at, facts)
            yield self.env._("Next call %(time)s, local time.", time=time)
        else:
            yield self.case_id._reason_text(planned.reason)

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..card.debtor_words import amount_by
from .rehearsal import rehearsal

#: What of a case is announced, and compared with what is saved.
TOLD = (
    "state",
    "closed_at",
    "stage_id",
    "next_contact_at",
    "contact_until",
    "next_contact_code",
    "callback_at",
    "hold_until",
    "priority",
    "amount_overdue",
    "amount_disputed",
)


class DebtCall(models.Model):
    """What would follow from an outcome: it is done, told in words, and undone."""

    _inherit = "debt.call"

    def preview(self, outcome, **values):
        """Tell what `finish` would do with the same arguments; change nothing.

        :param str outcome: code of a ``debt.call.outcome``
        :param values: what `finish` takes; incomplete values are no error here
        :return: dict with ``missing`` (what `finish` would refuse it for, else False),
            ``sentences`` (list of str in the user's language, the most important
            first) and ``effects`` (as of `_effects`; none where something is missing)
        :raises AccessError: the call is another operator's
        """
        return self._preview_finish(outcome, **values)

    def _preview_finish(self, outcome, phone=None, **values):
        """As `preview`, for a number dialled by hand, too.

        :param phone: ``debt.phone`` dialled, where the call does not know it yet
        """
        self.ensure_one()
        self._check_owner()
        with rehearsal(self.env) as env:
            call = self.with_env(env)
            known = call.sudo()._known_before()
            try:
                call._name_dialled(phone and phone.with_env(env))
                call.finish(outcome, **values)
            except UserError as refused:
                return {"missing": str(refused), "sentences": [], "effects": {}}
            env["debt.ledger"].sudo()._settle_pending()
            done = call.sudo()
            return {
                "missing": False,
                "sentences": list(done._tell(known)),
                "effects": done._effects(),
            }

    # --- what is there before and after -------------------------------------------
    def _known_before(self):
        """What the case has already, to tell what is new from it."""
        case = self.case_id
        return {
            "activities": self._case_activities().ids,
            "promises": case.promise_ids.filtered(lambda p: p.state == "open").ids,
            "health": {phone.id: phone.health for phone in case.phone_ids},
        }

    def _case_activities(self):
        # With those that are done: an activity of before is none of what follows.
        activities = self.env["mail.activity"].with_context(active_test=False)
        return activities.search(
            [("res_model", "=", "debt.case"), ("res_id", "=", self.case_id.id)]
        )

    def _new_activities(self, known):
        found = self._case_activities().filtered("active")
        return found.filtered(lambda activity: activity.id not in known["activities"])

    def _effects(self):
        """What there is after `finish`, as data: it is the same however it was done.

        :return: dict by subject; times are naive UTC
        """
        self.env.flush_all()
        case = self.case_id
        promises = case.promise_ids.sorted(lambda p: (p.date, p.amount, p.sequence))
        disputes = self.env["debt.dispute"].search([("call_id", "=", self.id)])
        return {
            **{name: case[name] for name in TOLD if not case._fields[name].relational},
            "case": case.id,
            "stage": case.stage_id.id,
            "activities": sorted(
                (one.user_id.id, one.date_deadline, one.summary or "")
                for one in self._case_activities().filtered("active")
            ),
            "promises": [(p.amount, p.date, p.state) for p in promises],
            "disputes": [
                (
                    sorted(one.move_ids.ids),
                    one.amount,
                    one.deadline,
                    one.user_id.id,
                    one.state,
                )
                for one in disputes
            ],
            "messages": [
                (one.channel, one.address, one.state, one.send_after)
                for one in self._own_messages()
            ],
            "health": {phone.id: phone.health for phone in case.phone_ids},
            "refused": self.partner_id.debt_do_not_call,
        }

    def _own_messages(self):
        """Messages that go out because of this call."""
        return self.env["debt.message"].search([("call_id", "=", self.id)], order="id")

    # --- in words -----------------------------------------------------------------
    def _tell(self, known):
        """The consequences that are on record now, as sentences."""
        if self.case_id.closed_at:
            yield self.env._("The case is closed: the call is logged, and that is all.")
            return
        yield from self._tell_state(known)
        yield from self._tell_promise(known)
        yield from self._tell_messages()
        yield from self._tell_disputes()
        yield from self._tell_number(known)
        yield from self._tell_next()

    def _tell_state(self, known):
        case = self.case_id
        if effect := self._tell_law():
            yield effect
        if case.state == "on_hold" and case.hold_until and self.outcome_id.hold_days:
            yield self.env._(
                "Nobody calls until %(date)s.",
                date=format_date(self.env, case.hold_until),
            )
        calls = self.env["mail.activity"]._debt_calls(case)
        for activity in self._new_activities(known) - calls:
            yield self.env._(
                "%(accountant)s is asked: %(what)s.",
                accountant=activity.user_id.name,
                what=self._tell_task(activity).rstrip("."),
            )

    def _tell_task(self, activity):
        """What somebody is asked, in the language of whoever reads of it here."""
        outcome = self.outcome_id
        # Superuser: of a colleague only the language.
        lang = activity.user_id.sudo().lang
        if activity.summary == outcome.with_context(lang=lang).activity_summary:
            return outcome.activity_summary or ""
        return activity.summary or ""

    def _tell_law(self):
        """What the law makes of it, where that is more than a plan for calls."""
        outcome, case = self.outcome_id, self.case_id
        stopped = {
            "represented": self.env._(
                "Direct contact with the debtor stops in every way: from now on only "
                "the representative is contacted."
            ),
            "bankrupt": self.env._(
                "All contact stops: calls, messages and letters. The claim is filed "
                "with the insolvency administrator."
            ),
        }
        if outcome.case_state == "legal" and case.state == "legal":
            return stopped.get(outcome.code) or self.env._(
                "The case goes to the legal department; the debtor is not contacted."
            )
        if outcome.code == "hardship" and case.state == "on_hold":
            return self.env._(
                "Collection pauses; the debtor is offered a plan that can be met."
            )
        if outcome.stops_contact and self.partner_id.debt_do_not_call:
            return self.env._(
                "No number of the debtor is called any more, and no SMS goes out; "
                "e-mails and letters stay permitted."
            )
        return None

    # --- promises -----------------------------------------------------------------
    def _tell_promise(self, known):
        """What is promised, until when nobody calls, and what stays unpromised."""
        made = self.env["debt.promise"].search(
            [("call_id", "=", self.id)], order="sequence, id"
        )
        if not made:
            return
        for old in made.replaces_ids:
            yield self.env._(
                "In place of what was promised before: %(promise)s.",
                promise=old._describe(),
            )
        last_day = self.case_id._promise_last_day()
        if len(made) > 1:
            yield self._tell_plan(made)
        elif self.case_id.state == "promised" and last_day:
            yield self.env._(
                "Nobody calls until %(date)s; if it is not paid by then, the case "
                "returns to the front of the queue.",
                date=format_date(
                    self.env, max(last_day, self.case_id.hold_until or last_day)
                ),
            )
        elif self.case_id.state == "active" and not self.case_id.callback_at:
            yield self.env._("What it is not about is collected as before.")
        yield from self._tell_difference()

    def _tell_plan(self, made):
        money = self.company_id.currency_id
        instalments = [
            amount_by(
                self.env, money.format(part.amount), format_date(self.env, part.date)
            )
            for part in made
        ]
        return self.env._(
            "%(count)s instalments: %(instalments)s. The next call is made only when "
            "one is missed.",
            count=len(made),
            instalments="; ".join(instalments),
        )

    def _tell_difference(self):
        """What the promises leave out of what is owed, or have too much."""
        money, case = self.company_id.currency_id, self.case_id
        left, beyond = self.env["debt.promise"]._uncovered(case)
        if not money.is_zero(left):
            yield self.env._(
                "%(amount)s of what is overdue stays without a promise.",
                amount=money.format(left),
            )
        if not money.is_zero(beyond):
            yield self.env._(
                "That is %(amount)s more than is owed.", amount=money.format(beyond)
            )

    # --- the rest -----------------------------------------------------------------
    def _tell_messages(self):
        """Whether what is written goes out, when, and where to."""
        for message in self._own_messages():
            values = {
                "what": self._tell_channel(message.channel),
                "address": message.address,
            }
            if message.state == "sent":
                yield self.env._("%(what)s goes out to %(address)s.", **values)
            elif message.state == "queued":
                yield self.env._(
                    "%(what)s goes out to %(address)s on %(time)s, not before.",
                    time=self.case_id._local_time(message.send_after),
                    **values,
                )
            else:
                yield self.env._(
                    "%(what)s does not go out: %(reason)s",
                    reason=message.failure or "",
                    **values,
                )

    @api.model
    def _tell_channel(self, channel):
        return self.env._("An SMS") if channel == "sms" else self.env._("An e-mail")

    def _tell_disputes(self):
        for dispute in self.env["debt.dispute"].search([("call_id", "=", self.id)]):
            yield self.env._(
                "%(invoices)s: held until %(date)s; %(owner)s settles it.",
                invoices=dispute._describe(),
                date=format_date(self.env, dispute.deadline),
                owner=dispute.user_id.name,
            )
            if dispute.amount:
                yield self.env._("The rest of the invoice is collected as before.")

    def _tell_number(self, known):
        phone = self.phone_id
        changed = phone.health != known["health"].get(phone.id)
        if changed and phone.health in ("dead", "wrong"):
            yield self.env._("This number is not dialled again.")

    def _tell_next(self):
        """The next call as the planner has set it, or why there is none."""
        case = self.case_id
        if not case.next_contact_at:
            # Whoever may not be called at all has been spoken of.
            if not self._tell_law():
                yield case._reason_text(case.next_contact_code)
            return
        time = case._local_time(case.next_contact_at)
        if case.state == "promised" and not case.callback_at:
            yield self.env._(
                "Next call, unless it is paid: %(time)s, local time.", time=time
            )
        else:
            yield self.env._("Next call %(time)s, local time.", time=time)

from datetime import datetime
from itertools import chain
from typing import NamedTuple

from odoo import api, fields, models

from ..card.lock_rows import lock_found
from ..plan.debt_ladder import MESSAGE_CHANNELS

BATCH = 200
#: States in which a ladder writes; a dormant case has a slow one.
WRITTEN_IN = ("active", "dormant")


class LadderHistory(NamedTuple):
    """Messages that the present ladder of a case has brought already.

    ``occurrences``: pairs of a step's id and the first ladder day of its span.
    ``last``: when the last message goes or went out, naive UTC, of whichever ladder.
    """

    occurrences: set
    last: datetime | None

    def _with(self, prefix, key, at):
        """Return the history with one message more.

        :param str prefix: what keys of this ladder's messages begin with
        :param str key: its own key
        :param datetime at: when it goes or went out
        """
        if key.startswith(prefix):
            step, first = key.removeprefix(prefix).split(":")[:2]
            self.occurrences.add((int(step), int(first)))
        return self._replace(last=max(filter(None, (self.last, at)), default=None))


class DebtCase(models.Model):
    """The ladder's messages: SMS and e-mails that go out without an operator.

    They are planned along with the calls. A scheduled action puts what is due on record
    as ``debt.message``, whose key lets each step happen once; the gate and the ledger
    are asked when it is sent.
    """

    _inherit = "debt.case"

    next_message_at = fields.Datetime(
        string="Next Message",
        readonly=True,
        help="When the retry ladder writes to the debtor automatically.",
    )

    _message_idx = models.Index(
        "(next_message_at) WHERE closed_at IS NULL AND next_message_at IS NOT NULL"
    )

    def _plan_message(self, facts, now, made, call_at, withheld=False):
        """The ladder's next message.

        :param facts: `Facts` of the debtor
        :param datetime now: naive UTC
        :param made: `LadderHistory`
        :param datetime call_at: the next call planned, naive UTC or None
        :param bool withheld: what it would write next, were the company's texts on:
            somebody may switch them on, and the ladder is not over before
        :return: `tools.ladder_messages.Due`, None when none is foreseen
        """
        super()._plan_message(facts, now, made, call_at, withheld)
        # Superuser: a setting of the case's company.
        if not (withheld or self.sudo().company_id.debt_texts_on):
            return None
        if self.state not in WRITTEN_IN or self.callback_at or facts.pause:
            return None
        due = self.ladder_id._next_message(
            self, MESSAGE_CHANNELS, facts, now, made, call_at
        )
        step = self.env["debt.ladder.step"].browse(due.step.key if due else [])
        return due if step and self._step_channel(step, facts) else None

    def _ladder_messages(self):
        """What these cases' ladders have sent, or are to send.

        :return: dict of `LadderHistory` by case
        """
        empty = super()._ladder_messages()
        made = {case: LadderHistory(set(), None) for case in empty}
        steps = chain.from_iterable(ladder._steps() for ladder in self.ladder_id)
        if {step.channel for step in steps} <= {"call"}:
            return made
        # Superuser: exactly the messages of these cases. Who has promised gets none.
        messages = self.env["debt.message"].sudo()
        cases = self.filtered(lambda case: case.state != "promised")
        for message in cases and messages.search(
            [("case_id", "in", cases.ids), ("kind", "=", "ladder")]
        ):
            case = message.case_id
            made[case] = made[case]._with(
                case._ladder_key(), message.key, message._counts_from()
            )
        return made

    def _ladder_key(self, due=None):
        """Key of a message of this ladder, or what all of them begin with.

        A pause moves the first day of a ladder; days counted without it tell one ladder
        of the case from the next.
        """
        run = self._ladder_start().toordinal() - self.ladder_paused_days
        occurrence = f"{due.step.key}:{due.first}" if due else ""
        return f"ladder:{self.id}:{run}:{occurrence}"

    def _step_channel(self, step, facts):
        """The first of the step's channels by which the debtor can be written to.

        Nobody asked for these messages: whoever is on the list of those who want no
        mail gets none.
        """
        partner, phones = self.partner_id, self.env["debt.phone"]
        ways = {
            "sms": lambda: (
                not partner.debt_do_not_call and phones._for_sms(facts.phones)
            ),
            "email": lambda: partner._debt_email() and not partner.is_blacklisted,
        }
        for channel in step._channels():
            if ways[channel]() and not self._lacks_leave(channel, facts):
                return channel
        return None

    # --- carrying them out --------------------------------------------------------
    @api.model
    def _cron_ladder_messages(self):
        """Put the messages that are due into the queue, some cases at a time.

        Killed in the middle, it repeats nothing: a message and the mark on its case are
        written in one transaction.
        """
        domain = [
            ("closed_at", "=", False),
            ("next_message_at", "<=", fields.Datetime.now()),
        ]
        remaining = self.search_count(domain)
        while cases := lock_found(
            lambda: self.search(domain, limit=BATCH, order="next_message_at, id")
        ):
            cases._work_isolated(lambda some: some._make_ladder_messages())
            remaining -= len(cases)
            if not self.env["ir.cron"]._commit_progress(
                len(cases), remaining=max(0, remaining)
            ):
                return

    def _make_ladder_messages(self):
        """Make the messages of these cases that are due, and plan the next ones."""
        # Superuser: a scheduled action, for exactly these cases.
        cases = self.sudo().filtered(lambda case: case.state in WRITTEN_IN)
        cases.filtered("plan_dirty")._plan()
        now = fields.Datetime.now()
        facts, made = cases._contact_facts(), cases._ladder_messages()
        values = [
            case._prepare_ladder_message(facts[case], now, made[case]) for case in cases
        ]
        if values := list(filter(None, values)):
            messages = self.env["debt.message"].sudo()
            messages.create(values)
            messages._trigger_sending()
        (cases.exists() | self)._plan()

    def _prepare_ladder_message(self, facts, now, made):
        """Values of the message that is due now, None when none is."""
        due = self._plan_message(facts, now, made, self.next_contact_at or None)
        if not due or due.at > now:
            return None
        step = self.env["debt.ladder.step"].browse(due.step.key)
        channel = self._step_channel(step, facts)
        values = self._prepare_message_values(
            "ladder", channel, key=self._ladder_key(due)
        )
        return values | {"ladder_step_id": step.id}

import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, models
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

BATCH = 500
BY_WRITING = ("email", "sms")


class DebtPromise(models.Model):
    """The day before it is due, a debtor is reminded of a promise, once."""

    _inherit = "debt.promise"

    @api.model
    def _remind(self):
        """Put reminders of promises that fall due soon into the queue.

        They go out through the gate, a few at a time, by the scheduled action.
        """
        for company in self.env["res.company"].search([]):
            promises = self.search(self._get_remind_domain(company))
            for batch in split_every(BATCH, promises.ids, self.browse):
                batch._try_to_remind()

    def _try_to_remind(self):
        """Reminders that fail do not block the rest of the daily job."""
        try:
            with self.env.cr.savepoint():
                self._queue_reminders()
        except OperationalError:
            # The database is busy: nothing is wrong with the promises.
            raise
        except Exception:
            _logger.exception("Promises %s could not be reminded of", self.ids)
        if self.env.context.get("ir_cron_progress_id"):
            self.env["ir.cron"]._commit_progress()

    @api.model
    def _get_remind_domain(self, company):
        """Promises of a company to be reminded of today; made today is soon enough."""
        today = company._debt_today()
        last = today + timedelta(days=company.debt_promise_reminder_days)
        return [
            ("company_id", "=", company.id),
            ("state", "=", "open"),
            ("date", ">", today),
            ("date", "<=", last),
            ("made_on", "<", today),
            ("case_id.closed_at", "=", False),
        ]

    def _queue_reminders(self):
        messages = self.env["debt.message"]
        keys = {promise: promise._reminder_key() for promise in self}
        known = messages.search([("key", "in", list(keys.values()))])
        known = set(known.mapped("key"))
        due = self.filtered(lambda promise: keys[promise] not in known)
        self.env["debt.phone"]._sync_missing(due.partner_id.sudo())
        confirmed = due._confirmed_channels()
        values = [
            promise._prepare_reminder(keys[promise], confirmed) for promise in due
        ]
        if values := list(filter(None, values)):
            messages.create(values)
            messages._trigger_sending()

    def _reminder_key(self):
        """A promise put off to another day is reminded of anew."""
        return f"promise:{self.id}:reminder:{self.date}"

    def _confirmed_channels(self):
        """How promises were confirmed lately, by promise; a plan by its first one."""
        firsts = self.plan_id | self.filtered(lambda promise: not promise.plan_id)
        groups = self.env["debt.message"]._read_group(
            [("promise_id", "in", firsts.ids), ("kind", "=", "promise_confirmation")],
            ["promise_id", "channel"],
            order="id:max",
        )
        return dict(groups)

    def _prepare_reminder(self, key, confirmed):
        """Values of the reminder, None when there is no way to write to the debtor.

        :param dict confirmed: channels by promise, of `_confirmed_channels`
        """
        case, call = self.case_id, self.call_id
        for channel in self._reminder_channels(confirmed.get(self.plan_id or self)):
            if address := case._listed_address(channel, call):
                return case._prepare_message_values(
                    "promise_reminder", channel, call, self, key, address
                )
        return None

    def _reminder_channels(self, confirmed=None):
        """As it was confirmed, else as the debtor prefers, else by e-mail, then SMS."""
        debtor = self.partner_id
        wanted = (confirmed, debtor.debt_preferred_channel, *BY_WRITING)
        return [
            channel
            for channel in dict.fromkeys(wanted)
            if channel in BY_WRITING
            and not (channel == "sms" and debtor.debt_do_not_call)
        ]

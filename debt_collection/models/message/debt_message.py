import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..card.lock_rows import lock_found

_logger = logging.getLogger(__name__)

BATCH = 20
#: Pauses of collection that do not keep a message back: what the debtor asked for is
#: sent whatever pauses, and a reminder is about the very promise that pauses.
IGNORED_PAUSES = {
    "promise_confirmation": ("promised", "on_hold"),
    "payment_details": ("promised", "on_hold"),
    "invoice": ("promised", "on_hold"),
    "promise_reminder": ("promised",),
}
#: Documents from which debtors are written to without the gate being asked.
ELSEWHERE = ("account.move", "res.partner")
REQUESTED = ("promise_confirmation", "payment_details", "invoice")
ABOUT_PROMISES = ("promise_confirmation", "promise_reminder")


class DebtMessage(models.Model):
    """One SMS, e-mail, voice message, letter or visit to a debtor, made or not.

    It is on record before it goes out, passes the gate at the moment it goes out, and
    stays on record with what became of it. Odoo's own queues carry it: the row is
    written in the transaction that puts the mail or SMS into its queue.
    """

    _name = "debt.message"
    _description = "Message to a Debtor"
    _order = "create_date desc, id desc"
    _check_company_auto = True

    case_id = fields.Many2one(
        "debt.case",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Debtor", store=True, index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    channel = fields.Selection(
        [
            ("sms", "SMS"),
            ("email", "E-mail"),
            ("voice_message", "Voice Message"),
            ("letter", "Letter"),
            ("visit", "Visit"),
        ],
        required=True,
        readonly=True,
    )
    kind = fields.Selection(
        [
            ("promise_confirmation", "Confirmation of a Promise"),
            ("promise_reminder", "Reminder of a Promise"),
            ("payment_details", "Payment Details"),
            ("callback_request", "Request to Call Back"),
            ("ladder", "Step of the Retry Ladder"),
            ("manual", "Written by Hand"),
            ("recorded", "Made in Person"),
            ("elsewhere", "From an Invoice or Contact"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("sent", "Sent"),
            ("delivered", "Delivered"),
            ("failed", "Failed"),
            ("refused", "Not Permitted"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="queued",
        index=True,
    )
    address = fields.Char(readonly=True, help="Number, e-mail or address.")
    subject = fields.Char(readonly=True)
    body = fields.Html(string="Text", readonly=True, help="As it was sent.")
    lang = fields.Char(string="Language", readonly=True)
    requested = fields.Boolean(
        compute="_compute_requested",
        store=True,
        help="Sent because the debtor had asked for it.",
    )
    call_id = fields.Many2one(
        "debt.call", readonly=True, ondelete="set null", index="btree_not_null"
    )
    promise_id = fields.Many2one(
        "debt.promise", readonly=True, ondelete="set null", index="btree_not_null"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Sent By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    send_after = fields.Datetime(
        string="Not Before",
        readonly=True,
        default=fields.Datetime.now,
        help="Whether it is permitted is checked again at that time.",
    )
    sent_at = fields.Datetime(
        string="Sent",
        readonly=True,
        help="When it was handed over to be sent; from then on it counts as a contact.",
    )
    failure = fields.Char(
        string="Why Not", readonly=True, help="Why it was not sent, or not yet."
    )
    key = fields.Char(
        readonly=True, copy=False, help="This message has been created already."
    )
    mail_mail_id = fields.Many2one(
        "mail.mail", readonly=True, ondelete="set null", index="btree_not_null"
    )
    sms_uuid = fields.Char(readonly=True, copy=False)

    _key_unique = models.Constraint("UNIQUE(key)", "This message exists already.")
    _history_idx = models.Index("(partner_id, sent_at) WHERE sent_at IS NOT NULL")
    _queue_idx = models.Index("(send_after) WHERE state = 'queued'")

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        self.env["debt.contact.lock"]._acquire(messages.filtered("sent_at").partner_id)
        return messages

    def write(self, vals):
        """A message is a contact from the moment it is handed over."""
        result = super().write(vals)
        if vals.get("sent_at"):
            self.env["debt.contact.lock"]._acquire(self.partner_id)
        return result

    @api.depends("kind")
    def _compute_requested(self):
        for message in self:
            message.requested = message.kind in REQUESTED

    @api.depends("kind", "partner_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for message in self:
            message.display_name = (
                f"{message.partner_id.display_name}: {kinds.get(message.kind, '')}"
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never_sent(self):
        """What was sent is history: an inspector may ask for it."""
        if self.filtered("sent_at") and not self.env.user.has_group(
            "base.group_system"
        ):
            raise UserError(self.env._("A message that was sent cannot be deleted."))

    # --- sending ------------------------------------------------------------------
    def _send(self):
        """Ask the gate, and hand over, wait, or give up."""
        for message in self:
            if message._is_outdated():
                message.write({"state": "cancelled", "failure": False})
                continue
            if not message.address:
                text = message.case_id._no_address_text(message.channel)
                message.write({"state": "refused", "failure": text})
                continue
            answer, text, decided = message._ask_gate()
            if answer.allowed:
                message._hand_over()
                message._keep_contact(decided)
                continue
            message._keep_refusal(decided)
            if answer.next_at and message._can_wait(answer.next_at):
                message._wait(answer.next_at, text)
            else:
                message.write({"state": "refused", "failure": text})

    def _is_outdated(self):
        """Whether what it is about is over by now, or was deleted."""
        promise = self.promise_id
        if (promise or self.kind in ABOUT_PROMISES) and promise.state != "open":
            return True
        today = self.company_id._debt_today()
        return self.kind == "promise_reminder" and promise.date < today

    def _can_wait(self, until):
        """Hook: whether it is still of use at that time, naive UTC."""
        return True

    def _ask_gate(self):
        """The gate's answer at this moment, in words, and as it is kept.

        The debtor's case may have been closed and followed by another since.

        :return: `tools.contact.Answer`, text, and a draft for
            `debt.contact.decision._keep`
        """
        case = self.promise_id.case_id or self.case_id
        now = fields.Datetime.now()
        ignored = self._ignored_pauses(self.kind)
        answer, facts = case._ask_gate(self.channel, now, self.address, ignored)
        decided = self._prepare_decision(case, now, answer, facts)
        return answer, case._contact_message(answer, now, facts), decided

    @api.model
    def _ignored_pauses(self, kind):
        """Codes of the pauses that do not keep a message of this kind back."""
        return IGNORED_PAUSES.get(kind, ())

    def _wait(self, until, text):
        self.write({"state": "queued", "send_after": until, "failure": text})
        self._trigger_sending(until)

    @api.model
    def _trigger_sending(self, at=None):
        cron = self.env.ref("debt_collection.ir_cron_debt_message").sudo()
        cron._trigger(at or fields.Datetime.now())

    @api.model
    def _cron_send(self):
        """Send what has waited long enough, a few at a time.

        One failing message does not block the rest: it is marked failed.
        """
        due = [("state", "=", "queued"), ("send_after", "<=", fields.Datetime.now())]
        # Superuser: a scheduled action, for all companies.
        queue = self.sudo()
        remaining = queue.search_count(due)
        while messages := lock_found(
            lambda: queue.search(due, limit=BATCH, order="send_after, id")
        ):
            for message in messages:
                message._send_or_fail()
            remaining -= len(messages)
            if not self.env["ir.cron"]._commit_progress(
                len(messages), remaining=max(0, remaining)
            ):
                return

    def _send_or_fail(self):
        """Send it; whatever is wrong with this one message is noted on it."""
        try:
            with self.env.cr.savepoint():
                self._send()
        except OperationalError:
            # The database is busy: nothing is wrong with the message.
            raise
        except Exception as error:
            _logger.exception("Message %s to a debtor could not be sent", self.id)
            text = self.env._("It could not be sent: %(error)s", error=error)
            self.write({"state": "failed", "failure": text[:250]})

    # --- what a person does -------------------------------------------------------
    def action_cancel(self):
        """Messages that wait are not sent any more."""
        self.check_access("read")
        # Superuser: nobody writes messages by hand.
        waiting = self.sudo().filtered(lambda message: message.state == "queued")
        waiting.write({"state": "cancelled", "failure": False})

    def action_send_again(self):
        """Try again what failed or was not permitted, through the gate as ever."""
        self.check_access("read")
        # Superuser: nobody writes messages by hand; the gate decides.
        failed = self.sudo().filtered(lambda m: m.state in ("failed", "refused"))
        for message in failed:
            call = message.call_id
            message.address = message.case_id._message_address(message.channel, call)
        failed._send()

    def _tell_sender(self):
        """What became of it at once, as a notification."""
        values = {"address": self.address, "reason": self.failure}
        match self.state:
            case "sent":
                kind = "success"
                text = self.env._("Sent to %(address)s.", **values)
            case "queued":
                kind = "info"
                text = self.env._("Not sent to %(address)s yet: %(reason)s", **values)
            case _:
                kind = "warning"
                text = self.env._("Not sent to %(address)s: %(reason)s", **values)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize, html2plaintext

from ...tools import revocation
from ..card.dormant import wake

#: Messages that nobody writes: they wait until the debtor's answer has been read.
AUTOMATIC = ("ladder", "promise_reminder")
#: Headers of mails that no person wrote, beside that of RFC 3834.
AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond")
SHOWN = 200


class DebtReply(models.Model):
    """What a debtor wrote back, by e-mail or SMS: on record, and to be read.

    Until somebody has read it, nothing is sent by itself: it may say that the debt is
    paid, disputed, or that he wants to be left alone.
    """

    _name = "debt.reply"
    _description = "Reply of a Debtor"
    _inherit = ["mail.activity.mixin", "mail.thread"]
    _order = "received_at desc, id desc"
    _rec_name = "partner_id"

    case_id = fields.Many2one(
        "debt.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Debtor", store=True, index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    channel = fields.Selection(
        [("sms", "SMS"), ("email", "E-mail")],
        string="Came By",
        required=True,
        readonly=True,
    )
    address = fields.Char(string="From", readonly=True)
    subject = fields.Char(readonly=True)
    text = fields.Text(string="What It Says", readonly=True)
    files = fields.Char(
        string="Attached", readonly=True, help="Names of the files that came with it."
    )
    received_at = fields.Datetime(
        string="Received", required=True, readonly=True, default=fields.Datetime.now
    )
    state = fields.Selection(
        [("unread", "To Be Read"), ("read", "Read")],
        required=True,
        readonly=True,
        default="unread",
        index=True,
    )
    user_id = fields.Many2one("res.users", string="Read By", readonly=True)
    read_at = fields.Datetime(string="Read On", readonly=True)

    @api.model
    def _receive(self, case, channel, address, text, subject=False, files=()):
        """Put an answer on record, and wake whoever works the case.

        :param case: ``debt.case``
        :param str channel: sms, email
        :param str text: plain
        :param files: names of what is attached
        :return: ``debt.reply`` (superuser)
        """
        # Superuser: debtors and gateways are no users with rights here.
        reply = self.sudo().create(
            {
                "case_id": case.id,
                "channel": channel,
                "address": address,
                "subject": subject,
                "text": (text or "").strip(),
                "files": ", ".join(files),
            }
        )
        # Who wants no more messages has not asked to be called again.
        if revocation.read(text or "") != "refused":
            wake(
                case,
                self.env._("The debtor has written: the case is no longer dormant."),
            )
        accountant = case._accountant()
        reply._ask_to_read(
            case.user_id or accountant, self.env._("The debtor has answered")
        )
        if files and accountant != case.user_id:
            reply._ask_to_read(
                accountant, self.env._("A proof of payment? The debtor sent files")
            )
        case.sudo()._set_dirty()
        return reply

    @api.model
    def _prepare_thread(self, msg_dict):
        """Take out of an e-mail to a case what colleagues must not read in its thread.

        :param dict msg_dict: the mail as ``message_update`` gets it; Odoo posts these
            very values afterwards
        """

    @api.model
    def _receive_mail(self, case, msg_dict):
        """An e-mail to a case, where the debtor himself wrote it; see `_receive`.

        That he is out of office is no answer, nor is the logo of a signature a file.

        :param dict msg_dict: the mail as ``message_update`` gets it
        """
        sender = email_normalize(msg_dict.get("from") or msg_dict.get("email_from"))
        automatic = self.env.context.get("debt_mail_is_automatic")
        if automatic or not sender or not case._is_debtors_email(sender):
            return
        self._receive(
            case,
            "email",
            sender,
            html2plaintext(msg_dict.get("body") or ""),
            msg_dict.get("subject"),
            [
                str(name)
                for name, _content, *info in msg_dict.get("attachments") or ()
                if not (info and info[0] and info[0].get("cid"))
            ],
        )

    def _ask_to_read(self, user, summary):
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            self.company_id._debt_today(),
            summary=summary,
            note=(self.text or self.subject or "")[:SHOWN],
            user_id=user.id,
        )

    @api.model
    def _unread(self, cases):
        """Those of these cases whose debtor's answer nobody has read yet.

        :return: ``debt.case``
        """
        # Superuser: whether there is one, of exactly these cases.
        replies = self.sudo().search(
            [("case_id", "in", cases.ids), ("state", "=", "unread")]
        )
        return cases.browse(replies.case_id.ids)

    def action_read(self):
        """It was read: what is sent by itself goes on.

        :raises AccessError: somebody else works the case
        """
        self.check_access("read")
        if not (
            self.env.user.has_group("debt_collection.group_debt_operator")
            or self.env.user.has_group("debt_collection.group_debt_accountant")
        ):
            raise AccessError(self.env._("Only those who collect read replies."))
        # Superuser: nobody writes replies; who read them is kept.
        unread = self.sudo().filtered(lambda reply: reply.state == "unread")
        unread.write(
            {
                "state": "read",
                "user_id": self.env.uid,
                "read_at": fields.Datetime.now(),
            }
        )
        unread.activity_ids.filtered(
            lambda activity: activity.user_id == self.env.user
        ).action_feedback()
        self.env["debt.message"]._go_on(unread.case_id)

    def action_case(self):
        """The debtor's card, with the answer in its thread."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "debt.case",
            "res_id": self.case_id.id,
            "views": [(False, "form")],
        }


class DebtMessage(models.Model):
    """Nothing is sent by itself to somebody whose answer nobody has read."""

    _inherit = "debt.message"

    @api.model
    def _go_on(self, cases):
        """What waited for somebody to read an answer is tried again soon."""
        # Superuser: exactly the messages of these cases.
        waiting = self.sudo().search(
            [
                ("case_id", "in", cases.ids),
                ("state", "=", "queued"),
                ("kind", "in", AUTOMATIC),
            ]
        )
        waiting.send_after = fields.Datetime.now()
        cases._set_dirty()
        self._trigger_sending()

    def _send(self):
        automatic = self.filtered(lambda message: message.kind in AUTOMATIC)
        unread = self.env["debt.reply"]._unread(automatic.case_id)
        waiting = automatic.filtered(lambda message: message.case_id in unread)
        text = self.env._("The debtor has answered, and nobody has read it yet.")
        for message in waiting:
            day = fields.Datetime.add(fields.Datetime.now(), hours=4)
            if message._can_wait(day):
                message._wait(day, text)
            else:
                message.write({"state": "cancelled", "failure": text})
        return super(DebtMessage, self - waiting)._send()


class MailThread(models.AbstractModel):
    """A mail that no person wrote is known by its headers, which go no further."""

    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        threads = self
        if _is_automatic(message):
            threads = self.with_context(debt_mail_is_automatic=True)
        return super(MailThread, threads)._message_route_process(
            message, message_dict, routes
        )


class DebtContactFacts(models.AbstractModel):
    """Whether there is an answer to be read is asked before a robot calls."""

    _inherit = "debt.contact.facts"

    @api.model
    def _has_unread(self, case):
        waits = super()._has_unread(case)
        return waits or bool(self.env["debt.reply"]._unread(case._origin))


def _is_automatic(message):
    """Whether a mail says of itself that no person wrote it (RFC 3834).

    :param message: `email.message.EmailMessage`
    """
    submitted = str(message.get("Auto-Submitted") or "no").strip().lower()
    return not submitted.startswith("no") or any(
        name in message for name in AUTOMATIC_HEADERS
    )

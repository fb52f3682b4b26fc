from odoo import models
from odoo.exceptions import UserError

from .rehearsal import rehearsal

KINDS = ("payment_details", "invoice")
CHANNELS = ("email", "sms")


class DebtCall(models.Model):
    """What the debtor asks for during a call is sent to him, after a look at it."""

    _inherit = "debt.call"

    def send(self, kind, channel, line_ids=None):
        """Send what the debtor asked for, if gate and law allow it.

        :param str kind: payment_details or invoice
        :param str channel: email or sms
        :param line_ids: for invoices, ids of the open items they are about; all that is
            overdue where none are named
        :return: a client action that tells what became of it
        :raises AccessError: the call is another operator's
        :raises UserError: unknown kind or channel, or an item that is not the debtor's
        """
        return self._make_message(kind, channel, line_ids)._send_now()._tell_sender()

    def look(self, kind, channel, line_ids=None):
        """Tell what `send` would do with the same arguments; change nothing.

        :return: dict of ``address``, ``subject`` (False for SMS), ``body`` (HTML of an
            e-mail, the text of an SMS) and ``problem``: why it would not leave, False
            where it would
        """
        self._check_owner()
        with rehearsal(self.env) as env:
            told = {"address": False, "subject": False, "body": False}
            try:
                message = self.with_env(env)._make_message(kind, channel, line_ids)
                told["address"] = message.address
                told["problem"] = message._why_not()
                told["subject"], told["body"] = message._look()
            except UserError as refused:
                told["problem"] = told.get("problem") or str(refused)
            return told

    def _make_message(self, kind, channel, line_ids):
        """:return: ``debt.message`` (superuser), made and not sent"""
        self.ensure_one()
        self._check_owner()
        if kind not in KINDS or channel not in CHANNELS:
            raise UserError(self.env._("That cannot be sent from here."))
        # Superuser: nobody writes messages by hand; the call is the operator's own.
        case, call = self.case_id.sudo(), self.sudo()
        values = case._prepare_message_values(kind, channel, call)
        values["user_id"] = self.env.uid
        if kind == "invoice":
            values["move_ids"] = [(6, 0, call._moves_of(line_ids))]
        return self.env["debt.message"].sudo().create(values)

    def _moves_of(self, line_ids):
        """Ids of the documents of open items of this call's debtor.

        :raises UserError: one of the items is not his, or there is none
        """
        # Named ones may be beyond those that a window shows.
        rows = self.case_id._read_items(every=bool(line_ids))
        known = {row["line_id"]: row for row in rows}
        if line_ids:
            if not all(type(id_) is int and id_ in known for id_ in line_ids):
                raise UserError(self.env._("That is not an item of this debtor."))
            chosen = [known[id_] for id_ in line_ids]
        else:
            chosen = [row for row in rows if row["status"] in ("overdue", "promised")]
        moves = list(dict.fromkeys(row["move_id"] for row in chosen))
        if not moves:
            raise UserError(self.env._("There is no invoice to send."))
        return moves

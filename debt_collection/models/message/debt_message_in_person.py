from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, plaintext2html

from ...tools.contact import Answer, check


class DebtMessage(models.Model):
    """Letters and visits: no queue carries them, people do, and put them on record."""

    _inherit = "debt.message"

    @api.model
    def _record_in_person(self, case, channel, note, made_at=None, **values):
        """Put a letter or a visit on record: it counts as a contact.

        :param str channel: letter, visit
        :param str note: what it said, or what came of it
        :param datetime made_at: when it was made already, naive UTC: it is recorded
            whatever the gate says, and the gate's answer with it; None: it is made now
        :param values: more of the ``debt.message``
        :return: ``debt.message`` (superuser)
        :raises UserError: it is to be made now, and the gate refuses
        """
        case.ensure_one()
        case.check_access("write")
        at = made_at or fields.Datetime.now()
        answer, facts = self._ask_in_person(case, channel, made_at)
        if not answer.allowed and not made_at:
            raise UserError(case._contact_message(answer, at, facts))
        address = self._postal_address(case)
        decided = self.env["debt.contact.decision"]._prepare(
            case, channel, at, answer, facts, occasion="message", number=address
        )
        # Superuser: nobody writes messages by hand; this one was decided about.
        case = case.sudo()
        message = self.sudo().create(
            {
                **case._prepare_message_values("recorded", channel),
                "address": address,
                "body": plaintext2html(note or ""),
                "state": "sent",
                "sent_at": at,
                **values,
            }
        )
        self.env["debt.contact.decision"]._keep([decided | {"message_id": message.id}])
        case._message_log(body=message._in_person_text(note))
        # It may have used up what a call was planned for.
        case._set_dirty()
        return message

    def _in_person_text(self, note):
        """One line for the chatter: a letter was posted, or a visit made."""
        day = format_date(self.env, self.company_id._debt_day_of(self.sent_at))
        if self.channel == "visit":
            text = self.env._("Visit on %(date)s.", date=day)
        else:
            text = self.env._("Letter of %(date)s.", date=day)
        return f"{text} {note or ''}".strip()

    @api.model
    def _ask_in_person(self, case, channel, made_at=None):
        """The gate's answer about a letter or visit, and what it knew.

        What the ledger says now tells nothing of an earlier day.

        :param datetime made_at: when it was made, naive UTC; None: it is made now
        :return: `tools.contact.Answer` and `Facts`
        """
        if not made_at:
            return case._ask_gate(channel, fields.Datetime.now())
        facts = case._contact_facts()[case]
        if reason := case._refused_by_debtor(channel, facts, None, None):
            return Answer(False, reason), facts
        asked = replace(case._question(channel, facts), pause=None)
        return check(asked, made_at), facts

    @api.model
    def _postal_address(self, case):
        """The debtor's address on one line, False where there is none."""
        # Superuser: exactly this debtor's address.
        lines = case.partner_id.sudo()._display_address(without_company=True)
        parts = (line.strip() for line in lines.splitlines())
        return ", ".join(filter(None, parts)) or False

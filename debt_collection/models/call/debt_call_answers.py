from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

#: Whoever calls later than that calls about something else.
ANSWERED_WITHIN = timedelta(days=14)


class DebtCall(models.Model):
    """What an incoming call answers, and on which of our numbers it came."""

    _inherit = "debt.call"

    our_number = fields.Char(
        string="Number Rung",
        readonly=True,
        help="Which of our numbers the debtor called.",
    )
    answers_call_id = fields.Many2one(
        "debt.call",
        string="Answers Our Call",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Our last call, at which the debtor was not reached.",
    )
    answers_message_id = fields.Many2one(
        "debt.message",
        string="Answers Our Message",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The last message that we sent since then.",
    )
    answers_text = fields.Char(compute="_compute_answers_text", string="It May Answer")

    @api.depends("answers_call_id", "answers_message_id")
    @api.depends_context("lang")
    def _compute_answers_text(self):
        # Superuser: of the debtor on the line; only what it was and its day are told.
        for call in self.sudo():
            message, missed = call.answers_message_id, call.answers_call_id
            zone = call.company_id._debt_day_of
            if message:
                channels = dict(
                    message._fields["channel"]._description_selection(self.env)
                )
                call.answers_text = self.env._(
                    "%(what)s of %(date)s",
                    what=channels[message.channel],
                    date=format_date(self.env, zone(message.sent_at)),
                )
            else:
                call.answers_text = bool(missed) and self.env._(
                    "Our call of %(date)s",
                    date=format_date(self.env, zone(missed.started_at)),
                )

    @api.model
    def _prepare_inbound(self, case, now, number, contact):
        values = super()._prepare_inbound(case, now, number, contact)
        return values | self._prepare_answers(case, now)

    @api.model
    def _prepare_answers(self, case, now):
        """What the debtor may be calling about: the last that he had of us.

        :param datetime now: naive UTC
        """
        # Superuser: whichever colleague called or wrote, about the same case.
        since = now - ANSWERED_WITHIN
        call = self.sudo().search(
            [
                ("case_id", "=", case.id),
                ("direction", "=", "outbound"),
                ("started_at", ">=", since),
            ],
            order="started_at desc, id desc",
            limit=1,
        )
        message = (
            self.env["debt.message"]
            .sudo()
            .search(
                [("case_id", "=", case.id), ("sent_at", ">=", since)],
                order="sent_at desc, id desc",
                limit=1,
            )
        )
        if call and message and call.started_at >= message.sent_at:
            message = message.browse()
        missed = call if call.party != "right_party" and not message else call.browse()
        return {"answers_call_id": missed.id, "answers_message_id": message.id}

    def _note_our_number(self, number):
        """Which of our numbers was rung, where that is known.

        :param str number: in any form
        """
        self.ensure_one()
        self._check_owner()
        if number and self.direction == "inbound":
            # Superuser: the call is the user's own (checked above).
            self.sudo().our_number = number.strip()

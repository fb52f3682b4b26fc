from datetime import timedelta

from odoo import SUPERUSER_ID, fields, models

#: Whoever chose these has been told where to pay, and pays by himself.
BY_HAND = ("none", "custom")
#: States in which nothing more is waited for.
ENDED = ("done", "cancel", "error")
#: A provider that waited so long has forgotten it: nobody is kept from paying for ever.
WAITS = timedelta(days=7)


class PaymentTransaction(models.Model):
    """A payment that a debtor made on his page."""

    _inherit = "payment.transaction"

    debt_case_id = fields.Many2one(
        "debt.case",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Whose page it was made on.",
    )
    debt_line_ids = fields.Many2many(
        "account.move.line",
        relation="debt_payment_transaction_line_rel",
        string="Chosen Items",
        readonly=True,
        copy=False,
        help="What the debtor chose to pay on his page.",
    )
    debt_via = fields.Selection(
        lambda self: (
            self.env["debt.portal.act"]._fields["via"]._description_selection(self.env)
        ),
        string="How He Came",
        readonly=True,
        copy=False,
    )

    debt_held_until = fields.Date(
        string="Held Until",
        readonly=True,
        copy=False,
        help="Until then the case is on hold, because the provider waits for the "
        "money. Empty as soon as somebody else decides about the hold.",
    )
    debt_held_at = fields.Datetime(string="Held Since", readonly=True, copy=False)
    debt_todo_id = fields.Many2one(
        "mail.activity",
        string="To Do",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The accountant was asked to look for it.",
    )

    def _debt_is_under_way(self):
        """Whether one of these may have been paid without the ledger knowing yet."""
        since = fields.Datetime.now() - WAITS
        return any(
            one.state == "authorized"
            or one.state == "pending"
            and one.last_state_change > since
            or one.state == "done"
            and not one.is_post_processed
            for one in self
            if one.provider_code not in BY_HAND
        )

    def _debt_chosen(self):
        """What the debtor chose to pay: ``account.move.line``.

        What was authorised is captured by transactions of their own, without choices.
        """
        source = self.source_transaction_id
        captured = source.filtered(lambda one: one.operation == self.operation)
        return (self | captured).debt_line_ids

    def _set_done(self, **values):
        """The ledger knows soon, whether or not the debtor's browser stays open."""
        done = super()._set_done(**values) or self
        done._debt_soon()
        return done

    def _set_canceled(self, *args, **values):
        """Nobody waits any longer for what does not come."""
        ended = super()._set_canceled(*args, **values)
        ended._debt_soon()
        return ended

    def _set_error(self, *args, **values):
        """Nobody waits any longer for what does not come."""
        ended = super()._set_error(*args, **values)
        ended._debt_soon()
        return ended

    def _debt_soon(self):
        if (self | self.source_transaction_id).debt_case_id:
            self.env.ref("payment.cron_post_process_payment_tx").sudo()._trigger()

    def _post_process(self):
        super()._post_process()
        for one in self.filtered("debt_case_id"):
            # Superuser: exactly the case on whose page it was made, in its company.
            company = one.sudo().debt_case_id.company_id
            context = {
                "lang": company.partner_id.lang,
                "allowed_company_ids": company.ids,
            }
            env = self.env(user=SUPERUSER_ID, su=True, context=context)
            paid, portal = one.with_env(env), env["debt.portal"]
            if paid.state == "done":
                portal._paid_online(paid.debt_case_id, paid)
            if paid._debt_is_under_way():
                portal._payment_under_way(paid.debt_case_id, paid)
            elif paid.state in ENDED:
                portal._payment_ended(paid.debt_case_id, paid)

from odoo import Command, api, fields, models

INTERVALS = {
    "week": {"every_days": 7},
    "fortnight": {"every_days": 14},
    "month": {"every_months": 1},
}


class DebtCallWizardInstalment(models.TransientModel):
    """One part of a plan that is being agreed."""

    _name = "debt.call.wizard.instalment"
    _description = "Instalment in the Call Window"
    _order = "date, id"

    wizard_id = fields.Many2one(
        "debt.call.wizard", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    date = fields.Date(required=True)
    amount = fields.Monetary(required=True)
    balanced = fields.Monetary(help="The amount before it was changed by hand.")


class DebtCallWizard(models.TransientModel):
    """What the debtor promises: an amount and a day, or a plan of several."""

    _inherit = "debt.call.wizard"

    promise_amount = fields.Monetary(string="Amount")
    ticked_amount = fields.Monetary(help="What the ticked items add up to.")
    promise_date = fields.Date(string="By")
    promise_parts = fields.Integer(string="Instalments", default=1)
    promise_every = fields.Selection(
        [
            ("week", "every week"),
            ("fortnight", "every two weeks"),
            ("month", "every month"),
        ],
        string="Interval",
        default="month",
        required=True,
    )
    instalment_ids = fields.One2many(
        "debt.call.wizard.instalment", "wizard_id", string="Plan"
    )
    promise_method = fields.Selection(
        lambda self: (
            self.env["debt.promise"]._fields["method"]._description_selection(self.env)
        ),
        string="Way of Payment",
    )
    confirm_channel = fields.Selection(
        [("email", "By e-mail"), ("sms", "By SMS")],
        string="Confirm",
        help="The amount and the date go to the debtor in writing.",
    )

    @api.onchange("item_ids")
    def _onchange_item_ids(self):
        """Ticked items are what is promised: the amount follows them."""
        if not self.outcome_id.needs_promise:
            return
        ticked = sum(self.item_ids.filtered("selected").mapped("amount"))
        before = self.ticked_amount or self.amount_overdue
        self.ticked_amount = ticked
        # What was typed by hand stays.
        if self.promise_amount in (0, before):
            self.promise_amount = ticked or self.amount_overdue
            self._onchange_plan()

    @api.onchange("promise_parts", "promise_every", "promise_amount", "promise_date")
    def _onchange_plan(self):
        """Equal parts to begin with; each can be changed by hand."""
        self.instalment_ids = [Command.clear()]
        if self.promise_parts > 1 and self.promise_date and self.promise_amount > 0:
            self.instalment_ids = [
                Command.create({"amount": amount, "balanced": amount, "date": date})
                for amount, date in self.call_id._split_promise(
                    self.promise_amount,
                    self.promise_parts,
                    self.promise_date,
                    **INTERVALS[self.promise_every],
                )
            ]

    @api.onchange("instalment_ids")
    def _onchange_instalment_ids(self):
        """The total stays when one instalment is changed; the later ones follow."""
        if self.promise_parts > 1 and len(self.instalment_ids) == self.promise_parts:
            lines = self.instalment_ids.sorted("date")
            self.env["debt.promise"]._rebalance(lines, self.promise_amount)

    def _prepare_promise_values(self):
        """What `finish` is to know about the promise."""
        first, plan = (self.promise_amount, self.promise_date), []
        if self.promise_parts > 1 and self.instalment_ids:
            parts = [(part.amount, part.date) for part in self.instalment_ids]
            first, *plan = sorted(parts, key=lambda part: part[1])
        ticked = self._ticked()
        return {
            "promise_amount": first[0],
            "promise_date": first[1],
            "promise_plan": plan,
            "promise_method": self.promise_method,
            "promise_line_ids": ticked.mapped("line_ref"),
            "promise_confirmed": self.promise_is_sure and self.promise_sure_total,
            "confirm_channel": self.confirm_channel,
        }

    def _ticked(self):
        """The items that were ticked: of a saved window, only these are read."""
        if self._origin != self:
            return self.item_ids.filtered("selected")
        return self.item_ids.search_fetch(
            [("wizard_id", "=", self.id), ("selected", "=", True)], ["line_ref"]
        )

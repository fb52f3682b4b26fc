from odoo import Command, api, fields, models


class DebtFlagWizard(models.TransientModel):
    """Flag for collection: asks first about what somebody has left out on purpose,
    and tells afterwards what does not lead to a case, and why."""

    _name = "debt.flag.wizard"
    _description = "Flag for Collection"

    move_ids = fields.Many2many("account.move", string="Invoices")
    line_ids = fields.Many2many("account.move.line", string="Items")
    left_out = fields.Selection(
        [
            ("keep", "Leave these out, as decided"),
            ("flag", "Flag these as well"),
        ],
        required=True,
        default="keep",
    )
    left_out_move_ids = fields.Many2many(
        "account.move", string="Invoices Left Out", compute="_compute_left_out"
    )
    left_out_line_ids = fields.Many2many(
        "account.move.line", string="Items Left Out", compute="_compute_left_out"
    )
    left_out_count = fields.Integer(compute="_compute_left_out")
    barred_line_ids = fields.Many2many(
        "account.move.line",
        "debt_flag_wizard_barred_rel",
        string="Items That May Be Barred",
        compute="_compute_left_out",
    )
    collect_barred = fields.Boolean("Collect These All the Same")
    barred_reason = fields.Char(
        string="Why They Are Not Barred",
        help="For example: acknowledged in writing, part paid, decided by a court.",
    )
    state = fields.Selection([("ask", "Ask"), ("told", "Told")], default="ask")
    summary = fields.Char(readonly=True)
    result_ids = fields.One2many("debt.flag.wizard.result", "wizard_id", readonly=True)

    @api.depends("move_ids", "line_ids")
    def _compute_left_out(self):
        for wizard in self:
            # Ids from a client: they are looked at by those who may decide about them.
            wizard.move_ids.check_access("write")
            wizard.line_ids.check_access("write")
            wizard.left_out_move_ids = wizard.move_ids._debt_left_out()
            wizard.left_out_line_ids = wizard.line_ids._debt_left_out()
            items = wizard._flagged_items()
            wizard.barred_line_ids = self.env["debt.ledger"].sudo()._barred(items)
            wizard.left_out_count = len(wizard.left_out_move_ids) + len(
                wizard.left_out_line_ids
            )

    @api.model
    def _flag_or_ask(self, moves=None, lines=None):
        """Flag at once, or ask first where something was left out on purpose.

        :param moves: ``account.move``, invoices
        :param lines: ``account.move.line``, items of general entries
        :return: the action that asks, or that tells what became of it
        """
        wizard = self.create(
            {
                "move_ids": [Command.set(moves.ids if moves else [])],
                "line_ids": [Command.set(lines.ids if lines else [])],
            }
        )
        if wizard.left_out_count or wizard.barred_line_ids:
            return wizard._action_open(self.env._("Flag for Collection"))
        return wizard.action_flag()

    def action_flag(self):
        """Flag, and tell what became of each that opened no case."""
        self.ensure_one()
        moves, lines = self.move_ids, self.line_ids
        if self.left_out == "keep":
            moves -= self.left_out_move_ids
            lines -= self.left_out_line_ids
        moves._debt_flag()
        lines._debt_flag()
        if self.collect_barred:
            self._collect_barred(moves, lines)
        return self._tell(len(moves) + len(lines))

    def _collect_barred(self, moves, lines):
        """Demand what may be barred all the same, for the reason that was given.

        :param moves: ``account.move`` that were flagged
        :param lines: ``account.move.line`` of general entries that were
        """
        barred = self.barred_line_ids
        moves &= barred.move_id
        lines &= barred
        moves._debt_collect_barred(self.barred_reason)
        lines._debt_item_decisions()._debt_collect_barred(self.barred_reason)
        moves._debt_refresh_debtors()
        lines._debt_refresh_debtors()

    def _tell(self, count):
        """Say how many were flagged, and of each that opened no case why."""
        items = self._flagged_items()
        why = items._debt_why_not()
        self.summary = self._summary(count, items, why)
        if not why:
            return self._action_notify()
        self.result_ids = [
            Command.create({"line_id": line.id, "why": text})
            for line, text in why.items()
        ]
        self.state = "told"
        return self._action_open(self.env._("Flagged for Collection"))

    def _flagged_items(self):
        """Receivable lines of everything the wizard was asked about."""
        return self.move_ids._debt_lines() | self.line_ids

    def _summary(self, count, items, why):
        kept = self.left_out_count if self.left_out == "keep" else 0
        parts = [
            self.env._("1 item is flagged for collection.")
            if count == 1
            else self.env._("%(count)s items are flagged for collection.", count=count)
        ]
        if kept:
            parts.append(
                self.env._("Left out as decided before: %(count)s.", count=kept)
            )
        if why:
            parts.append(
                self.env._(
                    "Not in collection: %(count)s of %(all)s.",
                    count=len(why),
                    all=len(items),
                )
            )
        return " ".join(parts)

    def _action_notify(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.summary,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _action_open(self, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class DebtFlagWizardResult(models.TransientModel):
    """Why a flagged item is not in collection."""

    _name = "debt.flag.wizard.result"
    _description = "Item Not in Collection"

    wizard_id = fields.Many2one(
        "debt.flag.wizard", required=True, readonly=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "account.move.line", string="Item", required=True, readonly=True
    )
    move_id = fields.Many2one(related="line_id.move_id", string="Invoice or Entry")
    partner_id = fields.Many2one(related="line_id.partner_id", string="Debtor")
    currency_id = fields.Many2one(related="line_id.company_currency_id")
    amount = fields.Monetary(related="line_id.amount_residual", string="Open")
    why = fields.Char(string="Why Not", required=True, readonly=True)

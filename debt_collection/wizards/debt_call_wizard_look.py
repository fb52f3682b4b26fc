from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty, plaintext2html


class DebtCallWizardItem(models.TransientModel):
    """A look into the document behind an item."""

    _inherit = "debt.call.wizard.item"

    def action_look(self):
        """Show what was invoiced, with its PDF."""
        self.ensure_one()
        return self.wizard_id._action_look(self)

    def _document(self):
        """The document (superuser) of an item in a window of the user's own.

        :raises AccessError: it is in another operator's
        """
        self.check_access("read")
        # Superuser: operators have no rights in accounting; exactly this document.
        item = self.sudo()
        item.wizard_id.call_id.with_env(self.env)._check_owner()
        return item.move_id


class DebtCallWizard(models.TransientModel):
    """Looking at invoices, and sending what the debtor asks for, from the window."""

    _inherit = "debt.call.wizard"

    apart_text = fields.Char(
        compute="_compute_apart_text",
        help="What is open and not in the sum that is asked for now.",
    )

    @api.depends("item_ids")
    def _compute_apart_text(self):
        names = dict(self.item_ids._fields["status"]._description_selection(self.env))
        for wizard in self:
            sums = defaultdict(float)
            for item in wizard.item_ids.filtered("is_apart"):
                sums[item.status] += item.amount
            wizard.apart_text = wizard._tell_apart(
                [
                    f"{names[status].lower()} {wizard.currency_id.format(amount)}"
                    for status, amount in sums.items()
                    if not wizard.currency_id.is_zero(amount)
                ]
            )

    def _tell_apart(self, parts):
        return bool(parts) and self.env._(
            "Not in it: %(parts)s", parts=", ".join(parts)
        )

    def action_look(self):
        """Show the first invoice that was ticked, else the oldest overdue one."""
        self.ensure_one()
        items = self.item_ids
        chosen = items.filtered("selected") or items.filtered(
            lambda item: item.status in ("overdue", "promised", "disputed")
        )
        return self._action_look((chosen or items)[:1])

    def _action_look(self, item):
        self.call_id._check_owner()
        if not item:
            raise UserError(self.env._("Nothing is open: there is no invoice to show."))
        look = self.env["debt.call.look"].create({"item_id": item.id})
        return look._action_show()

    def action_send(self):
        """Send invoices or payment details, after a look at the text."""
        self.ensure_one()
        self.call_id._check_owner()
        ticked = self.item_ids.filtered("selected").mapped("line_ref")
        send = self.env["debt.call.send"].create(
            {"call_id": self.call_id.id, "line_refs": ticked}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send to the Debtor"),
            "res_model": send._name,
            "res_id": send.id,
            "views": [(False, "form")],
            "target": "new",
        }


class DebtCallLook(models.TransientModel):
    """One document of the debtor's, as the operator may see it.

    Operators have no rights in accounting: what is shown is read for them, of items in
    their own window only.
    """

    _name = "debt.call.look"
    _description = "Look Into an Invoice"

    item_id = fields.Many2one(
        "debt.call.wizard.item", required=True, readonly=True, ondelete="cascade"
    )
    name = fields.Char(related="item_id.name")
    document_html = fields.Html(compute="_compute_document_html", sanitize=False)
    has_next = fields.Boolean(compute="_compute_has_next")

    @api.constrains("item_id")
    def _check_item(self):
        for look in self:
            look.item_id.sudo().wizard_id.call_id.with_env(self.env)._check_owner()

    @api.depends("item_id")
    def _compute_document_html(self):
        for look in self:
            move = look.item_id.with_env(self.env)._document()
            look.document_html = self.env["ir.qweb"]._render(
                "debt_collection.call_look",
                {
                    "item": look.item_id,
                    "facts": move._debt_facts_shown(),
                    "lines": move._debt_lines_shown(),
                    "url": f"/debt_collection/document/{look.item_id.id}",
                },
            )

    @api.depends("item_id")
    def _compute_has_next(self):
        for look in self:
            look.has_next = len(look.item_id.wizard_id.item_ids) > 1

    def action_next(self):
        """Show the next document of the window, the first after the last."""
        self.ensure_one()
        ids = self.item_id.wizard_id.item_ids.ids
        place = ids.index(self.item_id.id)
        self.item_id = ids[(place + 1) % len(ids)]
        return self._action_show()

    def _action_show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.name or self.env._("Invoice"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class DebtCallSend(models.TransientModel):
    """What the debtor asked for, with a look at the text before it leaves."""

    _name = "debt.call.send"
    _description = "Send to the Debtor"

    call_id = fields.Many2one(
        "debt.call", required=True, readonly=True, ondelete="cascade"
    )
    line_refs = fields.Json(readonly=True, help="Ids of the items that were ticked.")
    kind = fields.Selection(
        [("payment_details", "Payment Details"), ("invoice", "Invoices")],
        string="What",
        required=True,
        default="payment_details",
    )
    channel = fields.Selection(
        [("email", "E-mail"), ("sms", "SMS")],
        string="How",
        required=True,
        default="email",
    )
    address = fields.Char(string="Recipient", compute="_compute_look")
    subject = fields.Char(compute="_compute_look")
    body = fields.Html(string="Text", compute="_compute_look", sanitize=True)
    problem = fields.Char(
        compute="_compute_look", help="Why it would not leave at this moment."
    )

    @api.constrains("call_id")
    def _check_call(self):
        for send in self:
            send.call_id._check_owner()

    @api.depends("kind", "channel", "call_id")
    def _compute_look(self):
        for send in self:
            told = send.call_id.with_env(self.env).look(
                send.kind, send.channel, send.line_refs or None
            )
            body = told["body"] or ""
            if send.channel == "sms" and body:
                body = plaintext2html(body)
            send.update(
                {
                    "address": told["address"],
                    "subject": told["subject"],
                    "body": False if is_html_empty(body) else body,
                    "problem": told["problem"],
                }
            )

    def action_send(self):
        """Send it, and go on with the call."""
        self.ensure_one()
        told = self.call_id.send(self.kind, self.channel, self.line_refs or None)
        told["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return told

    def action_letter(self):
        """A demand letter instead: looked at, printed, and on record."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_letter_print_action"
        )
        chosen = {"active_model": "debt.case", "active_ids": self._case().ids}
        return action | {"context": chosen}

    def action_statement(self):
        """The statement of account, to be printed."""
        report = self.env.ref("debt_collection.debt_statement_action_case")
        return report.report_action(self._case().ids)

    def _case(self):
        """:raises AccessError: somebody else speaks with the debtor"""
        self.ensure_one()
        self.call_id._check_owner()
        return self.call_id.case_id

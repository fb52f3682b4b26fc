from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.card.arguments import check, is_ids

#: More items are not shown at once: charge these, and look again.
MOST = 500
#: Of so many it is shown how they were worked out.
EXPLAINED = 40


class DebtFeeCharge(models.TransientModel):
    """What late payers owe for being late, worked out item by item, and charged."""

    _name = "debt.fee.charge"
    _description = "Charge Late Fees"

    line_ids = fields.One2many("debt.fee.charge.line", "charge_id")
    summary = fields.Char(compute="_compute_summary")
    gaps = fields.Text(string="Rates Not Known", readonly=True)
    working = fields.Html(string="How It Was Worked Out", readonly=True, sanitize=False)
    has_rules = fields.Boolean(readonly=True)

    @api.depends("line_ids.chosen")
    def _compute_summary(self):
        for one in self:
            chosen = one.line_ids.filtered(lambda line: line.chosen and line.amount)
            sums = [
                currency.format(sum(lines.mapped("amount")))
                for currency, lines in chosen.grouped("currency_id").items()
            ]
            one.summary = chosen and self.env._(
                "%(amounts)s (items: %(items)s, debtors: %(debtors)s)",
                amounts=" + ".join(sums),
                items=len(chosen),
                debtors=len(chosen.partner_id),
            )

    @api.model
    def action_look(self):
        """Work out the late fees of the chosen cases or contacts, or of everybody.

        :return: action that shows them
        :raises AccessError: they are not the user's to see
        :raises UserError: all are asked for, by somebody who may not charge them
        """
        entities = self.env["debt.ledger"]._entities(self.env.companies)
        found = []
        for entity, debtors in self._chosen_debtors(entities):
            found += self.env["debt.fee"]._work_out(entity, debtors, MOST)
        wizard = self.create(self._prepare_values(found, entities))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Late Fees"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @api.model
    def _chosen_debtors(self, entities):
        """Of whom late fees are worked out: what a debtor owes another company than
        that of the chosen case, another team may collect.

        :param entities: ``res.company`` without parents
        :return: pairs of one of them and ids of debtors; None: everybody
        """
        model = self.env.context.get("active_model")
        ids = self.env.context.get("active_ids") or []
        check(self.env, is_ids, ids)
        if model == "debt.case" and ids:
            cases = self.env["debt.case"].browse(ids)
            cases.check_access("read")
            return [
                (entity, theirs.partner_id.ids)
                for entity, theirs in cases.grouped("company_id").items()
                if entity in entities
            ]
        self.env["debt.fee"]._check_may_charge()
        return [(entity, None) for entity in entities]

    @api.model
    def _prepare_values(self, found, entities):
        return {
            "has_rules": bool(self.env["debt.fee.rule"]._of(entities)),
            "gaps": self._gaps_text(found),
            "working": self._working(found),
            "line_ids": [Command.create(self._prepare_line(one)) for one in found],
        }

    @api.model
    def _prepare_line(self, one):
        return {
            "item": one.line.id,
            "company_id": one.line.company_id.id,
            "partner_id": one.line.partner_id.commercial_partner_id.id,
            "name": one.line.move_id.name,
            "due": one.line.date_maturity,
            "rule": one.rule.name,
            "currency_id": one.line.currency_id.id,
            "total": float(one.fee.total),
            "charged": float(one.charged),
            "interest": float(one.interest),
            "fixed": float(one.fixed),
            "amount": float(one.amount),
            "over": float(one.over),
            "chosen": bool(one.amount),
        }

    @api.model
    def _gaps_text(self, found):
        """Which rates are to be looked up before more can be charged."""
        days = {}
        for one in found:
            if one.fee.unknown:
                name = one.rule.reference_id.name
                days[name] = min(one.fee.unknown, days.get(name, one.fee.unknown))
        return "\n".join(
            self.env._(
                "%(rate)s is not known from %(day)s on: interest is worked out until "
                "then. Enter the rates since, and until when they are known.",
                rate=name,
                day=format_date(self.env, day),
            )
            for name, day in sorted(days.items())
        )

    @api.model
    def _working(self, found):
        """How the first of them were worked out, line by line, as HTML."""
        fees = self.env["debt.fee"]
        items = [
            {
                "name": one.line.move_id.name,
                "due": one.line.date_maturity,
                "rule": one.rule.name,
                "currency": one.line.currency_id,
                "charged": float(one.charged),
                "amount": float(one.amount),
                **fees._told(fees._details(one.fee)),
            }
            for one in found[:EXPLAINED]
        ]
        return self.env["ir.qweb"]._render(
            "debt_collection.fee_working", {"items": items}
        )

    def action_charge(self):
        """Post the invoices of what is chosen.

        :return: action that shows them
        :raises UserError: nothing is chosen, or it is not the same any more
        """
        self.ensure_one()
        self.env["debt.fee"]._check_may_charge()
        chosen = self.line_ids.filtered(lambda line: line.chosen and line.amount)
        if not chosen:
            raise UserError(self.env._("Choose what is to be charged."))
        wanted = {line.item: line.amount for line in chosen}
        entities = self.env["debt.ledger"]._entities(self.env.companies)
        moves = self.env["debt.fee"]._charge(entities, wanted, chosen.partner_id.ids)
        domain = [("id", "in", moves.ids)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices of Late Fees"),
            "res_model": "account.move",
            "domain": domain,
            "views": [(False, "list"), (False, "form")],
        }


class DebtFeeChargeLine(models.TransientModel):
    """What one item costs."""

    _name = "debt.fee.charge.line"
    _description = "Late Fees of an Item"
    _order = "due, id"

    charge_id = fields.Many2one(
        "debt.fee.charge",
        string="Look",
        required=True,
        ondelete="cascade",
        readonly=True,
    )
    chosen = fields.Boolean(string="Charge")
    item = fields.Integer(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    name = fields.Char(string="For", readonly=True)
    due = fields.Date(string="Due Date", readonly=True)
    rule = fields.Char(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    total = fields.Monetary(
        string="Cost So Far", readonly=True, help="Since the item became late."
    )
    charged = fields.Monetary(string="Charged Before", readonly=True)
    interest = fields.Monetary(readonly=True)
    fixed = fields.Monetary(string="Fixed Sum", readonly=True)
    amount = fields.Monetary(string="To Charge", readonly=True)
    over = fields.Monetary(
        string="Charged Too Much",
        readonly=True,
        help="The money came in earlier than was known: credit it to the debtor.",
    )

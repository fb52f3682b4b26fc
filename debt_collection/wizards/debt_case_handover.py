from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class DebtCaseHandover(models.TransientModel):
    """Hand one case or many to a lawyer, an agency, a court or our own lawyers."""

    _name = "debt.case.handover"
    _description = "Hand Over"

    case_ids = fields.Many2many("debt.case", string="Cases", required=True)
    kind = fields.Selection(
        lambda self: (
            self.env["debt.handover"]._fields["kind"]._description_selection(self.env)
        ),
        string="To Whom",
        required=True,
        default="agency",
    )
    agent_id = fields.Many2one("res.partner", string="Handed To")
    reference = fields.Char(string="Their Reference")
    handed_on = fields.Date(
        string="Handed Over On",
        required=True,
        compute="_compute_handed_on",
        store=True,
        readonly=False,
        precompute=True,
    )
    note = fields.Text(string="Instructions")
    advice = fields.Text(compute="_compute_advice", string="Think of This First")

    @api.depends("case_ids")
    def _compute_handed_on(self):
        """Today, wherever the companies of these cases are."""
        for wizard in self:
            companies = wizard.case_ids.company_id or self.env.company
            wizard.handed_on = min(one._debt_today() for one in companies)

    @api.depends("case_ids")
    @api.depends_context("uid", "lang")
    def _compute_advice(self):
        for wizard in self:
            # A new record's ids come from the client: looked at with the user's eyes.
            cases = wizard.case_ids.sudo(False)._origin
            cases = cases if cases.has_access("read") else cases.browse()
            wizard.advice = "\n".join(self._advice(cases)) or False

    @api.model
    def _advice(self, cases):
        """What should come before a case is handed over, as sentences.

        :param cases: ``debt.case`` that the user may read
        """
        posted = self.env["debt.message"]._letters_posted(cases)
        for case in cases:
            for text in self._advice_of(case, posted[case]):
                yield f"{case.partner_id.display_name}: {text}"

    @api.model
    def _advice_of(self, case, posted):
        # Superuser: a setting of the case's company, and what was promised or disputed
        # in exactly this case.
        case = case.sudo()
        last = self.env["debt.letter.level"]._for_company(case.company_id)[-1:]
        if last and last.id not in posted:
            yield self.env._("“%(letter)s” was not posted yet.", letter=last.name)
        elif last and posted[last.id] <= last.pay_days:
            since = case.company_id._debt_today() - timedelta(days=posted[last.id])
            yield self.env._(
                "“%(letter)s” leaves time to pay until %(day)s.",
                letter=last.name,
                day=format_date(self.env, since + timedelta(days=last.pay_days)),
            )
        if self.env["debt.forbearance"]._missing(case):
            yield self.env._("the law wants forbearance offered first.")
        if day := case._promise_last_day():
            yield self.env._(
                "a payment is promised and may come until %(day)s.",
                day=format_date(self.env, day),
            )
        if case.amount_disputed:
            yield self.env._(
                "%(amount)s is disputed, and is not part of what is handed over.",
                amount=case.currency_id.format(case.amount_disputed),
            )

    def action_hand_over(self):
        """Do it; of one case show the record of it, to which costs are added."""
        self.ensure_one()
        self.case_ids.check_access("write")
        if not self.case_ids:
            raise UserError(self.env._("Choose the cases that are handed over."))
        made = self.env["debt.handover"].create(
            [
                {
                    "case_id": case.id,
                    "kind": self.kind,
                    "agent_id": self.kind != "own" and self.agent_id.id,
                    "reference": self.reference,
                    "handed_on": self.handed_on,
                    "note": self.note,
                }
                for case in self.case_ids
            ]
        )
        if len(made) > 1:
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.act_window",
            "res_model": made._name,
            "res_id": made.id,
            "views": [(False, "form")],
        }

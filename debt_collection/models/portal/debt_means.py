from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import format_amount

from ...tools import page_form
from ...tools.page_form import Refused

#: So long it is of use to who talks with him; then it goes.
KEPT = timedelta(days=30)


class DebtMeans(models.Model):
    """What a debtor says he can pay a month: kept apart, and for a month.

    Income and outgoings are his to tell or not. They stand in no thread and no figure;
    what follows from them is the plan that he is offered.
    """

    _name = "debt.means"
    _description = "What a Debtor Can Afford"
    _order = "said_on desc, id desc"
    _rec_name = "partner_id"

    case_id = fields.Many2one(
        "debt.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Debtor", store=True, index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="case_id.currency_id")
    said_on = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    income = fields.Monetary("Income a Month", readonly=True)
    outgoings = fields.Monetary("Outgoings a Month", readonly=True)
    monthly = fields.Monetary(
        "Can Pay a Month",
        readonly=True,
        required=True,
        help="What he named, and no more than his income leaves.",
    )
    parts = fields.Integer(
        readonly=True,
        help="Monthly instalments that he was offered. 0: more than you allow, so he "
        "was asked to call.",
    )

    @api.model
    def _compute_texts(self, cases):
        """What each debtor said last, for who talks with him."""
        latest = {}
        for said in self.search(self._get_current_domain(cases)):
            latest.setdefault(said.case_id, said)
        for case in cases:
            said = latest.get(case)
            case.means_text = said and format_amount(
                self.env, said.monthly, said.currency_id
            )

    @api.model
    def _get_current_domain(self, cases):
        since = fields.Datetime.now() - KEPT
        return [("case_id", "in", cases.ids), ("said_on", ">", since)]

    @api.model
    def _offered(self, case):
        """The plan that a debtor may choose for what he said.

        :param case: ``debt.case`` (superuser), or none
        :return: ``debt.means``, empty when he said nothing, or too little
        """
        latest = self.search(self._get_current_domain(case), limit=1)
        return latest.filtered("parts")

    @api.model
    def _say(self, case, form):
        """Take what a debtor types, and work out what he can be offered.

        :param case: ``debt.case`` (superuser)
        :param form: what was sent
        :raises Refused: it says nothing, or no amount; or nobody is asked
        """
        most = case.company_id.debt_page_means_parts
        if not most:
            raise Refused("choice")
        typed = {
            name: page_form.read_amount(form.get(name), zero=name != "monthly")
            for name in ("income", "outgoings", "monthly")
            if page_form.read_text(form.get(name))
        }
        monthly = page_form.can_pay(**typed)
        total = sum(row["left"] for row in case._collected())
        self.create(
            typed
            | {
                "case_id": case.id,
                "monthly": case.currency_id.round(monthly),
                "parts": page_form.parts_of(total, monthly, most),
            }
        )

    @api.autovacuum
    def _gc_told(self):
        """Nobody keeps for long what a debtor earns."""
        self.search([("said_on", "<=", fields.Datetime.now() - KEPT)]).unlink()

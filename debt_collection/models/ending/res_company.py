from odoo import fields, models

from ..card.groups import SETTERS
from .debt_writeoff_post import NO_LOSS


class ResCompany(models.Model):
    _inherit = "res.company"

    debt_writeoff_account_id = fields.Many2one(
        "account.account",
        string="Account of Written-Off Debts",
        groups=SETTERS,
        check_company=True,
        domain=[("account_type", "not in", NO_LOSS), ("active", "=", True)],
        help="Losses on debts that are given up. Empty: credit notes are drafted.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debt_writeoff_account_id = fields.Many2one(
        related="company_id.debt_writeoff_account_id", readonly=False
    )

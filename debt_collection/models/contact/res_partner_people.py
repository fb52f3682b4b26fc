from odoo import fields, models

from ..card.groups import READERS


class ResPartner(models.Model):
    """Who decides about payment at a debtor's."""

    _inherit = "res.partner"

    debt_decision_maker = fields.Boolean(
        string="Decides About Payment",
        groups=READERS,
        tracking=True,
        help="Whom to ask for: the contact who decides whether and when it is paid.",
    )

    def _debt_role(self):
        """Name and what the contact is at the debtor's, in one line."""
        self.ensure_one()
        parts = [self.name, self.function]
        if self.debt_decision_maker:
            parts.append(self.env._("decides about payment"))
        return ", ".join(filter(None, parts))

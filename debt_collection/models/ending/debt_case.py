from odoo import fields, models
from odoo.exceptions import UserError


class DebtHandedOver(models.AbstractModel):
    """What cannot be done with a case while somebody else has it."""

    _name = "debt.handed.over"
    _description = "Case That Was Handed Over"

    def action_resume(self):
        """:raises UserError: a lawyer or agency has the case: it is returned first"""
        self.check_access("write")
        # Superuser: whether there is one.
        there = [("case_id", "in", self.ids), ("state", "=", "open")]
        if handed := self.env["debt.handover"].sudo().search(there, limit=1):
            raise UserError(
                self.env._(
                    "The case of %(debtor)s is with %(whom)s: record its return on "
                    "“Handing Over”, with the reason.",
                    debtor=handed.partner_id.display_name,
                    whom=handed._with_whom(),
                )
            )
        return super().action_resume()

    def _before_merge(self, kept):
        """A legal stop of one of them outlasts the return of the other."""
        super()._before_merge(kept)
        both = self | kept
        handed = both.handover_ids.filtered(lambda one: one.state == "open")
        if (both - handed.case_id).filtered(lambda case: case.state == "legal"):
            handed.state_then = "legal"


class DebtCase(models.Model):
    _name = "debt.case"
    _inherit = ["debt.handed.over", "debt.case"]

    handover_ids = fields.One2many(
        "debt.handover", "case_id", string="Handing Over", readonly=True
    )

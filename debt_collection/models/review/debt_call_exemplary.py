from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class DebtCall(models.Model):
    """A call from which the team can learn, with its recording and its path.

    Whoever may read the call, because it is of his team, may then hear it, too.
    """

    _inherit = "debt.call"

    is_exemplary = fields.Boolean(
        string="Exemplary", readonly=True, copy=False, index="btree_not_null"
    )
    exemplary_why = fields.Text(
        string="What to Learn from It", readonly=True, copy=False
    )
    exemplary_by_id = fields.Many2one(
        "res.users", string="Marked By", readonly=True, copy=False
    )
    exemplary_on = fields.Date(string="Marked On", readonly=True, copy=False)

    def action_exemplary(self):
        """Ask what there is to learn from this call, then show it to the team."""
        self._check_marks_exemplary()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Exemplary Call"),
            "res_model": "debt.call.exemplary",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_call_id": self.id},
        }

    def action_not_exemplary(self):
        """Take it out of what the team learns from."""
        self._check_marks_exemplary()
        self._mark_exemplary(False)

    def _check_marks_exemplary(self):
        """:raises AccessError: the user is no manager, or may not read the call"""
        self.ensure_one()
        if not self.env.user.has_group("debt_collection.group_debt_manager"):
            raise AccessError(self.env._("Only a manager marks calls as exemplary."))
        self.check_access("read")
        if self.state != "done":
            raise UserError(self.env._("A call is marked when it is over."))

    def _mark_exemplary(self, why):
        """Write the mark.

        :param why: what there is to learn; False: nothing any more
        """
        # Superuser: nobody writes calls; a manager has just decided it.
        self.sudo().write(
            {
                "is_exemplary": bool(why),
                "exemplary_why": why,
                "exemplary_by_id": why and self.env.uid,
                "exemplary_on": why and fields.Date.context_today(self),
            }
        )

from odoo import api, fields, models
from odoo.exceptions import UserError


class DebtPhone(models.Model):
    _inherit = "debt.phone"

    def action_mend(self):
        """Open the form on which the number is corrected or marked."""
        self.ensure_one()
        self.check_access("read")
        return self._action_mend()

    def _action_mend(self):
        form = self.env["debt.phone.mend"].create(
            # Superuser: `raw` of a number the caller may read.
            {"phone_id": self.id, "number": self.sudo().raw}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct or Mark a Number"),
            "res_model": form._name,
            "res_id": form.id,
            "views": [(False, "form")],
            "target": "new",
        }


class DebtPhoneMend(models.TransientModel):
    """A number is wrong: correct it, or say whose it turned out to be."""

    _name = "debt.phone.mend"
    _description = "Correct or Mark a Number"

    phone_id = fields.Many2one(
        "debt.phone", required=True, readonly=True, ondelete="cascade"
    )
    contact_id = fields.Many2one(related="phone_id.contact_id", string="Number Of")
    health = fields.Selection(related="phone_id.health", string="So Far")
    number = fields.Char(string="As It Should Be", required=True)
    verdict = fields.Selection(
        [
            ("good", "It is right: confirmed"),
            ("wrong", "Somebody else answers there"),
            ("dead", "The line is out of service"),
        ],
        string="What It Turned Out to Be",
        help="Behind a switchboard a wrong extension says nothing of the others; a "
        "line out of service is so for all of them.",
    )

    @api.constrains("phone_id")
    def _check_phone_id(self):
        for form in self:
            form.phone_id._check_may_mend()

    def action_save(self):
        """Correct and mark it."""
        self.ensure_one()
        phone = self.phone_id.with_env(self.env)
        phone._check_may_mend()
        # Superuser: the text on the contact, which the user may change (checked).
        corrected = self.number.strip() != phone.sudo().raw
        if not (corrected or self.verdict):
            raise UserError(
                self.env._("Correct the number, or say what it turned out to be.")
            )
        debtor = phone.partner_id
        if self.verdict and not (corrected and self.verdict == "good"):
            phone.mark(self.verdict)
        if corrected:
            phone.mend(self.number)
        self.env["debt.call.wizard"]._renew_numbers(debtor)
        return {"type": "ir.actions.act_window_close"}

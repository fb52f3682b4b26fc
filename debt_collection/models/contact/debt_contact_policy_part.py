from odoo import api, fields, models

#: How close to the text of the law it was read.
SOURCE_KINDS = [
    ("primary", "Text of the Law"),
    ("secondary", "Secondary Source"),
    ("memory", "From Memory"),
    ("own", "Our Own Choice"),
]


class DebtContactPolicyPart(models.AbstractModel):
    """A line of a policy: what it does to the policy is judged as a whole."""

    _name = "debt.contact.policy.part"
    _inherit = "debt.plan.source"
    _description = "Line of a Contact Policy"

    clause = fields.Char(
        help="Where the source says so, as it is cited: an article, a paragraph."
    )
    source_kind = fields.Selection(
        SOURCE_KINDS,
        string="Read In",
        default="own",
        help="How close it is to the text of the law. It was read on the day that the "
        "policy names.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals.get("policy_id") for vals in vals_list} - {None, False}
        with self.env["debt.contact.policy"].browse(ids)._watched():
            return super().create(vals_list)

    def write(self, vals):
        other = self.env["debt.contact.policy"].browse(vals.get("policy_id") or [])
        with (self.policy_id | other)._watched():
            return super().write(vals)

    def unlink(self):
        with self.policy_id._watched():
            return super().unlink()

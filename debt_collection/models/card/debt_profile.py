from odoo import fields, models


class DebtProfile(models.Model):
    """What kind of debtor this is; the words are mild, a debtor may read his record."""

    _name = "debt.profile"
    _description = "Debtor Profile"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Suggestions from payments and calls use it: forgetful, hardship, "
        "negligent, chronic and evasive are known.",
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    description = fields.Text(translate=True)
    advice = fields.Text(
        translate=True, help="How to speak to such a debtor, for the operator."
    )
    ladder_id = fields.Many2one(
        "debt.ladder",
        string="Retry Ladder",
        domain=[("company_id", "=", False)],
        help="Used instead of the stage's ladder when set.",
    )

    _code_unique = models.Constraint("UNIQUE(code)", "A profile's code is unique.")

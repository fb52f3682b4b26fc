from odoo import fields, models


class DebtHandoverExport(models.Model):
    """Evidence that a debtor's documents were handed to somebody: who, when, what.

    What was in the package is not kept a second time: its checksum tells whether one
    that turns up is the one that was made.
    """

    _name = "debt.handover.export"
    _description = "Package That Was Handed Over"
    _inherit = ["debt.evidence"]
    _order = "made_at desc, id desc"
    _rec_name = "made_at"
    _check_company_auto = True
    _for_good = frozenset(
        ("agent_id", "contents", "handover_id", "made_at", "sha256", "size", "user_id")
    )

    handover_id = fields.Many2one(
        "debt.handover",
        string="Handing Over",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    partner_id = fields.Many2one(
        related="handover_id.partner_id", string="Debtor", store=True, index=True
    )
    company_id = fields.Many2one(
        related="handover_id.company_id", store=True, index=True
    )
    agent_id = fields.Many2one(
        "res.partner",
        string="Made For",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    user_id = fields.Many2one("res.users", string="Made By", readonly=True)
    made_at = fields.Datetime(string="Made", required=True, readonly=True)
    sha256 = fields.Char(
        string="Checksum",
        required=True,
        readonly=True,
        help="SHA-256 of the file: tells whether a copy is the original.",
    )
    size = fields.Integer(readonly=True, help="In bytes.")
    contents = fields.Text(readonly=True, help="The files in it, one a line.")


class DebtHandover(models.Model):
    _inherit = "debt.handover"

    export_ids = fields.One2many(
        "debt.handover.export",
        "handover_id",
        string="Packages",
        readonly=True,
        groups="debt_collection.group_debt_accountant",
    )

from odoo import fields, models


class DebtCase(models.Model):
    """The debtor's page as texts and screens name it."""

    _inherit = "debt.case"

    page_url = fields.Char(
        string="Link to the Debtor's Page",
        compute=lambda cases: cases.env["debt.portal"]._compute_urls(cases),
        # Whoever has the link acts as the debtor: it is for texts to him alone.
        groups="base.group_system",
        help="Where the debtor sees what is owed and acts on it, without a login.",
    )
    page_withdrawals = fields.Integer(
        string="Links Withdrawn",
        readonly=True,
        copy=False,
        help="How often the links to the debtor's page were withdrawn.",
    )
    means_text = fields.Char(
        string="Can Pay a Month",
        compute=lambda cases: cases.env["debt.means"]._compute_texts(cases),
        help="As the debtor said on his page; it is kept for a month.",
    )
    page_act_count = fields.Integer(
        compute=lambda cases: cases.env["debt.portal.act"]._compute_counts(cases),
    )


class DebtPromise(models.Model):
    _inherit = "debt.promise"

    page_url = fields.Char(related="case_id.page_url", groups="base.group_system")

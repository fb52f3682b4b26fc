from odoo import fields, models

from ..card.groups import SETTERS


class ResCompany(models.Model):
    """Whether debtors have a page of their own, and what they may do on it."""

    _inherit = "res.company"

    debt_page_on = fields.Boolean(
        groups=SETTERS,
        string="Debtor's Page",
        help="Debtors see what they owe and may act on it at any hour: by a link in "
        "each e-mail, or when they are logged in. Look at the page of a case before "
        "you switch it on.",
    )
    debt_page_days = fields.Integer(
        groups=SETTERS,
        string="Links Are Valid",
        default=30,
        help="Days for which the link in a message opens the debtor's page.",
    )
    debt_page_sms = fields.Boolean(
        groups=SETTERS,
        string="Link in SMS",
        help="An SMS that tells of the debt brings the link. It may become a part "
        "longer.",
    )
    debt_page_paper = fields.Boolean(
        groups=SETTERS,
        string="Link on Paper",
        help="Statements and letters show the link, also as a QR code. Whoever prints "
        "them sees it: what operators print, and what is handed to Odoo's post, is "
        "without.",
    )
    debt_page_promise_days = fields.Integer(
        groups=SETTERS,
        string="Promise Within",
        default=21,
        help="How many days ahead a debtor may promise a payment on the page, or the "
        "first instalment of a plan. Later days are agreed by telephone.",
    )
    debt_page_parts = fields.Integer(
        groups=SETTERS,
        string="Instalments at Most",
        default=3,
        help="How many instalments a debtor may choose on the page. More are agreed by "
        "telephone. 1: no plans.",
    )
    debt_page_promises = fields.Integer(
        groups=SETTERS,
        string="Promises at Most",
        default=2,
        help="How often within three months a debtor may promise on the page. Whoever "
        "needs longer is asked to call.",
    )
    debt_page_means_parts = fields.Integer(
        groups=SETTERS,
        string="Instalments by Means",
        default=6,
        help="How many monthly instalments a debtor is offered at most who says on the "
        "page what he can pay a month. 0: he is not asked.",
    )

    _debt_page_numbers_positive = models.Constraint(
        "CHECK(debt_page_days BETWEEN 1 AND 366 AND debt_page_promise_days >= 0"
        " AND debt_page_parts BETWEEN 1 AND 36 AND debt_page_promises >= 0"
        " AND debt_page_means_parts BETWEEN 0 AND 36)",
        "A link is valid for 1 to 366 days, and a plan has 1 to 36 instalments.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debt_page_on = fields.Boolean(related="company_id.debt_page_on", readonly=False)
    debt_page_days = fields.Integer(related="company_id.debt_page_days", readonly=False)
    debt_page_sms = fields.Boolean(related="company_id.debt_page_sms", readonly=False)
    debt_page_paper = fields.Boolean(
        related="company_id.debt_page_paper", readonly=False
    )
    debt_page_promise_days = fields.Integer(
        related="company_id.debt_page_promise_days", readonly=False
    )
    debt_page_parts = fields.Integer(
        related="company_id.debt_page_parts", readonly=False
    )
    debt_page_means_parts = fields.Integer(
        related="company_id.debt_page_means_parts", readonly=False
    )
    debt_page_promises = fields.Integer(
        related="company_id.debt_page_promises", readonly=False
    )

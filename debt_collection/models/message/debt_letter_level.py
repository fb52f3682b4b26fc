from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.letters import Level, choose
from ..card.groups import SETTERS


class DebtLetterLevel(models.Model):
    """How strictly a letter is written, from a friendly reminder to the last demand.

    The texts are the company's to change. What it threatens with stands in its
    settings: only what it really does.
    """

    _name = "debt.letter.level"
    _description = "Level of Demand Letters"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="From mild to strict.")
    active = fields.Boolean(default=True)
    days_from = fields.Integer(
        string="From Days Past Due",
        required=True,
        help="Of the oldest item that is collected.",
    )
    amount_from = fields.Float(
        string="From Amount",
        digits=(16, 2),
        help="In the currency of the company. 0: whatever the amount.",
    )
    segment_id = fields.Many2one(
        "debt.segment",
        ondelete="restrict",
        help="Only cases of this segment get the letter. Empty: all.",
    )
    after_id = fields.Many2one(
        "debt.letter.level",
        string="Only After",
        ondelete="restrict",
        help="A letter of this level was posted before.",
    )
    wait_days = fields.Integer(
        string="Days Since Then", help="Days that must have passed since that letter."
    )
    pay_days = fields.Integer(
        string="Days to Pay",
        required=True,
        default=10,
        help="The day named in the letter is so many days after its date.",
    )
    title = fields.Char(required=True, translate=True)
    opening = fields.Text(
        required=True, translate=True, help="What stands before the list of items."
    )
    closing = fields.Text(translate=True, help="What stands after the way to pay.")
    consequences = fields.Boolean(
        string="Names Consequences",
        help="Says what your company does when nothing is paid, as far as your "
        "settings say that it does so.",
    )
    suspends = fields.Boolean(
        string="Suspends Deliveries",
        help="Names the day after the last one to pay, from which deliveries are "
        "suspended, for companies whose settings say that they do so. Invoices and "
        "orders warn from then on, until it is paid.",
    )
    hands_over = fields.Boolean(
        string="Hand-over",
        help="Only for companies whose settings say that they hand claims over.",
    )

    _days_positive = models.Constraint(
        "CHECK(days_from >= 0 AND wait_days >= 0 AND pay_days > 0)",
        "Days are counted forward; leave the debtor at least one to pay.",
    )

    @api.constrains("after_id", "sequence")
    def _check_after(self):
        for level in self:
            before = level.after_id
            if before and (before.sequence, before.id) >= (level.sequence, level.id):
                raise ValidationError(
                    self.env._(
                        "“%(level)s” has to follow a milder level.", level=level.name
                    )
                )

    @api.model
    def _for_company(self, company):
        """The levels that a company writes, from mild to strict.

        :param company: ``res.company`` (superuser)
        """
        levels = self.search([])
        if not company.debt_does_hand_over:
            levels = levels.filtered(lambda level: not level.hands_over)
        return levels

    @api.model
    def _propose(self, cases):
        """Which letter each debtor would get today.

        :param cases: ``debt.case`` that the user may read
        :return: dict of ``debt.letter.level`` by case, empty where none is due
        """
        posted = self.env["debt.message"]._letters_posted(cases)
        proposed, segments = {}, self.env["debt.segment"]._of(cases)
        for case in cases:
            # Superuser: a setting of the case's company.
            levels = self._for_company(case.company_id.sudo())
            pure = [
                Level(
                    level.id,
                    level.days_from,
                    level.amount_from,
                    level.after_id.id or None,
                    level.wait_days,
                )
                for level in levels
                if not level.segment_id or level.sudo().segment_id in segments[case]
            ]
            today = case.company_id._debt_today()
            days = (today - (case.oldest_due_date or today)).days
            key = choose(pure, days, case.amount_overdue, posted[case])
            proposed[case] = self.browse(key or ())
        return proposed


class DebtMessage(models.Model):
    """Demand letters among what was written to a debtor."""

    _inherit = "debt.message"

    kind = fields.Selection(
        selection_add=[("letter", "Demand Letter"), ("manual",)],
        ondelete={"letter": "cascade"},
    )
    letter_level_id = fields.Many2one(
        "debt.letter.level", readonly=True, ondelete="restrict", index="btree_not_null"
    )

    @api.model
    def _letters_posted(self, cases):
        """Days since the last letter of each level about what these debtors owe now.

        :return: dict of dict by case: days by id of the level
        """
        posted = defaultdict(dict)
        # Superuser: exactly the letters of these cases.
        letters = self.sudo().search(
            [
                ("case_id", "in", cases.ids),
                ("letter_level_id", "!=", False),
                ("sent_at", "!=", False),
            ],
            order="sent_at",
        )
        for letter in letters:
            case, company = letter.case_id, letter.company_id
            day = company._debt_day_of(letter.sent_at)
            # A letter about an older debt, paid long since, warned of nothing of this.
            if not case.oldest_due_date or day > case.oldest_due_date:
                since = (company._debt_today() - day).days
                posted[case.sudo(False)][letter.letter_level_id.id] = since
        return {case: posted.get(case, {}) for case in cases}


class ResCompany(models.Model):
    """What a company really does when a debtor does not pay."""

    _inherit = "res.company"

    debt_does_interest = fields.Boolean("Charges Interest", groups=SETTERS)
    debt_does_suspend = fields.Boolean("Suspends Deliveries", groups=SETTERS)
    debt_does_hand_over = fields.Boolean("Hands Claims Over", groups=SETTERS)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debt_does_interest = fields.Boolean(
        related="company_id.debt_does_interest", readonly=False
    )
    debt_does_suspend = fields.Boolean(
        related="company_id.debt_does_suspend", readonly=False
    )
    debt_does_hand_over = fields.Boolean(
        related="company_id.debt_does_hand_over", readonly=False
    )

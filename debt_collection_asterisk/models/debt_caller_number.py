from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# A number is judged by the calls of so long.
JUDGED = timedelta(days=7)
# Answered, and hung up by the debtor within so many seconds.
SHORT_SECONDS = 3
# The outcome of a debtor who wants no more calls.
UNWANTED = "do_not_call"
# Fewer answered calls say nothing of a number.
FEWEST = 30
# Among so many dialled calls nearly nobody answering says that networks warn of it.
FEWEST_DIALLED = 100
LEAST_ANSWERED = 0.02


class DebtCallerNumber(models.Model):
    """How debtors and networks take a number of ours; one that is wearing out rests.

    Networks mark numbers as a nuisance of which most calls are refused, or answered and
    hung up at once. Such a mark stays for months.
    """

    _inherit = "debt.caller.number"

    label = fields.Char(
        size=40,
        help="The name that is shown with the number, where the law or the carrier "
        "wants one.",
    )
    most_short = fields.Float(
        string="Hung Up at Once at Most",
        default=0.5,
        help="Above this share of the calls that were answered in the last seven days, "
        "the number rests: it is not shown any more until the share has fallen.",
    )
    answer_rate = fields.Float(
        string="Answered", compute="_compute_wear", help="In the last seven days."
    )
    short_rate = fields.Float(
        string="Hung Up at Once", compute="_compute_wear", help="In the last 7 days."
    )
    complaints = fields.Integer(
        compute="_compute_wear",
        help="Debtors who saw this number in the last seven days and said, to an "
        "operator or by a key, that they want no more calls.",
    )
    rests = fields.Boolean(compute="_compute_wear", help="It is wearing out.")

    _most_short_share = models.Constraint(
        "CHECK(most_short > 0 AND most_short <= 1)",
        "The share is above nothing, and 100 % at most.",
    )

    @api.depends("most_short")
    def _compute_wear(self):
        counts = self._count_wear() if self.ids else {}
        for number in self:
            dialled, answered, short, refused = counts.get(number.id, (0, 0, 0, 0))
            number.complaints = refused
            number.answer_rate = answered / dialled if dialled else 0.0
            number.short_rate = short / answered if answered else 0.0
            number.rests = (
                answered >= FEWEST and number.short_rate > number.most_short
            ) or (dialled >= FEWEST_DIALLED and number.answer_rate < LEAST_ANSWERED)

    def _count_wear(self):
        """Calls dialled, answered, hung up at once, and debtors who want no more.

        :return: {id: (int, int, int, int)}
        """
        self.env["debt.call"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.caller_number_id, count(*), count(c.answered_at),
                       count(*) FILTER (WHERE c.hung_up_by = 'debtor'
                           AND c.ended_at
                               <= c.answered_at + %s * INTERVAL '1 second'),
                       count(DISTINCT c.partner_id) FILTER (WHERE o.code = %s)
                  FROM debt_call c
             LEFT JOIN debt_call_outcome o ON o.id = c.outcome_id
                 WHERE c.caller_number_id = ANY(%s) AND c.started_at > %s
                   AND c.unreached IS NOT TRUE
                 GROUP BY c.caller_number_id
                """,
                SHORT_SECONDS,
                UNWANTED,
                self.ids,
                fields.Datetime.now() - JUDGED,
            )
        )
        return {id_: tuple(counts) for id_, *counts in rows}

    @api.model
    def _ranked(self, phone, number=None):
        """Those that are wearing out are left alone, before they are burnt."""
        ranked = super()._ranked(phone, number)
        # Superuser: whoever dials uses them, whatever he may read.
        return ranked.filtered(lambda one: not one.sudo().rests)

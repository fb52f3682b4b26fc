from odoo import api, fields, models

from ...tools.page_form import Refused

#: Acts of a case within a day, and of one kind within a month: who does more is no
#: debtor in need but a program.
MOST_A_DAY, MOST_OF_A_KIND = 10, 5


class DebtPortalAct(models.Model):
    """That a debtor did something on his page: what, when, and how he came in.

    What he did is on record as what it is, a promise or a dispute; this says that
    nobody else entered it. The key of the form makes it happen once.
    """

    _name = "debt.portal.act"
    _description = "Act on the Debtor's Page"
    _order = "done_at desc, id desc"
    _rec_name = "partner_id"

    case_id = fields.Many2one(
        "debt.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Debtor", store=True, index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("promise", "Promised a Payment"),
            ("dispute", "Disputed Invoices"),
            ("paid", "Says It Is Paid"),
            ("callback", "Asked to Be Called"),
            ("means", "Said What He Can Afford"),
            ("refusal", "Refused Contact"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    via = fields.Selection(
        [("link", "By the Link in a Message"), ("login", "Logged In")],
        string="How",
        required=True,
        readonly=True,
    )
    done_at = fields.Datetime(
        string="When", required=True, readonly=True, default=fields.Datetime.now
    )
    key = fields.Char(required=True, readonly=True, copy=False)

    _once = models.Constraint(
        "UNIQUE(case_id, key)", "This form has been taken already."
    )

    @api.model
    def _compute_counts(self, cases):
        counts = cases._count_by_case(self._name)
        for case in cases:
            case.page_act_count = counts.get(case, 0)

    @api.model
    def _known(self, case, key):
        """What was done with a form already: sent twice, it is taken once."""
        return self.search([("case_id", "=", case.id), ("key", "=", key)])

    @api.model
    def _check_room(self, case, kind):
        """Nobody is kept from refusing contact; all else has its measure.

        :raises Refused: it was done too often
        """
        if kind == "refusal":
            return
        if self._done(case, days=1) >= MOST_A_DAY:
            raise Refused("often")
        if self._done(case, kind, days=31) >= MOST_OF_A_KIND:
            raise Refused("often")
        most = case.company_id.debt_page_promises
        if kind == "promise" and self._done(case, kind, days=92) >= most:
            raise Refused("promises")

    @api.model
    def _done(self, case, kind=None, *, days):
        """How often it was done lately."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        domain = [("case_id", "=", case.id), ("done_at", ">", since)]
        if kind:
            domain.append(("kind", "=", kind))
        return self.search_count(domain)

    def _tell_operator(self):
        """Whoever has the debtor on the screen at this moment hears of it at once."""
        user = self.case_id.on_line_user_id
        if not user:
            return
        told = self.with_context(lang=user.lang)
        kinds = dict(told._fields["kind"]._description_selection(told.env))
        user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "sticky": True,
                "title": told.env._("On the debtor's page, just now"),
                "message": f"{self.partner_id.display_name}: {kinds[self.kind]}",
            },
        )

    def action_case(self):
        """The debtor's card, with what became of it."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "debt.case",
            "res_id": self.case_id.id,
            "views": [(False, "form")],
        }

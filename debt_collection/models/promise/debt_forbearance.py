from odoo import api, fields, models
from odoo.exceptions import UserError


class DebtForbearance(models.Model):
    """What a debtor in difficulties was offered before anything harsher is done.

    Where a law wants it (Directive (EU) 2023/2225, article 35: creditors exercise
    reasonable forbearance before they begin enforcement), no case is handed over
    before an offer is on record. A plan by instalments is an offer as well.
    """

    _name = "debt.forbearance"
    _description = "Offer of Forbearance"
    _inherit = ["debt.evidence"]
    _order = "offered_on desc, id desc"
    _rec_name = "kind"
    _check_company_auto = True
    _by_methods = frozenset(("answer", "answered_on", "user_id"))
    _for_good = frozenset(("case_id", "kind", "channel", "offered_on", "note"))

    case_id = fields.Many2one(
        "debt.case", required=True, ondelete="cascade", index=True, check_company=True
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Debtor", store=True, index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("time", "More Time"),
            ("instalments", "Instalments"),
            ("lower", "Lower Sum"),
            ("interest", "No Interest or Fees"),
            ("other", "Something Else"),
        ],
        string="Offer",
        required=True,
        default="instalments",
    )
    offered_on = fields.Date(
        required=True,
        default=lambda self: self.env.company._debt_today(),
        help="In the company's time zone.",
    )
    channel = fields.Selection(
        [
            ("call", "Call"),
            ("email", "E-mail"),
            ("letter", "Letter"),
            ("person", "In Person"),
        ],
        string="How",
        required=True,
        default="call",
    )
    note = fields.Text(
        string="In Words",
        required=True,
        help="What was offered, and until when it holds.",
    )
    answer = fields.Selection(
        [("open", "No Answer Yet"), ("accepted", "Accepted"), ("declined", "Declined")],
        required=True,
        default="open",
    )
    answered_on = fields.Date(readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Offered By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )

    @api.constrains("offered_on")
    def _check_offered_on(self):
        for offer in self:
            if offer.offered_on > offer.company_id._debt_today():
                raise UserError(
                    self.env._("An offer is recorded once it has been made.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        offers = super().create(vals_list)
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for offer in offers:
            offer.case_id._message_log(
                body=self.env._(
                    "Offered to the debtor: %(kind)s. %(note)s",
                    kind=kinds[offer.kind],
                    note=offer.note,
                )
            )
        return offers

    def _is_decided(self):
        return self.answer != "open"

    def action_accept(self):
        """The debtor takes the offer."""
        self._answer("accepted")

    def action_decline(self):
        """The debtor does not want it."""
        self._answer("declined")

    def _answer(self, answer):
        self.check_access("write")
        # Superuser: the answer is not written by hand.
        for offer in self.sudo().filtered(lambda offer: offer.answer == "open"):
            today = offer.company_id._debt_today()
            offer.write({"answer": answer, "answered_on": today})

    # --- before a case is handed over -------------------------------------------------
    @api.model
    def _missing(self, cases):
        """Those cases that may not be handed over before something was offered.

        :param cases: ``debt.case``
        """
        # Superuser: which law holds, and what was offered by whomever.
        asked = cases.sudo().filtered(
            lambda case: any(case._contact_policy().mapped("forbearance_required"))
        )
        offered = self.sudo().search([("case_id", "in", asked.ids)]).case_id
        plans = [("case_id", "in", asked.ids), ("plan_id", "!=", False)]
        offered |= self.env["debt.promise"].sudo().search(plans).case_id
        return (asked - offered).with_env(cases.env)

    @api.model
    def _check_offered(self, cases):
        """:raises UserError: the law wants something offered to one of them first"""
        if missing := self._missing(cases):
            raise UserError(
                self.env._(
                    "The law of %(debtor)s wants forbearance offered before the case "
                    "is handed over: more time, instalments, a lower sum. Offer it, "
                    "and record it with “Offer Forbearance” on the case.",
                    debtor=missing[0].partner_id.display_name,
                )
            )


class DebtContactPolicy(models.Model):
    _inherit = "debt.contact.policy"

    forbearance_required = fields.Boolean(
        string="Forbearance First",
        help="Before a case is handed to the legal department, something easier must "
        "have been offered to the debtor: more time, instalments, a lower sum.",
    )

    @api.model
    def _demand_names(self):
        return (*super()._demand_names(), "forbearance_required")

    def _version_content(self):
        """A version says whether forbearance came first."""
        first = {"forbearance": True} if self.forbearance_required else {}
        return super()._version_content() | first


class DebtContactPolicyVersion(models.Model):
    _inherit = "debt.contact.policy.version"

    def _sentences(self):
        yield from super()._sentences()
        if self.content.get("forbearance"):
            yield self.env._("Forbearance is offered before a case is handed over.")

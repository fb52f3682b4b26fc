from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..card.lock_rows import lock_rows


class DebtHandover(models.Model):
    """A case that a lawyer, an agency or a court has: since when, and what came of it.

    While it is there nobody of ours contacts the debtor: the case is legal, which the
    gate refuses. What was owed on that day is kept; what was paid since, the figures
    tell. It ends when the case is given back, with the reason.
    """

    _name = "debt.handover"
    _description = "Handing Over"
    _inherit = ["debt.evidence"]
    _order = "handed_on desc, id desc"
    _check_company_auto = True
    _by_methods = frozenset(
        (
            "amount_disputed",
            "line_ids",
            "owed",
            "return_note",
            "return_reason",
            "returned_by_id",
            "returned_on",
            "stage_id",
            "state",
        )
    )
    _for_good = frozenset(
        ("agent_id", "case_id", "handed_on", "kind", "note", "user_id")
    )

    case_id = fields.Many2one(
        "debt.case", required=True, ondelete="cascade", index=True, check_company=True
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Debtor", store=True, index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("agency", "Collection Agency"),
            ("lawyer", "Lawyer"),
            ("court", "Court"),
            ("own", "Own Legal Department"),
        ],
        string="To",
        required=True,
        default="agency",
    )
    agent_id = fields.Many2one(
        "res.partner",
        string="Handed To",
        index="btree_not_null",
        help="The lawyer, agency or court that has the case now.",
    )
    reference = fields.Char(
        string="Their Reference", help="The file number under which they work on it."
    )
    handed_on = fields.Date(
        string="Handed Over On",
        required=True,
        default=lambda self: self.env.company._debt_today(),
        help="What is paid from that day on counts as paid after handing over.",
    )
    note = fields.Text(string="Instructions", help="What they are to do, and how far.")
    user_id = fields.Many2one(
        "res.users",
        string="Handed Over By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    owed = fields.Monetary(readonly=True, help="What was overdue on that day.")
    amount_disputed = fields.Monetary(
        string="Disputed Then",
        readonly=True,
        help="What was disputed on that day, and is not part of what was owed.",
    )
    stage_id = fields.Many2one("debt.stage", string="Stage Then", readonly=True)
    line_ids = fields.Many2many(
        "account.move.line",
        string="Items",
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice",
        help="What was overdue on that day.",
    )
    state = fields.Selection(
        [("open", "Handed Over"), ("returned", "Returned")],
        required=True,
        default="open",
        index=True,
    )
    returned_on = fields.Date(readonly=True)
    returned_by_id = fields.Many2one("res.users", readonly=True)
    return_reason = fields.Selection(
        [
            ("paid", "Paid or Settled"),
            ("insolvent", "Insolvent"),
            ("untraceable", "Cannot Be Found"),
            ("hopeless", "No Prospect of Success"),
            ("uneconomic", "Not Worth the Costs"),
            ("incomplete", "Documents Missing"),
            ("recalled", "Called Back by Us"),
            ("other", "Other"),
        ],
        string="Why Returned",
        readonly=True,
    )
    return_note = fields.Text(string="What They Wrote", readonly=True)

    _returned_consistent = models.Constraint(
        "CHECK((state = 'returned') = (returned_on IS NOT NULL))",
        "What was returned has a day and a reason.",
    )

    @api.depends("partner_id", "kind", "agent_id")
    def _compute_display_name(self):
        for one in self:
            one.display_name = f"{one.partner_id.display_name}: {one._with_whom()}"

    def _with_whom(self):
        """Who has the case, in words."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        # Superuser: the name of whoever has a case that the user may read.
        return self.agent_id.sudo().display_name or kinds.get(self.kind) or ""

    def _is_decided(self):
        return self.state != "open"

    @api.constrains("kind", "agent_id", "handed_on")
    def _check_to_whom(self):
        for one in self:
            if one.kind != "own" and not one.agent_id:
                raise ValidationError(
                    self.env._("Choose the lawyer, agency or court that gets the case.")
                )
            # Superuser: whoever may read the case may know whose it is.
            if one.agent_id.commercial_partner_id == one.sudo().partner_id:
                raise ValidationError(
                    self.env._("The case is not handed over to the debtor.")
                )
            if one.handed_on > one.company_id._debt_today():
                raise ValidationError(
                    self.env._("A case is handed over today, or was so before.")
                )

    # --- handed over ------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: it is with somebody already, is closed, or nothing may be
        handed over before something easier was offered
        """
        cases = self.env["debt.case"].browse(
            vals.get("case_id") for vals in vals_list if vals.get("case_id")
        )
        self._check_possible(cases)
        records = super().create(vals_list)
        for one in records:
            case = one.case_id
            # Superuser: what is owed is read from the ledger, for whoever has the case.
            one.sudo().write(
                {
                    "owed": case.amount_overdue,
                    "amount_disputed": case.amount_disputed,
                    "stage_id": case.stage_id.id,
                    "line_ids": [
                        Command.set([row["line_id"] for row in case._collected()])
                    ],
                }
            )
            case._set_state("legal", hold_until=False)
            one._tell(
                self.env._(
                    "Handed over to %(whom)s on %(day)s: %(owed)s. %(note)s",
                    whom=one._with_whom(),
                    day=format_date(self.env, one.handed_on),
                    owed=one.currency_id.format(one.owed),
                    note=one.note or "",
                )
            )
        return records

    @api.model
    def _check_possible(self, cases):
        """Before any of these cases is handed over.

        :raises UserError: somebody has one already, one is closed, or the law wants
            something easier offered first
        """
        cases.check_access("write")
        lock_rows(cases)
        if closed := cases.filtered("closed_at"):
            raise UserError(
                self.env._(
                    "The case of %(debtor)s is closed: there is nothing to hand over.",
                    debtor=closed[0].partner_id.display_name,
                )
            )
        # Superuser: whether there is one; who may read the case was checked.
        there = [("case_id", "in", cases.ids), ("state", "=", "open")]
        if other := self.sudo().search(there, limit=1):
            raise UserError(
                self.env._(
                    "The case of %(debtor)s is with %(whom)s already: record its "
                    "return before you hand it to somebody else.",
                    debtor=other.partner_id.display_name,
                    whom=other._with_whom(),
                )
            )
        self.env["debt.forbearance"]._check_offered(cases)

    def _tell(self, text):
        # Superuser: a note on the case, by whoever did it.
        self.case_id.sudo()._message_log(body=text.strip())

    # --- given back -------------------------------------------------------------------
    def _take_back(self, reason, note=None):
        """The case is ours again, and collection goes on where it is still open.

        :param str reason: a code of ``return_reason``
        :param str note: what was written with it
        :raises AccessError: the user may not
        """
        self.check_access("write")
        reasons = dict(self._fields["return_reason"]._description_selection(self.env))
        # Superuser: the return is not written by hand.
        for one in self.sudo().filtered(lambda one: one.state == "open"):
            one.write(
                {
                    "state": "returned",
                    "returned_on": one.company_id._debt_today(),
                    "returned_by_id": self.env.uid,
                    "return_reason": reason,
                    "return_note": note,
                }
            )
            one._tell(
                self.env._(
                    "Returned by %(whom)s: %(reason)s. %(note)s",
                    whom=one._with_whom(),
                    reason=reasons[reason],
                    note=note or "",
                )
            )
            case = one.case_id
            # Of two debtors who turned out to be one, both may have been handed over.
            others = case.handover_ids.filtered(lambda other: other.state == "open")
            if case.state == "legal" and not others:
                case._set_state(case._state_without_pause())
                case._restart_ladder_if_over()
                case._set_dirty()

    def _told(self):
        """Where a case is, as a sentence; empty where nobody has it."""
        if not self:
            return ""
        values = {
            "whom": self._with_whom(),
            "day": format_date(self.env, self.handed_on),
            "reference": self.reference,
        }
        if self.reference:
            return self.env._(
                "With %(whom)s since %(day)s, reference %(reference)s.", **values
            )
        return self.env._("With %(whom)s since %(day)s.", **values)

    def action_case(self):
        """The debtor's card."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "debt.case",
            "res_id": self.case_id.id,
            "views": [(False, "form")],
        }

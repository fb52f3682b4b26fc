from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..card.lock_rows import lock_rows
from .case_day import today_of_case, with_day


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
            "hold_until_then",
            "line_ids",
            "owed",
            "return_note",
            "return_reason",
            "returned_by_id",
            "returned_on",
            "stage_id",
            "state",
            "state_then",
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
        string="To Whom",
        required=True,
        default="agency",
    )
    agent_id = fields.Many2one(
        "res.partner",
        string="Handed To",
        index="btree_not_null",
        ondelete="restrict",
        help="The lawyer, agency or court that has the case now.",
    )
    reference = fields.Char(
        string="Their Reference", help="The file number under which they work on it."
    )
    handed_on = fields.Date(
        string="Handed Over On",
        required=True,
        default=lambda self: today_of_case(self.env),
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
    owed = fields.Monetary(
        readonly=True, help="What was overdue when it was recorded here."
    )
    amount_disputed = fields.Monetary(
        string="Disputed Then",
        readonly=True,
        help="What was disputed when it was recorded here; no part of what was owed.",
    )
    stage_id = fields.Many2one("debt.stage", string="Stage Then", readonly=True)
    line_ids = fields.Many2many(
        "account.move.line",
        string="Items",
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice",
        help="What was overdue when it was recorded here.",
    )
    state_then = fields.Selection(
        lambda self: (
            self.env["debt.case"]._fields["state"]._description_selection(self.env)
        ),
        string="State Before",
        readonly=True,
        help="A legal stop or a hold from before goes on when the case is returned.",
    )
    hold_until_then = fields.Date(string="On Hold Until, Before", readonly=True)
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
        records = super().create(
            [with_day(self.env, "handed_on", vals) for vals in vals_list]
        )
        # Afterwards: which cases they are, the context may have said.
        records._check_possible()
        for one in records:
            one._record_what_was()
            one.case_id._set_state("legal")
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

    def _record_what_was(self):
        """Keep what is owed now, item by item and in all, and what is done about it."""
        self._check_not_before()
        case, rows = self.case_id, self.case_id._collected()
        # Superuser: what is owed is read from the ledger, for whoever has the case.
        self.sudo().write(
            {
                "owed": case.currency_id.round(sum(row["left"] for row in rows)),
                "amount_disputed": case.amount_disputed,
                "stage_id": case.stage_id.id,
                "line_ids": [Command.set([row["line_id"] for row in rows])],
                "state_then": case.state,
                "hold_until_then": case.hold_until,
            }
        )

    def _check_possible(self):
        """Whether the cases of these, just entered, may be handed over.

        :raises UserError: somebody has one already, one is closed, or the law wants
            something easier offered first
        """
        cases = self.case_id
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
        for case in cases.sudo():
            mine = self.filtered(lambda one, case=case: one.case_id == case)
            there = case.handover_ids.filtered(lambda one: one.state == "open")
            if other := (there - mine)[:1] or mine[1:]:
                raise UserError(
                    self.env._(
                        "The case of %(debtor)s is with %(whom)s already: record its "
                        "return before you hand it to somebody else.",
                        debtor=case.partner_id.display_name,
                        whom=other[0]._with_whom(),
                    )
                )
        self.env["debt.forbearance"]._check_offered(cases)

    def _check_not_before(self):
        """:raises UserError: on that day there was nothing yet to hand over"""
        lines = self.case_id._open_items().filtered(lambda line: line.balance > 0)
        days = [
            line[name]
            for line in lines
            for name in ("date", "date_maturity", "invoice_date")
        ]
        oldest = min(filter(None, days), default=self.handed_on)
        if self.handed_on < oldest:
            raise UserError(
                self.env._(
                    "%(debtor)s owes nothing from before %(day)s: the case cannot have "
                    "been handed over earlier.",
                    debtor=self.partner_id.display_name,
                    day=format_date(self.env, oldest),
                )
            )

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
            one._go_on()

    def _go_on(self):
        """What the case was before is restored, once nobody else has it.

        Of two debtors who turned out to be one, both may have been handed over.
        """
        case = self.case_id
        if others := case.handover_ids.filtered(lambda other: other.state == "open"):
            if self.state_then == "legal":
                others.state_then = "legal"
            return
        if case.closed_at:
            # It may come back, or the next one take over how it was closed.
            if case.closed_state == "legal":
                case.closed_state = self._state_to_restore()
        elif case.state == "legal":
            self._restore()

    def _restore(self):
        """The open case is worked again, unless it was stopped or held before."""
        case, state = self.case_id, self._state_to_restore()
        if state == "legal":
            self._tell(
                self.env._(
                    "The case had been stopped before it was handed over, and still "
                    "is: an accountant decides whether collection goes on."
                )
            )
            return
        endless = self._was_held_without_end()
        case._set_state(state, **({"hold_until": False} if endless else {}))
        case._restart_ladder_if_over()
        case._set_dirty()

    def _state_to_restore(self):
        """A legal stop stays one; a hold lasts as long as it was meant to.

        Nobody rings an insolvent debtor before an accountant has looked at it.
        """
        if self.state_then == "legal" or self.return_reason == "insolvent":
            return "legal"
        held = self._was_held_without_end()
        return "on_hold" if held else self.case_id._state_without_pause()

    def _was_held_without_end(self):
        return self.state_then == "on_hold" and not self.hold_until_then

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

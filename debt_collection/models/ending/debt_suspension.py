from collections import defaultdict
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .case_day import today_of_case, with_day


class DebtSuspension(models.Model):
    """Nothing more is delivered from a day on, until what was demanded is paid.

    A letter announces it, or an accountant. It is in force while the ledger says that
    so much of its items is still open and collected as the company collects at all: a
    payment lifts it at once, and one that bounces brings it back. Nothing is kept of
    that: the ledger is asked.
    """

    _name = "debt.suspension"
    _description = "Suspension of Deliveries"
    _inherit = ["debt.evidence"]
    _order = "from_on desc, id desc"
    _check_company_auto = True
    _by_methods = frozenset(
        (
            "lifted_by_id",
            "lifted_on",
            "lifted_reason",
            "line_ids",
            "message_id",
            "state",
            "user_id",
        )
    )
    _for_good = frozenset(("case_id", "from_on", "note"))

    case_id = fields.Many2one(
        "debt.case", required=True, ondelete="cascade", index=True, check_company=True
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Debtor", store=True, index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    from_on = fields.Date(
        string="Suspended From",
        required=True,
        default=lambda self: today_of_case(self.env),
        help="The first day without deliveries.",
    )
    message_id = fields.Many2one(
        "debt.message",
        string="Announced By",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The letter that named the day.",
    )
    note = fields.Text(string="Why")
    line_ids = fields.Many2many(
        "account.move.line",
        "debt_suspension_line_rel",
        "suspension_id",
        "line_id",
        string="Items",
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice",
        help="What has to be paid before deliveries go on.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    state = fields.Selection(
        [("set", "Set"), ("lifted", "Lifted by Hand")],
        required=True,
        default="set",
        index=True,
    )
    status = fields.Selection(
        [
            ("announced", "Announced"),
            ("in_force", "In Force"),
            ("withheld", "Nothing to Collect Now"),
            ("written_off", "Written Off"),
            ("paid", "Paid or Credited"),
            ("lifted", "Lifted by Hand"),
        ],
        compute="_compute_status",
    )
    lifted_on = fields.Date(readonly=True)
    lifted_by_id = fields.Many2one("res.users", readonly=True)
    lifted_reason = fields.Text(string="Why Lifted", readonly=True)

    @api.depends("partner_id", "from_on")
    def _compute_display_name(self):
        for one in self:
            day = format_date(self.env, one.from_on) or "…"
            one.display_name = f"{one.partner_id.display_name}: {day}"

    @api.depends("state", "from_on")
    def _compute_status(self):
        """Depends on the clock and on the ledger: worked out whenever it is shown."""
        for one, status in self._status_now():
            one.status = status

    def _status_now(self):
        """Each of these with its status, as the clock and the ledger say now."""
        rows = self._rows_left()
        for one in self:
            today = one.company_id._debt_today() if one.company_id else None
            coming = today and one.from_on and one.from_on > today
            stands = "announced" if coming else "in_force"
            lifted = one.state == "lifted"
            yield one, "lifted" if lifted else one._why_over(rows) or stands

    def _rows_left(self):
        """What is left of the items of these debtors, as lists by item."""
        # Superuser: what is left of exactly their items.
        own, found = self.sudo().filtered("company_id"), defaultdict(list)
        if own:
            ledger = self.env["debt.ledger"]
            for row in ledger._rows(own.company_id, own.partner_id.ids):
                if row["left"] > 0:
                    found[row["line_id"]].append(row)
        return found

    def _why_over(self, rows):
        """Why it is not, or not any more, in force; None where it still is.

        :param rows: what is left, by item
        """
        # Superuser: whether somebody has paid, or what else became of its items.
        own = self.sudo()
        mine = [row for line in own.line_ids.ids for row in rows.get(line, ())]
        asked = [row for row in mine if row["part"] == "collected"]
        least = own.company_id.debt_min_amount
        if asked and (
            any(row["flagged"] for row in asked)
            or own._is_enough(sum(row["left"] for row in asked), least)
        ):
            return None
        others = sum(row["left"] for row in mine) - sum(row["left"] for row in asked)
        if others and own._is_enough(others, least):
            return "withheld"
        given = own.line_ids.matched_credit_ids.credit_move_id.move_id._debt_writeoffs()
        written_off = any(one.state == "posted" for one in given)
        return "written_off" if written_off else "paid"

    def _is_enough(self, amount, least):
        """Whether an amount reaches what the company collects at least."""
        return self.company_id.currency_id.compare_amounts(amount, least) >= 0

    def _is_decided(self):
        return self.state != "set"

    # --- set --------------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: nothing is overdue that could be paid"""
        records = super().create(
            [with_day(self.env, "from_on", vals) for vals in vals_list]
        )
        # Afterwards: which cases they are, the context may have said.
        rows_of = {case: case._collected() for case in records.case_id}
        if none := [case for case, rows in rows_of.items() if not rows]:
            raise UserError(
                self.env._(
                    "%(debtor)s owes nothing that is overdue: there is no reason to "
                    "suspend deliveries.",
                    debtor=none[0].partner_id.display_name,
                )
            )
        for one in records:
            rows = rows_of[one.case_id]
            # Superuser: exactly the items that are collected in this case.
            own = one.sudo()
            own.line_ids = [Command.set([row["line_id"] for row in rows])]
            own.case_id._message_log(
                body=self.env._(
                    "Deliveries are suspended from %(day)s on, until it is paid. "
                    "%(note)s",
                    day=format_date(self.env, one.from_on),
                    note=one.note or "",
                ).strip()
            )
        return records

    @api.model
    def _announced_by(self, letter):
        """Set what a letter has announced that was posted just now.

        :param letter: ``debt.message``
        """
        # Superuser: who posts a letter that says so may let it come true.
        letter = letter.sudo()
        from_on = self._from_on(letter.company_id, letter.letter_level_id)
        if from_on and not self._is_announced(letter.case_id):
            self.sudo().create(
                {
                    "case_id": letter.case_id.id,
                    "from_on": from_on,
                    "message_id": letter.id,
                    "user_id": self.env.uid,
                }
            )

    @api.model
    def _is_announced(self, case):
        """Whether all that is collected is subject to a suspension already.

        :param case: ``debt.case`` (superuser)
        """
        items = {row["line_id"] for row in case._collected()}
        there = case.suspension_ids.filtered(lambda one: one.state == "set")
        return any(items <= set(one.line_ids.ids) for one in there)

    @api.model
    def _from_on(self, company, level):
        """The first day without deliveries after a letter of today, or None.

        :param company: ``res.company`` (superuser)
        :param level: ``debt.letter.level``
        """
        if not (level.suspends and company.debt_does_suspend):
            return None
        return company._debt_today() + timedelta(days=level.pay_days + 1)

    # --- lifted -----------------------------------------------------------------------
    def _lift(self, reason):
        """Deliver again although it is not paid, whatever announced the suspension.

        :raises AccessError: the user is no accountant of collection
        """
        self.check_access("write")
        if not self.env.user.has_group("debt_collection.group_debt_accountant"):
            raise AccessError(
                self.env._("Accountants suspend deliveries, and lift that.")
            )
        # Superuser: what was decided is not written by hand; of the debtor's others,
        # exactly those in which the same is decided.
        own = self.sudo().filtered(lambda one: one.state == "set")
        own = own.case_id.suspension_ids.filtered(lambda one: one.state == "set")
        for case, lifted in own.grouped("case_id").items():
            lifted.write(
                {
                    "state": "lifted",
                    "lifted_on": case.company_id._debt_today(),
                    "lifted_by_id": self.env.uid,
                    "lifted_reason": reason,
                }
            )
            case._message_log(
                body=self.env._(
                    "Deliveries go on although it is not paid: %(reason)s",
                    reason=reason,
                )
            )


class DebtCase(models.Model):
    _inherit = "debt.case"

    suspension_ids = fields.One2many("debt.suspension", "case_id", readonly=True)

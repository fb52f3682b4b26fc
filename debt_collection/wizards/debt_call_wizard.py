from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_datetime

from ..models.call.parties import PARTIES


class DebtCallWizard(models.TransientModel):
    """The call window: one screen from “who is it?” to “what follows”.

    There is one window per call, and it is kept as long as the call is open: whoever
    closed it by accident finds it again as he left it.
    """

    _name = "debt.call.wizard"
    _description = "Call Window"
    # The day's calls, should somebody leave one over lunch.
    _transient_max_hours = 24.0
    _transient_max_count = 0

    call_id = fields.Many2one(
        "debt.call", required=True, readonly=True, index=True, ondelete="cascade"
    )
    case_id = fields.Many2one(related="call_id.case_id")
    partner_id = fields.Many2one(related="call_id.partner_id")
    company_id = fields.Many2one(related="call_id.company_id")
    currency_id = fields.Many2one(related="case_id.currency_id")
    call_state = fields.Selection(related="call_id.state", string="Status of the Call")
    number = fields.Char(related="call_id.number", string="Dialled Number")
    started_at = fields.Datetime(related="call_id.started_at")
    is_company = fields.Boolean(related="case_id.is_company")
    stage_id = fields.Many2one(related="case_id.stage_id")
    stage_color = fields.Integer(related="case_id.stage_color")
    profile_id = fields.Many2one(related="case_id.profile_id", readonly=False)
    days_past_due = fields.Integer(related="case_id.days_past_due")
    amount_overdue = fields.Monetary(related="case_id.amount_overdue")
    amount_disputed = fields.Monetary(related="case_id.amount_disputed")

    phone_ids = fields.One2many("debt.call.wizard.phone", "wizard_id")
    other_number = fields.Char(
        help="A number that is not on the list. It is kept with the debtor's numbers; "
        "to say whose it is, use “Whom did I learn of?”."
    )
    item_ids = fields.One2many("debt.call.wizard.item", "wizard_id", string="Owed")
    item_count = fields.Integer(string="Open Items", readonly=True)
    shown_count = fields.Integer(compute="_compute_shown")
    has_foreign = fields.Boolean(compute="_compute_shown")
    direction = fields.Selection(related="call_id.direction")
    our_number = fields.Char(related="call_id.our_number")
    answers_text = fields.Char(related="call_id.answers_text")

    party = fields.Selection(
        PARTIES[::-1],
        string="Who Answered",
    )
    script_html = fields.Html(compute="_compute_script_html", sanitize=False)
    objection_ids = fields.Many2many(
        "debt.objection",
        "debt_call_wizard_objection_rel",
        "wizard_id",
        "objection_id",
        string="Objections",
    )
    outcome_id = fields.Many2one("debt.call.outcome")
    needs_callback = fields.Boolean(related="outcome_id.needs_callback")
    needs_promise = fields.Boolean(related="outcome_id.needs_promise")
    needs_dispute = fields.Boolean(related="outcome_id.needs_dispute")
    needs_note = fields.Boolean(related="outcome_id.needs_note")
    needs_confirmation = fields.Boolean(related="outcome_id.needs_confirmation")
    dialled_phone_id = fields.Many2one(
        "debt.phone",
        string="Number Dialled",
        domain="[('partner_id', '=', partner_id), ('number', '!=', False)]",
        help="Where you dialled on your own telephone: which number was it?",
    )
    note = fields.Text()
    consequence_html = fields.Html(compute="_compute_consequence_html", sanitize=False)

    _call_once = models.UniqueIndex("(call_id)")

    @api.constrains("call_id")
    def _check_call(self):
        """The window shows a debtor's affairs: only to whoever has him on the line."""
        for wizard in self:
            if wizard.call_id.user_id != self.env.user:
                raise AccessError(self.env._("This call is another operator's."))

    def onchange(self, values, field_names, fields_spec):
        """A window that is not saved shows a debtor's affairs as well."""
        call = self.env["debt.call"].browse(values.get("call_id") or [])
        call._check_owner()
        return super().onchange(values, field_names, fields_spec)

    @api.depends("partner_id")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = wizard.partner_id.display_name

    @api.depends("item_ids")
    def _compute_shown(self):
        for wizard in self:
            wizard.shown_count = len(wizard.item_ids)
            wizard.has_foreign = bool(wizard.item_ids.currency_id - wizard.currency_id)

    def _outcome_fits(self, outcome):
        """Nobody who did not answer promises anything; the view says the same."""
        if self.direction == "inbound" and not outcome.connected:
            return False
        if self.party == "none":
            return not outcome.connected
        if self.party == "third_party":
            return outcome.connected and outcome.party != "right_party"
        if self.party == "right_party":
            return outcome.connected and outcome.party != "third_party"
        return True

    @api.onchange("outcome_id")
    def _onchange_outcome_id(self):
        """An outcome says who answered; a promise is first thought to be for all."""
        if self.outcome_id and not self.party:
            self.party = self.outcome_id.party
        items = self.item_ids.filtered("can_dispute")
        if self.outcome_id.needs_dispute and len(items) == 1:
            items.selected = True
        if self.outcome_id.needs_promise and not self.promise_amount:
            self.promise_amount = self.amount_overdue
            self._onchange_item_ids()

    # --- opening ------------------------------------------------------------------
    @api.model
    def _action_open(self, call, claim=None):
        """The action that shows the window of a call, made or found again.

        :param call: ``debt.call`` of the calling user
        :param Claim claim: as the queue handed it out just now
        """
        call.ensure_one()
        self._prefetch_partners(call)
        # What `_for_xml_id` would read in seven queries; the path makes a short URL
        # that can be opened again.
        action_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "debt_collection.debt_call_wizard_action"
        )
        return {
            "type": "ir.actions.act_window",
            "id": action_id,
            "name": self.env._("Call"),
            "path": "debt-call",
            "res_model": self._name,
            "res_id": self._for_call(call, claim).id,
            "views": [(False, "form")],
            "target": "current",
        }

    @api.model
    def _prefetch_partners(self, call):
        """Read in one query everybody whose name or time zone is needed."""
        people = call.partner_id | call.company_id.sudo().partner_id
        people |= self.env.user.partner_id
        self.env["res.partner"].browse(people.ids).mapped("name")

    @api.model
    def _for_call(self, call, claim=None):
        """The user's window of a call, with what ledger and gate say now.

        :param Claim claim: as of `_action_open`
        :raises AccessError: the call is another operator's
        """
        call._check_owner()
        # Superuser: the window points at invoices, which an operator may not read, and
        # at numbers whatever team has the debtor's other cases.
        wizards = self.sudo()
        # A call that was opened a moment ago has none.
        wizard = wizards.browse()
        if not claim or not claim.answer:
            wizard = wizards.search([("call_id", "=", call.id)], limit=1)
        if not wizard:
            values = self._prepare_window(call, (), claim) | self._prepare_start(call)
            wizard = wizards.create({"call_id": call.id, **values})
        elif call.state != "done":
            ticked = wizard.item_ids.filtered("selected").mapped("line_ref")
            wizard.item_ids.unlink()
            wizard.phone_ids.unlink()
            values = self._prepare_window(call, ticked, claim)
            if wizard.step_id and wizard.step_id.script_id != call.script_id:
                # The debtor called us while he was on the screen to be called.
                values |= self._prepare_start(call)
            wizard.write(values)
        return wizard.with_env(self.env)

    @api.model
    def action_next(self):
        """The next call in the call window, else what to do instead."""
        if claim := self._next_claim():
            return self._action_open(claim.call, claim)
        if self.env.context.get("debt_on_my_day"):
            return self._queue_is_empty({"type": "ir.actions.act_window_close"})
        return self._queue_is_empty("debt_collection.debt_case_action_my_day")

    @api.model
    def _next_claim(self):
        """The user's open call, else one with whoever is due next, else none."""
        return self.env["debt.queue"]._claim_next()

    @api.model
    def _own_open_call(self):
        """What the user has open already: found again, not left behind for another."""
        return self.env["debt.call"].search(
            [
                ("user_id", "=", self.env.uid),
                ("state", "!=", "done"),
                ("claim_until", ">", fields.Datetime.now()),
                ("company_id", "in", self.env.companies.ids),
            ],
            order="id desc",
            limit=1,
        )

    @api.model
    def _queue_is_empty(self, then=None):
        """A friendly word instead of a call, and where to go from there.

        :param then: an action or its name; without, back to where one came from
        """
        # The page loads an action by its name as from a menu, its help with it.
        leave = {"type": "ir.actions.client", "tag": "debt_collection.leave"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "title": self.env._("Nobody is to be called now"),
                "message": self._queue_message(),
                "next": then or leave,
            },
        }

    @api.model
    def _queue_message(self):
        upcoming = self.env["debt.case"].search(
            [
                ("user_id", "in", (self.env.uid, False)),
                ("state", "=", "active"),
                ("next_contact_at", ">", fields.Datetime.now()),
            ],
            order="next_contact_at",
            limit=1,
        )
        if not upcoming:
            return self.env._(
                "No call is planned for you. Look in Cases for debtors without an "
                "operator, or without a number."
            )
        return self.env._(
            "The next one is %(debtor)s, at %(time)s.",
            debtor=upcoming.partner_id.display_name,
            time=format_datetime(
                self.env, upcoming.next_contact_at, dt_format="EEE d MMM HH:mm"
            ),
        )

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models, tools

from .parties import PARTIES


class DebtCallOutcome(models.Model):
    """How a call ended, and what follows from it, as data."""

    _name = "debt.call.outcome"
    _description = "Call Outcome"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    hotkey = fields.Char(
        string="Key",
        size=1,
        help="Chooses the outcome in the call window, with Alt and Shift.",
    )
    description = fields.Char(
        translate=True, help="What it means and what follows, for the operator."
    )
    connected = fields.Boolean(help="Somebody answered.")
    party = fields.Selection(
        PARTIES,
        required=True,
        default="none",
        help="Who it is taken to be when the operator does not say otherwise.",
    )
    phone_health = fields.Selection(
        [
            ("good", "Good"),
            ("wrong", "Wrong Person"),
            ("dead", "Out of Service"),
            ("do_not_call", "Do Not Call"),
        ],
        string="Marks Number As",
    )
    case_state = fields.Selection(
        [
            ("promised", "Promised"),
            ("disputed", "Disputed"),
            ("on_hold", "On Hold"),
            ("legal", "Legal"),
        ],
        string="Sets Case To",
    )
    hold_days = fields.Integer(
        help="Nobody is called for this many days; the case then becomes active again."
    )
    retry_minutes = fields.Integer(
        help="The next attempt is not made before this many minutes have passed."
    )
    needs_callback = fields.Boolean(string="Asks for a Callback")
    needs_promise = fields.Boolean(string="Asks for a Promise")
    needs_dispute = fields.Boolean(string="Asks for Disputed Invoices")
    needs_payment = fields.Boolean(
        string="Asks for a Payment",
        help="When, how much and with which reference the debtor says it was paid.",
    )
    takes_retry = fields.Boolean(
        string="May Name a Time",
        help="The operator may say when to try again, within the permitted hours.",
    )
    brings_answer = fields.Boolean(
        string="Brings an Answer Back",
        help="What the accountant answers is shown in the next call with the debtor.",
    )
    needs_note = fields.Boolean(string="Asks for a Note")
    needs_confirmation = fields.Boolean(
        string="Asks Once More",
        help="The operator confirms it once more before it is saved: one wrong key "
        "must not end all contact with a debtor.",
    )
    stops_contact = fields.Boolean(
        help="The debtor is not to be called again, on any number."
    )
    activity_summary = fields.Char(
        translate=True,
        help="A to-do with this text goes to the accountant in charge.",
    )

    _hotkey_unique = models.UniqueIndex(
        "(lower(hotkey)) WHERE active", "Each outcome has a key of its own."
    )
    _hotkey_plain = models.Constraint(
        "CHECK(hotkey ~ '^[A-Za-z0-9]$')", "A key is one letter or digit."
    )
    _code_unique = models.Constraint("UNIQUE(code)", "An outcome's code is unique.")

    @api.model
    def _id_of(self, code):
        """The id of the outcome with a code, False where there is none."""
        return isinstance(code, str) and self._ids_by_code().get(code, False)

    @api.model
    @tools.ormcache()
    def _ids_by_code(self):
        # Superuser, whoever asks first: everybody has the same outcomes.
        outcomes = self.sudo().with_context(active_test=True).search([])
        return {outcome.code: outcome.id for outcome in outcomes}

    @api.model_create_multi
    def create(self, vals_list):
        outcomes = super().create(vals_list)
        self.env.registry.clear_cache()
        return outcomes

    def write(self, vals):
        result = super().write(vals)
        if {"active", "code"} & set(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _prepare_hold(self, case):
        """Values of a case that is on hold for the days of the outcome, or longer."""
        endless = case.state == "on_hold" and not case.hold_until
        if not self.hold_days or case.state == "legal" or endless:
            return {}
        until = case.company_id._debt_today() + timedelta(days=self.hold_days)
        return {"hold_until": max(until, case.hold_until or until)}

    def _ask_accountant(self, case, note, call=None):
        """Give the accountant in charge what the outcome asks of him.

        :param call: ``debt.call`` in which it came up, where there was one
        """
        accountant = case._accountant()
        case.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.with_context(lang=accountant.lang).activity_summary,
            note=Markup("<br/>").join((note or "").splitlines()),
            debt_call_id=call.id if call else False,
            user_id=accountant.id,
            date_deadline=case.company_id._debt_today(),
        )

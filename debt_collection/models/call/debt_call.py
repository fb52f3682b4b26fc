from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..card.lock_rows import lock_found
from .parties import PARTIES

# A claim nobody dialled from comes back after so long, a dialled call whose outcome
# nobody logged after so long: nothing an operator's crash can keep a debtor from.
CLAIM_MINUTES = 15
TALK_MINUTES = 120


class DebtCall(models.Model):
    """One attempt to speak with a debtor, in or out, from the claim to its outcome.

    A draft is a claim: an operator has the debtor on his screen and has not dialled.
    From ``dialing`` on the row is history: it counts against the limits of the law
    and no operator can delete it.
    """

    _name = "debt.call"
    _description = "Call"
    _order = "started_at desc, id desc"
    _check_company_auto = True

    case_id = fields.Many2one(
        "debt.case",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    contact_id = fields.Many2one("res.partner", string="Spoken With")
    phone_id = fields.Many2one("debt.phone", ondelete="set null", readonly=True)
    number = fields.Char(readonly=True)
    direction = fields.Selection(
        [("outbound", "Outgoing"), ("inbound", "Incoming")],
        required=True,
        default="outbound",
    )
    mode = fields.Selection(
        [
            ("manual", "Manual"),
            ("preview", "Preview"),
            ("progressive", "Progressive"),
            ("predictive", "Predictive"),
            ("robot", "Robot"),
            ("voice_message", "Voice Message"),
        ],
        required=True,
        default="preview",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("dialing", "Dialling"),
            ("ringing", "Ringing"),
            ("talking", "Talking"),
            ("wrapup", "Wrap-up"),
            ("done", "Done"),
        ],
        required=True,
        default="draft",
        index=True,
    )
    started_at = fields.Datetime(string="Dialled", readonly=True, index=True)
    answered_at = fields.Datetime(string="Answered", readonly=True)
    ended_at = fields.Datetime(string="Ended", readonly=True)
    duration = fields.Integer(
        string="Talk Time",
        compute="_compute_duration",
        store=True,
        precompute=True,
        help="Seconds from the answer to the end.",
    )
    claim_until = fields.Datetime(
        readonly=True, help="Until then the debtor is reserved for this operator."
    )
    is_claim = fields.Boolean(
        string="Claimed",
        readonly=True,
        help="An operator took the debtor to call him: he holds one claim at a time.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Operator",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    outcome_id = fields.Many2one(
        "debt.call.outcome", readonly=True, index=True, ondelete="restrict"
    )
    outcome_code = fields.Char(related="outcome_id.code")
    connected = fields.Boolean(readonly=True, help="Somebody answered.")
    party = fields.Selection(
        PARTIES,
        readonly=True,
        help="Who answered.",
    )
    requested = fields.Boolean(
        readonly=True, help="Made because the debtor had asked for it."
    )
    script_id = fields.Many2one("debt.script", readonly=True)
    objection_ids = fields.Many2many(
        "debt.objection", "debt_call_objection_rel", "call_id", "objection_id"
    )
    note = fields.Text()
    local_hour = fields.Integer(
        string="Debtor's Hour",
        readonly=True,
        aggregator=None,
        help="Hour of the day where the debtor was when the number was dialled.",
    )
    confirmed_by = fields.Selection(
        [("operator", "Operator"), ("telephony", "Telephony")],
        required=True,
        default="operator",
        readonly=True,
        help="Who confirms that the call took place.",
    )
    external_id = fields.Char(readonly=True, copy=False)

    _debtor_once = models.UniqueIndex(
        "(partner_id) WHERE state != 'done'",
        "Somebody else is on the line with this debtor.",
    )
    _one_claim = models.UniqueIndex(
        "(user_id) WHERE is_claim AND state = 'draft'",
        "An operator holds one claim at a time.",
    )
    # Only who asks before dialling is held to it: what comes in, or is reported by
    # telephony without having asked, is a fact and no claim.
    _one_line = models.UniqueIndex(
        "(user_id) WHERE is_claim AND state IN ('dialing', 'ringing', 'talking')",
        "You are on the line with another debtor: say how that call ended first.",
    )
    _external_once = models.UniqueIndex("(external_id) WHERE external_id IS NOT NULL")
    _stale_idx = models.Index("(claim_until) WHERE state != 'done'")
    _history_idx = models.Index("(partner_id, started_at) WHERE state != 'draft'")

    @api.depends("answered_at", "ended_at")
    def _compute_duration(self):
        for call in self:
            call.duration = (
                (call.ended_at - call.answered_at).total_seconds()
                if call.answered_at and call.ended_at
                else 0
            )

    @api.depends("partner_id", "started_at", "direction")
    def _compute_display_name(self):
        for call in self:
            debtor = call.partner_id.display_name
            call.display_name = (
                self.env._("Call from %(debtor)s", debtor=debtor)
                if call.direction == "inbound"
                else self.env._("Call to %(debtor)s", debtor=debtor)
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_claims(self):
        """What was dialled is history: an inspector may ask for it."""
        dialled = self.filtered(lambda call: call.state != "draft")
        if dialled and not self.env.user.has_group("base.group_system"):
            raise UserError(self.env._("A call that was dialled cannot be deleted."))

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        calls.filtered("started_at")._lock_debtor()
        return calls

    def write(self, vals):
        undialled = self.filtered(lambda call: not call.started_at)
        result = super().write(vals)
        if vals.get("started_at"):
            undialled._lock_debtor()
        return result

    # --- the life of a call -------------------------------------------------------
    def _check_owner(self):
        """An operator works his own calls; the claim is what keeps others away."""
        for call in self:
            if call.user_id != self.env.user and not self.env.su:
                raise AccessError(
                    self.env._(
                        "%(debtor)s is being called by %(operator)s.",
                        debtor=call.partner_id.display_name,
                        operator=call.user_id.name,
                    )
                )

    def _check_phone(self, phone):
        """What is dialled, and judged by how the call ends, is the debtor's own number.

        :param phone: ``debt.phone`` or nothing
        :raises UserError: it is somebody else's
        """
        numbers = self.env["debt.phone"]
        if phone and not isinstance(phone, type(numbers)):
            raise UserError(self.env._("Choose one of the debtor's numbers."))
        if phone and phone.sudo().partner_id != self.partner_id:
            raise UserError(self.env._("That is not a number of this debtor."))

    def _release(self):
        """Give claims back: drafts vanish, the debtors are free for the next one."""
        self.filtered(lambda call: call.state == "draft").sudo().unlink()

    @api.model
    def _prepare_claim(self, case):
        """Hook: further values of a call that is opened with a case."""
        return {}

    def _on_the_line(self):
        """Hook: those of these calls that are known to be alive at this moment."""
        return self.browse()

    @api.model
    def _get_stale_domain(self, now):
        return Domain("state", "!=", "done") & Domain("claim_until", "<=", now)

    @api.model
    def _release_stale(self, now=None, partners=None):
        """Take back what was left behind: a closed browser must not hold a debtor.

        Drafts are given back. What was dialled stays on record without an outcome,
        to be completed by its operator, and its case is planned anew.

        :param datetime now: UTC
        :param partners: only these debtors; all when None
        """
        domain = self._get_stale_domain(now or fields.Datetime.now())
        if partners is not None:
            domain &= Domain("partner_id", "in", partners.ids)
        stale = lock_found(partial(self._find_stale, domain))
        stale._release()
        dialled = stale.exists()
        for call in dialled:
            ended_at = call.ended_at or call.claim_until
            call.write({"state": "done", "ended_at": ended_at})
        dialled.case_id._set_dirty()
        return len(stale)

    @api.model
    def _find_stale(self, domain):
        # Anybody may release a stale claim, no matter who made it.
        stale = self.sudo().search(domain)
        return stale - stale._on_the_line()

    @api.model
    def _cron_release_stale(self):
        self._release_stale()

import logging
from datetime import datetime

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...tools.policy import Target

_logger = logging.getLogger(__name__)

CHANNELS = [
    ("call", "Call"),
    ("robot_call", "Call by a Robot"),
    ("sms", "SMS"),
    ("email", "E-mail"),
    ("voice_message", "Voice Message"),
    ("letter", "Letter"),
    ("visit", "Visit"),
]
WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]


class DebtContactDecision(models.Model):
    """Why a debtor was contacted, or was not although it was planned.

    A contact made has its row in the same transaction; so has each refusal that
    changed a plan, once for each plan. Rows are never written again: they say what was
    known at that moment, and by which version of which policies it was decided.
    """

    _name = "debt.contact.decision"
    _description = "Contact Decision"
    _order = "at desc, id desc"
    _rec_name = "partner_id"

    kind = fields.Selection(
        [("contact", "Contact Made"), ("refusal", "Refused")],
        string="Decision",
        required=True,
        readonly=True,
    )
    occasion = fields.Selection(
        [
            ("plan", "When It Was Planned"),
            ("claim", "When the Debtor Was Next"),
            ("dial", "On Dialling"),
            ("message", "On Sending"),
        ],
        string="Decided",
        required=True,
        readonly=True,
    )
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    at = fields.Datetime(string="Time", required=True, readonly=True, index=True)
    allowed = fields.Boolean(readonly=True, help="What the rules said.")
    reason = fields.Selection(
        selection="_selection_reason",
        readonly=True,
        help="Why it was allowed or refused.",
    )
    case_id = fields.Many2one(
        "debt.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    team_id = fields.Many2one("debt.team", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    call_id = fields.Many2one(
        "debt.call", readonly=True, ondelete="set null", index="btree_not_null"
    )
    message_id = fields.Many2one(
        "debt.message", readonly=True, ondelete="set null", index="btree_not_null"
    )
    number = fields.Char(string="Number or Address", readonly=True)
    place = fields.Selection(
        lambda self: (
            self.env["debt.phone"]._fields["place"]._description_selection(self.env)
        ),
        readonly=True,
        help="Where it reached the debtor, as far as that was known at that moment.",
    )
    mobile = fields.Boolean(
        readonly=True,
        help="The number was, or may have been, a mobile number.",
    )
    consented = fields.Boolean(
        string="Consent",
        readonly=True,
        help="By what was on record at that moment, the debtor consented to this way "
        "of contact.",
    )
    recorded = fields.Boolean(
        string="Was to Be Recorded",
        readonly=True,
        help="By what was set up at that moment, a conversation would be recorded.",
    )
    consent_id = fields.Many2one(
        "debt.consent",
        string="Consent Relied On",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    planned_at = fields.Datetime(
        string="Planned For", readonly=True, help="The contact that was refused."
    )
    callback_at = fields.Datetime(
        string="Requested For",
        readonly=True,
        help="When the debtor had asked to be called.",
    )
    zones = fields.Char(
        string="Time Zones",
        readonly=True,
        help="All time zones the debtor may have been in; the rules had to be met in "
        "each.",
    )
    local_time = fields.Char(
        readonly=True, help="Local time in the first of the time zones, at that moment."
    )
    local_hour = fields.Integer(readonly=True, aggregator=None)
    local_weekday = fields.Selection(WEEKDAYS, readonly=True)
    version_ids = fields.Many2many(
        "debt.contact.policy.version",
        "debt_contact_decision_version_rel",
        "decision_id",
        "version_id",
        string="Policies",
        readonly=True,
        help="The versions of all policies that held.",
    )
    readings = fields.Json(readonly=True)
    counters = fields.Text(
        compute="_compute_counters",
        help="How much of each limit had been used before this contact.",
    )
    key = fields.Char(readonly=True, copy=False)

    _key_once = models.UniqueIndex("(key) WHERE key IS NOT NULL")

    @api.model
    def _selection_reason(self):
        return [
            *self.env["debt.case"]._reason_texts().items(),
            ("other", self.env._("For another reason.")),
        ]

    @api.depends("partner_id", "at")
    def _compute_display_name(self):
        for decision in self:
            decision.display_name = f"{decision.partner_id.name}, {decision.local_time}"

    @api.depends("readings", "version_ids")
    @api.depends_context("lang")
    def _compute_counters(self):
        for decision in self:
            lines = [
                decision._counter_text(reading) for reading in decision.readings or ()
            ]
            decision.counters = "\n".join(lines)

    def _target(self):
        """Where it went as far as that was known, `tools.policy.Target`."""
        self.ensure_one()
        return Target(self.place or "", self.mobile, self.consented, self.recorded)

    def _counter_text(self, reading):
        """One reading as a line: which limit, how many, since when."""
        version = self.version_ids.browse(reading["version"])
        limit = version._to_pure().limits[reading["limit"]]
        return self.env._(
            "%(limit)s: %(used)s of %(maximum)s since %(since)s (%(policy)s)",
            limit=version._limit_text(limit),
            used=reading["used"],
            maximum=reading["maximum"],
            since=format_datetime(
                self.env,
                datetime.fromisoformat(reading["since"]),
                tz=reading["zone"] or (self.zones or "UTC").split(",")[0],
                dt_format="d MMM HH:mm",
            ),
            policy=version.display_name,
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """What was decided is proof: an inspector may ask for it."""
        if not self.env.user.has_group("base.group_system"):
            raise UserError(self.env._("A recorded decision cannot be deleted."))

    # --- keeping ----------------------------------------------------------------------
    @api.model
    def _keep(self, drafts):
        """Put decisions on record; the refusal of a plan only once.

        The number of queries does not grow with the number of decisions.

        :param drafts: list of dicts as `_prepare` makes them
        :return: ``debt.contact.decision`` (superuser)
        """
        # Superuser: nobody writes decisions by hand.
        decisions = self.sudo()
        drafts = decisions._not_kept_yet(drafts)
        if not drafts:
            return decisions
        policies = {policy for draft in drafts for policy in draft["policies"]}
        versions = self.env["debt.contact.policy"].browse(policies)._versions()
        return decisions.create([self._with_versions(one, versions) for one in drafts])

    @api.model
    def _not_kept_yet(self, drafts):
        by_key = {draft["key"]: draft for draft in drafts if draft.get("key")}
        if not by_key:
            return drafts
        kept = self.search([("key", "in", list(by_key))]).mapped("key")
        fresh = [draft for key, draft in by_key.items() if key not in kept]
        return [draft for draft in drafts if not draft.get("key")] + fresh

    @api.model
    def _with_versions(self, draft, versions):
        """Values of a draft, the policies replaced by their versions."""
        values = dict(draft)
        readings = values.pop("policies")
        values["version_ids"] = [versions[policy].id for policy in readings]
        values["readings"] = [
            reading | {"version": versions[policy].id}
            for policy, found in readings.items()
            for reading in found
        ]
        return values

    @api.model
    def _keep_at_the_end(self, draft):
        """Keep a refusal that ends in an error: when the transaction is over.

        What it wrote itself is rolled back with it. Run in a transaction of its own
        however this one ends, after its locks are released.
        """
        registry = self.env.registry

        def keep():
            try:
                with registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    env["debt.contact.decision"]._keep_if_known(draft)
            except Exception:
                # Whoever was refused must be told so all the same.
                _logger.exception("A refused contact could not be put on record")

        self.env.cr.postcommit.add(keep)
        self.env.cr.postrollback.add(keep)

    @api.model
    def _keep_if_known(self, draft):
        """Keep it unless its case was made in the transaction that was rolled back."""
        policies = self.env["debt.contact.policy"].browse(list(draft["policies"]))
        case = self.env["debt.case"].browse(draft["case_id"])
        if case.exists() and policies.exists() == policies:
            call = self.env["debt.call"].browse(draft.get("call_id") or [])
            return self._keep([draft | {"call_id": call.exists().id}])
        return self.browse()

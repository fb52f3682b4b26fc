from odoo import fields, models
from odoo.tools import SQL


class DebtContactAuditReport(models.Model):
    """One row per contact we made, and one per refusal that changed a plan.

    Contacts are read from the calls and messages themselves, so that one without a
    decision shows. Those have the weekday in the reader's time zone.
    """

    _name = "debt.contact.audit.report"
    _description = "Contact Audit"
    _auto = False
    _order = "at desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "debt.call": [
            "case_id",
            "company_id",
            "direction",
            "local_hour",
            "mode",
            "number",
            "partner_id",
            "started_at",
            "state",
            "user_id",
        ],
        "debt.message": [
            "address",
            "case_id",
            "channel",
            "company_id",
            "partner_id",
            "sent_at",
            "user_id",
        ],
        "debt.contact.decision": [
            "at",
            "call_id",
            "case_id",
            "channel",
            "company_id",
            "kind",
            "local_hour",
            "local_weekday",
            "message_id",
            "number",
            "partner_id",
            "reason",
            "team_id",
            "user_id",
        ],
        "debt.contact.exception": ["call_id", "message_id"],
        "debt.case": ["team_id"],
        "res.partner": ["country_id"],
        "res.users": ["tz"],
    }

    kind = fields.Selection(
        [("contact", "Contact Made"), ("refusal", "Refused")],
        string="Decision",
        readonly=True,
    )
    at = fields.Datetime(string="Time", readonly=True)
    hour = fields.Integer(
        string="Debtor's Hour",
        readonly=True,
        aggregator=None,
        help="Hour of the day where the debtor was.",
    )
    weekday = fields.Selection(
        lambda self: (
            self.env["debt.contact.decision"]
            ._fields["local_weekday"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    channel = fields.Selection(
        lambda self: (
            self.env["debt.contact.decision"]
            ._fields["channel"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    reason = fields.Selection(
        lambda self: self.env["debt.contact.decision"]._selection_reason(),
        readonly=True,
    )
    version_ids = fields.Many2many(
        "debt.contact.policy.version",
        "debt_contact_decision_version_rel",
        "decision_id",
        "version_id",
        string="Policies",
        readonly=True,
    )
    case_id = fields.Many2one("debt.case", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("debt.team", readonly=True)
    user_id = fields.Many2one("res.users", string="Operator", readonly=True)
    number = fields.Char(string="Number or Address", readonly=True)
    call_id = fields.Many2one("debt.call", readonly=True)
    message_id = fields.Many2one("debt.message", readonly=True)
    contacts = fields.Integer(readonly=True)
    refusals = fields.Integer(
        readonly=True, help="Contacts that were planned and refused."
    )
    exceptions = fields.Integer(
        readonly=True,
        help="Contacts that the last audit of these days found to have broken a rule.",
    )
    undecided = fields.Integer(
        string="Without a Decision",
        readonly=True,
        help="Contacts made before decisions were recorded.",
    )

    @property
    def _table_query(self):
        return SQL(
            "%s UNION ALL %s UNION ALL %s",
            self._calls(),
            self._messages(),
            self._refusals(),
        )

    def _weekday(self, column):
        """Weekday in the reader's time zone, where nobody knows the debtor's."""
        return SQL(
            "EXTRACT(ISODOW FROM %s AT TIME ZONE 'UTC' AT TIME ZONE %s)::int::varchar",
            column,
            self.env.user.tz or "UTC",
        )

    def _calls(self):
        """Ids below zero are of contacts without a decision."""
        return SQL(
            """
            SELECT COALESCE(d.id, -2 * c.id) AS id,
                   'contact' AS kind,
                   c.started_at AS at,
                   COALESCE(d.local_hour, c.local_hour) AS hour,
                   COALESCE(d.local_weekday, %(weekday)s) AS weekday,
                   CASE c.mode WHEN 'robot' THEN 'robot_call'
                               WHEN 'voice_message' THEN 'voice_message'
                               ELSE 'call' END AS channel,
                   d.reason,
                   c.case_id,
                   c.partner_id,
                   p.country_id,
                   c.company_id,
                   COALESCE(d.team_id, k.team_id) AS team_id,
                   c.user_id,
                   c.number,
                   c.id AS call_id,
                   NULL::int AS message_id,
                   1 AS contacts,
                   0 AS refusals,
                   EXISTS (SELECT 1 FROM debt_contact_exception e
                            WHERE e.call_id = c.id)::int AS exceptions,
                   (d.id IS NULL)::int AS undecided
              FROM debt_call c
              JOIN debt_case k ON k.id = c.case_id
              JOIN res_partner p ON p.id = c.partner_id
              LEFT JOIN debt_contact_decision d
                ON d.call_id = c.id AND d.kind = 'contact'
             WHERE c.state != 'draft' AND c.direction = 'outbound'
            """,
            weekday=self._weekday(SQL("c.started_at")),
        )

    def _messages(self):
        return SQL(
            """
            SELECT COALESCE(d.id, -2 * m.id - 1),
                   'contact',
                   m.sent_at,
                   d.local_hour,
                   COALESCE(d.local_weekday, %(weekday)s),
                   m.channel,
                   d.reason,
                   m.case_id,
                   m.partner_id,
                   p.country_id,
                   m.company_id,
                   COALESCE(d.team_id, k.team_id),
                   m.user_id,
                   m.address,
                   NULL,
                   m.id,
                   1,
                   0,
                   EXISTS (SELECT 1 FROM debt_contact_exception e
                            WHERE e.message_id = m.id)::int,
                   (d.id IS NULL)::int
              FROM debt_message m
              JOIN debt_case k ON k.id = m.case_id
              JOIN res_partner p ON p.id = m.partner_id
              LEFT JOIN debt_contact_decision d
                ON d.message_id = m.id AND d.kind = 'contact'
             WHERE m.sent_at IS NOT NULL
            """,
            weekday=self._weekday(SQL("m.sent_at")),
        )

    def _refusals(self):
        return SQL(
            """
            SELECT d.id, d.kind, d.at, d.local_hour, d.local_weekday, d.channel,
                   d.reason, d.case_id, d.partner_id, p.country_id, d.company_id,
                   d.team_id, d.user_id, d.number, d.call_id, d.message_id, 0, 1, 0, 0
              FROM debt_contact_decision d
              JOIN res_partner p ON p.id = d.partner_id
             WHERE d.kind = 'refusal'
            """
        )

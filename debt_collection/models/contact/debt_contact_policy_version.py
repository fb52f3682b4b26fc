import json
from datetime import date

from odoo import api, fields, models, tools
from odoo.tools import SQL, format_date

from ...tools.policy import Consent, Limit, Policy
from ...tools.snapshot import digest, plain, restored
from .channel_groups import CHANNEL_GROUPS
from .debt_contact_policy_window import DAYS

# Whoever contacts debtors, or answers for it.
DECIDERS = "debt_collection.group_debt_operator,debt_collection.group_debt_accountant"


def _clock(minutes):
    return f"{minutes // 60}:{minutes % 60:02}"


class DebtContactPolicyVersion(models.Model):
    """A contact policy as it stood when it was decided by, for ever.

    Policies are edited. The first decision under a content that was not there before
    keeps it here; nobody writes or deletes it.
    """

    _name = "debt.contact.policy.version"
    _description = "Version of a Contact Policy"
    _order = "id desc"

    policy_id = fields.Many2one(
        "debt.contact.policy", readonly=True, ondelete="set null", index=True
    )
    name = fields.Char(required=True, readonly=True)
    number = fields.Integer(string="Version", required=True, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    content = fields.Json(required=True, readonly=True)
    digest = fields.Char(
        required=True, readonly=True, help="Tells two contents apart (SHA-256)."
    )
    create_date = fields.Datetime(string="Kept Since", readonly=True)
    text = fields.Text(compute="_compute_text", string="What It Says")

    _content_once = models.UniqueIndex(
        "(policy_id, digest)", "This version is kept already."
    )

    @api.depends("name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(policy)s, version %(number)s",
                policy=version._told("name") or version.name,
                number=version.number,
            )

    def _to_pure(self):
        """The rules as they were, a `tools.policy.Policy`."""
        self.ensure_one()
        return restored(Policy, self.content["rules"])

    # --- in sentences -----------------------------------------------------------------
    @api.depends("content")
    @api.depends_context("lang")
    def _compute_text(self):
        for version in self:
            version.text = "\n".join(version._sentences())

    def _sentences(self):
        """Yield what the version says, a line each, in the reader's language."""
        rules = self._to_pure()
        if source := self._told("source"):
            yield self.env._("Source: %(text)s", text=source)
        yield from self._scope_sentences()
        yield from self._force_sentences()
        for window in rules.windows:
            if not window.days:
                yield self.env._(
                    "%(channels)s: never",
                    channels=self._channels_text(window.channels),
                )
                continue
            yield self.env._(
                "%(channels)s: %(days)s, %(start)s to %(end)s",
                channels=self._channels_text(window.channels),
                days=self._days_text(window.days),
                start=_clock(window.start),
                end=_clock(window.end),
            )
        for limit in rules.limits:
            yield self._limit_text(limit)
        for consent in rules.consents:
            yield self._consent_text(consent)
        yield from self._recording_sentences()
        if rules.callback_beyond_limits:
            yield self.env._("A requested callback is not refused by the limits.")

    def _scope_sentences(self):
        """Whose debts it is about; what is said of everybody is left out."""
        policies = self.env["debt.contact.policy"]
        if codes := self.content.get("countries"):
            countries = self.env["res.country"].search([("code", "in", codes)])
            names = ", ".join(countries.mapped("name"))
            yield self.env._("Debtors in: %(places)s", places=names)
        if states := self.content.get("states"):
            yield self.env._("Only in these states: %(codes)s", codes=", ".join(states))
        if prefixes := self.content.get("zip_prefixes"):
            yield self.env._("Only where the ZIP begins with: %(zips)s", zips=prefixes)
        for name in ("applies_to", "debt_kind"):
            label = policies.fields_get([name], ["selection"])[name]["selection"]
            if self.content.get(name, "any") != "any":
                yield self.env._("Only: %(whom)s", whom=dict(label)[self.content[name]])

    def _recording_sentences(self):
        match self.content.get("recording"):
            case "announce":
                yield self.env._("A recording of a call is announced.")
            case "consent":
                yield self.env._("Calls are recorded only with prior consent.")
        if years := self.content.get("recording_years"):
            yield self.env._("Recordings are kept for %(years)s years.", years=years)

    @api.model
    def _consent_text(self, consent: Consent):
        channels = self._channels_text(consent.channels)
        if consent.mobile:
            return self.env._(
                "%(channels)s: to mobile numbers only with the debtor's consent",
                channels=channels,
            )
        return self.env._(
            "%(channels)s: only with the debtor's consent", channels=channels
        )

    def _force_sentences(self):
        first, last = self.content.get("from"), self.content.get("until")
        if first:
            day = format_date(self.env, date.fromisoformat(first))
            yield self.env._("In force from %(date)s.", date=day)
        if last:
            day = format_date(self.env, date.fromisoformat(last))
            yield self.env._("In force until %(date)s.", date=day)

    @api.model
    def _limit_text(self, limit: Limit):
        """A limit as people read it, with all that it depends on."""
        limits = self.env["debt.contact.policy.limit"]
        counts = dict(limits._fields["count"]._description_selection(self.env))
        text = self.env._(
            "%(channels)s: at most %(maximum)s (%(count)s) %(period)s",
            channels=self._channels_text(limit.channels),
            maximum=limit.maximum,
            count=counts[limit.count],
            period=self._period_text(limit),
        )
        return ", ".join([text, *self._limit_conditions(limit)])

    @api.model
    def _period_text(self, limit: Limit):
        """Per day, or in so many days."""
        one = {
            "day": self.env._("per day"),
            "week": self.env._("per week"),
            "month": self.env._("per month"),
        }
        several = {
            "day": self.env._("in %(count)s days", count=limit.length),
            "week": self.env._("in %(count)s weeks", count=limit.length),
            "month": self.env._("in %(count)s months", count=limit.length),
        }
        return (one if limit.length == 1 else several)[limit.period]

    @api.model
    def _limit_conditions(self, limit: Limit):
        if limit.place == "work":
            yield self.env._("at work")
        if limit.scope == "case":
            yield self.env._("for each case")
        if limit.rolling:
            yield self.env._("rolling")

    @api.model
    def _channels_text(self, channels):
        field = self.env["debt.contact.policy.limit"]._fields["channels"]
        names = dict(field._description_selection(self.env))
        groups = {group: code for code, group in CHANNEL_GROUPS.items()}
        known = groups.get(frozenset(channels))
        return names[known] if known else ", ".join(sorted(channels))

    @api.model
    def _days_text(self, days):
        known = self.env["debt.contact.policy.window"]
        names = known.fields_get(DAYS, ["string"])
        return " ".join(names[DAYS[day]]["string"] for day in sorted(days))

    def _told(self, name):
        """A translated text of the policy, in the reader's language if there is one."""
        texts = self.content.get(name) or {}
        if told := texts.get(self.env.lang):
            return told
        english = texts.get("en_US") or ""
        # Superuser: the same words, translated since: whoever reads the version may.
        policy = self.policy_id.sudo()
        same = english and policy.with_context(lang="en_US")[name] == english
        return same and policy[name] or english


class DebtContactPolicy(models.Model):
    _inherit = "debt.contact.policy"

    version_ids = fields.One2many(
        "debt.contact.policy.version", "policy_id", readonly=True, groups=DECIDERS
    )
    version_count = fields.Integer(compute="_compute_version_count", groups=DECIDERS)

    @api.depends("version_ids")
    def _compute_version_count(self):
        for policy in self:
            policy.version_count = len(policy.version_ids)

    def _versions(self):
        """The versions of these policies as they stand now, kept where they are new.

        One query, whatever the number of policies, as long as nothing changed.

        :return: dict of ``debt.contact.policy.version`` (superuser) by policy id
        """
        # Superuser: whoever contacts a debtor leaves behind what it was decided by.
        versions = self.env["debt.contact.policy.version"].sudo()
        digests = {policy.id: policy._cached_digest(policy.id) for policy in self}
        found = {
            (version.policy_id.id, version.digest): version
            for version in versions.search_fetch(
                [
                    ("policy_id", "in", self.ids),
                    ("digest", "in", list(set(digests.values()))),
                ],
                ["policy_id", "digest"],
            )
        }
        return {
            policy.id: found.get((policy.id, digests[policy.id]))
            or policy.sudo()._keep_version()
            for policy in self
        }

    @api.model
    @tools.ormcache("policy_id")
    def _cached_digest(self, policy_id):
        # Superuser: the same for everybody. The cache is dropped with every change.
        return digest(self.sudo().browse(policy_id)._version_content())

    def _version_content(self):
        """What makes one version differ from the next, as plain values."""
        self.ensure_one()
        policy = self.with_context(lang="en_US")
        return {
            "name": self._stored_texts("name"),
            "source": self._stored_texts("source"),
            "source_kind": policy.source_kind or None,
            "source_date": plain(policy.source_date or None),
            "applies_to": policy.applies_to,
            "debt_kind": policy.debt_kind,
            "countries": sorted(policy.country_ids.mapped("code")),
            "states": sorted(
                f"{state.country_id.code}-{state.code}" for state in policy.state_ids
            ),
            "zip_prefixes": policy.zip_prefixes or None,
            "from": plain(policy.effective_from or None),
            "until": plain(policy.effective_until or None),
            "stands_in_for": policy.adapted_from_id.id or None,
            "company": policy.company_id.id or None,
            "recording": policy.recording or None,
            "recording_years": policy.recording_years,
            "rules": plain(policy._to_pure()),
        }

    def _stored_texts(self, name):
        """A translated field in all languages."""
        return self._fields[name]._get_stored_translations(self) or {}

    def _keep_version(self):
        """Keep the policy as it is.

        By SQL: when two contacts are the first under a change, the second one meets a
        serialization failure and is tried again, rather than an error.
        """
        self.ensure_one()
        content = self._version_content()
        [[version_id]] = self.env.execute_query(
            SQL(
                """
                INSERT INTO debt_contact_policy_version
                       (policy_id, name, number, company_id, content, digest,
                        create_uid, write_uid, create_date, write_date)
                SELECT %(policy)s, %(name)s, COALESCE(MAX(number), 0) + 1, %(company)s,
                       %(content)s::jsonb, %(digest)s, %(user)s, %(user)s, %(now)s,
                       %(now)s
                  FROM debt_contact_policy_version
                 WHERE policy_id = %(policy)s
                    ON CONFLICT DO NOTHING
                RETURNING id
                """,
                policy=self.id,
                name=self.name,
                company=self.company_id.id or None,
                content=json.dumps(content),
                digest=digest(content),
                user=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.invalidate_recordset(["version_ids", "version_count"])
        return self.env["debt.contact.policy.version"].browse(version_id)

    def action_versions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_contact_policy_version_action"
        )
        return action | {"domain": [("policy_id", "=", self.id)], "context": {}}

from collections import defaultdict
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from odoo import api, fields, models

from ...tools.audit import Violation, violations
from ...tools.clock import local
from ...tools.consent import last_word
from ...tools.contact import History, Question
from ...tools.counters import in_force
from ...tools.policy import Limit, Policy, Target, combine
from ...tools.snapshot import plain, restored
from ..contact.debt_case_facts import at_work
from ..contact.debt_contact_facts_history import HISTORY_DAYS

# As far back as limits and ladders look.
BEFORE = timedelta(days=HISTORY_DAYS)


class Rules(NamedTuple):
    """What held for one contact: `tools.audit.violations` explains the names."""

    policy: Policy | None
    zones: tuple[str, ...]
    callback: object
    target: Target


class DebtContactException(models.Model):
    """A contact that an audit found to have broken the rules; there should be none.

    Calls and messages are read from their own tables and judged again, apart from the
    gate, by the policies on record for them: those of the decision, or today's for
    contacts from before decisions were kept. An audit of the same days replaces what
    an earlier one had found.
    """

    _name = "debt.contact.exception"
    _description = "Exception Found by a Contact Audit"
    _order = "at desc, id desc"
    _rec_name = "partner_id"

    at = fields.Datetime(string="Time", required=True, readonly=True, index=True)
    local_time = fields.Char(readonly=True)
    channel = fields.Selection(
        lambda self: (
            self.env["debt.contact.decision"]
            ._fields["channel"]
            ._description_selection(self.env)
        ),
        required=True,
        readonly=True,
    )
    number = fields.Char(string="Number or Address", readonly=True)
    reason = fields.Selection(
        selection="_selection_reason", required=True, readonly=True
    )
    details = fields.Json(readonly=True)
    text = fields.Char(string="What Was Broken", compute="_compute_text")
    case_id = fields.Many2one(
        "debt.case", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one("res.users", readonly=True)
    call_id = fields.Many2one(
        "debt.call", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    message_id = fields.Many2one(
        "debt.message", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    decision_id = fields.Many2one(
        "debt.contact.decision",
        readonly=True,
        ondelete="set null",
        help="Empty: made before decisions were recorded; judged by today's policies.",
    )

    @api.model
    def _selection_reason(self):
        return [
            *self.env["debt.contact.decision"]._selection_reason(),
            (
                "unannounced",
                self.env._(
                    "The call was recorded, and nothing shows that it was said."
                ),
            ),
        ]

    @api.depends("reason", "details")
    @api.depends_context("lang")
    def _compute_text(self):
        reasons = dict(self._selection_reason())
        for exception in self:
            exception.text = exception._limit_text() or reasons.get(exception.reason)

    def _limit_text(self):
        if not self.details or not self.details.get("limit"):
            return None
        limit = restored(Limit, self.details["limit"])
        return self.env._(
            "%(limit)s: %(used)s had been made already.",
            limit=self.env["debt.contact.policy.version"]._limit_text(limit),
            used=self.details["used"],
        )

    # --- the audit --------------------------------------------------------------------
    @api.model
    def _audit(self, company, start, end, channels=frozenset()):
        """Judge all contacts of a period again, and keep what was not lawful.

        In as many queries for a hundred contacts as for a hundred thousand.

        :param company: ``res.company``
        :param datetime start: naive UTC
        :param datetime end: naive UTC, not included
        :param channels: names of channels, empty for all
        :return: ``debt.contact.exception`` (superuser)
        """
        # Superuser: an audit looks at all contacts of the company, whoever made them,
        # and counts those of the sister companies with the same debtors.
        exceptions = self.sudo().with_company(company)
        period = [("at", ">=", start), ("at", "<", end)]
        known = exceptions.search([("company_id", "=", company.id), *period])
        known.filtered(lambda one: not channels or one.channel in channels).unlink()
        contacts = exceptions._audited(company, start, end, channels)
        rules = exceptions._rules(contacts)
        return exceptions.create(
            [
                exceptions._prepare_exception(contact, rules[contact], violation)
                for contact, before, made in exceptions._in_order(contacts, start)
                for violation in exceptions._judge(
                    contact, before, made, rules[contact]
                )
            ]
        )

    @api.model
    def _audited(self, company, start, end, channels):
        """The contacts of a period: ``debt.call`` and ``debt.message`` records.

        :return: list of records, each by itself
        """
        ours = [("company_id", "=", company.id)]
        calls = self.env["debt.call"].search(
            [
                *ours,
                ("direction", "=", "outbound"),
                ("state", "!=", "draft"),
                ("started_at", ">=", start),
                ("started_at", "<", end),
            ]
        )
        messages = self.env["debt.message"].search(
            [*ours, ("sent_at", ">=", start), ("sent_at", "<", end)]
        )
        found = [*calls, *messages]
        return [one for one in found if not channels or one._channel() in channels]

    @api.model
    def _in_order(self, contacts, start):
        """Yield each contact, all with its debtor before it, and how it counts itself.

        One that the gate's history does not know has None instead.
        """
        debtors = self.env["res.partner"].union(*(one.partner_id for one in contacts))
        work = at_work(self.env["debt.phone"]._numbers(debtors))
        facts = self.env["debt.contact.facts"]
        history, _hours = facts._contact_history(debtors, work, start - BEFORE)
        waiting = defaultdict(list)
        for contact in contacts:
            waiting[contact._history_key()].append(contact)
        for debtor in debtors:
            made = history.get(debtor.id, ())
            for number, one in enumerate(made):
                key = (debtor.id, one.at, one.channel, one.case)
                if not one.incoming and waiting[key]:
                    yield waiting[key].pop(0), made[:number], one
        for contact in [one for left in waiting.values() for one in left]:
            yield contact, [], None

    @api.model
    def _judge(self, contact, before, made, rules):
        """What a contact broke, as a list of `tools.audit.Violation`."""
        found = self._judge_contact(contact, before, made, rules)
        recorded = contact._name == "debt.call" and contact.recording_ids
        if recorded and not contact.announced_at:
            found.append(Violation("unannounced"))
        return found

    @api.model
    def _judge_contact(self, contact, before, made, rules):
        """Whether it was lawful to make it at all."""
        if made is None:
            return [Violation("other")]
        asked = rules.policy and Question(
            rules.policy,
            rules.zones,
            made.channel,
            History.of(before),
            contact.case_id._public_holidays(made.at.year),
            callback=rules.callback,
            case=made.case,
            target=rules.target,
        )
        found = violations(asked, made.at)
        decision = contact._kept_decision()
        if not found and decision and not decision.allowed:
            return [Violation(decision.reason or "other")]
        return found[:1] if found and not found[0].limit else found

    # --- by which rules ---------------------------------------------------------------
    @api.model
    def _rules(self, contacts):
        """The rules each contact is judged by.

        :return: dict of `Rules` by record
        """
        bare = [contact for contact in contacts if not contact._kept_decision()]
        cases = self.env["debt.case"].union(*(contact.case_id for contact in bare))
        facts = cases._contact_facts()
        kept = lru_cache(maxsize=None)(
            lambda versions: combine(version._to_pure() for version in versions)
        )
        rules = {}
        for contact in contacts:
            if decision := contact._kept_decision():
                rules[contact] = Rules(
                    kept(decision.version_ids) if decision.version_ids else None,
                    tuple(filter(None, (decision.zones or "").split(","))),
                    decision.callback_at or None,
                    decision._target(),
                )
            else:
                rules[contact] = self._rules_today(contact, facts[contact.case_id])
        return rules

    @api.model
    def _rules_today(self, contact, facts):
        """What holds now, for contacts from before decisions were kept."""
        at = contact._contact_at()
        policy = facts.policy
        if policy and facts.zones:
            policy = in_force(policy, facts.zones, at)
        callback = contact.requested and at or None
        target = self._target_then(contact, facts)
        return Rules(policy, tuple(facts.zones), callback, target)

    @api.model
    def _target_then(self, contact, facts):
        """Where it went, as numbers are known today, by the consents on record then."""
        at, number = contact._contact_at(), contact._contact_number()
        channel = contact._channel()
        day = local(contact.company_id._debt_zone(), at).date()
        known = [word for word in facts.words if word.recorded <= at]
        target = (
            self.env["debt.contact.decision"]
            ._decided_question(contact.case_id, channel, facts, number)
            .target
        )
        consented = bool(last_word(known, channel, number, day))
        # What was set up then is not known: nobody is accused of it.
        return target._replace(consented=consented, recorded=True)

    @api.model
    def _prepare_exception(self, contact, rules, violation):
        at = contact._contact_at()
        zone = violation.zone or next(iter(rules.zones), None)
        limit = violation.limit
        return {
            "at": at,
            "local_time": zone and f"{local(zone, at):%Y-%m-%d %H:%M} ({zone})",
            "channel": contact._channel(),
            "number": contact._contact_number(),
            "reason": violation.reason,
            "details": limit and {"limit": plain(limit), "used": violation.used},
            "case_id": contact.case_id.id,
            "partner_id": contact.partner_id.id,
            "company_id": contact.company_id.id,
            "user_id": contact.user_id.id,
            "call_id": contact.id if contact._name == "debt.call" else False,
            "message_id": contact.id if contact._name == "debt.message" else False,
            "decision_id": contact._kept_decision().id,
        }

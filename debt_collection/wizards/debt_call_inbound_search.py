import re
from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_date, format_datetime

from ..tools import phones
from ..tools.phones import PhoneError

SHOWN = 12
LOOKED_AT = 60
SHORTEST_NAME = 3
WITH_LETTERS = re.compile(r"[^\W\d_]{2}")
ORDER = ("open", "other_team", "closed", "none")


class Lead(NamedTuple):
    """A contact who may be the caller; ``same`` is by how many digits he is known."""

    contact_id: int
    number: str | None = None
    same: int = 0


class DebtCallInbound(models.TransientModel):
    """Who could be calling: by the number itself, by its last digits, by name."""

    _inherit = "debt.call.inbound"

    @api.model
    def _search_callers(self, query):
        """Who it could be, the likeliest first.

        :param str query: a number in any form, or a part of a name
        :return: list of dicts with ``match`` (exact, similar, name), ``status`` (open,
            other_team, closed, none), ``partner_id``, ``contact_id``, ``case_id``,
            ``number`` and texts for the screen
        """
        self.check_access("read")
        query = (query or "").strip()
        ways = [
            ("exact", self._leads_by_number),
            ("similar", self._leads_by_tail),
            ("name", self._leads_by_name),
        ]
        if WITH_LETTERS.search(query):
            # The number of an invoice ends in digits, as a telephone's does.
            ways = [ways[0], ways[2], ways[1]]
        for match, search in ways:
            if found := self._describe(search(query), match):
                return found
        return []

    # --- leads: only ids and numbers, read whatever team has the debtor -------------
    def _leads_by_number(self, query):
        numbers = self._read_number(query)
        found = self.env["debt.phone"].sudo().search([("number", "in", numbers)])
        return [Lead(phone.contact_id.id, phone.number) for phone in found]

    def _read_number(self, query):
        """The number in E.164 form, as the countries of the user's companies read it.

        :return: list of str, that of the current company first
        """
        numbers = []
        for region in self.env.companies.country_id.mapped("code") or [None]:
            try:
                numbers.append(phones.parse(query, region).e164)
            except PhoneError:
                continue
        return list(dict.fromkeys(numbers))

    def _leads_by_tail(self, query):
        """Numbers that end alike: typed without a prefix, or kept on a contact only."""
        tail = phones.tail(query)
        if not tail:
            return []
        leads = [*self._listed_alike(tail), *self._contacts_alike(tail)]
        return sorted(leads, key=lambda lead: -lead.same)

    def _listed_alike(self, tail):
        self.env["debt.phone"].flush_model(["active", "contact_id", "number"])
        return [
            Lead(contact_id, number, phones.same_tail(number, tail))
            for contact_id, number in self.env.execute_query(self._alike_sql(tail))
        ]

    def _alike_sql(self, tail):
        """Numbers with the same last digits, found by an index read backwards.

        Those that agree in most digits come first: many share a switchboard's.
        """
        fewest = tail[-phones.FEWEST_SAME :]
        return SQL(
            """
            SELECT contact_id, number FROM debt_phone
             WHERE active AND number IS NOT NULL AND reverse(number) LIKE %s
             ORDER BY (SELECT count(*) FROM generate_series(1, %s) AS digits
                        WHERE right(number, digits) = right(%s, digits)) DESC, id
             LIMIT %s
            """,
            f"{fewest[::-1]}%",
            len(tail),
            tail,
            LOOKED_AT,
        )

    def _contacts_alike(self, tail):
        # The leading % keeps a tail of 00… from being read as a prefix.
        alike = Domain(
            "phone_mobile_search", "=like", f"%{tail[-phones.FEWEST_SAME :]}"
        )
        found = self.env["res.partner"].search(alike, limit=LOOKED_AT)
        leads = [
            Lead(contact.id, contact.phone, self._same(contact.phone, tail))
            for contact in found
        ]
        # Odoo finds the digits in the middle of a number as well.
        return [lead for lead in leads if lead.same >= phones.FEWEST_SAME]

    def _same(self, phone, tail):
        """How many last digits agree, of the text and of the number without what
        follows it."""
        return max(phones.same_tail(one, tail) for one in (phone, phones.tail(phone)))

    def _leads_by_name(self, query):
        """Debtors of that name; others only where no debtor has it."""
        if len(query) < SHORTEST_NAME:
            return []
        contacts = self.env["res.partner"]
        named = Domain("display_name", "ilike", query)
        here = Domain("company_id", "in", self.env.companies.ids)
        # Other teams' debtors too, of whom only the name is shown.
        owing = Domain(
            "commercial_partner_id", "any!", Domain("debt_case_ids", "any!", here)
        )
        found = contacts.search(named & owing, limit=LOOKED_AT)
        # With words left out, without accents, by an invoice's number.
        found = found or contacts.search(
            Domain("id", "in", self.env["debt.finder"]._find(query)) & owing,
            limit=LOOKED_AT,
        )
        found = found or contacts.search(named, limit=SHOWN)
        return [Lead(contact_id) for contact_id in found.ids]

    # --- what the operator may know of them -----------------------------------------
    def _describe(self, leads, match):
        """Callers as the screen shows them, one per case or debtor without one."""
        contacts = self.env["res.partner"].search(
            [("id", "in", [lead.contact_id for lead in leads])]
        )
        cases = self._cases_of(contacts.commercial_partner_id)
        readable = {contact.id: contact for contact in contacts}
        last = self._last_calls(self._readable(cases))
        callers = {}
        for lead in leads:
            if contact := readable.get(lead.contact_id):
                debtor = contact.commercial_partner_id
                for case in cases[debtor] or [self.env["debt.case"]]:
                    caller = self._prepare_caller(contact, case, lead.number, last)
                    callers.setdefault((debtor, case), caller | {"match": match})
        return sorted(callers.values(), key=lambda c: ORDER.index(c["status"]))[:SHOWN]

    def _cases_of(self, debtors):
        """The open cases of debtors in the user's companies, else the last closed one.

        :return: dict of lists of ``debt.case`` by debtor; superuser where another team
            has the case
        """
        # Superuser: of another team's case only who has it is told.
        every = (
            self.env["debt.case"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", debtors.ids),
                    ("company_id", "in", self.env.companies.ids),
                ],
                order="closed_at desc, id desc",
            )
        )
        own = self.env["debt.case"].search([("id", "in", every.ids)])
        cases = defaultdict(list)
        for case in every.filtered(lambda case: not case.closed_at):
            mine = case.with_env(self.env)
            cases[case.partner_id].append(mine if mine in own else case)
        for case in (every & own).with_env(self.env):
            cases[case.partner_id] = cases[case.partner_id] or [case]
        return cases

    def _prepare_caller(self, contact, case, number, last):
        debtor = contact.commercial_partner_id
        texts = self._prepare_case_texts(case, last)
        # Of another team's debtor only the name, which is what was asked for.
        known = texts["status"] != "other_team"
        return texts | {
            "partner_id": debtor.id,
            "contact_id": contact.id,
            "number": known and number or False,
            "debtor": debtor.display_name,
            "contact": known and contact != debtor and contact.name,
            "company": case.company_id.sudo().name
            if len(self.env.companies) > 1
            else False,
        }

    def _prepare_case_texts(self, case, last):
        nothing = {"case_id": False, "operator": False, "amount": False, "last": False}
        if not case:
            info = self.env._("Nothing is being collected from this contact.")
            return nothing | {"status": "none", "info": info}
        if self._is_other_teams(case):
            return nothing | {"status": "other_team", "info": self._in_charge(case)}
        if case.closed_at:
            return nothing | {"status": "closed", "info": self._closed_text(case)}
        states = dict(case._fields["state"]._description_selection(self.env))
        return {
            "case_id": case.id,
            "status": "open",
            "info": f"{case.stage_id.name or ''} · {states[case.state]}",
            "operator": case.user_id.name,
            "amount": format_amount(self.env, case.amount_overdue, case.currency_id),
            "last": self._last_call_text(last.get(case.id)),
        }

    def _is_other_teams(self, case):
        return case.env.su and not self.env.su

    def _in_charge(self, case):
        """Whom to put the call through to, and nothing else."""
        names = filter(None, (case.user_id.name, case.team_id.name))
        return self.env._(
            "Another team's debtor: put the call through to %(who)s.",
            who=", ".join(names),
        )

    def _closed_text(self, case):
        reasons = dict(case._fields["close_reason"]._description_selection(self.env))
        return self.env._(
            "Case closed on %(date)s: %(reason)s. There is nothing to collect.",
            date=format_date(self.env, case.closed_at),
            reason=reasons.get(case.close_reason, ""),
        )

    def _readable(self, cases):
        every = [case for found in cases.values() for case in found]
        own = [case.id for case in every if not self._is_other_teams(case)]
        return self.env["debt.case"].browse(own)

    def _last_calls(self, cases):
        """When each case was called last, and what came of it, in one query for all.

        :param cases: ``debt.case`` the user may read
        :return: dict of (datetime in UTC, ``debt.call.outcome``) by case id
        """
        self.env["debt.call"].flush_model(
            ["case_id", "outcome_id", "started_at", "state"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (case_id) case_id, started_at, outcome_id
                  FROM debt_call
                 WHERE case_id = ANY(%s) AND state = 'done'
                 ORDER BY case_id, started_at DESC, id DESC
                """,
                cases.ids,
            )
        )
        outcomes = self.env["debt.call.outcome"].browse(
            outcome_id for *_call, outcome_id in rows if outcome_id
        )
        return {
            case_id: (
                started_at,
                outcomes.browse(outcome_id).with_prefetch(outcomes.ids),
            )
            for case_id, started_at, outcome_id in rows
        }

    def _last_call_text(self, last):
        if not last:
            return self.env._("Not spoken with yet")
        started_at, outcome = last
        time = format_datetime(self.env, started_at, dt_format="d MMM HH:mm")
        return " · ".join(filter(None, (time, outcome.name)))

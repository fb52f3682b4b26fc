from itertools import chain

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import zones as zone_tools
from ...tools.clock import local
from ...tools.contact import NO_CONTACTS
from ..card.res_partner import DEBT_PHONE_FIELDS
from .debt_phone_list import FACTS as PHONE_FACTS
from .facts import Alike, Debtor, Facts
from .public_holidays import holidays_of

# So few are read whole, as a screen wants them.
FEW = 20
# The records that answer for all alike are read whole.
CASE_FACTS = ["partner_id", "company_id"]
DEBTOR_FACTS = [
    *("country_id", "state_id", "zip", "city", "is_company", "debt_kind", "debt_tz"),
    *("debt_contact_policy_id", "debt_do_not_call", "debt_no_work_calls"),
    *("debt_protection", "debt_protection_since", "debt_protection_until", "active"),
]


class DebtContactFacts(models.AbstractModel):
    """What is known of debtors before they are contacted, read for many at once.

    Plain rows are read of all of them. What takes thought (law, holidays, zones, which
    number may be dialled) is asked of one record for all that do not differ in it.
    """

    _name = "debt.contact.facts"
    _description = "Facts Before a Contact"

    @api.model
    def _read(self, own, only_call=False):
        """What the gate must know, in as many queries for one case as for thousands.

        Read as superuser because the law counts what all operators and all companies
        did to a debtor; only the debtors of these cases are read.

        :param own: ``debt.case``
        :param bool only_call: nothing but a person's call is asked about: who wants no
            SMS or e-mail does not matter
        :return: dict of `Facts` by case
        """
        cases = own.sudo()._origin
        rows = self._read_debtors(cases)
        debtors = self.env["res.partner"].sudo().browse({r.partner_id for r in rows})
        numbers = self.env["debt.phone"]._numbers(debtors)
        history, hours = self._contact_history(debtors, at_work(numbers))
        busy = self._open_calls(debtors)
        words = cases._consent_words(debtors, numbers, not only_call)
        alike = self._alike(cases, rows, numbers)
        usable = self._usable_numbers(cases, rows, numbers, words, alike)
        laws = self._shared_laws(cases, alike)
        zones = self._shared_zones(cases, rows, usable, alike)
        pauses = self._read_pauses(cases, rows)
        facts, book = {}, self.env["debt.phone"].sudo()
        for row in rows:
            partner_id, case_id = row.partner_id, row.case_id
            policy, holidays = laws[case_id]
            facts[case_id] = Facts(
                policy=policy,
                zones=zones[case_id],
                holidays=holidays,
                history=history.get(partner_id, NO_CONTACTS),
                numbers=numbers.get(partner_id, []),
                usable=usable[case_id],
                hours=hours.get(partner_id, {}),
                busy=busy.get(partner_id),
                words=words.get((partner_id, row.company_id), []),
                protection=row.protection and self._protection(row),
                pause=pauses.get(case_id),
                debtor=row,
                book=book,
            )
        return {given: facts[case.id] for given, case in zip(own, cases, strict=True)}

    @api.model
    def _read_debtors(self, cases):
        """What stands on these cases and their debtors.

        :return: list of `Debtor`
        """
        for name in ("debt.case", "res.partner"):
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT debt_case.id, debt_case.partner_id, debt_case.state,
                       debt_case.callback_at,
                       debt_case.hold_until IS NOT NULL,
                       debt_case.ladder_id, debt_case.ladder_started_on,
                       COALESCE(debtor.debt_do_not_call, FALSE),
                       debtor.debt_protection,
                       COALESCE(NULLIF(debtor.debt_preferred_hour, 0), (
                           SELECT contact.debt_preferred_hour
                             FROM res_partner contact
                            WHERE contact.commercial_partner_id = debtor.id
                              AND contact.active AND contact.debt_preferred_hour > 0
                            ORDER BY contact.debt_decision_maker DESC NULLS LAST,
                                     contact.id
                            LIMIT 1), 0),
                       debt_case.company_id, COALESCE(debtor.is_company, FALSE),
                       debtor.country_id, debtor.state_id, debtor.debt_kind,
                       debtor.debt_contact_policy_id, debtor.zip, debtor.city,
                       debtor.debt_tz
                  FROM debt_case
                  JOIN res_partner debtor ON debtor.id = debt_case.partner_id
                 WHERE debt_case.id = ANY(%s)
                """,
                cases.ids,
            )
        )
        return [Debtor(*row[:12], home=row[10:]) for row in rows]

    @api.model
    def _read_pauses(self, cases, rows):
        """What keeps contact with these debtors back until a day.

        :return: dict of `tools.question.Pause` by id of the case
        """
        paused = cases.browse(cases._may_be_paused(rows))
        return {case.id: pause for case in paused if (pause := case._pause())}

    @api.model
    def _protection(self, row):
        """Why nobody contacts this debtor today, or False."""
        debtor = self.env["res.partner"].sudo().browse(row.partner_id)
        return debtor._debt_protected(self.env["res.company"].browse(row.company_id))

    @api.model
    def _is_recorded(self, case, channel, facts):
        """Hook: whether some telephone would record a talk; none does, here."""
        return False

    @api.model
    def _has_unread(self, case):
        """Hook: whether the debtor wrote something that nobody has read yet."""
        return False

    @api.model
    def _asked_now(self, case, asked, facts):
        """Hook: a question as it is asked of the telephone that would dial now.

        :param Question asked: as it is asked when a contact is planned
        """
        return asked

    @api.model
    def _alike(self, cases, rows, numbers):
        """One debtor and one number for all that do not differ, read whole at once.

        :return: `Alike`
        """
        alike = Alike({}, {}, {}, {})
        zip_laws = self._countries_with_laws_by_zip()
        for row in rows:
            listed = numbers.get(row.partner_id, ())
            alike.laws[row.case_id] = key = row.law_key(listed, zip_laws)
            alike.cases.setdefault(key, row.case_id)
            alike.cases.setdefault(row.zone_key(None), row.case_id)
            for one in listed:
                alike.numbers.setdefault(one.use, one)
                key = row.zone_key(one)
                if key not in alike.cases:
                    alike.cases[key], alike.numbers[key] = row.case_id, one
        every = {one.id for listed in numbers.values() for one in listed}
        numbers = alike.numbers.values()
        cases = cases.browse(set(alike.cases.values()))
        cases.fetch(CASE_FACTS)
        holders = {one.contact_id for one in numbers} | set(cases.partner_id.ids)
        holders = self.env["res.partner"].sudo().browse(holders)
        if len(holders) > FEW:
            holders.fetch(DEBTOR_FACTS)
        else:
            # Whole: whoever calls a debtor shows his name and more of him next.
            holders.mapped("name")
        phones = self.env["debt.phone"].sudo().browse({one.id for one in numbers})
        if len(every) > FEW:
            phones.fetch(PHONE_FACTS)
        else:
            phones.browse(every).mapped("raw")
        alike.phones.update((phone.id, phone) for phone in phones)
        return alike

    @api.model
    def _countries_with_laws_by_zip(self):
        """Ids of the countries in which the postal code decides about the law."""
        by_country = self.env["debt.contact.policy"]._laws().items()
        return {key for key, laws in by_country if any(law.zips for law in laws)}

    @api.model
    def _usable_numbers(self, cases, rows, numbers, words, alike):
        """Which of the debtors' numbers may be dialled.

        :return: dict of lists of `Number` by id of the case
        """
        usable, found = {}, {}
        for row in rows:
            good = []
            for one in numbers.get(row.partner_id, ()):
                if one.use not in usable:
                    same = alike.phones[alike.numbers[one.use].id]
                    usable[one.use] = same._is_usable()
                if usable[one.use]:
                    good.append(one)
            if said := words.get((row.partner_id, row.company_id)):
                case = cases.browse(row.case_id)
                good = [one for one in good if not case._refused_at_work(one, said)]
            found[row.case_id] = good
        return found

    @api.model
    def _shared_laws(self, cases, alike):
        """The policy and the public holidays of each case.

        :return: dict of pairs by id of the case
        """
        policies, found = self.env["debt.contact.policy"], {}
        for key in set(alike.laws.values()):
            case = cases.browse(alike.cases[key])
            policy = policies._chosen_policy(case._policy_choice())
            found[key] = policy, case._public_holidays()
        return {case_id: found[key] for case_id, key in alike.laws.items()}

    @api.model
    def _shared_zones(self, cases, rows, usable, alike):
        """The zones in which each debtor may be, by the number to try first.

        :return: dict of tuples by id of the case
        """
        known, found = {}, {}
        for row in rows:
            first = usable[row.case_id]
            key = row.zone_key(first[0] if first else None)
            if key not in known:
                phone = alike.phones[alike.numbers[key].id] if first else None
                case = cases.browse(alike.cases[key])
                known[key] = case._resolve_zones(phone).names
            found[row.case_id] = known[key]
        return found


class DebtCase(models.Model):
    """Where a debtor is, and what is known of him before a contact."""

    _inherit = "debt.case"

    def _contact_facts(self, only_call=False):
        """What the gate must know, dict of `Facts` by case.

        :param bool only_call: as of `debt.contact.facts._read`
        """
        return self.env["debt.contact.facts"]._read(self, only_call)

    def _may_be_paused(self, rows):
        """Hook: ids of the cases of whom `_pause` is asked at all."""
        return {row.case_id for row in rows if row.is_held}

    # --- where the debtor is ----------------------------------------------------------
    def _resolve_zones(self, phone):
        """Zones in which the debtor may be, the most reliable source first.

        :param phone: ``debt.phone`` or None
        :return: `tools.zones.Zones`
        """
        debtor = self.partner_id
        holder = phone.contact_id if phone else debtor
        home = holder if holder.country_id else debtor
        address = zone_tools.address_zones(
            home.country_id.code or "",
            home.state_id.code or "",
            home.zip or "",
            home.city or "",
        )
        return zone_tools.resolve(
            holder.debt_tz or debtor.debt_tz or None,
            address,
            phone._parsed() if phone else None,
            elsewhere=holder != debtor,
        )

    def _local_hour(self, at, facts=None):
        """Hour of the day (0 to 23) where the debtor is; UTC where that is unknown."""
        facts = facts or self._contact_facts()[self]
        return local(facts.zone or "UTC", at).hour

    def _public_holidays(self, year=None):
        """Public holidays wherever the debtor may live.

        :param int year: the first one that matters; this one when None
        """
        partner = self.partner_id
        countries = partner._debt_countries(self.company_id)
        places = ((country.code, partner.state_id.code or "") for country in countries)
        return holidays_of(tuple(places), year or fields.Date.today().year)

    @api.model
    def _cron_daily(self):
        """Tables of zones and prefixes change with the addon: numbers follow them."""
        super()._cron_daily()
        self.env["debt.phone"]._follow_tables()

    def _on_debtor_changed(self, names):
        if self and names & DEBT_PHONE_FIELDS:
            self.env["debt.phone"]._sync(self.partner_id)
        super()._on_debtor_changed(names)


def at_work(numbers):
    """Those of these numbers that ring at a place of work."""
    every = chain.from_iterable(numbers.values())
    return {one.number for one in every if one.place == "work"}

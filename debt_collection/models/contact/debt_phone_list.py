from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...tools import phones
from ...tools.phones import PhoneError
from .debt_phone import NEVER_MOBILE

# What the gate reads of all the numbers at once.
FACTS = [
    *("number", "extension", "kind", "region", "zones", "health", "place"),
    *("partner_id", "contact_id"),
]
# And of whose they are: may they be dialled, and where do they ring?
HOLDER_FACTS = [
    *("active", "debt_do_not_call", "debt_no_work_calls"),
    *("debt_protection", "debt_protection_since", "debt_protection_until"),
    *("country_id", "state_id", "zip", "city", "debt_tz"),
]


class Number(NamedTuple):
    """One of a debtor's numbers, as much as decides about a call.

    ``use``: all that `debt.phone._is_usable` looks at.  ``whereabouts``: all of it that
    `_resolve_zones` looks at.  Numbers that agree in them are asked about once.
    """

    id: int
    contact_id: int
    number: str
    kind: str
    place: str
    region: str
    use: tuple
    whereabouts: tuple

    def _may_be_mobile(self):
        return self.kind not in NEVER_MOBILE


class DebtPhone(models.Model):
    """The list of a debtor's numbers follows what stands on his contacts."""

    _inherit = "debt.phone"

    @api.model
    def _prepare_values(self, contact, raw):
        """Values of one number typed on ``contact``.

        :param contact: the ``res.partner`` on whom it stands
        :param str raw: one number, as typed
        :return: dict for create; ``number`` is False and ``error`` says why when the
            number cannot be read
        """
        values = {
            "partner_id": contact.commercial_partner_id.id,
            "contact_id": contact.id,
            "raw": raw,
            "sequence": 10 if contact == contact.commercial_partner_id else 20,
        }
        region = self._home_country(contact).code
        try:
            phone = phones.parse(raw, region)
        except PhoneError as error:
            known = dict(self._fields["error"].selection)
            code = error.code if error.code in known else "invalid"
            return values | {"number": False, "extension": False, "error": code}
        return values | {
            "number": phone.e164,
            "kind": phone.kind,
            "extension": phone.extension or False,
            "region": phone.region,
            "zones": ",".join(phone.zones),
            "error": False,
        }

    @api.model
    def _home_country(self, contact):
        """The country in whose way a national number is read.

        Without one on the debtor it is that of the companies he owes, if they agree:
        guessing would ring a stranger.
        """
        debtor = contact.commercial_partner_id
        known = contact.country_id or debtor.country_id or contact.company_id.country_id
        if known:
            return known
        # Superuser: only the countries of the companies this debtor owes.
        cases = (
            self.env["debt.case"]
            .sudo()
            .search([("partner_id", "=", debtor.id), ("closed_at", "=", False)])
        )
        countries = cases.company_id.country_id
        return countries if len(countries) == 1 else countries.browse()

    @api.model
    def _sync(self, debtors):
        """Make the list of numbers agree with what stands on the contacts.

        A number that is no longer on its contact is archived, so that its health is
        remembered should it come back.

        :param debtors: ``res.partner``, the commercial partners
        """
        contacts = self._contacts_to_list(debtors)
        present = self._numbers_on_list(debtors, contacts)
        known, learned = present._remembered()
        wanted, to_create = self.browse(), []
        for contact in contacts:
            for raw in phones.split(contact.phone) or [contact.phone]:
                values = self._prepare_values(contact, raw)
                key = _key(values)
                phone = known[contact.id].get(key)
                if phone is None:
                    to_create.append(values | _twin(learned, values))
                    known[contact.id][key] = self.browse()
                elif phone:
                    wanted |= phone._refresh(values)
        (present - wanted).filtered("active").active = False
        return wanted | self.sudo().create(to_create)

    @api.model
    def _write_down(self, contact):
        """Write on a contact what numbers of his are listed and stand nowhere.

        :param contact: ``res.partner`` who took over numbers of others (superuser)
        """
        texts = phones.split(contact.phone or "")
        there = {_key(self._prepare_values(contact, text)) for text in texts}
        listed = self.sudo().search([("contact_id", "=", contact.id)])
        if missing := listed.filtered(lambda one: _key(one) not in there):
            known = [contact.phone] if texts else []
            contact.phone = ", ".join([*known, *missing.mapped("raw")])

    @api.model
    def _contacts_to_list(self, debtors):
        """Whose numbers are a debtor's: who was archived has left, and owes nothing.

        A debtor who was archived owes as before.
        """
        # Operators do not own the contacts; exactly these debtors' are read.
        contacts = self.env["res.partner"].sudo().with_context(active_test=False)
        return contacts.search(
            [("commercial_partner_id", "in", debtors.ids), ("phone", "!=", False)]
        ).filtered(lambda one: one.active or one == one.commercial_partner_id)

    @api.model
    def _numbers_on_list(self, debtors, contacts):
        """Numbers listed so far; a contact who changed debtors brings his along."""
        numbers = self.sudo().with_context(active_test=False)
        theirs = ("partner_id", "in", debtors.ids)
        return numbers.search(["|", theirs, ("contact_id", "in", contacts.ids)])

    def _remembered(self):
        """The numbers by contact and text, and what is known of each number.

        Who is reached differs by extension; whether the switchboard is in service, and
        where it is, does not.
        """
        known, learned = defaultdict(dict), defaultdict(dict)
        for phone in self:
            known[phone.contact_id.id][_key(phone)] = phone
            line = (phone.partner_id.id, phone.number)
            if phone.place:
                learned[line]["place"] = phone.place
            if phone.health == "dead":
                learned[line]["health"] = "dead"
            elif phone.health != "unknown":
                learned[*line, phone.extension or ""]["health"] = phone.health
        return known, learned

    @api.model
    def _listed(self, debtors):
        """The numbers of debtors that can be read; who has none listed is looked at.

        :param debtors: ``res.partner``, the commercial partners
        :return: dict of lists of ``debt.phone`` (superuser) by id of the debtor
        """
        numbers = self._numbers(debtors)
        every = {one.id for listed in numbers.values() for one in listed}
        phones = self._read_whole(every)
        return {
            debtor_id: [phones[one.id] for one in listed]
            for debtor_id, listed in numbers.items()
        }

    @api.model
    def _numbers(self, debtors):
        """The same as plain values: the number to try first in front.

        :return: dict of lists of `Number` by id of the debtor
        """
        found = self._read_numbers(debtors.ids)
        if missing := debtors.browse(set(debtors.ids) - found.keys()):
            self._sync_missing(missing)
            found.update(self._read_numbers(missing.ids))
        return found

    @api.model
    def _read_numbers(self, debtor_ids):
        # Superuser: exactly these debtors' numbers.
        for name in ("debt.phone", "res.partner"):
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT phone.partner_id,
                       phone.id, phone.contact_id, phone.number, phone.kind,
                       phone.place, phone.region,
                       -- what decides whether it may be dialled
                       phone.health, phone.place, holder.id = debtor.id, holder.active,
                       holder.debt_do_not_call, holder.debt_no_work_calls,
                       debtor.debt_no_work_calls, holder.debt_protection,
                       holder.debt_protection_since, holder.debt_protection_until,
                       -- where it rings
                       phone.kind, phone.region, phone.zones, holder.id = debtor.id,
                       holder.country_id, holder.state_id, holder.zip, holder.city,
                       holder.debt_tz
                  FROM debt_phone phone
                  JOIN res_partner holder ON holder.id = phone.contact_id
                  JOIN res_partner debtor ON debtor.id = phone.partner_id
                 WHERE phone.partner_id = ANY(%s)
                   AND phone.number IS NOT NULL AND phone.active
                 ORDER BY phone.tried_at NULLS FIRST, phone.sequence, phone.id
                """,
                debtor_ids,
            )
        )
        found = defaultdict(list)
        for row in rows:
            found[row[0]].append(Number(*row[1:7], row[7:17], row[17:]))
        return dict(found)

    @api.model
    def _read_whole(self, ids):
        """Numbers with all that is asked about them, ``debt.phone`` by id."""
        # Superuser: exactly the numbers of debtors the caller reads.
        phones = self.sudo().browse(ids)
        phones.fetch(FACTS)
        phones.contact_id.fetch(HOLDER_FACTS)
        return {phone.id: phone for phone in phones}

    @api.model
    def _sync_missing(self, debtors):
        """List the numbers of debtors who have none listed yet.

        :param debtors: ``res.partner``, the commercial partners
        """
        listed = self.sudo().with_context(active_test=False)
        groups = listed._read_group([("partner_id", "in", debtors.ids)], ["partner_id"])
        missing = debtors - self.env["res.partner"].browse(g.id for (g,) in groups)
        if missing:
            # Somebody else may list the same numbers at this moment; his will do.
            self.env["debt.case"]._unless_contended(lambda: self._sync(missing))

    def _refresh(self, values):
        """Take over what changed, without writing what did not."""
        self.ensure_one()
        changed = {
            name: value
            for name, value in (values | {"active": True}).items()
            if name not in ("partner_id", "contact_id", "sequence")
            and (self[name] or False) != (value or False)
        }
        if self.partner_id.id != values["partner_id"]:
            changed["partner_id"] = values["partner_id"]
        if changed:
            self.write(changed)
        return self


def _key(values):
    """What tells a contact's number from his others.

    :param values: ``debt.phone``, or values of one
    """
    if not values["number"]:
        return values["raw"]
    return values["number"], values["extension"] or ""


def _twin(learned, values):
    """What is known already of a number that stands on another contact as well."""
    line = (values["partner_id"], values["number"])
    return learned[line] | learned[*line, values["extension"] or ""]

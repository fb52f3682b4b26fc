import warnings
from functools import lru_cache

import holidays as public_holidays

from odoo import api, fields, models

from ...tools import zones as zone_tools
from ...tools.clock import local
from ..card.res_partner import DEBT_PHONE_FIELDS

# Besides those in which nobody works: a law that spares the debtor on holidays means
# also those that a state of war turned into working days.
CATEGORIES = {"UA": ("public", "workday")}
# The gate may be asked about ten years ahead, and looks more than a year beyond.
YEARS_AHEAD = 12


@lru_cache(maxsize=512)
def _holidays(places, year):
    """Public holidays of all these places together.

    :param tuple places: pairs of the codes of a country and of a state of it, or ""
    :param int year: the first one that matters
    :return: frozenset of dates
    """
    return frozenset().union(*(_calendar(*place, year) for place in places))


@lru_cache(maxsize=512)
def _calendar(country, state, year):
    """Public holidays of a country and its state, or of all its states if unknown.

    :return: frozenset of dates; empty where the calendar of a country is unknown
    """

    def ask(subdivision=None):
        return public_holidays.country_holidays(
            country,
            subdiv=subdivision,
            years=range(year - 1, year + YEARS_AHEAD + 1),
            categories=CATEGORIES.get(country),
        )

    with warnings.catch_warnings():
        # Some calendars warn of how far they reach.
        warnings.simplefilter("ignore")
        try:
            known = ask().subdivisions
        except NotImplementedError:
            return frozenset()
        state = state.removeprefix(f"{country}-")
        states = [state] if state in known else known
        return frozenset(ask()).union(*map(ask, states))


class DebtCase(models.Model):
    """Where the debtor is, as far as it is known, and when it is a holiday there."""

    _inherit = "debt.case"

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
        return _holidays(tuple(places), year or fields.Date.today().year)

    @api.model
    def _cron_daily(self):
        """Tables of zones and prefixes change with the addon: numbers follow them."""
        super()._cron_daily()
        self.env["debt.phone"]._follow_tables()

    def _on_debtor_changed(self, names):
        if self and names & DEBT_PHONE_FIELDS:
            self.env["debt.phone"]._sync(self.partner_id)
        super()._on_debtor_changed(names)

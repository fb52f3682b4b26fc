from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays as public_holidays
import pytz

from odoo import fields, models

from ..tools import zones as zone_tools


@lru_cache(maxsize=512)
def _holidays(country_code, year):
    """Public holidays of a country, for the year and its neighbours.

    :return: frozenset of dates; empty where the calendar of a country is unknown
    """
    try:
        calendar = public_holidays.country_holidays(
            country_code, years=(year - 1, year, year + 1)
        )
    except NotImplementedError:
        return frozenset()
    return frozenset(calendar)


class DebtCase(models.Model):
    """Where the debtor is, as far as it is known, and when it is a holiday there."""

    _inherit = "debt.case"

    def _resolve_zones(self, phone):
        """Zones in which the debtor may be, the most reliable source first.

        :param phone: ``debt.phone`` or None
        :return: `tools.zones.Zones`
        """
        partner = self.partner_id
        address = zone_tools.address_zones(
            partner.country_id.code or "",
            partner.state_id.code or "",
            partner.zip or "",
            partner.city or "",
        )
        return zone_tools.resolve(
            partner.debt_tz or None, address, phone._parsed() if phone else None
        )

    def _local_hour(self, at, facts=None):
        """Hour of the day (0 to 23) where the debtor is; UTC where that is unknown."""
        facts = facts or self._contact_facts()[self]
        zone = ZoneInfo(facts.zone or "UTC")
        return at.replace(tzinfo=pytz.utc).astimezone(zone).hour

    def _public_holidays(self, year=None):
        """Public holidays where the debtor lives, this year's and its neighbours'."""
        country = self.partner_id.country_id.code
        year = year or fields.Date.today().year
        return _holidays(country, year) if country else frozenset()

from odoo import api, models

from ...tools import phones
from ...tools.phones import PhoneError

PARAMETER = "debt_collection.phone_tables"
BATCH = 5000
READ = ("kind", "region", "zones")


class DebtPhone(models.Model):
    """What was read from a number is read again when the tables say otherwise.

    Zones are kept with each number, as the gate needs those of thousands at once.
    """

    _inherit = "debt.phone"

    @api.model
    def _follow_tables(self):
        """Asked at each upgrade and each day; reads one parameter if nothing changed.

        The tables are those of the addon, of phonenumbers and of the tz database: each
        may change without a new version of the others.
        """
        # Superuser: what a number is depends on nobody who asks.
        parameters = self.env["ir.config_parameter"].sudo()
        edition = phones.edition()
        if parameters.get_param(PARAMETER) == edition:
            return
        self.sudo()._read_again()
        parameters.set_param(PARAMETER, edition)

    @api.model
    def _read_again(self):
        """Read all numbers anew, and plan anew for debtors about whom that changed."""
        numbers = self.with_context(active_test=False)
        last = 0
        while found := numbers.search_fetch(
            [("number", "!=", False), ("id", ">", last)],
            ["number", *READ],
            order="id",
            limit=BATCH,
        ):
            last = found[-1].id
            changed = found.filtered(lambda phone: phone._reading() != phone._kept())
            for values, phones_ in changed.grouped(DebtPhone._reading).items():
                phones_.write(dict(zip(READ, values, strict=True)))
            changed._dirty_cases()
            self.env.flush_all()
            found.invalidate_recordset()

    def _kept(self):
        return tuple(self[name] or "" for name in READ)

    def _reading(self):
        """Kind, region and zones of the number by today's tables, as they are kept."""
        try:
            phone = phones.parse(self.number)
        except PhoneError:
            # No such number any more: the contact's text decides when it is read next.
            return self._kept()
        return phone.kind, phone.region, ",".join(phone.zones)

import pytz

from odoo import api, fields, models

from ...tools import tz_database


class ResConfigSettings(models.TransientModel):
    """Whether the clocks that Odoo and the machine know are those of the gate."""

    _inherit = "res.config.settings"

    debt_clock_warning = fields.Text(
        string="Time Zone Warning", compute="_compute_debt_clock_warning"
    )

    @api.depends_context("lang")
    def _compute_debt_clock_warning(self):
        warning = "\n".join(self._debt_clock_warnings())
        for settings in self:
            settings.debt_clock_warning = warning

    @api.model
    def _debt_clock_warnings(self):
        """What is wrong with the time zones here, a sentence each."""
        return [*self._debt_package_warnings(), *self._debt_odoo_warnings()]

    @api.model
    def _debt_package_warnings(self):
        used, machine = tz_database.version(), tz_database.machine_version()
        if not used:
            yield self.env._(
                "The Python package tzdata is not installed: contacts follow this "
                "machine's time zones, which may be out of date."
            )
        elif machine and machine < used:
            yield self.env._(
                "This machine's time zones are of edition %(machine)s, the addon's of "
                "%(used)s. Contacts follow the newer ones; update the machine's so "
                "that other programs agree.",
                machine=machine,
                used=used,
            )
        elif machine > used:
            yield self.env._(
                "The Python package tzdata is of edition %(used)s, this machine's time "
                "zones of %(machine)s. Update the package: contacts follow it.",
                machine=machine,
                used=used,
            )

    @api.model
    def _debt_odoo_warnings(self):
        """Zones in use in which Odoo shows another hour than the gate reckons with."""
        now = fields.Datetime.now()
        names = self._debt_zones_in_use()
        if wrong := tz_database.disagreeing(names, _pytz_offset, now):
            yield self.env._(
                "Odoo shows hours in these time zones by an older table than contacts "
                "follow: %(zones)s. Update the Python package pytz.",
                zones=", ".join(wrong),
            )

    @api.model
    def _debt_zones_in_use(self):
        """Names of the zones of companies, users and debtors, each once."""
        # Superuser: names of zones, of nobody in particular.
        partners = self.env["res.partner"].sudo()
        found = [
            zone
            for name in ("tz", "debt_tz")
            for (zone,) in partners._read_group([(name, "!=", False)], [name])
        ]
        return sorted(set(found))


def _pytz_offset(name, at):
    """How far Odoo has a zone ahead of UTC; None where it does not know the zone."""
    try:
        return pytz.utc.localize(at).astimezone(pytz.timezone(name)).utcoffset()
    except pytz.UnknownTimeZoneError:
        return None

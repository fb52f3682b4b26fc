from odoo import api, fields, models

from odoo.addons.debt_collection.models.card.lock_rows import lock_rows

from .constants import ALIVE, DEAD


class DebtDiallerInstance(models.Model):
    """A run of the dialler process; the newest one has the exchange for itself.

    Its heartbeat is written here each second, so that it disturbs nobody who reads or
    changes anything else.
    """

    _name = "debt.dialler.instance"
    _description = "Dialler Process"
    _order = "id desc"
    _rec_name = "uuid"

    provider_id = fields.Many2one(
        "debt.telephony.provider",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    uuid = fields.Char(string="Run", required=True, readonly=True)
    started_at = fields.Datetime(string="Connected Since", readonly=True)
    seen_at = fields.Datetime(string="Last Seen", readonly=True)
    pbx_up = fields.Boolean(string="Exchange Connected", readonly=True)
    problems = fields.Json(readonly=True, help="What it says is wrong.")
    live = fields.Json(readonly=True, help="Ids of the calls it knows of.")

    _uuid_once = models.UniqueIndex("(provider_id, uuid)")

    @api.model
    def _current(self, provider):
        """The run that has the provider; empty when there was none yet."""
        return self.search([("provider_id", "=", provider.id)], limit=1)

    @api.model
    def _take_seat(self, provider, uuid):
        """The run that reports, locked; whoever is new takes over.

        :return: ``debt.dialler.instance``, and whether it is new; the instance is empty
            when a newer one has taken over
        """
        known = self.search([("provider_id", "=", provider.id), ("uuid", "=", uuid)])
        if known:
            if known != self._current(provider):
                return self.browse(), False
            lock_rows(known)
            return known, False
        now = fields.Datetime.now()
        values = {"provider_id": provider.id, "uuid": uuid, "started_at": now}
        return self.create(values), True

    def _beat(self, pbx_up, live, problems=()):
        """Note that the process lives, which calls it knows of, and what is wrong."""
        self.write(
            {
                "seen_at": fields.Datetime.now(),
                "pbx_up": pbx_up,
                "live": sorted(live),
                "problems": list(problems),
            }
        )

    def _is_alive(self, now):
        """Whether it can be asked to dial now."""
        return bool(self) and self.pbx_up and self._seen_within(ALIVE, now)

    def _is_dead(self, now):
        return not self or not self._seen_within(DEAD, now)

    def _seen_within(self, span, now):
        return bool(self.seen_at) and self.seen_at > now - span

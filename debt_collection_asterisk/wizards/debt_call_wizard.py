from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.debt_collection.models.call.debt_queue import Claim
from odoo.addons.debt_collection.models.card.arguments import check, is_id

from ..models.constants import AUTOMATIC_MODES


class DebtCallWizard(models.TransientModel):
    """The call window of whom calls are put through to."""

    _inherit = "debt.call.wizard"

    @api.model
    def action_bridged(self, call_id):
        """The window of the call that has just been put through to the user.

        :param int call_id: of a ``debt.call`` of his
        :raises UserError: it is no id, or another operator's call
        """
        check(self.env, is_id, call_id)
        call = self.env["debt.call"].browse(call_id or []).exists()
        if call.user_id != self.env.user:
            raise AccessError(self.env._("This call is another operator's."))
        return self._action_open(call)

    @api.model
    def _station_in_campaign(self):
        """The user's station while a campaign brings him calls; else empty.

        A campaign whose dialler is away brings nothing: he works on by hand.
        """
        station = self.env["debt.dialler.operator"].search(
            [
                ("user_id", "=", self.env.uid),
                ("company_id", "=", self.env.company.id),
                ("state", "not in", ("offline", "pause")),
            ]
        )
        # Superuser: how the campaign dials, not what else is known of it.
        campaign = station.sudo().campaign_id
        automatic = campaign.state == "running" and campaign.mode in AUTOMATIC_MODES
        if not automatic:
            return station.browse()
        # Superuser: whether the process lives is no secret.
        instance = self.env["debt.dialler.instance"].sudo()
        away = instance._current(campaign.provider_id)._is_dead(fields.Datetime.now())
        return station.browse() if away else station

    @api.model
    def _next_claim(self):
        """Whom a campaign brings calls does not take others from the queue."""
        if not self._station_in_campaign():
            return super()._next_claim()
        call = self._own_open_call()
        return Claim(call) if call else None

    @api.model
    def _queue_is_empty(self, action_xmlid=None):
        if station := self._station_in_campaign():
            action = station.action_open()
            # In the call window the station takes the place of the finished call.
            return action if action_xmlid else self._replace_by(action)
        return super()._queue_is_empty(action_xmlid)

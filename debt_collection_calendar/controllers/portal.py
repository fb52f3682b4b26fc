from odoo import http

from odoo.addons.debt_collection.controllers.portal import (
    MOST_SENT,
    PUBLIC,
    DebtorPage,
    routes,
)


class DebtorMeetings(DebtorPage):
    """Meetings on the debtor's page: a form like the others."""

    def _values(self, place):
        return super()._values(place) | {"meeting": place.portal._meeting(place.case)}

    @http.route(
        routes("/meeting"), methods=["POST"], max_content_length=MOST_SENT, **PUBLIC
    )
    def meeting(self, token=None, company_id=None, **form):
        """He asks for a meeting, confirms, moves or cancels it."""
        return self.act("meeting", token=token, company_id=company_id, **form)

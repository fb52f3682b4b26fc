import binascii

from odoo import http
from odoo.http import request
from odoo.tools.misc import verify_hash_signed

from ..models.contact.debt_case_consent import CONSENT_SCOPE
from .portal import PUBLIC

ROUTES = (
    "/consent/<string:token>",
    "/consent/<string:token>/<any(sms):channel>",
)


class ConsentController(http.Controller):
    """Where a debtor refuses further e-mails or SMS, by the link in each of them.

    The link is signed and names the debtor; nothing is stored until he confirms, so
    that programs which open links to check them refuse nothing for him. Said twice, it
    is recorded once.
    """

    @http.route([*ROUTES], methods=["GET"], **PUBLIC)
    def ask(self, token, channel="email"):
        return self._page(self._case(token), "ask", channel)

    # No session: the signed link itself says who it is.
    @http.route([*ROUTES], methods=["POST"], csrf=False, save_session=False, **PUBLIC)
    def refuse(self, token, channel="email", **_form):
        case = self._case(token)
        if case:
            note = case.env._("Said on the page that the link in our messages opens.")
            case._record_consent(channel, "withdrawn", "portal", note=note)
        return self._page(case, "done", channel)

    def _case(self, token):
        """The case a link is about (superuser: the signature is the permission)."""
        env = request.env(su=True)
        try:
            ids = verify_hash_signed(env, CONSENT_SCOPE, token)
        except (ValueError, IndexError, binascii.Error):
            ids = None
        case = env["debt.case"].browse(ids or []).exists()
        if not case:
            return case
        return case.with_context(lang=case.partner_id._debt_lang(case.company_id))

    def _page(self, case, step, channel):
        """A page that says nothing of the debt: others may have got the link."""
        values = {
            "company": case.company_id.name,
            "phone": case.company_id.phone,
            "step": step if case else "unknown",
            "channel": channel,
        }
        if case.env.lang:
            request.update_context(lang=case.env.lang)
        status = 200 if case else 404
        return request.render("debt_collection.consent_page", values, status=status)

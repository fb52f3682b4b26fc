import secrets
import time
from typing import NamedTuple

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.portal.debt_portal_form import BEST_HOURS
from ..tools.page_form import MOST_BYTES, MOST_FILES, Refused, Tries
from .document import shown, shown_pdf

KINDS = "promise,dispute,paid,callback,means,refusal"
#: What belongs to one person is kept by no cache, and its address told to nobody.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}
#: Pages have the layout of Odoo's website, where one is. It leads nobody on to an
#: address with another language in it: who opens a link reads it in his own.
PAGE = {"type": "http", "website": True, "multilang": False}
#: Whoever may come: by a link, without a login.
PUBLIC = PAGE | {"auth": "public", "sitemap": False}
#: A website may bring programs that count visitors: they would tell others the address.
SCRIPTS = "script-src 'self' 'unsafe-inline' 'unsafe-eval'"
#: What is no fault of who sent a form, nor nothing at all.
STATUS = {None: 200, "known": 200}
#: What a form may bring in all: its files, and as much as is written in it.
MOST_SENT = MOST_FILES * MOST_BYTES + 2**20
#: Links that open nothing, from one address, within ten minutes.
TRIES = Tries(most=30, seconds=600)


class Place(NamedTuple):
    """The page of one debtor and one legal entity, and how somebody came to it.

    ``via`` is of ``debt.portal.act``, or ``look``: one of us looks at it.
    """

    debtor: object
    company: object
    path: str
    via: str

    @property
    def portal(self):
        return self.debtor.env["debt.portal"]

    @property
    def case(self):
        return self.portal._case(self.debtor, self.company)


def routes(rest=""):
    """The two ways to the same page: by a link, and by a login."""
    return [
        f"/account/<string:token>{rest}",
        f"/my/open-items/<int:company_id>{rest}",
    ]


class DebtorPage(CustomerPortal):
    """What a debtor sees and does, at any hour and without JavaScript.

    Nothing is done by opening an address: each act is a form that is sent, with a key
    by which it happens once.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "debt_page_count" in counters:
            debtor = request.env.user.commercial_partner_id
            companies = request.env["debt.portal"]._companies(debtor)
            values["debt_page_count"] = len(companies)
        return values

    # --- what is shown ----------------------------------------------------------------
    @http.route("/my/open-items", auth="user", **PAGE)
    def accounts(self):
        debtor = request.env.user.commercial_partner_id
        companies = request.env["debt.portal"]._companies(debtor)
        if len(companies) == 1:
            return request.redirect(f"/my/open-items/{companies.id}")
        values = {"companies": companies, "page_name": "debt_accounts"}
        return request.render("debt_collection.portal_accounts", values)

    @http.route(routes(), methods=["GET"], **PUBLIC)
    def page(self, token=None, company_id=None):
        place = self._place(token, company_id)
        return self._page(place) if place else self._unknown()

    @http.route(routes("/done/<int:act_id>"), methods=["GET"], **PUBLIC)
    def done(self, act_id, token=None, company_id=None):
        """What happens next: the act is one of this debtor's, or nothing is said."""
        place = self._place(token, company_id)
        if not place:
            return self._unknown()
        acts = place.debtor.env["debt.portal.act"]
        act = acts.search([("id", "=", act_id), ("case_id", "=", place.case.id)])
        if not act:
            return request.redirect(place.path)
        values = self._values(place) | {
            "act": act,
            "promises": place.portal._promises(place.case),
            "callback": place.portal._callback_text(place.case),
            **self._offer(place, act),
        }
        return self._render("debt_collection.portal_done", values)

    def _offer(self, place, act):
        """The plan for who has just said what he can afford."""
        if act.kind != "means" or not place.case._collected():
            return {}
        shown = place.portal._shown(place.debtor, place.company)
        means = place.debtor.env["debt.means"]._offered(place.case)
        return shown | {"offer": means, "key": secrets.token_urlsafe(16)}

    @http.route(routes("/statement"), methods=["GET"], **PUBLIC)
    def statement(self, token=None, company_id=None):
        """As it is printed, without a link: a new one would be valid for longer."""
        place = self._place(token, company_id)
        if not place:
            return self._unknown()
        reports = place.debtor.env["ir.actions.report"].with_context(debt_kept=True)
        statement = "debt_collection.debt_statement_action_partner", place.debtor.ids
        try:
            content, kind = reports._render_qweb_pdf(*statement)
        except UserError:
            # Without the program that makes PDFs, the same page as the browser shows.
            content, kind = reports._render_qweb_html(*statement)
        response = request.make_response(content)
        return self._own(shown_pdf(content) if kind == "pdf" else response)

    @http.route(routes("/document/<int:move_id>"), methods=["GET"], **PUBLIC)
    def document(self, move_id, token=None, company_id=None):
        """A document that is open on this page, and no other."""
        if not (place := self._place(token, company_id)):
            return self._unknown()
        told = place.portal._statement(place.debtor, place.company)
        moves = place.portal._documents(told)
        move = moves.filtered(lambda one: one.id == move_id)
        return self._own(shown(move)) if move else request.not_found()

    @http.route("/debt_collection/page/<int:case_id>", auth="user", **PAGE)
    def look(self, case_id):
        """One of us looks at the page of a debtor; nothing on it can be sent."""
        # Of any company of his, where Odoo's website knows but one.
        own = request.env["debt.case"].with_context(
            allowed_company_ids=request.env.user.company_ids.ids
        )
        case = own.browse(case_id).exists()
        try:
            case.check_access("read")
            case.ensure_one()
        except (AccessError, ValueError):
            return request.not_found()
        # Superuser: what the debtor sees, for who may read his case (checked above).
        found = case.sudo()
        company = found.company_id
        debtor = found.partner_id.with_context(allowed_company_ids=company.ids)
        return self._page(self._in_his_language(Place(debtor, company, "", "look")))

    # --- what is done -----------------------------------------------------------------
    @http.route(
        routes(f"/<any({KINDS}):kind>"),
        methods=["POST"],
        max_content_length=MOST_SENT,
        **PUBLIC,
    )
    def act(self, kind, token=None, company_id=None, **_form):
        place = self._place(token, company_id)
        if not place:
            return self._unknown()
        sent = request.httprequest
        files = sent.files.getlist("file")[: MOST_FILES + 1]
        # Odoo winds back only the first of them where a request is tried again.
        for file in files:
            file.seek(0)
        # In the company's language: it is entered in the thread of the case.
        env = place.debtor.with_context(lang=place.company.partner_id.lang).env
        try:
            with env.cr.savepoint():
                done = env["debt.portal"]._do(
                    place.case.with_env(env),
                    kind,
                    place.via,
                    sent.form,
                    [(file.filename, file.read()) for file in files],
                )
        except Refused as refused:
            return self._page(place, kind, refused.code)
        except UserError:
            return self._page(place, kind, "other")
        return request.redirect(f"{place.path}/done/{done.id}", code=303)

    # --- who comes --------------------------------------------------------------------
    def _place(self, token, company_id):
        """Whose page it is; None for who has no business here."""
        portal = request.env["debt.portal"]
        if token:
            if not (found := portal._read_link(token)):
                return None
            place = Place(*found, f"/account/{token}", "link")
            return self._in_his_language(place)
        # A login: without one, Odoo asks for it and comes back here.
        request.env["ir.http"]._auth_method_user()
        found = portal._of_user(company_id)
        return found and Place(*found, f"/my/open-items/{company_id}", "login")

    def _in_his_language(self, place):
        lang = place.debtor._debt_lang(place.company)
        request.update_context(lang=lang)
        return place._replace(debtor=place.debtor.with_context(lang=lang))

    # --- pages ------------------------------------------------------------------------
    def _values(self, place):
        return {
            "path": place.path,
            "via": place.via,
            "company": place.company,
            "debtor": place.debtor,
            "lang": place.debtor.env.context.get("lang"),
        }

    def _page(self, place, wrong=None, code=None):
        """The whole page, with what was wrong at the form that was sent."""
        values = place.portal._shown(place.debtor, place.company)
        values |= self._values(place) | {
            "wrong": wrong,
            "code": code,
            "sent": request.httprequest.form if wrong else {},
            "key": secrets.token_urlsafe(16),
            "hours": BEST_HOURS,
        }
        return self._render(
            "debt_collection.portal_page", values, STATUS.get(code, 422)
        )

    def _unknown(self):
        """No page is here. Many have one address: whose link is good is never kept out.

        Whoever tries one link after the other is told so, and costs no more than that.
        """
        who, now = request.httprequest.remote_addr, time.monotonic()
        over = TRIES.is_over(who, now)
        if not over:
            TRIES.note(who, now)
        values = {"lang": request.env.lang, "company": None}
        status = 429 if over else 404
        return self._render("debt_collection.portal_unknown", values, status)

    def _render(self, template, values, status=200):
        response = self._own(request.render(template, values, status=status))
        response.headers["Content-Security-Policy"] = SCRIPTS
        return response

    def _own(self, response):
        response.headers.update(HEADERS)
        return response

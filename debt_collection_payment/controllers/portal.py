import math
import time

from werkzeug.exceptions import NotFound

from odoo import Command, http
from odoo.exceptions import ValidationError
from odoo.http import request
from odoo.tools import str2bool

from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.addons.debt_collection.controllers.portal import (
    PUBLIC,
    TRIES,
    DebtorPage,
    routes,
)
from odoo.addons.debt_collection.models.card.lock_rows import claim_rows
from odoo.addons.debt_collection.tools.page_form import Refused

from ..models.debtor_words import not_taken

#: Where the provider sends the payer back to: colleagues read it, so it opens nothing.
LANDING = "/debt_collection/payment"


def session_key(transaction_id):
    """Under which the payer's browser keeps the page that he began a payment on."""
    return f"debt_collection_payment_{transaction_id}"


class DebtorPayment(DebtorPage, PortalAccount):
    """Paying on the debtor's page, as invoices are paid on Odoo's portal.

    What is to be paid, and how much, is worked out from the ledger each time; what a
    browser sends is compared with it.
    """

    def _values(self, place):
        return super()._values(place) | {"pay_online": self._is_on(place)}

    def _is_on(self, place):
        """Whether paying online is on, and somebody takes the money."""
        settings = request.env["ir.config_parameter"].sudo()
        on = settings.get_param("account_payment.enable_portal_payment")
        # As whoever pays: what is not published yet only we see.
        providers = request.env["payment.provider"]
        if place.via == "look":
            providers = providers.with_user(request.env.ref("base.public_user"))
        providers = providers.sudo()
        return str2bool(on or "False") and bool(
            providers._get_compatible_providers(place.company.id, place.debtor.id, 0.0)
        )

    @http.route(routes("/pay"), methods=["GET"], **PUBLIC)
    def pay(self, token=None, company_id=None, **_form):
        """What was chosen, and by which means it can be paid; it does nothing yet."""
        if not (place := self._place(token, company_id)):
            return self._unknown()
        texts = request.httprequest.args.getlist("item")
        try:
            chosen = self._chosen(place, texts)
        except Refused as refused:
            return self._page(place, "pay", refused.code)
        values = self._values(place) | self._payment_form(place, chosen)
        page = self._render("debt_collection_payment.portal_pay", values)
        # Providers bring their own programs, by which the payer tells how he pays.
        page.headers.pop("Content-Security-Policy", None)
        return page

    @http.route(
        routes("/pay/<string:items>"), type="jsonrpc", auth="public", sitemap=False
    )
    def pay_transaction(self, items, token=None, company_id=None, **sent):
        """Begin the payment of what was chosen.

        :param str items: ids of items, with a minus between them
        :return: the values with which the provider's form goes on
        :raises NotFound: the link opens nothing
        :raises ValidationError: it is not open, has another amount, or is under way
        """
        if not (place := self._place(token, company_id)):
            TRIES.note(request.httprequest.remote_addr, time.monotonic())
            raise NotFound
        self._validate_transaction_kwargs(sent, ("access_token", "payment_reference"))
        # Two who begin at once: the second one sees what the first one began.
        claim_rows(place.case)
        try:
            chosen = self._chosen(place, items.split("-"))
            place.portal._check_begun(place.case)
            self._check_sent(place, chosen, sent)
        except Refused as refused:
            raise ValidationError(not_taken(request.env, refused.code)) from refused
        return self._begin(place, chosen, sent)._get_processing_values()

    @http.route(f"{LANDING}/<int:transaction_id>", methods=["GET"], **PUBLIC)
    def landing(self, transaction_id):
        """Back to the page on which he began, which only his browser knows."""
        path = request.session.get(session_key(transaction_id))
        if not path:
            return self._unknown()
        return self._own(request.redirect(f"{path}/payment/{transaction_id}"))

    @http.route(routes("/payment/<int:transaction_id>"), methods=["GET"], **PUBLIC)
    def payment(self, transaction_id, token=None, company_id=None):
        """What became of a payment: of this debtor, or nothing is said."""
        if not (place := self._place(token, company_id)):
            return self._unknown()
        transactions = place.debtor.env["payment.transaction"]
        found = transactions.search(
            [
                ("id", "=", transaction_id),
                ("debt_case_id.partner_id", "=", place.debtor.id),
                ("debt_case_id.company_id", "=", place.company.id),
            ]
        )
        if not found:
            return request.redirect(place.path)
        values = self._values(place) | {"transaction": found}
        return self._render("debt_collection_payment.portal_paid_online", values)

    # --- what is paid -----------------------------------------------------------------
    def _chosen(self, place, texts):
        """:raises Refused: see `debt.portal._chosen`; or paying is switched off"""
        if not self._is_on(place):
            raise Refused("other")
        return place.portal._chosen(place.debtor, place.company, texts)

    def _payer(self, place):
        """Whose means of payment are offered: by a link, nobody's."""
        return request.env.user.partner_id if place.via == "login" else place.debtor

    def _means(self, place, chosen):
        """Providers, their methods and what the payer has saved (superuser).

        As whoever pays: what is not published yet only we see.
        """
        env, payer, currency = request.env, self._payer(place), chosen["currency"]
        providers = (
            env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                chosen["company"].id,
                payer.id,
                chosen["total"],
                currency_id=currency.id,
            )
        )
        methods = (
            env["payment.method"]
            .sudo()
            ._get_compatible_payment_methods(
                providers.ids, payer.id, currency_id=currency.id
            )
        )
        tokens = env["payment.token"].sudo()
        if place.via == "login":
            tokens = tokens._get_available_tokens(providers.ids, payer.id)
        return providers, methods, tokens

    def _payment_form(self, place, chosen):
        """The context of Odoo's payment form."""
        providers, methods, tokens = self._means(place, chosen)
        items = "-".join(str(item["line_id"]) for item in chosen["items"])
        saving = self._compute_show_tokenize_input_mapping(providers)
        return chosen | {
            "amount": chosen["total"],
            "partner_id": self._payer(place).id,
            "providers_sudo": providers,
            "payment_methods_sudo": methods,
            "tokens_sudo": tokens,
            "show_tokenize_input_mapping": {
                one: place.via == "login" and may for one, may in saving.items()
            },
            "transaction_route": f"{place.path}/pay/{items}",
            "landing_route": LANDING,
        }

    def _check_sent(self, place, chosen, sent):
        """Compare what the browser sent with what we offered.

        :raises Refused: the amount is another one, or the means are not offered
        """
        amount = self._cast_as_float(sent.get("amount"))
        known = amount is not None and math.isfinite(amount)
        if not known or chosen["currency"].compare_amounts(amount, chosen["total"]):
            raise Refused("changed")
        providers, methods, tokens = self._means(place, chosen)
        provider = providers.filtered(lambda one: one.id == sent.get("provider_id"))
        match sent.get("flow"):
            case "token":
                known = tokens.filtered(lambda one: one.provider_id == provider)
                offered = sent.get("token_id") in known.ids
            case "redirect" | "direct":
                known = methods & provider.payment_method_ids
                offered = sent.get("payment_method_id") in known.ids
            case _:
                offered = False
        if not (provider and offered):
            raise Refused("other")

    def _begin(self, place, chosen, sent):
        """The transaction (superuser); by the browser it leads back to his page."""
        moves = chosen["moves"]
        many = len(moves) > 1
        reference = many and place.company.get_next_batch_payment_communication()
        transaction = self._create_transaction(
            provider_id=sent["provider_id"],
            payment_method_id=sent.get("payment_method_id"),
            token_id=sent.get("token_id"),
            amount=chosen["total"],
            currency_id=chosen["currency"].id,
            partner_id=self._payer(place).id,
            flow=sent["flow"],
            tokenization_requested=place.via == "login"
            and bool(sent.get("tokenization_requested")),
            landing_route=LANDING,
            reference_prefix=reference or None,
            custom_create_values={
                "invoice_ids": [Command.set(moves.ids)],
                "debt_line_ids": [
                    Command.set([item["line_id"] for item in chosen["items"]])
                ],
                "debt_case_id": place.case.id,
                "debt_via": place.via,
            },
        )
        transaction.landing_route = f"{LANDING}/{transaction.id}"
        request.session[session_key(transaction.id)] = place.path
        return transaction

from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.debt_collection.tools import page_form
from odoo.addons.debt_collection.tools.page_form import Refused

#: Payments that a debtor may begin within a day.
MOST_BEGUN = 20


class DebtPortal(models.AbstractModel):
    """What can be paid on the debtor's page, and what became of a payment there."""

    _inherit = "debt.portal"

    @api.model
    def _shown(self, debtor, company):
        shown = super()._shown(debtor, company)
        return shown | {"payable": self._payable(shown)}

    @api.model
    def _payable(self, told):
        """What one payment can be for: documents in one currency, on one account.

        :param dict told: a statement
        :return: list of dict with ``currency``, ``company``, ``total``, ``moves`` and
            ``items``: those of the statement with ``ticked``, what is asked for
        """
        lines = told["debtor"].env["account.move.line"]
        documents, found = set(self._documents(told).ids), {}
        for account in told["accounts"]:
            for item in account["items"]:
                if item["left"] <= 0 or item["move_id"] not in documents:
                    continue
                line = lines.browse(item["line_id"])
                key = (account["currency"], line.company_id, line.account_id)
                ticked = item["days"] > 0 and not item["disputed"]
                found.setdefault(key, []).append(item | {"ticked": ticked})
        return [
            self._one_payment(currency, company, items)
            for (currency, company, _account), items in found.items()
        ]

    @api.model
    def _one_payment(self, currency, company, items):
        moves = company.env["account.move"].browse({one["move_id"] for one in items})
        return {
            "currency": currency,
            "company": company,
            "items": items,
            "moves": moves,
            "total": currency.round(sum(item["left"] for item in items)),
        }

    @api.model
    def _chosen(self, debtor, company, texts):
        """What a debtor ticked, as one payment.

        :param debtor, company: superuser
        :param texts: ids of items, as they were sent
        :return: dict as of `_payable`
        :raises Refused: it is not open on his page, not to be paid at once, or a
            payment of it is under way
        """
        told = self._statement(debtor, company)
        for one in self._payable(told):
            known = {item["line_id"]: item for item in one["items"]}
            if set(texts) & {str(line_id) for line_id in known}:
                ticked = page_form.read_ids(texts, known)
                items = [known[line_id] for line_id in ticked]
                chosen = self._one_payment(one["currency"], one["company"], items)
                if chosen["moves"].transaction_ids._debt_is_under_way():
                    raise Refused("underway")
                return chosen
        raise Refused("items")

    @api.model
    def _check_begun(self, case):
        """:raises Refused: too many payments were begun lately"""
        since = fields.Datetime.now() - timedelta(days=1)
        domain = [("debt_case_id", "=", case.id), ("create_date", ">", since)]
        if case.env["payment.transaction"].search_count(domain) >= MOST_BEGUN:
            raise Refused("often")

    @api.model
    def _paid_online(self, case, transaction):
        """A payment was made: in the thread in the debtor's name, told and counted.

        :param case, transaction: superuser
        """
        acts = case.env["debt.portal.act"]
        key = f"transaction:{transaction.id}"
        if acts._known(case, key):
            return
        values = {"case_id": case.id, "kind": "payment", "key": key}
        act = acts.create(values | {"via": transaction.debt_via})
        self._tell(
            case,
            case.env._(
                "Paid on the debtor's page: %(amount)s for %(items)s.",
                amount=transaction.currency_id.format(transaction.amount),
                items=", ".join(transaction.invoice_ids.mapped("name")),
            ),
        )
        act._tell_operator()

    @api.model
    def _payment_under_way(self, case, transaction):
        """The provider has not got the money yet: nobody calls about it meanwhile."""
        if case.closed_at or case.state != "active" or not case._collected():
            return
        today = case.company_id._debt_today()
        amount = transaction.currency_id._convert(
            transaction.amount, case.currency_id, case.company_id, today
        )
        self._record(
            case,
            "paid",
            paid_on=today,
            paid_amount=amount,
            paid_reference=transaction.reference[:100],
            note=case.env._("Begun on the debtor's page; the provider still waits."),
        )
        transaction.write(
            {
                "debt_held_until": case.hold_until,
                "debt_held_at": fields.Datetime.now(),
                "debt_todo_id": case.activity_ids.sorted("id")[-1:].id,
            }
        )
        case._plan()

    @api.model
    def _payment_ended(self, case, transaction):
        """What was waited for has come, or does not come: the case goes on.

        A hold that somebody decided about meanwhile is not the payment's any more and
        stays, and so does one for which another payment of the debtor's waits.
        """
        transaction.debt_todo_id.action_feedback()
        since, until = transaction.debt_held_at, transaction.debt_held_until
        transaction.debt_held_until = False
        if not until or case.state != "on_hold" or case.hold_until != until:
            return
        others = case.env["payment.transaction"].search(
            [("debt_case_id", "=", case.id), ("id", "!=", transaction.id)]
        )
        if waiting := others.filtered(lambda one: one._debt_is_under_way()):
            waiting[0].write({"debt_held_until": until, "debt_held_at": since})
            return
        case.write({"hold_until": False})
        case._set_state(case._state_without_pause())
        case._message_log(
            body=case.env._(
                "Nothing is waited for any more: the payment begun on the debtor's "
                "page (%(reference)s) is over. The case goes on.",
                reference=transaction.reference,
            )
        )

from odoo import api, models
from odoo.exceptions import UserError

from .debt_aged_report import BANDS


class DebtStatement(models.AbstractModel):
    """The statement of account: what a debtor owes one legal entity, item by item.

    Everything comes from `debt.ledger`: what is left of each item, credits that no item
    is left for, each currency apart. In the language of the debtor.
    """

    _name = "report.debt_collection.statement"
    _description = "Statement of Account"

    @api.model
    def _get_report_values(self, docids, data=None):
        """:raises UserError: nobody is named whose account this could be"""
        accounts = self._accounts(docids)
        if not accounts:
            raise UserError(self.env._("Choose whose statement is to be printed."))
        return {
            "doc_ids": docids,
            "docs": [
                self._statement(*account)
                | {"page": self.env["debt.portal"]._on_paper(*account)}
                for account in accounts
            ],
        }

    @api.model
    def _accounts(self, docids):
        """Debtors and legal entities behind cases, as pairs.

        :param docids: ids of ``debt.case``
        :raises AccessError: somebody else works them
        """
        cases = self.env["debt.case"].browse(docids)
        cases.check_access("read")
        return [(case.partner_id, case.company_id) for case in cases]

    # --- one statement ----------------------------------------------------------------
    @api.model
    def _statement(self, debtor, company):
        """All that the statement of one debtor tells.

        :return: dict with ``debtor``, ``company`` (both superuser), ``lang``, ``day``,
            ``accounts`` (one for each currency, see `_account`) and ``bank``
        """
        # Superuser: exactly this debtor's items, which his case shows as well.
        debtor, company = debtor.sudo(), company.sudo()
        rows = self.env["debt.ledger"]._rows(company, debtor.ids)
        # What may be barred is not told as owed before a person has decided.
        rows = [r for r in rows if r["left_currency"] and not r["barred"]]
        return self._told(debtor, company, rows)

    @api.model
    def _told(self, debtor, company, rows):
        """What is told of these items of a debtor's.

        :param debtor, company: superuser
        :param rows: of `debt.ledger._rows`
        :return: dict as `_statement`
        """
        currencies = self.env["res.currency"].sudo()
        currencies = currencies.browse(dict.fromkeys(r["currency_id"] for r in rows))
        day = company._debt_today()
        return {
            "debtor": debtor,
            "company": company,
            "lang": debtor._debt_lang(company),
            "day": day,
            "accounts": [
                self._account(
                    currency, [r for r in rows if r["currency_id"] == currency.id], day
                )
                for currency in currencies.sorted(
                    lambda one: (one != company.currency_id, one.name)
                )
            ],
            "bank": self._bank(company),
        }

    @api.model
    def _account(self, currency, rows, day):
        """What is open in one currency.

        :return: dict with ``currency``, ``items`` (see `_item`), ``bands`` (name of the
            band and amount), ``total``, ``overdue`` and ``reference``
        """
        whole = self._whole_items(rows)
        lines = self.env["account.move.line"].sudo()
        lines = lines.browse(row["line_id"] for row in whole)
        items = [self._item(*item, day) for item in zip(lines, whole, strict=True)]
        left = sum(item["left"] for item in items)
        late = [item for item in items if item["days"] > 0 and item["left"] > 0]
        names = dict.fromkeys(item["name"] for item in late)
        return {
            "currency": currency,
            "items": items,
            "bands": [
                (name, sum(one["left"] for one in items if self._is_in(one, *band)))
                for name, band in BANDS.items()
            ],
            "credits": sum(one["left"] for one in items if one["left"] < 0),
            "total": left,
            "overdue": sum(item["left"] for item in late),
            "disputed": sum(item["disputed"] for item in items),
            "reference": ", ".join(names),
        }

    @api.model
    def _whole_items(self, rows):
        """Rows of the ledger, the halves of an item of which a part is disputed as one.

        :return: list of dict as of `debt.ledger._rows`, with ``disputed``
        """
        whole = {}
        for row in rows:
            disputed = row["left_currency"] if row["reason"] == "disputed" else 0
            if item := whole.get(row["line_id"]):
                item["left_currency"] += row["left_currency"]
                item["disputed"] += disputed
            else:
                whole[row["line_id"]] = row | {"disputed": disputed}
        return list(whole.values())

    @api.model
    def _item(self, line, row, day):
        """One line of the table, amounts in the currency of the document.

        ``settled`` is what payments and credits have taken of ``original`` so far.
        """
        left = row["left_currency"]
        return {
            "line_id": row["line_id"],
            "move_id": row["move_id"],
            "name": row["name"],
            "reference": line.move_id.ref or "",
            "date": line.move_id.invoice_date or line.date,
            "due": row["due"] if left > 0 else False,
            "days": max(0, (day - row["due"]).days) if left > 0 else 0,
            "original": line.amount_currency,
            "settled": line.amount_currency - left,
            "left": left,
            "disputed": row["disputed"],
            "fee": line.move_id._debt_is_fee(),
        }

    @staticmethod
    def _is_in(item, first, last):
        if item["left"] <= 0:
            return False
        return (first or 0) <= item["days"] and (last is None or item["days"] <= last)

    @api.model
    def _bank(self, company):
        """Where to pay: the company's first bank account, or none."""
        return company.partner_id.bank_ids.filtered("active")[:1]


class DebtStatementPartner(models.AbstractModel):
    """The same for contacts, with the legal entity that the user works in."""

    _name = "report.debt_collection.statement_partner"
    _inherit = ["report.debt_collection.statement"]
    _description = "Statement of Account of a Contact"

    @api.model
    def _accounts(self, docids):
        """:raises AccessError: accounts are told to those who may read them"""
        partners = self.env["res.partner"].browse(docids)
        partners.check_access("read")
        self.env["account.move"].check_access("read")
        entity = self.env["debt.ledger"]._entities(self.env.company)
        return [(debtor, entity) for debtor in partners.commercial_partner_id]

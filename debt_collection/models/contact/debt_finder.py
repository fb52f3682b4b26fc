import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import phones
from ...tools.plain_words import FOLDED, PLAIN, words

#: So many debtors are found at most: whoever gets more types another word.
MOST = 1000
#: What may stand in a telephone number as people type it.
LIKE_A_NUMBER = re.compile(r"[\d\s()+/.,-]+((ext|x|доб|poste)\.?\s*\d+)?", re.I)
SALES = ("out_invoice", "out_refund", "out_receipt")


class DebtCase(models.Model):
    _inherit = "debt.case"

    # Searched only: who it finds is read from contacts, numbers and invoices.
    find = fields.Char(
        string="Debtor, Number or Invoice",
        store=False,
        search=lambda cases, operator, value: cases.env["debt.finder"]._domain(
            operator, value
        ),
    )


class DebtFinder(models.AbstractModel):
    """Finds debtors by whatever people know: a name with words left out and without its
    accents, a telephone number in any form, an invoice number, a reference.

    Only ids come out; what a user may see of them is for the record rules to say.
    """

    _name = "debt.finder"
    _description = "Finding Debtors"

    @api.model
    def _domain(self, operator, value):
        """Domain on ``debt.case`` for the search box."""
        if operator == "in":
            # Odoo asks for `=` in this way.
            return Domain.OR(self._domain("ilike", one) for one in value if one)
        if operator != "ilike" or not isinstance(value, str):
            return NotImplemented
        return Domain("partner_id", "in", self._find(value))

    @api.model
    def _find(self, text):
        """Ids of the debtors with a case whom ``text`` may mean.

        :param str text: as typed
        """
        found = self._by_number(text)
        found += self._by_document(text)
        found += self._by_name(text)
        return list(dict.fromkeys(found))[:MOST]

    @api.model
    def _by_number(self, text):
        """By the last digits of a number, where nothing else was typed."""
        tail = phones.tail(text)
        if not tail or not LIKE_A_NUMBER.fullmatch(text.strip()):
            return []
        self.env["debt.phone"].flush_model(["active", "number", "partner_id"])
        fewest = tail[-phones.FEWEST_SAME :]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT partner_id FROM debt_phone
                 WHERE active AND number IS NOT NULL AND reverse(number) LIKE %s
                 LIMIT %s
                """,
                f"{fewest[::-1]}%",
                MOST,
            )
        )
        return [id_ for (id_,) in rows]

    @api.model
    def _by_document(self, text):
        """By the number or reference of an invoice, whatever stands between its parts.

        In the user's companies only.
        """
        parts = re.findall(r"\w+", text)
        if not any(len(re.sub(r"\D", "", part)) >= 2 for part in parts):
            return []
        self.env["account.move"].flush_model(
            ["company_id", "commercial_partner_id", "name", "payment_reference", "ref"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT commercial_partner_id FROM account_move
                 WHERE (name ILIKE %(like)s OR ref ILIKE %(like)s
                        OR payment_reference ILIKE %(like)s)
                   AND move_type IN %(sales)s AND company_id = ANY(%(companies)s)
                   AND EXISTS (SELECT FROM debt_case
                                WHERE partner_id = commercial_partner_id)
                 LIMIT %(most)s
                """,
                companies=self.env.companies.ids,
                like=f"%{'%'.join(part.replace('_', '') for part in parts)}%",
                most=MOST,
                sales=SALES,
            )
        )
        return [id_ for (id_,) in rows]

    @api.model
    def _by_name(self, text):
        """By all the words, in any order, of the debtor or one of the contacts."""
        if not (wanted := words(text)):
            return []
        self.env["res.partner"].flush_model(
            ["commercial_partner_id", "complete_name", "email", "ref", "vat"]
        )
        known = SQL(
            "translate(lower(concat_ws(' ', complete_name, ref, vat, email)), %s, %s)",
            FOLDED,
            PLAIN,
        )
        alike = SQL(" AND ").join(
            SQL("%s LIKE %s", known, f"%{word}%") for word in wanted
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT commercial_partner_id FROM res_partner
                 WHERE commercial_partner_id IN (SELECT partner_id FROM debt_case)
                   AND %s
                 LIMIT %s
                """,
                alike,
                MOST,
            )
        )
        return [id_ for (id_,) in rows]

from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError


class DebtLetter(models.AbstractModel):
    """A demand letter: what is past due, by when to pay it, and what follows if not.

    It names the items that are collected, and late fees that were charged, and no
    others: what is disputed, excluded or not due is not demanded. The words are kept
    with the message as they were posted; printed again, they are the same.
    """

    _name = "report.debt_collection.letter"
    _inherit = ["report.debt_collection.statement"]
    _description = "Demand Letter"

    @api.model
    def _get_report_values(self, docids, data=None):
        """:param docids: ids of ``debt.message``, of letters
        :raises UserError: there is none among them
        """
        letters = self.env["debt.message"].browse(docids).exists()
        letters.check_access("read")
        letters = letters.filtered(lambda one: one.kind == "letter")
        if not letters:
            raise UserError(self.env._("Choose a demand letter to be printed."))
        # Superuser: addresses of exactly these debtors and companies.
        return {
            "doc_ids": docids,
            "docs": letters.sudo(),
            "pages": {
                one: self.env["debt.portal"]._on_paper(one.partner_id, one.company_id)
                for one in letters
            },
        }

    @api.model
    def _letter(self, case, level):
        """All that a letter to the debtor of a case tells.

        :param level: ``debt.letter.level``
        :return: dict as of `_statement`, with ``level``, ``pay_by`` (day where the
            company is), ``suspended`` (first day without deliveries, or None) and
            ``codes`` (QR code to pay by currency, as data URL)
        :raises UserError: there is nothing to demand
        """
        rows = case.amount_overdue and case._collected()
        if not rows:
            raise UserError(
                self.env._(
                    "Nothing can be demanded of %(debtor)s now: no item is past due "
                    "and collected.",
                    debtor=case.partner_id.display_name,
                )
            )
        rows += self.env["debt.fee"]._demanded(case)
        # Superuser: exactly this debtor's items, which his case shows as well.
        told = self._told(case.partner_id.sudo(), case.company_id.sudo(), rows)
        return told | {
            "level": level.with_context(lang=told["lang"]),
            "pay_by": told["day"] + timedelta(days=level.pay_days),
            "suspended": self.env["debt.suspension"]._from_on(told["company"], level),
            "codes": {
                account["currency"]: self._code(told, account)
                for account in told["accounts"]
            },
            "disclosures": self.env["debt.message"]._disclosures(case.sudo()),
        }

    @api.model
    def _code(self, told, account):
        """The QR code by which one currency is paid, where Odoo can make one."""
        bank = told["bank"]
        return bank and bank.build_qr_code_base64(
            account["total"],
            account["reference"][:140],
            None,
            account["currency"],
            told["debtor"],
        )

    @api.model
    def _text(self, case, level):
        """Subject and HTML of a letter, in the debtor's language.

        :raises UserError: there is nothing to demand, or it says what it must not
        """
        told = self._letter(case, level)
        qweb = self.env["ir.qweb"].with_context(lang=told["lang"])
        body = qweb._render("debt_collection.letter_text", {"one": told})
        return told["level"].title, body, told["lang"]

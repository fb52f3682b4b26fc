from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields

from .common import DebtCommon

NOTHING = {"opened": 0, "updated": 0, "closed": 0, "stage_changed": 0}


class RefreshCommon(DebtCommon):
    """Refresh and look at the cases of a debtor, without planning."""

    def _open_case(self, partner=None, company=None):
        """The open case of a debtor, as the ledger of this moment has it."""
        return self.cases.search(
            [
                ("partner_id", "=", (partner or self.debtor).id),
                ("company_id", "=", (company or self.company).id),
                ("closed_at", "=", False),
            ]
        )

    def _entry(self, amount, days_late=0, partner=None, journal="bank"):
        """A posted receivable line without an invoice; a credit when negative."""
        partner = partner or self.debtor
        day = fields.Date.today() - timedelta(days=days_late)
        account = self.company_data["default_account_receivable"]
        other = self.company_data["default_account_revenue"]
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.company_data[f"default_journal_{journal}"].id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": line_account.id,
                            "partner_id": partner.id,
                            "balance": balance,
                            "date_maturity": day,
                        }
                    )
                    for line_account, balance in ((account, amount), (other, -amount))
                ],
            }
        )
        move.action_post()
        return move

    def _without_entries(self):
        """No outstanding accounts, and bank statements are matched, which Community
        leaves to add-ons: a payment has no entry before the bank tells."""
        self.env["account.payment.method.line"].search([]).payment_account_id = False
        moves = type(self.env["account.move"])
        self.startPatcher(
            patch.object(moves, "_get_invoice_in_payment_state", lambda _: "in_payment")
        )

    def _assert_case(self, overdue, stage="stage_overdue", partner=None, **values):
        case = self._open_case(partner)
        self.assertEqual(len(case), 1)
        self.assertEqual(case.amount_overdue, overdue)
        self.assertEqual(case.stage_id, self.env.ref(f"debt_collection.{stage}"))
        for name, value in values.items():
            self.assertEqual(case[name], value)
        return case

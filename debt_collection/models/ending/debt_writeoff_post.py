from collections import defaultdict
from datetime import timedelta

from odoo import Command, models
from odoo.exceptions import UserError

#: How long what is credited stays out of collection until its credit note is posted.
POSTED_WITHIN = timedelta(days=30)
#: No loss is posted on accounts of these types: what partners owe, money, equity.
NO_LOSS = (
    "asset_receivable",
    "asset_cash",
    "liability_payable",
    "liability_credit_card",
    "equity",
    "equity_unaffected",
    "off_balance",
)


class DebtWriteoff(models.Model):
    """How a write-off is posted: an entry of its own, or credit notes.

    An entry moves what is left to the account of losses and is matched with the items;
    it leaves taxes as they are. Credit notes take revenue and taxes back, and are
    drafted: when a tax may be corrected differs from country to country.
    """

    _inherit = "debt.writeoff"

    def _text(self):
        """What the entries are about."""
        return self.env._(
            "Write-off: %(debtor)s, %(what)s",
            debtor=self.partner_id.name,
            what=self._describe(),
        )

    def _post_entries(self, rows, account):
        """Post what is left of the items as a loss, and match it with them.

        :param rows: of `debt.ledger._rows`
        :param account: ``account.account``
        :return: ``account.move``, one for each company that the items are in
        :raises UserError: there is no account or journal for it
        """
        lines = self.env["account.move.line"]
        left = defaultdict(lambda: [0.0, 0.0])
        for row in rows:
            left[row["line_id"]][0] += row["left"]
            left[row["line_id"]][1] += row["left_currency"]
        items, moves = lines.browse(left), self.env["account.move"]
        self._check_taxes(items.move_id)
        for company, own in items.grouped("company_id").items():
            move = moves.with_company(company).create(
                self._prepare_entry(company, own, left, account)
            )
            move._post(soft=False)
            counterparts = move.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            for item, counterpart in zip(own, counterparts.sorted("id"), strict=True):
                (item | counterpart).reconcile()
            moves |= move
        return moves

    def _check_taxes(self, moves):
        """:raises UserError: an entry would make taxes due that nobody has paid"""
        # Superuser: only how the taxes of exactly these entries become due.
        taxed = moves.sudo().filtered(
            lambda move: (
                "on_payment"
                in (
                    move.line_ids.tax_ids.flatten_taxes_hierarchy()
                    | move.line_ids.tax_line_id
                ).mapped("tax_exigibility")
            )
        )
        if taxed:
            raise UserError(
                self.env._(
                    "Taxes of %(entries)s become due when they are paid, and an entry "
                    "would count as a payment. Draft credit notes instead.",
                    entries=", ".join(taxed.mapped("name")),
                )
            )

    def _prepare_entry(self, company, items, left, account):
        if not account or account.account_type in NO_LOSS:
            raise UserError(
                self.env._(
                    "Choose the account on which the loss is posted: an expense, and "
                    "no account of money, of equity, or of what is owed."
                )
            )
        journals = self.env["account.journal"]
        of_company = journals._check_company_domain(company)
        found = journals.search([*of_company, ("type", "=", "general")])
        # A branch may have journals of its own.
        journal = found.filtered(lambda one: one.company_id == company)[:1] or found[:1]
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no journal for general entries.",
                    company=company.name,
                )
            )
        text = self._text()
        owed = [
            {
                "name": f"{text} ({item.move_id.name})",
                "account_id": item.account_id.id,
                "partner_id": item.partner_id.id,
                "currency_id": item.currency_id.id,
                "balance": -company.currency_id.round(left[item.id][0]),
                "amount_currency": -item.currency_id.round(left[item.id][1]),
            }
            for item in items
        ]
        lost = [
            {
                "name": text,
                "account_id": account.id,
                "partner_id": self.partner_id.id,
                "currency_id": one["currency_id"],
                "balance": -one["balance"],
                "amount_currency": -one["amount_currency"],
            }
            for one in owed
        ]
        return {
            "move_type": "entry",
            # Of a journal that branches share, the head office's otherwise.
            "company_id": company.id,
            "journal_id": journal.id,
            "date": self.company_id._debt_today(),
            "ref": text,
            "line_ids": [Command.create(values) for values in owed + lost],
        }

    def _draft_notes(self, rows):
        """Draft credit notes for what is left; it is not collected meanwhile.

        :raises UserError: an item is no invoice's
        """
        credited, disputes = defaultdict(float), self.env["debt.dispute"]
        moves = self.env["account.move"].sudo()
        for row in rows:
            credited[row["move_id"]] += row["left_currency"]
        moves, text = moves.browse(credited), self._text()
        if others := moves.filtered(lambda move: not disputes._can_credit(move)):
            raise UserError(
                self.env._(
                    "%(entries)s: there is no credit note for what is no invoice. Post "
                    "an entry instead.",
                    entries=", ".join(others.mapped("name")),
                )
            )
        lines = self.env["account.move.line"].sudo()
        lines = lines.browse({row["line_id"] for row in rows})
        self._check_whole(moves, lines)
        notes = moves.browse()
        for move in moves:
            amount = move.currency_id.round(credited[move.id])
            notes |= disputes.sudo()._draft_note(move, amount, text)
        decisions = lines._debt_item_decisions()
        decisions._debt_decide("excluded", self._posted_by(), text)
        self.sudo().decision_ids = decisions
        return notes

    def _check_whole(self, moves, lines):
        """A credit note is matched with the oldest instalment, whichever was meant.

        :param lines: ``account.move.line``, those that are given up
        :raises UserError: an invoice has open instalments beside these
        """
        parts = moves.filtered(
            lambda move: (
                move.line_ids.filtered(
                    lambda line: (
                        line.account_type == "asset_receivable" and not line.reconciled
                    )
                )
                - lines
            )
        )
        if parts:
            raise UserError(
                self.env._(
                    "%(entries)s: other instalments stay owed, and a credit note would "
                    "be matched with them. Post an entry instead.",
                    entries=", ".join(parts.mapped("name")),
                )
            )

    def _posted_by(self):
        """Until when what is credited stays out of collection: a date."""
        return self.approved_on and self.approved_on + POSTED_WITHIN

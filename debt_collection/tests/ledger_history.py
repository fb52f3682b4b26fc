"""Random histories of debtors, played in a real ledger."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields

from .common import DebtCommon

#: Steps that are posted together.
DRAFTED = ("invoice", "refund", "opening", "set_off", "loan", "credit")


class LedgerHistories(DebtCommon):
    """Two companies, on two sides of the date line, with one currency in common."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.setup_other_company(name="Elsewhere")["company"]
        other.partner_id.tz = "Pacific/Pago_Pago"  # still Monday there
        branch = cls.env["res.company"].create(
            {"name": "Branch", "parent_id": cls.company.id}
        )
        cls.env.cr.precommit.run()  # its accounts are loaded then
        cls.env.user.company_ids |= branch
        cls.entities = cls.company | other
        cls.companies = cls.entities | branch
        cls.places = [[cls.company], [other], [cls.company, branch]]
        cls.env = cls.env(
            context={
                **cls.env.context,
                "allowed_company_ids": cls.companies.ids,
                "tracking_disable": True,
            }
        )
        cls.foreign = [
            cls.setup_other_currency(
                "CHF", rates=[("2020-01-01", 1.25), ("2026-02-01", 1.1379)]
            ),
            cls.setup_other_currency(
                "GBP", rates=[("2020-01-01", 0.5), ("2026-03-01", 3.2)]
            ),
        ]
        cls.cases = cls.env["debt.case"]
        cls.debtors = cls.env["res.partner"].create(
            [{"name": f"Debtor {number}"} for number in range(50)]
        )
        cls.contacts = cls.env["res.partner"].create(
            [
                {"name": f"C{debtor.id}", "parent_id": debtor.id}
                for debtor in cls.debtors
            ]
        )
        cls.terms = {
            count: cls.env["account.payment.term"].create(
                {
                    "name": f"{count} instalments",
                    "line_ids": [
                        Command.create(
                            {
                                "value": "percent",
                                "value_amount": share,
                                "nb_days": 30 * number,
                            }
                        )
                        for number, share in enumerate(shares)
                    ],
                }
            )
            for count, shares in {1: [100], 2: [60, 40], 3: [34, 33, 33]}.items()
        }
        cls.journals = {
            (company, kind): cls.env["account.journal"].search(
                [("type", "=", kind), ("company_id", "=", company.root_id.id)], limit=1
            )
            for company in cls.companies
            for kind in ("sale", "bank", "general")
        }
        receivable = cls.company_data["default_account_receivable"]
        cls.loans = receivable.copy({"non_trade": True, "code": "NT1"})
        # Without outstanding accounts a payment has no entry until the bank tells, as
        # where bank statements are matched, which Community leaves to add-ons.
        cls.env["account.payment.method.line"].search([]).payment_account_id = False
        moves = type(cls.env["account.move"])
        cls.startClassPatcher(
            patch.object(moves, "_get_invoice_in_payment_state", lambda _: "in_payment")
        )

    # --- a round of all histories at once ------------------------------------------
    def play_round(self, steps):
        """Play one step of every history.

        :param steps: list of (debtor, company, step)
        """
        drafts = [
            self._values(debtor, company, step)
            for debtor, company, step in steps
            if step[0] in DRAFTED
        ]
        moves = self.env["account.move"].create(drafts)
        moves.action_post()
        for debtor, company, (name, *arguments) in steps:
            if name not in DRAFTED:
                getattr(self, f"_play_{name}")(debtor, company, *arguments)

    def _values(self, debtor, company, step):
        name, *arguments = step
        if name in ("invoice", "refund"):
            return self._invoice_values(debtor, company, f"out_{name}", *arguments)
        if name == "credit":
            amount, foreign = arguments
            return self._entry_values(debtor, company, -amount, 0, "bank", foreign)
        if name == "loan":
            return self._loan_values(debtor, company, *arguments)
        amount, days, counts, foreign = arguments
        amount = -amount if name == "set_off" else amount
        kind = "bank" if counts else "general"  # the latter is not followed up
        return self._entry_values(debtor, company, amount, days, kind, foreign)

    def _loan_values(self, debtor, company, amount, days):
        """A debt that is no customer's, or money for it; the first company's alone."""
        values = self._entry_values(debtor, company, amount, days, "bank", 0)
        if company.root_id == self.company:
            values["line_ids"][0][2]["account_id"] = self.loans.id
        return values

    def _invoice_values(self, debtor, company, kind, amount, days, count, foreign):
        day = fields.Date.today() - timedelta(days=days)
        contact = self.contacts.filtered(lambda one: one.parent_id == debtor)
        return {
            "move_type": kind,
            "journal_id": self.journals[company, "sale"].id,
            "partner_id": (contact if days % 2 else debtor).id,
            "company_id": company.id,
            "currency_id": self._currency(company, foreign).id,
            "date": day,
            "invoice_date": day,
            "invoice_payment_term_id": self.terms[count].id,
            "invoice_line_ids": [
                Command.create(
                    {"name": "x", "price_unit": amount, "tax_ids": [Command.clear()]}
                )
            ],
        }

    def _currency(self, company, foreign):
        return [company.currency_id, *self.foreign][foreign]

    def _entry_values(self, debtor, company, amount, days, kind, foreign, account=None):
        """A receivable line and its counterpart; negative amounts are credits."""
        journal = self.journals[company, kind]
        day = fields.Date.today() - timedelta(days=days)
        currency = self._currency(company, foreign)
        balance = currency._convert(amount, company.currency_id, company, day)
        receivable = debtor.with_company(company.root_id).property_account_receivable_id
        bank = self.journals[company, "bank"].default_account_id
        sides = ((receivable, 1), (account or bank, -1))
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": journal.id,
            "date": day,
            "line_ids": [
                Command.create(
                    {
                        "account_id": account.id,
                        "partner_id": debtor.id,
                        "currency_id": currency.id,
                        "amount_currency": sign * amount,
                        "balance": sign * balance,
                        "date_maturity": day if days % 3 and sign > 0 else False,
                    }
                )
                for account, sign in sides
            ],
        }

    # --- what there is to work on ---------------------------------------------------
    def _moves(self, debtor, company, *kinds):
        """The debtor's posted entries, the latest first."""
        return self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", debtor.id),
                ("company_id", "=", company.id),
                ("state", "=", "posted"),
                ("move_type", "in", kinds or ("out_invoice",)),
            ],
            order="id desc",
        )

    def _open_lines(self, debtor, company):
        return self.env["account.move.line"].search(
            [
                ("partner_id", "=", debtor.id),
                ("company_id", "=", company.id),
                ("account_id.non_trade", "=", False),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ],
            order="id desc",
        )

    # --- the steps -------------------------------------------------------------------
    def _play_pay(self, debtor, company, share, account=None):
        """A bank entry (or another account) matched with the latest open item."""
        line = self._open_lines(debtor, company).filtered(
            lambda one: one.amount_residual > 0 and one.amount_residual_currency > 0
        )[:1]
        if not line:
            return
        amount = line.currency_id.round(line.amount_residual_currency * share)
        if not amount:
            return
        currencies = [line.company_currency_id, *self.foreign]
        foreign = currencies.index(line.currency_id)
        move = self.env["account.move"].create(
            self._entry_values(debtor, company, -amount, 0, "bank", foreign, account)
        )
        move.action_post()
        paying = move.line_ids.filtered(lambda one: one.account_id == line.account_id)
        (line + paying).reconcile()

    def _play_write_off(self, debtor, company, share):
        expense = self.env["account.account"].search(
            [
                ("account_type", "=", "expense"),
                ("company_ids", "in", company.ids),
            ],
            limit=1,
        )
        self._play_pay(debtor, company, share, account=expense)

    def _play_match(self, debtor, company):
        """Everything that fits is matched."""
        lines = self._open_lines(debtor, company)
        for account in lines.account_id:
            lines.filtered(lambda one, a=account: one.account_id == a).reconcile()

    def _play_unmatch(self, debtor, company):
        moves = self._moves(debtor, company, "out_invoice", "out_refund", "entry")
        lines = moves.line_ids.filtered("matching_number")
        lines[:1].remove_move_reconcile()

    def _play_draft(self, debtor, company, again):
        move = self._moves(debtor, company, "out_invoice", "entry")[:1]
        move.button_draft()
        if again:
            move.action_post()

    def _play_reverse(self, debtor, company):
        move = self._moves(debtor, company)[:1]
        move._reverse_moves([{"invoice_date": fields.Date.today()}], cancel=True)

    def _play_credit_note(self, debtor, company, share):
        """A credit note for an invoice that nobody has matched with it."""
        move = self._moves(debtor, company)[:1]
        note = move._reverse_moves([{"invoice_date": fields.Date.today()}])
        if not note:
            return
        note.invoice_line_ids.price_unit *= share
        note.action_post()
        note.line_ids.remove_move_reconcile()

    def _play_prepaid(self, debtor, company, amount, foreign):
        """A payment that has no entry and names nothing."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": debtor.id,
                "amount": amount,
                "currency_id": self._currency(company, foreign).id,
                "journal_id": self.journals[company, "bank"].id,
            }
        )
        payment.action_post()

    def _play_declare_paid(self, debtor, company):
        payment = self._moves(debtor, company).matched_payment_ids.filtered(
            lambda one: one.state == "in_process" and not one.move_id
        )
        payment[:1].action_validate()

    def _play_no_followup(self, debtor, company):
        move = self._moves(debtor, company)[:1]
        move.no_followup = not move.no_followup

    def _play_block(self, debtor, company):
        move = self._moves(debtor, company)[:1]
        if move.payment_state in ("not_paid", "partial", "blocked"):
            move.action_toggle_block_payment()

    def _play_bank_says_paid(self, debtor, company, share):
        """A payment without an entry: the residual stays as it is."""
        move = self._moves(debtor, company)[:1]
        if move.payment_state not in ("not_paid", "partial", "in_payment"):
            return
        if not move.line_ids.filtered(
            lambda one: (
                one.account_type == "asset_receivable"
                and one.amount_residual > 0
                and one.amount_residual_currency > 0
            )
        ):
            return
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard = wizard.create({"group_payment": True})
        wizard.amount = wizard.currency_id.round(wizard.amount * share) or 0.01
        wizard.payment_difference_handling = "open"
        wizard._create_payments()

    def _play_exclude(self, debtor, company, until):
        today = company.root_id._debt_today()
        self._moves(debtor, company)[:1].write(
            {
                "debt_status": "excluded",
                "debt_excluded_until": until is not None
                and today + timedelta(days=until),
            }
        )

    def _play_flag(self, debtor, company):
        self._moves(debtor, company, "out_invoice", "entry")[:1].debt_status = "flagged"

    def _play_dispute(self, debtor, company, deadline, part):
        case = self.cases.search(
            [
                ("partner_id", "=", debtor.id),
                ("company_id", "=", company.root_id.id),
                ("closed_at", "=", False),
            ]
        )
        moves = self._moves(debtor, company)[:1]
        # What is paid already is nobody's to dispute.
        open_ = self.env["debt.ledger"]._case_rows(case) if case else ()
        if moves.id not in [one["move_id"] for one in open_ if one["left"] > 0]:
            return
        whole = self.env["debt.dispute"]._open_of(moves)
        self.env["debt.dispute"].create(
            {
                "case_id": case.id,
                "move_ids": [Command.set(moves.ids)],
                "amount": part and max(0.01, moves.currency_id.round(whole * part)),
                "reason": "Never delivered",
                "user_id": self.env.user.id,
                "deadline": company.root_id._debt_today() + timedelta(days=deadline),
            }
        )

    def _disputes(self, debtor, company):
        return self.env["debt.dispute"].search(
            [("partner_id", "=", debtor.id), ("company_id", "=", company.root_id.id)]
        )

    def _play_settle(self, debtor, company, is_valid):
        disputes = self._disputes(debtor, company)
        if is_valid:
            disputes.accept("Half of it was missing.")
        else:
            disputes.reject("Delivered as ordered.")

    def _play_correct(self, debtor, company, is_posted):
        """The accountant posts the credit notes of valid disputes, or drops them."""
        notes = self._disputes(debtor, company).credit_note_ids
        notes = notes.filtered(lambda note: note.state == "draft")
        if is_posted:
            notes.action_post()
        else:
            notes.button_cancel()

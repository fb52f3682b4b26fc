from odoo import Command, fields
from odoo.tests import tagged

from .refresh_common import RefreshCommon


@tagged("post_install", "-at_install")
class TestAllocation(RefreshCommon):
    """Which credit pays what (rule 1), each with the right value by bookkeeping."""

    def _owes(self, overdue, oldest=None, debtor=None, company=None):
        debtor, company = debtor or self.debtor, company or self.company
        totals = self.ledger._totals(debtor, company)
        self.assertEqual(totals["amount_overdue"], overdue)
        if oldest:
            self.assertEqual(totals["oldest_due_date"], oldest.invoice_date_due)
        case = self._open_case(debtor, company)
        self.assertEqual(case.amount_overdue, overdue)

    def _left(self, debtor=None):
        """What is left of the items, oldest first."""
        return [item["left"] for item in self._items(debtor)]

    def _items(self, debtor=None):
        return self.ledger.items((debtor or self.debtor).ids)

    def _line(self, move):
        return move.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )

    def _chf(self, *rates):
        return self.setup_other_currency("CHF", rates=rates)

    # --- every credit counts ------------------------------------------------------
    def test_credit_marked_no_followup_counts(self):
        invoice = self._invoice(400, 20)
        credit = self._entry(-500, 30, journal="misc")
        self.assertTrue(self._line(credit).no_followup)
        self._owes(0)
        paying, paid = self._items()
        self.assertEqual(paid["line_id"], self._line(invoice).id)
        self.assertEqual(paid["covered_by"], self._line(credit).ids)
        self.assertEqual((paid["left"], paid["reason"]), (0, "covered"))
        self.assertEqual((paying["left"], paying["part"]), (-100, "credit"))

    def test_items_that_nobody_collects_take_their_share(self):
        self._entry(500, 400, journal="misc")
        self._entry(-500, 300)
        invoice = self._invoice(500, 20)
        self._owes(500, invoice)

    def test_excluded_and_blocked_invoices_are_paid_like_others(self):
        for how in ("excluded", "blocked", "no_followup"):
            with self.subTest(how=how):
                debtor = self._new_debtor(f"Debtor {how}")
                old = self._invoice(1000, 100, partner=debtor)
                if how == "excluded":
                    old.debt_status = "excluded"
                elif how == "blocked":
                    old.action_toggle_block_payment()
                else:
                    old.no_followup = True
                self._entry(-1000, 5, partner=debtor)
                young = self._invoice(300, 10, partner=debtor)
                self._owes(300, young, debtor)

    def test_unflagged_invoice_takes_its_share(self):
        self.company.debt_auto_flag = False
        self._invoice(1000, 100)
        young = self._invoice(300, 10)
        young.debt_status = "flagged"
        self._entry(-1000)
        self._owes(300, young)

    # --- in which order -----------------------------------------------------------
    def test_oldest_is_paid_first(self):
        self._invoice(1000, 200)
        young = self._invoice(300, 5)
        self._entry(-1000, 190)
        self._owes(300, young)
        self.assertEqual(self._open_case().days_past_due, 5)
        self.assertEqual(self._left(), [0, 0, 300])

    def test_credit_note_pays_the_invoice_it_reverses(self):
        old, young = self._invoice(1000, 200), self._invoice(300, 5)
        note = young._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.action_post()
        note.line_ids.remove_move_reconcile()
        self._owes(1000, old)
        self.assertEqual(self._left(), [1000, 0, 0])

    def test_disputed_is_paid_after_what_is_not(self):
        disputed, young = self._invoice(1000, 200), self._invoice(300, 5)
        self._dispute(disputed)
        self._entry(-400)
        self.assertEqual(
            self.ledger._totals(self.debtor, self.company)["is_open"], True
        )
        self._owes(0)
        self.assertEqual(self._open_case().amount_disputed, 900)
        del young

    def test_what_is_not_due_is_paid_last(self):
        self._invoice(500, -30)
        late = self._invoice(200, 5)
        self._entry(-150)
        self._owes(50, late)
        self._entry(-250)
        self._owes(0)
        left = {item["part"]: item["left"] for item in self._items()}
        self.assertEqual(left["not_due"], 300)

    def _dispute(self, move):
        case = self._open_case()
        self.env["debt.dispute"].create(
            {
                "case_id": case.id,
                "move_ids": [Command.set(move.ids)],
                "reason": "Never delivered",
                "user_id": self.env.user.id,
                "deadline": fields.Date.add(fields.Date.today(), days=5),
            }
        )

    # --- currencies ---------------------------------------------------------------
    def test_own_currency_first_whatever_the_rates_were(self):
        """1,000 CHF invoiced, 1,000 CHF received: nothing is owed, nothing is over."""
        for rate in (5.0, 0.3125):
            with self.subTest(rate=rate):
                debtor = self._new_debtor(f"Rate {rate}")
                chf = self._chf(("2020-01-01", 4.0), ("2026-03-01", rate))
                self._invoice(1000, 20, partner=debtor, currency_id=chf.id)
                euros = self._invoice(70, 10, partner=debtor)
                self._foreign_payment(-1000, chf, debtor)
                self._owes(70, euros, debtor)
                self.assertEqual(self._left(debtor), [0, 70, 0])

    def test_the_rest_pays_other_currencies_by_its_own_value(self):
        chf = self._chf(("2020-01-01", 4.0), ("2026-03-01", 5.0))
        self._invoice(1000, 20, currency_id=chf.id)
        self._invoice(70, 10)
        self._foreign_payment(-1200, chf)
        # 200 CHF are over; received at 5 to a euro they are worth 40.
        self._owes(30)
        self._foreign_payment(-300, chf)
        self._owes(0)
        self.assertEqual(self._items()[-1]["left_currency"], -150)

    def test_part_of_a_foreign_item_is_worth_its_share(self):
        chf = self._chf(("2020-01-01", 4.0), ("2026-03-01", 5.0))
        self._invoice(1000, 20, currency_id=chf.id)
        self._foreign_payment(-400, chf)
        self._owes(150)
        item = self._items()[0]
        self.assertEqual((item["left"], item["left_currency"]), (150, 600))
        self.assertEqual(item["currency_id"], chf.id)

    def test_paid_at_another_rate_and_unmatched_again(self):
        chf = self._chf(("2020-01-01", 4.0), ("2026-03-01", 5.0))
        invoice = self._invoice(1000, 20, currency_id=chf.id)
        self._pay(invoice, 400, currency_id=chf.id)
        self._owes(150)
        self._pay(invoice, 600, currency_id=chf.id)
        self._owes(0)
        self._line(invoice).remove_move_reconcile()
        self._owes(0)

    def _foreign_payment(self, amount, currency, debtor=None):
        day = fields.Date.today()
        balance = currency._convert(amount, self.company.currency_id, self.company, day)
        receivable = self.company_data["default_account_receivable"]
        bank = self.company_data["default_journal_bank"]
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": bank.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": (debtor or self.debtor).id,
                            "currency_id": currency.id,
                            "amount_currency": sign * amount,
                            "balance": sign * balance,
                        }
                    )
                    for account, sign in (
                        (receivable, 1),
                        (bank.default_account_id, -1),
                    )
                ],
            }
        )
        move.action_post()
        return move

    # --- payments without an entry ------------------------------------------------
    def test_payment_without_entry_settles_its_own_amount(self):
        self._without_entries()
        invoice = self._invoice(1000, 10)
        self._pay(invoice, 100)
        self.assertEqual(invoice.payment_state, "in_payment")
        self._owes(900, invoice)
        self._pay(invoice, 900)
        self._owes(0)
        self.assertEqual(self._items()[0]["reason"], "in_payment")

    def test_money_on_its_way_is_not_counted_twice(self):
        self._without_entries()
        invoice = self._invoice(1000, 40)
        other = self._invoice(600, 20)
        self._pay(invoice)
        self._owes(600, other)
        self._entry(-1000)
        self._owes(600, other)

    def test_payment_without_entry_that_names_nothing_is_a_credit(self):
        self._without_entries()
        self._invoice(1000, 40)
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.debtor.id,
                "amount": 300,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        self._owes(1000)
        payment.action_post()
        self.assertFalse(payment.move_id)
        self._owes(700)
        payment.action_cancel()
        self._owes(1000)

    # --- whose debt ---------------------------------------------------------------
    def test_head_office_pays_for_the_branch(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.env.cr.precommit.run()  # its accounts are loaded then
        self.env.user.company_ids |= branch
        invoice = self._invoice(1000, 20, company_id=branch.id)
        self.assertEqual(invoice.company_id, branch)
        self._owes(1000, invoice)
        self.assertEqual(invoice.debt_case_id, self._open_case())
        self.assertFalse(self._open_case(company=branch))
        self._entry(-400)
        self._owes(600)
        self.assertEqual(
            {item["company_id"] for item in self._items()}, {self.company.id}
        )

    def test_accounts_that_are_no_trade(self):
        loans = self.company_data["default_account_receivable"].copy(
            {"non_trade": True, "code": "NT1"}
        )
        for amount in (1000, -2000):
            entry = self._entry(amount, 20)
            entry.button_draft()
            self._line(entry).account_id = loans
            entry.action_post()
        self._owes(0)
        self._invoice(300, 10)
        self._owes(300)

    def test_subsidiary_with_its_own_identity(self):
        self._invoice(100, 10)
        subsidiary = self._new_debtor("Subsidiary", parent_id=self.debtor.id)
        self.assertEqual(subsidiary.commercial_partner_id, subsidiary)
        theirs = self._invoice(999, 20, partner=subsidiary)
        self._owes(100)
        self.assertNotIn(theirs, self._open_case()._open_items().move_id)
        self.assertNotIn(theirs.name, self._open_case().payment_reference)

    # --- settings -----------------------------------------------------------------
    def test_a_cent_is_no_debt_as_shipped(self):
        defaults = self.env["res.company"].default_get(["debt_min_amount"])
        self.assertEqual(defaults["debt_min_amount"], 1)
        self.company.debt_min_amount = defaults["debt_min_amount"]
        self._invoice(0.01, 10)
        self.assertFalse(self._open_case())
        self._invoice(0.99, 10)
        self._owes(1)

    def test_items_left_out_for_odoos_mark_are_counted(self):
        self.assertEqual(self.ledger._count_no_followup(self.company), 0)
        self._entry(100, 30, journal="misc")
        self._entry(-30, 30, journal="misc")
        self.assertEqual(self.ledger._count_no_followup(self.company), 1)

    def test_the_day_is_over_where_the_company_is(self):
        place = self.company.partner_id
        place.write({"tz": False, "country_id": self.env.ref("base.us").id})
        place.state_id = False
        invoice = self._invoice(1000, 0)
        with self._at(hours=15, minutes=30):  # 00:30 UTC, 20:30 in New York
            self.assertEqual(self.company._debt_today(), invoice.invoice_date_due)
            self.cases.refresh()
            self.assertFalse(self._open_case())
        with self._at(hours=22):  # 07:00 UTC: in Hawaii it is still the day before
            self.assertEqual(self.company._debt_today(), invoice.invoice_date_due)
            place.state_id = self.env.ref("base.state_us_34")  # New York
            self.assertEqual(self.company._debt_zone(), "America/New_York")
            self.cases.refresh()
            self._owes(1000)
        place.tz = "Asia/Tokyo"
        self.assertEqual(self.company._debt_zone(), "Asia/Tokyo")

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .refresh_common import RefreshCommon


@tagged("post_install", "-at_install")
class TestFlag(RefreshCommon):
    """Accountants flag and exclude, and take both back."""

    def setUp(self):
        super().setUp()
        self.until = fields.Date.today() + timedelta(days=20)
        self.lines = self.env["account.move.line"]

    def _flag(self, records, left_out=None):
        """Flag as the accountant does; what the user answers if asked.

        :return: the wizard that tells what became of it, empty where there is nothing
        """
        action = records.with_user(self.accountant).action_debt_flag()
        wizard = self.env["debt.flag.wizard"].with_user(self.accountant)
        wizard = wizard.browse(action.get("res_id"))
        self.assertEqual(bool(left_out), wizard.state == "ask")
        if left_out:
            wizard.left_out = left_out
            action = wizard.action_flag()
        self.message = action.get("params", {}).get("message")
        return wizard.browse(action.get("res_id"))

    def _why(self, records):
        """Why flagging leads to no case, by item."""
        wizard = self._flag(records)
        return {result.line_id: result.why for result in wizard.result_ids}

    def _exclude(self, records, reason="Agreed"):
        records.with_user(self.accountant)._debt_exclude(self.until, reason)

    def _clear(self, records):
        records.with_user(self.accountant).action_debt_clear()

    def _receivable(self, *moves):
        return self.env["account.move"].union(*moves)._debt_lines()

    def _opening(self, amount=500, days=30, partner=None):
        """The item of an opening balance, which Odoo marks as not to be followed up."""
        entry = self._entry(amount, days, partner=partner, journal="misc")
        line = self._receivable(entry)
        self.assertTrue(line.no_followup)
        return line

    # --- invoices -----------------------------------------------------------------
    def test_many_invoices_keep_their_exclusions(self):
        """L16: eighty are flagged at once, two of which were excluded."""
        invoices = self.env["account.move"].union(
            *(self._invoice(10, 5) for _ in range(8))
        )
        kept = invoices[3] | invoices[6]
        self._exclude(kept)
        wizard = self._flag(invoices, "keep")
        self.assertEqual(set((invoices - kept).mapped("debt_status")), {"flagged"})
        self.assertEqual(set(kept.mapped("debt_status")), {"excluded"})
        self.assertEqual(set(kept.mapped("debt_excluded_until")), {self.until})
        self.assertEqual(set(kept.mapped("debt_reason")), {"Agreed"})
        self.assertIn("Left out as decided before: 2", wizard.summary)
        self.assertEqual(wizard.result_ids.line_id, self._receivable(kept))
        self.assertIn("Excluded until", wizard.result_ids[0].why)

    def test_flag_of_an_excluded_invoice_is_taken_back(self):
        invoice = self._invoice(10, 5)
        self._exclude(invoice)
        self._flag(invoice, "flag")
        self.assertEqual(invoice.debt_status, "flagged")
        self.assertFalse(invoice.debt_excluded_until)
        self.assertTrue(self._open_case())
        self._clear(invoice)
        self.assertEqual(invoice.debt_status, "excluded")
        self.assertEqual(invoice.debt_excluded_until, self.until)
        self.assertEqual(invoice.debt_reason, "Agreed")
        self.assertFalse(self._open_case())
        self._clear(invoice)
        self.assertEqual(invoice.debt_status, "none")
        self.assertFalse(invoice.debt_reason)

    def test_exclusion_that_has_ended_does_not_come_back(self):
        invoice = self._invoice(10, 5)
        self._exclude(invoice)
        self._flag(invoice, "flag")
        with self._at(days=21):
            self._clear(invoice)
            self.assertEqual(invoice.debt_status, "none")
            self.assertFalse(invoice.debt_excluded_until)

    def test_ended_exclusion_does_not_ask(self):
        invoice = self._invoice(10, 5)
        self._exclude(invoice)
        with self._at(days=21):
            self._flag(invoice)
            self.assertEqual(invoice.debt_status, "flagged")

    def test_invoice_marked_by_hand_is_left_out_on_purpose(self):
        invoice = self._invoice(10, 5)
        invoice.no_followup = True
        self._flag(invoice, "keep")
        self.assertTrue(invoice.no_followup)
        self._flag(invoice, "flag")
        self.assertFalse(invoice.no_followup)
        self.assertTrue(self._open_case())
        self._clear(invoice)
        self.assertTrue(invoice.no_followup)

    # --- what is told (L17) -------------------------------------------------------
    def test_all_in_collection(self):
        self.assertFalse(self._flag(self._invoice(10, 5)))
        self.assertEqual(self.message, "1 item is flagged for collection.")

    def test_covered(self):
        invoice = self._invoice(100, 5)
        credit = self._entry(-100)
        why = self._why(invoice)[self._receivable(invoice)]
        self.assertEqual(why, f"Covered by {credit.name}.")

    def test_not_due(self):
        invoice = self._invoice(100, -20)
        why = self._why(invoice)[self._receivable(invoice)]
        self.assertEqual(why, "It is not due until 03/30/2026.")

    def test_disputed(self):
        invoice = self._invoice(100, 5)
        case = self._case()
        self.env["debt.dispute"].create(
            {
                "case_id": case.id,
                "move_ids": [Command.set(invoice.ids)],
                "reason": "Never delivered",
                "user_id": self.env.user.id,
                "deadline": self.until,
            }
        )
        self.assertEqual(list(self._why(invoice).values()), ["It is disputed."])

    def test_paid_and_blocked(self):
        paid, blocked = self._invoice(100, 5), self._invoice(100, 5)
        self._pay(paid)
        blocked.action_toggle_block_payment()
        why = self._why(paid | blocked)
        self.assertEqual(why[self._receivable(paid)], "Nothing is open on it.")
        self.assertEqual(why[self._receivable(blocked)], "Its payment is blocked.")

    def test_each_is_told_and_those_in_collection_are_not(self):
        other = self._new_debtor("Debtor Two")
        invoices = [self._invoice(100, 5), self._invoice(50, -3, partner=other)]
        why = self._why(invoices[0] | invoices[1])
        self.assertEqual(list(why), list(self._receivable(invoices[1])))

    # --- items of general entries (L13) -------------------------------------------
    def test_opening_balance_is_collected_once_flagged(self):
        line = self._opening()
        self.assertFalse(self._open_case())
        self.assertFalse(self._flag(line))
        self.assertFalse(line.no_followup)
        self.assertEqual(line.debt_status, "flagged")
        self._assert_case(500)
        self._clear(line)
        self.assertTrue(line.no_followup)
        self.assertEqual(line.debt_status, "none")
        self.assertFalse(self._open_case())

    def test_one_debtor_of_an_entry_is_not_another(self):
        """An opening balance lists many debtors."""
        other = self._new_debtor("Debtor Two")
        receivable = self.company_data["default_account_receivable"]
        income = self.company_data["default_account_revenue"]
        entry = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": fields.Date.today() - timedelta(days=30),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": partner.id,
                            "balance": balance,
                        }
                    )
                    for account, partner, balance in (
                        (receivable, self.debtor, 500),
                        (receivable, other, 70),
                        (income, other, -570),
                    )
                ],
            }
        )
        entry.action_post()
        line = self._receivable(entry).filtered(
            lambda one: one.partner_id == self.debtor
        )
        self._flag(line)
        self._assert_case(500)
        self.assertFalse(self._open_case(other))

    def test_entry_excluded_until_a_day(self):
        line = self._opening()
        self._flag(line)
        self._exclude(line)
        self.assertFalse(self._open_case())
        self.assertEqual(line.debt_status, "excluded")
        self.assertEqual(line.debt_why, "Excluded until 03/30/2026: Agreed")
        with self._at(days=21):
            self.env.invalidate_all()
            self.cases._cron_refresh()
            self._assert_case(500)
        self._clear(line)
        self.assertEqual(line.debt_status, "flagged")

    def test_flagged_entry_ignores_grace_and_minimum(self):
        self.company.write({"debt_grace_days": 60, "debt_min_amount": 1000})
        line = self._opening()
        self._flag(line)
        self._assert_case(500)

    def test_flagging_by_hand_alone(self):
        self.company.debt_auto_flag = False
        self._flag(self._opening())
        self._assert_case(500)

    def test_entries_and_invoices_together(self):
        line, invoice = self._opening(), self._invoice(100, 5)
        self._flag(line | self._receivable(invoice))
        self.assertEqual(invoice.debt_status, "flagged")
        self._assert_case(600)

    def test_company_may_collect_entries_by_itself(self):
        self._opening()
        invoice = self._invoice(100, 5)
        invoice.no_followup = True
        self.company.debt_collect_entries = True
        self.cases.refresh()
        self._assert_case(500)

    def test_entry_remembers_who_decided(self):
        line = self._opening()
        self._flag(line)
        self._exclude(line, "Lawyer asks for time")
        note = line.move_id.message_ids[0].body
        self.assertIn("excluded from collection until 03/30/2026", note)
        self.assertIn("Lawyer asks for time", note)

    def test_credits_and_drafts_are_not_decided_about(self):
        credit = self._receivable(self._entry(-100))
        other = self._entry(100).line_ids - self._receivable(self._entry(100))
        for line in (credit, other.filtered(lambda one: one.balance < 0)):
            with self.assertRaises(UserError):
                line.with_user(self.accountant).action_debt_flag()
        with self.assertRaises(ValidationError):
            self._opening().with_user(self.accountant)._debt_exclude(self.until, " ")


@tagged("post_install", "-at_install")
class TestOpenReceivables(RefreshCommon):
    """The list of everything that is owed, for accountants."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 10)
        self.opening = self._entry(500, 30, journal="misc")
        self.credit = self._entry(-200)
        self.action = self.env.ref("debt_collection.account_move_line_action_open")
        self.plain = new_test_user(
            self.env,
            "debt_plain",
            groups="account.group_account_invoice",
            company_id=self.company.id,
        )

    def _listed(self, user, *extra):
        domain = self.env["ir.actions.actions"]._for_xml_id(self.action.xml_id)
        domain = [*eval(domain["domain"]), ("partner_id", "=", self.debtor.id), *extra]
        lines = self.env["account.move.line"].with_user(user).search(domain)
        return lines.sorted("id")

    def test_what_is_left_of_every_item(self):
        lines = self._listed(self.accountant)
        self.assertEqual(lines.move_id, self.invoice | self.opening | self.credit)
        found = {
            line.move_id: (line.debt_left, line.debt_part, line.debt_days_past_due)
            for line in lines
        }
        self.assertEqual(
            found,
            {
                # The opening balance is older, and takes the credit.
                self.invoice: (1000, "collected", 10),
                self.opening: (300, "withheld", 30),
                self.credit: (0, "credit", 0),
            },
        )
        opening = lines.filtered(lambda line: line.move_id == self.opening)
        self.assertEqual(opening.debt_why, "It is marked as not to be followed up.")

    def test_foreign_currency(self):
        currency = self.setup_other_currency("CHF", rates=[("2020-01-01", 4)])
        invoice = self._invoice(1000, 5, currency_id=currency.id)
        line = invoice._debt_lines().with_user(self.accountant)
        self.assertEqual((line.debt_left, line.debt_left_currency), (250, 1000))

    def test_filters(self):
        lines = self._listed(self.accountant)
        lines[:1].action_debt_flag()
        self.assertEqual(
            self._listed(self.accountant, ("debt_status", "=", "flagged")), lines[:1]
        )
        self.assertEqual(
            self._listed(self.accountant, ("debt_status", "=", "none")), lines[1:]
        )
        self.assertEqual(
            self._listed(self.accountant, ("no_followup", "=", True)).move_id,
            self.opening,
        )

    def test_roles(self):
        with self.assertRaises(AccessError):
            self._listed(self.operator)
        for user in (self.accountant, self.manager):
            lines = self._listed(user)
            self.assertTrue(lines[1].debt_why)
            lines[1].action_debt_flag()
            lines[1].action_debt_clear()
        lines = self._listed(self.plain)
        self.assertEqual(lines[0].debt_left, 1000)
        with self.assertRaises(AccessError):
            lines[0].action_debt_flag()
        decisions = self.env["debt.item.decision"]
        for user in (self.operator, self.accountant, self.manager, self.plain):
            for operation in ("create", "write", "unlink"):
                self.assertFalse(
                    decisions.with_user(user).has_access(operation), user.login
                )

    def test_wizards_of_others(self):
        self._listed(self.accountant)
        lines = self._listed(self.manager)
        lines[1].with_user(self.manager).action_debt_flag()
        wizard = self.env["debt.flag.wizard"].sudo().search([], limit=1)
        self.assertTrue(wizard)
        with self.assertRaises(AccessError):
            wizard.with_user(self.accountant).read(["line_ids"])

    def test_settings_say_how_many_are_left_out(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.debt_no_followup_count, 1)
        action = settings.action_debt_no_followup()
        self.assertEqual(action["context"]["search_default_no_followup"], 1)
        settings.debt_collect_entries = True
        settings.execute()
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.debt_no_followup_count, 0)

    def test_exclude_by_the_form(self):
        lines = self._listed(self.accountant)[:2]
        action = lines.action_debt_exclude()
        wizards = self.env["debt.exclude.wizard"].with_user(self.accountant)
        with Form(wizards.with_context(**action["context"])) as form:
            self.assertEqual(form.item_count, 2)
            form.reason = "Goods come back"
        form.record.action_exclude()
        self.assertEqual(set(lines.mapped("debt_status")), {"excluded"})
        self.assertEqual(set(lines.mapped("debt_reason")), {"Goods come back"})

    def test_items_on_the_case(self):
        case = self._case()
        html = case.with_user(self.operator).items_html
        self.assertIn("Left to Pay", html)
        self.assertIn(self.invoice.name, html)
        self.assertNotIn("href", html)
        html = case.with_user(self.accountant).items_html
        self.assertIn(f'href="/odoo/account.move/{self.invoice.id}"', html)
        self.assertEqual(
            self.env["debt.ledger"]._left_by_part(case),
            [("To Collect", 1000), ("Left Out", 300)],
        )

from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.debt_collection.models.fee import debt_ledger
from odoo.addons.debt_collection.wizards import debt_fee_charge

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestFee(DebtCommon):
    """What being late costs: worked out, charged once, taken back, never chased."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._rule(percent=7.3, sum_ids=[Command.create({"amount": 40})])
        cls.env.user.group_ids |= cls.env.ref("debt_collection.group_debt_accountant")

    @classmethod
    def _rule(cls, **values):
        return cls.env["debt.fee.rule"].create(
            {
                "name": "Late",
                "company_id": cls.company.id,
                "currency_id": cls.company.currency_id.id,
                "date_from": date(2020, 1, 1),
                **values,
            }
        )

    def _look(self, user=None, cases=None):
        look = self.env["debt.fee.charge"].with_user(user or self.accountant)
        if cases is not None:
            look = look.with_context(active_model="debt.case", active_ids=cases.ids)
        action = look.action_look()
        return look.browse(action["res_id"])

    def _charge(self, user=None, cases=None):
        action = self._look(user, cases).action_charge()
        return self.env["account.move"].browse(action["domain"][0][2])

    # --- worked out -------------------------------------------------------------------
    def test_a_hundred_days_of_a_thousand(self):
        """1000 x 7.3 % x 100 / 365 = 20, and the fixed sum."""
        invoice = self._invoice(1000, 100)
        look = self._look(cases=self._case())
        line = look.line_ids
        self.assertEqual(line.name, invoice.name)
        self.assertEqual((line.interest, line.fixed, line.amount), (20, 40, 60))
        self.assertIn("100", look.working)
        self.assertIn("60.00", look.summary)

    def test_payments_in_between(self):
        """Half is paid after fifty days: 10 + 5 of interest."""
        invoice = self._invoice(1000, 100)
        day = TUESDAY.date() - timedelta(days=50)
        self._pay(invoice, 500, payment_date=day)
        self.assertEqual(self._look().line_ids.interest, 15)

    def test_still_owed_after_the_principal_is_paid(self):
        invoice = self._invoice(1000, 100)
        self._pay(invoice, payment_date=TUESDAY.date() - timedelta(days=50))
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self._look().line_ids.amount, 50)

    def test_paid_in_time_costs_nothing(self):
        invoice = self._invoice(1000, 100)
        self._pay(invoice, payment_date=TUESDAY.date() - timedelta(days=100))
        self._invoice(1000, -5)
        self.assertFalse(self._look().line_ids)

    def test_what_was_credited_was_never_owed(self):
        invoice = self._invoice(1000, 100)
        note = invoice._reverse_moves([{"invoice_date": TUESDAY.date()}])
        note.invoice_line_ids.price_unit = 500
        note.action_post()
        lines = (invoice | note)._debt_lines()
        lines.reconcile()
        self.assertEqual(self._look().line_ids.interest, 10)

    def test_a_credit_that_nobody_has_matched_counts_from_its_day(self):
        self._invoice(1000, 100)
        day = TUESDAY.date() - timedelta(days=50)
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.debtor.id,
                "amount": 500,
                "date": day,
                "payment_type": "inbound",
                "partner_type": "customer",
            }
        )
        payment.action_post()
        if payment.move_id:
            self.assertEqual(self._look().line_ids.interest, 15)

    def test_what_is_disputed_or_excluded_waits(self):
        invoice = self._invoice(1000, 100)
        case = self._case()
        self.env["debt.dispute"].sudo()._raise(case, invoice, "Never came")
        self.assertFalse(self._look().line_ids)
        other = self._invoice(500, 50)
        other.write(
            {"debt_status": "excluded", "debt_excluded_until": date(2026, 5, 1)}
        )
        self.assertFalse(self._look().line_ids)

    def test_what_was_paid_while_it_was_excluded_costs_nothing(self):
        until = TUESDAY.date() + timedelta(days=5)
        for mark in (
            {"debt_status": "excluded", "debt_excluded_until": until},
            {"no_followup": True},
        ):
            invoice = self._invoice(1000, 100)
            invoice.write(mark)
            self._pay(invoice)
            self.assertFalse(self._look().line_ids, mark)
            with self._at(days=40):
                self.assertFalse(self._look().line_ids, mark)

    def test_what_nobody_flagged_costs_nothing_where_people_flag(self):
        self.company.debt_auto_flag = False
        one, other = self._invoice(1000, 100), self._invoice(500, 100)
        other._debt_decide("flagged")
        self._pay(one)
        self._pay(other)
        self.assertEqual(self._look().line_ids.mapped("name"), [other.name])

    def test_what_was_paid_while_it_was_disputed_waits(self):
        invoice = self._invoice(1000, 100)
        dispute = self.env["debt.dispute"].sudo()
        dispute = dispute._raise(self._case(), invoice, "Never came")
        self._pay(invoice)
        self.assertFalse(self._look().line_ids)

    def test_what_is_settled_for_less_costs_nothing(self):
        invoice = self._invoice(1000, 100)
        offer = self.env["debt.settlement"].create(
            {
                "case_id": self._case().id,
                "amount": 700,
                "until": TUESDAY.date() + timedelta(days=5),
            }
        )
        self.assertEqual(self._look().line_ids.amount, 60)
        offer.with_user(self.accountant).action_approve()
        self.assertFalse(self._look().line_ids)
        self._pay(invoice, 700)
        self.cases.refresh(self.debtor.ids)
        self.assertEqual(offer.state, "kept")
        offer.sudo().credit_note_ids.action_post()
        self.assertEqual(invoice.amount_residual, 0)
        with self._at(days=60):
            self.assertFalse(self._look().line_ids)

    def test_those_that_cost_nothing_keep_nobody_from_his_turn(self):
        """Two at a time, and one is enough: the first three are out of the question."""
        for days in (100, 90, 80):
            self._invoice(1000, days)._debt_lines().no_followup = True
        late = [self._invoice(1000, days) for days in (70, 60)]
        names = [invoice.name for invoice in late]
        with patch.object(debt_ledger, "PAGE", 2):
            self.assertEqual(self._look().line_ids.mapped("name"), names)
            with patch.object(debt_fee_charge, "MOST", 1):
                self.assertEqual(self._look().line_ids.mapped("name"), names[:1])
                self._charge()
                self.assertIn(names[1], self._look().line_ids.mapped("name"))

    def test_the_first_rule_that_fits_holds(self):
        self.rule.write({"debtor": "company", "sequence": 20})
        person = self._new_debtor("Person", is_company=False)
        self._invoice(1000, 100, person)
        self.assertFalse(self._look().line_ids)
        self._rule(debtor="person", percent=3.65, name="Persons")
        self.assertEqual(self._look().line_ids.amount, 10)
        self._invoice(1000, 100)
        belgian = self._rule(percent=73, sequence=1, name="Belgians")
        belgian.country_ids = self.env.ref("base.be")
        found = {line.rule: line.amount for line in self._look().line_ids}
        self.assertEqual(found, {"Persons": 10, "Belgians": 200})
        belgian.country_ids = self.env.ref("base.fr")
        found = {line.rule: line.amount for line in self._look().line_ids}
        self.assertEqual(found, {"Persons": 10, "Late": 60})

    def test_what_fell_due_before_the_rule_is_free(self):
        self._invoice(1000, 100)
        self.rule.date_from = TUESDAY.date() - timedelta(days=99)
        self.assertFalse(self._look().line_ids)

    def test_from_the_first_written_reminder(self):
        self.rule.write({"start": "notice", "sum_ids": [Command.clear()]})
        self._invoice(1000, 100)
        case = self._case()
        self.assertFalse(self._look().line_ids)
        # Written on record, and a demand letter that was printed: 50 and 60 days.
        for kind, days, amount in (("recorded", 50, 10), ("letter", 60, 12)):
            self.env["debt.message"].sudo().create(
                {
                    "case_id": case.id,
                    "channel": "letter",
                    "kind": kind,
                    "state": "sent",
                    "sent_at": TUESDAY - timedelta(days=days),
                }
            )
            self.assertEqual(self._look().line_ids.amount, amount)

    def test_the_reference_rate_of_the_half_year(self):
        """The Directive: 2.15 + 8 on each day of the first half of 2026."""
        rule = self.env.ref("debt_collection.fee_rule_eu")
        self.rule.active = False
        action = rule.with_user(self.manager).action_use()
        rule = self.env["debt.fee.rule"].browse(action["res_id"])
        self.assertEqual(rule.company_id, self.company)
        self.assertEqual(rule.sum_ids.amount, 40)
        rule.write({"date_from": date(2020, 1, 1)})
        rule.currency_id = self.company.currency_id
        self._invoice(10000, 60)
        line = self._look().line_ids
        # 9 January to 10 March: 10000 x 10.15 % x 60 / 365 = 166.849
        self.assertEqual((line.interest, line.fixed), (166.85, 40))

    def test_no_interest_beyond_the_day_until_which_rates_are_known(self):
        rates = self.env["debt.fee.reference"].create(
            {
                "name": "Ours",
                "known_until": date(2026, 2, 18),
                "source": "Made up",
                "rate_ids": [Command.create({"day": "2020-01-01", "percent": 7.3})],
            }
        )
        self.rule.write(
            {
                "reference_id": rates.id,
                "percent": 0,
                "sum_ids": [Command.clear()],
            }
        )
        self._invoice(1000, 70)
        look = self._look()
        # 31 December is due: 49 days are known.
        self.assertAlmostEqual(look.line_ids.amount, 1000 * 0.073 * 50 / 365, 1)
        self.assertIn("Ours", look.gaps)
        rates.known_until = date(2026, 12, 31)
        look = self._look()
        self.assertEqual(look.line_ids.amount, 14)
        self.assertFalse(look.gaps)

    # --- charged ----------------------------------------------------------------------
    def test_charged_once(self):
        invoice = self._invoice(1000, 100)
        case = self._case()
        first, second = self._look(), self._look()
        action = first.action_charge()
        move = self.env["account.move"].browse(action["domain"][0][2])
        self.assertEqual((move.state, move.amount_total), ("posted", 60))
        self.assertEqual(move.partner_id, self.debtor)
        self.assertFalse(move.invoice_line_ids.tax_ids)
        self.assertIn(invoice.name, move.invoice_line_ids[0].name)
        fee = move.debt_fee_ids
        self.assertEqual((fee.state, fee.case_id, fee.amount), ("charged", case, 60))
        with self.assertRaisesRegex(UserError, "meanwhile"):
            second.action_charge()
        self.assertFalse(self._look().line_ids.filtered("amount"))
        with self._at(days=5):
            self.assertEqual(self._look().line_ids.amount, 1)
            self.assertEqual(self._charge().amount_total, 1)
        self.assertEqual(sum(invoice._debt_lines().ids) and len(case.fee_ids), 2)

    def test_two_who_charge_at_once_do_not_both_come_through(self):
        self._invoice(1000, 100)
        fee = self._charge().debt_fee_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            fee.sudo().copy({"move_id": fee.move_id.id})
            self.env.flush_all()

    def test_one_invoice_for_each_debtor(self):
        other = self._new_debtor("Debtor Two")
        self._invoice(1000, 100)
        self._invoice(500, 50)
        self._invoice(100, 10, other)
        moves = self._charge()
        self.assertEqual(len(moves), 2)
        self.assertEqual(moves.partner_id, self.debtor | other)
        # 20 + 40, 5 + 40, 0.20 + 40
        self.assertEqual(sum(moves.mapped("amount_total")), 145.2)

    def test_only_what_is_chosen(self):
        self._invoice(1000, 100)
        self._invoice(500, 50)
        look = self._look()
        look.line_ids[0].chosen = False
        move = self.env["account.move"].browse(look.action_charge()["domain"][0][2])
        self.assertEqual(move.amount_total, 45)
        look.line_ids.chosen = False
        with self.assertRaisesRegex(UserError, "Choose"):
            look.action_charge()

    def test_an_amount_that_a_client_made_up_is_not_charged(self):
        self._invoice(1000, 100)
        look = self._look()
        look.sudo().line_ids.amount = 6000
        with self.assertRaisesRegex(UserError, "meanwhile"):
            look.action_charge()

    def test_a_payment_entered_late_makes_the_next_charge_smaller(self):
        invoice = self._invoice(1000, 100)
        self._charge()
        self._pay(invoice, payment_date=TUESDAY.date() - timedelta(days=50))
        line = self._look().line_ids
        self.assertEqual((line.amount, line.over), (0, 10))
        with self._at(days=30):
            self.assertFalse(self._look().line_ids.filtered("amount"))

    def test_what_came_in_time_after_all_was_charged_too_much(self):
        invoice = self._invoice(1000, 100)
        move = self._charge()
        self.assertEqual(self._look().line_ids.over, 0)
        self._pay(invoice, payment_date=TUESDAY.date() - timedelta(days=100))
        line = self._look().line_ids
        self.assertEqual((line.name, line.amount, line.over), (invoice.name, 0, 60))
        move._reverse_moves([{"invoice_date": TUESDAY.date()}], cancel=True)
        self.assertFalse(self._look().line_ids)

    def test_the_invoice_names_the_last_day_that_bore_interest(self):
        invoice = self._invoice(1000, 100)
        self._pay(invoice, payment_date=TUESDAY.date() - timedelta(days=50))
        move = self._charge()
        # Paid on 19 January; charged on 10 March.
        self.assertIn("until 01/19/2026", move.invoice_line_ids[0].name)
        self.assertEqual(move.debt_fee_ids.until, date(2026, 1, 19))

    def test_charged_again_after_one_of_them_was_deleted(self):
        self._invoice(1000, 100)
        self._charge()
        with self._at(days=5):
            self._charge()
        self.env["debt.fee"].sudo().search([], order="number", limit=1).unlink()
        # 61 has come together, and the 1 of the second counts.
        with self._at(days=10):
            self._charge()
        numbers = self.env["debt.fee"].search([]).mapped("number")
        self.assertEqual(sorted(numbers), [2, 3])

    def test_taken_back_by_a_credit_note(self):
        self._invoice(1000, 100)
        move = self._charge()
        fee = move.debt_fee_ids
        with self.assertRaises(UserError):
            fee.with_user(self.accountant).action_again()
        move._reverse_moves([{"invoice_date": TUESDAY.date()}], cancel=True)
        self.assertEqual(fee.state, "waived")
        self.assertFalse(self._look().line_ids.filtered("amount"))
        with self.assertRaises(UserError):
            fee.with_user(self.operator).action_again()
        fee.with_user(self.accountant).action_again()
        self.assertEqual(self._look().line_ids.amount, 60)

    def test_an_invoice_that_is_cancelled_was_never_charged(self):
        self._invoice(1000, 100)
        move = self._charge()
        move.button_draft()
        self.assertEqual(move.debt_fee_ids.state, "draft")
        self.assertFalse(self._look().line_ids.filtered("amount"))
        move.button_cancel()
        self.assertEqual(self._look().line_ids.amount, 60)

    def test_interest_bears_no_interest(self):
        self._invoice(1000, 100)
        move = self._charge()
        with self._at(days=200):
            names = self._look().line_ids.mapped("name")
            self.assertNotIn(move.name, names)

    def test_caps_and_minimum(self):
        self._invoice(1000, 100)
        self.rule.cap_percent = 5
        self.assertEqual(self._look().line_ids.amount, 50)
        self.rule.write({"cap_amount": 30, "minimum": 31})
        self.assertFalse(self._look().line_ids.filtered("amount"))
        self.rule.minimum = 30
        self.assertEqual(self._look().line_ids.amount, 30)

    def test_other_currencies_are_charged_in_their_own(self):
        """Twice as much of it for one of ours: 80 for the 40."""
        currency = self.setup_other_currency("CHF", rates=[("2020-01-01", 2.0)])
        invoice = self._invoice(1000, 100, currency_id=currency.id)
        rate = currency._get_conversion_rate(
            self.company.currency_id, currency, self.company, invoice.invoice_date_due
        )
        line = self._look().line_ids
        self.assertEqual(line.currency_id, currency)
        self.assertEqual(line.interest, 20)
        self.assertEqual(line.fixed, currency.round(40 * rate))
        self.assertEqual(self._charge().currency_id, currency)

    # --- never the reason to call -----------------------------------------------------
    def test_late_fees_alone_are_no_reason_to_call(self):
        invoice = self._invoice(1000, 100)
        case = self._case()
        move = self._charge()
        self._pay(invoice)
        with self._at(days=60):
            self.cases.refresh(self.debtor.ids)
            self.assertEqual(case.state, "closed")
            [row] = self.ledger._rows(self.company, self.debtor.ids)
            self.assertEqual((row["left"], row["reason"]), (60, "no_followup"))
            line = move._debt_lines()
            self.assertEqual(line.debt_why, "Late fees are no reason to call.")

    def test_unless_the_rule_says_so(self):
        self.rule.collect = True
        invoice = self._invoice(1000, 100)
        case = self._case()
        self._charge()
        self._pay(invoice)
        with self._at(days=20):
            self.cases.refresh(self.debtor.ids)
            self.assertEqual((case.state, case.amount_overdue), ("active", 60))

    def test_they_stand_in_statement_and_letter(self):
        self._invoice(1000, 100)
        case = self._case()
        move = self._charge()
        statement = self.env["report.debt_collection.statement"]
        [account] = statement._statement(self.debtor, self.company)["accounts"]
        self.assertEqual(account["total"], 1060)
        self.assertEqual([one["fee"] for one in account["items"]], [False, True])
        with self._at(days=20):
            level = self.env["debt.letter.level"].search([], limit=1)
            letters = self.env["report.debt_collection.letter"]
            [account] = letters._letter(self._case(), level)["accounts"]
            names = [one["name"] for one in account["items"]]
            self.assertIn(move.name, names)
            self.assertEqual(account["total"], 1060)
            self.assertIn("Late fees", letters._text(case, level)[1])

    def test_a_letter_demands_no_fee_that_is_not_due_excluded_or_disputed(self):
        self._invoice(1000, 100)
        case = self._case()
        move = self._charge()
        fees = self.env["debt.fee"]
        self.assertFalse(fees._demanded(case))
        with self._at(days=20):
            [row] = fees._demanded(case)
            self.assertEqual(row["move_id"], move.id)
            move._debt_decide("excluded", date(2026, 12, 31), "Goodwill")
            self.assertFalse(fees._demanded(case))
            move._debt_undecide()
            self.assertTrue(fees._demanded(case))
            self.env["debt.dispute"].sudo()._raise(case, move, "Too much")
            self.assertFalse(fees._demanded(case))

    def test_a_letter_demands_no_fee_that_may_be_barred(self):
        self._invoice(1000, 100)
        case = self._case()
        move = self._charge()
        rows = self.ledger._rows(self.company, self.debtor.ids)
        rows = [
            row | {"barred": barred, "part": "withheld"}
            for row in rows
            if row["move_id"] == move.id
            for barred in (True, False)
        ]
        with patch.object(type(self.ledger), "_case_rows", lambda _self, _case: rows):
            self.assertEqual(self.env["debt.fee"]._demanded(case), rows[1:])

    def test_a_copy_of_a_fee_invoice_is_one(self):
        """Duplicated, or credited and made anew by Odoo's own button."""
        self._invoice(1000, 100)
        move = self._charge()
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard = wizard.create({"journal_id": move.journal_id.id})
        anew = self.env["account.move"].browse(wizard.modify_moves()["res_id"])
        copies = anew | move.copy()
        copies.invoice_date = TUESDAY.date()
        copies.invoice_date_due = TUESDAY.date()
        copies.action_post()
        self.assertEqual(copies._debt_lines().mapped("no_followup"), [True, True])
        with self._at(days=30):
            names = self._look().line_ids.mapped("name")
            self.assertFalse(set(copies.mapped("name")) & set(names))
            rows = self.env["debt.fee"]._demanded(self._case())
            self.assertEqual({row["move_id"] for row in rows}, set(copies.ids))

    # --- who may ----------------------------------------------------------------------
    def test_an_operator_looks_and_does_not_charge(self):
        self._invoice(1000, 100)
        look = self._look(self.operator, self._case())
        self.assertEqual(look.line_ids.amount, 60)
        with self.assertRaises(UserError):
            look.action_charge()
        with self.assertRaises(UserError):
            self._look(self.operator)

    def test_an_operator_does_not_see_other_teams(self):
        self._invoice(1000, 100)
        case = self._case()
        self._charge()
        team = self.env["debt.team"].create({"name": "Theirs"})
        team.member_ids = [Command.create({"user_id": self.colleague.id})]
        case.write({"team_id": team.id, "user_id": False})
        fees = self.env["debt.fee"]
        self.assertFalse(fees.with_user(self.operator).search([]))
        self.assertTrue(fees.with_user(self.colleague).search([]))
        with self.assertRaises(AccessError):
            self._look(self.operator, case)

    def test_an_operator_does_not_see_what_is_owed_to_another_company(self):
        """Of the same debtor, whom another team collects there."""
        sister = self.setup_other_company(name="Sister")["company"]
        self._rule(company_id=sister.id, currency_id=sister.currency_id.id, percent=10)
        ours = self._invoice(1000, 100)
        case = self._case()
        theirs = self._invoice(500, 100, company_id=sister.id)
        self.assertEqual(theirs.company_id, sister)
        self.operator.company_ids |= sister
        look = self.env["debt.fee.charge"].with_user(self.operator)
        look = look.with_context(
            allowed_company_ids=(self.company | sister).ids,
            active_model="debt.case",
            active_ids=case.ids,
        )
        found = look.browse(look.action_look()["res_id"])
        self.assertEqual(found.line_ids.mapped("name"), [ours.name])

    def test_roles(self):
        self._invoice(1000, 100)
        self._case()
        fee = self._charge().debt_fee_ids
        for user in (self.operator, self.accountant, self.manager):
            own = fee.with_user(user)
            self.assertTrue(own.working)
            for change in (
                lambda own=own: own.write({"amount": 1}),
                lambda own=own: own.unlink(),
                lambda own=own: own.copy(),
            ):
                with self.assertRaises(AccessError):
                    change()
        with self.assertRaises(AccessError):
            self.rule.with_user(self.operator).percent = 1
        self.rule.with_user(self.accountant).percent = 1
        law = self.env.ref("debt_collection.fee_rule_eu")
        self.assertTrue(law.with_user(self.operator).name)
        for user in (self.accountant, self.manager):
            with self.assertRaises(AccessError):
                law.with_user(user).percent = 1
        rate = self.env.ref("debt_collection.fee_reference_ecb").rate_ids[0]
        with self.assertRaises(AccessError):
            rate.with_user(self.operator).percent = 1
        rate.with_user(self.accountant).percent = 1
        self.assertIn("changed", rate.reference_id.message_ids[0].body)

    def test_another_companys_rules_charge_nobody_here(self):
        self.rule.active = False
        sister = self.setup_other_company(name="Sister")["company"]
        self._rule(company_id=sister.id, percent=10)
        self._invoice(1000, 100)
        self.assertFalse(self._look().line_ids)
        stranger = new_test_user(
            self.env,
            "debt_stranger",
            groups="base.group_user,debt_collection.group_debt_manager",
            company_id=sister.id,
        )
        rules = self.env["debt.fee.rule"].with_user(stranger)
        self.assertNotIn(self.rule, rules.with_context(active_test=False).search([]))

    # --- the forms --------------------------------------------------------------------
    def test_a_rule_charges_something(self):
        with self.assertRaises(ValidationError):
            self._rule(percent=0)

    def test_a_manager_makes_a_rule(self):
        rules = self.env["debt.fee.rule"].with_user(self.manager)
        with Form(rules) as form:
            form.name = "Ours"
            form.percent = 12
            with form.sum_ids.new() as one:
                one.amount = 15
        self.assertEqual(form.record.company_id, self.company)
        self.assertEqual(form.record.sum_ids.currency_id, self.company.currency_id)

    def test_the_debtor_reads_it_in_his_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.debtor.lang = "de_DE"
        self._invoice(1000, 100)
        move = self._charge()
        self.assertIn("Verzugszinsen", move.invoice_line_ids[0].name)

    def test_what_is_shipped_says_where_it_was_read(self):
        rules = self.env["debt.fee.rule"].search([("company_id", "=", False)])
        self.assertGreaterEqual(len(rules), 5)
        for rule in rules:
            self.assertTrue(rule.source, rule.name)
            self.assertNotEqual(rule.standing, "primary")
        for reference in self.env["debt.fee.reference"].search([]):
            self.assertTrue(reference.rate_ids, reference.name)

    def test_nothing_of_all_that_without_a_rule(self):
        self.rule.active = False
        self._invoice(1000, 100)
        look = self._look()
        self.assertFalse(look.has_rules)
        self.assertFalse(look.line_ids)

    def test_a_long_time_over_a_leap_year(self):
        self.rule.write({"year": "actual", "sum_ids": [Command.clear()]})
        with freeze_time("2024-04-01 09:00:00"):
            self._invoice(10000, 93)
            # Due on 30 December: a day of 2023 and 92 of 2024.
            # 10000 x 7.3 % x (1 / 365 + 92 / 366) = 185.497
            self.assertEqual(self._look().line_ids.amount, 185.5)

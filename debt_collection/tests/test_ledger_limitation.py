from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestLimitation(DebtCommon):
    """What may be barred is demanded of nobody before somebody decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.debt_max_age_days = 0
        cls.periods = cls.env["debt.limitation"]
        shipped = cls.periods.search([])
        cls.texts = [(one.standing, one.source) for one in shipped]
        shipped.sudo().unlink()
        cls.german = cls._new_debtor("Schmidt", "+49 30 901820", "base.de")

    def _period(self, country="base.de", years=3, **values):
        return self.periods.create(
            {
                "country_id": self.env.ref(country).id,
                "years": years,
                "source": "A test",
                **values,
            }
        )

    def _reasons(self, debtor=None):
        rows = self.ledger.items((debtor or self.german).ids)
        return {row["due"]: row["reason"] for row in rows}

    def _due(self, day, debtor=None):
        late = (date(2026, 3, 10) - day).days
        return self._invoice(100, late, debtor or self.german)

    def test_from_the_due_date_to_the_day(self):
        self._period()
        self._due(date(2023, 3, 9))
        self._due(date(2023, 3, 10))
        self.assertEqual(
            self._reasons(),
            {date(2023, 3, 9): "may_be_barred", date(2023, 3, 10): False},
        )

    def test_from_the_end_of_the_year(self):
        self._period(from_year_end=True)
        self._due(date(2023, 1, 2))
        self._due(date(2022, 12, 31))
        self.assertEqual(
            self._reasons(),
            {date(2022, 12, 31): "may_be_barred", date(2023, 1, 2): False},
        )
        with freeze_time("2026-12-31 12:00:00"):
            self.assertFalse(self._reasons()[date(2023, 1, 2)])
        with freeze_time("2027-01-01 12:00:00"):
            self.assertEqual(self._reasons()[date(2023, 1, 2)], "may_be_barred")

    def test_the_law_of_either_country_and_of_the_kind_of_debtor(self):
        self._period("base.be", 2, debtor="person")
        person = self._new_debtor("Anna", "+49 30 901821", "base.de", is_company=False)
        self._due(date(2023, 6, 1))
        self._due(date(2023, 6, 1), person)
        self.assertEqual(self._reasons(), {date(2023, 6, 1): False})
        self.assertEqual(self._reasons(person), {date(2023, 6, 1): "may_be_barred"})

    def test_nobody_is_asked_for_it(self):
        self._period()
        old, new = self._due(date(2020, 1, 1)), self._due(date(2026, 1, 1))
        case = self._case(self.german)
        self.assertEqual(case.amount_overdue, 100)
        self.assertNotIn(old.name, case.payment_reference)
        self.assertIn(new.name, case.payment_reference)
        self.assertIn("May Be Barred", case.items_html)
        statement = self.env["report.debt_collection.statement"]
        [account] = statement._statement(self.german, self.company)["accounts"]
        self.assertEqual([one["name"] for one in account["items"]], [new.name])
        left_out = self.ledger._overview_left_out(self.company)
        self.assertIn(("may_be_barred", 1, 100.0), left_out)

    def _flag(self, moves, **values):
        wizards = self.env["debt.flag.wizard"].with_user(self.accountant)
        action = moves.with_user(self.accountant).action_debt_flag()
        wizard = wizards.browse(action["res_id"])
        self.assertEqual(wizard.barred_line_ids.move_id, moves)
        wizard.write(values)
        wizard.action_flag()

    def test_a_person_decides_and_says_why(self):
        self._period()
        old = self._due(date(2020, 1, 1))
        self._flag(old)
        self.assertEqual(self._reasons(), {date(2020, 1, 1): "may_be_barred"})
        with self.assertRaises(ValidationError):
            self._flag(old, collect_barred=True)
        self._flag(old, collect_barred=True, barred_reason="Acknowledged in May")
        self.assertEqual(self._reasons(), {date(2020, 1, 1): False})
        self.assertEqual(self._case(self.german).amount_overdue, 100)
        told = " ".join(old.message_ids.mapped("body"))
        self.assertIn("Acknowledged in May", told)
        self.assertIn(self.accountant.name, told)
        old.with_user(self.accountant).action_debt_clear()
        self.assertEqual(self._reasons(), {date(2020, 1, 1): "may_be_barred"})

    def test_a_flag_from_before_is_no_decision_about_it(self):
        self._period()
        old = self._due(date(2023, 4, 1))
        old.with_user(self.accountant).action_debt_flag()
        with freeze_time("2026-05-01 12:00:00"):
            self.assertEqual(self._reasons(), {date(2023, 4, 1): "may_be_barred"})

    def _grow_old(self, day="2026-03-13 12:00:00"):
        """The item of 12 March 2023 may be barred by then; the ledger is read again."""
        frozen = freeze_time(day)
        frozen.start()
        self.addCleanup(frozen.stop)
        self.cases.refresh(self.german.ids)

    def _case_about_to_be_barred(self):
        self._period()
        self.old = self._due(date(2023, 3, 12))
        return self._case(self.german)

    def test_a_case_in_court_does_not_close_by_the_passage_of_time(self):
        case = self._case_about_to_be_barred()
        case._set_state("legal")
        self._grow_old()
        self.assertEqual((case.state, case.amount_overdue), ("legal", 100))
        case._set_state("active")
        self.cases.refresh(self.german.ids)
        self.assertEqual(case.state, "closed")

    def test_a_case_closed_by_the_passage_of_time_says_so(self):
        """Nobody excluded anything."""
        case = self._case_about_to_be_barred()
        self._grow_old()
        self.assertEqual((case.state, case.close_reason), ("closed", "may_be_barred"))

    def test_a_case_of_which_something_else_is_left_out_is_excluded(self):
        case = self._case_about_to_be_barred()
        self._due(date(2026, 1, 1)).with_user(self.accountant)._debt_exclude(
            date(2026, 4, 1), "Merger"
        )
        self._grow_old()
        self.assertEqual((case.state, case.close_reason), ("closed", "excluded"))

    def test_an_item_that_was_promised_stays_until_the_promise_ends(self):
        case = self._case_about_to_be_barred()
        promise = self.env["debt.promise"].create(
            {
                "case_id": case.id,
                "amount": 100,
                "date": date(2026, 3, 16),
                "line_ids": self.old._debt_lines().ids,
            }
        )
        self._due(date(2023, 3, 1))
        self._grow_old()
        self.assertEqual(
            self._reasons(),
            {date(2023, 3, 1): "may_be_barred", date(2023, 3, 12): False},
        )
        promise.with_user(self.manager).action_cancel("He never promised")
        self.assertEqual(self._reasons()[date(2023, 3, 12)], "may_be_barred")

    def test_an_item_that_is_disputed_stays_until_the_dispute_ends(self):
        case = self._case_about_to_be_barred()
        dispute = self.env["debt.dispute"].create(
            {
                "case_id": case.id,
                "move_ids": self.old.ids,
                "reason": "Never came",
                "user_id": self.accountant.id,
                "deadline": date(2026, 3, 30),
            }
        )
        self._grow_old()
        self.assertEqual(self._reasons(), {date(2023, 3, 12): "disputed"})
        self.assertEqual(case.amount_disputed, 100)
        dispute.with_user(self.accountant).reject("It did")
        self.assertEqual(self._reasons(), {date(2023, 3, 12): "may_be_barred"})

    def test_a_decision_of_a_person_is_named_before_what_may_be_barred(self):
        self._period()
        old = self._due(date(2020, 1, 1))
        old.with_user(self.accountant)._debt_exclude(date(2026, 4, 1), "Merger")
        self.assertEqual(self._reasons(), {date(2020, 1, 1): "excluded"})
        statement = self.env["report.debt_collection.statement"]
        self.assertFalse(statement._statement(self.german, self.company)["accounts"])
        # Asked all the same: flagged, it would be barred no less.
        values = {"left_out": "flag", "collect_barred": True}
        self._flag(old, barred_reason="Acknowledged in May", **values)
        self.assertEqual(self._reasons(), {date(2020, 1, 1): False})

    def test_an_exclusion_that_is_taken_back_leaves_what_was_decided_before(self):
        self._period()
        old = self._due(date(2020, 1, 1))
        self._flag(old, collect_barred=True, barred_reason="Acknowledged in May")
        old.with_user(self.accountant)._debt_exclude(date(2026, 4, 1), "Merger")
        old.with_user(self.accountant).action_debt_clear()
        self.assertEqual(self._reasons(), {date(2020, 1, 1): False})
        old.with_user(self.accountant).action_debt_clear()
        self.assertEqual(self._reasons(), {date(2020, 1, 1): "may_be_barred"})

    def test_nobody_decides_it_without_a_reason(self):
        self._period()
        old = self._due(date(2020, 1, 1))
        theirs = old.with_user(self.accountant)
        theirs.write({"debt_collect_barred": True})
        theirs.write({"debt_former": {"debt_collect_barred": True}})
        theirs.with_context(default_debt_collect_barred=True).copy()
        moves = self.env["account.move"].sudo()
        self.assertFalse(moves.search([("debt_collect_barred", "=", True)]))
        self.assertFalse(old.debt_former)

    def test_the_ledger_follows_it_at_once(self):
        self._period()
        old, _new = self._due(date(2020, 1, 1)), self._due(date(2026, 1, 1))
        old.with_user(self.accountant)._debt_flag()
        case = self._case(self.german)
        self.assertEqual(case.amount_overdue, 100)
        old.sudo().debt_collect_barred = True
        self.assertEqual(case.amount_overdue, 200)

    def test_operators_do_not_decide(self):
        old = self._due(date(2020, 1, 1))
        with self.assertRaises(AccessError):
            old.with_user(self.operator)._debt_collect_barred("Because")

    def _as_administrator(self, **values):
        period = self._period(**values).with_user(self.manager)
        self.manager.group_ids |= self.env.ref("base.group_system")
        self.env.cr.precommit.run()
        return period

    def test_administrators_change_a_period_and_it_tells_who_did(self):
        """It holds for all companies; a manager of one decides about his items."""
        period = self._period().with_user(self.manager)
        for change in (lambda: period.write({"years": 30}), period.unlink):
            with self.assertRaises(AccessError):
                change()
        self.manager.group_ids |= self.env.ref("base.group_system")
        self.env.cr.precommit.run()
        tracked = {"tracking_disable": False, "mail_notrack": False}
        period.with_context(**tracked).years = 2
        self.env.flush_all()
        self.env.cr.precommit.run()
        told = period.message_ids[:1]
        self.assertEqual(told.author_id, self.manager.partner_id)
        values = told.sudo().tracking_value_ids
        self.assertEqual((values.old_value_integer, values.new_value_integer), (3, 2))

    def test_a_period_is_made_weaker_with_a_reason_that_stays(self):
        """Three years that become thirty are the debtors' loss."""
        period = self._as_administrator(years=3)
        for weaker in (
            {"years": 30},
            {"years": 4, "change_reason": "  "},
            {"from_year_end": True},
            {"debtor": "company"},
            {"country_id": self.env.ref("base.at").id},
            {"active": False},
        ):
            text = "Reason for Easing It"
            with self.assertRaisesRegex(UserError, text), self.env.cr.savepoint():
                period.write(weaker)
            self.env.invalidate_all()
        period.write({"years": 30, "change_reason": "A court decided"})
        period.write({"active": False, "change_reason": "Repealed"})
        self.assertEqual(
            [
                (one.years, one.in_force, one.eased_reason, one.create_uid)
                for one in period.version_ids
            ],
            [
                (30, False, "Repealed", self.manager),
                (30, True, "A court decided", self.manager),
            ],
        )
        for words in ("Repealed", self.manager.name):
            self.assertIn(words, period.with_user(self.operator).eased_text)
        for change in (
            lambda: period.version_ids.write({"eased_reason": "None"}),
            period.version_ids.unlink,
        ):
            with self.assertRaises(AccessError):
                change()

    def test_a_stricter_period_asks_nothing(self):
        period = self._as_administrator(years=3, from_year_end=True, debtor="person")
        period.write({"years": 2})
        period.write({"from_year_end": False})
        period.write({"debtor": "any", "note": "All of them"})
        self.assertFalse(period.version_ids)
        self.assertFalse(period.eased_text)

    def test_a_period_is_archived_rather_than_deleted(self):
        period = self._as_administrator()
        with self.assertRaisesRegex(UserError, "rather than delete"):
            period.unlink()
        period.write({"active": False, "change_reason": "Entered twice"})
        period.unlink()
        kept = self.env["debt.limitation.version"].search([], limit=1)
        self.assertEqual(kept.eased_reason, "Entered twice")

    def test_the_form_asks_why(self):
        period = self._as_administrator()
        form = Form(period)
        form.years = 30
        with self.assertRaises(UserError), self.env.cr.savepoint():
            form.save()
        self.env.invalidate_all()
        with Form(period) as form:
            form.years = 30
            form.change_reason = "A court decided"
        self.assertEqual(period.version_ids.years, 30)

    def test_a_source_says_where_and_when_it_was_read(self):
        with self.assertRaises(ValidationError):
            self._period(standing="secondary")

    def test_what_is_shipped_names_its_source(self):
        self.assertGreaterEqual(len(self.texts), 15)
        for standing, source in self.texts:
            self.assertEqual(standing == "none", "Not sourced" in source, source)

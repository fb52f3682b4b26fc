from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestSegment(DebtCommon):
    """M10: a condition with a name, for whom a ladder, script, team or report is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segments = cls.env["debt.segment"].with_user(cls.manager)
        cls.large = cls._new_debtor("Large", "+32 470 00 20 01")
        cls._invoice(9000, 20, cls.large)
        cls._invoice(100, 20)
        cls.cases.refresh()
        cls.big, cls.small = (
            cls.cases.search([("partner_id", "=", partner.id)])
            for partner in (cls.large, cls.debtor)
        )
        cls.segment = cls.segments.create(
            {"name": "Large", "domain": "[('amount_overdue', '>=', 5000)]"}
        )

    # --- the condition ---
    def test_it_is_a_condition_on_cases_with_fixed_values(self):
        for wrong in (
            "[('amount_overdue', '>=', ",
            "[('no_such_field', '=', 1)]",
            "[('amount_overdue', '>=', 'much')]",
            "[('create_date', '>', context_today())]",
            "uid",
            "[(" * 300,
        ):
            with (
                self.subTest(wrong),
                mute_logger("odoo.sql_db"),
                self.assertRaises(UserError),
            ):
                self.segment.domain = wrong
                self.segment.flush_recordset()

    def test_nobody_finds_out_by_it_what_he_may_not_read(self):
        with self.assertRaises(UserError), mute_logger("odoo.sql_db"):
            domain = "[('create_uid.password', '=like', 'a%')]"
            self.segments.create({"name": "x", "domain": domain})
        with self.assertRaises(AccessError):
            self.segments.with_user(self.operator).create({"name": "x"})

    def test_it_does_not_ask_what_other_companies_keep(self):
        """Superuser searches by it: it must not tell who owes somebody else."""
        for path in ("partner_id.invoice_ids.amount_total", "partner_id.debt_case_ids"):
            with self.subTest(path), self.assertRaises(ValidationError):
                self.segment.domain = f"[('{path}', '>', 1)]"
        with self.assertRaises(ValidationError):
            self.segment.domain = (
                "[('partner_id', 'any', [('invoice_ids.amount_total', '>', 1)])]"
            )
        self.segment.domain = "[('partner_id.country_id.code', '=', 'BE')]"
        self.assertIn(self.big, self.segment._members())

    def test_a_field_that_is_gone_stops_nobody(self):
        """The app that brought it was uninstalled: nobody is in, and calls go on."""
        self.env.cr.execute(
            SQL(
                "UPDATE debt_segment SET domain = %s WHERE id = %s",
                "[('gone', '=', 1)]",
                self.segment.id,
            )
        )
        self.env.invalidate_all()
        self.assertFalse(self.segment._members())
        self.big._plan()
        self.assertTrue(self.big.next_contact_at)

    def test_who_is_in_none_is_found(self):
        both = Domain("id", "in", (self.big + self.small).ids)
        found = self.cases.search(both & Domain("segment_ids", "=", False))
        self.assertEqual(found, self.small)
        found = self.cases.search(both & Domain("segment_ids", "!=", False))
        self.assertEqual(found, self.big)

    def test_a_segment_of_one_company_has_only_its_cases(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        self.segment.sudo().company_id = sister
        self.assertFalse(self.segment._members())
        found = self.segments.search([("id", "=", self.segment.id)])
        self.assertFalse(found, "nor does a manager of another company see it")

    # --- what finds cases by it ---
    def test_cases_calls_and_money_are_found_by_it(self):
        self.assertEqual(self.segment.case_count, 1)
        cases = self.cases.with_user(self.operator)
        found = cases.search([("segment_ids", "in", self.segment.ids)])
        self.assertEqual(found & (self.big + self.small), self.big)
        named = [
            ("segment_ids", "ilike", "lar"),
            ("id", "in", (self.big + self.small).ids),
        ]
        self.assertEqual(cases.search(named), self.big)
        self.assertEqual(self.big.segment_ids, self.segment)
        self.assertFalse(self.small.segment_ids)
        for case in (self.big, self.small):
            call = self._call(case)
            call.dial(phone=call.partner_id.debt_phone_ids)
            call.finish("no_answer")
        for name in ("debt.call.report", "debt.case.report"):
            report = self.env[name].with_user(self.manager)
            rows = report.search([("segment_ids", "in", self.segment.ids)])
            self.assertEqual(rows.case_id & (self.big + self.small), self.big, name)
            self.assertEqual(rows[:1].segment_ids, self.segment)
        self._pay(self.env["account.move"].search([("partner_id", "=", self.large.id)]))
        money = self.env["debt.collection.report"].with_user(self.manager)
        rows = money.search([("partner_id", "=", self.large.id)])
        self.assertTrue(rows)
        self.assertFalse(rows.segment_ids, "nothing is overdue any more")

    def test_another_companys_segment_finds_nothing(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        self.segment.sudo().company_id = sister
        cases = self.cases.with_user(self.operator)
        self.assertFalse(cases.search([("segment_ids", "in", self.segment.ids)]))

    def test_a_selection_becomes_a_segment(self):
        action = self.segments._action_from_cases(self.small.with_user(self.manager))
        made = self.segments.browse(action["res_id"])
        self.assertEqual(made._members(), self.small)
        self.assertEqual(
            made.action_cases()["domain"], [("segment_ids", "in", made.ids)]
        )
        with self.assertRaises(UserError):
            self.segments._action_from_cases(self.cases.with_user(self.manager))

    # --- for whom a ladder, a team, a script is ---
    def test_its_ladder_goes_before_the_stages(self):
        ladder = self.env["debt.ladder"].create({"name": "For the large"})
        own = self.env["debt.ladder"].create({"name": "Own"})
        by_hand = self._new_debtor("By Hand", "+32 470 00 20 02")
        self._invoice(7000, 20, by_hand)
        chosen = self._case(by_hand)
        chosen.sudo().ladder_id = own
        started = self.big.ladder_started_on
        self.segment.ladder_id = ladder
        (self.big + self.small + chosen)._plan()
        self.assertEqual(self.big.ladder_id, ladder)
        self.assertEqual(self.big.ladder_started_on, started)
        self.assertEqual(self.small.ladder_id, self.small.stage_id.ladder_id)
        self.assertEqual(chosen.ladder_id, own, "somebody chose it")
        self.assertEqual(self.segments._ladders(self.big)[self.big], ladder)
        fresh = self._new_debtor("Fresh", "+32 470 00 20 03")
        self._invoice(8000, 2, fresh)
        self.assertEqual(self._case(fresh).ladder_id, ladder)

    def test_who_leaves_the_segment_goes_back_to_the_stages_ladder(self):
        """He has paid most of it, and is called as everybody is."""
        ladder = self.env["debt.ladder"].create({"name": "For the large"})
        self.segment.ladder_id = ladder
        self.big._plan()
        self.assertEqual(self.big.ladder_id, ladder)
        invoice = self.env["account.move"].search([("partner_id", "=", self.large.id)])
        self._pay(invoice, 8000)
        self.cases.refresh()
        self.big._plan()
        self.assertEqual(self.big.ladder_id, self.big.stage_id.ladder_id)

    def test_a_ladder_that_was_taken_away_stays_away(self):
        """This debtor is called by none: planning does not think better of it."""
        self.small.sudo().ladder_id = False
        self.small._plan()
        self.assertFalse(self.small.ladder_id)

    def test_another_ladder_of_the_segment_is_everybodys_in_it(self):
        ladders = self.env["debt.ladder"].create([{"name": "One"}, {"name": "Two"}])
        self.segment.ladder_id = ladders[0]
        self.big._plan()
        self.segment.ladder_id = ladders[1]
        self.big._plan()
        self.assertEqual(self.big.ladder_id, ladders[1])
        self.segment.active = False
        self.big._plan()
        self.assertEqual(self.big.ladder_id, self.big.stage_id.ladder_id)

    def test_the_stages_new_ladder_is_not_for_who_follows_a_segment(self):
        ladders = self.env["debt.ladder"].create([{"name": "One"}, {"name": "Two"}])
        self.segment.ladder_id = ladders[0]
        (self.big + self.small)._plan()
        self.big.stage_id._change_ladder(ladders[1])
        self.assertEqual(self.big.ladder_id, ladders[0])
        self.assertEqual(self.small.ladder_id, ladders[1])

    def test_many_cases_ask_once_for_the_segments(self):
        """In the night thousands move to another stage."""
        self.segment.ladder_id = self.env["debt.ladder"].create({"name": "Large"})
        both = (self.big + self.small).sudo()
        self.segments._ladders(both)
        with self.assertQueryCount(1):
            self.segments._ladders(both)

    def test_the_first_of_several_segments_counts(self):
        ladders = self.env["debt.ladder"].create([{"name": "One"}, {"name": "Two"}])
        self.segment.write({"ladder_id": ladders[1].id, "sequence": 20})
        self.segments.create(
            {
                "name": "Everybody",
                "sequence": 5,
                "domain": "[]",
                "ladder_id": ladders[0].id,
            }
        )
        (self.big + self.small)._plan()
        self.assertEqual((self.big + self.small).ladder_id, ladders[0])

    def test_a_ladder_of_one_company_is_for_its_segments(self):
        ladder = self.env["debt.ladder"].create(
            {"name": "Ours", "company_id": self.company.id}
        )
        with self.assertRaises(ValidationError):
            self.segment.ladder_id = ladder
        self.segment.write({"company_id": self.company.id, "ladder_id": ladder.id})

    def test_a_team_takes_the_cases_of_its_segment(self):
        (self.big + self.small).sudo().write({"user_id": False, "team_id": False})
        team = self.env["debt.team"].create(
            {
                "name": "Large",
                "segment_id": self.segment.id,
                "member_ids": [Command.create({"user_id": self.operator.id})],
            }
        )
        self.assertEqual(self.big.team_id, team)
        self.assertEqual(self.big.user_id, self.operator)
        self.assertFalse(self.small.team_id)
        team.segment_id = False
        self.assertEqual(self.small.team_id, team)

    def test_a_script_for_the_segment_is_the_more_specific_one(self):
        scripts = self.env["debt.script"]
        general = scripts._for_case(self.small)
        special = general.copy({"segment_id": self.segment.id})
        special.sudo().write({"state": "in_use"})
        self.assertEqual(scripts._for_case(self.small), general)
        self.assertEqual(scripts._for_case(self.big), special)

    def test_the_form_counts_while_the_condition_is_written(self):
        with Form(self.segment) as form:
            form.domain = "[('amount_overdue', '<', 0)]"
            self.assertEqual(form.case_count, 0)
            form.domain = f"[('partner_id', 'in', {(self.large + self.debtor).ids})]"
            self.assertEqual(form.case_count, 2)

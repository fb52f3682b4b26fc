from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools.experiment import CHALLENGER, CHAMPION, arm, needed
from ..tools.queue_score import Sight
from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestExperiment(DebtCommon):
    """Champion and challenger: drawn by lot, recorded, and told when it is decided."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.experiments = cls.env["debt.experiment"].with_user(cls.manager)
        cls.debtors = cls.env["res.partner"]
        for number in range(12):
            debtor = cls._new_debtor(f"E{number}", f"+32 470 00 60 {number:02}")
            cls.debtors += debtor
            cls._invoice(100 + number, 20, debtor)
        cls.cases.refresh()
        cls.all = cls.cases.search([("partner_id", "in", cls.debtors.ids)])
        cls.champion = cls.all.stage_id.ladder_id
        cls.challenger = cls.champion.copy({"name": "Milder"})

    def _experiment(self, **values):
        return self.experiments.create(
            {
                "name": "Milder",
                "kind": "ladder",
                "ladder_id": self.champion.id,
                "other_ladder_id": self.challenger.id,
                **values,
            }
        )

    def _begin(self):
        """They have just come into the stage."""
        self.all.sudo()._on_stage_changed()
        self.all._plan()

    def _arm_of(self, experiment, case):
        return arm(experiment.id, case.partner_id.id)

    # --- ladders ---
    def test_who_is_drawn_begins_the_other_ladder_and_it_is_recorded(self):
        experiment = self._experiment()
        experiment.action_start()
        self._begin()
        for case in self.all:
            drawn = self._arm_of(experiment, case)
            expected = self.challenger if drawn == CHALLENGER else self.champion
            self.assertEqual(case.ladder_id, expected)
        rows = experiment.debtor_ids
        self.assertEqual(rows.partner_id, self.debtors)
        self.assertEqual(set(rows.mapped("arm")), {CHAMPION, CHALLENGER})
        row = rows.filtered(lambda row: row.partner_id == self.debtors[3])
        self.assertEqual((row.amount_overdue, row.days_late), (103, 20))
        before = {case: case.ladder_id for case in self.all}
        with self._at(days=5):
            self.all._plan()
        self.assertEqual({case: case.ladder_id for case in self.all}, before)
        self.assertEqual(len(experiment.debtor_ids), 12)

    def test_nobody_changes_ladders_halfway(self):
        with self._at(days=3):
            experiment = self._experiment()
            experiment.action_start()
            self.all._plan()
            self.assertFalse(experiment.debtor_ids)
            self.assertEqual(self.all.ladder_id, self.champion)

    def test_only_its_segment_takes_part(self):
        segment = self.env["debt.segment"].create(
            {"name": "Larger", "domain": "[('amount_overdue', '>=', 106)]"}
        )
        experiment = self._experiment(segment_id=segment.id)
        experiment.action_start()
        self._begin()
        self.assertEqual(experiment.debtor_ids.partner_id, self.debtors[6:])

    def test_when_it_is_stopped_everybody_is_back_on_the_champion(self):
        experiment = self._experiment()
        experiment.action_start()
        self._begin()
        self.assertIn(self.challenger, self.all.ladder_id)
        experiment.action_stop()
        self.all._plan()
        self.assertEqual(self.all.ladder_id, self.champion)
        self.assertEqual(len(experiment.debtor_ids), 12, "what was drawn stays")

    def test_who_is_merely_asked_about_is_not_drawn(self):
        experiment = self._experiment()
        experiment.action_start()
        self.all.sudo().ladder_id = self.env.ref("debt_collection.ladder_mild")
        self.all[0].sudo()._set_state("on_hold")
        self.assertFalse(self.all.filtered(lambda case: case._on_default_ladder()))
        self.assertFalse(experiment.debtor_ids)

    def test_days_after_the_stop_are_nobodys(self):
        experiment = self._experiment()
        experiment.action_start()
        self._draw_many(experiment, (60, 30), (60, 30))
        with self._at(days=10):
            experiment.action_stop()
        with self._at(days=40):
            self.assertEqual(experiment.champion_count, 0)
            self.assertEqual(experiment.waiting_count, 0)

    def test_the_arm_is_the_one_that_was_drawn(self):
        """Contacts were merged: who remains would have drawn another lot."""
        experiment = self._experiment()
        experiment.action_start()
        self._begin()
        for row in experiment.sudo().debtor_ids:
            row.arm = CHAMPION if row.arm == CHALLENGER else CHALLENGER
        self.all._plan()
        for row in experiment.debtor_ids:
            expected = self.challenger if row.arm == CHALLENGER else self.champion
            self.assertEqual(row.case_id.ladder_id, expected)

    def test_who_takes_part_stays_in_his_arm_when_the_segment_changes(self):
        segment = self.env["debt.segment"].create(
            {"name": "Larger", "domain": "[('amount_overdue', '>=', 106)]"}
        )
        experiment = self._experiment(segment_id=segment.id)
        experiment.action_start()
        self._begin()
        before = {case: case.ladder_id for case in self.all[6:]}
        self.assertIn(self.challenger, before.values())
        segment.domain = "[('amount_overdue', '<', 103)]"
        self.all._plan()
        self.assertEqual({case: case.ladder_id for case in self.all[6:]}, before)
        joined = self.debtors[:3] + self.debtors[6:]
        self.assertEqual(experiment.debtor_ids.partner_id, joined, "and others join")

    def test_a_debtor_in_two_experiments_draws_twice(self):
        """Neither lot says anything of the other: its effect is in both arms."""
        scripts = self.env["debt.script"]
        one = scripts._for_case(self.all[0])
        other = one.copy({"name": "Shorter", "sequence": 99})
        other.sudo().state = "in_use"
        ladders = self._experiment()
        calls = self._experiment(
            kind="script", script_id=one.id, other_script_id=other.id
        )
        (ladders + calls).action_start()
        self._begin()
        for case in self.all:
            scripts._for_case(case)
        arms = [
            {row.case_id: row.arm for row in experiment.debtor_ids}
            for experiment in (ladders, calls)
        ]
        self.assertEqual(*(set(some) for some in arms))
        both = {(arms[0][case], arms[1][case]) for case in self.all}
        self.assertGreaterEqual(len(both), 3)

    # --- scripts ---
    def test_who_is_drawn_hears_the_other_script(self):
        scripts = self.env["debt.script"]
        one = scripts._for_case(self.all[0])
        other = one.copy({"name": "Shorter", "sequence": 99})
        other.sudo().state = "in_use"
        experiment = self._experiment(
            kind="script", script_id=one.id, other_script_id=other.id
        )
        experiment.action_start()
        for case in self.all:
            drawn = self._arm_of(experiment, case)
            expected = other if drawn == CHALLENGER else one
            self.assertEqual(scripts._for_case(case), expected)
            self.assertEqual(scripts._for_case(case), expected)
        self.assertEqual(experiment.debtor_ids.case_id, self.all)
        other.sudo().state = "replaced"
        for case in self.all:
            self.assertEqual(scripts._for_case(case), one, "no text out of use is read")

    def test_a_debtor_who_calls_us_draws_nothing(self):
        script = self.env["debt.script"]._for_case(self.all[0])
        other = script.copy({"name": "Shorter", "sequence": 99})
        other.sudo().state = "in_use"
        experiment = self._experiment(
            kind="script", script_id=script.id, other_script_id=other.id
        )
        experiment.action_start()
        call = self._call(self.all[0])
        experiment.sudo().debtor_ids.unlink()
        call.sudo().direction = "inbound"
        self.env["debt.call.wizard"].with_user(self.operator)._choose_script(call)
        self.assertFalse(experiment.debtor_ids)

    def test_scripts_are_compared_on_the_same_calls(self):
        one = self.env["debt.script"]._for_case(self.all[0])
        other = one.copy({"name": "Shorter", "sequence": 99, "applies_to": "person"})
        values = {"kind": "script", "script_id": one.id, "other_script_id": other.id}
        with self.assertRaisesRegex(UserError, "in use"):
            self._experiment(**values).action_start()
        other.sudo().write({"state": "in_use", "applies_to": "company"})
        one.sudo().applies_to = "person"
        with self.assertRaisesRegex(UserError, "same calls"):
            self._experiment(**values).action_start()

    # --- the order of the queue ---
    def test_those_drawn_share_out_their_own_places_by_amount_and_age(self):
        self.company.debt_queue_order = "gain"
        experiment = self._experiment(kind="order")
        experiment.action_start()
        orders = self.env["debt.queue.order"]
        sights = {
            case: (Sight(100 - 5 * number, 10 + 3 * number), 10, ())
            for number, case in enumerate(self.all.sudo())
        }
        rates = orders._rates(self.company, sights)
        with patch.object(type(self.experiments), "_running_ids", lambda *_: ()):
            before = orders._rates(self.company, sights)
        drawn = experiment.debtor_ids.filtered(lambda row: row.arm == CHALLENGER)
        self.assertTrue(drawn)
        others = [case for case in sights if case.partner_id in drawn.partner_id]
        self.assertEqual(
            sorted(rates[case] for case in others),
            sorted(before[case] for case in others),
        )
        by_age = sorted(
            others, key=lambda c: sights[c][0].amount * sights[c][0].days_late
        )
        self.assertEqual(sorted(others, key=rates.get), by_age)
        for case in set(sights) - set(others):
            self.assertEqual(rates[case], before[case])

    # --- what came of it ---
    def _draw_many(self, experiment, champion, challenger):
        """So many debtors of each arm, and how many of them paid."""
        day = fields.Date.today()
        rows, cases = [], self.all.ids
        self.env.cr.execute(
            SQL(
                """
                WITH made AS (
                    INSERT INTO res_partner (name, active, type, autopost_bills)
                    SELECT 'Drawn ' || n, TRUE, 'contact', 'ask'
                      FROM generate_series(1, %s) n RETURNING id)
                SELECT id FROM made
                """,
                champion[0] + challenger[0],
            )
        )
        partners = iter(row[0] for row in self.env.cr.fetchall())
        for name, (count, paid) in ((CHAMPION, champion), (CHALLENGER, challenger)):
            # One case that paid and one that did not stand for all of them.
            for number in range(count):
                case = cases[0] if number < paid else cases[1]
                rows.append(
                    SQL(
                        "(%s, %s, %s, %s, %s, %s::date)",
                        experiment.id,
                        self.company.id,
                        next(partners),
                        case,
                        name,
                        day,
                    )
                )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO debt_experiment_debtor
                       (experiment_id, company_id, partner_id, case_id, arm, drawn_on)
                VALUES %s
                """,
                SQL(", ").join(rows),
            )
        )
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.all[0].partner_id.id)]
        )
        self._pay(invoice, 40)
        self.env.invalidate_all()

    def test_it_is_told_when_it_is_decided_and_stays_on_record(self):
        experiment = self._experiment()
        experiment.action_start()
        self.assertIn("nothing can be said", experiment.verdict)
        self._draw_many(experiment, (200, 30), (200, 90))
        with self._at(days=31):
            self.assertEqual(experiment.champion_count, 200)
            self.assertAlmostEqual(experiment.champion_mean, 0.15)
            self.assertAlmostEqual(experiment.difference, 0.30)
            self.assertGreater(experiment.difference_low, 0.1)
            self.assertIn("Decided: the challenger is better.", experiment.verdict)
            self.experiments._cron_judge()
        self.assertEqual(experiment.result, "challenger")
        self.assertEqual(experiment.activity_ids.user_id, self.manager)
        self.assertIn("45.0 %", experiment.decision)
        with self.assertRaises(AccessError):
            experiment.result = "champion"
        self.assertFalse(experiment.copy().decision)

    def test_a_lucky_day_decides_nothing(self):
        experiment = self._experiment()
        experiment.action_start()
        self._draw_many(experiment, (100, 20), (100, 33))
        with self._at(days=31):
            self.assertIn("Not decided yet.", experiment.verdict)
            self.experiments._cron_judge()
        self.assertFalse(experiment.result)

    def test_what_was_not_decided_when_it_ended_is_told_so(self):
        experiment = self._experiment()
        experiment.action_start()
        self._draw_many(experiment, (100, 20), (100, 33))
        with self._at(days=31):
            experiment.action_stop()
            self.assertIn("Not decided when it was stopped.", experiment.verdict)

    def test_a_promise_that_another_replaced_was_made_in_time(self):
        """What became of it later changes nothing; one noted by mistake was none."""
        experiment = self._experiment(measure="promised")
        experiment.action_start()
        self._begin()
        arms = {row.case_id: row.arm for row in experiment.debtor_ids}
        champions = [case for case in self.all if arms[case] == CHAMPION]
        self.assertGreaterEqual(len(champions), 3)
        replaced, mistaken, settled = (
            self.env["debt.promise"].create(
                {"case_id": case.id, "amount": 10, "date": fields.Date.today()}
            )
            for case in champions[:3]
        )
        with self._at(days=40):
            later = replaced.create(
                {
                    "case_id": champions[0].id,
                    "amount": 10,
                    "date": fields.Date.today(),
                    "made_on": fields.Date.today(),
                }
            )
            replaced.sudo()._end("Agreed anew", later)
            mistaken.sudo()._end("Another debtor")
            settled.sudo().state = "cancelled"
            self.env.invalidate_all()
            self.assertAlmostEqual(experiment.champion_mean, 2 / len(champions))

    def test_the_need_is_told_for_both_arms_and_by_the_share(self):
        half = self._experiment(expected=0.3, least=0.1)
        fifth = self._experiment(expected=0.3, least=0.1, share=0.2)
        self.assertEqual(half.needed, needed(0.3, 0.1))
        self.assertGreater(fifth.needed, 1.4 * half.needed)

    def test_it_is_told_when_what_is_tried_was_changed(self):
        experiment = self._experiment()
        experiment.action_start()
        self._changed("debt_ladder", "debt_ladder_step", days=0)
        self._changed("sms_template", "mail_template", days=0)
        self.assertFalse(experiment.caveat)
        self._changed("debt_ladder_step", days=5, ids=self.challenger.step_ids[:1].ids)
        self.assertIn("“Milder” was changed on", experiment.caveat)
        with self._at(days=3):
            experiment.action_stop()
        self.env.invalidate_all()
        self.assertFalse(experiment.caveat, "what happens later is nobody's")

    def _changed(self, *tables, days, ids=()):
        """The database's clock writes these days, and it goes on."""
        self.env.flush_all()
        for table in tables:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET write_date = %s WHERE id = ANY(%s) OR %s",
                    SQL.identifier(table),
                    TUESDAY + timedelta(days=days),
                    list(ids),
                    not ids,
                )
            )
        self.env.invalidate_all()

    def test_it_is_told_when_nobody_is_drawn_any_more(self):
        experiment = self._experiment()
        experiment.action_start()
        self.challenger.active = False
        self.env.invalidate_all()
        self.assertIn("“Milder” is no longer in use", experiment.caveat)
        self._begin()
        self.assertEqual(self.all.ladder_id, self.champion)
        self.assertFalse(experiment.debtor_ids)

    def test_money_is_compared_on_average(self):
        experiment = self._experiment(measure="collected", least_amount=5)
        experiment.action_start()
        self._draw_many(experiment, (100, 10), (100, 60))
        with self._at(days=31):
            self.assertAlmostEqual(experiment.champion_mean, 4)
            self.assertAlmostEqual(experiment.challenger_mean, 24)
            self.assertGreater(experiment.needed, 50)
            self.assertIn("24", experiment.verdict)

    def test_whose_days_are_not_over_does_not_count(self):
        experiment = self._experiment()
        experiment.action_start()
        self._draw_many(experiment, (60, 30), (60, 30))
        with self._at(days=30):
            self.assertEqual(experiment.champion_count, 0)
            self.assertEqual(experiment.waiting_count, 120)

    # --- what may not be done ---
    def test_it_is_not_changed_once_it_runs(self):
        experiment = self._experiment()
        experiment.action_start()
        for values in ({"share": 0.9}, {"measure": "promised"}, {"state": "draft"}):
            with self.subTest(values), self.assertRaises(AccessError):
                experiment.write(values)
        with self.assertRaises(AccessError):
            experiment.unlink()
        self._experiment().unlink()

    def test_what_runs_is_not_archived(self):
        experiment = self._experiment()
        experiment.action_start()
        with self.assertRaises(ValidationError):
            experiment.active = False
        experiment.action_stop()
        experiment.active = False

    def test_a_ladder_is_in_one_experiment_at_a_time(self):
        self._experiment().action_start()
        second = self._experiment(
            ladder_id=self.challenger.id, other_ladder_id=self.champion.id
        )
        with self.assertRaises(UserError):
            second.action_start()

    def test_it_needs_two_different_things(self):
        for values in (
            {"other_ladder_id": self.champion.id},
            {"other_ladder_id": False},
            {"kind": "order"},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                self.company.debt_queue_order = "due"
                self._experiment(**values).action_start()
        for values in ({"share": 0}, {"least": 0}, {"days": 0}, {"least_amount": 0}):
            with self.subTest(values), self.assertRaises(UserError):
                self._experiment(**values)

    def test_it_is_the_managers(self):
        experiment = self._experiment()
        for user in (self.operator, self.accountant):
            with self.subTest(user.login), self.assertRaises(AccessError):
                experiment.with_user(user).read(["name"])
        sister = self.env["res.company"].create({"name": "Sister"})
        other = self.experiments.sudo().create(
            {"name": "Theirs", "kind": "order", "company_id": sister.id}
        )
        found = self.experiments.search([("id", "=", other.id)])
        self.assertFalse(found)

import re
from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import TUESDAY, DebtCommon


class LetterCommon(DebtCommon):
    """A debtor with an address, and letters to him."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.write({"street": "Rue Haute 1", "zip": "1000", "city": "Brussels"})
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "BE71 0961 2345 6769",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )

    def _batch(self, records=None, user=None):
        records = self._case() if records is None else records
        batches = self.env["debt.letter.print"].with_user(user or self.accountant)
        return batches.with_context(
            active_model=records._name, active_ids=records.ids
        ).create({})

    def _level(self, name):
        return self.env.ref(f"debt_collection.letter_{name}")

    def _post(self, days=0, level=None, **kwargs):
        """The letter posted some days from today, its words."""
        with freeze_time(TUESDAY + timedelta(days=days)):
            self.env["debt.case"].refresh()
            batch = self._batch(**kwargs)
            if level:
                batch.line_ids.level_id = self._level(level)
            batch.action_print()
            return self._case().debtor_message_ids.sorted("id")[-1]

    def _words(self, letter):
        text = html2plaintext(letter.body).replace("\N{NO-BREAK SPACE}", " ")
        return re.sub(r"\s+", " ", text)


@tagged("post_install", "-at_install")
class TestMessageLetter(LetterCommon):
    """Demand letters: how strict, about what, and that they count."""

    def test_levels_follow_each_other_over_the_weeks(self):
        self.company.debt_does_hand_over = True
        self._invoice(1000, 10)
        levels = [
            self._post(days).letter_level_id.name for days in (0, 10, 25, 40, 65, 80)
        ]
        self.assertEqual(
            levels,
            [
                "Friendly Reminder",
                "Reminder",
                "Demand",
                "Demand",
                "Last Demand",
                "Hand-over",
            ],
        )

    def test_a_level_may_be_for_a_segment_alone(self):
        """A good customer is only reminded kindly."""
        self._invoice(1000, 10)
        self._post()
        case = self._case()
        levels = self.env["debt.letter.level"]
        with self._at(days=10):
            reminder = levels._propose(case)[case]
            self.assertEqual(reminder.name, "Reminder")
            reminder.segment_id = self.env["debt.segment"].create(
                {"name": "Small", "domain": "[('amount_overdue', '<', 500)]"}
            )
            self.assertEqual(levels._propose(case)[case].name, "Friendly Reminder")
            reminder.segment_id.domain = "[('amount_overdue', '>', 500)]"
            self.assertEqual(levels._propose(case)[case], reminder)

    def test_who_hands_nothing_over_does_not_say_so(self):
        self._invoice(1000, 10)
        for days in (0, 10, 25, 50, 70):
            last = self._post(days)
        self.assertEqual(last.letter_level_id, self._level("last"))

    def test_a_letter_about_an_older_debt_warned_of_nothing(self):
        old = self._invoice(1000, 40)
        self._post()
        self._pay(old)
        with freeze_time(TUESDAY + timedelta(days=60)):
            self._invoice(1000, 45)
            self.env["debt.case"].refresh()
            self.assertEqual(self._batch().line_ids.level_id, self._level("reminder"))

    def test_it_names_what_is_collected_and_nothing_else(self):
        late, disputed = self._invoice(1000, 40), self._invoice(300, 40)
        coming = self._invoice(77, -20)
        self._pay(late, 400)
        self._call().finish(
            "disputed", dispute_move_ids=disputed.ids, dispute_reason="Wrong"
        )
        words = self._words(self._post(level="reminder"))
        for told in (late.name, "600.00", "03/20/2026", "BE71 0961 2345 6769"):
            self.assertIn(told, words)
        self.assertNotIn(disputed.name, words)
        self.assertNotIn(coming.name, words)

    def test_consequences_only_where_the_company_does_so(self):
        self._invoice(1000, 40)
        batch = self._batch()
        batch.line_ids.level_id = self._level("demand")
        self.assertNotIn("what follows", batch.preview)
        self.company.debt_does_suspend = True
        batch.invalidate_recordset(["preview"])
        self.assertIn("We suspend deliveries", batch.preview)
        self.assertNotIn("interest", batch.preview)

    def test_it_counts_and_is_kept_as_it_was(self):
        invoice = self._invoice(1000, 40)
        letter = self._post()
        self.assertEqual(
            (letter.kind, letter.channel, letter.state), ("letter", "letter", "sent")
        )
        self.assertEqual(letter.sent_at, TUESDAY)
        self.assertEqual(letter.decision_ids.kind, "contact")
        before = letter.body
        self._pay(invoice, 500)
        reports = self.env["ir.actions.report"].with_user(self.accountant)
        printed, _kind = reports._render_qweb_html("debt_collection.letter", letter.ids)
        self.assertEqual(letter.body, before)
        self.assertIn("1,000.00", html2plaintext(printed.decode()))

    def test_the_gate_is_asked(self):
        self._invoice(1000, 40)
        policy = self.env["debt.contact.policy"].create(
            {
                "name": "One letter a month",
                "limit_ids": [
                    Command.create(
                        {"channels": "letters", "length": 30, "rolling": True}
                    )
                ],
            }
        )
        self.debtor.debt_contact_policy_id = policy
        self._post()
        batch = self._batch()
        self.assertFalse(batch.line_ids.permitted)
        with self.assertRaises(UserError):
            batch.action_print()

    def test_no_address_no_letter(self):
        self._invoice(1000, 40)
        self.debtor.city = False
        line = self._batch().line_ids
        self.assertEqual(line.answer, "The debtor's address is not complete.")

    def test_many_at_once_and_from_the_contact(self):
        other = self._new_debtor("Debtor Two", street="X 1", city="Ghent")
        cases = self._case()
        for debtor in (self.debtor, other):
            self._invoice(100, 20, debtor)
            cases |= self._case(debtor)
        batch = self._batch(cases)
        self.assertEqual(batch.permitted_count, 2)
        batch.action_print()
        self.assertEqual(len(cases.debtor_message_ids), 2)
        self.assertEqual(self._batch(self.debtor).line_ids.case_id, self._case())
        with self.assertRaises(UserError):
            self._batch(self._new_debtor("Owes nothing"))

    def test_a_batch_asks_at_once_for_all(self):
        counts = []
        for number in (2, 10):
            debtors = self.env["res.partner"].union(
                *(
                    self._new_debtor(
                        f"Debtor {number}-{n}",
                        street="Rue Haute 2",
                        zip="1000",
                        city="Brussels",
                    )
                    for n in range(number)
                )
            )
            for debtor in debtors:
                self._invoice(100, 10, debtor)
            cases = self.cases.union(*(self._case(debtor) for debtor in debtors))
            batch = self._batch(cases)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(batch.line_ids.filtered("permitted")), number)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)

    def test_in_the_debtors_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"].search(
            [("name", "=", "debt_collection")]
        )._update_translations(["ru_RU"])
        self.debtor.lang = "ru_RU"
        self._invoice(1000, 40)
        words = self._words(self._post(level="reminder"))
        self.assertIn("Напоминание", words)
        self.assertIn("20.03.2026", words)
        self.assertNotIn("Please", words)

    def test_forbidden_words_keep_it_back(self):
        self.company.debt_forbidden_phrases = "our books"
        self._invoice(1000, 40)
        with self.assertRaises(UserError):
            self._post(level="reminder")

    def test_operators_write_to_their_own(self):
        self._invoice(100, 20)
        case = self._case()
        case.user_id = self.operator
        self.assertEqual(self._post(user=self.operator).user_id, self.operator)
        team = self.env["debt.team"].create({"name": "Others"})
        case.write({"team_id": team.id, "user_id": self.colleague.id})
        with self.assertRaises(AccessError):
            self._batch(case, user=self.operator)

    def test_promised_broken_demanded_half_disputed_the_rest_paid(self):
        first = self._invoice(1000, 20)
        second = self._invoice(300, 20)
        promised = TUESDAY.date() + timedelta(days=7)
        self._call().finish("promise", promise_amount=1300, promise_date=promised)
        case = self._case()
        self.assertEqual(case.state, "promised")
        self.assertFalse(self._batch(case).line_ids.permitted)
        with self._at(days=14):
            self.env["debt.case"]._cron_daily()
            self.assertEqual(case.promise_ids.state, "broken")
        self.assertEqual(self._post(14).letter_level_id, self._level("reminder"))
        self.assertEqual(self._post(28).letter_level_id, self._level("demand"))
        with self._at(days=29):
            self._call(case).finish(
                "disputed",
                dispute_move_ids=first.ids,
                dispute_reason="Half is missing",
                dispute_amount=500,
            )
            self._pay(first, 500)
            self._pay(second)
            case = self._case()
            self.assertEqual((case.amount_overdue, case.amount_disputed), (0, 500))
            self.assertFalse(self._batch(case).line_ids.permitted)

    def _one_a_month(self):
        limit = {"channels": "letters", "length": 30, "rolling": True}
        self.debtor.debt_contact_policy_id = self.env["debt.contact.policy"].create(
            {"name": "One letter a month", "limit_ids": [Command.create(limit)]}
        )

    def test_what_one_letter_uses_up_does_not_lose_the_others(self):
        self._invoice(1000, 40)
        case = self._case()
        self._one_a_month()
        batch = self._batch(case)
        batch.line_ids.copy()
        self.assertEqual(batch.permitted_count, 2)
        action = batch.action_print()
        self.assertEqual(len(case.debtor_message_ids), 1)
        self.assertEqual(action["tag"], "display_notification")
        told = action["params"]
        self.assertIn("Debtor One", told["message"])
        self.assertIn("The limit is used up", told["message"])
        self.assertEqual(told["next"]["type"], "ir.actions.report")

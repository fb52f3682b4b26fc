import re

from odoo.tests import tagged

from .common import DebtCommon
from .tongues import speak_all

SCRIPTS = (
    "script_current",
    "script_current_company",
    "script_overdue",
    "script_overdue_company",
    "script_collectible",
    "script_collectible_company",
    "script_inbound",
)
PHASES = {"identify", "clarify", "demand", "objections", "next_contact", "close"}
# What a talk can end with, and the one machine that may be told something.
ENDINGS = {
    "bankrupt",
    "callback",
    "claims_paid",
    "disputed",
    "do_not_call",
    "hardship",
    "other",
    "promise",
    "refused",
    "represented",
    "third_party",
    "voicemail",
    "wrong_number",
}
# Whoever calls us is no machine and has the right number; he may ask something.
ENDINGS_INBOUND = ENDINGS - {"voicemail", "wrong_number"} | {"question"}
# Whoever listens must not learn that somebody owes something.
TELLTALE = re.compile(r"\d|[$€£₽]|amount|invoice|debt|pay|due|owe", re.IGNORECASE)
PLACEHOLDER = re.compile(r"{{.*?}}")


def walk(script):
    """Every way through a script, as (step, who is on the line, answer)."""
    todo = [(script._first_step(), False)]
    seen = set(todo)
    while todo:
        step, party = todo.pop()
        for answer in step.answer_ids:
            now = answer.party or party
            yield step, now, answer
            following = (answer._target(), now)
            if following[0] and following not in seen:
                seen.add(following)
                todo.append(following)


@tagged("post_install", "-at_install")
class TestScriptData(DebtCommon):
    """The scripts of the module: six whole talks, decent and without dead ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scripts = [cls.env.ref(f"debt_collection.{name}") for name in SCRIPTS]

    def test_each_stage_has_a_script_for_persons_and_one_for_companies(self):
        # A few days late are a matter of courtesy here.
        self.env.ref("debt_collection.stage_overdue").days_from = 10
        for stage, days in (("current", 5), ("overdue", 20), ("collectible", 100)):
            for suffix in ("", "_company"):
                debtor = self._new_debtor(f"Debtor {days}", is_company=bool(suffix))
                self._invoice(300, days, partner=debtor)
                script = self.env.ref(f"debt_collection.script_{stage}{suffix}")
                self.assertEqual(
                    self.env["debt.script"]._for_case(self._case(debtor)), script
                )

    def test_talk_has_all_six_phases_and_begins_with_who_it_is(self):
        for script in self.scripts:
            with self.subTest(script=script.name):
                self.assertEqual(set(script.step_ids.mapped("phase")), PHASES)
                self.assertEqual(script._first_step().phase, "identify")

    def test_check_finds_nothing_to_mend(self):
        for script in self.scripts:
            with self.subTest(script=script.name):
                self.assertEqual(script._check_errors(), [])

    def test_operator_chooses_among_two_to_five_short_answers(self):
        for script in self.scripts:
            with self.subTest(script=script.name):
                for step in script.step_ids:
                    self.assertIn(len(step.answer_ids), range(2, 6), step.name)
                    for answer in step.answer_ids:
                        self.assertLessEqual(len(answer.name.split()), 5, answer.name)

    def test_every_ending_of_a_talk_is_on_some_path(self):
        for script in self.scripts:
            with self.subTest(script=script.name):
                reached = {
                    answer.outcome_id.code
                    for _step, _party, answer in walk(script)
                    if answer.outcome_id
                }
                calls_us = script.direction == "inbound"
                self.assertEqual(reached, ENDINGS_INBOUND if calls_us else ENDINGS)

    def test_ending_fits_who_was_on_the_line(self):
        wizard = self.env["debt.call.wizard"].new()
        for script in self.scripts:
            with self.subTest(script=script.name):
                for step, party, answer in walk(script):
                    if answer.outcome_id:
                        wizard.party = party
                        fits = wizard._outcome_fits(answer.outcome_id)
                        self.assertTrue(fits, f"{step.name}: {answer.name} ({party})")

    def test_whoever_answers_learns_nothing_of_the_debt_from_the_greeting(self):
        self.debtor.name = "Green Garden"
        self._invoice(300, 5)
        case = self._case()
        case.company_id.name = "Plain Trade"
        self.operator.name = "Olga Speaker"
        case = case.with_user(self.operator)
        for script in self.scripts:
            with self.subTest(script=script.name):
                steps = script.step_ids.filtered(lambda s: s.phase == "identify")
                for said in steps._render_text(case).values():
                    self.assertNotRegex(said, TELLTALE)

    def test_operator_reads_out_texts_without_gaps(self):
        self._invoice(300, 5)
        case = self._case().with_user(self.operator)
        for script in self.scripts:
            with self.subTest(script=script.name):
                texts = script.step_ids._render_text(case)
                self.assertNotRegex("".join(texts.values()), r"{{|…")
                self.assertIn("300.00", "".join(texts.values()))

    def test_demand_names_the_amount_and_the_closing_repeats_the_agreement(self):
        for script in self.scripts:
            with self.subTest(script=script.name):
                steps = script.step_ids
                demand = steps.filtered(lambda s: s.phase == "demand")[:1]
                self.assertIn("object.amount_text", demand.text)
                promise = steps.answer_ids.filtered(
                    lambda a: a.outcome_id.code == "promise"
                )
                self.assertEqual(promise.step_id.phase, "close")
                for said in ("[amount]", "[date]", "[way of payment]"):
                    self.assertIn(said, promise.step_id.text)

    def test_every_objection_card_gives_a_phrase_to_say(self):
        for card in self._cards():
            self.assertRegex(card.handling, r"Say: “.+[.?!]”$")
            self.assertTrue(card.keywords)
            self.assertTrue(card.outcome_id)

    def _cards(self):
        """The objection cards that came with the module."""
        cards = self.env["ir.model.data"].search(
            [("module", "=", "debt_collection"), ("model", "=", "debt.objection")]
        )
        return self.env["debt.objection"].browse(cards.mapped("res_id"))

    def test_every_objection_of_the_module_is_heard_in_some_talk(self):
        heard = self.env["debt.objection"]
        for script in self.scripts:
            heard |= script.step_ids.answer_ids.objection_id
        self.assertEqual(heard, self._cards())

    def test_translations_keep_the_placeholders(self):
        languages = speak_all(self.env)
        for script in self.scripts:
            for step in script.step_ids:
                filled = sorted(PLACEHOLDER.findall(step.text))
                for code in languages:
                    text = step.with_context(lang=code).text
                    self.assertEqual(sorted(PLACEHOLDER.findall(text)), filled)

    def test_each_talk_passes_its_check_in_the_languages_of_the_screens(self):
        speak_all(self.env)
        self._invoice(1000, 10)
        self._case()
        for code in ("ru_RU", "de_DE"):
            self.debtor.lang = code
            for script in self.scripts:
                said = script.with_context(lang=code).step_ids.mapped("text")
                self.assertNotEqual(said, script.step_ids.mapped("text"))
                self.assertFalse(script._check_errors(), (code, script.name))

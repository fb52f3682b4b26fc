from datetime import date, datetime, timedelta
from typing import NamedTuple

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import DebtCommon

EVERY_WAY = ("call", "robot_call", "sms", "email", "voice_message", "visit")


class Country(NamedTuple):
    """A debtor who writes STOP there, and what his law makes of it.

    ``noon``: naive UTC, noon of a working day where he is.  ``confirmed``: he gets one
    answer.  ``other``: ways that were open to him before, and still are.
    """

    code: str
    state: str | None
    number: str
    word: str
    sentence: str
    noon: datetime
    deadline: date
    confirmed: bool
    other: tuple[str, ...] = ("email", "letter")


TUESDAY, WEDNESDAY = date(2026, 3, 10), date(2026, 3, 11)
#: The deadline of what is said in sentences is the next working day: no law of ours
#: leaves more than another that holds beside it, and a person has to read it.
COUNTRIES = (
    # Regulation F and the TCPA allow one confirmation; SMS wanted consent before.
    Country(
        *("us", "state_us_5", "+12025550123", "STOP"),
        *("Kindly never text me again", datetime(2026, 3, 10, 19), WEDNESDAY, True),
    ),
    # New York City: electronic messages by consent only, so e-mail is not open.
    Country(
        *("us", "state_us_27", "+12125550123", "Opt out"),
        *("Please remove me from this", datetime(2026, 3, 10, 16), WEDNESDAY, True),
    ),
    Country(
        *("ru", None, "+79161234567", "СТОП", "Больше не пишите мне, прошу"),
        *(datetime(2026, 3, 10, 9), WEDNESDAY, False, ("call", "email", "letter")),
    ),
    Country(
        *("uk", None, "+447400123456", "stop please", "Do not text me any more"),
        *(datetime(2026, 3, 10, 12), WEDNESDAY, False, ("call", "email", "letter")),
    ),
    Country(
        *("br", "state_br_sp", "+5511987654321", "SAIR", "Não me envie mais nada"),
        *(datetime(2026, 3, 10, 15), WEDNESDAY, False, ("call", "email", "letter")),
    ),
    Country(
        *("de", None, "+4915123456789", "Abmelden", "Ich will keine weiteren SMS"),
        *(datetime(2026, 3, 10, 11), WEDNESDAY, False, ("call", "email", "letter")),
    ),
    Country(
        *("fr", None, "+33612345678", "ARRÊT", "Ne m'envoyez plus de SMS"),
        *(datetime(2026, 3, 10, 11), WEDNESDAY, False, ("call", "email", "letter")),
    ),
    Country(
        *("ua", None, "+380671234567", "Відмова", "Прошу, не пишіть мені"),
        *(datetime(2026, 3, 10, 10), WEDNESDAY, False, ("call", "email", "letter")),
    ),
    Country(
        *("in", None, "+919123456789", "रोकें", "Please don't message me"),
        *(datetime(2026, 3, 10, 7), WEDNESDAY, False, ("call", "email", "letter")),
    ),
    Country(
        *("kz", None, "+77011234567", "Тоқтату", "Не пишите мне больше"),
        *(datetime(2026, 3, 10, 7), WEDNESDAY, False, ("call", "email", "letter")),
    ),
)


@tagged("post_install", "-at_install")
class TestRefusalStories(DebtCommon):
    """The debtor who writes STOP, from the first word to the last, country by country.

    He owes, and gets an SMS. He answers with a word, and that is heeded at once; he is
    told so where his law allows it, once. He goes on, and is heard no second time. An
    SMS that waited is not sent. Odoo's own list knows. He takes it back. Then he says
    it in a sentence: a person is to read it by a day, nobody does, and it is heeded.
    """

    def setUp(self):
        super().setUp()
        self.refusals = self.env["debt.refusal"].sudo()

    def test_the_debtor_who_writes_stop(self):
        for country in COUNTRIES:
            with (
                self.subTest(country=country.code, state=country.state),
                freeze_time(country.noon),
            ):
                case = self._owing(country)
                self._heeds_the_word(case, country)
                self._takes_it_back(case, country)
                self._heeds_the_sentence(case, country)

    def _owing(self, country):
        state = country.state and self.env.ref(f"base.{country.state}").id
        debtor = self._new_debtor(
            f"{country.code} {country.state}",
            country.number,
            f"base.{country.code}",
            is_company=False,
            state_id=state,
            email=f"{country.code}.{country.state}@example.com",
        )
        self._invoice(500, 10, debtor)
        case = self._case(debtor)
        case._record_consent("sms", "given", "form")
        if country.state == "state_us_27":
            case._record_consent("email", "given", "form")
        self.assertTrue(case.check_contact("sms")["allowed"], "before he says anything")
        return case

    def _answers(self, text, country):
        ids = self.refusals.receive_sms(country.number, text)
        return self.refusals.browse(ids)

    def _confirmations(self, case):
        noted = [("case_id", "=", case.id), ("kind", "=", "refusal_noted")]
        return self.env["debt.message"].search([*noted, ("state", "=", "sent")])

    def _heeds_the_word(self, case, country):
        refusal = self._answers(country.word, country)
        self.assertEqual(refusal.case_id, case)
        self.assertEqual((refusal.state, refusal.medium), ("heeded", "sms"))
        self.assertEqual(refusal.heeded_at, fields.Datetime.now(), "at once")
        self.assertFalse(refusal.activity_ids, "nobody has to read a word")
        self.assertEqual(case.check_contact("sms")["reason"], "opted_out")
        for channel in country.other:
            reason = case.check_contact(channel)["reason"]
            self.assertNotEqual(reason, "opted_out", channel)
        told = self._confirmations(case)
        self.assertEqual(len(told), int(country.confirmed))
        if told:
            self.assertLessEqual(told.sent_at - refusal.received_at, timedelta(0, 300))
        waiting = case._send_message("payment_details", "sms")
        self.assertEqual(waiting.state, "refused")
        listed = self.env["phone.blacklist"].sudo().search([("active", "=", True)])
        self.assertIn(country.number, listed.mapped("number"))
        self._answers(country.word, country)
        self.assertEqual(self._confirmations(case), told, "he is told once")

    def _takes_it_back(self, case, country):
        self.assertFalse(self._answers("START", country))
        reason = case.check_contact("sms")["reason"]
        self.assertNotEqual(reason, "opted_out")

    def _heeds_the_sentence(self, case, country):
        refusal = self._answers(country.sentence, country)
        self.assertEqual(refusal.state, "to_confirm")
        self.assertEqual(refusal.deadline, country.deadline)
        self.assertEqual(refusal.activity_ids.date_deadline, TUESDAY, "before it")
        self.assertNotEqual(case.check_contact("sms")["reason"], "opted_out")
        with freeze_time(country.noon + timedelta(days=1)):
            self.cases.sudo()._cron_daily()
            self.assertEqual(refusal.state, "heeded")
            self.assertEqual(case.check_contact("sms")["reason"], "opted_out")

    # --- by letter ------------------------------------------------------------------
    def _entered(self, case, **values):
        entry = self.env["debt.case.entry"].with_user(self.accountant)
        values = {"kind": "refusal", "channel": "letter", "case_id": case.id, **values}
        return entry.create(values).action_record()

    def test_a_letter_that_refuses_everything(self):
        """Calls, messages and visits end with it; letters may still be written."""
        self._invoice(500, 10)
        case = self._case()
        self.debtor.email = "debtor@example.com"
        self._entered(case, note="Leave me alone, all of you.")
        refusal = self.refusals.search([("case_id", "=", case.id)])
        self.assertEqual((refusal.state, refusal.everywhere), ("heeded", True))
        self.assertEqual(refusal.user_id, self.accountant)
        for channel in EVERY_WAY:
            answer = case.check_contact(channel)
            self.assertFalse(answer["allowed"], channel)
            self.assertIn(answer["reason"], ("opted_out", "do_not_call"), channel)
        self.assertTrue(case.check_contact("letter")["allowed"])
        words = self.env["debt.consent"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(set(words.mapped("how")), {"letter"})
        self.assertIn("Leave me alone", case.message_ids[:1].preview)

    def test_a_letter_about_one_way(self):
        self._invoice(500, 10)
        case = self._case()
        self.debtor.email = "debtor@example.com"
        with self.assertRaisesRegex(ValidationError, "in the debtor's words"):
            self._entered(case, refused="email")
        self._entered(case, refused="email", note="No more e-mails, please.")
        self.assertEqual(case.check_contact("email")["reason"], "opted_out")
        self.assertTrue(case.check_contact("call")["allowed"])

    def test_who_said_it_in_person_said_it_in_person(self):
        self._invoice(500, 10)
        case = self._case()
        self._entered(case, channel="in_person", refused="telephone", note="No calls!")
        self.assertEqual(case.check_contact("call")["reason"], "do_not_call")
        words = self.env["debt.consent"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(words.how, "in_person")

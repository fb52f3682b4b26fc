import phonenumbers

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.phone_validation.tools.phone_validation import phone_parse

from ..tools.phones import PhoneError, parse
from .common import DebtCommon

SWITCHBOARD = "+32 2 555 12 34"
E164 = "+3225551234"


@tagged("post_install", "-at_install")
class TestContactPhone(DebtCommon):
    """Whose numbers are a debtor's, and what they are."""

    def setUp(self):
        super().setUp()
        self._invoice(1000, 10)

    def _numbers(self, text, country="be"):
        self.debtor.write(
            {"phone": text, "country_id": self.env.ref(f"base.{country}").id}
        )
        return self.debtor.debt_phone_ids.filtered("number").mapped("number")

    # --- one reader ---------------------------------------------------------------
    def test_numbers_are_read_as_odoo_reads_them(self):
        """Whatever Odoo can read, we read alike; what countries changed included."""
        for text, country, number in (
            ("+52 1 55 4163 7145", "mx", "+525541637145"),
            ("+55 11 8765-4321", "br", "+5511987654321"),
            ("(11) 8765-4321", "br", "+5511987654321"),
            ("(11) 3333-4444", "br", "+551133334444"),
            ("1-800-FLOWERS", "us", "+18003569377"),
            ("33612345678", "be", "+33612345678"),
        ):
            self.assertEqual(self._numbers(text, country), [number], text)
            self.assertEqual(
                self.debtor._phone_format(number=text, force_format="E164"), number
            )

    def test_examples_of_all_countries_are_read_as_odoo_reads_them(self):
        for region in sorted(phonenumbers.SUPPORTED_REGIONS):
            for kind in phonenumbers.PhoneNumberType.values():
                example = phonenumbers.example_number_for_type(region, kind)
                for form in range(4) if example else ():
                    text = phonenumbers.format_number(example, form)
                    self._assert_alike(text, region)

    def _assert_alike(self, text, region):
        try:
            theirs = phonenumbers.format_number(phone_parse(text, region), 0)
        except UserError:
            return
        try:
            self.assertEqual(parse(text, region).e164, theirs, text)
        except PhoneError as error:
            # Too short for us to tell from a house number.
            self.assertEqual(error.code, "too_short", text)

    def test_a_date_is_no_number(self):
        self.assertEqual(
            self._numbers("0171 1234567 (ab 05.10.1986)", "de"), ["+491711234567"]
        )
        self.assertNotIn("invalid", self.debtor.debt_phone_ids.mapped("error"))
        answer = self._case().check_contact("call", "+49 5101 986")
        self.assertEqual(answer["reason"], "bad_number")

    # --- extensions ---------------------------------------------------------------
    def _switchboard(self):
        self.debtor.write(
            {
                "phone": False,
                "child_ids": [
                    Command.create({"name": name, "phone": f"{SWITCHBOARD} ext. {ext}"})
                    for name, ext in (("Anna", "11"), ("Bob", "12"))
                ],
            }
        )
        anna, bob = self.debtor.debt_phone_ids.sorted("extension")
        return anna, bob

    def test_each_extension_is_somebody_else(self):
        anna, bob = self._switchboard()
        self.assertEqual((anna.number, anna.extension), (E164, "11"))
        self.assertIn("ext. 12", bob.display_name)
        for health in ("wrong", "do_not_call", "good"):
            anna.health = health
            self.assertEqual(bob.health, "unknown")

    def test_a_switchboard_out_of_service_is_so_for_all(self):
        anna, bob = self._switchboard()
        anna.health = "dead"
        self.assertEqual(bob.health, "dead")
        anna.place = "work"
        self.assertEqual(bob.place, "work")
        new = self.env["res.partner"].create(
            {
                "name": "Carl",
                "parent_id": self.debtor.id,
                "phone": f"{SWITCHBOARD} poste 13",
            }
        )
        carl = self.debtor.debt_phone_ids.filtered(lambda p: p.contact_id == new)
        self.assertEqual((carl.health, carl.place), ("dead", "work"))

    def test_the_gate_knows_which_extension(self):
        anna, bob = self._switchboard()
        case = self._case()
        anna.health = "wrong"
        self.assertTrue(case.check_contact("call")["allowed"])
        self.assertTrue(case.check_contact("call", SWITCHBOARD)["allowed"])
        self.assertTrue(case.check_contact("call", f"{SWITCHBOARD} x12")["allowed"])
        refused = case.check_contact("call", f"{SWITCHBOARD} x11")
        self.assertEqual(refused["reason"], "bad_number")

    def test_the_telephone_is_told_the_extension(self):
        anna, bob = self._switchboard()
        call = self._call()
        action = call._place(phone=bob)
        self.assertEqual(action["params"]["number"], E164)
        self.assertEqual(action["params"]["extension"], "12")

    def test_no_sms_goes_to_an_extension(self):
        self.debtor.phone = "+32 470 12 34 56 ext. 7"
        self.assertFalse(self._case()._message_address("sms"))

    # --- who has left ---------------------------------------------------------------
    def test_a_contact_who_has_left_is_not_called(self):
        anna, bob = self._switchboard()
        bob.contact_id.active = False
        self.assertEqual(self.debtor.debt_phone_ids, anna)
        refused = self._case().check_contact("call", f"{SWITCHBOARD} x12")
        self.assertEqual(refused["reason"], "bad_number")
        anna.contact_id.active = False
        self.assertEqual(self._case().check_contact("call")["reason"], "no_number")
        bob.contact_id.active = True
        self.assertEqual(self.debtor.debt_phone_ids, bob)

    def test_who_left_before_the_numbers_were_listed_is_not_called(self):
        anna, bob = self._switchboard()
        bob.contact_id.active = False
        bob.active = True
        self.assertFalse(bob._is_usable())

    def test_an_archived_debtor_stays_callable(self):
        self.debtor.active = False
        case = self._case()
        self.assertTrue(case.check_contact("call")["allowed"])

    # --- Odoo's own lists -------------------------------------------------------------
    def test_who_is_on_odoos_lists_gets_neither_sms_nor_mail(self):
        self.debtor.email = "black@example.com"
        case = self._case()
        for channel in ("sms", "email"):
            self.assertTrue(case.check_contact(channel)["allowed"])
        self.env["phone.blacklist"].sudo().create({"number": "+32 470 12 34 56"})
        self.env["mail.blacklist"].sudo()._add("Black@example.com")
        for channel in ("sms", "email"):
            self.assertEqual(case.check_contact(channel)["reason"], "opted_out")
            message = case._send_message("payment_details", channel)
            self.assertEqual(message.state, "refused")
        self.assertTrue(case.check_contact("call")["allowed"])

    def test_a_later_consent_does_not_take_him_off_odoos_list(self):
        self.env["phone.blacklist"].sudo()._add(["+32470123456"])
        case = self._case()
        case._record_consent("sms")
        self.assertEqual(case.check_contact("sms")["reason"], "opted_out")
        self.env["phone.blacklist"].sudo()._remove(["+32470123456"])
        self.assertTrue(case.check_contact("sms")["allowed"])

    def test_one_number_on_the_list_leaves_the_other(self):
        self.debtor.phone = "+32 470 12 34 56, +32 470 12 34 57"
        self.env["phone.blacklist"].sudo()._add(["+32470123456"])
        case = self._case()
        self.assertTrue(case.check_contact("sms", "+32470123457")["allowed"])
        self.assertFalse(case.check_contact("sms", "+32470123456")["allowed"])
        self.assertEqual(case._message_address("sms"), "+32470123457")

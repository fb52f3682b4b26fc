from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .telephony_common import TelephonyCommon


@tagged("post_install", "-at_install")
class TestCallerNumber(TelephonyCommon):
    """A debtor sees a number of ours that is near him."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.features = cls.features | {"caller_number"}
        cls.numbers = cls.env["debt.caller.number"]
        cls.brussels = cls._number("02 555 12 34")
        cls.charleroi = cls._number("071 55 12 34")

    @classmethod
    def _number(cls, number, **values):
        return cls.numbers.create({"number": number, "is_own": True, **values})

    def _chosen(self, number):
        return self.numbers._choose(self.env["debt.phone"], number)

    def test_numbers_are_kept_in_international_form(self):
        self.assertEqual(self.brussels.number, "+3225551234")
        self.assertEqual(self.brussels.country_id, self.env.ref("base.be"))
        with self.assertRaisesRegex(ValidationError, "not a telephone number"):
            self._number("one two three")
        with self.assertRaisesRegex(ValidationError, "must start with"):
            self.brussels.prefixes = "+322 02"

    def test_local_presence(self):
        self.assertEqual(self._chosen("+3271991234"), self.charleroi)
        self.assertEqual(self._chosen("+3225559999"), self.brussels)
        mobile = self._number("02 555 12 35", prefixes="+32470 +32471")
        self.assertEqual(self._chosen("+32470123456"), mobile)
        self.assertFalse(self._chosen("+4930123456"), "the usual number")

    def test_the_state_of_the_address(self):
        state = self.env["res.country.state"].create(
            {"name": "Hainaut", "code": "HT", "country_id": self.env.ref("base.be").id}
        )
        self.charleroi.state_ids = state
        self.debtor.state_id = state
        self.assertEqual(self.numbers._choose(self.phone), self.charleroi)

    def test_a_number_that_is_not_ours_is_never_shown(self):
        (self.brussels | self.charleroi).is_own = False
        self.assertFalse(self._chosen("+3225559999"))
        self.brussels.is_own = True
        self.brussels.active = False
        self.assertFalse(self._chosen("+3225559999"))

    def test_numbers_take_turns_and_keep_to_their_caps(self):
        self.brussels.daily_cap = 1
        first = self._dialled()
        self.assertEqual(first.caller_number_id, self.brussels)
        self.assertEqual(self.brussels.used_today, 1)
        first.sudo().finish("no_answer")
        shown = []
        for number in range(2):
            debtor = self._new_debtor(f"Next {number}", f"+32 470 12 34 6{number}")
            self._invoice(100, 20, debtor)
            call = self._call(self._case(debtor))
            call._place(phone=call.case_id.phone_ids)
            shown.append(call.caller_number_id)
            call.sudo().finish("no_answer")
        self.assertEqual(shown, [self.charleroi] * 2, "the other had its call")
        self.charleroi.daily_cap = 2
        self.assertFalse(self._chosen("+32470123456"), "the usual number")
        with self._at(days=1):
            self.assertEqual(self._chosen("+32470123456"), self.brussels)

    def test_a_provider_that_cannot_show_numbers_uses_none_up(self):
        self._can("dial")
        self.assertFalse(self._dialled().caller_number_id)
        self.assertFalse(self.brussels.last_used_at)

    def test_used_numbers_stay_on_record(self):
        call = self._dialled()
        with self.assertRaises(Exception), self.env.cr.savepoint():  # noqa: B017
            call.caller_number_id.unlink()
        self.assertTrue(call.caller_number_id.exists())

    def test_each_company_has_its_own(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        numbers = self.numbers.with_company(sister)
        self.assertFalse(numbers._choose(self.env["debt.phone"], "+3225559999"))
        theirs = self._number("02 555 12 36", company_id=sister.id)
        for user in (self.operator, self.accountant, self.manager):
            found = self.numbers.with_user(user).search([])
            self.assertIn(self.brussels, found)
            self.assertNotIn(theirs, found)

    def test_managers_set_them_up_others_look(self):
        with Form(self.numbers.with_user(self.manager)) as form:
            form.number = "+32 2 555 12 37"
            form.daily_cap = 50
        for user in (self.operator, self.accountant):
            number = self.brussels.with_user(user)
            self.assertEqual(number.number, "+3225551234")
            with self.assertRaises(AccessError):
                number.daily_cap = 5
            with self.assertRaises(AccessError):
                number.create({"number": "+3225551238"})

from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..models.ledger import debt_case_ledger
from .common import DebtCommon

# However long the story.
OPENING_QUERIES = 25
# From the outcome to the next debtor on the screen, what opening takes included.
SAVE_AND_NEXT_QUERIES = 60


class WizardCommon(DebtCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(300, 20)

    def _open(self, case=None, user=None, dialled=True):
        """The call window as the operator finds it.

        :param bool dialled: the first number has been dialled on his own telephone
        """
        call = self._call(case, user)
        wizards = self.env["debt.call.wizard"].with_user(user or self.operator)
        wizard = wizards.browse(wizards._action_open(call)["res_id"])
        if dialled and not wizard.dialled_phone_id:
            wizard.dialled_phone_id = wizard.phone_ids[:1].phone_id
        return wizard

    def _coded(self, code):
        return self.env.ref(f"debt_collection.outcome_{code}")

    def _form(self, wizard):
        return Form(wizard, view="debt_collection.debt_call_wizard_view_form")

    def _specification(self, wizard):
        """What the web client asks for when it shows the form."""
        views = wizard.get_views(
            [(self.env.ref("debt_collection.debt_call_wizard_view_form").id, "form")]
        )
        spec = {}
        for name in views["models"]["debt.call.wizard"]["fields"]:
            field = wizard._fields[name]
            spec[name] = {"fields": {"display_name": {}}} if field.relational else {}
        for name in ("phone_ids", "item_ids"):
            comodel = wizard._fields[name].comodel_name
            spec[name] = {
                "limit": 40,
                "fields": {
                    column: {"fields": {"display_name": {}}}
                    if self.env[comodel]._fields[column].type == "many2one"
                    and column != "move_id"
                    else {}
                    for column in self.env[comodel]._fields
                    if column not in ("move_id", "wizard_id")
                    and not column.startswith(("create_", "write_"))
                },
            }
        return spec


@tagged("post_install", "-at_install")
class TestCallWindow(WizardCommon):
    def test_what_he_owes_is_shown_without_accounting_rights(self):
        self._invoice(50, -10)
        wizard = self._open()
        self.assertFalse(
            self.env["account.move"].with_user(self.operator).has_access("read")
        )
        items = wizard.item_ids
        self.assertEqual(items.mapped("amount"), [300, 50])
        self.assertEqual(items.mapped("status"), ["overdue", "open"])
        self.assertEqual(items[0].name, self.invoice.name)
        self.assertEqual(items[0].days_past_due, 20)
        # What the browser reads, it may read.
        wizard.web_read(self._specification(wizard))

    def test_the_case_shows_the_same_items(self):
        self._invoice(50, -10)
        html = self._case().with_user(self.operator).items_html
        for text in (self.invoice.name, "300.00", "Overdue", "Not Due"):
            self.assertIn(text, html)

    def test_the_gate_is_shown_before_dialling(self):
        wizard = self._open()
        self.assertTrue(wizard.gate_allowed)
        self.assertIn("Europe/Brussels", wizard.local_time)
        with self._at(hours=12):
            wizard.invalidate_recordset()
            self.assertFalse(wizard.gate_allowed)
            self.assertTrue(wizard.gate_message)
            with self.assertRaises(UserError):
                wizard.phone_ids.action_dial()

    def test_dialling_puts_the_call_on_record_and_asks_the_browser(self):
        wizard = self._open()
        action = wizard.phone_ids.action_dial()
        self.assertEqual(action["tag"], "debt_collection.dial")
        self.assertEqual(action["params"]["number"], "+32470123456")
        self.assertEqual(wizard.call_state, "dialing")

    def test_nothing_about_the_debt_is_sayable_before_the_right_party_answers(self):
        wizard = self._open()
        secrets = ["300", "invoice", "due", "pay"]
        for party in (False, "third_party", "none"):
            wizard.party = party
            script = wizard.script_html.lower()
            self.assertIn(self.debtor.name.lower(), script)
            for secret in secrets:
                self.assertNotIn(secret, script, f"said to {party}")
        with self._form(wizard) as form:
            form.party = "third_party"
            form.party = "right_party"
            form.phase = "demand"
            self.assertIn("300", form.script_html)
            form.party = "none"
            self.assertNotIn("300", form.script_html)

    def test_answers_lead_through_the_script(self):
        wizard = self._open()
        first = wizard.step_id
        with self._form(wizard) as form:
            self.assertEqual(form.phase, "identify")
            answer = first.answer_ids.filtered(lambda a: not a.outcome_id)[0]
            form.answer_id = answer
            self.assertFalse(form.answer_id)
            self.assertEqual(form.step_id, answer.next_step_id)
            form.party = "right_party"
            self.assertEqual(form.phase, "clarify")
        self.assertEqual(wizard.path[0]["answer_id"], answer.id)
        wizard.action_back()
        self.assertEqual(wizard.step_id.phase, "identify")
        self.assertFalse(wizard.path[-1]["answer_id"])

    def test_back_from_a_slip_is_no_longer_the_right_party(self):
        wizard = self._open()
        with self._form(wizard) as form:
            form.party = "right_party"
        wizard.action_back()
        self.assertFalse(wizard.party)
        self.assertEqual(wizard.phase, "identify")

    def test_an_answer_chooses_the_outcome(self):
        wizard = self._open()
        ends = self.env["debt.script.answer"].search(
            [
                ("script_id", "=", wizard.step_id.script_id.id),
                ("outcome_id.code", "=", "promise"),
            ],
            limit=1,
        )
        wizard.write({"party": "right_party", "step_id": ends.step_id.id})
        with self._form(wizard) as form:
            form.answer_id = ends
            self.assertEqual(form.outcome_id, self._coded("promise"))
            self.assertEqual(form.promise_amount, 300)
            form.promise_date = fields.Date.today() + timedelta(days=1)

    def test_back_forgets_the_outcome_an_answer_led_to(self):
        wizard = self._open()
        step = wizard.step_id
        ends = step.answer_ids.filtered("outcome_id")[:1]
        with self._form(wizard) as form:
            form.answer_id = ends
            self.assertEqual(form.outcome_id, ends.outcome_id)
        self.assertTrue(wizard.script_ended)
        wizard.action_back()
        self.assertEqual(wizard.step_id, step, "the question is asked again")
        self.assertFalse(wizard.outcome_id)
        self.assertFalse(wizard.script_ended)

    def test_what_ends_all_contact_is_asked_once_more(self):
        asked = self.env["debt.call.outcome"].search(
            [("needs_confirmation", "=", True)]
        )
        self.assertEqual(
            set(asked.mapped("code")), {"bankrupt", "do_not_call", "represented"}
        )
        self.assertNotIn("k", asked.mapped("hotkey"), "not beside the key that dials")

    def test_what_was_agreed_fills_the_blanks_of_the_script(self):
        wizard = self._open()
        closing = wizard.step_id.script_id.step_ids.filtered(
            lambda step: "[amount]" in step.text and "[next" not in step.text
        )[:1]
        wizard.write({"party": "right_party", "step_id": closing.id})
        self.assertIn("[amount]", wizard.script_html)
        with self._form(wizard) as form:
            form.outcome_id = self._coded("promise")
            form.promise_date = fields.Date.today()
            form.promise_method = "card"
            for text in ("300.00", "03/10/2026", "Card"):
                self.assertIn(text, form.script_html)

    def test_the_path_is_kept_with_its_times(self):
        wizard = self._open()
        wizard.phone_ids.action_dial()
        with self._at(minutes=1), self._form(wizard) as form:
            form.party = "right_party"
        wizard.outcome_id = self._coded("other")
        wizard.note = "Asked about delivery"
        with self._at(minutes=3):
            wizard.action_save()
        path = wizard.call_id.path_ids
        self.assertEqual(path.mapped("phase"), ["identify", "clarify"])
        self.assertEqual(path.mapped("seconds"), [60, 120])

    def test_a_plan_is_laid_out_and_can_be_changed(self):
        wizard = self._open()
        with self._form(wizard) as form:
            form.outcome_id = self._coded("promise")
            form.promise_date = fields.Date.today()
            form.promise_parts = 3
            self.assertEqual(len(form.instalment_ids), 3)
            with form.instalment_ids.edit(0) as part:
                part.amount = 50
            form.promise_method = "card"
        wizard.action_save()
        promises = wizard.case_id.promise_ids.sorted("date")
        self.assertEqual(promises.mapped("amount"), [50, 125, 125])
        self.assertEqual(set(promises.mapped("method")), {"card"})

    def test_ticked_items_are_what_is_promised(self):
        self._invoice(100, 5)
        wizard = self._open()
        with self._form(wizard) as form:
            form.outcome_id = self._coded("promise")
            with form.item_ids.edit(1) as line:
                line.selected = True
            self.assertEqual(form.promise_amount, 100)
            form.promise_date = fields.Date.today()
        wizard.action_save()
        promise = wizard.case_id.sudo().promise_ids
        self.assertEqual(promise.line_ids.amount_residual, 100)
        again = self._open(wizard.case_id)
        self.assertEqual(again.item_ids.mapped("status"), ["overdue", "promised"])

    def test_an_amount_typed_by_hand_stays_when_items_are_ticked(self):
        self._invoice(100, 5)
        wizard = self._open()
        with self._form(wizard) as form:
            form.outcome_id = self._coded("promise")
            with form.item_ids.edit(1) as line:
                line.selected = True
            with form.item_ids.edit(1) as line:
                line.selected = False
            self.assertEqual(form.promise_amount, 400)
            form.promise_amount = 55
            with form.item_ids.edit(0) as line:
                line.selected = True
            self.assertEqual(form.promise_amount, 55)

    def test_a_callback_is_judged_while_it_is_typed(self):
        wizard = self._open()
        with self._form(wizard) as form:
            form.outcome_id = self._coded("callback")
            form.callback_at = fields.Datetime.now() - timedelta(hours=1)
            self.assertIn("past", form.callback_hint)
            form.callback_at = fields.Datetime.now() + timedelta(hours=12)
            self.assertIn("lawful time is Wed", form.callback_hint)
            self.assertTrue(form.callback_slot)
        wizard.action_take_slot()
        self.assertFalse(wizard.callback_hint)
        wizard.action_save()
        self.assertEqual(wizard.case_id.callback_at, wizard.callback_at)

    def test_the_timeline_tells_what_happened(self):
        with self._at(days=-1):
            self._pay(self._invoice(40, 10))
        case = self._case()
        call = self._call(case)
        call.with_user(self.operator).finish(
            "promise",
            party="right_party",
            promise_amount=70,
            promise_date=fields.Date.today(),
            note="After the holidays",
        )
        with self._at(days=10):
            self.env["debt.case"]._cron_daily()
            wizard = self._open(case)
            for text in ("Promise to pay", "After the holidays", "40.00", "Broken"):
                self.assertIn(text, wizard.history_html)
            self.assertIn("70.00", wizard.warning)

    def test_times_are_told_in_the_debtors_clock_and_say_so(self):
        debtor = self._new_debtor("In Pune", "+91 98765 43210", "base.in")
        self._invoice(100, 20, debtor)
        self.operator.tz = "America/New_York"
        case = self._case(debtor)
        self._call(case).with_user(self.operator).finish("no_answer")
        with self._at(hours=-3):
            wizard = self._open(case)
            self.assertIn("14:30", wizard.history_html)
            self.assertIn("debtor is: Asia/Kolkata", wizard.history_html)
            self.assertIn("11:30 (Asia/Kolkata)", wizard.local_time)

    def test_a_broken_promise_is_told_however_many_calls_came_after(self):
        case = self._case()
        promise = self.env["debt.promise"].create(
            {"case_id": case.id, "amount": 70, "date": fields.Date.today()}
        )
        promise.sudo().state = "broken"
        outcome = self._coded("no_answer")
        now = fields.Datetime.now()
        self.env["debt.call"].sudo().create(
            [
                {
                    "case_id": case.id,
                    "partner_id": self.debtor.id,
                    "company_id": self.company.id,
                    "state": "done",
                    "outcome_id": outcome.id,
                    "started_at": now + timedelta(minutes=number),
                }
                for number in range(15)
            ]
        )
        wizard = self._open(case)
        self.assertIn("70.00", wizard.warning)

    def test_the_profile_is_suggested_once_somebody_is_on_the_line(self):
        for days in (100, 130, 160, 190):
            invoice = self._invoice(10, days)
            self._pay(invoice)
        wizard = self._open()
        self.assertFalse(wizard.profile_hint)
        wizard.party = "right_party"
        negligent = self.env.ref("debt_collection.profile_negligent")
        self.assertEqual(wizard.suggested_profile_id, negligent)
        self.assertIn(negligent.name, wizard.profile_hint)
        wizard.action_accept_profile()
        self.assertEqual(wizard.case_id.profile_id, negligent)

    def test_script_is_read_out_in_the_debtors_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        step = self.env.ref("debt_collection.script_overdue_company_identify")
        step.with_context(lang="fr_FR").text = "Bonjour, {{ object.partner_id.name }} ?"
        self.assertIn("Bonjour, Debtor One", self._open().script_html)

    def test_the_language_that_is_spoken_can_be_switched(self):
        """O22: his card says English, and he answers in French."""
        self.env["res.lang"]._activate_lang("fr_FR")
        step = self.env.ref("debt_collection.script_overdue_company_identify")
        step.with_context(lang="fr_FR").text = "Bonjour, {{ object.partner_id.name }} ?"
        wizard = self._open()
        self.assertNotIn("Bonjour", wizard.script_html)
        with self._form(wizard) as form:
            form.spoken_lang = "fr_FR"
            self.assertIn("Bonjour, Debtor One", form.script_html)
        self.assertEqual(self.debtor.lang, "en_US")

    def test_only_fitting_outcomes_are_offered(self):
        wizard = self._open()
        view = self.env.ref("debt_collection.debt_call_wizard_view_form")
        field = etree.fromstring(view.arch).find(".//field[@name='outcome_id']")
        outcomes = self.env["debt.call.outcome"].search([])
        for party in (False, "none", "third_party", "right_party"):
            wizard.party = party
            domain = safe_eval(
                field.get("domain"), {"party": party, "direction": "outbound"}
            )
            shown = outcomes.filtered_domain(domain)
            self.assertEqual(shown, outcomes.filtered(wizard._outcome_fits))
            self.assertEqual(
                "promise" in shown.mapped("code"), party in (False, "right_party")
            )
            self.assertEqual(
                "voicemail" in shown.mapped("code"), party in (False, "none")
            )

    def test_the_form_asks_for_what_the_outcome_needs(self):
        wizard = self._open()
        tomorrow = fields.Date.today() + timedelta(days=1)
        with self._form(wizard) as form:
            form.outcome_id = self._coded("promise")
            self.assertEqual(form.party, "right_party")
            self.assertEqual(form.promise_amount, 300)
            form.promise_date = tomorrow
            self.assertIn("What follows", form.consequence_html)
            self.assertIn("03/13/2026", form.consequence_html)
            form.note = "Friendly"
        action = wizard.action_save()
        self.assertEqual(action["tag"], "debt_collection.leave")
        call = wizard.call_id
        self.assertEqual(call.outcome_code, "promise")
        self.assertEqual(call.note, "Friendly")
        promise = call.case_id.promise_ids
        self.assertEqual(promise.amount, 300)
        self.assertEqual(promise.date, tomorrow)
        self.assertEqual(call.case_id.state, "promised")

    def test_another_party_takes_the_outcome_back(self):
        wizard = self._open()
        with self._form(wizard) as form:
            form.outcome_id = self._coded("promise")
            form.party = "none"
            self.assertFalse(form.outcome_id)

    def test_a_part_of_an_invoice_is_disputed_and_the_rest_collected(self):
        """Rule 8: what is announced, and what is saved."""
        wizard = self._open()
        with self._form(wizard) as form:
            form.outcome_id = self._coded("disputed")
            form.dispute_reason = "Too much"
            form.dispute_amount = 350
            self.assertIn("dispute that much or less", form.consequence_html)
            form.dispute_amount = 120
            self.assertIn("120.00", form.consequence_html)
            self.assertIn("collected as before", form.consequence_html)
        wizard.action_save()
        case = wizard.case_id
        self.assertEqual(case.sudo().dispute_ids.amount, 120)
        self.assertEqual((case.amount_overdue, case.amount_disputed), (180, 120))
        self.assertEqual(case.state, "active")

    def test_of_several_invoices_no_part_is_disputed(self):
        self._invoice(50, 10)
        wizard = self._open()
        with self._form(wizard) as form:
            form.outcome_id = self._coded("disputed")
            form.dispute_reason = "Too much"
            self._tick(form, 0)
            self.assertTrue(form.can_dispute_part)
            form.dispute_amount = 20
            self._tick(form, 1)
            self.assertFalse(form.can_dispute_part)
        wizard.action_save()
        self.assertFalse(wizard.case_id.sudo().dispute_ids.amount)
        self.assertEqual(wizard.case_id.amount_disputed, 350)

    def _tick(self, form, place):
        with form.item_ids.edit(place) as item:
            item.selected = True

    def test_a_dispute_holds_the_ticked_invoices(self):
        other = self._invoice(100, 5)
        wizard = self._open()
        with self._form(wizard) as form:
            form.outcome_id = self._coded("disputed")
            form.dispute_reason = "Never delivered"
            with form.item_ids.edit(0) as line:
                line.selected = True
            self.assertIn(self.invoice.name, form.consequence_html)
        wizard.action_save()
        case = wizard.case_id
        self.assertEqual(case.sudo().dispute_ids.move_ids, self.invoice)
        self.assertEqual(case.amount_disputed, 300)
        self.assertEqual(case.amount_overdue, other.amount_residual)

    def test_what_is_missing_is_said_and_nothing_is_lost(self):
        wizard = self._open()
        with self.assertRaises(UserError):
            wizard.action_save()
        wizard.write(
            {
                "outcome_id": self._coded("refused").id,
                "party": "right_party",
                "note": " ",
            }
        )
        with self.assertRaises(UserError):
            wizard.action_save()
        wizard.write({"outcome_id": self._coded("callback").id})
        with self.assertRaises(ValidationError):
            wizard.action_save()
        self.assertEqual(wizard.call_state, "draft")

    def test_dialled_by_hand_on_the_number_the_operator_names(self):
        self.debtor.phone = "+32 470 12 34 56, +32 470 12 34 57"
        wizard = self._open()
        second = wizard.phone_ids.phone_id.filtered(
            lambda phone: phone.number.endswith("57")
        )
        wizard.write(
            {
                "party": "none",
                "outcome_id": self._coded("invalid_number").id,
                "dialled_phone_id": second.id,
            }
        )
        wizard.action_save()
        self.assertEqual(wizard.call_id.phone_id, second)
        self.assertEqual(wizard.call_id.number, second.number)
        self.assertEqual(second.health, "dead")

    def test_no_outcome_is_saved_before_a_number_was_dialled(self):
        """F5, O21: neither an answer nor its absence comes from a silent telephone."""
        wizard = self._open(dialled=False)
        for code, party in (("no_answer", "none"), ("promise", "right_party")):
            wizard.write({"outcome_id": self._coded(code).id, "party": party})
            self.assertIn("Nothing was dialled", wizard.consequence_html)
            with self.assertRaisesRegex(UserError, "Nothing was dialled"):
                wizard.action_save()
        self.assertEqual(wizard.call_state, "draft")
        self.assertFalse(wizard.case_id.sudo().debtor_message_ids)
        wizard.phone_ids.action_dial()
        wizard.write({"outcome_id": self._coded("no_answer").id, "party": "none"})
        self.assertNotIn("Nothing was dialled", wizard.consequence_html)
        wizard.action_save()
        self.assertEqual(wizard.call_id.outcome_code, "no_answer")

    def test_confirmation_goes_where_the_window_says(self):
        """The SMS of a promise goes to the mobile that was dialled by hand."""
        self.debtor.phone = "+32 470 12 34 56, +32 470 12 34 57"
        wizard = self._open()
        second = wizard.phone_ids.phone_id.filtered(
            lambda phone: phone.number.endswith("57")
        )
        wizard.write(
            {
                "party": "right_party",
                "outcome_id": self._coded("promise").id,
                "promise_amount": 300,
                "promise_date": "2026-03-13",
                "confirm_channel": "sms",
                "dialled_phone_id": second.id,
            }
        )
        self.assertIn("An SMS goes out to +32470123457.", wizard.consequence_html)
        wizard.action_save()
        self.assertEqual(wizard.case_id.debtor_message_ids.address, second.number)

    def test_a_closed_window_is_found_again(self):
        wizard = self._open()
        wizard.note = "He asked whether"
        again = self._open(wizard.case_id)
        self.assertEqual(again, wizard)
        self.assertEqual(again.note, "He asked whether")
        action = self.env["debt.call.wizard"].with_user(self.operator).action_next()
        self.assertEqual(action["res_id"], wizard.id)

    def test_items_are_read_again_and_ticks_are_kept(self):
        other = self._invoice(100, 5)
        wizard = self._open()
        wizard.item_ids.filtered(lambda i: i.move_id == other).selected = True
        self._pay(self.invoice)
        self._open(wizard.case_id)
        self.assertEqual(wizard.item_ids.move_id, other)
        self.assertTrue(wizard.item_ids.selected)

    def test_save_and_next_brings_the_next_debtor(self):
        second = self._new_debtor("Debtor Two", "+32 470 12 34 58")
        self._invoice(80, 30, second)
        self._case(second)
        wizard = self._open(self._case())
        wizard.write({"party": "none", "outcome_id": self._coded("no_answer").id})
        action = wizard.action_save_next()
        self.assertEqual(action["tag"], "debt_collection.replace")
        follow = wizard.browse(action["params"]["action"]["res_id"])
        self.assertEqual(follow.partner_id, second)

    def test_an_empty_queue_says_when_to_come_back(self):
        wizards = self.env["debt.call.wizard"].with_user(self.operator)
        case = self._case()
        self.assertTrue(case.next_contact_at)
        wizard = wizards.browse(wizards.action_next()["res_id"])
        self.assertEqual(wizard.case_id, case)
        wizard.dialled_phone_id = wizard.phone_ids.phone_id
        wizard.write({"party": "none", "outcome_id": self._coded("no_answer").id})
        action = wizard.action_save_next()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("Debtor One", action["params"]["message"])
        follow = wizards.action_next()["params"]["next"]
        # By its name: an action with its help would show the help's tags.
        self.assertEqual(follow, "debt_collection.debt_case_action_my_day")
        # Whoever looks at his day already stays there.
        there = wizards.with_context(debt_on_my_day=True).action_next()
        self.assertEqual(there["params"]["next"]["type"], "ir.actions.act_window_close")

    def test_given_back_the_debtor_is_free_for_the_colleague(self):
        wizard = self._open()
        case = wizard.case_id
        wizard.action_release()
        self.assertFalse(case.call_ids)
        self.assertTrue(self._call(case, self.colleague))

    def test_a_window_is_its_operators_alone(self):
        wizard = self._open()
        theirs = wizard.with_user(self.colleague)
        with self.assertRaises(AccessError):
            theirs.read(["note"])

    def test_a_plan_is_its_operators_alone(self):
        wizard = self._open()
        parts = self.env["debt.call.wizard.instalment"].with_user(self.operator)
        part = parts.create(
            {"wizard_id": wizard.id, "amount": 10, "date": fields.Date.today()}
        )
        with self.assertRaises(AccessError):
            part.with_user(self.colleague).read(["amount"])

    def test_nobody_looks_through_a_window_that_is_not_saved(self):
        call = self._call()
        asked = {"history_html": {}, "amount_overdue": {}, "script_html": {}}
        windows = self.env["debt.call.wizard"]
        with self.assertRaises(AccessError):
            windows.with_user(self.colleague).onchange({"call_id": call.id}, [], asked)

    def test_what_the_window_is_about_does_not_change_and_nothing_is_forgotten(self):
        """A client that says so gets nothing back: no default, no effect."""
        wizard = self._open()
        outcome = self._coded("promise")
        typed = {"call_id": wizard.call_id.id, "note": "Typed"}
        typed |= {"outcome_id": outcome.id, "promise_amount": 20}
        spec = self._specification(wizard)
        for about in (wizard, wizard.browse()):
            answer = about.onchange(dict(typed), ["call_id"], spec)
            self.assertEqual(answer, {"value": {}})
        # Of a window that is saved, it is not even read.
        other = self._call(self._case(self._new_debtor("Two", "+32 470 12 34 57")))
        sent = typed | {"call_id": other.id, "note": "More"}
        told = wizard.onchange(sent, ["note"], {"partner_id": {}, "note": {}})
        self.assertNotIn("partner_id", told["value"])

    def test_nobody_opens_a_window_on_another_operators_call(self):
        call = self._call()
        with self.assertRaises(AccessError):
            self.env["debt.call.wizard"].with_user(self.colleague)._action_open(call)


@tagged("post_install", "-at_install")
class TestOpeningQueries(WizardCommon):
    """The window opens at the same price for a small debtor and a big one."""

    def _debtor_with_past(self, invoices, calls):
        debtor = self._new_debtor(f"With {invoices}", "+32 470 12 34 60")
        for number in range(min(invoices, 5)):
            self._invoice(10 + number, 5 + number, debtor)
        self._multiply_items(debtor, invoices - 5)
        case = self._case(debtor)
        outcome = self._coded("no_answer")
        values = {
            "case_id": case.id,
            "partner_id": debtor.id,
            "company_id": self.company.id,
            "user_id": self.operator.id,
            "state": "done",
            "outcome_id": outcome.id,
            "party": "none",
        }
        now = fields.Datetime.now()
        self.env["debt.call"].sudo().create(
            [
                values | {"started_at": now - timedelta(hours=7 * day)}
                for day in range(2, 2 + calls)
            ]
        )
        return case

    def _multiply_items(self, debtor, count):
        """So many more open items, as copies: posting hundreds takes a minute."""
        line = self.env["account.move.line"].search(
            [
                ("partner_id", "=", debtor.id),
                ("account_type", "=", "asset_receivable"),
            ],
            limit=1,
        )
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'account_move_line' AND column_name != 'id'"
        )
        columns = SQL(", ").join(SQL.identifier(name) for (name,) in self.cr.fetchall())
        self.env.cr.execute(
            SQL(
                "INSERT INTO account_move_line (%(columns)s) SELECT %(columns)s"
                " FROM account_move_line, generate_series(1, %(count)s)"
                " WHERE id = %(line)s",
                columns=columns,
                count=count,
                line=line.id,
            )
        )
        self.env.invalidate_all()

    def _count_opening(self, case):
        """Queries from the open call to the window on the screen."""
        specification = self._specification(self.env["debt.call.wizard"])
        call = self._call(case)
        self.env.flush_all()
        self.env.invalidate_all()
        wizards = self.env["debt.call.wizard"].with_user(self.operator)
        before = self.cr.sql_log_count
        action = wizards._action_open(call)
        wizards.browse(action["res_id"]).web_read(specification)
        return self.cr.sql_log_count - before

    def test_opening_takes_few_queries_however_long_the_story(self):
        self._count_opening(self._case())
        small = self._count_opening(self._debtor_with_past(1, 1))
        big = self._count_opening(self._debtor_with_past(500, 300))
        # Odoo inserts a hundred rows at once: two hundred items are one query more.
        self.assertLessEqual(big, small + 1)
        self.assertLessEqual(big, OPENING_QUERIES)

    def _count_save_and_next(self, code, **values):
        """Queries from the outcome saved to the next debtor's window on the screen."""
        cases = [self._debtor_with_past(count, 5) for count in (5, 3, 4)]
        for case in cases:
            case.sudo().write({"user_id": self.operator.id, "priority": "1"})
        wizard = self._open(cases[0])
        specification = self._specification(wizard)
        wizard.phone_ids[:1].action_dial()
        wizard.write({"outcome_id": self._coded(code).id, **values})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        action = wizard.action_save_next()["params"]["action"]
        following = wizard.browse(action["res_id"])
        following.web_read(specification)
        self.env.flush_all()
        self.assertNotEqual(following.call_id, wizard.call_id)
        return self.cr.sql_log_count - before

    def test_saving_and_the_next_take_few_queries(self):
        self._count_save_and_next("no_answer", party="none")
        count = self._count_save_and_next("no_answer", party="none")
        self.assertLessEqual(count, SAVE_AND_NEXT_QUERIES)
        promised = {"promise_amount": 10, "promise_date": fields.Date.today()}
        self._count_save_and_next("promise", party="right_party", **promised)
        count = self._count_save_and_next("promise", party="right_party", **promised)
        self.assertLessEqual(count, SAVE_AND_NEXT_QUERIES)

    def test_the_list_of_items_is_cut_and_says_so(self):
        self.patch(debt_case_ledger, "ITEMS_SHOWN", 3)
        wizard = self._open(self._debtor_with_past(5, 0))
        self.assertEqual(wizard.item_count, 5)
        self.assertEqual(wizard.shown_count, 3)
        self.assertEqual(wizard.item_ids[0].days_past_due, 9)

    def test_an_item_that_is_not_shown_is_ticked_by_its_number(self):
        """O20: of three hundred invoices he may speak of any."""
        self.patch(debt_case_ledger, "ITEMS_SHOWN", 3)
        wizard = self._open(self._debtor_with_past(5, 0))
        shown = wizard.item_ids.mapped("name")
        moves = wizard.partner_id.sudo().invoice_ids
        newest = moves.sorted("invoice_date_due")[-1]
        self.assertNotIn(newest.name, shown)
        for text in (False, " ", "no such number", "INV"):
            wizard.other_item = text
            with self.assertRaises(UserError):
                wizard.action_add_item()
        wizard.other_item = newest.name[-5:]
        wizard.action_add_item()
        self.assertFalse(wizard.other_item)
        ticked = wizard.item_ids.filtered("selected")
        self.assertEqual(ticked.move_id, newest)
        wizard.other_item = shown[0]
        wizard.action_add_item()
        self.assertEqual(len(wizard.item_ids.filtered("selected")), 2)
        self.assertEqual(len(wizard.item_ids), 4)
        # Found again, the window has it still; and it can be disputed.
        wizard = self._open(wizard.case_id)
        self.assertIn(newest, wizard.item_ids.filtered("selected").move_id)
        wizard.write(
            {
                "outcome_id": self._coded("disputed").id,
                "party": "right_party",
                "dispute_reason": "Never came",
            }
        )
        wizard.action_save()
        self.assertIn(newest, wizard.case_id.sudo().dispute_ids.move_ids)


@tagged("post_install", "-at_install")
class TestCallActivity(WizardCommon):
    """A call is done when its outcome is logged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cases.refresh(cls.debtor.ids)
        cls.case = cls.cases.search([("partner_id", "=", cls.debtor.id)])
        cls.case.user_id = cls.operator
        cls.case._plan()
        cls.activity = cls.env["mail.activity"]._debt_calls(cls.case)

    def _done(self, activities, user=None):
        return activities.with_user(user or self.operator).action_done()

    def test_done_opens_the_window_and_the_outcome_makes_it_done(self):
        self.assertEqual(self.activity.user_id, self.operator)
        action = self._done(self.activity)
        self.assertTrue(self.activity.active)
        self.assertEqual(action["res_model"], "debt.call.wizard")
        wizard = self.env["debt.call.wizard"].with_user(self.operator)
        wizard = wizard.browse(action["res_id"])
        wizard.dialled_phone_id = wizard.phone_ids.phone_id
        wizard.write({"party": "none", "outcome_id": self._coded("no_answer").id})
        wizard.action_save()
        self.assertFalse(self.activity.active)
        self.assertEqual(self.activity.feedback, "No answer")

    def test_of_many_the_others_are_done_and_one_call_opens(self):
        todo = self.case.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.operator.id
        )
        action = self._done(self.activity | todo)
        self.assertEqual(action["res_model"], "debt.call.wizard")
        self.assertFalse(todo.active)
        self.assertTrue(self.activity.active)

    def test_automations_still_mark_it_done(self):
        self.activity.with_user(self.operator).action_feedback(feedback="Merged")
        self.assertFalse(self.activity.active)

    def test_whoever_cannot_call_marks_it_done_as_ever(self):
        self.activity.user_id = self.accountant
        self._done(self.activity, self.accountant)
        self.assertFalse(self.activity.active)

    def test_a_call_of_another_model_is_done_as_ever(self):
        call = self.debtor.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.operator.id
        )
        self._done(call)
        self.assertFalse(call.active)

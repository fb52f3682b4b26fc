import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.debt_collection.models.privacy.debt_personal_data import ERASED

from .common import DebtCommon

NOTE, TYPED = "Was ill in spring", "Her brother rang from +32 470 11 22 33"
#: Texts that say nothing of a debtor, or have to stay, and why.
IMPERSONAL = {
    "debt.call.external_id": "the exchange's own number for the call",
    "debt.call.step.answer_name": "the script's words",
    "debt.call.step.step_name": "the script's words",
    "debt.case.closed_state": "a code",
    "debt.case.legal_hold_reason": "nothing on hold is erased",
    "debt.case.next_contact_block": "a code",
    "debt.case.next_contact_code": "a code",
    "debt.contact.decision.key": "tells two refusals of a plan apart",
    "debt.contact.decision.local_time": "when, not who",
    "debt.contact.decision.readings": "counts, by limit",
    "debt.contact.decision.zones": "where the clock was read",
    "debt.contact.exception.details": "counts and codes",
    "debt.contact.exception.local_time": "when, not who",
    "debt.dialler.command.error": "what the exchange said",
    "debt.dialler.lease.close_reason": "a code",
    "debt.dialler.lease.token": "a key of the moment",
    "debt.message.failure": "what the carrier said",
    "debt.message.key": "tells two messages of a step apart",
    "debt.message.lang": "a language",
    "debt.message.sms_uuid": "the gateway's own number",
    "debt.objection.proposal.former_text": "the script's words",
    "debt.objection.proposal.reason": "what a manager says of an answer",
    "debt.objection.proposal.text": "an answer that all operators may use",
    "debt.recording.legal_hold_reason": "nothing on hold is erased",
    "debt.recording.mimetype": "the kind of sound",
    "debt.recording.name": "the exchange's own number",
    "debt.recording.sha256": "shows that nobody changed it",
}
#: What is erased of a debtor as a whole, or with the sound.
OTHERWISE = {
    "debt.consent.address",
    "debt.consent.evidence",
    "debt.consent.evidence_name",
    "debt.consent.note",
    "debt.recording.content",
}


@tagged("post_install", "-at_install")
class TestPrivacy(DebtCommon):
    """A debtor may be forgotten; that he was treated rightly can still be shown."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()
        self._call(self.case).finish("refused", party="right_party", note=NOTE)
        self.call = self.case.call_ids
        self.case.message_post(body=TYPED)

    def _close(self):
        self._pay(self.invoice)
        self.cases.refresh(self.debtor.ids)
        self.assertEqual(self.case.state, "closed")

    def _wizard(self, user=None, **values):
        wizards = self.env["debt.privacy.wizard"].with_user(user or self.manager)
        values = {"reason": "Asked for it", "partner_id": self.debtor.id} | values
        return wizards.create(values)

    def _words(self):
        messages = self.env["mail.message"].search(
            [("model", "=", "debt.case"), ("res_id", "=", self.case.id)]
        )
        return " ".join(messages.mapped("body"))

    def test_what_was_said_goes_and_that_it_was_said_stays(self):
        self._close()
        decisions = self.env["debt.contact.decision"].search_count(
            [("partner_id", "=", self.debtor.id)]
        )
        total = self.invoice.amount_total
        self._wizard().action_erase()
        self.assertFalse(self.call.note)
        self.assertFalse(self.call.number)
        self.assertEqual(self.call.outcome_id.code, "refused")
        self.assertTrue(self.call.started_at)
        self.assertNotIn("brother", self._words())
        self.assertEqual(
            decisions,
            self.env["debt.contact.decision"].search_count(
                [("partner_id", "=", self.debtor.id), ("number", "=", False)]
            ),
        )
        phones = self.env["debt.phone"].with_context(active_test=False)
        found = phones.search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(
            found.mapped(lambda one: (one.active, one.number, one.raw)),
            [(False, False, ERASED)],
        )
        self.assertEqual(self.invoice.amount_total, total)
        self.assertEqual(self.debtor.name, "Debtor One")
        told = self.debtor.message_ids[:1].body
        self.assertIn(self.manager.name, told)
        self.assertIn("Asked for it", told)

    def test_an_open_case_stays_as_it_is(self):
        wizard = self._wizard()
        self.assertFalse(wizard.goes_text)
        self.assertIn("still collected", wizard.stays_text)
        wizard.action_erase()
        self.assertEqual(self.call.note, NOTE)
        self.assertTrue(self.debtor.debt_phone_ids.number)

    def test_a_legal_hold_stays_as_it_is(self):
        self._close()
        self.case.write({"legal_hold": True, "legal_hold_reason": "Court"})
        wizard = self._wizard()
        self.assertIn("legal hold", wizard.stays_text)
        wizard.action_erase()
        self.assertEqual(self.call.note, NOTE)
        self.assertIn("brother", self._words())

    def test_a_refusal_is_heeded_for_ever(self):
        consents = self.env["debt.consent"]
        for state in ("given", "withdrawn"):
            consents.create(
                {
                    "partner_id": self.debtor.id,
                    "channel": "email",
                    "state": state,
                    "address": "one@example.com",
                    "note": NOTE,
                }
            )
        self._close()
        self._wizard().action_erase()
        found = consents.search([("partner_id", "=", self.debtor.id)], order="id")
        self.assertEqual(
            found.mapped(lambda one: (one.address, one.note)),
            [(False, False), ("one@example.com", False)],
        )

    def test_the_contact_itself(self):
        person = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.debtor.id, "email": "ann@example.com"}
        )
        self._close()
        self.manager.group_ids |= self.env.ref("base.group_partner_manager")
        self._wizard(erase_contact=True).action_erase()
        self.assertEqual((self.debtor.phone, person.email), (False, False))
        self.assertEqual(person.name, "Ann")

    def test_only_managers_and_with_a_reason(self):
        self._close()
        for user in (self.operator, self.accountant):
            with self.assertRaises(AccessError):
                self._wizard(user)
        with self.assertRaisesRegex(UserError, "Say why"):
            self._wizard(reason=" ").action_erase()
        self.assertEqual(self.call.note, NOTE)

    def test_the_dialog_opens_from_the_contact_and_from_the_case(self):
        for record in (self.debtor, self.case):
            context = {"active_model": record._name, "active_id": record.id}
            wizards = self.env["debt.privacy.wizard"].with_user(self.manager)
            form = Form(wizards.with_context(**context))
            self.assertEqual(form.partner_id, self.debtor)

    # --- by itself --------------------------------------------------------------------
    def _cron(self):
        cron = self.env.ref("debt_collection.ir_cron_debt_erase")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_retention(self):
        self._close()
        with self._at(days=400):
            self._cron()
            self.assertEqual(self.call.note, NOTE, "kept until somebody says otherwise")
            self.company.debt_keep_days = 500
            self._cron()
            self.assertEqual(self.call.note, NOTE, "not old enough")
            self.company.debt_keep_days = 365
            self._cron()
            self.assertFalse(self.call.note)
            self.assertTrue(self.case.erased_at)

    # --- what is told -----------------------------------------------------------------
    def test_the_export_tells_everything_in_his_language(self):
        self.case.message_ids.unlink()
        wizard = self._wizard()
        action = wizard.action_export()
        self.assertIn(f"/{wizard.id}/file/", action["url"])
        page = base64.b64decode(wizard.with_context(bin_size=False).file).decode()
        outcome = self.call.outcome_id.name
        for text in (NOTE, "+32470123456", outcome, "Debtor One"):
            self.assertIn(text, page)

    def test_the_export_tells_nothing_of_other_companies(self):
        sister = self.setup_other_company(name="Sister")["company"]
        other = self.case.sudo().copy({"company_id": sister.id, "ladder_id": False})
        self.call.sudo().copy(
            {"case_id": other.id, "company_id": sister.id, "note": "Elsewhere"}
        )
        wizard = self._wizard()
        wizard.action_export()
        page = base64.b64decode(wizard.file).decode()
        self.assertNotIn("Elsewhere", page)

    # --- nothing is forgotten to be forgotten -----------------------------------------
    def test_every_text_about_a_debtor_is_erased_or_excused(self):
        data = self.env["debt.personal.data"]
        erased = {
            f"{name}.{field}"
            for name, personal in data._personal().items()
            for field in personal.names + personal.required
        }
        found = {
            f"{name}.{field.name}"
            for name, model in self.env.registry.items()
            if name.startswith("debt.") and model._auto and not model._transient
            if not model._abstract and self._leads_to_a_case(model)
            for field in model._fields.values()
            if field.store and field.type in ("char", "text", "html", "json", "binary")
        }
        forgotten = found - erased - set(IMPERSONAL) - OTHERWISE
        self.assertFalse(forgotten)

    def _leads_to_a_case(self, model):
        return model._name == "debt.case" or any(
            field.type == "many2one"
            and field.comodel_name in ("debt.case", "debt.call")
            and field.store
            for field in model._fields.values()
        )

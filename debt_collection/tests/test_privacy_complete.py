from odoo.tests import TransactionCase, tagged

from .access_common import is_ours

#: Fields that lead to people of ours.
PEOPLE = {"user_id", "message_follower_ids", "message_partner_ids"}
#: Models that point at a contact, and are not about a debtor.
NOT_ABOUT = {"debt.objection": "an answer for all; it names the calls it was used in"}
TEXTS = ("char", "text", "html", "json", "binary")
#: Whatever points at one of these is about a debtor.
DEBTORS = {"account.move", "account.move.line", "debt.call", "debt.case", "res.partner"}
#: Texts that say nothing of a debtor, or have to stay, and why.
IMPERSONAL = {
    "debt.call.external_id": "the exchange's own number for the call",
    "debt.call.ladder_key": "tells two messages of a step apart",
    "debt.call.our_number": "a number of ours",
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
    "debt.fee.details": "days, rates and amounts",
    "debt.handover.export.contents": "names of files",
    "debt.handover.export.sha256": "shows which file it was",
    "debt.meeting.tz": "where the clock was read",
    "debt.message.failure": "what the carrier said",
    "debt.message.key": "tells two messages of a step apart",
    "debt.message.lang": "a language",
    "debt.message.sms_uuid": "the gateway's own number",
    "debt.objection.proposal.former_text": "the script's words",
    "debt.objection.proposal.name": "the title of an answer for all",
    "debt.objection.proposal.reason": "what a manager says of an answer",
    "debt.objection.proposal.text": "an answer that all operators may use",
    "debt.portal.act.key": "chance, by which a form is taken once",
    "debt.recording.legal_hold_reason": "nothing on hold is erased",
    "debt.recording.mimetype": "the kind of sound",
    "debt.recording.name": "the exchange's own number",
    "debt.recording.sha256": "shows that nobody changed it",
}
#: Fields that other addons give to models of ours.
OF_OTHERS = {"debt.call.ladder_key"}
#: What is erased of a debtor as a whole, or with the sound.
OTHERWISE = {
    "debt.consent.address",
    "debt.consent.evidence",
    "debt.consent.evidence_name",
    "debt.consent.note",
    "debt.recording.content",
}
#: Told to nobody: it is not about the debtor, or told in other words, and why.
NOT_TOLD = {
    "account.move.debt_former": "what the decision replaced",
    "debt.call.exemplary_why": "what colleagues learn from the call",
    "debt.call.event.values": "keys and codes; what follows from them is told",
    "debt.call.review.answer": "an operator's work, and his data",
    "debt.call.review.feedback": "an operator's work, and his data",
    "debt.call.review.line.comment": "an operator's work, and his data",
    "debt.consent.evidence": "the document itself; it is named",
    "debt.contact.exception.number": "the contact is told with its number",
    "debt.dialler.command.values": "what the exchange was to do",
    "debt.item.decision.debt_former": "what the decision replaced",
    "debt.recording.content": "the sound; that there is one is told",
}


#: Models with a history that is about no debtor, though they point at one, and why.
HISTORY_OF_OURS = {"debt.objection.proposal": "an answer for all, among colleagues"}


@tagged("post_install", "-at_install")
class TestPrivacyComplete(TransactionCase):
    """Nothing is forgotten to be forgotten, nor to be told.

    Whoever adds a field that keeps words about a debtor is asked here: is it erased,
    is it told, or why not?
    """

    def test_every_text_about_a_debtor_is_erased_or_excused(self):
        data = self.env["debt.personal.data"]
        erased = {
            f"{name}.{field}"
            for kept in (data._personal(), data._personal_of_debtors())
            for name, personal in kept.items()
            for field in personal.names + personal.required
        }
        found = self._texts()
        self.assertFalse(found - erased - set(IMPERSONAL) - OTHERWISE)

    def test_every_text_about_a_debtor_is_told_or_excused(self):
        told = {
            f"{name}.{field}"
            for name, (_path, names) in self.env["debt.personal.data"]
            ._exported()
            .items()
            for field in names
        }
        found = self._texts()
        self.assertFalse(found - told - set(IMPERSONAL) - set(NOT_TOLD))

    def test_no_excuse_outlives_its_field(self):
        known = {
            f"{name}.{field}"
            for name, model in self.env.registry.items()
            for field in model._fields
        }
        # Those of addons that are not installed here are not missed.
        excused = {*IMPERSONAL, *NOT_TOLD, *OTHERWISE}
        here = {one for one in excused if one.rpartition(".")[0] in self.env.registry}
        self.assertFalse(here - known - OF_OTHERS)

    def test_every_history_and_to_do_about_a_debtor_is_known(self):
        threads = self.env["debt.personal.data"]._threads()
        found = {
            name
            for name in self._about_debtors()
            if name.startswith("debt.")
            and {"message_ids", "activity_ids"} & self.env[name]._fields.keys()
        }
        self.assertEqual(found - HISTORY_OF_OURS.keys(), threads.keys())

    def _texts(self):
        """Fields that keep words about a debtor."""
        about = self._about_debtors()
        return {
            f"{name}.{field.name}"
            for name in about
            for field in self.env.registry[name]._fields.values()
            if field.store and field.type in TEXTS
            if name.startswith("debt.") or is_ours(field) or name == "voip.call"
        }

    def _about_debtors(self):
        """Models with rows about debtors: those that lead to one, and so on."""
        about = set(DEBTORS)
        candidates = {
            name
            for name, model in self.env.registry.items()
            if model._auto and not model._transient and not model._abstract
            if name.startswith("debt.") or any(map(is_ours, model._fields.values()))
        }
        while found := [one for one in candidates - about if self._leads(one, about)]:
            about.update(found)
        return about - set(NOT_ABOUT)

    def _leads(self, name, about):
        return name not in NOT_ABOUT and any(
            field.type in ("many2one", "many2many")
            and field.store
            and field.comodel_name in about
            and field.name not in PEOPLE
            for field in self.env.registry[name]._fields.values()
            if name.startswith("debt.") or is_ours(field)
        )

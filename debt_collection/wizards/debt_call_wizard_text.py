from odoo import api, fields, models
from odoo.tools import format_date

from ..models.card.debtor_words import to_a_machine, to_somebody_else


class DebtCallWizard(models.TransientModel):
    """What is read in the call window: what to say, and what follows from it."""

    _inherit = "debt.call.wizard"

    suggested_profile_id = fields.Many2one(
        "debt.profile", compute="_compute_profile_hint"
    )
    profile_hint = fields.Char(compute="_compute_profile_hint")
    spoken_lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Spoken Language",
        help="The language of the script's texts and of the cards: the debtor's at "
        "first.",
    )
    has_langs = fields.Boolean(compute="_compute_has_langs")

    def _compute_has_langs(self):
        self.has_langs = len(self.env["res.lang"].get_installed()) > 1

    @api.depends(
        "party",
        "spoken_lang",
        "step_id",
        "outcome_id",
        "promise_amount",
        "promise_date",
        "promise_method",
        "instalment_ids",
    )
    def _compute_script_html(self):
        for wizard in self:
            wizard.script_html = self._render("call_script", **wizard._prepare_script())

    def _prepare_script(self):
        """What may be said at this moment, decided here and not by the browser.

        Nothing about the debt leaves the server as something to say before the right
        party has answered: until then there are only the questions who it is; a third
        party and a machine get a text that names no debt.
        """
        party, step = self.party, self.step_id
        values = {"party": party, "title": step.name, "text": "", "neutral": ""}
        if party != "none" and step._is_sayable(party):
            texts = step._render_text(self.case_id, self.spoken_lang)
            values["text"] = self._fill_blanks(texts.get(step.id) or "")
        if party in ("third_party", "none"):
            values["neutral"] = self._neutral_text()
        hints = (self.case_id.stage_id.tone, self.case_id.profile_id.advice)
        answered = party == "right_party"
        return values | {"advice": [hint for hint in hints if hint and answered]}

    def _fill_blanks(self, text):
        """What has been agreed in this call, in place of the script's blanks."""
        wizard = self._in_debtors_language()
        plan = wizard.instalment_ids.sorted("date") if wizard.promise_parts > 1 else []
        parts = [(part.amount, part.date) for part in plan] or [
            (wizard.promise_amount, wizard.promise_date)
        ]
        if not (wizard.needs_promise and all(all(part) for part in parts)):
            return text
        said = [
            (wizard._say_amount(amount), format_date(wizard.env, day))
            for amount, day in parts
        ]
        methods = wizard._fields["promise_method"]._description_selection(wizard.env)
        blanks = {
            wizard.env._("[amount]"): said[0][0],
            wizard.env._("[date]"): said[0][1],
            wizard.env._("[way of payment]"): dict(methods).get(wizard.promise_method),
            wizard.env._("[next amounts and dates]"): ", ".join(
                " – ".join(part) for part in said[1:]
            ),
        }
        whole = wizard._say_plan(text, parts, said)
        for blank, value in blanks.items():
            text = text.replace(blank, value or blank)
        return text + whole

    def _say_plan(self, text, parts, said):
        """The rest of a plan, where the script's text has no blank for it."""
        if len(parts) < 2 or self.env._("[amount]") not in text:
            return ""
        if self.env._("[next amounts and dates]") in text:
            return ""
        return " " + self.env._(
            "And then %(parts)s: %(total)s in all.",
            parts=", ".join(" – ".join(part) for part in said[1:]),
            total=self._say_amount(sum(amount for amount, _day in parts)),
        )

    def _say_amount(self, amount):
        """What is promised, in the currency of the invoices talked about."""
        ticked = self.item_ids.filtered("selected").mapped("line_ref")
        return self.case_id._format_promised(amount, ticked)

    def _in_debtors_language(self):
        lang = self.spoken_lang
        known = not lang or lang == (self.env.lang or "en_US")
        return self if known else self.with_context(lang=lang)

    def _neutral_text(self):
        """All that may be left with somebody else or on a machine."""
        wizard = self._in_debtors_language()
        number = self.company_id.phone or self.env.user.phone
        values = {
            "operator": self.env.user.name,
            "company": self.company_id.name,
            "debtor": self.partner_id.name,
            "number": number,
        }
        say = to_somebody_else if self.party == "third_party" else to_a_machine
        return say(wizard.env, values)

    @api.depends("party", "profile_id")
    def _compute_profile_hint(self):
        """Worked out once somebody is on the line, not for every window opened."""
        for wizard in self:
            case = wizard.case_id
            wizard.suggested_profile_id = wizard.profile_hint = False
            if wizard.party != "right_party":
                continue
            suggestions = self.env["debt.profile"]._suggestions(case)
            profile, reasons = suggestions[case]
            if profile and profile != wizard.profile_id:
                wizard.suggested_profile_id = profile
                wizard.profile_hint = self.env._(
                    "Suggested: %(profile)s. %(reasons)s",
                    profile=profile.name,
                    reasons=" ".join(f"{reason.rstrip('.')}." for reason in reasons),
                )

    def action_accept_profile(self):
        """Take over the suggested kind of debtor."""
        self.ensure_one()
        if self.suggested_profile_id:
            self.profile_id = self.suggested_profile_id

    @api.depends(
        "call_state",
        "outcome_id",
        "party",
        "callback_at",
        "promise_amount",
        "promise_date",
        "instalment_ids",
        "promise_method",
        "promise_is_sure",
        "confirm_channel",
        "item_ids.selected",
        "dialled_phone_id",
        "note",
        "dispute_reason",
        "dispute_code",
        "dispute_amount",
        "try_again_at",
        "paid_on",
        "paid_amount",
    )
    def _compute_consequence_html(self):
        for wizard in self:
            if not wizard.outcome_id or wizard.call_state == "done":
                wizard.consequence_html = False
                continue
            if wizard.callback_hint:
                # A time that is refused is no consequence.
                wizard.consequence_html = False
                continue
            told = wizard.call_id._preview_finish(
                wizard.outcome_id.code,
                wizard.dialled_phone_id,
                **wizard._prepare_finish_values(),
            )
            wizard.consequence_html = self._render(
                "call_consequences",
                outcome=wizard.outcome_id,
                sentences=told["sentences"],
                missing=wizard._missing() or told["missing"],
            )

    def _missing(self):
        """What the outcome asks for and is not there yet, as a sentence; or False."""
        if self.needs_note and not (self.note or "").strip():
            return self.env._("Say in the note what it was about.")
        undialled = self.call_id.state == "draft" and not self.dialled_phone_id
        if undialled and any(self.phone_ids.mapped("can_dial")):
            return self.env._(
                "Nothing was dialled: press Call, or choose under “Number Dialled” "
                "the number that you dialled on your own telephone."
            )
        return False

    def web_read(self, specification):
        return super().web_read(specification)

    # “What follows” is done and undone: a read-only transaction cannot do that.
    web_read._readonly = False

    @api.model
    def _render(self, template, **values):
        return self.env["ir.qweb"]._render(f"debt_collection.{template}", values)

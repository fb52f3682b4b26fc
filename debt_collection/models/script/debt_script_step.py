from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.experiment import CHALLENGER, arm
from ..call.parties import PARTIES
from .phases import PHASES


class DebtScriptPart(models.AbstractModel):
    """Steps and answers: they change only as long as no call was made with them."""

    _name = "debt.script.part"
    _description = "Part of a Call Script"

    script_id = fields.Many2one("debt.script")

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.script_id._check_unlocked()
        return parts

    def write(self, vals):
        self.script_id._check_unlocked()
        result = super().write(vals)
        if {"script_id", "step_id"} & vals.keys():
            self.script_id._check_unlocked()
        return result

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        """The dialog of translations writes past `write`, and past all checks."""
        self.script_id._check_unlocked()
        result = super()._update_field_translations(
            field_name, translations, digest, source_lang
        )
        for lang in translations:
            self.with_context(lang=lang)._validate_fields([field_name])
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unlocked(self):
        self.script_id._check_unlocked()


class DebtScriptStep(models.Model):
    """One thing the operator says, and what may be answered to it."""

    _name = "debt.script.step"
    _inherit = "debt.script.part"
    _description = "Call Script Step"
    _order = "script_id, sequence, id"

    script_id = fields.Many2one(required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    phase = fields.Selection(PHASES, required=True, default="identify")
    name = fields.Char(string="Title", required=True, translate=True)
    text = fields.Text(
        required=True,
        translate=True,
        help="What to say. {{ object.partner_id.name }} and the like are filled in.",
    )
    other_text = fields.Text(
        string="Second Wording",
        translate=True,
        help="Every other debtor hears this instead, and always this one. What Works "
        "tells which of the two brings more.",
    )
    # Copied by the script, which knows where the copies lead to.
    answer_ids = fields.One2many("debt.script.answer", "step_id", copy=False)

    def _is_sayable(self, party):
        """Whether the step may be read out to whoever is on the line.

        :param party: ``right_party``, ``third_party``, ``none`` or False (not known)
        """
        self.ensure_one()
        return self.phase == "identify" or party == "right_party"

    def _all_text(self):
        """Both wordings: what is checked of one is checked of the other."""
        return "\n".join(filter(None, (self.text, self.other_text)))

    def _wording(self, partner):
        """Which wording a debtor hears, drawn by lot and always the same.

        :param partner: ``res.partner``
        :return: ``1`` or ``2``; False where there is only one
        """
        if not self.other_text or not partner.id:
            return False
        return "2" if arm(f"step {self._origin.id}", partner.id) == CHALLENGER else "1"


class DebtScriptAnswer(models.Model):
    """What the debtor says to a step, and where the talk goes from there."""

    _name = "debt.script.answer"
    _inherit = "debt.script.part"
    _description = "Call Script Answer"
    _order = "step_id, sequence, id"

    step_id = fields.Many2one(
        "debt.script.step", required=True, ondelete="cascade", index=True
    )
    script_id = fields.Many2one(related="step_id.script_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="The Debtor Says",
        required=True,
        translate=True,
        help="In a few words: it becomes a button in the call window.",
    )
    party = fields.Selection(
        PARTIES[::-1],
        string="Who Answered",
        help="What the answer says about who it is.",
    )
    acknowledges = fields.Boolean(
        string="Acknowledges the Debt",
        help="Whoever says that says that the debt is right.",
    )
    next_step_id = fields.Many2one(
        "debt.script.step",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('script_id', '=', script_id)]",
        help="What is said next.",
    )
    objection_id = fields.Many2one(
        "debt.objection",
        ondelete="restrict",
        help="Its handling is shown. Without a next step the talk comes back here.",
    )
    outcome_id = fields.Many2one(
        "debt.call.outcome", ondelete="restrict", help="The talk ends with it."
    )

    _leads_somewhere = models.Constraint(
        "CHECK(next_step_id IS NOT NULL OR objection_id IS NOT NULL"
        " OR outcome_id IS NOT NULL)",
        "An answer leads to a next step, an objection or an outcome.",
    )
    _outcome_ends = models.Constraint(
        "CHECK(next_step_id IS NULL OR outcome_id IS NULL)",
        "An outcome ends the talk: there is no next step after it.",
    )

    @api.constrains("next_step_id", "step_id")
    def _check_same_script(self):
        for answer in self:
            target = answer.next_step_id
            if target and target.script_id != answer.step_id.script_id:
                raise ValidationError(
                    self.env._(
                        "“%(answer)s” leads to a step of another script.",
                        answer=answer.name,
                    )
                )

    def _target(self):
        """The step that follows; empty when the answer ends the talk."""
        self.ensure_one()
        if self.outcome_id:
            return self.step_id.browse()
        return self.next_step_id or self.step_id

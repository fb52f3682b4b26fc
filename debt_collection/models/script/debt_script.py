from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class DebtScript(models.Model):
    """What the operator says: a graph of steps, led by what the debtor answers.

    Calls are told by the script they were made with, so a version that was used stays
    as it was: changes are made in a new version, which replaces the former one.
    """

    _name = "debt.script"
    _description = "Call Script"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("in_use", "In Use"), ("replaced", "Replaced")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    version = fields.Integer(default=1, readonly=True, copy=False, aggregator=None)
    origin_id = fields.Many2one(
        "debt.script",
        string="First Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    version_ids = fields.Many2many(
        "debt.script",
        string="Versions",
        compute="_compute_version_ids",
        context={"active_test": False},
    )
    version_count = fields.Integer(compute="_compute_version_ids")
    used = fields.Boolean(
        compute="_compute_used", help="Calls were made with this version."
    )

    company_id = fields.Many2one("res.company")
    direction = fields.Selection(
        [
            ("outbound", "We Call"),
            ("inbound", "A Debtor Calls Us"),
            ("stranger", "Somebody Unknown Calls Us"),
        ],
        string="Used When",
        required=True,
        default="outbound",
        help="Where no script is kept for a debtor who calls us, he gets the one for "
        "our own calls. Somebody unknown hears its first step only.",
    )
    applies_to = fields.Selection(
        [("any", "Anybody"), ("person", "Persons"), ("company", "Companies")],
        required=True,
        default="any",
    )
    stage_ids = fields.Many2many(
        "debt.stage", string="Stages", help="Empty: every stage."
    )
    profile_ids = fields.Many2many(
        "debt.profile", string="Profiles", help="Empty: every profile."
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Debtor's Language",
        help="Empty: every language, with the translations of the texts.",
    )
    segment_id = fields.Many2one(
        "debt.segment", ondelete="restrict", help="Empty: cases of every segment."
    )
    outcome_ids = fields.Many2many(
        "debt.call.outcome",
        string="After Outcome",
        help="Used when the last logged call of the case ended so. Empty: after any.",
    )
    step_ids = fields.One2many("debt.script.step", "script_id", copy=True)

    @api.model_create_multi
    def create(self, vals_list):
        scripts = super().create(vals_list)
        # Of the records: the context has defaults as well.
        if any(script.state != "draft" for script in scripts):
            self._check_state_writable()
        return scripts

    def write(self, vals):
        if "state" in vals:
            self._check_state_writable()
        return super().write(vals)

    def _check_state_writable(self):
        """:raises AccessError: the script would come into use unchecked"""
        if not self.env.su:
            raise AccessError(
                self.env._("A script is put to use by its button, which checks it.")
            )

    @api.depends("origin_id")
    def _compute_version_ids(self):
        for script in self:
            script.version_ids = script._family()
            script.version_count = len(script.version_ids)

    def _family(self):
        """All versions of this script, archived ones too, the first one first."""
        first = self._origin.origin_id or self._origin
        return self.with_context(active_test=False).search(
            ["|", ("id", "in", first.ids), ("origin_id", "in", first.ids)],
            order="version, id",
        )

    def _compute_used(self):
        for script in self:
            script.used = script._is_used()

    def _is_used(self):
        """Whether calls were made with this version; asked anew before each change."""
        # Superuser: other teams' calls count too; only that there are any is told.
        calls = self.env["debt.call"].sudo()
        return bool(
            calls.search_count([("script_id", "in", self._origin.ids)], limit=1)
        )

    def _first_step(self):
        """The step with which every talk begins; empty when there is none."""
        self.ensure_one()
        return self.step_ids.sorted(lambda step: (step.sequence, step._origin.id))[:1]

    def _check_unlocked(self):
        """Refuse to change what calls have been made with.

        :raises UserError: one of the scripts was used
        """
        for script in self.filtered(lambda script: script._is_used()):
            raise UserError(
                self.env._(
                    "Calls have been made with “%(script)s” (version %(version)s), and "
                    "it stays as it was for them. Make a new version and change that.",
                    script=script.name,
                    version=script.version,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        for script in self.filtered(lambda script: script._is_used()):
            raise UserError(
                self.env._(
                    "Calls have been made with “%(script)s” (version %(version)s). "
                    "Archive it instead of deleting it.",
                    script=script.name,
                    version=script.version,
                )
            )

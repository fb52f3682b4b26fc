from odoo import api, fields, models

from ..card.groups import SETTERS

SAID = ("debt_recorded_by_id", "debt_recorded_said_at")


class ResCompany(models.Model):
    """A company that records its calls elsewhere says where, and stands for it."""

    _inherit = "res.company"

    debt_recorded_elsewhere = fields.Char(
        groups=SETTERS,
        string="Calls Are Recorded Elsewhere",
        help="Where the recordings are, e.g. “Office PBX, folder Archive, kept for "
        "three years”. Some laws permit no call that is not recorded: with this you "
        "say that every call is, and announced, although Odoo does not record it. "
        "Empty: only a telephony provider that records for Odoo does.",
    )
    debt_recorded_by_id = fields.Many2one(
        "res.users",
        groups=SETTERS,
        string="Said By",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    debt_recorded_said_at = fields.Datetime(
        groups=SETTERS, string="Said On", readonly=True, copy=False
    )

    @api.model
    def _debt_traced(self):
        return super()._debt_traced() | {"debt_recorded_elsewhere"}

    def write(self, vals):
        """Who says so, and when, is not the user's to choose; plans follow soon."""
        vals = {name: value for name, value in vals.items() if name not in SAID}
        if "debt_recorded_elsewhere" not in vals:
            return super().write(vals)
        said = (vals["debt_recorded_elsewhere"] or "").strip()
        by = {
            "debt_recorded_elsewhere": said or False,
            "debt_recorded_by_id": bool(said) and self.env.uid,
            "debt_recorded_said_at": bool(said) and fields.Datetime.now(),
        }
        result = super().write(vals | by)
        self.env["debt.plan.source"]._replan()
        return result


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debt_recorded_elsewhere = fields.Char(
        related="company_id.debt_recorded_elsewhere", readonly=False
    )
    debt_recorded_by_id = fields.Many2one(related="company_id.debt_recorded_by_id")
    debt_recorded_said_at = fields.Datetime(related="company_id.debt_recorded_said_at")

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DebtLegalHold(models.AbstractModel):
    """What is kept beyond its time because a court or an inspector may ask for it."""

    _name = "debt.legal.hold"
    _description = "Legal Hold"

    legal_hold = fields.Boolean(
        help="Recordings are not deleted, whatever their age.", copy=False
    )
    legal_hold_reason = fields.Char(string="Why Held", copy=False)
    legal_hold_user_id = fields.Many2one(
        "res.users", string="Held By", readonly=True, copy=False
    )
    legal_hold_at = fields.Datetime(string="Held Since", readonly=True, copy=False)

    @api.constrains("legal_hold", "legal_hold_reason")
    def _check_legal_hold(self):
        for record in self:
            if record.legal_hold and not (record.legal_hold_reason or "").strip():
                raise ValidationError(
                    self.env._("Say why the recordings have to be kept.")
                )

    def write(self, vals):
        if "legal_hold" not in vals:
            return super().write(vals)
        held = bool(vals["legal_hold"])
        changed = self.filtered(lambda record: record.legal_hold != held)
        result = super().write(vals)
        # Superuser: who and when is not the user's to choose.
        super(DebtLegalHold, self.sudo()).write(
            {
                "legal_hold_user_id": held and self.env.uid,
                "legal_hold_at": held and fields.Datetime.now(),
            }
        )
        changed._log_legal_hold()
        return result

    def _log_legal_hold(self):
        """Who kept or released what, and why, stays on record with the case."""
        for record in self:
            if record.legal_hold:
                body = self.env._(
                    "%(what)s: on legal hold. %(why)s",
                    what=record.display_name,
                    why=record.legal_hold_reason,
                )
            else:
                body = self.env._(
                    "%(what)s: released from legal hold.", what=record.display_name
                )
            record._held_case()._message_log(body=body)

    def _held_case(self):
        """The case in whose history it is told, ``debt.case``."""
        raise NotImplementedError

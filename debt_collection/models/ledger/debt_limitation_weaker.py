from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools.strictness import Period, weaker_period


class DebtLimitation(models.Model):
    """A limitation period is made weaker with a reason, and never silently."""

    _inherit = "debt.limitation"

    change_reason = fields.Char(
        string="Reason for Easing It",
        store=False,
        help="Required when more can be demanded than before: a longer period, fewer "
        "debtors, or none at all. It stays on record with your name.",
    )
    version_ids = fields.One2many(
        "debt.limitation.version", "limitation_id", string="Made Weaker", readonly=True
    )
    eased_text = fields.Text(string="Eased", compute="_compute_eased_text")

    @api.depends("version_ids")
    @api.depends_context("lang", "tz")
    def _compute_eased_text(self):
        """Who made it weaker last, when and why."""
        for period in self:
            last = period.version_ids[:1]
            period.eased_text = last._eased_text() if last else False

    def write(self, vals):
        """:raises UserError: it becomes weaker, and no reason is given"""
        if self.env.su:
            # Data of an addon.
            return super().write(vals)
        before = {period: period._standing() for period in self}
        result = super().write(vals)
        for period, standing in before.items():
            period._justify(standing, vals.get("change_reason"))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_archived(self):
        """:raises UserError: it would be gone without a trace"""
        if not self.env.su and any(period.active for period in self):
            raise UserError(
                self.env._(
                    "Archive the limitation period, with a reason, rather than delete "
                    "it."
                )
            )

    def _standing(self):
        """What it says, to compare: a `strictness.Period`."""
        self.ensure_one()
        return Period(
            years=self.years,
            from_year_end=self.from_year_end,
            debtor=self.debtor,
            country=self.country_id.id,
            active=self.active,
        )

    def _justify(self, before, reason):
        """Keep what a weaker period says now as a version with its author.

        :param Period before: what it is measured by
        :raises UserError: no reason is given
        """
        self.ensure_one()
        if not weaker_period(before, self._standing()):
            return
        reason = (reason or "").strip()
        if not reason:
            raise UserError(
                self.env._(
                    "“%(period)s” would let more be demanded than before. Say why in "
                    "“Reason for Easing It”: it stays on record with your name.",
                    period=self.display_name,
                )
            )
        # Superuser: the author is kept, and nobody writes versions by hand.
        self.env["debt.limitation.version"].sudo().create(
            {
                "limitation_id": self.id,
                "country_id": self.country_id.id,
                "debtor": self.debtor,
                "years": self.years,
                "from_year_end": self.from_year_end,
                "in_force": self.active,
                "eased_reason": reason,
            }
        )


class DebtLimitationVersion(models.Model):
    """What a limitation period said once it had been made weaker, by whom and why."""

    _name = "debt.limitation.version"
    _description = "Version of a Limitation Period"
    _order = "id desc"
    _rec_name = "country_id"

    limitation_id = fields.Many2one(
        "debt.limitation", readonly=True, ondelete="set null", index=True
    )
    country_id = fields.Many2one("res.country", required=True, readonly=True)
    debtor = fields.Selection(
        lambda self: (
            self.env["debt.limitation"]
            ._fields["debtor"]
            ._description_selection(self.env)
        ),
        string="Who Owes",
        required=True,
        readonly=True,
    )
    years = fields.Integer(readonly=True)
    from_year_end = fields.Boolean(string="From the End of the Year", readonly=True)
    in_force = fields.Boolean(readonly=True)
    eased_reason = fields.Char(string="Reason", required=True, readonly=True)

    def _eased_text(self):
        self.ensure_one()
        day = fields.Datetime.context_timestamp(self, self.create_date).date()
        return self.env._(
            "Made weaker on %(date)s by %(author)s: %(reason)s",
            date=format_date(self.env, day),
            author=self.create_uid.name,
            reason=self.eased_reason,
        )

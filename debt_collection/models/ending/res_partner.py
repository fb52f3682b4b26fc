from odoo import api, fields, models
from odoo.tools import format_date

from ..card.groups import READERS


class ResPartner(models.Model):
    """What must be known before anything new is agreed with a debtor."""

    _inherit = "res.partner"

    debt_warning = fields.Text(
        string="Before New Business",
        compute="_compute_debt_warning",
        groups=READERS,
        help="Deliveries are suspended, or a debt was written off.",
    )

    def _compute_debt_warning(self):
        for partner in self:
            partner.debt_warning = partner._debt_warning_text(self.env.companies)

    def _debt_warning_text(self, companies):
        """Why to be careful with new business; no amounts, everybody may read it.

        :param companies: ``res.company``
        :return: one sentence a line, or False
        """
        debtor = self.commercial_partner_id
        # Superuser: whoever makes an invoice or order is to know that much.
        entities = self.env["debt.ledger"]._entities(companies).sudo()
        theirs = [("partner_id", "in", debtor.ids), ("company_id", "in", entities.ids)]
        texts = [
            *self._debt_suspended_texts(theirs),
            *self._debt_written_off_texts(theirs),
        ]
        return "\n".join(dict.fromkeys(texts)) or False

    @api.model
    def _debt_suspended_texts(self, theirs):
        # Superuser: as above.
        found = self.env["debt.suspension"].sudo()
        there = found.search([*theirs, ("state", "=", "set")], order="from_on")
        for one, status in there._status_now():
            day = format_date(self.env, one.from_on)
            if status == "in_force":
                yield self.env._(
                    "Deliveries are suspended since %(day)s, until what is overdue is "
                    "paid.",
                    day=day,
                )
            elif status == "announced":
                yield self.env._(
                    "Deliveries are suspended from %(day)s on, unless what is overdue "
                    "is paid before.",
                    day=day,
                )

    @api.model
    def _debt_written_off_texts(self, theirs):
        # Superuser: as above.
        found = self.env["debt.writeoff"].sudo()
        for one in found.search(
            [*theirs, ("state", "in", ("waiting", "posted")), ("warns", "=", True)]
        ):
            yield self.env._(
                "A debt was written off on %(day)s: agree on payment in advance.",
                day=format_date(self.env, one.approved_on),
            )

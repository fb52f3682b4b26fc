from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..card.groups import READERS


class ResPartner(models.Model):
    """Who is not to be contacted about debts, and why."""

    _inherit = "res.partner"

    debt_protection = fields.Selection(
        [
            ("minor", "Minor"),
            ("incapacity", "Without Legal Capacity"),
            ("hospital", "In Hospital"),
            ("disability", "Disability of the First Group"),
            ("bankrupt", "Insolvent"),
            ("military", "Military Service"),
            ("breathing_space", "Breathing Space"),
            ("bereavement", "Bereavement"),
            ("calamity", "Calamity"),
            ("represented", "Has a Representative"),
            ("refused_contact", "Refused Contact in Writing"),
        ],
        string="Not to Be Contacted",
        groups=READERS,
        tracking=True,
        help="The debtor is not contacted in any way. Has a Representative: only the "
        "representative is contacted. Refused Contact in Writing: only letters are "
        "sent.",
    )
    debt_protection_since = fields.Date(string="Since", groups=READERS, tracking=True)
    debt_protection_until = fields.Date(
        string="Until",
        groups=READERS,
        tracking=True,
        help="Last day. Empty: until it is removed. Breathing space in England and "
        "Wales lasts 60 days; in Ukraine the protection of soldiers and their families "
        "ends 90 days after martial law.",
    )
    debt_protection_note = fields.Char(
        string="How We Know",
        groups=READERS,
        help="The document or the person that told us.",
    )
    debt_representative_id = fields.Many2one(
        "res.partner",
        string="Representative",
        groups=READERS,
        tracking=True,
        help="Lawyer, guardian or whoever else speaks for the debtor.",
    )
    debt_no_work_calls = fields.Boolean(
        string="No Calls at Work",
        groups=READERS,
        tracking=True,
        help="The debtor or the employer does not want calls at work: numbers marked "
        "as the place of work are not dialled.",
    )

    @api.constrains("debt_protection_since", "debt_protection_until")
    def _check_debt_protection(self):
        for partner in self.sudo():
            since, until = partner.debt_protection_since, partner.debt_protection_until
            if since and until and until < since:
                raise ValidationError(
                    self.env._("Protection from contact ends after it begins.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._debt_date_protection(v) for v in vals_list])

    def write(self, vals):
        return super().write(self._debt_date_protection(vals))

    def _debt_date_protection(self, vals):
        """Protection entered without a day holds from today, and is dated."""
        if not vals.get("debt_protection") or "debt_protection_since" in vals:
            return vals
        return vals | {"debt_protection_since": self.env.company._debt_today()}

    def _debt_protected(self, company=None):
        """Why the debtor is not contacted today: a code of the gate, or False.

        :param company: whom he owes, ``res.company``: the day ends where it is
        """
        self.ensure_one()
        if not self.debt_protection:
            return False
        today = (company or self.env.company)._debt_today()
        first = self.debt_protection_since or today
        last = self.debt_protection_until or today
        return self.debt_protection if first <= today <= last else False

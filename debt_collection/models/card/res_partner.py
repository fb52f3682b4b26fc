from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.base.models.res_partner import _tz_get

from .groups import READERS

DEBT_PHONE_FIELDS = {"phone", "country_id", "parent_id", "active"}
DEBT_PLAN_FIELDS = {
    "state_id",
    "is_company",
    "debt_tz",
    "debt_preferred_hour",
    "debt_decision_maker",
    "debt_contact_policy_id",
    "debt_kind",
    "zip",
    "city",
    "debt_do_not_call",
    "debt_no_work_calls",
    "debt_protection",
    "debt_protection_since",
    "debt_protection_until",
    "debt_representative_id",
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    debt_case_ids = fields.One2many(
        "debt.case", "partner_id", string="Debt Cases", groups=READERS
    )
    debt_case_id = fields.Many2one(
        "debt.case",
        compute="_compute_debt_case_id",
        search="_search_debt_case_id",
        groups=READERS,
        help="The open case of the current company.",
    )
    # Not tracked: the case tells its stage itself, and a partner is written often.
    debt_stage_id = fields.Many2one(
        related="debt_case_id.stage_id",
        related_sudo=False,
        groups=READERS,
        tracking=False,
    )
    debt_phone_ids = fields.One2many(
        "debt.phone", "partner_id", string="Numbers", groups=READERS
    )
    debt_profile_id = fields.Many2one(
        "debt.profile", string="Debtor Profile", groups=READERS
    )
    debt_contact_policy_id = fields.Many2one(
        "debt.contact.policy",
        string="Contact Policy",
        help="Set only to override what country and kind of debtor ask for.",
        groups=READERS,
        tracking=True,
    )
    debt_kind = fields.Selection(
        [("consumer", "Consumer Debts"), ("business", "Business Debts")],
        string="Kind of Debt",
        help="Set it only where it is not obvious: if empty, a company owes business "
        "debts and a person consumer debts. A sole trader is a person with business "
        "debts.",
        groups=READERS,
        tracking=True,
    )
    debt_tz = fields.Selection(
        _tz_get,
        string="Time Zone Stated",
        help="The time zone the debtor stated. It takes precedence over address and "
        "number.",
        groups=READERS,
        tracking=True,
    )
    debt_preferred_hour = fields.Float(
        string="Preferred Time",
        help="The hour the debtor named, local time. 0: none.",
        groups=READERS,
    )
    debt_preferred_channel = fields.Selection(
        [("call", "Call"), ("sms", "SMS"), ("email", "E-mail"), ("letter", "Letter")],
        string="Preferred Channel",
        groups=READERS,
    )
    debt_do_not_call = fields.Boolean(
        string="Do Not Call",
        help="The debtor refused calls: none of the numbers is dialled.",
        groups=READERS,
        tracking=True,
    )

    @api.depends("debt_case_ids.state")
    @api.depends_context("company")
    def _compute_debt_case_id(self):
        cases = self.env["debt.case"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.root_id.id),
                ("state", "!=", "closed"),
            ]
        )
        by_partner = {case.partner_id: case for case in cases}
        for partner in self:
            partner.debt_case_id = by_partner.get(partner.commercial_partner_id)

    def _search_debt_case_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        is_open = Domain("company_id", "=", self.env.company.root_id.id)
        is_open &= Domain("state", "!=", "closed")
        path = "commercial_partner_id.debt_case_ids"
        ids = [id_ for id_ in value if id_]
        found = Domain(path, "any", is_open & Domain("id", "in", ids))
        if False in value:
            found |= Domain(path, "not any", is_open)
        return found

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners.filtered("phone")._debt_follow({"phone"})
        return partners

    def write(self, vals):
        former = self.commercial_partner_id if "parent_id" in vals else self.browse()
        result = super().write(vals)
        (self & former)._debt_on_moved()
        self._debt_follow(set(vals), former)
        return result

    def _track_prepare(self, fields_iter):
        """Read what is tracked at once.

        Each payment raises the customer's rank, and Odoo reads nothing ahead then:
        every tracked field, of which there are eight of ours, would be a query.
        """
        self.fetch(self._track_get_fields().intersection(fields_iter))
        return super()._track_prepare(fields_iter)

    def _debt_on_moved(self):
        """Hook: these contacts have just come under another company or left one."""

    def _debt_lang(self, company):
        """The language in which this debtor is written to, one that is active here.

        The company's where he has none or it is not active any more, else English.

        :param company: ``res.company`` that he owes
        """
        known = {code for code, _name in self.env["res.lang"].get_installed()}
        own = (self[:1].lang, company.partner_id.lang)
        return next((code for code in own if code in known), "en_US")

    def _debt_countries(self, company):
        """The countries in which a debtor may be, ``res.country``.

        Where his own is not known: those of his numbers, and the one of the company he
        owes, which sells at home unless something speaks for elsewhere.

        :param company: ``res.company``
        """
        self.ensure_one()
        if known := self.country_id or self.state_id.country_id:
            return known
        ids = self.env["res.country"]._debt_ids_by_code()
        regions = {phone.region for phone in self.debt_phone_ids}
        candidates = {ids.get(region) for region in regions} | {company.country_id.id}
        return self.env["res.country"].browse(sorted(filter(None, candidates)))

    def _debt_follow(self, names, former=None):
        """Numbers and plans follow what changes on a contact, for debtors with a case.

        :param set names: fields that were written
        :param former: commercial partners to whom the contacts belonged before
        """
        if not names & (DEBT_PHONE_FIELDS | DEBT_PLAN_FIELDS):
            return
        debtors = self.commercial_partner_id | (former or self.browse())
        # Superuser: whoever edits a contact need not see the debtor's cases.
        cases = (
            self.env["debt.case"]
            .sudo()
            .search([("partner_id", "in", debtors.ids), ("closed_at", "=", False)])
        )
        cases._on_debtor_changed(names)

    def action_debt_case(self):
        """The open case, or the list of the closed ones."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_case_action"
        )
        if self.debt_case_id:
            return action | {
                "res_id": self.debt_case_id.id,
                "views": [(False, "form")],
                "view_mode": "form",
            }
        return action | {
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
            "context": {},
        }

from odoo import api, fields, models
from odoo.fields import Domain

CONTACT_NOW = ("contact_allowed", "contact_message", "local_time")


class DebtCase(models.Model):
    """Whether a debtor can be called, for the screens: nothing here is stored."""

    _inherit = "debt.case"

    local_time = fields.Char(compute="_compute_contact_now")
    contact_allowed = fields.Boolean(compute="_compute_contact_now")
    contact_message = fields.Char(
        compute="_compute_contact_now", help="What the gate says about a call now."
    )
    has_number = fields.Boolean(
        compute="_compute_has_number", search="_search_has_number"
    )

    # Depends on the clock and on what others do, so never cached across requests.
    @api.depends_context("uid", "lang")
    def _compute_contact_now(self):
        for case in self:
            if not isinstance(case.id, int):
                case.update({name: False for name in CONTACT_NOW})
                continue
            answer = case.check_contact("call")
            case.contact_allowed = answer["allowed"]
            case.contact_message = answer["message"]
            case.local_time = case._local_time()

    @api.depends("partner_id.debt_phone_ids.health")
    def _compute_has_number(self):
        phones = self.env["debt.phone"]
        found = phones._read_group(
            Domain("partner_id", "in", self.partner_id.ids)
            & phones._get_usable_domain(),
            ["partner_id"],
        )
        partners = {partner for (partner,) in found}
        for case in self:
            case.has_number = case.partner_id in partners

    def _search_has_number(self, operator, value):
        if operator != "in":
            return NotImplemented
        with_number = Domain(
            "partner_id.debt_phone_ids",
            "any",
            self.env["debt.phone"]._get_usable_domain(),
        )
        found = Domain.FALSE
        if True in value:
            found |= with_number
        if False in value:
            found |= ~with_number
        return found

    def action_explain(self):
        """Open the strip of the next days for this case."""
        self.ensure_one()
        explain = self.env["debt.contact.explain"].create({"case_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Contact Times of %(debtor)s", debtor=self.partner_id.display_name
            ),
            "res_model": explain._name,
            "res_id": explain.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

from odoo import api, fields, models
from odoo.fields import Domain


class DebtCase(models.Model):
    """What only the screens need: nothing here is stored or decides anything."""

    _inherit = "debt.case"

    stage_color = fields.Integer(related="stage_id.color", string="Stage Color")
    local_time = fields.Char(compute="_compute_contact_now")
    contact_allowed = fields.Boolean(compute="_compute_contact_now")
    contact_message = fields.Char(
        compute="_compute_contact_now", help="Whether a call is permitted now, and why."
    )
    promise_count = fields.Integer(compute="_compute_related_counts")
    dispute_count = fields.Integer(compute="_compute_related_counts")
    has_number = fields.Boolean(
        compute="_compute_has_number", search="_search_has_number"
    )

    # Depends on the clock and on what others do, so never cached across requests.
    @api.depends_context("uid", "lang")
    def _compute_contact_now(self):
        for case in self:
            if not isinstance(case.id, int):
                case.update({name: False for name in self._contact_now_fields()})
                continue
            answer = case.check_contact("call")
            case.contact_allowed = answer["allowed"]
            case.contact_message = answer["message"]
            case.local_time = case._local_time()

    @api.model
    def _contact_now_fields(self):
        return ("contact_allowed", "contact_message", "local_time")

    @api.depends("promise_ids", "dispute_ids")
    def _compute_related_counts(self):
        promises = self._count_by_case("debt.promise")
        disputes = self._count_by_case("debt.dispute")
        for case in self:
            case.promise_count = promises.get(case, 0)
            case.dispute_count = disputes.get(case, 0)

    def _count_by_case(self, model):
        return dict(
            self.env[model]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )

    @api.model
    def _usable_number_domain(self):
        return Domain("number", "!=", False) & Domain(
            "health", "in", ("good", "unknown")
        )

    @api.depends("partner_id.debt_phone_ids.health")
    def _compute_has_number(self):
        found = self.env["debt.phone"]._read_group(
            Domain("partner_id", "in", self.partner_id.ids)
            & self._usable_number_domain(),
            ["partner_id"],
        )
        partners = {partner for (partner,) in found}
        for case in self:
            case.has_number = case.partner_id in partners

    def _search_has_number(self, operator, value):
        if operator != "in":
            return NotImplemented
        with_number = Domain(
            "partner_id.debt_phone_ids", "any", self._usable_number_domain()
        )
        found = Domain.FALSE
        if True in value:
            found |= with_number
        if False in value:
            found |= ~with_number
        return found

    def action_promises(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_promise_action"
        )
        return action | {"domain": [("case_id", "=", self.id)], "context": {}}

    def action_disputes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_dispute_action"
        )
        return action | {"domain": [("case_id", "=", self.id)], "context": {}}

    def action_partner(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.contact.channel_groups import CHANNEL_GROUP_SELECTION, CHANNEL_GROUPS
from ..tools.clock import instant


class DebtContactAudit(models.TransientModel):
    """The audit of a period: every contact judged again, as a pivot or on paper."""

    _name = "debt.contact.audit"
    _description = "Contact Audit"

    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_from()
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: self._default_to(),
        help="Last day, included.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    channels = fields.Selection(CHANNEL_GROUP_SELECTION, required=True, default="any")
    with_numbers = fields.Boolean(
        string="List the Numbers",
        help="Adds every number dialled, and how often, at the end of the document.",
    )

    _in_order = models.Constraint(
        "CHECK(date_from <= date_to)", "The period begins before it ends."
    )

    @api.model
    def _default_from(self):
        return self._default_to().replace(day=1)

    @api.model
    def _default_to(self):
        """The last day of last month: audits are about months that are over."""
        return fields.Date.context_today(self).replace(day=1) - timedelta(days=1)

    @api.depends("company_id", "date_from", "date_to")
    def _compute_display_name(self):
        for audit in self:
            audit.display_name = self.env._(
                "Contact Audit %(start)s to %(end)s",
                start=audit.date_from,
                end=audit.date_to,
            )

    def _period(self):
        """Begin and end (not included) in naive UTC; days are the company's."""
        zone = self.company_id._debt_zone()
        days = self.date_from, self.date_to + timedelta(days=1)
        return tuple(instant(zone, day) for day in days)

    def _get_contacts_domain(self):
        """Domain of the audited rows, which have ``at``, a channel and a company."""
        start, end = self._period()
        domain = Domain("at", ">=", start) & Domain("at", "<", end)
        domain &= Domain("company_id", "=", self.company_id.id)
        if names := CHANNEL_GROUPS[self.channels]:
            domain &= Domain("channel", "in", sorted(names))
        return domain

    def _run(self):
        """Judge all contacts of the period again.

        :raises UserError: the user may not see the company
        """
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise UserError(
                self.env._(
                    "Choose %(company)s among your companies (at the top right) first.",
                    company=self.company_id.name,
                )
            )
        start, end = self._period()
        exceptions = self.env["debt.contact.exception"]
        return exceptions._audit(
            self.company_id, start, end, CHANNEL_GROUPS[self.channels]
        )

    # --- the buttons --------------------------------------------------------------
    def action_pivot(self):
        self._run()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_contact_audit_report_action"
        )
        return action | {"domain": list(self._get_contacts_domain()), "context": {}}

    def action_exceptions(self):
        self._run()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_contact_exception_action"
        )
        return action | {"domain": list(self._get_contacts_domain())}

    def action_pdf(self):
        """The document as a PDF.

        :raises UserError: nothing here can make PDFs
        """
        report = self.env.ref("debt_collection.debt_contact_audit_action_report")
        if report.get_wkhtmltopdf_state() == "install":
            raise UserError(
                self.env._(
                    "This server cannot make PDFs: wkhtmltopdf is not installed. Open "
                    "the document as a web page instead, and print it from there."
                )
            )
        self._run()
        return report.report_action(self, config=False)

    def action_html(self):
        """The same document in the browser."""
        self._run()
        name = "debt_collection.report_contact_audit"
        return {
            "type": "ir.actions.act_url",
            "url": f"/report/html/{name}/{self.id}",
            "target": "new",
        }

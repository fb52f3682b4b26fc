from typing import NamedTuple

from odoo import api, models
from odoo.tools import html2plaintext


class Section(NamedTuple):
    """A table of the export: its title, the heads of its columns and its rows."""

    title: str
    heads: list[str]
    rows: list[list[str]]


class DebtPersonalData(models.AbstractModel):
    """What we know of a debtor, in words that he can read."""

    _inherit = "debt.personal.data"

    @api.model
    def _exported(self):
        """Hook: what is told of each model: the debtor's field, and the columns."""
        return {
            "debt.phone": (
                "partner_id",
                ["contact_id", "number", "raw", "kind", "place", "health"],
            ),
            "debt.case": (
                "partner_id",
                ["company_id", "create_date", "stage_id", "state", "amount_overdue"]
                + ["closed_at", "close_reason"],
            ),
            "debt.call": (
                "partner_id",
                ["started_at", "direction", "number", "outcome_id", "party", "note"],
            ),
            "debt.message": (
                "partner_id",
                ["create_date", "channel", "address", "state", "subject", "body"],
            ),
            "debt.promise": ("partner_id", ["create_date", "amount", "date", "state"]),
            "debt.dispute": (
                "partner_id",
                ["create_date", "reason", "state", "resolution"],
            ),
            "debt.consent": (
                "partner_id",
                ["date", "channel", "state", "address", "how", "valid_until", "note"],
            ),
            "debt.refusal": (
                "partner_id",
                ["received_at", "channel", "address", "text", "state"],
            ),
            "debt.recording": (
                "partner_id",
                ["started_at", "keep_until", "deleted_at"],
            ),
            "debt.contact.decision": (
                "partner_id",
                ["at", "kind", "channel", "number", "reason"],
            ),
        }

    @api.model
    def _sections(self, partner, companies):
        """What is kept of a debtor, in his language.

        :param partner: ``res.partner``, the debtor
        :param companies: ``res.company``, whose records are told
        :return: list of `Section`, none of them empty
        """
        # Superuser: the caller was checked; what is told is limited to his companies.
        su = self.sudo().with_context(lang=partner.lang or self.env.lang)
        found = []
        for name, (debtor, columns) in su._exported().items():
            model = su.env[name].with_context(active_test=False)
            records = model.search([(debtor, "=", partner.id)], order="id")
            if "company_id" in model._fields and name != "debt.phone":
                records = records.filtered(lambda one: one.company_id in companies)
            if records:
                found.append(su._section(records, columns))
        return found

    @api.model
    def _section(self, records, columns):
        heads = records.fields_get(columns, ["string"])
        title = self.env["ir.model"]._get(records._name).name
        rows = [[self._text_of(one, name) for name in columns] for one in records]
        return Section(title, [heads[name]["string"] for name in columns], rows)

    @api.model
    def _text_of(self, record, name):
        field, value = record._fields[name], record[name]
        if value is False or value is None:
            return ""
        match field.type:
            case "monetary":
                return record[field.get_currency_field(record)].format(value)
            case "many2one":
                return value.display_name or ""
            case "selection":
                return dict(field._description_selection(self.env)).get(value, value)
            case "html":
                return html2plaintext(value)
            case "date" | "datetime":
                return self.env["ir.qweb.field." + field.type].value_to_html(value, {})
        return str(value)

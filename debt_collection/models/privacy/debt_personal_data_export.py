from typing import NamedTuple

from odoo import api, models
from odoo.tools import html2plaintext, is_html_empty

#: Kept of a person whichever company he owes.
OF_THE_CONTACT = ("debt.phone", "res.partner")
TOLD = ["date", "subject", "body"]
TO_BE_SENT = ["scheduled_date", "subject", "body"]
TO_DO = ["date_deadline", "activity_type_id", "summary", "note", "feedback"]


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
                ["contact_id", "number", "extension", "raw", "kind", "place"]
                + ["region", "zones", "health", "learned_from", "confirmed_on"],
            ),
            "debt.case": (
                "partner_id",
                ["company_id", "create_date", "stage_id", "state", "amount_overdue"]
                + ["closed_at", "close_reason"],
            ),
            "debt.call": (
                "partner_id",
                ["started_at", "direction", "contact_id", "number", "outcome_id"]
                + ["party", "note", "paid_on", "paid_amount", "paid_reference"]
                + ["nonpayment_reason", "acknowledged", "answer"],
            ),
            "debt.message": (
                "partner_id",
                ["create_date", "channel", "address", "state", "subject", "body"],
            ),
            "debt.promise": (
                "partner_id",
                ["create_date", "amount", "date", "state", "ended_reason"],
            ),
            "debt.dispute": (
                "partner_id",
                ["create_date", "reason", "state", "resolution"],
            ),
            "debt.forbearance": (
                "partner_id",
                ["offered_on", "kind", "channel", "note", "answer", "answered_on"],
            ),
            "debt.settlement": (
                "partner_id",
                ["create_date", "owed", "amount", "until", "condition", "state"],
            ),
            "debt.suspension": (
                "partner_id",
                ["from_on", "note", "status", "lifted_on", "lifted_reason"],
            ),
            "debt.writeoff": (
                "partner_id",
                ["create_date", "reason", "note", "amount", "state", "ended_reason"],
            ),
            "debt.handover": (
                "partner_id",
                ["handed_on", "kind", "agent_id", "reference", "owed", "note", "state"]
                + ["returned_on", "return_reason", "return_note"],
            ),
            "debt.handover.cost": ("handover_id.partner_id", ["day", "name", "amount"]),
            "debt.handover.export": (
                "partner_id",
                ["made_at", "agent_id", "contents"],
            ),
            "debt.consent": (
                "partner_id",
                ["date", "channel", "state", "address", "how", "valid_until", "note"]
                + ["evidence_name"],
            ),
            "debt.refusal": (
                "partner_id",
                ["received_at", "channel", "address", "text", "state"],
            ),
            "debt.reply": (
                "partner_id",
                ["received_at", "channel", "address", "subject", "text", "files"],
            ),
            "debt.recording": (
                "partner_id",
                ["started_at", "keep_until", "deleted_at"],
            ),
            "debt.contact.decision": (
                "partner_id",
                ["at", "kind", "channel", "number", "reason"],
            ),
            "account.move": (
                "commercial_partner_id",
                ["name", "debt_status", "debt_excluded_until", "debt_reason"],
            ),
            "debt.item.decision": (
                "line_id.partner_id",
                ["line_id", "debt_status", "debt_excluded_until", "debt_reason"],
            ),
            "res.partner": (
                "commercial_partner_id",
                ["name", "phone", "email", "debt_do_not_call", "debt_protection"]
                + ["debt_protection_since", "debt_protection_until"]
                + ["debt_protection_note", "debt_representative_id"],
            ),
        }

    @api.model
    def _worth_telling(self):
        """Hook: a domain by model of the rows that say anything beside accounting."""
        decided = [("debt_status", "in", ("flagged", "excluded"))]
        return {"account.move": decided, "debt.item.decision": decided}

    @api.model
    def _sections(self, partner, companies):
        """What is kept of a debtor, in his language.

        :param partner: ``res.partner``, the debtor
        :param companies: ``res.company``, whose records are told
        :return: list of `Section`, none of them empty
        """
        # Superuser: the caller was checked; what is told is limited to his companies.
        su = self.sudo().with_context(lang=partner._debt_lang(self.env.company))
        found = []
        for name, (debtor, columns) in su._exported().items():
            model = su.env[name].with_context(active_test=False)
            only = su._worth_telling().get(name, [])
            records = model.search([(debtor, "=", partner.id), *only], order="id")
            if "company_id" in model._fields and name not in OF_THE_CONTACT:
                records = records.filtered(lambda one: one.company_id in companies)
            if records:
                found.append(su._section(records, columns))
        return found + su._thread_sections(partner, companies)

    @api.model
    def _thread_sections(self, partner, companies):
        """What was written in the history, and to be done, of the debtor's cases."""
        theirs = [("partner_id", "=", partner.id), ("company_id", "in", companies.ids)]
        cases = self.env["debt.case"].with_context(active_test=False).search(theirs)
        messages, activities = self.env["mail.message"], self.env["mail.activity"]
        scheduled = self.env["mail.scheduled.message"]
        for name, path in self._threads().items():
            if name in self._threads_of_ours():
                continue
            records = self._records(name, path, cases)
            messages |= self._messages(name, records)
            activities |= self._activities(name, records)
            scheduled |= self._scheduled(name, records)
        told = (
            (messages.filtered(lambda one: not is_html_empty(one.body)), TOLD),
            (scheduled, TO_BE_SENT),
            (activities, TO_DO),
        )
        return [
            self._section(records.sorted("id"), columns)
            for records, columns in told
            if records
        ]

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

import base64

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.card.lock_rows import lock_rows


class DebtPrivacyWizard(models.TransientModel):
    """What a debtor may ask for: to be told what is kept of him, and to be erased."""

    _name = "debt.privacy.wizard"
    _description = "Erase or Export a Debtor's Contact Data"

    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        default=lambda self: self._default_partner(),
    )
    reason = fields.Char(help="It stays on the contact, with your name and the day.")
    erase_contact = fields.Boolean(
        string="On the Contact Too",
        help="Telephone and e-mail of the contact and of the persons below it go as "
        "well. Name, address and tax number stay: accounting needs them.",
    )
    goes_text = fields.Text(string="Is Erased", compute="_compute_texts")
    stays_text = fields.Text(string="Stays for Now", compute="_compute_texts")
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    @api.model
    def _default_partner(self):
        model, id_ = (
            self.env.context.get(f"active_{part}") for part in ("model", "id")
        )
        if model not in ("res.partner", "debt.case") or type(id_) is not int:
            return False
        record = self.env[model].browse(id_).exists()
        if not record or not record.has_access("read"):
            return False
        return (
            record.commercial_partner_id
            if model == "res.partner"
            else (record.partner_id)
        )

    def _check_manager(self):
        """:raises AccessError: the user is no manager, or may not read the debtor"""
        if not self.env.user.has_group("debt_collection.group_debt_manager"):
            raise AccessError(
                self.env._("Only managers of debt collection erase or export data.")
            )
        self.partner_id.check_access("read")

    def _cases(self):
        """All cases of the debtor in the user's companies, as superuser."""
        cases = self.env["debt.case"].sudo().with_context(active_test=False)
        debtor = self.partner_id.commercial_partner_id
        theirs = [("partner_id", "=", debtor.id)]
        return cases.search([*theirs, ("company_id", "in", self.env.companies.ids)])

    @api.depends("partner_id")
    def _compute_texts(self):
        data = self.env["debt.personal.data"].sudo()
        for wizard in self:
            cases = wizard._cases() if wizard.partner_id else self.env["debt.case"]
            erasable = cases.filtered_domain(data._get_erasable_domain())
            wizard.goes_text = data._counts_text(data._counts(erasable))
            wizard.stays_text = "\n".join(data._kept_reasons(cases))

    def action_erase(self):
        """Erase what may go, and note on the contact who did so, why, and how much.

        :raises AccessError: the user is no manager, or may not change the contact
        :raises UserError: there is no reason
        """
        self.ensure_one()
        self._check_manager()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why, such as the day of his request."))
        debtor = self.partner_id.commercial_partner_id
        if self.erase_contact:
            debtor.check_access("write")
        # Superuser: what is evidence otherwise, nobody writes by hand.
        data = self.env["debt.personal.data"].sudo()
        cases = self._cases().filtered_domain(data._get_erasable_domain())
        lock_rows(cases)
        if self.erase_contact:
            self._erase_contact(debtor)
        counts = data._erase_cases(cases) | data._erase_partners(debtor.sudo())
        body = self.env._(
            "Contact data erased by %(user)s: %(what)s. Reason: %(reason)s",
            user=self.env.user.name,
            what=data._counts_text(counts, ", ") or self.env._("nothing was left"),
            reason=self.reason,
        )
        debtor.sudo()._message_log(body=body)
        return {"type": "ir.actions.act_window_close"}

    def _erase_contact(self, debtor):
        persons = debtor.with_context(active_test=False)
        persons |= persons.search([("id", "child_of", debtor.id)])
        persons.write({"phone": False, "email": False})

    def action_export(self):
        """All that is kept of the debtor, as a page that any browser shows.

        :return: the action that downloads it
        :raises AccessError: the user is no manager, or may not read the debtor
        """
        self.ensure_one()
        self._check_manager()
        debtor = self.partner_id.commercial_partner_id
        lang = debtor._debt_lang(self.env.company)
        values = {
            "debtor": debtor,
            "company": self.env.company,
            "today": fields.Date.context_today(self),
            "sections": self.env["debt.personal.data"]._sections(
                debtor, self.env.companies
            ),
        }
        qweb = self.env["ir.qweb"].with_context(lang=lang)
        page = Markup("<!DOCTYPE html>\n") + qweb._render(
            "debt_collection.debt_personal_data_page", values
        )
        self.write(
            {
                "file": base64.b64encode(page.encode()),
                "file_name": f"personal-data-{debtor.id}.html",
            }
        )
        url = f"/web/content/{self._name}/{self.id}/file/{self.file_name}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, models


class ResCompany(models.Model):
    """Settings that protect debtors are not changed without a trace."""

    _inherit = "res.company"

    @api.model
    def _debt_traced(self):
        """Hook: names of the settings whose changes are told, with their author."""
        return {
            "debt_contact_policy_id",
            "debt_contact_policy_always",
            "debt_recording_days",
        }

    def write(self, vals):
        """The company's contact tells who changed which of them, and from what."""
        names = sorted(self._debt_traced() & vals.keys())
        if not names or self.env.uid == SUPERUSER_ID:
            # What an addon brings with it is no person's change.
            return super().write(vals)
        before = {company: company._debt_settings_told(names) for company in self}
        result = super().write(vals)
        for company, told in before.items():
            company._debt_tell_changes(told, company._debt_settings_told(names))
        return result

    def _debt_settings_told(self, names):
        """Settings as people read them: a list of texts by label."""
        self.ensure_one()
        # Superuser: whoever may write a setting may know what it was.
        company = self.sudo()
        return {
            company._fields[name]._description_string(self.env): company._debt_told(
                name
            )
            for name in names
        }

    def _debt_told(self, name):
        field, value = self._fields[name], self[name]
        if field.type == "many2one":
            return value.display_name or "—"
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        return "—" if value is False else str(value)

    def _debt_tell_changes(self, before, after):
        """Log what has changed with the company's contact, in the author's name."""
        changed = [label for label in before if before[label] != after[label]]
        if not changed:
            return
        line = Markup("<li>%s: %s → %s</li>")
        rows = [line % (label, before[label], after[label]) for label in changed]
        # Superuser: whoever may write settings need not be able to write contacts.
        self.sudo().partner_id._message_log(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._("Settings that protect debtors were changed:"),
                Markup().join(rows),
            ),
            author_id=self.env.user.partner_id.id,
        )

from odoo import api, fields, models

from ..card.groups import SETTERS


class ResCompany(models.Model):
    """Whether ladders write to debtors: off until somebody has looked at the texts."""

    _inherit = "res.company"

    debt_texts_on = fields.Boolean(
        string="Send the Texts of Ladders",
        groups=SETTERS,
        help="SMS and e-mails that ladders send by themselves. Look at each text "
        "before you switch them on.",
    )

    def write(self, vals):
        """What ladders write is planned anew for all cases of the company."""
        result = super().write(vals)
        if "debt_texts_on" in vals:
            # Superuser: all cases of these companies, whoever works them.
            cases = self.env["debt.case"].sudo()
            cases.search(
                [("company_id", "in", self.ids), ("closed_at", "=", False)]
            )._set_dirty()
        return result


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debt_texts_on = fields.Boolean(related="company_id.debt_texts_on", readonly=False)


class DebtLadder(models.Model):
    _inherit = "debt.ladder"

    @api.model
    def _texts(self, case):
        """What ladders send by themselves, each text once.

        :param case: ``debt.case`` on which they are shown, empty: as they are written
        :return: list of pairs of the template and its text, plain or HTML
        """
        # Superuser: texts, for those who may set the rules.
        steps = self.sudo().search([]).step_ids.filtered(lambda s: s.channel != "call")
        found = []
        for templates, name in (
            (steps.sms_template_id, "body"),
            (steps.mail_template_id, "body_html"),
        ):
            for template in templates:
                text = template[name]
                if case and template.model == case._name:
                    text = template._render_field(name, case.ids, compute_lang=True)[
                        case.id
                    ]
                found.append((template, text))
        return found

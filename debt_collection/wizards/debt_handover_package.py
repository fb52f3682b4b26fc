import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import package


class DebtHandoverPackage(models.TransientModel):
    """The documents of a case as one file for the lawyer or agency that has it."""

    _name = "debt.handover.package"
    _description = "Package for a Lawyer or Agency"

    handover_id = fields.Many2one(
        "debt.handover", string="Case", required=True, readonly=True
    )
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)
    sha256 = fields.Char(string="Checksum", readonly=True)
    contents = fields.Text(readonly=True)

    @api.model
    def _make_for(self, handover):
        """Make the package, put on record that it was made, and show it.

        :param handover: ``debt.handover``
        :return: the action of the dialog
        :raises AccessError: the user may not hand on what is known of the debtor
        :raises UserError: nobody has the case now
        """
        handover.ensure_one()
        handover.check_access("write")
        if handover.state != "open":
            raise UserError(
                self.env._(
                    "The case was returned: what is known of the debtor is handed to "
                    "nobody any more."
                )
            )
        files = self.env["debt.handover.papers"]._files(handover)
        content = package.pack(files)
        values = {
            "sha256": package.checksum(content),
            "contents": "\n".join(files),
        }
        self._put_on_record(handover, values | {"size": len(content)})
        name = package.file_name(
            f"{handover.partner_id.name} {handover.company_id._debt_today()}", "zip"
        )
        made = self.create(
            values
            | {
                "handover_id": handover.id,
                "file": base64.b64encode(content),
                "file_name": name,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Package for %(whom)s", whom=handover._with_whom()),
            "res_model": self._name,
            "res_id": made.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _put_on_record(self, handover, values):
        # Superuser: nobody writes by hand what was handed on to whom.
        self.env["debt.handover.export"].sudo().create(
            values
            | {
                "handover_id": handover.id,
                "agent_id": handover.agent_id.id,
                "user_id": self.env.uid,
                "made_at": fields.Datetime.now(),
            }
        )
        handover._tell(
            self.env._(
                "%(user)s made a package of documents for %(whom)s, checksum "
                "%(checksum)s.",
                user=self.env.user.name,
                whom=handover._with_whom(),
                checksum=values["sha256"],
            )
        )

    def action_download(self):
        """The file itself."""
        self.ensure_one()
        self.check_access("read")
        url = f"/web/content/{self._name}/{self.id}/file/{self.file_name}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}


class DebtHandover(models.Model):
    _inherit = "debt.handover"

    def action_package(self):
        """One file with all that whoever has the case needs."""
        return self.env["debt.handover.package"]._make_for(self)

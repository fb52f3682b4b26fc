from odoo import models
from odoo.exceptions import AccessError


class DebtPhone(models.Model):
    """Numbers that ring at a place of work, and who may say that they do."""

    _inherit = "debt.phone"

    def _is_forbidden_at_work(self):
        """Whether it rings at work, where the debtor or employer wants no calls."""
        self.ensure_one()
        return self.place == "work" and (
            self.contact_id.debt_no_work_calls or self.partner_id.debt_no_work_calls
        )

    def _log_place(self):
        """Where a number rings decides what is permitted: each change is told."""
        places = dict(self._fields["place"]._description_selection(self.env))
        for phone in self:
            body = self.env._(
                "%(number)s rings at: %(place)s.",
                number=phone.number or phone.raw,
                place=places.get(phone.place) or self.env._("not known"),
            )
            for case in phone._open_cases():
                case._message_log(body=body)

    def action_toggle_work(self):
        """The number rings at work, or does not after all.

        Whoever hears that it does may say so; who says that it does not lifts what
        protects the debtor.
        """
        self.check_access("read")
        at_work = self.filtered(lambda phone: phone.place == "work")
        if at_work and not self.env.user.has_group(
            "debt_collection.group_debt_accountant"
        ):
            raise AccessError(
                self.env._(
                    "The number is marked as the place of work. Ask the accountant to "
                    "remove the mark if it is wrong."
                )
            )
        # Superuser: operators do not own numbers, and hear first where they ring.
        at_work.sudo().place = False
        (self - at_work).sudo().place = "work"

from odoo import Command, api, fields, models


class DebtCallWizardPhone(models.TransientModel):
    """Whose a number is, from whom we have it, and what can be done with it."""

    _inherit = "debt.call.wizard.phone"

    owner = fields.Char(compute="_compute_owner", compute_sudo=True)
    learned_from = fields.Char(related="phone_id.learned_from")
    confirmed_on = fields.Date(related="phone_id.confirmed_on")
    is_stale = fields.Boolean(
        compute="_compute_owner",
        compute_sudo=True,
        help="Long since it was last right: ask whether it still is.",
    )
    is_dialled = fields.Boolean(
        compute="_compute_is_dialled", help="The number this call was made to."
    )

    @api.depends("phone_id")
    def _compute_owner(self):
        today = fields.Date.context_today(self)
        for line in self:
            contact = line.contact_id
            line.owner = contact._debt_role()
            line.is_stale = line.phone_id._is_stale(today)

    @api.depends("phone_id", "wizard_id.call_state")
    def _compute_is_dialled(self):
        for line in self:
            call = line.wizard_id.call_id
            line.is_dialled = call.state != "draft" and call.phone_id == line.phone_id

    def action_mend(self):
        """Correct the number, or say what it turned out to be."""
        self.ensure_one()
        return self.phone_id.with_env(self.env)._action_mend()


class DebtCallWizard(models.TransientModel):
    """People and numbers in the call window."""

    _inherit = "debt.call.wizard"

    @api.model
    def _prepare_phones(self, facts):
        """Commands for the debtor's numbers, in the order to try them in.

        :param Facts facts: what the gate has just read of him
        """
        phones = facts.phones._in_turn()
        return [Command.create({"phone_id": phone.id}) for phone in phones]

    @api.model
    def _renew_numbers(self, partners):
        """The user's open windows show the numbers as they are listed now.

        :param partners: ``res.partner``, debtors
        """
        # Superuser: the window points at numbers whatever team has his other cases.
        windows = self.sudo().search(
            [
                ("create_uid", "=", self.env.uid),
                ("call_id.partner_id", "in", partners.ids),
                ("call_id.state", "!=", "done"),
            ]
        )
        for window in windows:
            window.phone_ids.unlink()
            case = window.with_env(self.env).case_id
            answer, facts = case._ask_gate("call", fields.Datetime.now())
            window.phone_ids = self._prepare_phones(facts)
            window.gate_asked = self._tell_gate(case, answer, facts)

    def _dial_learned(self, learned):
        """Dial a number that was written down just now.

        :param dict learned: what `debt.call.learn` returned
        """
        self._renew_numbers(self.partner_id)
        # Superuser: the number was written down for the debtor on the line.
        phone = self.env["debt.phone"].sudo().browse(learned["phone_id"])
        self.other_number = False
        if self.call_id.state != "draft":
            return self._dial_next(phone)
        return self._dial(phone=phone)

    def _dial_next(self, phone):
        """Nobody answered on the number before: log that, and dial this one.

        :param phone: ``debt.phone``
        :return: a client action that shows the new call and lets it be dialled
        """
        self.ensure_one()
        call = self.call_id._try_next()
        window = self._action_open(call)
        # Superuser: ids of the debtor's own numbers, as `_check_phone` sees to.
        dialled = call._place(phone=phone.sudo())
        action = self._replace_by(window)
        if dialled:
            action["params"]["then"] = dialled
        return action

    def action_take_back(self):
        """The caller is somebody else: back to the search, nothing is logged."""
        self.ensure_one()
        return self.call_id._take_back_call()

    def action_trouble(self):
        """One button for a line that does not work."""
        self.ensure_one()
        return self.call_id._report_trouble(self.note)

    def action_learn(self):
        """Write down whom the operator learned of."""
        self.ensure_one()
        return self._action_learn()

    def _action_learn(self):
        form = {"call_id": self.call_id.id, "number": self.other_number}
        person = self.env["debt.call.person"].create(form)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Whom Did I Learn Of?"),
            "res_model": person._name,
            "res_id": person.id,
            "views": [(False, "form")],
            "target": "new",
        }

from odoo import api, fields, models
from odoo.exceptions import UserError

VALUES = ("number", "email", "name", "role", "preferred_channel", "decision_maker")


class DebtCallPerson(models.TransientModel):
    """Whom did I learn of? A short form beside the call window.

    What is typed reaches the contact through `debt.call.learn`, which checks it.
    """

    _name = "debt.call.person"
    _description = "Person Learned of During a Call"

    call_id = fields.Many2one(
        "debt.call", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="call_id.partner_id", string="Debtor")
    name = fields.Char(
        help="Empty: what you enter is the debtor's own, say, the switchboard's number."
    )
    role = fields.Char(help="What the person is there, for instance bookkeeper.")
    decision_maker = fields.Boolean(string="Decides About Payment")
    number = fields.Char(string="Telephone Number")
    email = fields.Char(string="E-mail")
    has_hour = fields.Boolean(string="Named an Hour")
    preferred_hour = fields.Float(
        string="Best Hour to Call", help="Local time of the debtor."
    )
    preferred_channel = fields.Selection(
        lambda self: (
            self.env["res.partner"]
            ._fields["debt_preferred_channel"]
            ._description_selection(self.env)
        ),
        string="Best Way to Reach",
    )
    learned_from = fields.Char(
        string="Who Told Us", help="For instance the secretary, or the debtor."
    )
    can_dial = fields.Boolean(compute="_compute_can_dial")

    @api.constrains("call_id")
    def _check_call(self):
        self.call_id._check_owner()

    @api.depends("call_id.state", "number")
    def _compute_can_dial(self):
        for person in self:
            person.can_dial = person.number and person.call_id.state != "done"

    def _learn(self):
        self.ensure_one()
        values = {name: self[name] for name in VALUES if self[name]}
        if self.role and not self.name:
            # “The bookkeeper, under this number”: a person without a name.
            values["name"] = self.role
        if self.has_hour:
            values["preferred_hour"] = self.preferred_hour
        if self.learned_from:
            values["learned_from"] = self.learned_from
        return self.call_id.learn(**values)

    def action_save(self):
        """Write it down, and go on with the call."""
        self._learn()
        self.env["debt.call.wizard"]._renew_numbers(self.partner_id)
        return {"type": "ir.actions.act_window_close"}

    def action_save_and_dial(self):
        """Write it down, and dial the number."""
        if not self.number:
            raise UserError(self.env._("Type the number to be dialled."))
        learned = self._learn()
        window = self.env["debt.call.wizard"]._for_call(self.call_id)
        return window._dial_learned(learned)

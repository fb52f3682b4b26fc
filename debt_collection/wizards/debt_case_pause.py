from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class DebtCasePause(models.TransientModel):
    """Hold a case, pass it over in the queue, or close it: never without saying why."""

    _name = "debt.case.pause"
    _description = "Hold, Skip or Close a Case"

    kind = fields.Selection(
        [("hold", "Hold"), ("skip", "Skip"), ("close", "Close")],
        required=True,
        readonly=True,
        default="hold",
    )
    case_ids = fields.Many2many("debt.case", string="Cases", required=True)
    call_id = fields.Many2one(
        "debt.call", readonly=True, help="The call in whose window it was asked for."
    )
    until = fields.Date(
        string="On Hold Until",
        default=lambda self: self.env.company._debt_today() + timedelta(days=7),
        help="Last day of the hold; from the next day the debtor is called again.",
    )
    reason = fields.Char(required=True)

    @api.model
    def _action_ask(self, kind, cases, call=None):
        """The dialog that asks why.

        :param str kind: hold, skip or close
        :param cases: ``debt.case``
        :param call: ``debt.call`` of the user whose window is open
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_case_pause_action"
        )
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        context = {"default_kind": kind, "default_case_ids": cases.ids}
        if call:
            context["default_call_id"] = call.id
        return action | {"name": kinds[kind], "context": context}

    def action_apply(self):
        """Do it, and put the reason into the history of each case.

        :raises UserError: the hold would end before today, or of a case that is stopped
        :raises AccessError: closing is not the user's
        """
        self.ensure_one()
        cases = self.case_ids
        match self.kind:
            case "skip":
                return self._skip()
            case "close":
                cases._close_by_hand()
                text = self.env._("Closed by hand: %(reason)s", reason=self.reason)
            case _:
                text = self._hold(cases)
        cases._message_log_batch(bodies=dict.fromkeys(cases.ids, text))
        return {"type": "ir.actions.act_window_close"}

    def _hold(self, cases):
        """:return: text for the history"""
        if not self.until or self.until < self.env.company._debt_today():
            raise UserError(
                self.env._("A hold ends today or later: name its last day.")
            )
        if stopped := cases.filtered(lambda case: case.state in ("legal", "closed")):
            raise UserError(
                self.env._(
                    "The case of %(debtor)s is closed or with the legal department: "
                    "nobody is called anyway.",
                    debtor=stopped[0].partner_id.display_name,
                )
            )
        cases.check_access("write")
        for case in cases:
            case._set_state("on_hold", hold_until=self.until)
        return self.env._(
            "On hold until %(date)s: %(reason)s",
            date=format_date(self.env, self.until),
            reason=self.reason,
        )

    def _skip(self):
        """Give the debtor back undialled, and go on to the next one."""
        if self.call_id:
            self.call_id._check_owner()
            self.call_id._release()
        self.case_ids._skip(self.reason)
        windows = self.env["debt.call.wizard"]
        action = windows.action_next()
        return windows._replace_by(action) if action.get("res_id") else action

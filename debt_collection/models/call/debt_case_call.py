from odoo import api, fields, models
from odoo.exceptions import UserError


class DebtCase(models.Model):
    """The calls of a case: made by an operator, or by the debtor himself."""

    _inherit = "debt.case"

    call_ids = fields.One2many("debt.call", "case_id", readonly=True)
    call_count = fields.Integer(compute="_compute_call_count")

    @api.depends("call_ids")
    def _compute_call_count(self):
        counts = dict(
            self.env["debt.call"]._read_group(
                [("case_id", "in", self.ids), ("state", "!=", "draft")],
                ["case_id"],
                ["__count"],
            )
        )
        for case in self:
            case.call_count = counts.get(case, 0)

    def action_call(self):
        """Open the call window on this case."""
        self.ensure_one()
        call = self._claim_for_user()
        return self.env["debt.call.wizard"]._action_open(call)

    def action_calls(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_call_action"
        )
        return action | {"domain": [("case_id", "=", self.id)], "context": {}}

    def _on_closed(self):
        super()._on_closed()
        self.call_ids.filtered(lambda call: call.state == "draft")._release()

    def _before_merge(self, kept):
        """Two people may be on the line with one debtor by now: the call that was
        dialled first goes on, the other one is over."""
        super()._before_merge(kept)
        calls = (self | kept).call_ids
        calls._release()
        talking = calls.exists().filtered(lambda call: call.state != "done")
        talking.sorted("started_at")[1:].write({"state": "done"})

    # --- the debtor rings us: nothing forbids that ----------------------------------
    def _open_inbound(self, number=None, contact=None):
        """Put an incoming call on record, answered now by the calling user.

        The gate is not asked: the debtor chose the hour himself. What the user has open
        with others stays open. A claim on this debtor that nobody dialled from gives
        way, no matter who made it.

        :param str number: the number he calls from, in any form, where it is known
        :param contact: ``res.partner`` who is on the line, where that is known
        :return: the ``debt.call``; the one the user is on with the debtor already, if
            there is one
        :raises UserError: the case is closed, or a colleague speaks with the debtor
        """
        self.ensure_one()
        self.check_access("read")
        if self.state == "closed":
            raise UserError(
                self.env._("This case is closed: there is nothing to call about.")
            )
        now = fields.Datetime.now()
        calls = self.env["debt.call"]
        calls._release_stale(now, self.partner_id)
        # Superuser: the colleague's call may be one of another company or team.
        current = calls.sudo().search(
            [("partner_id", "=", self.partner_id.id), ("state", "!=", "done")], limit=1
        )
        if current.user_id == self.env.user and current.state != "draft":
            return current.with_env(self.env)
        current._give_way(self.env.user)
        values = calls._prepare_inbound(self, now, number, contact)
        if current.user_id == self.env.user and current.case_id == self:
            # The window keeps what was typed in it.
            current.write(values)
            return current.with_env(self.env)
        current._release()
        call = self._unless_contended(lambda: self._open_call(now, **values))
        if not call:
            raise UserError(calls._is_speaking_text(self, self.env._("A colleague")))
        return call

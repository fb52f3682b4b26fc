from odoo import api, fields, models
from odoo.tools import html2plaintext


class MailActivity(models.Model):
    _inherit = "mail.activity"

    debt_call_id = fields.Many2one(
        "debt.call",
        string="Call",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The call in which it came up.",
    )

    @api.model
    def get_activity_data(
        self, res_model, domain, limit=None, offset=0, fetch_done=False
    ):
        """An operator's day lists his calls as “Next Call” would bring them."""
        sort = res_model == "debt.case" and self.env.context.get("debt_queue_order")
        activities = self.with_context(debt_queue_listed=True) if sort else self
        data = super(MailActivity, activities).get_activity_data(
            res_model, domain, limit=limit, offset=offset, fetch_done=fetch_done
        )
        if sort:
            listed = [("id", "in", data["activity_res_ids"])]
            cases = activities.env["debt.case"].search(listed)
            data["activity_res_ids"] = cases.ids
        return data

    def _debt_on_done(self, feedback):
        """What answers a debtor's question is told him in the next call."""
        super()._debt_on_done(feedback)
        # Superuser: whoever does the activity may not write calls.
        calls = self.sudo().debt_call_id
        calls._take_answer(html2plaintext(feedback).strip(), self.env.user)

    def action_done(self):
        """A call is done when its outcome is logged: open the call window instead.

        Automations and the window itself use `_action_done`, which stays as it is.
        """
        calls = self.filtered(lambda activity: activity._opens_debt_call())
        if not calls:
            return super().action_done()
        others = self - calls
        if others:
            super(MailActivity, others).action_done()
        return self.env["debt.case"].browse(calls[0].res_id).action_call()

    def _opens_debt_call(self):
        """Whether this is a call yet to be made that this user can make."""
        self.ensure_one()
        return bool(
            self.active
            and self.res_model == "debt.case"
            and self.res_id
            and self.activity_category == "phonecall"
            and self.env.user.has_group("debt_collection.group_debt_operator")
            and not self.env["debt.case"].browse(self.res_id).closed_at
        )

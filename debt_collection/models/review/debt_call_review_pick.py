from collections import defaultdict
from datetime import date, timedelta

from odoo import api, fields, models

from ...tools.sample import sample

PICKED_EACH = 3
PICKED_DAYS = 7


class DebtCallReview(models.Model):
    """Which calls to listen to: chance decides, and everybody has his turn."""

    _inherit = "debt.call.review"

    @api.model
    def action_pick(self):
        """Make drafts for some conversations of every operator in the last week.

        :return: the action that shows the user's drafts, in the order to work in
        """
        self.check_access("create")
        self.create([{"call_id": call.id} for call in self._calls_to_pick()])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_call_review_action"
        )
        return action | {
            "context": {"search_default_mine_to_do": 1},
            "name": self.env._("Calls to Review"),
        }

    @api.model
    def _calls_to_pick(self):
        """Conversations of every operator in the last week, for which drafts are made.

        Who has not been reviewed for longest comes first. Asked again, it picks the
        same calls, and no more than were missing.
        """
        since = fields.Datetime.now() - timedelta(days=PICKED_DAYS)
        calls = self.env["debt.call"]
        open_to = defaultdict(list)
        for call in calls.search(calls._get_to_review_domain(since), order="id"):
            open_to[call.user_id].append(call.id)
        taken, last = self._reviewed_lately(since)
        picked = []
        for user in sorted(open_to, key=lambda u: (last.get(u) or date.min, u.id)):
            count = max(0, PICKED_EACH - taken.get(user, 0))
            picked += sample(open_to[user], count)
        return calls.browse(picked)

    @api.model
    def _reviewed_lately(self, since):
        """How many calls since then have a review, and when the last review was.

        :return: two dicts by operator
        """
        rows = self._read_group(
            [("call_id.started_at", ">=", since)],
            ["operator_id"],
            ["call_id:count_distinct"],
        )
        dates = self._read_group([], ["operator_id"], ["date:max"])
        return dict(rows), dict(dates)

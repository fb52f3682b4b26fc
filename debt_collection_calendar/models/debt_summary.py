from odoo import api, models


class DebtSummary(models.AbstractModel):
    """The debtor's sentence tells of the meeting to come, or of the one he missed."""

    _inherit = "debt.summary"

    @api.model
    def _sentence(self, case, facts, owed):
        # Superuser: whoever may read a case may know of its meetings.
        told = case.sudo().meeting_ids.sorted("start")[-1:]._told()
        sentence = super()._sentence(case, facts, owed)
        return " ".join(filter(None, (sentence, told))) or False


class DebtMeeting(models.Model):
    _inherit = "debt.meeting"

    def _told(self):
        """One sentence about it, empty where there is nothing to be told."""
        if not self:
            return ""
        values = {"time": self._in_words()["time"], "count": self.move_count}
        if self.state == "missed":
            return self.env._("Missed the meeting on %(time)s.", **values)
        if not self._coming():
            return ""
        match self.move_count:
            case 0:
                return self.env._("Meeting on %(time)s.", **values)
            case 1:
                return self.env._("Meeting on %(time)s, moved once.", **values)
        return self.env._("Meeting on %(time)s, moved %(count)s times.", **values)

from odoo import fields, models

#: Why a campaign dials no more until a manager has looked: `Trunk.stopped` of the
#: process, and what Odoo counts itself.
BRAKES = [
    ("abandoned", "Too Many Found No Operator"),
    ("congestion", "Carrier Is Congested"),
    ("rejected", "Carrier Refuses"),
    ("invalid", "No Number Gets Through"),
    ("forwarded", "Calls Are Forwarded"),
    ("failed", "All Calls Fail"),
    ("short_calls", "Answered and Hung Up"),
]


class DebtDiallerCampaign(models.Model):
    """What stops a campaign by itself, and who is told."""

    _inherit = "debt.dialler.campaign"

    brake = fields.Selection(
        BRAKES, string="Paused Because", readonly=True, copy=False, tracking=True
    )
    brake_text = fields.Char(compute="_compute_brake_text")

    def _compute_brake_text(self):
        texts = self._brake_texts()
        for campaign in self:
            campaign.brake_text = texts.get(campaign.brake, "")

    def _brake_texts(self):
        """What is wrong and what to do, by reason."""
        return {
            "abandoned": self.env._(
                "Too many debtors answered and found no operator in the last half hour."
            ),
            "congestion": self.env._(
                "The carrier had no line free again and again. Ask for more lines, or "
                "give the campaign fewer."
            ),
            "rejected": self.env._(
                "The carrier refused one call after another: look at your account, at "
                "the number that is shown, and at the form of the numbers dialled."
            ),
            "invalid": self.env._(
                "The carrier knew none of the last numbers: look at their form. "
                "No number was marked as dead for it."
            ),
            "forwarded": self.env._(
                "One call after another was to be forwarded: look at the trunk."
            ),
            "failed": self.env._(
                "One call after another failed before any telephone rang: look at the "
                "trunk and at the log of the exchange."
            ),
            "short_calls": self.env._(
                "Most of those who answered hung up at once: the number that is shown "
                "may be marked as a nuisance, or nothing is heard on the line."
            ),
        }

    def _brake_for(self, reason):
        """Pause those that run, say why, and have a manager look.

        :param str reason: of BRAKES; others are ignored
        """
        if reason not in dict(BRAKES):
            return
        for campaign in self.filtered(lambda one: one.state == "running"):
            campaign.write({"state": "paused", "brake": reason})
            text = campaign._brake_texts()[reason]
            campaign.message_post(body=self.env._("Paused: %(reason)s", reason=text))
            campaign._have_looked_at(text)
            campaign._notify_board()

    def _have_looked_at(self, text):
        """A task for whoever is responsible; one is enough."""
        user = self.user_id
        if not user.active or self.activity_ids:
            return
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=user.id,
            summary=self.env._("Look why the campaign was paused"),
            note=text,
        )

from markupsafe import Markup

from odoo import api, fields, models


class DebtContactPolicyUpdate(models.TransientModel):
    """What an update says of a law, beside what the company made of it."""

    _name = "debt.contact.policy.update"
    _description = "What an Update Says of a Contact Policy"

    policy_id = fields.Many2one(
        "debt.contact.policy", required=True, readonly=True, ondelete="cascade"
    )
    adapted_ids = fields.Many2many(
        "debt.contact.policy",
        compute="_compute_adapted_ids",
        string="Used Instead of It",
        help="Your own adaptations: they stay as they are.",
    )
    difference = fields.Html(compute="_compute_difference", string="Differences")

    @api.depends("policy_id")
    def _compute_adapted_ids(self):
        for update in self:
            update.adapted_ids = self.env["debt.contact.policy"].search(
                [("adapted_from_id", "=", update.policy_id.id)]
            )

    @api.depends("policy_id")
    def _compute_difference(self):
        for update in self:
            policy = update.policy_id
            # Superuser: the update is tried, and taken back; readers see what it says.
            before, after = policy.sudo()._as_shipped() if policy else ({}, {})
            update.difference = self._difference_table(
                [
                    (label, text, after[label])
                    for label, text in before.items()
                    if text != after[label]
                ]
            )

    @api.model
    def _difference_table(self, rows):
        if not rows:
            return Markup("<p>%s</p>") % self.env._(
                "Nothing: this policy says already what the update says."
            )
        headings = ("", self.env._("Here"), self.env._("In the Update"))
        head = Markup().join(Markup("<th>%s</th>") % one for one in headings)
        body = Markup().join(
            Markup("<tr><th>%s</th><td>%s</td><td>%s</td></tr>")
            % (label, _lines(ours, theirs), _lines(theirs, ours))
            for label, ours, theirs in rows
        )
        return Markup(
            '<table class="table table-sm"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table>"
        ) % (head, body)

    def action_take_over(self):
        """This policy says from now on what the update says.

        :raises AccessError: it is shared by all companies, and not the user's to change
        """
        self.ensure_one()
        self.policy_id.check_access("write")
        before = self.policy_id._standing()
        # Superuser: the names of our data files, which only an update writes.
        policy = self.policy_id.sudo()
        policy._load_shipped()
        policy.shipped_changed = False
        reason = self.env._("What an update of the software says was taken over.")
        self.policy_id._justify(before, reason)

    def action_keep(self):
        """It stays as it is, and nobody is asked again before the next change."""
        self.ensure_one()
        self.policy_id.check_access("write")
        # Superuser: the mark is set by updates.
        self.policy_id.sudo().shipped_changed = False


def _lines(text, other):
    """A text line by line; what the other one does not say stands out."""
    known = set((other or "").splitlines())
    return Markup("<br/>").join(
        line if line in known else Markup("<strong>%s</strong>") % line
        for line in (text or "—").splitlines()
    )

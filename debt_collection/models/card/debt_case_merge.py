from odoo import models

# A merged debtor takes over what restrains, rather than what drives, his collection.
RESTRAINED = ("promised", "disputed", "on_hold", "legal")


class DebtCase(models.Model):
    """Debtors who turn out to be one: their cases become one as well."""

    _inherit = "debt.case"

    def _merge_into(self, debtor, move_references):
        """Give cases to another debtor, and all open ones of a company to one case.

        :param debtor: the commercial partner who remains
        :param move_references: function of (from, to) that redirects every reference
            from one record to another
        """
        cases = self | self.search([("partner_id", "=", debtor.id)])
        for company in cases.company_id:
            group = cases.filtered(
                lambda case, company=company: (
                    case.company_id == company and not case.closed_at
                )
            )
            kept = group.filtered(lambda case: case.partner_id == debtor)
            kept = kept or group.sorted("id")[:1]
            for case in group - kept:
                case._merge_one(kept, move_references)
        moved = cases.filtered(lambda case: case.partner_id != debtor)
        moved.partner_id = debtor
        moved.flush_recordset()

    def _merge_one(self, kept, move_references):
        """Close a case in favour of another, which gets calls, promises, disputes."""
        self.ensure_one()
        values = self._prepare_merge_values(kept)
        self._before_merge(kept)
        self.env.flush_all()
        move_references(self, kept)
        self.invalidate_recordset()
        self._close("merged")
        self._message_log(
            body=self.env._(
                "Merged into the case of %(debtor)s.",
                debtor=kept.partner_id.display_name,
            )
        )
        kept.write(values | {"plan_dirty": True})

    def _before_merge(self, kept):
        """Hook: this case is about to be merged into another one."""

    def _prepare_merge_values(self, kept):
        """What the case that is kept takes over from one that is merged into it."""
        values = {"priority": max(self.priority, kept.priority)}
        for name in ("user_id", "team_id", "profile_id"):
            values[name] = (kept[name] or self[name]).id
        callbacks = (self | kept).filtered("callback_at").mapped("callback_at")
        values["callback_at"] = min(callbacks, default=False)
        if self.state in RESTRAINED and kept.state not in RESTRAINED:
            values |= {"state": self.state, "hold_until": self.hold_until}
        return values

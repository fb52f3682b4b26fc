from odoo import api, fields, models
from odoo.fields import Domain


class DebtSegmented(models.AbstractModel):
    """Cases, and what is about a case, are found by the segments they are in."""

    _name = "debt.segmented"
    _description = "Found by Segment"
    #: The field that leads to the case; None: the record is one.
    _segment_path = None

    segment_ids = fields.Many2many(
        "debt.segment",
        string="Segments",
        compute="_compute_segment_ids",
        search="_search_segment_ids",
    )

    def _compute_segment_ids(self):
        path = self._segment_path
        cases = self[path] if path else self
        found = self.env["debt.segment"]._of(cases)
        for record in self:
            case = record[path] if path else record
            # Segments of other companies are not told.
            segments = found.get(case, self.env["debt.segment"])
            record.segment_ids = segments.with_env(self.env)._filtered_access("read")

    @api.model
    def _search_segment_ids(self, operator, value):
        """Records of any of some segments that the user may read."""
        segments = self.env["debt.segment"]
        if operator == "any":
            segments = segments.search(Domain(value))
        elif operator == "in":
            # One that is archived still says of whom a campaign is.
            named = Domain("id", "in", list(filter(None, value)))
            segments = segments.with_context(active_test=False).search(named)
        else:
            return NotImplemented
        # Superuser: who is in a segment is no secret of those whose records are found.
        cases = self.env["debt.case"].sudo()
        members = Domain.OR(one._condition() for one in segments.sudo())
        if operator == "in" and False in value:
            known = self.env["debt.segment"].search([]).sudo()
            members |= ~Domain.OR(one._condition() for one in known)
        found = cases.search(members)
        return Domain(self._segment_path or "id", "in", found.ids)

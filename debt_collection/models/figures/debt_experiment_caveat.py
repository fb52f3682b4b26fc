from odoo import api, fields, models
from odoo.tools import format_date


class DebtExperiment(models.Model):
    """What whoever reads the figures of an experiment must know besides."""

    _inherit = "debt.experiment"

    caveat = fields.Text(string="What to Bear in Mind", compute="_compute_caveat")

    def _compute_caveat(self):
        for one in self:
            told = [one._told_unused(), *one._told_changes()]
            one.caveat = "\n".join(filter(None, told))

    def _told_unused(self):
        """Why nobody is drawn, although it runs."""
        if self.state != "running":
            return ""
        if self.kind == "order" and self.company_id.debt_queue_order != "gain":
            return self.env._(
                "The queue is no longer ordered by expected gain: nothing is tried, "
                "and nobody is drawn."
            )
        if unusable := self._unusable():
            return self.env._(
                "“%(name)s” is no longer in use: everybody gets what the rules give, "
                "and nobody is drawn.",
                name=unusable,
            )
        return ""

    @api.model
    def _parts_of(self, tried):
        """A ladder, script or text, and what it is made of.

        :return: list of recordsets
        """
        found = [tried]
        for name in ("step_ids", "answer_ids", "sms_template_id", "mail_template_id"):
            found += [some[name] for some in found if name in some._fields]
        return found

    def _told_changes(self):
        """What was changed while it was tried: what came before is of something else.

        :return: list of sentences
        """
        if self.state == "draft":
            return []
        told = []
        for tried in self._arms():
            parts = [part for some in self._parts_of(tried) for part in some]
            days = [self.company_id._debt_day_of(part.write_date) for part in parts]
            last = max((day for day in days if self._was_running(day)), default=None)
            if last:
                told.append(
                    self.env._(
                        "“%(name)s” was changed on %(day)s, while it was tried: the "
                        "figures are of what it was before and after.",
                        name=tried.display_name,
                        day=format_date(self.env, last),
                    )
                )
        return told

    def _was_running(self, day):
        """Whether that is a day after the one it was started on, and not after the end.

        What is made ready on the first day is no change.
        """
        return self.started_on < day <= (self.stopped_on or day)

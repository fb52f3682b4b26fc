from odoo import models
from odoo.tools import html2plaintext

from ...tools import content, script_graph


class DebtScript(models.Model):
    """What a script says is checked as messages are: it names who calls."""

    _inherit = "debt.script"

    def _check_content(self):
        """What the words of a script lack, or say and must not: a list of sentences."""
        return self._check_creditor() + self._check_forbidden()

    def _check_creditor(self):
        """Who is spoken with about a debt knows by then who calls."""
        steps = self._steps_in_order()
        first = steps.filtered(lambda step: step.phase != script_graph.IDENTIFY)[:1]
        opening = first | steps.filtered(lambda step: step.phase == "identify")
        variables = steps._variables(steps._sample_case(), self.env.lang or "en_US")
        demands = content.Demands(self.env.company.name or "")
        codes = set()
        # Whoever hears the second wordings is told as well.
        for second in (False, True):
            said = " ".join(
                step._fill_in(second and step.other_text or step.text, variables)
                for step in opening
            )
            found = content.check(html2plaintext(said), demands)
            codes |= {one.code for one in found}
        if not steps or "no_creditor" not in codes:
            return []
        return [
            self.env._(
                "Nothing says who calls before the debt is spoken of: name your "
                "company, e.g. with {{ object.company_id.name }}."
            )
        ]

    def _check_forbidden(self):
        """What the company forbids its people to say."""
        phrases = (self.company_id or self.env.company)._debt_forbidden()
        return [
            self.env._(
                "“%(step)s” says “%(phrase)s”, which your company forbids.",
                step=step.name,
                phrase=phrase,
            )
            for step in self._steps_in_order()
            for phrase in content.forbidden(html2plaintext(step._all_text()), phrases)
        ]

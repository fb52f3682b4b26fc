"""Where an experiment takes hold: what the rules chose is changed for some."""

from odoo import api, models


class DebtSegment(models.Model):
    _inherit = "debt.segment"

    @api.model
    def _ladders(self, cases):
        """Who is drawn for another ladder has that one."""
        return self.env["debt.experiment"]._swap("ladder", super()._ladders(cases))


class DebtScript(models.Model):
    _inherit = "debt.script"

    @api.model
    def _for_case(self, case, direction="outbound"):
        """Who is drawn for another script hears that one, when we call."""
        chosen = super()._for_case(case, direction)
        if direction != "outbound":
            return chosen
        return self.env["debt.experiment"]._swap("script", {case: chosen})[case]


class DebtMessage(models.Model):
    """What a ladder writes, with one text or another."""

    _inherit = "debt.message"

    def _hand_over(self):
        """Who takes part is drawn first: one to whom it then cannot be sent counts too.

        Else those whom one text reaches were compared with those whom the other does.
        """
        self.with_context(debt_draws=True)._find_template()
        super()._hand_over()

    def _find_template(self):
        """The text that this debtor gets; to look at one draws nobody."""
        template, draws = super()._find_template(), self.env.context.get("debt_draws")
        if self.kind != "ladder" or not template:
            return template
        case, experiments = self.case_id, self.env["debt.experiment"]
        experiments = experiments.with_context(debt_draws_nobody=not draws)
        return experiments._swap(self.channel, {case: template})[case]


class DebtQueueOrder(models.AbstractModel):
    _inherit = "debt.queue.order"

    @api.model
    def _rates(self, company, sights):
        """Among themselves, those drawn for it are ordered by amount and age.

        They share out the places that they would have had: neither arm is called more
        than the other.
        """
        rates = super()._rates(company, sights)
        experiments = self.env["debt.experiment"].sudo()
        for experiment in experiments.browse(experiments._running_ids("order")):
            drawn = experiment._draw(list(rates))
            others = [case for case in rates if drawn.get(case) == "challenger"]
            places = sorted(rates[case] for case in others)
            others.sort(key=lambda case: _by_age(sights[case][0]))
            rates |= dict(zip(others, places, strict=True))
        return rates


def _by_age(sight):
    return sight.amount * sight.days_late, sight.amount

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.experiment import CHALLENGER, arm


class DebtExperimentDebtor(models.Model):
    """A debtor takes part in an experiment: written once, on the day he was drawn."""

    _name = "debt.experiment.debtor"
    _description = "Debtor in an Experiment"
    _order = "id desc"
    _rec_name = "partner_id"
    _log_access = False

    experiment_id = fields.Many2one(
        "debt.experiment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, readonly=True, index=True
    )
    case_id = fields.Many2one(
        "debt.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    arm = fields.Selection(
        [("champion", "Champion"), ("challenger", "Challenger")],
        required=True,
        readonly=True,
    )
    drawn_on = fields.Date(required=True, readonly=True)
    amount_overdue = fields.Monetary(
        string="Overdue", readonly=True, help="On the day he was drawn."
    )
    days_late = fields.Integer(
        readonly=True, aggregator="avg", help="On the day he was drawn."
    )

    _debtor_once = models.Constraint(
        "UNIQUE(experiment_id, partner_id)", "A debtor is drawn once."
    )


class DebtExperiment(models.Model):
    """Who takes part."""

    _inherit = "debt.experiment"

    @api.model
    def _swap(self, kind, chosen):
        """Give the challenger to those who were drawn for it.

        :param dict chosen: by case, what the rules choose; changed in place
        :return: the same dict
        """
        for experiment in self.sudo().browse(self._running_ids(kind)):
            if experiment._unusable():
                continue
            champion, challenger = experiment._arms()
            of_it = [
                case
                for case, record in chosen.items()
                if record in experiment._taken_from(champion, challenger)
            ]
            drawn = experiment._draw(of_it)
            for case in of_it:
                if case in drawn:
                    record = challenger if drawn[case] == CHALLENGER else champion
                    chosen[case] = record.with_env(case.env)
        return chosen

    def _taken_from(self, champion, challenger):
        """What the rules would give to those who take part.

        A challenger script is in use like the champion, and the rules may choose it.
        """
        return champion + challenger if self.kind == "script" else champion

    def _draw(self, cases):
        """Draw those who may take part, and record it.

        :param list cases: of ``debt.case``
        :return: dict of arms by case, of those who take part
        """
        cases = self.env["debt.case"].browse(case.id for case in cases if case._origin)
        cases = cases.filtered(lambda case: case.company_id == self.company_id)
        known = self._known(cases)
        fresh = cases.filtered(lambda case: case.partner_id.id not in known)
        if self.env.context.get("debt_draws_nobody"):
            fresh = fresh.browse()
        if fresh := self._may_join(fresh):
            self._record(fresh)
            known |= self._known(fresh)
        return {
            case: known[case.partner_id.id]
            for case in cases
            if case.partner_id.id in known
        }

    def _known(self, cases):
        """The arms of those who take part, by id of the debtor: as they were drawn.

        Contacts are merged, and the lot of who remains may be another.
        """
        rows = self.env["debt.experiment.debtor"].search_fetch(
            [
                ("experiment_id", "=", self.id),
                ("partner_id", "in", cases.partner_id.ids),
            ],
            ["partner_id", "arm"],
        )
        return {row.partner_id.id: row.arm for row in rows}

    def _may_join(self, cases):
        """Of some cases, those that may be drawn today."""
        if self.kind == "ladder":
            # Nobody changes ladders halfway.
            cases = cases.filtered(
                lambda case: (
                    not case.ladder_started_on
                    or case.ladder_started_on >= self.started_on
                )
            )
        return self.segment_id._members(cases) if self.segment_id and cases else cases

    def _arm(self, partner):
        return arm(self.id, partner.id, self.share)

    def _record(self, cases):
        """Two who draw the same debtor at once draw the same."""
        today = self.company_id._debt_today()
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s, %s::date, %s, %s)",
                self.id,
                case.company_id.id,
                case.partner_id.id,
                case.id,
                self._arm(case.partner_id),
                today,
                case.amount_overdue,
                case.days_past_due,
            )
            for case in cases
        ]
        if rows:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO debt_experiment_debtor
                           (experiment_id, company_id, partner_id, case_id, arm,
                            drawn_on, amount_overdue, days_late)
                    VALUES %s ON CONFLICT DO NOTHING
                    """,
                    SQL(", ").join(rows),
                )
            )
            self.invalidate_recordset(["debtor_ids"])

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.experiment import CHALLENGER, CHAMPION, LEAST, Arm, judge

#: What came of a debtor, an SQL expression on the row ``d`` of who takes part.
BROUGHT = {
    "paid": SQL(
        """(EXISTS (SELECT FROM debt_collection_report m
                     WHERE m.case_id = d.case_id AND m.amount > 0
                       AND m.day BETWEEN d.drawn_on AND d.drawn_on + e.days))::int"""
    ),
    "collected": SQL(
        """(SELECT coalesce(sum(m.amount), 0) FROM debt_collection_report m
             WHERE m.case_id = d.case_id
               AND m.day BETWEEN d.drawn_on AND d.drawn_on + e.days)"""
    ),
    # What was taken back by mistake was none; what a new one replaced was.
    "promised": SQL(
        """(EXISTS (SELECT FROM debt_promise p
                     WHERE p.case_id = d.case_id
                       AND (p.state != 'cancelled' OR p.ended_reason IS NULL
                            OR p.replaced_by_id IS NOT NULL)
                       AND p.made_on >= d.drawn_on
                       AND p.made_on <= d.drawn_on + e.days))::int"""
    ),
}


class DebtExperiment(models.Model):
    """What came of it, and whether it is decided."""

    _inherit = "debt.experiment"

    champion_count = fields.Integer(
        string="Champion: Debtors",
        compute="_compute_figures",
        help="Those whose days are over.",
    )
    challenger_count = fields.Integer(
        string="Challenger: Debtors",
        compute="_compute_figures",
        help="Those whose days are over.",
    )
    waiting_count = fields.Integer(
        string="Still Followed",
        compute="_compute_figures",
        help="Drawn, and their days are not over yet.",
    )
    champion_mean = fields.Float(string="Champion", compute="_compute_figures")
    challenger_mean = fields.Float(string="Challenger", compute="_compute_figures")
    difference = fields.Float(
        compute="_compute_figures", help="Challenger less champion."
    )
    difference_low = fields.Float(
        string="At Least",
        compute="_compute_figures",
        help="The difference lies between these two, with an error of 5 %, however "
        "often one looks.",
    )
    difference_high = fields.Float(string="At Most", compute="_compute_figures")
    verdict = fields.Text(string="Is It Decided?", compute="_compute_figures")

    @api.depends("debtor_ids", "measure", "days", "least", "least_amount", "state")
    def _compute_figures(self):
        figures, drawn = self._figures(), self._drawn()
        for one in self:
            champion, challenger = one._both(figures)
            verdict = judge(champion, challenger, one._least())
            one.champion_count = champion.debtors
            one.challenger_count = challenger.debtors
            waiting = drawn[one._origin] - champion.debtors - challenger.debtors
            one.waiting_count = waiting if one.state != "stopped" else 0
            one.champion_mean = champion.mean
            one.challenger_mean = challenger.mean
            one.difference = verdict.difference
            one.difference_low = verdict.low
            one.difference_high = verdict.high
            one.verdict = one._tell(verdict, champion, challenger)

    def _least(self):
        # A form being filled in may say nothing yet.
        named = self.least_amount if self.measure == "collected" else self.least
        return max(named, 0.0001)

    def _both(self, figures):
        arms = figures[self._origin.id]
        return arms.get(CHAMPION, Arm()), arms.get(CHALLENGER, Arm())

    def _drawn(self):
        rows = self.env["debt.experiment.debtor"]._read_group(
            [("experiment_id", "in", self._origin.ids)], ["experiment_id"], ["__count"]
        )
        return defaultdict(int, rows)

    def _figures(self):
        """What the debtors of each arm brought whose days are over.

        Days after it was stopped are nobody's: everybody has the champion again.

        :return: dict by id of dicts of `tools.experiment.Arm` by arm
        """
        found = defaultdict(dict)
        self.env["debt.collection.report"].sudo()._catch_up()
        self.flush_model()
        self.env["debt.promise"].flush_model()
        for measure, some in self._origin.grouped("measure").items():
            for company, ours in some.grouped("company_id").items():
                query = SQL(
                    """
                    SELECT id, arm, count(*), sum(y)::float, sum(y * y)::float
                      FROM (SELECT e.id, d.arm, %s AS y
                              FROM debt_experiment e
                              JOIN debt_experiment_debtor d ON d.experiment_id = e.id
                             WHERE e.id = ANY(%s) 
                                AND d.drawn_on + e.days < least(%s, e.stopped_on)
                           ) brought
                     GROUP BY id, arm
                    """,
                    BROUGHT[measure],
                    ours.ids,
                    company._debt_today(),
                )
                for number, arm, *sums in self.env.execute_query(query):
                    found[number][arm] = Arm(*sums)
        return found

    # --- in words ---
    def _tell(self, verdict, champion, challenger):
        """Whether it is decided, in a sentence or two."""
        told = {
            "days": self.days,
            "champion": self._told(champion.mean),
            "challenger": self._told(challenger.mean),
            "low": self._told_difference(verdict.low, "+"),
            "high": self._told_difference(verdict.high, "+"),
            "ours": champion.debtors,
            "theirs": challenger.debtors,
            "least": self._told_difference(self._least()),
        }
        if verdict.result == "few":
            return self._tell_few(champion, challenger, told)
        figures = {
            "paid": self.env._(
                "Within %(days)s days %(champion)s of the champion's %(ours)s debtors "
                "paid, and %(challenger)s of the challenger's %(theirs)s.",
                **told,
            ),
            "promised": self.env._(
                "Within %(days)s days %(champion)s of the champion's %(ours)s debtors "
                "promised to pay, and %(challenger)s of the challenger's %(theirs)s.",
                **told,
            ),
            "collected": self.env._(
                "Within %(days)s days each of the champion's %(ours)s debtors paid "
                "%(champion)s on average, and each of the challenger's %(theirs)s "
                "%(challenger)s.",
                **told,
            ),
        }[self.measure]
        results = {
            "open": self._tell_open(),
            "champion": self.env._("Decided: the champion is better."),
            "challenger": self.env._("Decided: the challenger is better."),
            "same": self.env._(
                "Decided: they do not differ by as much as %(least)s.", **told
            ),
        }
        between = self.env._(
            "The difference, challenger less champion, lies between %(low)s and "
            "%(high)s.",
            **told,
        )
        return f"{results[verdict.result]} {figures} {between}"

    def _tell_open(self):
        if self.state == "stopped":
            return self.env._("Not decided when it was stopped.")
        return self.env._("Not decided yet.")

    def _tell_few(self, champion, challenger, told):
        if min(champion.debtors, challenger.debtors) >= LEAST:
            return self.env._(
                "Not decided, nothing can be said: none of the champion's %(ours)s "
                "debtors and of the challenger's %(theirs)s brought anything within "
                "%(days)s days.",
                **told,
            )
        return self.env._(
            "Not decided, nothing can be said: %(ours)s debtors with the champion and "
            "%(theirs)s with the challenger have had their %(days)s days; it takes at "
            "least %(fewest)s of each.",
            **told,
            fewest=LEAST,
        )

    def _told(self, number):
        if self.measure == "collected":
            return self.currency_id.format(number)
        return f"{100 * number:.1f} %"

    def _told_difference(self, number, sign=""):
        """A difference of shares in points: five per cent of them would be less."""
        if self.measure == "collected":
            return self._told(number)
        return self.env._(
            "%(number)s percentage points", number=f"{100 * number:{sign}.1f}"
        )

    # --- the night ---
    @api.model
    def _cron_judge(self):
        """The daily job: what is decided is put on record, and its author told."""
        running = self.sudo().search(
            [("state", "=", "running"), ("decided_on", "=", False)]
        )
        figures = running._figures()
        for one in running:
            champion, challenger = one._both(figures)
            verdict = judge(champion, challenger, one._least())
            if verdict.decided:
                one._decide(verdict, champion, challenger)

    def _decide(self, verdict, champion, challenger):
        """Later figures do not change it: who goes on looking finds other ones."""
        author = self.create_uid
        told = self.with_context(lang=author.lang)
        text = told._tell(verdict, champion, challenger)
        self.write(
            {
                "result": verdict.result,
                "decided_on": self.company_id._debt_today(),
                "decision": text,
            }
        )
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=told.env._("“%(experiment)s” is decided", experiment=self.name),
            note=text,
            user_id=author.id,
            date_deadline=self.company_id._debt_today(),
        )


class DebtFigures(models.Model):
    _inherit = "debt.figures"

    @api.model
    def _cron_record(self):
        """The same night judges experiments."""
        super()._cron_record()
        self.env["debt.experiment"]._cron_judge()

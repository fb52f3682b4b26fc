from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.forecast import Calls, Course, Moves, by_day, compare, day_after, play
from ..tools.law import Choice
from ..tools.sample import sample

DAYS = 30


class DebtCase(models.Model):
    """The coming calls of cases, under the rules of today and under others."""

    _inherit = "debt.case"

    @api.model
    def _forecast(self, law=None, active=True, ladder=None, steps=()):
        """Play all cases of the user's companies through, twice where it matters.

        :param law: `tools.law.Law` in the place of the one with the same id
        :param bool active: whether that law counts at all
        :param ladder: ``debt.ladder`` that would have other steps
        :param steps: these steps, a tuple of `tools.ladder.Step`
        :return: what ``debt.what.if`` keeps as its ``outcome``
        """
        today = self.env.company._debt_today()
        home = self.env.company.partner_id.tz or "UTC"
        now, until = fields.Datetime.now(), day_after(home, today, DAYS)
        ids = self.search(self._forecast_domain()).ids
        # Superuser: cases the user may read; of their debtors only dates are counted.
        cases = self.browse(sample(ids, self.env["debt.what.if"]._sample_size())).sudo()
        facts, likely = cases._contact_facts(), self._answering_hours()
        laws = {}
        teams, stuck = {}, []
        for case in cases:
            known = facts[case]
            choice = law and case._choice_with(law, active)
            if choice and choice not in laws:
                laws[choice] = choice.policy()
            policy = laws[choice] if choice else known.policy
            changed = steps if ladder and case.ladder_id == ladder else None
            before = after = case._forecast_calls(known, now, until, likely)
            if policy != known.policy or changed is not None:
                known = replace(known, policy=policy)
                after = case._forecast_calls(known, now, until, likely, changed)
            if after.stuck and not before.stuck:
                stuck.append(case.id)
            team = teams.setdefault(str(case.team_id.id or 0), _nothing())
            _count(team, before, after, home, today)
        return {
            "today": fields.Date.to_string(today),
            "population": len(ids),
            "sample": len(cases),
            "teams": teams,
            "stuck": stuck[:20],
        }

    @api.model
    def _forecast_domain(self):
        """Cases for which calls can be planned."""
        calling = Domain("state", "in", ("active", "promised", "on_hold"))
        asked = Domain("callback_at", "!=", False)
        return Domain("closed_at", "=", False) & (calling | asked)

    def _choice_with(self, law, active):
        """The case's choice of policies, had one of them another content."""
        choice = self._policy_choice()
        company = self.company_id
        debtors = self.env["debt.contact.policy"]._prepare_debtors(
            self.partner_id, company
        )
        fits = active and any(law.fits(debtor, company.id) for debtor in debtors)
        fitting = [one for one in choice.fitting if one.id != law.id or fits]
        fitting = [law if one.id == law.id else one for one in fitting]
        if fits and law not in fitting:
            fitting.append(law)
        own, default = (
            law if one and one.id == law.id else one
            for one in (choice.own, choice.default)
        )
        return Choice(own, tuple(fitting), default, choice.always)

    def _forecast_calls(self, facts, now, until, likely, steps=None):
        """The calls to come, `tools.forecast.Calls`.

        :param steps: those of the ladder when None
        """
        reason = self._unplannable(facts)
        if reason:
            return Calls((), reason in ("no_policy", "no_country"))
        _paused, not_before = self._paused("call")
        course = Course(
            self.ladder_id._steps() if steps is None else steps,
            self._ladder_start(),
            facts.policy,
            tuple(facts.zones),
            facts.history,
            facts.holidays,
            callback=self.callback_at or None,
            not_before=not_before,
            preferred_hours=self._preferred_hours(facts, likely),
            case=self.company_id.id,
            target=self._contact_target("call", facts),
        )
        return play(course, now, until)


def _nothing():
    return {
        "cases": 0,
        "before": [0] * DAYS,
        "after": [0] * DAYS,
        "stuck": [0, 0],
        "moves": list(Moves()),
    }


def _count(team, before, after, home, today):
    """Add the calls of one case to those of its team."""
    team["cases"] += 1
    for key, calls in (("before", before), ("after", after)):
        counts = by_day(calls.times, home, today, DAYS)
        team[key] = [a + b for a, b in zip(team[key], counts, strict=True)]
    team["stuck"][0] += before.stuck
    team["stuck"][1] += after.stuck
    moves = compare(before.times, after.times, home)
    team["moves"] = list(Moves(*team["moves"]) + moves)

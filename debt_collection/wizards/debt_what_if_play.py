from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.forecast import (
    KINDS,
    Contacts,
    Course,
    Moves,
    by_day,
    compare,
    day_after,
    play,
)
from ..tools.law import Choice
from ..tools.sample import sample

DAYS = 30


class DebtWhatIf(models.TransientModel):
    """The coming contacts of cases, under the rules of today and under others."""

    _inherit = "debt.what.if"

    @api.model
    def _forecast(self, law=None, active=True, ladder=None):
        """Play all cases of the user's companies through, twice where it matters.

        :param law: `tools.law.Law` in the place of the one with the same id
        :param bool active: whether that law counts at all
        :param ladder: ``debt.ladder`` in memory, in the place of the saved one
        :return: what ``debt.what.if`` keeps as its ``outcome``
        """
        today = self.env.company._debt_today()
        home = self.env.company._debt_zone()
        now, until = fields.Datetime.now(), day_after(home, today, DAYS)
        cases = self.env["debt.case"]
        ids = cases.search(self._get_forecast_domain()).ids
        # Superuser: cases the user may read; of their debtors only dates are counted.
        cases = cases.browse(sample(ids, self._sample_size())).sudo()
        facts, likely = cases._contact_facts(), cases._answering_hours()
        made = cases._ladder_messages()
        laws = {}
        teams, stuck = {}, []
        for case in cases:
            known = facts[case]
            choice = law and self._choice_with(case, law, active)
            if choice and choice not in laws:
                laws[choice] = choice.policy()
            policy = laws[choice] if choice else known.policy
            saved = case.ladder_id
            other = ladder if ladder and saved and saved == ladder._origin else saved
            course = self._forecast_course(case, known, likely, saved, made[case])
            before = after = play(course, now, until)
            if policy != known.policy or other != saved:
                known = replace(known, policy=policy)
                course = self._forecast_course(case, known, likely, other, made[case])
                after = play(course, now, until)
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
    def _get_forecast_domain(self):
        """Cases for which calls can be planned, but for those to practise with."""
        real = Domain("ladder_id", "not any", Domain("practice", "=", True))
        calling = Domain("state", "in", ("active", "promised", "on_hold"))
        asked = Domain("callback_at", "!=", False)
        return Domain("closed_at", "=", False) & real & (calling | asked)

    @api.model
    def _choice_with(self, case, law, active):
        """The case's choice of policies, had one of them another content."""
        choice = case._policy_choice()
        company = case.company_id
        debtors = case.env["debt.contact.policy"]._prepare_debtors(
            case.partner_id, company
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

    @api.model
    def _forecast_course(self, case, facts, likely, ladder, made):
        """What the ladder asks for, `tools.forecast.Course`.

        :param ladder: ``debt.ladder``, saved or in memory
        :param made: `LadderHistory`
        """
        asked = facts.policy and case._question("call", facts)
        writes = asked and (case.state == "active" or asked.pause)
        return Course(
            asked,
            ladder._steps(case),
            case._ladder_start(),
            case._wishes(facts, likely),
            blocked=case._unplannable(facts),
            ways=self._message_ways(case, ladder, facts) if writes else {},
            made=made.occurrences,
            last=made.last,
        )

    @api.model
    def _message_ways(self, case, ladder, facts):
        """How the ladder's messages would reach the debtor, those that would.

        :return: dict of channels and `tools.contact.Target` by the step's key
        """
        ways = {}
        for step in ladder.step_ids.filtered(lambda step: step.channel != "call"):
            if channel := case._step_channel(step, facts):
                key = step._to_pure().key
                ways[key] = channel, case._contact_target(channel, facts)
        return ways


def _nothing():
    kinds = {
        kind: {"before": [0] * DAYS, "after": [0] * DAYS, "moves": list(Moves())}
        for kind in KINDS
    }
    return {"cases": 0, "stuck": [0, 0], **kinds}


def _count(team, before: Contacts, after: Contacts, home, today):
    """Add the contacts of one case to those of its team."""
    team["cases"] += 1
    team["stuck"][0] += before.stuck
    team["stuck"][1] += after.stuck
    for kind in KINDS:
        counted, played = team[kind], [getattr(one, kind) for one in (before, after)]
        for key, times in zip(("before", "after"), played, strict=True):
            days = by_day(times, home, today, DAYS)
            counted[key] = [a + b for a, b in zip(counted[key], days, strict=True)]
        moves = compare(*played, home)
        counted["moves"] = list(Moves(*counted["moves"]) + moves)

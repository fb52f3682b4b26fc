from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..tools.clock import known, local
from ..tools.contact import Contact
from ..tools.outlook import outlook, uses

DAYS_SHOWN = 14
# How a reason looks on the strip; any other one stands for "not at all".
LOOKS = {
    "ok": "allowed",
    "callback": "allowed",
    "hours": "hours",
    "limit": "limit",
    "promised": "pause",
    "on_hold": "pause",
    "before_callback": "pause",
}


class DebtContactExplain(models.TransientModel):
    """Why may this debtor be contacted at these hours of the next days, and no others?

    Nothing is decided here: every hour shown is the gate's own answer.
    """

    _name = "debt.contact.explain"
    _description = "Explain Contact Times"

    case_id = fields.Many2one(
        "debt.case", required=True, readonly=True, ondelete="cascade"
    )
    channel = fields.Selection(
        [
            ("call", "Call"),
            ("robot_call", "Robot Call"),
            ("sms", "SMS"),
            ("email", "E-mail"),
            ("voice_message", "Voice Message"),
            ("letter", "Letter"),
            ("visit", "Visit"),
        ],
        string="Way of Contact",
        required=True,
        default="call",
    )
    after_plan = fields.Boolean(
        string="After the Planned Call",
        help="Shows the days as if the planned call had been made: what is left of "
        "the limits then.",
    )
    next_contact_at = fields.Datetime(related="case_id.next_contact_at")
    html = fields.Html(string="Contact Times", compute="_compute_html", sanitize=False)

    @api.depends("case_id", "channel", "after_plan")
    @api.depends_context("lang", "tz", "uid")
    def _compute_html(self):
        for explain in self:
            explain.case_id.check_access("read")
            explain.html = self.env["ir.qweb"]._render(
                "debt_collection.contact_explain", explain._prepare_values()
            )

    def _prepare_values(self):
        """What the template shows; all texts are in the user's language."""
        case, now = self.case_id, fields.Datetime.now()
        facts = case._contact_facts()[case]
        answer = case._contact_gate(self.channel, now, facts)
        values = {
            "answer": answer,
            "message": self.env._("Allowed now.")
            if answer.allowed
            else case._contact_message(answer, now, facts),
            "advice": not answer.allowed and self._advice(answer.reason),
            "refused_for_good": not answer.allowed and not answer.next_at,
            "days": [],
            # Superuser: a setting of the case's company.
            "texts_off": self.channel in ("sms", "email")
            and not case.company_id.sudo().debt_texts_on,
        }
        if facts.policy is None or not facts.zones:
            return values
        asked = case._question(self.channel, facts)
        days = self._outlook(asked, now)
        return values | {
            "clocks": self._clocks(facts, now),
            "zones": len(facts.zones) > 1 and self._zones_text(facts.zones),
            "days": [self._prepare_day(day, asked, now) for day in days],
            "reasons": self._reasons(days, asked),
            "policies": self._policies(days),
            "limits": self._limits(asked, now),
            "hours": range(0, 25, 3),
        }

    def _outlook(self, asked, now):
        """The days of the strip, `tools.outlook.Day`."""
        home, planned = asked.zones[0], self.next_contact_at
        assumed = self.after_plan and planned and planned >= now
        return outlook(
            asked,
            local(home, now).date(),
            home=home,
            days=DAYS_SHOWN,
            assumed=Contact(planned, "call", case=asked.case) if assumed else None,
        )

    # --- the strip ------------------------------------------------------------------
    def _prepare_day(self, day, asked, now):
        length = (day.end - day.start) / timedelta(hours=1)
        return {
            "label": self._day(day.day),
            "hours": length != 24 and self.env._("%(hours)s h", hours=round(length)),
            "past": day.start <= now < day.end and _share(now, day),
            "segments": [
                self._prepare_segment(one, day, asked) for one in day.segments
            ],
            "marks": [
                {"look": look, "title": title, "start": _share(at, day)}
                for look, title, at in self._marks(asked.zones[0], now)
                if day.start <= at < day.end
            ],
        }

    def _prepare_segment(self, segment, day, asked):
        home, start = asked.zones[0], _share(segment.start, day)
        return {
            "look": LOOKS.get(segment.reason, "never"),
            "start": start,
            "width": round(_share(segment.end, day) - start, 3),
            "span": _span(segment, day, home),
            "title": self._segment_title(segment, day, asked),
        }

    def _segment_title(self, segment, day, asked):
        """The times, in the debtor's and the user's clock, and why."""
        spans = [_span(segment, day, asked.zones[0])]
        if own := self._own_zone(asked.zones[0], segment.start):
            time = f"{_clock(own, segment.start)}–{_clock(own, segment.end)}"
            spans.append(self.env._("your time %(time)s", time=time))
        return f"{' · '.join(spans)}: {self._segment_text(segment, asked)}"

    def _marks(self, home, now):
        """What happens at one instant: (look, title, naive UTC)."""
        case = self.case_id
        for look, at, text in (
            ("now", now, self.env._("Now")),
            ("planned", case.next_contact_at, self.env._("Planned call")),
            ("callback", case.callback_at, self.env._("Callback the debtor asked for")),
            ("message", self._message_at(), self.env._("Message")),
        ):
            if at:
                yield look, f"{text}: {_clock(home, at)}", at

    def _message_at(self):
        """Hook: when the ladder has the next message of the channel asked about."""
        written = self.channel in ("sms", "email")
        return written and self.case_id.next_message_at

    # --- in words -------------------------------------------------------------------
    def _segment_text(self, segment, asked):
        if segment.allowed:
            return self._allowed_text(segment)
        text = self.case_id._contact_reason(segment)
        if segment.zone and len(asked.zones) > 1:
            return self.env._("%(reason)s (%(zone)s)", reason=text, zone=segment.zone)
        return text

    def _allowed_text(self, segment):
        if segment.reason == "callback":
            return self.env._("Allowed because the debtor asked for it.")
        return self.env._("Allowed.")

    def _reasons(self, days, asked):
        """Each distinct reason with the times at which it holds, the allowed first."""
        found = {}
        for day in days:
            for segment in day.segments:
                text = self._segment_text(segment, asked)
                key = (LOOKS.get(segment.reason, "never"), text)
                spans = found.setdefault(key, {}).setdefault(day.day, [])
                spans.append(_span(segment, day, asked.zones[0]))
        looks = [*dict.fromkeys(LOOKS.values()), "never"]
        return [
            {"look": look, "text": text, "times": self._times(found[look, text])}
            for look, text in sorted(found, key=lambda key: looks.index(key[0]))
        ]

    def _times(self, spans):
        """Join neighbouring days with the same hours: "Tue 10 – Fri 13 Mar: …".

        :param dict spans: lists of str by date
        """
        runs = []
        for day, hours in spans.items():
            text = ", ".join(hours)
            if runs and runs[-1][2] == text and runs[-1][1] == day - timedelta(days=1):
                runs[-1][1] = day
            else:
                runs.append([day, day, text])
        return [f"{self._days(*run[:2])}: {run[2]}" for run in runs]

    def _days(self, first, last):
        return " – ".join(self._day(day) for day in dict.fromkeys((first, last)))

    def _day(self, day):
        return format_date(self.env, day, date_format="EEE d MMM")

    def _clocks(self, facts, now):
        """Where and when it is: the debtor's local time and the user's own."""
        own = self._own_zone(facts.zone, now)
        return {
            "local": self.case_id._local_time(now, facts),
            "own": own and f"{_clock(own, now)} ({own})",
        }

    def _own_zone(self, home, at):
        """The user's zone, None where his clock shows what the debtor's does."""
        own = next(iter(known([self.env.context.get("tz"), self.env.user.tz])), "UTC")
        return own if local(own, at) != local(home, at) else None

    def _policies(self, days):
        """The policies that hold on these days, each with the first day it does."""
        choice = self.case_id._policy_choice()
        found = {}
        for day in days:
            for law in choice.on(day.day):
                found.setdefault(law.id, day.day)
        # Superuser: whoever may read the case may know the rules it is under.
        policies = self.env["debt.contact.policy"].sudo().browse(found)
        return [
            {
                "id": policy.id,
                "name": policy.name,
                "source": policy.source,
                "starts": found[policy.id] > days[0].day
                and self.env._("from %(day)s on", day=self._day(found[policy.id])),
            }
            for policy in policies
        ]

    def _limits(self, asked, now):
        """How far each limit is used up now."""
        versions = self.env["debt.contact.policy.version"]
        return [
            {
                "name": versions._limit_text(use.limit),
                "use": self.env._(
                    "%(used)s of %(maximum)s",
                    used=use.used,
                    maximum=use.limit.maximum,
                ),
                "full": bool(use.free_at),
                "free": self._free_text(use.free_at, asked.zones[0]),
            }
            for use in uses(asked, now)
        ]

    def _free_text(self, at, zone):
        """When a limit that is used up next allows a contact, on the debtor's clock."""
        if at is None or at == at.max:
            return ""
        time = f"{self._day(local(zone, at).date())} {_clock(zone, at)}"
        return self.env._("free from %(time)s", time=time)


def _share(at, day):
    """How much of a day is over at an instant, in percent."""
    return round(100 * ((at - day.start) / (day.end - day.start)), 3)


def _clock(zone, at):
    return local(zone, at).strftime("%H:%M")


def _span(segment, day, home):
    """Local times of a segment; a day ends at 24:00."""
    end = "24:00" if segment.end == day.end else _clock(home, segment.end)
    return f"{_clock(home, segment.start)}–{end}"

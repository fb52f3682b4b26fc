from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

CONTACT_NOW = ("contact_allowed", "contact_message", "local_time")


class DebtCase(models.Model):
    """The gate's and the planner's codes, put into sentences for people."""

    _inherit = "debt.case"

    local_time = fields.Char(compute="_compute_contact_now")
    contact_allowed = fields.Boolean(compute="_compute_contact_now")
    contact_message = fields.Char(
        compute="_compute_contact_now", help="What the gate says about a call now."
    )
    has_number = fields.Boolean(
        compute="_compute_has_number", search="_search_has_number"
    )

    @api.depends("next_contact_code", "next_contact_block", "state")
    def _compute_next_contact_reason(self):
        texts = self._reason_texts()
        for case in self:
            parts = [
                texts.get(code)
                for code in (case.next_contact_code, case.next_contact_block)
                if code
            ]
            case.next_contact_reason = " ".join(filter(None, parts)) or False

    def _local_time(self, at=None, facts=None):
        """The debtor's local time in words, as of `told_time`.

        :param datetime at: naive UTC; now when None
        """
        self.ensure_one()
        facts = facts or self._contact_facts(only_call=True)[self]
        return told_time(self.env, at or fields.Datetime.now(), facts.zones)

    def _contact_message(self, answer, at, facts):
        """One or two sentences for the operator: why, and from when on."""
        text = self._contact_reason(answer)
        if answer.allowed or not answer.next_at:
            return text
        return self.env._(
            "%(reason)s Possible from %(time)s.",
            reason=text,
            time=self._local_time(answer.next_at, facts),
        )

    def _contact_reason(self, answer):
        """One sentence for the operator: why."""
        if answer.limit:
            return self._limit_text(answer.limit)
        return self._reason_text(answer.reason)

    def _limit_text(self, limit):
        versions = self.env["debt.contact.policy.version"]
        return self.env._(
            "The limit is used up. %(limit)s.", limit=versions._limit_text(limit)
        )

    def _reason_text(self, code):
        """The sentence for a reason code of the gate or the planner."""
        return self._reason_texts().get(code) or self.env._("No call is allowed.")

    def _reason_texts(self):
        return {
            "ok": self.env._("A call is allowed now."),
            "callback": self.env._("The debtor asked to be called back."),
            "closed": self.env._("The case is closed."),
            "nothing_owed": self.env._("Nothing is overdue."),
            "not_due": self.env._(
                "Nothing is overdue yet, and there is no more to be said before."
            ),
            "disputed": self.env._("All that is overdue is disputed."),
            "legal": self.env._("The case is with the legal department."),
            "on_hold": self.env._("The case is on hold."),
            "promised": self.env._("A payment is promised and may still come in time."),
            "dormant": self.env._("The retry ladder is over; the case is dormant."),
            "unread_reply": self.env._(
                "The debtor has answered, and nobody has read it yet."
            ),
            "do_not_call": self.env._("The debtor refused to be called."),
            **self._protection_texts(),
            "no_policy": self.env._(
                "No contact policy applies: set one for the debtor's country or as "
                "the company's default."
            ),
            "no_country": self.env._(
                "Nobody knows which law protects the debtor: enter the debtor's "
                "country."
            ),
            "no_number": self.env._("There is no number to call."),
            "bad_number": self.env._("This number is not to be dialled."),
            "bad_address": self.env._(
                "This is not one of the debtor's e-mail addresses: enter it on the "
                "debtor or one of the debtor's contacts first."
            ),
            "busy": self.env._("A colleague is on the line with the debtor."),
            "no_zone": self.env._(
                "The time zone is unknown: enter the debtor's country or time zone."
            ),
            "no_hours": self.env._(
                "The contact policy has no hours for this way of contact."
            ),
            "hours": self.env._(
                "It is outside the permitted hours where the debtor is."
            ),
            "holiday": self.env._("It is a public holiday where the debtor is."),
            "limit": self.env._("The permitted number of contacts is used up."),
            "before_callback": self.env._("The debtor asked to be called later."),
            "never": self.env._("The contact policy allows no time for it."),
            "failed": self.env._(
                "The next contact could not be planned; it is tried again tomorrow."
            ),
            "ladder": self.env._("The retry ladder asks for it."),
            "ladder_end": self.env._("The retry ladder is over."),
            "ladder_messages": self.env._(
                "The retry ladder asks for no more calls; a message is still to be "
                "sent."
            ),
            "ladder_wait": self.env._(
                "The retry ladder is over; what was promised is awaited."
            ),
            "no_steps": self.env._("The retry ladder has no steps: add some to it."),
            "no_ladder": self.env._("No retry ladder is set for this stage."),
            "named": self.env._("This time was named to try again."),
            "retry": self.env._(
                "The last call did not get through: it is tried again soon."
            ),
        }

    # --- for the screens; nothing of it is stored ---------------------------------
    # Depends on the clock and on what others do, so never cached across requests.
    @api.depends_context("uid", "lang")
    def _compute_contact_now(self):
        for case in self:
            if not isinstance(case.id, int):
                case.update({name: False for name in CONTACT_NOW})
                continue
            answer = case.check_contact("call")
            case.contact_allowed = answer["allowed"]
            case.contact_message = answer["message"]
            case.local_time = case._local_time()

    @api.depends("partner_id.debt_phone_ids.health")
    def _compute_has_number(self):
        phones = self.env["debt.phone"]
        found = phones._read_group(
            Domain("partner_id", "in", self.partner_id.ids)
            & phones._get_usable_domain(),
            ["partner_id"],
        )
        partners = {partner for (partner,) in found}
        for case in self:
            case.has_number = case.partner_id in partners

    def _search_has_number(self, operator, value):
        if operator != "in":
            return NotImplemented
        with_number = Domain(
            "partner_id.debt_phone_ids",
            "any",
            self.env["debt.phone"]._get_usable_domain(),
        )
        found = Domain.FALSE
        if True in value:
            found |= with_number
        if False in value:
            found |= ~with_number
        return found

    def action_explain(self):
        """Open the strip of the next days for this case."""
        self.ensure_one()
        explain = self.env["debt.contact.explain"].create({"case_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Contact Times of %(debtor)s", debtor=self.partner_id.display_name
            ),
            "res_model": explain._name,
            "res_id": explain.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }


def told_time(env, at, zones):
    """A time in the debtor's clock, and whose clock that is: "Tue 14:05 (Asia/Omsk)".

    :param datetime at: naive UTC
    :param zones: where he may be, the likeliest zone first
    """
    if not zones:
        return env._("unknown time zone")
    text = format_datetime(env, at, tz=zones[0], dt_format="EEE d MMM HH:mm")
    if len(zones) == 1:
        return f"{text} ({zones[0]})"
    return env._(
        "%(time)s (%(zone)s, or one of %(more)s other zones)",
        time=text,
        zone=zones[0],
        more=len(zones) - 1,
    )

import secrets
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.debt_collection.models.card.isolated import isolated
from odoo.addons.debt_collection.models.card.lock_rows import lock_found, lock_rows

from .constants import CLICK, DEAD, LEASE, utc_text

OPEN = ("queued", "leased", "dialled")


class DebtDiallerLease(models.Model):
    """A call lent to the dialler process: to be dialled once, or given back.

    ``queued``: an operator clicked, nobody fetched it yet. ``leased``: the process has
    it. ``dialled``: it was allowed to ring the debtor. ``closed``: it is over.
    """

    _name = "debt.dialler.lease"
    _description = "Call Lent to the Dialler"
    _order = "id"
    _rec_name = "call_id"

    provider_id = fields.Many2one(
        "debt.telephony.provider",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    call_id = fields.Many2one(
        "debt.call", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    campaign_id = fields.Many2one(
        "debt.dialler.campaign", readonly=True, index="btree_not_null"
    )
    instance_id = fields.Many2one(
        "debt.dialler.instance", readonly=True, ondelete="set null"
    )
    token = fields.Char(
        required=True, readonly=True, groups="base.group_system", exportable=False
    )
    operator_first = fields.Boolean(
        readonly=True, help="The operator's telephone rings before the debtor's."
    )
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("leased", "Lent"),
            ("dialled", "Dialled"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="queued",
    )
    lease_until = fields.Datetime(string="Lent Until", readonly=True)
    lawful_until = fields.Datetime(readonly=True)
    close_reason = fields.Char(readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    offered_amount = fields.Monetary(
        readonly=True, help="What the debtor promises with the key for a promise."
    )
    offered_date = fields.Date(
        readonly=True, help="Empty: the debtor keys in a day of his own."
    )

    _open_once = models.UniqueIndex(
        "(call_id) WHERE state != 'closed'", "This call is being dialled already."
    )
    _open_idx = models.Index("(provider_id, state) WHERE state != 'closed'")

    @api.model
    def _open_of(self, call):
        return self.search([("call_id", "=", call.id), ("state", "in", OPEN)])

    @api.model
    def _open_domain(self, provider):
        return Domain("provider_id", "=", provider.id) & Domain("state", "in", OPEN)

    # --- a click ------------------------------------------------------------------
    @api.model
    def _queue_click(self, provider, call):
        """Have the process ring the operator, then the debtor.

        :raises UserError: it is at it already
        """
        if self._open_of(call):
            raise UserError(
                self.env._("Pick up your telephone: the call is being dialled.")
            )
        now = fields.Datetime.now()
        return self.create(
            self._prepare_values(provider, call)
            | {"operator_first": True, "lease_until": now + CLICK}
        )

    @api.model
    def _prepare_values(self, provider, call):
        return {
            "provider_id": provider.id,
            "call_id": call.id,
            "company_id": call.company_id.id,
            "token": secrets.token_hex(16),
        }

    # --- handing out --------------------------------------------------------------
    @api.model
    def _hand_out(self, instance, want):
        """What the process is to dial now.

        What it was given and does not know of is given again: the answer was lost.

        :param dict want: how many calls it could begin, by campaign
        :return: jobs, as the protocol has them
        """
        provider = instance.provider_id
        known = set(instance.live or ())
        mine = self._open_domain(provider)
        lost = self.search(mine & Domain("state", "=", "leased")).filtered(
            lambda lease: lease.call_id.id not in known
        )
        clicked = self.search(mine & Domain("state", "=", "queued"))
        campaigns = self.env["debt.dialler.campaign"]._running(provider)
        fresh = self.browse()
        for campaign in campaigns:
            again = lost.filtered(lambda lease, c=campaign: lease.campaign_id == c)
            count = campaign._claimable(want.get(campaign.id, 0)) - len(again)
            fresh |= campaign._claim(count)
        given = lost | clicked | fresh
        given.write({"state": "leased", "instance_id": instance.id})
        # What is given again is lent no longer than it was.
        (clicked | fresh).write({"lease_until": fields.Datetime.now() + LEASE})
        jobs = []
        for lease in given:
            with isolated(lease):
                jobs.append(lease._prepare_job())
        return jobs

    def _prepare_job(self):
        """The call as the process needs it; see the protocol."""
        self.ensure_one()
        call, provider, campaign = self.call_id, self.provider_id, self.campaign_id
        user = call.user_id if self.operator_first else self.env["res.users"]
        record, announcement = provider._recording_of(
            call, campaign.announcement_id | provider.announcement_id
        )
        return {
            "call_id": call.id,
            "lease": self.token,
            "first_seq": self._first_seq(),
            "lease_until": utc_text(self.lease_until),
            "number": call.number,
            "dial": self.provider_id._dialled_as(call.number),
            "caller_number": self._caller_number() or None,
            "mode": call.mode,
            "today": call.company_id._debt_today().isoformat(),
            "campaign_id": campaign.id or None,
            "operator": user._debt_dialler_endpoint() if user else None,
            "operator_first": self.operator_first,
            "ring_seconds": campaign.ring_seconds or provider.ring_seconds,
            "max_seconds": provider.max_seconds,
            "until": utc_text(self._lawful_until()),
            "record": record,
            "announcement": announcement._prepare_job() if announcement else None,
            "detect_machine": bool(campaign) and campaign._detects_machines(),
            **campaign._prepare_job(call),
            **self._offer_promise(),
        }

    def _offer_promise(self):
        """The promise that is offered by key; what it is of stays with the lease."""
        offer = self.campaign_id._prepare_offer(self.call_id)
        prompt, date = offer.get("prompt"), offer.get("date")
        self.write({"offered_amount": offer.get("amount"), "offered_date": date})
        return {
            "promise_prompt": prompt._prepare_job() if prompt else None,
            "promise_date": date.isoformat() if date else None,
        }

    def _first_seq(self):
        """Events of a call that is tried again go on where the former ones ended."""
        return max(self.call_id.event_ids.mapped("sequence"), default=0) + 1

    def _caller_number(self):
        numbers = self.env["debt.caller.number"].with_company(self.company_id)
        return numbers._choose(self.call_id.phone_id, self.call_id.number).number

    def _lawful_until(self):
        return self.lawful_until or self.call_id.case_id.contact_until

    # --- permission ---------------------------------------------------------------
    @api.model
    def _permit(self, instance, call_id, token):
        """Whether the process may ring the debtor this instant.

        From a yes on the call counts against the limits of the law. Asked again, the
        answer is the same.

        :return: ``{"allowed": True, "until": …}`` or ``{"allowed": False, "reason":}``
        """
        lease = self.search(
            [
                ("provider_id", "=", instance.provider_id.id),
                ("call_id", "=", call_id),
                ("token", "=", token),
            ]
        )
        lock_rows(lease)
        lease.invalidate_recordset(["state"])
        if lease.state == "dialled":
            return lease._said_yes()
        now = fields.Datetime.now()
        if lease.state != "leased" or lease.lease_until <= now:
            return {"allowed": False, "reason": "lease_over"}
        if reason := lease._refusal(now):
            lease._give_back(reason)
            return {"allowed": False, "reason": reason}
        return lease._said_yes()

    def _refusal(self, now):
        """Why the debtor is not dialled now; empty when the call is on record."""
        campaign = self.campaign_id
        if campaign and campaign._stopped_by() or not self.provider_id.active:
            return "paused"
        call = self.call_id.with_user(self.call_id.user_id).sudo()
        if call.state != "draft":
            return "dialled_before"
        answer, facts = call.case_id._ask_gate(call._channel(), now, call.number)
        if not answer.allowed:
            refused = call._prepare_refused_dial(now, call.number, answer, facts)
            self.env["debt.contact.decision"]._keep([refused])
            return answer.reason
        try:
            with self.env.cr.savepoint():
                call.dial(phone=call.phone_id, number=call.number)
        except UserError:
            return "refused"
        self.write({"state": "dialled", "lawful_until": answer.until})
        return ""

    def _said_yes(self):
        return {
            "allowed": True,
            "until": utc_text(self.lawful_until),
            "caller_number": self.call_id.caller_number_id.number or None,
            "caller_label": self.call_id.caller_number_id.label or None,
        }

    # --- coming back --------------------------------------------------------------
    def _give_back(self, reason):
        """What was not dialled: a campaign's debtor is free again, a click is void."""
        open_ones = self.filtered(lambda lease: lease.state != "closed")
        open_ones.write({"state": "closed", "close_reason": reason})
        for lease in open_ones:
            with isolated(lease):
                lease._set_free(reason)

    def _set_free(self, reason):
        call = self.call_id
        if self.operator_first:
            self._tell_void(reason)
        elif call.state == "draft":
            case = call.case_id
            call._release()
            case._set_dirty()

    def _lose(self):
        """Calls dialled of which nothing is heard any more are over, nobody knows how.

        The attempt counts. Should the process come back, what it reports is added.
        """
        for lease in self:
            lease.write({"state": "closed", "close_reason": "lost"})
            with isolated(lease.call_id):
                lease.call_id._dialler_lost()

    @api.model
    def _tidy(self, provider):
        """Resolve what will not be dialled or heard of any more."""
        open_ = self.search(self._open_domain(provider)).try_lock_for_update()
        open_._resolve(provider)

    def _resolve(self, provider):
        """Give back or close those of these leases, locked, of which nothing comes."""
        now = fields.Datetime.now()
        instance = self.env["debt.dialler.instance"]._current(provider)
        undialled = self.filtered(lambda lease: lease.state != "dialled")
        dialled = self - undialled
        if instance._is_dead(now):
            undialled._give_back("dead")
        else:
            undialled.filtered(lambda one: one.lease_until <= now)._give_back("expired")
        dialled.filtered(lambda lease: lease._is_lost(instance, now))._lose()

    def _is_lost(self, instance, now):
        """Whether the call of this lease, dialled, will not be heard of any more.

        A process that runs and has not heard of it lost it. One that is away may come
        back as long as the call can last.
        """
        call = self.call_id
        if call._is_over():
            return True
        seconds = self.provider_id.max_seconds + self.provider_id.ring_seconds
        if call.started_at + timedelta(seconds=seconds) + DEAD <= now:
            return True
        if instance._is_dead(now) or call.id in (instance.live or ()):
            return False
        return call.started_at + DEAD <= now

    @api.model
    def _cron_tidy(self):
        """Each minute: leases come back though no process runs."""
        # Superuser cron, for all companies.
        providers = self.env["debt.telephony.provider"].search(
            [("kind", "=", "asterisk"), ("active", "in", (True, False))]
        )
        self.env["debt.dialler.nonce"]._purge()
        for provider in providers:
            open_ = lock_found(partial(self.search, self._open_domain(provider)))
            with isolated(provider):
                open_._resolve(provider)

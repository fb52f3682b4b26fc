from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.debt_collection.models.message.debt_case_ladder import WRITTEN_IN

from .constants import AUTOMATIC_MODES, CLAIMS_A_SYNC, LEASE, utc_text

#: The keys a debtor may press, by the field that offers them.
MENU_KEYS = {
    "menu_operator": ("1", "operator"),
    "menu_callback": ("2", "callback"),
    "menu_promise": ("3", "promise"),
    "menu_stop": ("9", "stop"),
}


class DebtDiallerCampaign(models.Model):
    """Whom a campaign dials next, and what the process must know of it."""

    _inherit = "debt.dialler.campaign"

    @api.model
    def _running(self, provider):
        return self.search(
            [("provider_id", "=", provider.id), ("state", "=", "running")]
        )

    def _stopped_by(self):
        """Why nothing more is dialled; empty when it is."""
        return "" if self.state == "running" and self.active else "paused"

    def _prepare_sync(self):
        """The campaign as the process needs it, for the next minute."""
        return {
            "id": self.id,
            "mode": self._effective_mode(),
            "running": not self._stopped_by(),
            "max_lines": self.max_lines,
            "abandon_cap": self.abandon_cap,
            "ring_seconds": self.ring_seconds,
            "until": utc_text(fields.Datetime.now() + LEASE),
        }

    def _prepare_job(self, call):
        """What of a job is the campaign's; also for a job without one."""
        texts = {"message": self.message_id, "abandon_message": self.abandon_message_id}
        told = call._told()
        spoken = {
            name: text._prepare_job() if text.audio_sha1 else None
            for name, prompt in texts.items()
            for text in [prompt._spoken_to(*told)]
        }
        menu = self._menu() if self.mode == "voice_message" else {}
        return spoken | {"menu": menu or None}

    def _detects_machines(self):
        """Whether it is listened for machines; where an operator waits, he hears it."""
        wanted = self.mode in ("progressive", "predictive", "voice_message")
        return wanted and self.detect_machine

    def _menu(self):
        """What a debtor chooses by which key; who finds nobody is called back."""
        menu = {key: choice for name, (key, choice) in MENU_KEYS.items() if self[name]}
        ready = self.operator_ids.filtered(lambda one: one.state == "ready")
        return menu | ({"1": "callback"} if "1" in menu and not ready else {})

    def _prepare_offer(self, call):
        """What the debtor promises with key 3, and how he is told.

        :return: dict with ``amount`` (company currency), ``date`` (None where the
            debtor names it himself) and ``prompt``, empty where nothing is offered
        """
        if not self._promises_by_key():
            return {}
        prompt = self.promise_prompt_id._spoken_to(*call._told())
        date = None
        if prompt._names_a_day():
            date = self.company_id._debt_today() + timedelta(days=self.promise_days)
            prompt = prompt._said_on(date)
        return {
            "amount": call.case_id.amount_overdue,
            "date": date if prompt else None,
            "prompt": prompt if prompt.audio_sha1 else prompt.browse(),
        }

    def _claimable(self, wanted):
        """How many calls may be begun now, of those the process would begin."""
        mode = self._effective_mode()
        if mode not in AUTOMATIC_MODES:
            return 0
        leases = self.env["debt.dialler.lease"].search(
            [("campaign_id", "=", self.id), ("state", "!=", "closed")]
        )
        free = self.max_lines - len(leases)
        if mode == "progressive":
            waiting = self.operator_ids.filtered(lambda one: one.state == "ready")
            seeking = leases.filtered(lambda lease: lease.call_id.state != "talking")
            free = min(free, len(waiting) - len(seeking))
        return max(0, min(wanted, free, CLAIMS_A_SYNC))

    def _claim(self, count):
        """Take the next debtors from the queue of all operators.

        :return: ``debt.dialler.lease`` in state queued
        """
        leases = self.env["debt.dialler.lease"]
        if count <= 0:
            return leases
        calls = self._queue()._claim_for_campaign(self, count)
        return leases.create(
            [
                leases._prepare_values(self.provider_id, call)
                | {
                    "campaign_id": self.id,
                    "lease_until": fields.Datetime.now() + LEASE,
                }
                for call in calls
            ]
        )

    def _queue(self):
        """The queue as nobody in particular sees it: until somebody has the debtor on
        the line, the call is the machine's."""
        cases = self.env["debt.case"].with_user(SUPERUSER_ID)
        return cases.with_context(allowed_company_ids=self.company_id.ids)

    def _case_sql(self, now):
        """Which cases of the queue (``c``) are this campaign's, as SQL."""
        conditions = [SQL("c.company_id = %s", self.company_id.id)]
        if self.team_id:
            conditions.append(SQL("c.team_id = %s", self.team_id.id))
        if self.stage_ids:
            conditions.append(SQL("c.stage_id = ANY(%s)", self.stage_ids.ids))
        if self.debtor_kind:
            conditions.append(
                SQL(
                    "EXISTS (SELECT FROM res_partner p WHERE p.id = c.partner_id"
                    " AND COALESCE(p.is_company, FALSE) = %s)",
                    self.debtor_kind == "company",
                )
            )
        if self.segment_id:
            # Superuser: the queue as nobody in particular sees it.
            cases = self.env["debt.case"].sudo()
            members = cases._search(self.segment_id.sudo()._condition())
            conditions.append(SQL("c.id IN %s", members.subselect()))
        conditions.append(self.env["debt.call"]._sql_not_abandoned(now))
        conditions.append(self.env["debt.call"]._sql_not_tried(now))
        if self.mode == "voice_message":
            conditions.append(
                SQL("COALESCE(c.voice_message_at, %(now)s) <= %(now)s", now=now)
            )
        if self.mode == "voice_message" and not self.by_ladder:
            since = now - timedelta(days=self.message_gap_days)
            conditions.append(
                SQL(
                    "NOT EXISTS (SELECT FROM debt_call m WHERE m.mode = 'voice_message'"
                    " AND m.partner_id = c.partner_id AND m.started_at > %s"
                    " AND m.unreached IS NOT TRUE)",
                    since,
                )
            )
        return SQL(" AND ").join(conditions)

    def _due_sql(self, now):
        """Which cases (``c``) a ladder has due for a voice message, as SQL.

        None for a campaign that calls whoever is due for a call.
        """
        if not self.by_ladder:
            return None
        return SQL("c.state IN %s AND c.voice_step_at <= %s", tuple(WRITTEN_IN), now)

    def _waiting_domain(self, now, until):
        if self.by_ladder:
            written = Domain("state", "in", WRITTEN_IN)
            rested = Domain("voice_message_at", "=", False)
            rested |= Domain("voice_message_at", "<=", until)
            return written & Domain("voice_step_at", "<=", until) & rested
        active = Domain("state", "=", "active")
        called = Domain("next_contact_at", "<=", until)
        return active & called & Domain("contact_until", ">", now)

    def _due_domain(self, now, until):
        """Cases of the campaign that may be called between two instants (naive UTC)."""
        domain = (
            self._waiting_domain(now, until)
            & Domain("company_id", "=", self.company_id.id)
            & ~Domain("call_ids", "any", [("state", "!=", "done")])
        )
        if self.team_id:
            domain &= Domain("team_id", "=", self.team_id.id)
        if self.stage_ids:
            domain &= Domain("stage_id", "in", self.stage_ids.ids)
        if self.debtor_kind:
            company = self.debtor_kind == "company"
            domain &= Domain("partner_id.is_company", "=", company)
        if self.segment_id:
            domain &= Domain("segment_ids", "in", self.segment_id.ids)
        return domain

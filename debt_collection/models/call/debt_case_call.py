from datetime import timedelta

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import mute_logger

from .debt_call import CLAIM_MINUTES


class DebtCase(models.Model):
    """The calls of a case: claimed by an operator, or made by the debtor himself."""

    _inherit = "debt.case"

    call_ids = fields.One2many("debt.call", "case_id", readonly=True)
    call_count = fields.Integer(compute="_compute_call_count")

    # Kept on the card: the window would have to look for them at every opening.
    has_answers = fields.Boolean(
        readonly=True, copy=False, help="An answer is to be told in the next call."
    )
    skipped_at = fields.Datetime(
        readonly=True, copy=False, help="When an operator last passed the case over."
    )

    _callback_idx = models.Index(
        "(callback_at) WHERE closed_at IS NULL AND callback_at IS NOT NULL"
    )
    # The queue's index begins with the operator; IS NULL is no order to PostgreSQL.
    _pool_idx = models.Index(
        "(priority DESC, next_contact_at, id) WHERE user_id IS NULL"
        " AND closed_at IS NULL AND state = 'active' AND next_contact_at IS NOT NULL"
    )
    _skipped_idx = models.Index(
        "(skipped_at) WHERE closed_at IS NULL AND skipped_at IS NOT NULL"
    )

    on_line_user_id = fields.Many2one(
        "res.users",
        string="On the Line",
        compute="_compute_on_line_user_id",
        search="_search_on_line_user_id",
        compute_sudo=True,
        help="The user on the open call, who may see the case even if it is a "
        "colleague's.",
    )

    @api.depends("call_ids.state", "call_ids.user_id")
    def _compute_on_line_user_id(self):
        # Not by way of the calls: an old case has hundreds, of which one is open.
        found = self.env["debt.call"]._read_group(
            [("case_id", "in", self.ids), ("state", "!=", "done")],
            ["case_id"],
            ["user_id:recordset"],
        )
        users = {case.id: user[:1] for case, user in found}
        for case in self:
            case.on_line_user_id = users.get(case.id)

    def _search_on_line_user_id(self, operator, value):
        return [
            ("call_ids", "any", [("user_id", operator, value), ("state", "!=", "done")])
        ]

    @api.model
    def claim_next(self):
        """Open a call with the debtor who is due next for the calling user.

        An operator holds one claim: while he has a call open, that one is returned, and
        the queue is not asked; a draft past its time is given back. Two operators never
        get the same debtor: an advisory lock passes over debtors being claimed at
        this moment, and a unique index on open calls has the last word. The ledger and
        the gate are asked again before the debtor is handed out.

        :return: id of the ``debt.call`` in state draft, or of the one that is open
            already; False when nobody may be called now
        :raises AccessError: the user is no operator
        :raises ConcurrencyError: the user is claiming at the same moment elsewhere;
            Odoo tries again, and finds that claim
        """
        claim = self.env["debt.queue"]._claim_next()
        return claim.call.id if claim else False

    @api.model
    def _open_claim(self, now):
        """The call that the user has open already, the newest first.

        :param datetime now: naive UTC
        """
        # Superuser: a claim counts whichever companies the user works for at present.
        calls = self.env["debt.call"].sudo()
        own = Domain("user_id", "=", self.env.uid) & Domain("state", "!=", "done")
        own &= Domain("is_claim", "=", True) | Domain("state", "!=", "draft")
        held = calls.search(own, order="id desc")
        companies = self.env.companies
        standing = held.filtered(
            lambda call: call.claim_until > now and call.company_id in companies
        )
        (held - standing - held._on_the_line())._release()
        current = standing[:1]
        if current.state == "draft":
            current.claim_until = now + timedelta(minutes=CLAIM_MINUTES)
        return current.with_env(self.env)

    def _claim(self, now):
        """Open a call unless a colleague was quicker.

        A colleague's call that began and ended since this transaction began is not seen
        here, but it changed the case: its row can no longer be locked.

        :raises ConcurrencyError: the user has just opened one elsewhere
        """
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                if self.sudo().try_lock_for_update(allow_referencing=True):
                    return self._open_call(now, is_claim=True)
        except SerializationFailure:
            self.env.invalidate_all(flush=False)
        except UniqueViolation as error:
            self.env.invalidate_all(flush=False)
            if error.diag.constraint_name == "debt_call_one_claim":
                raise ConcurrencyError("This user is claiming elsewhere") from error
        return None

    def _open_call(self, now, **values):
        """Create the claim. Operators have no right to create calls but through this.

        :raises UniqueViolation: somebody else has an open call with the debtor
        """
        self.ensure_one()
        calls = self.env["debt.call"].sudo().with_company(self.company_id)
        call = calls.create(
            {
                "case_id": self.id,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "user_id": self.env.uid,
                "claim_until": now + timedelta(minutes=CLAIM_MINUTES),
                **calls._prepare_claim(self),
                **values,
            }
        )
        call.flush_recordset()
        return call.with_env(self.env)

    def _put_back_others(self):
        """Whoever opens a case gives the debtor back whom he had not dialled."""
        self.env["debt.call"].sudo().search(
            [
                ("user_id", "=", self.env.uid),
                ("state", "=", "draft"),
                ("is_claim", "=", True),
            ]
        )._release()

    def _claim_for_user(self):
        """The user's open call with this debtor; a new one when there is none.

        Opening is no contact: it is allowed at any hour, the gate is asked on dialling.
        A claim on another debtor is given back, since an operator holds one at a time.

        :return: ``debt.call``
        :raises UserError: the case is closed, or a colleague has the debtor
        """
        self.ensure_one()
        if self.state == "closed":
            raise UserError(
                self.env._("This case is closed: there is nothing to call about.")
            )
        now = fields.Datetime.now()
        calls = self.env["debt.call"]
        calls._release_stale(now, self.partner_id)
        # Superuser: the colleague's call may be one of another company or team.
        current = calls.sudo().search(
            [("partner_id", "=", self.partner_id.id), ("state", "!=", "done")], limit=1
        )
        if current and current.user_id == self.env.user and current.case_id == self:
            return current.with_env(self.env)
        if not current:
            self._put_back_others()
            call = self._unless_contended(
                lambda: self._open_call(now, mode="manual", is_claim=True)
            )
            if call:
                return call
        raise UserError(
            self.env._(
                "%(operator)s is on the line with %(debtor)s. Try again in a few "
                "minutes.",
                operator=current.user_id.name or self.env._("A colleague"),
                debtor=self.partner_id.display_name,
            )
        )

    def _skip(self, reason):
        """Pass the case over: it comes after all others for the rest of the day.

        :param str reason: why, for the case's history
        """
        self.check_access("write")
        # Superuser: what the queue goes by is not written by hand.
        self.sudo().skipped_at = fields.Datetime.now()
        for case in self:
            case._message_log(body=self.env._("Skipped: %(reason)s", reason=reason))

    # --- calls of a case -----------------------------------------------------------
    @api.depends("call_ids")
    def _compute_call_count(self):
        counts = dict(
            self.env["debt.call"]._read_group(
                [("case_id", "in", self.ids), ("state", "!=", "draft")],
                ["case_id"],
                ["__count"],
            )
        )
        for case in self:
            case.call_count = counts.get(case, 0)

    def action_call(self):
        """Open the call window on this case."""
        self.ensure_one()
        call = self._claim_for_user()
        return self.env["debt.call.wizard"]._action_open(call)

    def action_calls(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_call_action"
        )
        return action | {"domain": [("case_id", "=", self.id)], "context": {}}

    def _on_closed(self):
        super()._on_closed()
        self.call_ids.filtered(lambda call: call.state == "draft")._release()

    def _before_merge(self, kept):
        """Two people may be on the line with one debtor by now: the call that was
        dialled first goes on, the other one is over."""
        super()._before_merge(kept)
        calls = (self | kept).call_ids
        calls._release()
        talking = calls.exists().filtered(lambda call: call.state != "done")
        talking.sorted("started_at")[1:].write({"state": "done"})

    # --- the debtor rings us: nothing forbids that ----------------------------------
    def _open_inbound(self, number=None, contact=None):
        """Put an incoming call on record, answered now by the calling user.

        The gate is not asked: the debtor chose the hour himself. What the user has open
        with others stays open. A claim on this debtor that nobody dialled from gives
        way, whoever's it is.

        :param str number: the number he calls from, in any form, where it is known
        :param contact: ``res.partner`` who is on the line, where that is known
        :return: the ``debt.call``; the one the user is on with the debtor already, if
            there is one
        :raises UserError: the case is closed, or a colleague speaks with the debtor
        """
        self.ensure_one()
        self.check_access("read")
        if self.state == "closed":
            raise UserError(
                self.env._("This case is closed: there is nothing to call about.")
            )
        now = fields.Datetime.now()
        calls = self.env["debt.call"]
        calls._release_stale(now, self.partner_id)
        # Superuser: the colleague's call may be one of another company or team.
        current = calls.sudo().search(
            [("partner_id", "=", self.partner_id.id), ("state", "!=", "done")], limit=1
        )
        if current.user_id == self.env.user and current.state != "draft":
            return current.with_env(self.env)
        current._give_way(self.env.user)
        values = calls._prepare_inbound(self, now, number, contact)
        if current.user_id == self.env.user and current.case_id == self:
            # The window keeps what was typed in it.
            current.write(values)
            return current.with_env(self.env)
        current._release()
        call = self._unless_contended(lambda: self._open_call(now, **values))
        if not call:
            raise UserError(calls._is_speaking_text(self, self.env._("A colleague")))
        return call

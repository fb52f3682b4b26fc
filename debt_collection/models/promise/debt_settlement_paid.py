from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.fields import Domain

from ...tools.promise import Claim, take
from .debt_promise_ledger import DECIDED_AGAIN
from .debt_settlement import ALIVE

#: How long what is credited stays out of collection until its credit note is posted.
POSTED_WITHIN = timedelta(days=30)
#: That is prolonged when no more than so much of it is left.
PROLONGED = timedelta(days=7)


class DebtSettlement(models.Model):
    """Settlements are kept by what comes in until the day, and the rest is credited."""

    _inherit = "debt.settlement"

    @api.model
    def _cron_decide(self):
        """Whose day has passed, and whose money has gone back. Superuser, with the
        day's work of each company."""
        # Superuser: the offers of all companies.
        offers = self.sudo()
        since = fields.Date.today() - DECIDED_AGAIN
        kept = Domain("state", "=", "kept")
        kept &= Domain("until", ">=", since) | Domain("todo_id", "!=", False)
        kept = offers.search(kept | Domain("state", "in", ALIVE))
        kept._decide()
        for offer in kept.filtered(lambda one: one.state == "kept" and one.todo_id):
            offer._wait_for_credit_notes()

    def _decide(self):
        """Kept by what came in until the day, void once it is over (superuser).

        The bank tells of the last day's money a day later: what is void already is
        kept after all. A payment that bounces undoes it.
        """
        for offer in self.filtered(lambda one: one.state != "declined"):
            if offer.approved_on:
                offer.paid = offer._paid_in_time()
                if offer._is_paid():
                    if offer.state != "kept":
                        offer._keep()
                    continue
            if offer.state == "kept":
                offer._undo()
            elif offer.state in ALIVE and offer._is_over():
                offer._void()

    def _is_over(self):
        return self.until < self.company_id._debt_today()

    def _is_paid(self):
        return self.currency_id.compare_amounts(self.paid, self.amount) >= 0

    def _paid_in_time(self):
        """What came in for its items since it was proposed, until the day, whatever
        was promised beside it; company currency."""
        company, promises = self.company_id, self.env["debt.promise"]
        since = self.made_on or company._debt_day_of(self.create_date)
        rows = self.env["debt.ledger"]._payments(self.partner_id, company, since)
        payments = promises._prepare_payments(rows[self.partner_id.id])
        promises._match_payments(payments, self.line_ids)
        items = frozenset(self.line_ids.ids)
        if not items:
            return 0
        claim = Claim(self.owed, since, self.create_date, self.until, items)
        return self.currency_id.round(take(payments.values(), claim))

    def _void(self):
        self.state = "void"
        self._done()
        self._tell(
            self.env._(
                "Settlement void: %(offer)s. %(paid)s came in by then; the whole is "
                "owed.",
                offer=self._describe(),
                paid=self.currency_id.format(self.paid),
            )
        )

    def _keep(self):
        """Draft credit notes for the rest, which is not collected until they are
        posted."""
        notes = self._draft_credit_notes()
        links = [Command.link(note.id) for note in notes]
        self.write({"state": "kept", "credit_note_ids": links})
        self._tell(self.env._("Settlement kept: %s.", self._describe()))
        self._ask_accountant(
            self.env._("Check and post the credit notes of the settlement")
        )

    def _undo(self):
        """Money that kept it has gone back: nothing is credited for it."""
        notes = self.credit_note_ids
        notes.filtered(lambda note: note.state == "draft").button_cancel()
        self._collect_again()
        self._done()
        others = self.case_id.settlement_ids - self
        stands = not self._is_over() and not others.filtered(
            lambda one: one.state in ALIVE
        )
        self.state = "approved" if stands else "void"
        self._tell(
            self.env._(
                "A payment was undone: %(paid)s came in for the settlement, which is "
                "not kept: %(offer)s.",
                offer=self._describe(),
                paid=self.currency_id.format(self.paid),
            )
        )
        if notes.filtered(lambda note: note.state == "posted"):
            self._ask_accountant(
                self.env._("Take back the credit notes of a settlement that bounced")
            )

    def _draft_credit_notes(self):
        """Draft what is credited: what is left of its items, the oldest first, and no
        more than the rebate. None of these is collected until it is posted."""
        posted = self.credit_note_ids.filtered(lambda note: note.state == "posted")
        rest = self.rebate - sum(abs(note.amount_total_signed) for note in posted)
        credited, lines = {}, []
        for row in self._rows():
            part = min(rest, row["left"])
            if part <= 0 or row["left_currency"] <= 0:
                continue
            own = row["left_currency"] * part / row["left"]
            credited[row["move_id"]] = credited.get(row["move_id"], 0) + own
            lines.append(row["line_id"])
            rest = self.currency_id.round(rest - part)
        notes = moves = self.env["account.move"]
        reason = self.env._("Settlement: %s", self._describe())
        for move in moves.browse(credited):
            if self.env["debt.dispute"]._can_credit(move):
                amount = move.currency_id.round(credited[move.id])
                notes |= self.env["debt.dispute"]._draft_note(move, amount, reason)
        until = self.company_id._debt_today() + POSTED_WITHIN
        decisions = self.line_ids.browse(lines)._debt_item_decisions()
        decisions._debt_decide("excluded", until, reason)
        self.decision_ids = decisions
        return notes

    def _collect_again(self):
        left_out = self.decision_ids.filtered(lambda one: one.debt_status == "excluded")
        left_out._debt_undecide()
        self.env["debt.ledger"]._note_changed("lines", self.line_ids.ids)

    def _wait_for_credit_notes(self):
        """What is to be credited stays out of collection while a draft of it waits;
        once there is none, there is nothing to do, and the rest is collected."""
        if any(note.state == "draft" for note in self.credit_note_ids):
            today = self.company_id._debt_today()
            ending = self.decision_ids.filtered(
                lambda one: (
                    one.debt_status == "excluded"
                    and one.debt_excluded_until <= today + PROLONGED
                )
            )
            ending.debt_excluded_until = today + POSTED_WITHIN
        elif self.credit_note_ids:
            self._done()
            self._collect_again()


class DebtPromise(models.Model):
    _inherit = "debt.promise"

    settlement_ids = fields.One2many("debt.settlement", "promise_id", readonly=True)

    def _decide(self, paid, today):
        """Extends it: money that comes for a promise, or goes back, may be a
        settlement's."""
        before = self.state, self.amount_paid
        super()._decide(paid, today)
        if (self.state, self.amount_paid) != before:
            self.case_id.settlement_ids._decide()


class DebtCase(models.Model):
    _inherit = "debt.case"

    settlement_ids = fields.One2many("debt.settlement", "case_id", readonly=True)

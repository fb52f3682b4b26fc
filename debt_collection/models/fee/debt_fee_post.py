from collections import defaultdict
from datetime import timedelta

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from . import debtor_words


class DebtFee(models.Model):
    """Late fees become customer invoices."""

    _inherit = "debt.fee"

    @api.model
    def _charge(self, entities, wanted, partner_ids=None):
        """Charge items what they cost by now, one invoice for each debtor and rule.

        :param entities: ``res.company`` without parents
        :param dict wanted: amount (currency of the document) by line id, as it was
            shown to whoever charges it
        :return: ``account.move``, the invoices, posted
        :raises UserError: the user may not, or it is not the same any more
        """
        self._check_may_charge()
        self._one_at_a_time(entities)
        groups = defaultdict(list)
        for one in self._work_out(entities, partner_ids):
            if one.line.id in wanted and one.amount:
                self._check_shown(one, wanted.pop(one.line.id))
                key = (one.line.company_id, one.line.partner_id.commercial_partner_id)
                groups[(*key, one.line.currency_id, one.rule)].append(one)
        if wanted:
            raise UserError(self._changed_text())
        moves = self.env["account.move"]
        for (company, debtor, currency, rule), items in groups.items():
            moves |= self._post_invoice(company, debtor, currency, rule, items)
        return moves

    @api.model
    def _one_at_a_time(self, entities):
        """Whoever charges the same company meanwhile waits, and begins anew."""
        self.env["debt.fee.rule"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE debt_fee_rule SET sequence = sequence"
                " WHERE company_id = ANY(%s)",
                entities.ids,
            )
        )

    @api.model
    def _check_shown(self, one, amount):
        if one.line.currency_id.compare_amounts(float(one.amount), amount):
            raise UserError(self._changed_text())

    @api.model
    def _changed_text(self):
        return self.env._(
            "Something was charged, paid or changed meanwhile: close this and look at "
            "the late fees again."
        )

    @api.model
    def _post_invoice(self, company, debtor, currency, rule, items):
        """One invoice of late fees, and what it is for. With the user's own rights."""
        words = self.with_context(lang=debtor._debt_lang(company)).env
        today = company.root_id._debt_today()
        move = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": debtor.id,
                    "company_id": company.id,
                    "currency_id": currency.id,
                    "journal_id": self._journal(company, rule).id,
                    "invoice_date": today,
                    "invoice_payment_term_id": False,
                    "invoice_date_due": today + timedelta(days=rule.pay_days),
                    "ref": debtor_words.late_fees(words),
                    "debt_fee_rule_id": rule.id,
                    "invoice_line_ids": [
                        Command.create(values)
                        for one in items
                        for values in self._prepare_lines(words, one, today)
                    ],
                }
            )
        )
        # Superuser: nobody writes fees by hand; who charges them was checked.
        self.sudo().create(
            [self._prepare_fee(one, move, debtor, today) for one in items]
        )
        move.action_post()
        return move

    @api.model
    def _journal(self, company, rule):
        """The rule's journal, or else the first in which sales are entered."""
        if rule.journal_id:
            return rule.journal_id.sudo(False)
        journals = self.env["account.journal"]
        domain = journals._check_company_domain(company)
        found = journals.search([*domain, ("type", "=", "sale")], limit=1)
        if not found:
            raise UserError(
                self.env._(
                    "%(company)s has no sales journal to charge late fees in.",
                    company=company.name,
                )
            )
        return found

    @api.model
    def _prepare_lines(self, words, one, today):
        """The lines of one item on the invoice, without taxes but the rule's."""
        invoice = one.line.move_id.name
        parts = []
        if one.interest:
            until = one.until or today
            name = debtor_words.interest(words, invoice, one.line.date_maturity, until)
            parts.append((name, one.interest))
        if one.fixed:
            parts.append((debtor_words.fixed_sum(words, invoice), one.fixed))
        for name, amount in parts:
            values = {
                "name": name,
                "quantity": 1,
                "price_unit": float(amount),
                "tax_ids": [Command.set(one.rule.tax_ids.ids)],
            }
            if one.rule.account_id:
                values["account_id"] = one.rule.account_id.id
            yield values

    @api.model
    def _prepare_fee(self, one, move, debtor, today):
        company = one.line.company_id.root_id
        before = self.sudo().search(
            [("line_id", "=", one.line.id)], order="number desc", limit=1
        )
        cases = self.env["debt.case"].sudo().with_context(active_test=False)
        case = cases.search(
            [("partner_id", "=", debtor.id), ("company_id", "=", company.id)],
            order="closed_at desc, id desc",
            limit=1,
        )
        return {
            "case_id": case.id,
            "partner_id": debtor.id,
            "company_id": company.id,
            "line_id": one.line.id,
            "invoice_id": one.line.move_id.id,
            "move_id": move.id,
            "rule_id": one.rule.id,
            "currency_id": one.line.currency_id.id,
            "until": one.until or today,
            "number": before.number + 1,
            "interest": float(one.interest),
            "fixed": float(one.fixed),
            "amount": float(one.amount),
            "details": self._details(one.fee),
        }

    @api.model
    def _details(self, fee):
        """How it was worked out, to be kept and to be shown.

        :param fee: `tools.fees.Fee`
        """
        return {
            "lines": [
                {
                    "first": line.first.isoformat(),
                    "last": line.last.isoformat(),
                    "days": line.days,
                    "open": float(line.open),
                    "percent": float(line.percent),
                    "year": line.year_days,
                    "amount": float(line.amount),
                }
                for line in fee.lines
            ],
            "fixed": float(fee.fixed),
            "capped": float(fee.capped),
            "unknown": fee.unknown and fee.unknown.isoformat(),
        }

    # --- what is demanded -------------------------------------------------------------
    @api.model
    def _demanded(self, case):
        """Late fees that were charged and are past due, which nobody contests, left
        out or may be barred: demanded beside the rest.

        :param case: ``debt.case``
        :return: rows of the ledger that are not collected for themselves
        """
        rows = [
            row
            for row in self.env["debt.ledger"]._case_rows(case)
            if row["reason"] == "no_followup"
            and row["part"] == "withheld"
            and row["left"] > 0
            and not row["barred"]
        ]
        # Superuser: exactly this debtor's items, which his case shows as well.
        moves = self.env["account.move"].sudo().browse(row["move_id"] for row in rows)
        fees = moves.filtered(
            lambda move: move._debt_is_fee() and not move._debt_is_excluded()
        )
        fees -= self._contested(fees)
        return [row for row in rows if row["move_id"] in fees.ids]

    @api.model
    def _contested(self, moves):
        """Those of these invoices that disputes hold, in full or in part."""
        disputes = self.env["debt.dispute"].sudo()
        found = disputes.search(
            [("move_ids", "in", moves.ids), ("state", "in", ("open", "accepted"))]
        )
        return found.filtered(
            lambda dispute: (
                dispute.state == "open"
                and dispute.deadline >= dispute.company_id._debt_today()
                or "draft" in dispute.credit_note_ids.mapped("state")
            )
        ).move_ids

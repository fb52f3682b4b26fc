from odoo import api, models

#: How often a drafted credit note is brought nearer to the amount: taxes round.
CORRECTIONS = 3


class DebtDispute(models.Model):
    """The credit notes by which what was found valid is corrected."""

    _inherit = "debt.dispute"

    def _exclude_entries(self, reason):
        """Leave out of collection what no credit note can correct."""
        entries = self.move_ids.filtered(
            lambda move: move.state == "posted" and not self._can_credit(move)
        )
        lines = entries._debt_lines()
        if lines := lines.filtered(lambda line: line.amount_residual > 0):
            lines._debt_exclude(self._new_deadline(), reason.strip())

    @api.model
    def _can_credit(self, move):
        return move.is_sale_document(include_receipts=True)

    def _draft_credit_notes(self, reason):
        """Draft a credit note for what is disputed of each invoice.

        With the user's own rights in accounting.

        :return: ``account.move``
        """
        notes = self.env["account.move"]
        for move in self.move_ids.filtered(self._can_credit):
            left = self._open_of(move)
            if move.state == "posted" and left > 0:
                amount = min(self.amount or left, left)
                notes |= self._draft_credit_note(move, amount, reason)
        return notes

    def _draft_credit_note(self, move, amount, reason):
        text = self.env._(
            "Correction of %(invoice)s: %(reason)s",
            invoice=move.name,
            reason=reason.strip(),
        )
        return self._draft_note(move, amount, text)

    @api.model
    def _draft_note(self, move, amount, text):
        """A draft that reverses an invoice up to an amount in its currency."""
        today = move.company_id._debt_today()
        values = {"invoice_date": today, "date": today, "ref": text}
        note = move._reverse_moves([values], cancel=False)
        if note.currency_id.compare_amounts(amount, note.amount_total) < 0:
            self._reduce_to(note, amount)
        return note

    @api.model
    def _reduce_to(self, note, amount):
        """Let a draft credit note come to an amount, tax included, line by line."""
        lines = note.invoice_line_ids.filtered(
            lambda one: one.display_type == "product"
        )
        factor = amount / note.amount_total
        for line in lines:
            included = line.tax_ids.filtered("price_include")
            price = line.price_total if included else line.price_subtotal
            line.write(
                {
                    "quantity": 1,
                    "discount": 0,
                    "price_unit": note.currency_id.round(price * factor),
                }
            )
        largest = max(lines, key=lambda line: abs(line.price_total), default=lines)
        for _time in range(CORRECTIONS):
            missing = amount - note.amount_total
            if note.currency_id.is_zero(missing) or not largest.price_total:
                break
            share = largest.price_unit / largest.price_total
            largest.price_unit += note.currency_id.round(missing * share) or missing

    def _follow_credit_notes(self):
        """The credit notes of valid disputes were posted, cancelled or deleted.

        Once none of them is a draft any more, what is left is collected.
        """
        self.invalidate_recordset(["credit_note_ids"])
        for dispute in self:
            notes = dispute.credit_note_ids
            if any(note.state == "draft" for note in notes):
                continue
            dispute.activity_ids.action_feedback()
            posted = notes.filtered(lambda note: note.state == "posted")
            dispute.case_id._message_log(body=dispute._corrected_text(posted))
        self._refresh_debtors()

    def _corrected_text(self, posted):
        if posted:
            return self.env._(
                "Credit note %(notes)s corrects what was disputed: %(what)s.",
                notes=", ".join(posted.mapped("name")),
                what=self._describe(),
            )
        return self.env._(
            "The credit note for %(what)s was withdrawn: it is collected again.",
            what=self._describe(),
        )

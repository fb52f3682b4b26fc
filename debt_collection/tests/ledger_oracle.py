"""What a debtor owes, found out the slow way, for the tests to compare with.

Entry by entry, from the balance of a line and what was matched with it: no residual, no
`reconciled` flag, no SQL of the add-on is believed.
"""

from collections import namedtuple

from .buckets import days_past_due, stage_for

Owed = namedtuple("Owed", "overdue disputed oldest is_open")


def owed(debtors, companies):
    """What rule 1 says they owe, as `Owed` by (debtor, company)."""
    env = debtors.env
    moves = env["account.move"].search(
        [
            ("company_id", "in", companies.ids),
            ("line_ids.partner_id", "child_of", debtors.ids),
        ]
    )
    disputes = env["debt.dispute"].search([("state", "=", "open")])
    books = {(debtor, company): [] for debtor in debtors for company in companies}
    for move in moves:
        contested = [one.deadline for one in disputes if move in one.move_ids]
        today = move.company_id._debt_today()
        is_disputed = any(deadline >= today for deadline in contested)
        for line in move.line_ids:
            part = _part(line, move, today, is_disputed)
            if part:
                debtor = line.partner_id.commercial_partner_id
                books[debtor, move.company_id].append((part, line))
    return {key: _owed(key[1], lines) for key, lines in books.items()}


def _owed(company, lines):
    """Add up one debtor's lines, each with the part it plays."""
    today = company._debt_today()
    sums = {"due": 0.0, "credit": 0.0, "disputed": 0.0}
    dates = {"due": [], "disputed": [], "credit": []}
    for part, line in lines:
        sums[part] += _left(line)
        dates[part].append(line.date_maturity or line.date)
    currency = company.currency_id
    overdue = max(0.0, currency.round(sums["due"] + sums["credit"]))
    disputed = currency.round(sums["disputed"])
    oldest = min(dates["due" if overdue > 0 else "disputed"], default=None)
    flagged = any(
        line.move_id.debt_status == "flagged"
        for part, line in lines
        if part != "credit"
    )
    is_open = overdue + disputed > 0 and (
        flagged or _collected_by_itself(company, oldest, today, overdue + disputed)
    )
    return Owed(overdue, disputed, oldest, is_open)


def stage(env, found, company):
    """The stage of a case that owes this."""
    thresholds = [(stage.days_from, stage) for stage in env["debt.stage"].search([])]
    return stage_for(days_past_due(found.oldest, company._debt_today()), thresholds)


def _collected_by_itself(company, oldest, today, amount):
    if not company.debt_auto_flag:
        return False
    late = (today - oldest).days > company.debt_grace_days
    return late and amount >= company.debt_min_amount


def _left(line):
    """What is left of a line after everything that was ever matched with it."""
    matched = sum(line.matched_debit_ids.mapped("amount"))
    matched -= sum(line.matched_credit_ids.mapped("amount"))
    return line.company_currency_id.round(line.balance + matched)


def _part(line, move, today, is_disputed):
    """The sum to which a line belongs, or None."""
    if move.state != "posted" or line.account_id.account_type != "asset_receivable":
        return None
    left = _left(line)
    if not left or line.no_followup or _is_out(move, today):
        return None
    if left > 0 and (line.date_maturity or line.date) >= today:
        return None
    if left > 0 and _waits_for_flag(move):
        return None
    if is_disputed:
        return "disputed" if left > 0 else None
    return "due" if left > 0 else "credit"


def _is_out(move, today):
    """Settled, blocked, or excluded until today at least."""
    if move.payment_state in ("in_payment", "paid", "reversed", "blocked"):
        return True
    until = move.debt_excluded_until
    return move.debt_status == "excluded" and (not until or until >= today)


def _waits_for_flag(move):
    by_hand = not move.company_id.debt_auto_flag
    is_invoice = move.is_invoice(include_receipts=True)
    return by_hand and is_invoice and move.debt_status != "flagged"

"""What a debtor owes, found out the slow way, for the tests to compare with.

Entry by entry, from the balance of a line and what was matched with it, one credit
after the other in plain loops: no residual, no `reconciled` flag, no SQL of the add-on
is believed.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from .buckets import days_past_due, stage_for

#: More than anybody owes: all of an entry is disputed.
ALL = Fraction(10**12)


class Owed(NamedTuple):
    overdue: float
    disputed: float
    oldest: object
    is_open: bool
    items: (
        dict  # by id of the line and whether it is the disputed half: part, left, own
    )


@dataclass
class Lot:
    """A line, or a payment without an entry that names no item."""

    id: int
    move: object
    currency: object
    day: object
    value: Fraction  # company currency, above zero
    own: Fraction  # document currency, above zero
    is_debit: bool
    part: str
    flagged: bool = False
    is_half: bool = False  # the disputed part of an item
    left: Fraction = Fraction()
    own_left: Fraction = Fraction()

    def __post_init__(self):
        self.left, self.own_left = self.value, self.own

    def take_own(self, amount):
        self.own_left -= amount
        self.left = self.value * self.own_left / self.own

    def take_value(self, amount):
        self.left -= amount
        self.own_left = self.own * self.left / self.value


def owed(debtors, companies):
    """What rule 1 says they owe, as `Owed` by (debtor, legal entity)."""
    env = debtors.env
    lines = env["account.move.line"].search(
        [
            ("company_id", "in", companies.ids),
            ("partner_id.commercial_partner_id", "in", debtors.ids),
            ("account_id.account_type", "=", "asset_receivable"),
        ]
    )
    payments = env["account.payment"].search(
        [("move_id", "=", False), ("company_id", "in", companies.ids)], order="date, id"
    )
    disputes = env["debt.dispute"].search([("state", "in", ("open", "accepted"))])
    books = {(one, root): [] for one in debtors for root in companies.root_id}
    contested = _contested(disputes)
    for line in lines.sorted(lambda one: (one.date_maturity or one.date, one.id)):
        if lot := _lot(line, contested):
            debtor = line.partner_id.commercial_partner_id
            books[debtor, line.company_id.root_id] += _halves(lot, contested)
    for (debtor, root), lots in books.items():
        own = payments.filtered(
            lambda one, debtor=debtor, root=root: (
                one.partner_id.commercial_partner_id == debtor
                and one.company_id.root_id == root
                and one.payment_type == "inbound"
            )
        )
        lots += [_unnamed(one) for one in own if _is_unnamed(one)]
        _allocate(lots)
        _register(lots, own.filtered("invoice_ids"))
    return {key: _owed(key[1], lots) for key, lots in books.items()}


# --- what there is ----------------------------------------------------------------
def _contested(disputes):
    """How much of each entry rests, in its own currency; `ALL` of some."""
    held = {}
    for dispute in disputes:
        if not _holds(dispute):
            continue
        for move in dispute.move_ids:
            amount = _exact(dispute.amount) if dispute.amount else ALL
            held[move] = held.get(move, 0) + amount
    return held


def _holds(dispute):
    if dispute.state == "accepted":
        return "draft" in dispute.credit_note_ids.mapped("state")
    return dispute.deadline >= dispute.company_id.root_id._debt_today()


def _halves(lot, contested):
    """The item, or its undisputed and its disputed half; oldest items first."""
    held = contested.get(lot.move)
    if not lot.is_debit or held is None or held >= ALL:
        return [lot]
    taken = min(held, lot.own)
    contested[lot.move] = held - taken
    digits = lot.move.company_currency_id.decimal_places
    value = _exact(round(float(lot.value * taken / lot.own), digits))
    disputed = "disputed" if lot.part == "collected" else lot.part
    if not value:
        return [lot]
    if value >= lot.value:
        return [replace(lot, part=disputed)]
    return [
        replace(lot, value=lot.value - value, own=lot.own - taken),
        replace(lot, value=value, own=taken, part=disputed, is_half=True),
    ]


def _lot(line, contested):
    """An open item, or None."""
    move = line.move_id
    if move.state != "posted" or line.account_id.non_trade:
        return None
    value, own = _open(line)
    if value * own <= 0:
        return None
    is_debit = value > 0
    return Lot(
        id=line.id,
        move=move,
        currency=line.currency_id,
        day=line.date_maturity or line.date if is_debit else line.date,
        value=abs(value),
        own=abs(own),
        is_debit=is_debit,
        part=_part(line, move, contested) if is_debit else "credit",
        flagged=move.debt_status == "flagged",
    )


def _open(line):
    """What is left of a line after everything that was ever matched with it."""
    value, own = _exact(line.balance), _exact(line.amount_currency)
    for partial in line.matched_debit_ids:
        value += _exact(partial.amount)
        own += _exact(partial.credit_amount_currency)
    for partial in line.matched_credit_ids:
        value -= _exact(partial.amount)
        own -= _exact(partial.debit_amount_currency)
    return value, own


def _exact(amount):
    return Fraction(f"{amount:.6f}")


def _part(line, move, contested):
    today = move.company_id.root_id._debt_today()
    if (line.date_maturity or line.date) >= today:
        return "not_due"
    until = move.debt_excluded_until
    excluded = move.debt_status == "excluded" and (not until or until >= today)
    waits = (
        not move.company_id.root_id.debt_auto_flag
        and move.is_invoice(include_receipts=True)
        and move.debt_status != "flagged"
    )
    if line.no_followup or move.payment_state == "blocked" or excluded or waits:
        return "withheld"
    return "disputed" if contested.get(move, 0) >= ALL else "collected"


def _is_unnamed(payment):
    return payment.state == "in_process" and not payment.invoice_ids


def _unnamed(payment):
    return Lot(
        id=-payment.id,
        move=None,
        currency=payment.currency_id,
        day=payment.date,
        value=_exact(payment.amount_company_currency_signed),
        own=_exact(payment.amount),
        is_debit=False,
        part="credit",
    )


# --- which credit pays what -------------------------------------------------------
def _allocate(lots):
    rank = {"collected": 0, "withheld": 0, "disputed": 1, "not_due": 2}
    debits = [one for one in lots if one.is_debit]
    debits.sort(key=lambda one: (rank[one.part], one.day, one.is_half, one.id))
    credits = [one for one in lots if not one.is_debit]
    credits.sort(key=lambda one: (one.day, one.id))
    for credit, debit in product(credits, debits):
        if _reverses(credit, debit):
            _pay(credit, debit, own=True)
    due = [one for one in debits if one.part != "not_due"]
    for payable, own in product((due, debits), (True, False)):
        for credit, debit in product(credits, payable):
            if not own or credit.currency == debit.currency:
                _pay(credit, debit, own=own)


def _reverses(credit, debit):
    """One of the two reverses the other; what itself reverses is not reversed."""
    if not credit.move or credit.currency != debit.currency:
        return False
    if credit.move.reversed_entry_id:
        original = credit.move.reversed_entry_id
        return original == debit.move and not debit.move.reversed_entry_id
    return debit.move.reversed_entry_id == credit.move


def _pay(credit, debit, own):
    amount = (
        min(credit.own_left, debit.own_left) if own else min(credit.left, debit.left)
    )
    if amount > 0:
        for one in (credit, debit):
            (one.take_own if own else one.take_value)(amount)


def _register(lots, payments):
    """Payments without an entry settle what they registered, where anything is left."""
    for payment in payments:
        if not _counts(payment):
            continue
        named = [one for one in lots if one.is_debit]
        named = [one for one in named if one.move in payment.invoice_ids]
        named.sort(key=lambda one: (one.day, one.is_half, one.id))
        own = all(one.currency == payment.currency_id for one in named)
        money = _exact(payment.amount)
        if not own:
            money = _exact(payment.amount_company_currency_signed)
        for one in named:
            taken = min(money, one.own_left if own else one.left)
            if taken > 0:
                (one.take_own if own else one.take_value)(taken)
            money -= taken


def _counts(payment):
    """On its way; or declared paid, and nothing has been matched with the invoices."""
    lines = payment.invoice_ids.line_ids.filtered(
        lambda one: one.account_type == "asset_receivable"
    )
    matched = lines.matched_debit_ids | lines.matched_credit_ids
    return payment.state == "in_process" or payment.state == "paid" and not matched


# --- what follows -----------------------------------------------------------------
def _owed(company, lots):
    """Add up one debtor's items."""
    items = {
        (one.id, one.is_half): _item(one, company.currency_id)
        for one in lots
        if one.id > 0
    }
    sums, days = {"collected": 0.0, "disputed": 0.0}, {"collected": [], "disputed": []}
    flagged = False
    for one in lots:
        if one.part in sums and (left := items[one.id, one.is_half][1]) > 0:
            sums[one.part] += left
            days[one.part].append(one.day)
            flagged |= one.flagged
    round_ = company.currency_id.round
    overdue, disputed = round_(sums["collected"]), round_(sums["disputed"])
    oldest = min(days["collected" if overdue > 0 else "disputed"], default=None)
    is_open = overdue + disputed > 0 and (
        flagged or _collected_by_itself(company, oldest, overdue + disputed)
    )
    return Owed(overdue, disputed, oldest, is_open, items)


def _item(lot, currency):
    sign = 1 if lot.is_debit else -1
    left = sign * currency.round(float(lot.left))
    own = sign * lot.currency.round(float(lot.own_left)) if left else 0.0
    return lot.part, left, own


def stage(env, found, company):
    """The stage of a case that owes this."""
    thresholds = [(stage.days_from, stage) for stage in env["debt.stage"].search([])]
    return stage_for(days_past_due(found.oldest, company._debt_today()), thresholds)


def _collected_by_itself(company, oldest, amount):
    if not company.debt_auto_flag:
        return False
    late = (company._debt_today() - oldest).days > company.debt_grace_days
    return late and round(amount, 2) >= company.debt_min_amount

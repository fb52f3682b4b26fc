"""The ledger of the demo: everything is entered as an accountant would."""

from datetime import timedelta

from odoo import Command, fields

from .tables import chance

CURRENCIES = {"usd": "base.USD", "gbp": "base.GBP"}
GOODS = (
    "Desks and chairs",
    "Paper and envelopes, yearly order",
    "Shelving, delivered and mounted",
    "Printer maintenance",
    "Office plants",
    "Lamps, twelve pieces",
    "Coffee machine, hire",
    "Signs and name plates",
)
PART, CREDITED, TRIFLE = 0.4, 0.25, 4.0
EXCLUDED_DAYS = 30


def ago(days_ago):
    return fields.Date.today() - timedelta(days=days_ago)


def enter_invoices(env, debtors):
    """Invoices and open credit notes of all debtors, posted."""
    for company in {debtor.company for debtor in debtors}:
        wanted = [
            (debtor, item)
            for debtor in debtors
            if debtor.company == company
            for item in debtor.row["items"]
            if not (item.amount < 0 and "late" in item.flags)
        ]
        _enter_moves(env, company, wanted)


def _enter_moves(env, company, wanted):
    moves = (
        env["account.move"]
        .with_context(allowed_company_ids=company.ids)
        .with_company(company)
        .create([_prepare_move(env, debtor, item) for debtor, item in wanted])
    )
    moves.action_post()
    for (debtor, item), move in zip(wanted, moves, strict=True):
        debtor.moves.append((item, move))


def _prepare_move(env, debtor, item):
    instalments = "x" in item.flags
    due = ago(item.late)
    issued = due if item.amount < 0 else due - timedelta(days=30)
    luck = chance("goods", debtor.row["key"], item.amount, item.late)
    currency = next((CURRENCIES[f] for f in item.flags if f in CURRENCIES), None)
    line = {
        "name": luck.choice(GOODS),
        "quantity": 1,
        "price_unit": abs(item.amount),
        "tax_ids": [Command.clear()],
    }
    values = {
        "move_type": "out_refund" if item.amount < 0 else "out_invoice",
        "partner_id": debtor.partner.id,
        "invoice_date": min(issued, fields.Date.today()),
        "invoice_line_ids": [Command.create(line)],
        "invoice_payment_term_id": instalments
        and env.ref("debt_collection.demo_payment_term").id,
    }
    if currency:
        values["currency_id"] = env.ref(currency).id
    return values if instalments else values | {"invoice_date_due": due}


# --- what happens to the invoices ---------------------------------------------
def enter_before_calls(env, debtors):
    """Payments and credits that were there before anybody called."""
    for debtor in debtors:
        for days, move in debtor.flagged("paid"):
            pay(env, move, days)
        for _number, move in debtor.flagged("part"):
            pay(env, move, 12, move.amount_total * PART)
        for _number, move in debtor.flagged("credit"):
            _credit(env, move, CREDITED)
        for _number, move in debtor.flagged("blocked"):
            move.action_toggle_block_payment()
        for _number, move in debtor.flagged("nofollowup"):
            move.no_followup = True


def enter_after_calls(env, debtors):
    """What came in, or was decided, while the debtors were being called."""
    for debtor in debtors:
        for days, move in debtor.flagged("settled"):
            pay(env, move, days)
        for _number, move in debtor.flagged("small"):
            pay(env, move, 3, move.amount_residual - TRIFLE)
        _take_back(debtor)
        for _number, move in debtor.flagged("excluded"):
            move.write(
                {
                    "debt_status": "excluded",
                    "debt_excluded_until": ago(-EXCLUDED_DAYS),
                    "debt_reason": "Goods are being exchanged",
                }
            )
        for _number, move in debtor.flagged("flagged"):
            move.debt_status = "flagged"
        late = [
            (debtor, item)
            for item in debtor.row["items"]
            if item.amount < 0 and "late" in item.flags
        ]
        if late:
            _enter_moves(env, debtor.company, late)


def _take_back(debtor):
    """Invoices that need not be paid after all."""
    for _number, move in debtor.flagged("credited"):
        move._reverse_moves([{"invoice_date": ago(3)}], cancel=True)
    for _number, move in debtor.flagged("withdrawn"):
        move.button_draft()
        move.button_cancel()


def pay(env, moves, days_ago, amount=None):
    """Register payments by the wizard of accounting, oldest invoice first.

    :param amount: in the invoices' currency; all that is open when None
    """
    for move in moves.sorted("invoice_date_due"):
        part = move.amount_residual if amount is None else amount
        part = move.currency_id.round(min(part, move.amount_residual))
        if part <= 0:
            continue
        wizard = (
            env["account.payment.register"]
            .with_company(move.company_id)
            .with_context(
                active_model="account.move",
                active_ids=move.ids,
                allowed_company_ids=move.company_id.ids,
            )
        )
        day = ago(days_ago)
        wizard.create({"amount": part, "payment_date": day})._create_payments()
        if amount is not None:
            amount -= part


def _credit(env, move, share):
    """Credit a part of an invoice, by the wizard of accounting."""
    wizard = (
        env["account.move.reversal"]
        .with_company(move.company_id)
        .with_context(
            active_model="account.move",
            active_ids=move.ids,
            allowed_company_ids=move.company_id.ids,
        )
        .create(
            {
                "journal_id": move.journal_id.id,
                "date": ago(8),
                "reason": "One of the pieces was returned",
            }
        )
    )
    credit = env["account.move"].browse(wizard.refund_moves()["res_id"])
    credit.invoice_line_ids.price_unit *= share
    credit.action_post()

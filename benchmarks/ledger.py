"""A valid ledger of any size, made fast.

Two hundred invoices of twenty debtors are posted through the ORM, with instalments,
part payments, unmatched credits and credit notes, in two companies and two currencies.
`multiply` copies them by SQL. The same seed makes the same ledger.
"""

import random
from datetime import date, timedelta

import phonenumbers

from odoo import Command

DEBTORS = 20
INVOICES = 200
SEED = 19
#: What an invoice is, with its weight: net unit prices (multiples of 20, so that a tax
#: of 15 % and the rate between the currencies stay exact), instalments in percent, and
#: the share paid of it.
KINDS = {
    "plain": (36, [80], [100], 0),
    "two lines": (30, [120, 40], [100], 0),
    "two instalments": (10, [200], [50, 50], 0),
    "three instalments": (7, [400], [40, 30, 30], 0),
    "part paid": (8, [160], [100], 0.4),
    "part paid, instalments": (4, [240], [50, 50], 0.6),
    "credit note": (5, [80], [100], 0),
}
#: Kinds above that are followed by a payment nobody has matched yet, of 100.
UNMATCHED = 0.04
IN_FIRST_COMPANY, FOREIGN, NOT_DUE = 0.7, 0.15, 0.25
COUNTRIES = {
    "us": "America/New_York",
    "uk": "Europe/London",
    "de": "Europe/Berlin",
    "fr": "Europe/Paris",
    "be": "Europe/Brussels",
    "pl": "Europe/Warsaw",
    "in": "Asia/Kolkata",
    "jp": "Asia/Tokyo",
    "br": "America/Sao_Paulo",
    "ru": "Europe/Moscow",
}


def post_seed(env):
    """Post the invoices that are multiplied later; return the highest ids before.

    The keys of what is returned are the models, and everything above their id is part
    of the seed.
    """
    env = _two_companies(env)
    models = ("res.partner", "account.move", "account.move.line")
    models += ("account.partial.reconcile",)
    env.flush_all()
    before = {name: highest(env, name) for name in models}
    rng = random.Random(SEED)
    debtors = _debtors(env)
    plan = sorted(_plan(rng, debtors), key=lambda item: item["date"])
    moves = env["account.move"].create([_invoice(env, item) for item in plan])
    moves.action_post()
    for move, item in zip(moves, plan, strict=True):
        if item["paid"]:
            pay(move, item)
        elif rng.random() < UNMATCHED:
            _payment(move, item["date"], 100, 100)
    env.flush_all()
    return before


def highest(env, name):
    records = env[name].with_context(active_test=False)
    return records.search([], order="id desc", limit=1).id or 0


def _two_companies(env):
    """Dollars and euros, with a constant rate at which multiples stay exact."""
    usd, eur = env.ref("base.USD"), env.ref("base.EUR")
    (usd | eur).active = True
    first = env.ref("base.main_company")
    first.currency_id = usd
    second = env["res.company"].create({"name": "Bench Europe", "currency_id": eur.id})
    for company in first | second:
        if not company.chart_template:
            env["account.chart.template"].try_loading(
                "generic_coa", company, install_demo=False
            )
    second.currency_id = eur
    if "debt_recorded_elsewhere" in first._fields:
        # Where the law wants calls recorded, none would be lawful.
        (first | second).debt_recorded_elsewhere = "Benchmark"
    env["res.currency.rate"].search([]).unlink()
    for company, other, rate in ((first, eur, 0.8), (second, usd, 1.25)):
        values = {"name": "2015-01-01", "currency_id": other.id, "rate": rate}
        env["res.currency.rate"].create(values | {"company_id": company.id})
    users = env.user | env.ref("base.user_admin")
    users.company_ids |= first | second
    companies = (first | second).ids
    return env(context={**env.context, "allowed_company_ids": companies})


def _debtors(env):
    """Persons and companies in ten countries; every tenth has no telephone."""
    partners = env["res.partner"].with_context(tracking_disable=True)
    debtors = []
    for number in range(DEBTORS):
        code = list(COUNTRIES)[number % len(COUNTRIES)]
        values = {
            "name": f"Debtor {number}.",
            "is_company": number % 5 < 3,
            "country_id": env.ref(f"base.{code}").id,
            "tz": COUNTRIES[code],
            "email": f"debtor{number}.@example.com",
            "phone": _phone(code, number) if number % 10 else False,
            "customer_rank": 1,
        }
        debtor = partners.create(values)
        partners.create(
            {"name": f"Contact {number}.", "parent_id": debtor.id, "type": "contact"}
        )
        debtors.append(debtor)
    return debtors


def _phone(code, number):
    """A valid mobile number of the country; its last four digits are free."""
    region = {"uk": "GB"}.get(code, code.upper())
    kind = phonenumbers.PhoneNumberType.MOBILE
    example = phonenumbers.example_number_for_type(region, kind)
    text = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    return f"{text[:-4]}{number:04}"


def _plan(rng, debtors):
    """What each invoice will be: some not due, the others up to 400 days late."""
    names, weights = list(KINDS), [kind[0] for kind in KINDS.values()]
    today = date.today()
    for number in range(INVOICES):
        kind = rng.choices(names, weights)[0]
        _, prices, percents, paid = KINDS[kind]
        if rng.random() < NOT_DUE:
            due = today + timedelta(days=rng.randint(1, 75))
        else:
            due = today - timedelta(days=1 + int(400 * rng.random() ** 1.5))
        yield {
            "debtor": debtors[number % DEBTORS],
            "company": int(rng.random() >= IN_FIRST_COMPANY),
            "foreign": rng.random() < FOREIGN,
            "refund": kind == "credit note",
            "prices": prices,
            "percents": percents,
            "paid": paid,
            "date": due - timedelta(days=30),
        }


def _invoice(env, item):
    """The values of one invoice or credit note."""
    company = env.companies.sorted("id")[item["company"]]
    other = {"USD": "base.EUR", "EUR": "base.USD"}[company.currency_id.name]
    currency = env.ref(other) if item["foreign"] else company.currency_id
    tax = Command.set(company.account_sale_tax_id.ids)
    return {
        "move_type": "out_refund" if item["refund"] else "out_invoice",
        "journal_id": _journal(company, "sale").id,
        "partner_id": item["debtor"].id,
        "currency_id": currency.id,
        "date": item["date"],
        "invoice_date": item["date"],
        "invoice_payment_term_id": _term(env, tuple(item["percents"])).id,
        "invoice_line_ids": [
            Command.create({"name": "Service", "price_unit": price, "tax_ids": [tax]})
            for price in item["prices"]
        ],
    }


def _journal(company, kind):
    domain = [("type", "=", kind), ("company_id", "=", company.id)]
    return company.env["account.journal"].search(domain, limit=1)


def _term(env, percents):
    """A payment term with an instalment every thirty days."""
    terms = env["account.payment.term"]
    name = f"Bench {percents}"
    lines = [
        Command.create(
            {"value": "percent", "value_amount": part, "nb_days": 30 * (i + 1)}
        )
        for i, part in enumerate(percents)
    ]
    return terms.search([("name", "=", name)], limit=1) or terms.create(
        {"name": name, "company_id": False, "line_ids": lines}
    )


def pay(invoice, item):
    """Match a payment of a share of the invoice with it."""
    owed = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
    share = item["paid"]
    payment = _payment(
        invoice,
        min(item["date"] + timedelta(days=10), date.today()),
        round(sum(owed.mapped("amount_currency")) * share, 2),
        round(sum(owed.mapped("balance")) * share, 2),
    )
    account = owed.account_id
    (
        owed + payment.line_ids.filtered(lambda line: line.account_id == account)
    ).reconcile()
    if invoice.payment_state != "partial":
        raise ValueError(f"{invoice.name} is {invoice.payment_state}")


def _payment(invoice, day, amount, balance):
    """A posted bank entry of the invoice's debtor, in its currency."""
    company = invoice.company_id
    bank = _journal(company, "bank")
    same = {"partner_id": invoice.partner_id.id, "currency_id": invoice.currency_id.id}
    if invoice.currency_id == company.currency_id:
        balance = amount
    receivable = invoice.partner_id.with_company(company).property_account_receivable_id
    sides = ((bank.default_account_id, 1), (receivable, -1))
    payment = invoice.env["account.move"].create(
        {
            "move_type": "entry",
            "journal_id": bank.id,
            "date": day,
            "currency_id": invoice.currency_id.id,
            "line_ids": [
                Command.create(
                    {
                        **same,
                        "account_id": account.id,
                        "amount_currency": sign * amount,
                        "balance": sign * balance,
                    }
                )
                for account, sign in sides
            ],
        }
    )
    payment.action_post()
    return payment


def verify(env, sample=300):
    """Compute the stored residuals of a sample anew and compare; return how many.

    Raises ValueError when the copies are not what the ORM would have stored.
    """
    lines = env["account.move.line"].search(
        [("account_type", "=", "asset_receivable")], order="matching_number, id desc"
    )
    step = max(1, len(lines) // sample)
    lines = lines[::step]
    moves = lines.move_id
    names = {
        lines: (
            "amount_residual",
            "amount_residual_currency",
            "reconciled",
            "company_id",
        ),
        moves: ("amount_residual", "amount_total_signed", "payment_state"),
    }
    checked = 0
    for records, fields in names.items():
        for name in fields:
            stored = records.mapped(lambda record, name=name: record[name])
            env.add_to_compute(records._fields[name], records)
            anew = records.mapped(lambda record, name=name: record[name])
            if stored != anew:
                raise ValueError(f"{records._name}.{name} differs in the copies")
            checked += len(records)
    _settle(moves.filtered(lambda move: move.payment_state == "partial")[:1])
    env.cr.rollback()
    return checked


def _settle(move):
    """The accounting engine accepts a copy: pay it in full."""
    owed = move.line_ids.filtered(
        lambda line: line.display_type == "payment_term" and not line.reconciled
    )
    payment = _payment(
        move,
        date.today(),
        sum(owed.mapped("amount_residual_currency")),
        sum(owed.mapped("amount_residual")),
    )
    account = owed.account_id
    (
        owed + payment.line_ids.filtered(lambda line: line.account_id == account)
    ).reconcile()
    if move.payment_state != "paid":
        raise ValueError(f"{move.name} cannot be paid")

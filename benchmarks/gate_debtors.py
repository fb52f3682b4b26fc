"""Debtors of many countries with weeks of contacts behind them, for `gate`."""

from datetime import timedelta
from random import Random

from odoo import fields
from odoo.tools import SQL

#: Country, state, postal code, a mobile, a landline: each with laws of its own.
PLACES = [
    ("us", "state_us_34", "02108", "+1 617 555 {:04}", None),
    ("us", "state_us_48", "98101", "+1 206 555 {:04}", None),
    ("us", "state_us_27", "10001", "+1 212 555 {:04}", None),
    ("us", "state_us_44", "79901", "+1 915 555 {:04}", None),
    ("us", None, None, "+1 305 555 {:04}", None),
    ("ru", None, None, "+7 916 123 {:04}", "+7 843 212 {:04}"),
    ("ru", None, "630099", "+7 913 123 {:04}", "+7 383 212 {:04}"),
    ("kz", None, None, "+7 701 123 {:04}", "+7 727 212 {:04}"),
    ("br", "state_br_sp", "01310-100", "+55 11 91234 {:04}", "+55 11 3123 {:04}"),
    ("de", None, "10115", "+49 151 1234{:04}", "+49 30 1234{:04}"),
    ("uk", None, "SW1A 1AA", "+44 7911 12{:04}", "+44 20 7946 {:04}"),
    ("in", None, "110001", "+91 98765 1{:04}", "+91 11 2345 {:04}"),
    ("ua", None, "01001", "+380 67 123 {:04}", None),
    ("es", None, "28001", "+34 612 34 {:04}", "+34 91 123 {:04}"),
]
CALLS, MESSAGES, DAYS = 20, 5, 60
#: So long ago at most the cases entered their ladder.
DAYS_ON_LADDER = 28
REF = "gate benchmark"


def make(env, number):
    """Create the debtors, their numbers, a case each and their history."""
    # Where the law wants calls recorded, none would be lawful.
    env.company.debt_recorded_elsewhere = "Benchmark"
    partners = env["res.partner"].with_context(tracking_disable=True)
    debtors = partners.create([_values(env, index) for index in range(number)])
    ladder, stage = env["debt.ladder"].search([], limit=1), env["debt.stage"]
    values = {
        "company_id": env.company.id,
        "currency_id": env.company.currency_id.id,
        "ladder_id": ladder.id,
        "stage_id": stage.search([], limit=1).id,
        "amount_overdue": 100,
    }
    today = fields.Date.today()
    rows = [
        {
            "partner_id": debtor.id,
            "ladder_started_on": today - timedelta(days=index % DAYS_ON_LADDER),
            **values,
        }
        for index, debtor in enumerate(debtors)
    ]
    quiet = {"tracking_disable": True, "mail_create_nolog": True}
    env["debt.case"].with_context(**quiet).create(rows)
    env["debt.phone"]._sync(debtors)
    env.flush_all()
    _contacts(env)


def _values(env, index):
    country, state, code, *numbers = PLACES[index % len(PLACES)]
    typed = (number.format(index % 10_000) for number in numbers if number)
    return {
        "name": f"Debtor {index}",
        "ref": REF,
        "country_id": env.ref(f"base.{country}").id,
        "state_id": state and env.ref(f"base.{state}").id,
        "zip": code,
        "phone": ", ".join(typed),
        "debt_kind": "consumer",
    }


def _contacts(env):
    """Insert calls and messages of the last two months, always the same ones."""
    seed = Random(1).random()
    env.cr.execute(SQL("SELECT setseed(%s)", seed))
    facts = {
        "user": env.uid,
        "now": fields.Datetime.now(),
        "days": DAYS,
        "calls": CALLS,
        "messages": MESSAGES,
    }
    env.cr.execute(
        SQL(
            """
            INSERT INTO debt_call (case_id, partner_id, company_id, user_id, direction,
                   mode, state, confirmed_by, party, connected, local_hour, started_at,
                   ended_at)
            SELECT id, partner_id, company_id, %(user)s, 'outbound', 'manual', 'done',
                   'operator',
                   CASE WHEN luck < 0.05 THEN 'right_party'
                        WHEN luck < 0.15 THEN 'third_party' ELSE 'none' END,
                   luck < 0.15, 8 + (luck * 12)::int, at,
                   at + CASE WHEN luck < 0.15 THEN 1 + luck * 60 ELSE 0.5 END
                      * interval '1 minute'
              FROM (SELECT debt_case.*, random() AS luck,
                           %(now)s - random() * %(days)s * interval '1 day' AS at
                      FROM debt_case, generate_series(1, %(calls)s)) made
            """,
            **facts,
        )
    )
    env.cr.execute(
        SQL(
            """
            INSERT INTO debt_message (case_id, partner_id, company_id, user_id, channel,
                   kind, state, sent_at)
            SELECT id, partner_id, company_id, %(user)s,
                   CASE WHEN random() < 0.5 THEN 'sms' ELSE 'email' END, 'ladder',
                   'sent', %(now)s - random() * %(days)s * interval '1 day'
              FROM debt_case, generate_series(1, %(messages)s)
            """,
            **facts,
        )
    )

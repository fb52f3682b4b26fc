"""Companies, people and debtors of the demo."""

from dataclasses import dataclass, field
from datetime import timedelta

from odoo import fields, models

from . import tables
from .stories import STORIES

TRAINING = "demo_policy_training"
RATES = {"base.USD": 1.09, "base.GBP": 0.86}
#: What letters and messages name: whom to call, and where to pay.
PHONES = {"eu": "+32 2 555 01 00", "us": "+1 650 555 0111"}
ACCOUNTS = {"eu": "BE71 0961 2345 6769", "us": "000123456789"}
PREFERRED_HOURS = (10.0, 14.5, 17.0)
RUSSIAN = ("RU", "KZ")


@dataclass
class Debtor:
    """A row of the table and what has been made of it.

    ``moves``: pairs of an item of the table and its ``account.move``; ``promises``:
    pairs of a ``debt.promise`` and what the story tells about it.
    """

    row: dict
    partner: models.Model
    company: models.Model
    moves: list = field(default_factory=list)
    promises: list = field(default_factory=list)
    case: models.Model = None

    @property
    def story(self):
        return STORIES[self.row["story"]]

    def flagged(self, name):
        """Pairs of number and move of the items that have a flag."""
        return [(i.flags[name], move) for i, move in self.moves if name in i.flags]


# --- companies and people ---------------------------------------------------
def _demo_companies(env):
    return {
        "eu": env.ref("debt_collection.demo_company_eu"),
        "us": env.ref("base.main_company"),
    }


def prepare_companies(env):
    """Both companies can invoice, and have their time and their accountant."""
    companies = _demo_companies(env)
    zones = {"eu": "Europe/Brussels", "us": "America/New_York"}
    for key, company in companies.items():
        company.partner_id.tz = company.partner_id.tz or zones[key]
        _load_chart(env, company)
        company.phone = company.phone or PHONES[key]
        _open_account(env, company, ACCOUNTS[key])
        # A demo is tried at any hour: a trainee finds somebody on a Sunday night, too.
        company.write({"debt_calls_from": 0, "debt_calls_to": 24})
        # The demo's telephone records nothing; with Russians nobody would talk.
        company.debt_recorded_elsewhere = "Demo: the office PBX"
        # Nothing is written to the invented people of a demo.
        company.debt_promise_reminder_days = 0
        company.debt_page_on = True
        company.debt_accountant_id = env.ref("debt_collection.demo_user_accountant")
    # The demo's operators are to have somebody to call from the first day on.
    env.ref("debt_collection.stage_overdue").ladder_id = env.ref(
        "debt_collection.ladder_default"
    )
    both = companies["eu"] | companies["us"]
    both._debt_set_default_policy()
    _prepare_currencies(env, companies["eu"])
    _prepare_language(env)
    return both


def _load_chart(env, company):
    """The generic chart of accounts, without the American home it comes with."""
    if company.chart_template:
        return
    currency = company.currency_id
    charts = env["account.chart.template"]
    charts._load("generic_coa", company, install_demo=False)
    company.write(
        {
            "currency_id": currency.id,
            "account_fiscal_country_id": company.country_id.id,
        }
    )
    company.flush_recordset()


def _open_account(env, company, number):
    if not company.partner_id.bank_ids:
        env["res.partner.bank"].create(
            {
                "acc_number": number,
                "partner_id": company.partner_id.id,
                "company_id": company.id,
            }
        )


def _prepare_currencies(env, company):
    """Invoices in dollars and pounds are worth something in euros."""
    for name, rate in RATES.items():
        currency = env.ref(name)
        currency.active = True
        env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": company.id,
                "name": fields.Date.today() - timedelta(days=800),
                "rate": rate,
            }
        )


def has_russian(env):
    return bool(env["res.lang"].search([("code", "=", "ru_RU")]))


def _prepare_language(env):
    """Where Russian is there, one operator works in it and takes its speakers."""
    if has_russian(env):
        operator = env.ref("debt_collection.demo_user_operator3")
        operator.lang = "ru_RU"
        member = env.ref("debt_collection.demo_team_eu_operator3")
        member.lang_ids = env["res.lang"].search([("code", "=", "ru_RU")])


# --- debtors ------------------------------------------------------------------
def create_debtors(env):
    rows = tables.debtors()
    companies = _demo_companies(env)
    partners = env["res.partner"].create(
        [_prepare_partner(env, row, companies[row["company"]]) for row in rows]
    )
    names = [f"debt_collection.demo_debtor_{row['key']}" for row in rows]
    env["ir.model.data"]._update_xmlids(
        [
            {"xml_id": name, "record": partner, "noupdate": True}
            for name, partner in zip(names, partners, strict=True)
        ]
    )
    by_key = {row["key"]: partner for row, partner in zip(rows, partners, strict=True)}
    _create_contacts(env, by_key)
    env["debt.phone"]._sync(partners)
    return [
        Debtor(row, partner, companies[row["company"]])
        for row, partner in zip(rows, partners, strict=True)
    ]


def _prepare_partner(env, row, company):
    country = env["res.country"].search([("code", "=", row["country"])])
    state = country.state_ids.filtered(lambda state: state.code == row["state"])
    profile = env.ref(f"debt_collection.profile_{row['profile']}", False)
    luck = tables.chance("partner", row["key"])
    russian = row["country"] in RUSSIAN and has_russian(env)
    return {
        "name": row["name"],
        "is_company": row["kind"] == "company",
        "company_id": company.id,
        "country_id": country.id,
        "state_id": state[:1].id,
        "city": row["city"],
        "zip": row["zip"],
        "phone": row["phone"],
        "email": f"{row['key'].replace('_', '.')}@example.com",
        "lang": "ru_RU" if russian else env.lang or "en_US",
        "tz": row["tz"],
        "debt_tz": row["tz"],
        "debt_profile_id": profile.id if profile else False,
        "debt_preferred_hour": luck.choice((*PREFERRED_HOURS, 0, 0, 0, 0, 0, 0)),
        "debt_contact_policy_id": row["story"] == "training"
        and env.ref(f"debt_collection.{TRAINING}").id,
    }


def _create_contacts(env, by_key):
    env["res.partner"].create(
        [
            {
                "name": row["name"],
                "function": row["function"],
                "phone": row["phone"],
                "parent_id": by_key[row["debtor"]].id,
                "type": "contact",
            }
            for row in tables.contacts()
        ]
    )

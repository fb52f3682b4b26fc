import logging
from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, fields, models

from . import tables
from .stories import STORIES

_logger = logging.getLogger(__name__)

TRAINING = "demo_policy_training"
RATES = {"base.USD": 1.09, "base.GBP": 0.86}
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


class DebtDemo(models.AbstractModel):
    """Makes the demo data, relative to today and otherwise always the same.

    Whatever the ledger knows is made through accounting itself, and what follows from
    it (cases, stages, promises kept and broken, next contacts) by the addon, as if it
    had been used for a month.
    """

    _name = "debt.demo"
    _description = "Demo Data of Debt Collection"

    @api.model
    def _load(self):
        """Make everything, once."""
        if self.env.ref("debt_collection.demo_debtor_vlierhout", False):
            return
        demo = self.with_context(tracking_disable=True, mail_create_nosubscribe=True)
        companies = demo._prepare_companies()
        debtors = demo._create_debtors()
        demo._enter_invoices(debtors)
        demo._enter_before_calls(debtors)
        demo._open_cases(companies, debtors)
        late = [debtor for debtor in debtors if debtor.case]
        demo._make_calls(late)
        demo._close_by_hand(late)
        demo._enter_after_calls(debtors)
        demo._end_stories(late)
        demo._make_reviews()
        _logger.info("Demo of debt collection: %s debtors", len(debtors))

    # --- companies and people ---------------------------------------------------
    @api.model
    def _demo_companies(self):
        return {
            "eu": self.env.ref("debt_collection.demo_company_eu"),
            "us": self.env.ref("base.main_company"),
        }

    @api.model
    def _prepare_companies(self):
        """Both companies can invoice, and have their time and their accountant."""
        companies = self._demo_companies()
        zones = {"eu": "Europe/Brussels", "us": "America/New_York"}
        for key, company in companies.items():
            company.partner_id.tz = company.partner_id.tz or zones[key]
            self._load_chart(company)
            # Nothing is written to the invented people of a demo.
            company.debt_promise_reminder_days = 0
            company.debt_accountant_id = self.env.ref(
                "debt_collection.demo_user_accountant"
            )
        both = companies["eu"] | companies["us"]
        both._debt_set_default_policy()
        self._prepare_currencies(companies["eu"])
        self._prepare_language()
        return both

    @api.model
    def _load_chart(self, company):
        """The generic chart of accounts, without the American home it comes with."""
        if company.chart_template:
            return
        currency = company.currency_id
        charts = self.env["account.chart.template"]
        charts._load("generic_coa", company, install_demo=False)
        company.write(
            {
                "currency_id": currency.id,
                "account_fiscal_country_id": company.country_id.id,
            }
        )
        company.flush_recordset()

    @api.model
    def _prepare_currencies(self, company):
        """Invoices in dollars and pounds are worth something in euros."""
        for name, rate in RATES.items():
            currency = self.env.ref(name)
            currency.active = True
            self.env["res.currency.rate"].create(
                {
                    "currency_id": currency.id,
                    "company_id": company.id,
                    "name": fields.Date.today() - timedelta(days=800),
                    "rate": rate,
                }
            )

    @api.model
    def _has_russian(self):
        return bool(self.env["res.lang"].search([("code", "=", "ru_RU")]))

    @api.model
    def _prepare_language(self):
        """Where Russian is there, one operator works in it and takes its speakers."""
        if self._has_russian():
            operator = self.env.ref("debt_collection.demo_user_operator3")
            operator.lang = "ru_RU"
            member = self.env.ref("debt_collection.demo_team_eu_operator3")
            member.lang_ids = self.env["res.lang"].search([("code", "=", "ru_RU")])

    # --- debtors ------------------------------------------------------------------
    @api.model
    def _create_debtors(self):
        rows = tables.debtors()
        companies = self._demo_companies()
        partners = self.env["res.partner"].create(
            [self._prepare_partner(row, companies[row["company"]]) for row in rows]
        )
        names = [f"debt_collection.demo_debtor_{row['key']}" for row in rows]
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": name, "record": partner, "noupdate": True}
                for name, partner in zip(names, partners, strict=True)
            ]
        )
        by_key = {
            row["key"]: partner for row, partner in zip(rows, partners, strict=True)
        }
        self._create_contacts(by_key)
        self.env["debt.phone"]._sync(partners)
        return [
            Debtor(row, partner, companies[row["company"]])
            for row, partner in zip(rows, partners, strict=True)
        ]

    @api.model
    def _prepare_partner(self, row, company):
        country = self.env["res.country"].search([("code", "=", row["country"])])
        state = country.state_ids.filtered(lambda state: state.code == row["state"])
        profile = self.env.ref(f"debt_collection.profile_{row['profile']}", False)
        luck = tables.chance("partner", row["key"])
        russian = row["country"] in RUSSIAN and self._has_russian()
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
            "lang": "ru_RU" if russian else self.env.lang or "en_US",
            "tz": row["tz"],
            "debt_tz": row["tz"],
            "debt_profile_id": profile.id if profile else False,
            "debt_preferred_hour": luck.choice((*PREFERRED_HOURS, 0, 0, 0, 0, 0, 0)),
            "debt_contact_policy_id": row["story"] == "training"
            and self.env.ref(f"debt_collection.{TRAINING}").id,
        }

    @api.model
    def _create_contacts(self, by_key):
        self.env["res.partner"].create(
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

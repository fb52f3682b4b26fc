"""Places an operator has no business in, filled with records that can be recognised."""

import inspect
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import new_test_user
from odoo.tools import SQL
from odoo.tools.misc import ReadonlyDict

from .common import DebtCommon

#: Stands in every text of a record that was filled: who reads it, reads that record.
#: An invoice's number with few digits in it would pass for one with a year.
MARK = "Zq{model}:{id:09}qZ"
MARKED = re.compile(r"Zq([a-z._]+):(\d+)qZ")
#: What no text is put into, since the program itself reads it.
READ_BY_THE_PROGRAM = {
    "domain",
    "lang",
    "tz",
    "debt_tz",
    "kind",
    "type",
    "mimetype",
    "phone",
}
#: What checks of the database ask for, by field.
VALUES = ReadonlyDict(
    {
        "score": "1",
        "closed_at": None,
        "hour_to": 20,
        "next_step_id": None,
        "hotkey": None,
        "returned_on": None,
    }
)
#: Models whose records all companies and teams share, and why nothing is hidden there.
SHARED = {
    "debt.call.outcome": "the outcomes are everybody's",
    "debt.fee.rate": "the rates of central banks are everybody's",
    "debt.fee.reference": "the rates of central banks are everybody's",
    "debt.letter.level": "the letters are everybody's",
    "debt.limitation": "the limitation periods are everybody's",
    "debt.limitation.version": "what they said before is everybody's",
    "debt.objection": "the answers to objections are everybody's",
    "debt.profile": "the kinds of debtors are everybody's",
    "debt.review.criterion": "the criteria of reviews are everybody's",
    "debt.stage": "the stages are everybody's",
    "debt.synonym": "the words that mean the same are everybody's",
}


def is_ours(field):
    """Whether one of our addons defines a field."""
    return any(module.startswith("debt_collection") for module in field._modules)


def public_methods(model_class, addons="debt_collection.*"):
    """The public methods of ours, with the names of their parameters.

    :param str addons: the names of the addons that they are of, as a pattern
    """
    found = {}
    for part in model_class.mro():
        if not re.match(rf"odoo\.addons\.{addons}\.", part.__module__):
            continue
        for name, value in vars(part).items():
            public = inspect.isfunction(value) and not name.startswith("_")
            # Odoo's own methods that are only marked by us are Odoo's.
            public = public and "debt_collection" in value.__module__
            if public and not hasattr(model_class.pool["base"], name):
                found.setdefault(name, inspect.signature(value).parameters)
    for name, parameters in sorted(found.items()):
        yield (
            name,
            [
                key
                for key, one in parameters.items()
                if key != "self" and one.kind != one.VAR_KEYWORD
            ],
        )


class ForeignRecords(DebtCommon):
    """A record of every model: the operator's own, another team's, and a company's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sister = cls.setup_other_company(name="Sister")["company"]
        cls.sister.partner_id.tz = "Europe/Brussels"
        cls.sister.country_id = cls.env.ref("base.be")
        cls.stranger = new_test_user(
            cls.env,
            "debt_stranger",
            groups="base.group_user,debt_collection.group_debt_manager",
            company_id=cls.sister.id,
            company_ids=[Command.set((cls.company | cls.sister).ids)],
        )
        cls.models = cls._our_models()
        # The payments that are made up here are none of the ledger's.
        collected = type(cls.env["debt.collection.report"])
        cls.startClassPatcher(patch.object(collected, "_catch_up", lambda rows: None))
        cls.own = cls._new_place(cls.company, cls.operator, 1234)
        cls.foreign = [
            cls._new_place(cls.company, cls.stranger, 7654321, "+32 470 65 43 21"),
            cls._new_place(cls.sister, cls.stranger, 8765432, "+32 470 65 43 22"),
        ]
        cls._mark_all([cls.own, *cls.foreign])

    @classmethod
    def _our_models(cls):
        """The names of the models with a table that our addons define."""
        return sorted(
            name
            for name, model in cls.env.registry.items()
            if name.startswith("debt.") and not model._abstract and model._auto
        )

    @classmethod
    def _new_place(cls, company, user, amount, phone="+32 470 65 43 20"):
        """A debtor and all that can be known of him: records by name of their model."""
        env = cls.env(user=user, su=True, context={"tracking_disable": True})
        env = env["base"].with_company(company).env
        theirs = user == cls.stranger
        partner = env["res.partner"].create(
            {
                "name": "Debtor",
                "phone": phone,
                "country_id": cls.env.ref("base.be").id,
                "company_id": company.id if company == cls.sister else False,
            }
        )
        team = env["debt.team"].create({"name": "Team", "company_id": company.id})
        team.member_ids = [Command.create({"user_id": user.id})]
        move = cls._invoice(
            amount, 40, partner.with_env(cls.env), company_id=company.id
        )
        env["debt.case"].refresh(partner.ids)
        case = env["debt.case"].search([("partner_id", "=", partner.id)])
        case.write({"team_id": team.id if theirs else False, "user_id": user.id})
        place = {
            "res.company": company,
            "res.partner": partner,
            "res.users": user,
            "res.currency": company.currency_id,
            "debt.team": team,
            "debt.team.member": team.member_ids,
            "account.move": move.with_env(env),
            "account.move.line": move._debt_lines().with_env(env),
            "debt.case": case,
            "debt.phone": env["debt.phone"].search([("partner_id", "=", partner.id)]),
        }
        place |= {name: env[name].search([], limit=1) for name in SHARED}
        cls._fill(env, place)
        return place

    @classmethod
    def _mark_all(cls, places):
        """Only once all are there: the next invoice is numbered after the last."""
        for place in places:
            for name in ("res.partner", "account.move", *cls.models):
                if name not in SHARED:
                    cls._mark(place[name])
        cls.env.invalidate_all()

    @classmethod
    def _fill(cls, env, place):
        """Put a record into every table for which there is none yet."""
        missing = [name for name in cls.models if name not in place]
        while missing:
            whole = [name for name in missing if cls._is_ready(env[name], place)]
            ready = whole[:1] or [
                name for name in missing if cls._is_ready(env[name], place, True)
            ]
            assert ready, f"no record can be made of {missing}"
            place[ready[0]] = cls._insert(env[ready[0]], place)
            missing.remove(ready[0])

    @classmethod
    def _is_ready(cls, model, place, required_only=False):
        """Whether all that a record points at is there, or what it must point at."""
        return all(
            field.comodel_name in place
            for field in model._fields.values()
            if field.type == "many2one"
            and field.store
            and (field.required or not required_only)
            and field.comodel_name.startswith("debt.")
        )

    @classmethod
    def _insert(cls, model, place):
        """A row by SQL: no rule of the program keeps it from being what it should."""
        columns = {}
        for field in model._fields.values():
            if field.store and field.column_type and field.name != "id":
                value = cls._value(field, place)
                if value is not None:
                    columns[field.name] = field.convert_to_column_insert(value, model)
        query = SQL(
            "INSERT INTO %s (%s) VALUES %s RETURNING id",
            SQL.identifier(model._table),
            SQL(", ").join(map(SQL.identifier, columns)),
            tuple(columns.values()),
        )
        [[id_]] = model.env.execute_query(query)
        return model.browse(id_)

    @classmethod
    def _value(cls, field, place):
        """What a record of a place has in a field, in the form of `write`."""
        if field.name in VALUES:
            return VALUES[field.name]
        if field.type == "many2one":
            if field.comodel_name == "res.country" and field.required:
                return cls._new_country(place)
            record = place.get(field.comodel_name)
            return record[0].id if record else None
        if field.type in ("integer", "float", "monetary"):
            return field.default(place["res.company"]) if field.default else 1
        return cls._plain_value(field, place)

    @classmethod
    def _new_country(cls, place):
        """One of its own for each place: a limitation period is one for a country."""
        env = place["res.partner"].env
        taken = env["debt.limitation"].search([]).country_id
        free = env["res.country"].search([]) - taken
        return free[place["res.partner"].id % len(free)].id

    @classmethod
    def _plain_value(cls, field, place):
        match field.type:
            case "char" | "text" | "html":
                return f"{place['res.partner'].id}.{field.name}"
            case "selection":
                return field.get_values(place["res.partner"].env)[0]
            case "date" if field.model_name == "debt.figures":
                # There is one row for each day, and each place has one.
                return fields.Date.today() - timedelta(days=place["res.partner"].id)
            case "date":
                # A day of its own: some records are one for each company and day.
                days = place["res.partner"].id % 300
                return fields.Date.subtract(fields.Date.today(), days=days)
            case "datetime":
                return fields.Datetime.now()
            case "json":
                return cls._json(field) if field.required else None
        return None

    @classmethod
    def _json(cls, field):
        """What its model reads of it: a law as it is kept, a policy of nobody's."""
        assert field.model_name == "debt.contact.policy.version", field
        return cls.env.ref("debt_collection.policy_business")._version_content()

    @classmethod
    def _mark(cls, records):
        """Put the mark of its record into every text of it."""
        for record in records:
            mark = MARK.format(model=record._name, id=record.id)
            for field in record._fields.values():
                if field.store and field.column_type and field.is_text:
                    cls._mark_field(record, field, mark)

    @classmethod
    def _mark_field(cls, record, field, mark):
        if field.name in READ_BY_THE_PROGRAM or field.company_dependent:
            return
        table, column = SQL.identifier(record._table), SQL.identifier(field.name)
        value = SQL("jsonb_build_object('en_US', %s::text)", mark)
        record.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = %s AND %s IS NOT NULL",
                table,
                column,
                value if field.translate else SQL("%s", mark),
                record.id,
                column,
            )
        )

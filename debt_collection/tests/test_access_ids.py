from odoo import models
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .access_common import MARKED, SHARED, ForeignRecords, is_ours, public_methods

#: What a client may send to a method, by the name of the parameter: a function of the
#: place it is taken from. A new parameter is to be added here.
ARGUMENTS = {
    "at": lambda place: "2026-03-11 09:00:00",
    "call_id": lambda place: place["debt.call"].id,
    "case_id": lambda place: place["debt.case"].id,
    "changes": lambda place: {"name": "Changed"},
    "channel": lambda place: "call",
    "command": lambda place: "hangup",
    "contact_id": lambda place: place["res.partner"].id,
    "domain": lambda place: [],
    "fetch_done": lambda place: True,
    "health": lambda place: "dead",
    "held": lambda place: True,
    "hung_up": lambda place: True,
    "kind": lambda place: "invoice",
    "lang": lambda place: "en_US",
    "limit": lambda place: 80,
    "line_ids": lambda place: place["account.move.line"].ids,
    "msg_dict": lambda place: {},
    "number": lambda place: place["res.partner"].phone,
    "offset": lambda place: 0,
    "our_number": lambda place: place["res.partner"].phone,
    "outcome": lambda place: "no_answer",
    "partner_ids": lambda place: place["res.partner"].ids,
    "phone": lambda place: place["debt.phone"].id,
    "profile_id": lambda place: place["debt.case"].profile_id.id,
    "reason": lambda place: "It was looked into.",
    "res_model": lambda place: "debt.case",
    "said": lambda place: "I lost my job",
    "specification": lambda place: {"display_name": {}},
    "status": lambda place: "busy",
    "text": lambda place: "STOP",
    "to": lambda place: place["res.partner"].phone,
    "update_vals": lambda place: {},
    "values": lambda place: {},
    "_search": lambda place: "",
}
#: Models of Odoo and of others that have fields of ours, and what of theirs may lead
#: to a debtor.
LEADING = {"parent_id", "partner_id", "commercial_partner_id", "company_id", "move_id"}
#: What belongs to a colleague, who works for both companies.
OF_COLLEAGUES = {"debt.call.block"}
#: Methods that change the records of others, and why they may.
CHANGES_OTHERS = {("debt.case", "refresh"): "what the ledger says, whoever asks"}


class Undone(Exception):
    """What was tried is rolled back."""


@tagged("post_install", "-at_install")
class TestAccessIds(ForeignRecords):
    """Rule 16: whoever sends an id learns nothing that he could not read before.

    Every model, field and public method of ours is tried as every role, with ids of
    another team and of another company, wherever a client may send one. A model that
    is added is tried as well, without a line here.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles = {
            "operator": cls.operator,
            "accountant": cls.accountant,
            "manager": cls.manager,
            "bookkeeper": cls._role("account.group_account_invoice"),
            "employee": cls._role("base.group_user"),
            "portal": cls._role("base.group_portal"),
        }

    @classmethod
    def _role(cls, group):
        login = group.replace(".", "_")
        return new_test_user(
            cls.env, login, groups=group, company_id=cls.company.id, tz="UTC"
        )

    def test_an_operator_learns_nothing(self):
        self._walk("operator")

    def test_an_accountant_learns_nothing(self):
        self._walk("accountant")

    def test_a_manager_learns_nothing(self):
        self._walk("manager")

    def test_a_bookkeeper_learns_nothing(self):
        self._walk("bookkeeper")

    def test_an_employee_learns_nothing(self):
        self._walk("employee")

    def test_a_portal_user_learns_nothing(self):
        self._walk("portal")

    def test_every_model_hides_what_is_another_companys(self):
        for user in (self.operator, self.manager):
            seen = {
                name
                for name in self.models
                if name not in SHARED.keys() | OF_COLLEAGUES
                and self.env[name]
                .with_user(user)
                .browse(self.foreign[1][name].ids)
                .has_access("read")
            }
            self.assertFalse(seen, user.login)

    # --- going round -----------------------------------------------------------------
    def _walk(self, role):
        self.user, self.faults, self.specs = self.roles[role], set(), {}
        for place in self.foreign:
            self.hidden = self._hidden(place)
            self.state = self._state()
            for name in self._names():
                self._knock(name, place)
                self._call_methods(name, place)
        self.assertFalse(self.faults, "\n".join(map(repr, sorted(self.faults))))

    def _names(self):
        """The models that our addons define, and those they add fields to."""
        return sorted(
            name
            for name, model in self.env.registry.items()
            if not model._abstract and any(map(is_ours, model._fields.values()))
        )

    def _hidden(self, place):
        """The records of a place that the user may not read."""
        return {
            (name, id_)
            for name, records in place.items()
            if name not in SHARED
            and not self._as_user(name).browse(records.ids).has_access("read")
            for id_ in records.ids
        }

    def _as_user(self, name):
        return self.env[name].with_user(self.user)

    def _state(self):
        """What stands in the database of the hidden records, as one digest."""
        self.env.flush_all()
        rows = [
            SQL(
                "SELECT md5(t::text) AS row FROM %s t WHERE id = %s",
                SQL.identifier(self.env[name]._table),
                id_,
            )
            for name, id_ in sorted(self.hidden)
        ]
        query = SQL(
            "SELECT md5(string_agg(row, ',')) FROM (%s) AS rows",
            SQL(" UNION ALL ").join(rows),
        )
        return self.env.execute_query(query)

    def _try(self, what, call, changes=False):
        """Do as a client would; what it tells of hidden records, and does to them.

        :param bool changes: whether it might change them
        """
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                told = repr(call())
                if changes and self._state() != self.state:
                    self.faults.add((*what, "changed"))
                raise Undone
        except Exception as error:
            # Whether it is refused well is another test's question.
            if not isinstance(error, Undone):
                told = str(error) if isinstance(error, UserError) else ""
        self.env.invalidate_all(flush=False)
        known = {(name, int(id_)) for name, id_ in MARKED.findall(told)}
        self.faults |= {(*what, *found) for found in known & self.hidden}

    # --- the doors of the framework ---------------------------------------------------
    def _knock(self, name, place):
        """Everything that a client can do with a model and ids of another place."""
        model, spec = self._as_user(name), self._spec(name)
        foreign = model.browse(place[name].ids if name in place else [])
        for door in ("read", "web_read", "onchange"):
            self._try((name, door), lambda d=door: self._open(foreign, d, spec))
        self._try((name, "search_read"), lambda: model.search_read([], list(spec)))
        self._try((name, "name_search"), model.name_search)
        for field in self._groups(model):
            self._try(
                (name, "group", field),
                lambda f=field: model.formatted_read_group([], [f], ["__count"]),
            )
        pointing = self._pointing(model, place)
        derived = {
            field: value
            for field, value in pointing.items()
            if model._fields[field].compute
        }
        near = self._spec(name, depth=1)
        for field, value in pointing.items():
            # What Odoo says of ids in fields of its own is not ours to judge.
            if is_ours(model._fields[field]):
                self._knock_with((name, field), model, {field: value}, near)
        for what, values in {"all": pointing, "derived": derived}.items():
            self._knock_empty((name, what), model, values, spec)

    def _open(self, records, door, spec):
        match door:
            case "read":
                return records.read(list(spec))
            case "web_read":
                return records.web_read(spec)
        return records.onchange({}, [], spec)

    def _knock_with(self, what, model, values, spec):
        """Send one id of another place among values of the user's own."""
        known = self._pointing(model, self.own) | values
        if model.has_access("create"):
            base = self._own_values(model) | values
            self._try((*what, "onchange"), lambda: model.onchange(known, [], spec))
            self._try(
                (*what, "create"), lambda: model.web_save(base, spec), changes=True
            )
        if model.has_access("write"):
            own = self._own(model)
            self._try(
                (*what, "write"), lambda: own.web_save(values, spec), changes=True
            )

    def _knock_empty(self, what, model, values, spec):
        """Send nothing but ids of another place."""
        own, names = self._own(model), list(values)
        context = {f"default_{name}": value for name, value in values.items()}
        if model.has_access("create"):
            asked = model.with_context(**context)
            self._try((*what, "new"), lambda: model.onchange(dict(values), [], spec))
            self._try((*what, "default"), lambda: asked.onchange({}, [], spec))
        if model.has_access("write"):
            self._try((*what, "own"), lambda: own.onchange(dict(values), names, spec))

    def _own(self, model):
        return model.browse(
            self.own[model._name].ids if model._name in self.own else []
        )

    def _spec(self, name, depth=2):
        """Everything of ours that a client can ask of a model."""
        if (name, depth) in self.specs:
            return self.specs[name, depth]
        model, spec = self._as_user(name), {}
        for field in self._readable(model):
            spec[field.name] = {}
            if field.relational and depth:
                comodel = self._as_user(field.comodel_name)
                many = field.type != "many2one" and comodel.has_access("read")
                inner = self._spec(field.comodel_name, depth - 1) if many else {}
                spec[field.name] = {"fields": {"display_name": {}} | inner}
        self.specs[name, depth] = spec
        return spec

    def _readable(self, model):
        """The fields that the user may ask for, of ours."""
        ours = model._name.startswith("debt.")
        return [
            field
            for name, field in model._fields.items()
            if (is_ours(field) or ours and name == "display_name")
            and field.type != "binary"
            and model._has_field_access(field, "read")
        ]

    def _groups(self, model):
        """What rows can be grouped by."""
        for name in model.fields_get(attributes=["groupable"]):
            field = model._fields[name]
            if is_ours(field) and field.store and field.type in ("many2one", "char"):
                yield name

    def _pointing(self, model, place):
        """Values that point at records of a place, by field."""
        values = {}
        for name, field in model._fields.items():
            records = field.relational and place.get(field.comodel_name)
            ours = is_ours(field) or name in LEADING
            if ours and records and model._has_field_access(field, "write"):
                many = field.type != "many2one"
                values[name] = [(6, 0, records.ids)] if many else records[0].id
        return values

    def _own_values(self, model):
        """The values of a record of the user's own, to make another one."""
        values = {
            name: self._value(field, self.own)
            for name, field in model._fields.items()
            if is_ours(field) and field.store and not field.compute
            if name not in models.MAGIC_COLUMNS
        }
        return {name: value for name, value in values.items() if value is not None}

    # --- the methods ------------------------------------------------------------------
    def _call_methods(self, name, place):
        """Call every public method on records of another place, and with their ids."""
        model = self._as_user(name)
        foreign = model.browse(place[name].ids if name in place else [])
        own = self._own(model)
        for method, parameters in public_methods(type(model)):
            arguments = {key: ARGUMENTS[key](place) for key in parameters}
            for records in (foreign, own) if parameters else (foreign,):
                self._try(
                    (name, method, "own" if records == own else "foreign"),
                    lambda r=records, m=method, a=arguments: getattr(r, m)(**a),
                    (name, method) not in CHANGES_OTHERS,
                )

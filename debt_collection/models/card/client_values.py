from odoo import Command, api, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.orm.identifiers import NewId

from .arguments import FARTHEST, LIFETIME, is_moment


class Base(models.AbstractModel):
    """Ids that a client sends prove nothing.

    Related and computed fields are worked out as superuser, and the name of a record
    is shown to whoever may read the one that points at it. So whoever could point a
    record of ours at any id would read any record. Here every id that comes in through
    a field of ours is one that the user may read, or one that stands there already;
    what only the server works out is never taken from a client; and no day or time is
    taken that only a slip of the keys can have meant.

    Server code that points a record at something its user may not read does so as
    superuser, and says why.
    """

    _inherit = "base"
    #: Stored fields that only methods write, as superuser.
    _server_only = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        screened = [self._debt_screen(vals) for vals in vals_list]
        if self._transient:
            for vals in screened:
                self.browse()._debt_check_subjects(vals)
        return super().create(screened)

    def write(self, vals):
        return super().write(self._debt_screen(vals))

    @api.model
    def default_get(self, fields):
        """A default in the context comes from the client as well."""
        defaults = super().default_get(fields)
        sent = {name for name in defaults if f"default_{name}" in self.env.context}
        own = {name: value for name, value in defaults.items() if name not in sent}
        return own | self._debt_screen({name: defaults[name] for name in sent})

    def onchange(self, values, field_names, fields_spec):
        """What follows from what is typed, but not from what only the server knows.

        Texts and figures that the server worked out before are shown to nobody else:
        they are left as the client sends them back.
        """
        screened = self._debt_screen(values)
        self._debt_check_subjects(screened)
        # What a dialog is about does not change: Odoo would work it out without.
        subjects = self._debt_subjects()
        changed = [one for one in field_names if one not in subjects]
        if field_names and not changed:
            # Without a name Odoo takes it for an opening, and forgets what was typed.
            return {"value": {}}
        if screened is not values:
            screened |= self._debt_derive(screened, values.keys() - screened.keys())
            screened |= {k: values[k] for k in values.keys() - screened.keys()}
        if self.id:
            screened = {k: v for k, v in screened.items() if k not in subjects}
        return super().onchange(screened, changed, fields_spec)

    def _debt_derive(self, values, names):
        """The records that derived fields point at, worked out from other values.

        :param dict values: screened values of the other fields
        :param names: what the client sent and is not taken from it
        :return: dict of ids or commands, for `onchange`
        """
        pointing = [name for name in names if self._fields[name].relational]
        if not pointing:
            return {}
        draft = self.new(values, origin=self)
        return {
            name: draft[name]._origin.id
            if self._fields[name].type == "many2one"
            else [Command.set(draft[name]._origin.ids)]
            for name in pointing
        }

    # --- whom a dialog is about -----------------------------------------------------
    def ensure_one(self):
        """:raises UserError: a button of a dialog of ours, without the dialog"""
        if self._transient and not self._ids and self._name.startswith("debt."):
            self._debt_refuse_about_nobody()
        return super().ensure_one()

    @api.model
    @tools.ormcache("self._name")
    def _debt_subjects(self):
        """Names of the fields that say whom a dialog of ours is about.

        It is opened from there, and nobody chooses another one.
        """
        if not (self._transient and self._name.startswith("debt.")):
            return ()
        return tuple(
            field.name
            for field in self._fields.values()
            if field.type == "many2one"
            and field.required
            and field.readonly
            and not field.compute
        )

    def _debt_check_subjects(self, values):
        """:raises UserError: a dialog of ours is about nobody"""
        names = self._debt_subjects()
        asked = [name for name in names if not (name in values or self.id)]
        known = (self.default_get(asked) if asked else {}) | values
        if any(not known.get(name, self.id) for name in names):
            self._debt_refuse_about_nobody()

    @api.model
    def _debt_refuse_about_nobody(self):
        """:raises UserError: always"""
        # Superuser: what the dialog is called.
        raise UserError(
            self.env._(
                "“%(dialog)s” does not know what it is about. Close it, and open it "
                "again from the record that it is for.",
                dialog=self.env["ir.model"].sudo()._get(self._name).name,
            )
        )

    # --- what is taken from a client ------------------------------------------------
    def _debt_screen(self, vals):
        """The values that may be taken from the calling user.

        :param dict vals: as for `write`
        :return: the same without those that only the server works out
        :raises AccessError: an id that the user may not read
        :raises UserError: a day or time that cannot be meant
        """
        if self.env.su:
            return vals
        pointing, derived, times = self._debt_screened()
        for name in times.intersection(vals):
            self._debt_check_time(self._fields[name], vals[name])
        if derived.isdisjoint(vals) and pointing.isdisjoint(vals):
            return vals
        vals = {name: value for name, value in vals.items() if name not in derived}
        for name in pointing.intersection(vals):
            vals[name] = self._debt_screen_ids(self._fields[name], vals[name])
        return vals

    @api.model
    @tools.ormcache("self._name")
    def _debt_screened(self):
        """Names of our fields: those that point at records, derived ones, and times."""
        ours = [
            field
            for field in self._fields.values()
            if any(name.startswith("debt_collection") for name in field._modules)
        ]
        derived = {field.name for field in ours if field.compute and field.readonly}
        derived |= self._server_only
        pointing = {field.name for field in ours if field.relational}
        times = {f.name for f in ours if f.type in ("date", "datetime")} - derived
        return frozenset(pointing - derived), frozenset(derived), frozenset(times)

    def _debt_farthest(self, field):
        """Hook: how far from now a day or time may be that a client sends.

        What a dialog only shows is the server's, and may be of any age.
        """
        return FARTHEST if self._transient and not field.readonly else LIFETIME

    def _debt_check_time(self, field, value):
        """:raises UserError: it is no day or time, or an absurd one"""
        farthest = self._debt_farthest(field)
        if value and not is_moment(value, farthest):
            raise UserError(
                self.env._(
                    "%(field)s: “%(value)s” is no day within %(years)s years of now. "
                    "Check what was typed.",
                    field=field._description_string(self.env),
                    value=str(value)[:60],
                    years=farthest.days // 366,
                )
            )

    def _debt_screen_ids(self, field, value):
        """The value of a field that points at records, once its ids are checked."""
        comodel = self.env[field.comodel_name]
        many = isinstance(value, (list, tuple)) and field.type != "many2one"
        parts = list(value) if many else [value]
        screened = [comodel._debt_screen_part(part) for part in parts]
        ids = set().union(*(_ids_in(part) for part in screened))
        comodel._debt_check_ids(ids - self._debt_known(field))
        return screened if many else screened[0]

    def _debt_known(self, field):
        """Ids to which the record points already: sent back, they tell nothing new."""
        if len(self) != 1 or not self.id:
            return frozenset()
        return frozenset(self.sudo()[field.name]._origin.ids)

    @api.model
    def _debt_screen_part(self, part):
        """A command, or values of a record, with the values in it screened."""
        match part:
            case (Command.CREATE, id_, {**vals}):
                return (Command.CREATE, id_, self._debt_screen(vals))
            case (Command.UPDATE, id_, {**vals}):
                return (Command.UPDATE, id_, self.browse(id_)._debt_screen(vals))
            case {**vals}:
                return self.browse(vals.get("id") or [])._debt_screen(vals)
        return part

    @api.model
    def _debt_check_ids(self, ids):
        """:raises AccessError: one of these is no id of a record the user may read"""
        ids = {getattr(id_, "origin", id_) for id_ in ids} - {None, False}
        if not all(type(id_) is int for id_ in ids):
            raise AccessError(self.env._("There is no such record."))
        # Nothing that points nowhere needs a right: Odoo copies empty fields, too.
        if ids:
            self.browse(sorted(ids)).check_access("read")


def _ids_in(part):
    """What a command, the values of a record or an id point at."""
    match part:
        case (Command.SET, _, [*ids]):
            return set(ids)
        case (Command.CREATE | Command.CLEAR, *_):
            return set()
        case (int(), id_, *_) | {"id": id_}:
            return {id_}
        case models.BaseModel():
            return set(part._origin.ids)
        case {} | None | False:
            return set()
        case int() | NewId():
            return {part}
    return {str(part)}

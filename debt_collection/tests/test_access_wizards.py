from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from .access_common import ForeignRecords, is_ours, public_methods
from .test_access_types import refused_badly

#: No record ever gets that far.
MISSING = 2**31 - 2


def _in_words(call):
    """Call it; what the database refuses, Odoo tells a client in words."""
    try:
        return call()
    except IntegrityError as error:
        raise UserError(str(error)) from error


@tagged("post_install", "-at_install")
class TestAccessWizards(ForeignRecords):
    """A dialog that does not know whom it is about says so, in words.

    Every dialog of ours is opened, saved and pressed: about nobody, about a record that
    is gone, and about one of another company. One that is added is tried as well,
    without a line here.
    """

    def test_an_operator_is_answered_in_words(self):
        self._walk(self.operator)

    def test_a_manager_is_answered_in_words(self):
        self._walk(self.manager)

    def _walk(self, user):
        self.faults, self.tried = set(), 0
        for name in sorted(self.env.registry):
            model = self.env.registry[name]
            if model._transient and not model._abstract and name.startswith("debt."):
                self._open_about_all(self.env[name].with_user(user))
                self._press_all(self.env[name].with_user(user))
        self.assertGreater(self.tried, 500)
        self.assertFalse(self.faults, "\n".join(sorted(self.faults)))

    def _try(self, what, call):
        self.tried += 1
        self.faults |= refused_badly(self.env, f"{what}: ", lambda: _in_words(call), {})

    def _open_about_all(self, wizard):
        """Everything that opens or saves it, with all that it may be about."""
        spec = self._spec(wizard)
        self._open(f"{wizard._name} about nothing", wizard, {}, spec)
        for name, field in wizard._fields.items():
            asked = field.type == "many2one" and not field.related
            if asked and is_ours(field) and name not in MAGIC_COLUMNS:
                for id_ in self._ids(field.comodel_name):
                    self._open(
                        f"{wizard._name} {name}={id_}", wizard, {name: id_}, spec
                    )
        for name in ("debt.case", "res.partner", "account.move", "debt.call"):
            for id_ in self._ids(name):
                ids = {"active_id": id_, "active_ids": [id_] if id_ else []}
                about = wizard.with_context(active_model=name, **ids)
                what = f"{wizard._name} on {name} {id_}"
                self._try(what, lambda w=about: w.onchange({}, [], spec))

    def _ids(self, name):
        place = self.foreign[1]
        return [False, MISSING, *(place[name][:1].ids if name in place else ())]

    def _open(self, what, wizard, values, spec):
        names = list(values)
        doors = {
            "new": lambda: wizard.onchange(dict(values), [], spec),
            "changed": lambda: wizard.onchange(dict(values), names, spec),
            "saved": lambda: wizard.web_save(dict(values), spec),
        }
        for door, call in doors.items():
            self._try(f"{what}, {door}", call)

    def _press_all(self, wizard):
        """Its buttons, where it is not there at all."""
        spec = self._spec(wizard)
        for records in (wizard, wizard.browse(MISSING)):
            what = f"{wizard._name} {records.ids}"
            self._try(f"{what} read", lambda r=records: r.web_read(spec))
            self._try(f"{what} changed", lambda r=records: r.onchange({}, [], spec))
            for method, parameters in public_methods(type(wizard)):
                if not parameters:
                    self._try(f"{what} {method}", getattr(records, method))

    def _spec(self, wizard):
        """All that it shows, and its lines with all that they show."""
        spec = {}
        for name, field in wizard._fields.items():
            if wizard._has_field_access(field, "read"):
                spec[name] = {}
                if field.type == "one2many":
                    spec[name] = {"fields": self._spec_of_lines(wizard, field)}
        return spec

    def _spec_of_lines(self, wizard, field):
        lines = wizard.env[field.comodel_name]
        if not lines.has_access("read"):
            return {}
        return {
            name: {}
            for name, one in lines._fields.items()
            if one.type != "one2many" and lines._has_field_access(one, "read")
        }

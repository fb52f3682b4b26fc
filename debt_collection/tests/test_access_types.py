import inspect

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.debt_collection.models.call.debt_call_finish import FINISH_VALUES

from .access_common import ForeignRecords, public_methods
from .common import DebtCommon
from .test_access_ids import ARGUMENTS

HUGE = 10**19
#: What no method expects and any client can send: JSON knows no more kinds than these.
NONSENSE = (
    None,
    False,
    True,
    0,
    -1,
    HUGE,
    1.5,
    float("nan"),
    float("inf"),
    1e308,
    "",
    "no such thing",
    "nul\0l",
    "x" * 100_000,
    "0001-01-01",
    "0001-01-01 00:00:00",
    "9999-12-31 23:59:59",
    "2026-13-45",
    [],
    [None],
    [-1],
    [HUGE],
    ["x", 1.5],
    [[1, 2], [3]],
    [[[]]],
    {},
    {"id": -1},
    {"nothing": ["of", {"the": "kind"}]},
)
#: Methods of Odoo's that we add to, and that fail by themselves before we have a say.
OF_ODOO = {"get_activity_data", "get_bindings"}
#: What a promise or a dispute needs beside what is tried.
ENOUGH = {
    "callback": {"callback_at": "2026-03-11 10:00:00"},
    "promise": {"promise_amount": 10, "promise_date": "2026-03-12"},
    "disputed": {"dispute_reason": "Wrong", "party": "right_party"},
    "other": {"note": "Well"},
}


class Undone(Exception):
    """What was tried is rolled back."""


def refused_badly(env, what, call, arguments):
    """Call as a client would, and undo it; what is no sentence, as a set of texts."""
    try:
        with mute_logger("odoo.sql_db"), env.cr.savepoint():
            call(**arguments)
            env.flush_all()
            raise Undone
    except (Undone, UserError):
        found = set()
    except Exception as error:
        found = {f"{what}{error!r}"[:300]}
    env.invalidate_all(flush=False)
    return found


class NonsenseCommon(ForeignRecords):
    """Whatever a client sends, it is answered with a sentence, never a traceback."""

    #: The addons whose methods are tried, as a pattern, and how often at least.
    addons, least = "debt_collection", 300

    def _check_all_methods(self):
        self.faults, self.tried = set(), 0
        for name in sorted(self.env.registry):
            methods = public_methods(self.env.registry[name], self.addons)
            for method, parameters in methods:
                for parameter in () if method in OF_ODOO else parameters:
                    self._send_all(name, method, parameter)
        self.assertGreaterEqual(self.tried, self.least)
        self.assertFalse(self.faults, "\n".join(sorted(self.faults)))

    def _send_all(self, name, method, parameter):
        found = inspect.signature(getattr(self.env.registry[name], method)).parameters
        needed = {key: ARGUMENTS[key](self.own) for key in found if key in ARGUMENTS}
        for user in (self.operator, self.manager):
            own = self.own.get(name) or self.env[name]
            model = self.env[name].with_user(user).browse(own.ids)
            # Rows made by SQL are no whole records: what fails of them with values
            # that make sense is not the values' fault.
            sound = refused_badly(self.env, "", getattr(model, method), needed)
            for value in NONSENSE:
                self.tried += 1
                sent = needed | {parameter: value}
                found = refused_badly(self.env, "", getattr(model, method), sent)
                what = f"{name}.{method}({parameter}={value!r:.40})"
                self.faults |= {what + error for error in found - sound}


@tagged("post_install", "-at_install")
class TestAccessTypes(NonsenseCommon):
    """The core's methods; those of the other addons are tried by their own tests."""

    def test_every_method_answers_nonsense_in_words(self):
        self._check_all_methods()


@tagged("post_install", "-at_install")
class TestOutcomeTypes(DebtCommon):
    """The same of all that an operator can say about a call of his own."""

    def test_every_value_of_an_outcome_is_checked(self):
        self._invoice(1000, 10)
        call = self._call(self._case()).with_user(self.operator)
        faults, tried = set(), 0
        for name in (*FINISH_VALUES, "unheard_of"):
            # The outcome whose effect reads the value.
            codes = (code for code in ENOUGH if code[:7] == name.partition("_")[0][:7])
            code = "disputed" if name.startswith("dispute") else next(codes, "other")
            enough = ENOUGH[code]
            for value in NONSENSE:
                values = enough | {name: value}
                what = f"{code}: {name}={value!r:.40}"
                sent = values | {"outcome": code}
                for do in (call.finish, call.preview):
                    faults |= refused_badly(self.env, f"{what}: ", do, sent)
                    tried += 1
        self.assertGreater(tried, 700)
        self.assertFalse(faults, "\n".join(sorted(faults)))

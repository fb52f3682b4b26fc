"""A pytest plugin: `odoo.addons.<ours>.tools` can be imported, and nothing else.

The packages are hollow: their `__init__`, which would import all of Odoo, is not
run. A test of a pure module that needs more fails, which is the point.
"""

import os
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent


def _hollow(path, *names):
    """One package with a path and no content, under several names."""
    module = ModuleType(names[0])
    module.__path__ = [str(path)] if path else []
    for name in names:
        sys.modules[name] = module
    return module


_hollow(None, "odoo").addons = _hollow(None, "odoo.addons")
for _name in os.environ["DEV_ADDONS"].split(","):
    _addon = _hollow(ROOT / _name, f"odoo.addons.{_name}", _name)
    setattr(sys.modules["odoo.addons"], _name, _addon)
    _addon.tests = _hollow(
        ROOT / _name / "tests", f"odoo.addons.{_name}.tests", f"{_name}.tests"
    )

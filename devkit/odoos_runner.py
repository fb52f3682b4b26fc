"""Odoo's command line, whose tests run when all addons are loaded.

Some of Odoo's are meant for the moment at which their own addon is installed. Where
addons that come later are there already, they would find columns that must be filled
by fields which are not loaded yet, and fail before they begin.
"""

from odoo.cli.command import main
from odoo.tests import loader

_make_suite = loader.make_suite


def make_suite(modules, position="at_install"):
    """Nothing while addons are loaded; afterwards the tests of both kinds."""
    if position == "at_install":
        return _make_suite([], position)
    suite = _make_suite(modules, position)
    suite.addTests(_make_suite(modules, "at_install"))
    return suite


if __name__ == "__main__":
    loader.make_suite = make_suite
    main()

"""What happens once, when the addon is uninstalled."""

from odoo.addons.debt_collection.hooks import leave_nothing


def uninstall_hook(env):
    """Take along what Odoo would leave: without its meeting, an event says nothing."""
    env["debt.meeting"].search([]).event_id.unlink()
    leave_nothing(env, "debt_collection_calendar")

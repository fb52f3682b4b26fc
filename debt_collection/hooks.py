"""What happens once, when the addon is installed."""


def post_init_hook(env):
    """Open cases for what is already overdue, and list the debtors' numbers.

    A company that installs the addon has invoices already: nobody should have
    to wait for tonight's scheduled action to see them.
    """
    companies = env["res.company"].search([])
    companies._debt_set_default_policy()
    env["debt.case"]._cron_refresh()

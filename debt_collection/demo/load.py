"""Makes the demo data, relative to today and otherwise always the same.

Whatever the ledger knows is made through accounting itself, and what follows from
it (cases, stages, promises kept and broken, next contacts) by the addon, as if it
had been used for a month.
"""

import logging

from .calls import make_calls
from .cases import close_by_hand, end_stories, open_cases
from .companies import create_debtors, prepare_companies
from .endings import end_debts
from .fees import charge_fees
from .ledger import enter_after_calls, enter_before_calls, enter_invoices
from .reviews import make_reviews

_logger = logging.getLogger(__name__)


def load(env):
    """Make everything, once."""
    if env.ref("debt_collection.demo_debtor_vlierhout", False):
        return
    context = {"tracking_disable": True, "mail_create_nosubscribe": True}
    env = env(context=dict(env.context, **context))
    companies = prepare_companies(env)
    debtors = create_debtors(env)
    enter_invoices(env, debtors)
    enter_before_calls(env, debtors)
    open_cases(env, companies, debtors)
    late = [debtor for debtor in debtors if debtor.case]
    make_calls(env, late)
    close_by_hand(env, late)
    enter_after_calls(env, debtors)
    end_stories(env, late)
    charge_fees(env)
    end_debts(env, late)
    make_reviews(env)
    env["debt.collection.report"]._renew(env["res.company"].search([]))
    env["debt.figures"]._cron_record()
    _logger.info("Demo of debt collection: %s debtors", len(debtors))

from contextlib import contextmanager

from odoo.api import Environment
from odoo.tools.misc import Callbacks

#: What a transaction keeps in Python: with a savepoint alone, it would not be undone.
KEPT = (
    "transaction",
    "cache",
    "precommit",
    "postcommit",
    "prerollback",
    "postrollback",
)


@contextmanager
def rehearsal(env):
    """An environment in which things are done for good, and undone at the end.

    It has a cache of its own: a form that is not saved lives in the other one, and
    would be lost with it. Nothing leaves the database: what waits for the commit is
    forgotten. Sequences have gone on afterwards.

    :param env: whose user, context and rights are taken
    """
    cr = env.cr
    # What is on its way belongs to what is rehearsed.
    cr.flush()
    kept = {name: getattr(cr, name) for name in KEPT}
    savepoint = cr.savepoint(flush=False)
    try:
        cr.transaction, cr.cache = None, {}
        for name in KEPT[2:]:
            setattr(cr, name, Callbacks())
        yield Environment(cr, env.uid, dict(env.context, debt_rehearsal=True), env.su)
    finally:
        for name, value in kept.items():
            setattr(cr, name, value)
        savepoint.close(rollback=True)

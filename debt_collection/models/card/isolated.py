import logging
from contextlib import contextmanager

from psycopg2 import OperationalError

from odoo.exceptions import ConcurrencyError

_logger = logging.getLogger(__name__)


@contextmanager
def isolated(record):
    """What fails for one record is undone and logged; the others go on.

    For work on many records that is done again and again, which one of them must not
    bring to a stop. Contention is left to the framework, which tries it all again.
    """
    try:
        with record.env.cr.savepoint():
            yield
    except (OperationalError, ConcurrencyError):
        raise
    except Exception:
        _logger.exception("%s is left as it is", record)


def halve_on_failure(records, work, give_up):
    """Work on many records at once; what fails is halved until one stands alone.

    :param work: a function of the records
    :param give_up: a function of the one record that fails and its error
    """
    try:
        with records.env.cr.savepoint():
            work(records)
    except OperationalError:
        # The database is busy: nothing is wrong with the records.
        raise
    except Exception as error:
        if len(records) == 1:
            give_up(records, error)
            return
        half = len(records) // 2
        halve_on_failure(records[:half], work, give_up)
        halve_on_failure(records[half:], work, give_up)

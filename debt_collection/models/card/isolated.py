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

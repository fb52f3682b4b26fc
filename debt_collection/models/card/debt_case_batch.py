import logging
from datetime import timedelta

from psycopg2 import OperationalError
from psycopg2.errors import LockNotAvailable, SerializationFailure, UniqueViolation

from odoo import fields, models
from odoo.tools import mute_logger

_logger = logging.getLogger(__name__)


class DebtCase(models.Model):
    """Work on many cases at once: one failing case does not block the rest."""

    _inherit = "debt.case"

    def _work_isolated(self, work):
        """Do something with many cases at once, or else with those it can be done with.

        What fails is halved until the one that fails stands alone: that one is left
        for a day.

        :param work: a function of ``debt.case``
        """
        try:
            with self.env.cr.savepoint():
                work(self)
        except OperationalError:
            # The database is busy: nothing is wrong with the cases.
            raise
        except Exception as error:
            if len(self) == 1:
                self._postpone_failed(error)
                return
            half = len(self) // 2
            self[:half]._work_isolated(work)
            self[half:]._work_isolated(work)

    def _postpone_failed(self, error):
        """Try again tomorrow, and tell people why nothing is planned until then."""
        _logger.exception("Case %s could not be planned", self.id)
        self._message_log(
            body=self.env._(
                "The next contact could not be planned. It is tried again tomorrow. "
                "Tell the administrator: %(error)s",
                error=error,
            )
        )
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.write(
            {
                # A span of no length: nobody is given the case before it is planned.
                "next_contact_at": tomorrow,
                "contact_until": tomorrow,
                "next_contact_code": "failed",
                "next_contact_block": False,
                "next_message_at": False,
                "plan_dirty": False,
            }
        )

    def _unless_contended(self, work):
        """Do work that others may be doing too; when they are, leave it to them.

        :return: what ``work`` returns, None when it was left
        """
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return work()
        except (SerializationFailure, LockNotAvailable, UniqueViolation):
            self.env.invalidate_all(flush=False)
            return None

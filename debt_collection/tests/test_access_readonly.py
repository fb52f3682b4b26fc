from psycopg2.errors import ReadOnlySqlTransaction

from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_common import ForeignRecords

#: They write what is new before they are read, and say so.
ON_PRIMARY = {"debt.call.report", "debt.collection.report"}


@tagged("post_install", "-at_install")
class TestAccessReadonly(ForeignRecords):
    """Odoo asks a replica where a method only reads: nothing of ours writes there."""

    def _writes(self, call):
        """Whether something writes to the database, by the database's own word."""
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.env.cr.savepoint() as savepoint:
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            try:
                call()
            except ReadOnlySqlTransaction:
                return True
            finally:
                savepoint.rollback()
                self.env.invalidate_all(flush=False)
        return False

    def test_reading_writes_nothing(self):
        writing, tried = set(), 0
        for name, model in sorted(self.env.registry.items()):
            if not name.startswith("debt.") or model._abstract or not model._table:
                continue
            records = self.env[name].with_user(self.manager)
            if not records.has_access("read") or name in ON_PRIMARY:
                continue
            spec = {field: {} for field in records.fields_get(attributes=[])}
            for read in (
                lambda r=records, s=spec: r.web_search_read([], s, limit=2),
                lambda r=records: r.formatted_read_group([], [], ["__count"]),
            ):
                tried += 1
                if self._writes(read):
                    writing.add(name)
        self.assertGreater(tried, 60)
        self.assertFalse(writing)

    def test_what_catches_up_first_is_asked_on_the_primary(self):
        for name in sorted(ON_PRIMARY):
            model = self.env.registry[name]
            marked = {
                method
                for method in dir(model)
                if getattr(getattr(model, method, None), "_readonly", False)
            }
            # What is left does not search.
            self.assertLessEqual(
                marked, {"get_views", "get_formview_id"} | NOT_SEARCHING
            )


#: Methods of Odoo that only read, and no record of a report.
NOT_SEARCHING = {
    "get_formview_action",
    "has_group",
    "has_groups",
    "message_get_followers",
}

from psycopg2.errors import SerializationFailure

from odoo.tools import SQL, mute_logger

#: A scheduled action that comes to nothing so often leaves the rest to its next run.
LOCK_TRIES = 5


def lock_rows(records):
    """Lock rows, waiting for whoever has them.

    What the other changed meanwhile ends in a serialization failure, and the framework
    tries the whole request again with fresh eyes. (``lock_for_update`` does not wait.)
    """
    if records:
        records.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                SQL.identifier(records._table),
                records.ids,
            )
        )


def claim_rows(records):
    """Lock rows by writing them, for what is to be done once.

    Who comes second waits for the first and is tried again with fresh eyes, even where
    the first one changed nothing in these rows.
    """
    if records:
        records.env.cr.execute(
            SQL(
                "UPDATE %s SET id = id WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                records.ids,
            )
        )


def lock_found(search):
    """Lock what ``search`` finds, leaving out what others have locked.

    Rows that somebody changed since this transaction began cannot be locked by it. A
    request would be tried again by the framework; a scheduled action would count as
    failed, so it commits what it has done and looks again.

    :param search: a function without arguments that returns records
    :return: the records that were locked
    """
    for _try in range(LOCK_TRIES):
        found = search()
        try:
            with mute_logger("odoo.sql_db"), found.env.cr.savepoint(flush=False):
                return found.try_lock_for_update()
        except SerializationFailure:
            if not found.env.context.get("ir_cron_progress_id"):
                raise
            if not found.env["ir.cron"]._commit_progress():
                break
    return found.browse()

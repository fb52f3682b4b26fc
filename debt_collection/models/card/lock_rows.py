from odoo.tools import SQL


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

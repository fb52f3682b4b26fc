"""Copy a posted seed of invoices by SQL, shifting what refers to what.

Copy k of the row with id i gets the id ``last + (i - first) * copies + k + 1``, and so
does every reference to it. So all copies of the oldest move come first: like in a
ledger that grew, the invoices of one debtor lie far apart.
"""

from contextlib import contextmanager

from odoo.tools import SQL

ORDER = (
    "res.partner",
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
)
RELATIONS = (
    ("account_move_line_account_tax_rel", "account_move_line_id"),
    ("account_account_tag_account_move_line_rel", "account_move_line_id"),
)
#: Copies are up to four weeks older and up to sixty times larger than their original.
OLDER, LARGER = SQL("(k * 11 %% 29)"), SQL("(1 + k * 7 %% 60)")


class Copier:
    """Multiplies what lies above the ids in `before`, the highest before the seed."""

    def __init__(self, env, before, copies):
        self.env = env
        self.copies = copies
        self.first = {name: last + 1 for name, last in before.items()}
        self.last = {name: self._highest(name) for name in before}

    def run(self):
        """Insert the copies of every table, then of the relations between them."""
        with self._bare_tables():
            for name in ORDER:
                self._copy(name)
            for table, column in RELATIONS:
                self._copy_relation(table, column)

    def _highest(self, name):
        table = SQL.identifier(self.env[name]._table)
        return self.env.execute_query(SQL("SELECT max(id) FROM %s", table))[0][0]

    def _shifted(self, name, column):
        """The id of a copy; ids of rows outside the seed stay."""
        first, last = self.first[name], self.last[name]
        return SQL(
            "CASE WHEN %(id)s BETWEEN %(first)s AND %(last)s"
            " THEN %(last)s + (%(id)s - %(first)s) * %(copies)s + k + 1"
            " ELSE %(id)s END",
            id=column,
            first=first,
            last=last,
            copies=self.copies,
        )

    def _copy(self, name):
        """Insert all copies of one table, in the order of its originals."""
        model = self.env[name]
        columns = self._columns(model._table)
        special = self._special(name)
        values = [
            special.get(column) or self._value(model, column) for column in columns
        ]
        order = SQL("s.move_id, k, s.id") if "move_id" in columns else SQL("s.id, k")
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s s"
                " CROSS JOIN generate_series(0, %s) k %s"
                " WHERE s.id BETWEEN %s AND %s ORDER BY %s",
                SQL.identifier(model._table),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(values),
                SQL.identifier(model._table),
                self.copies - 1,
                self._joins(name),
                self.first[name],
                self.last[name],
                order,
            )
        )
        self._finish(model._table)

    def _columns(self, table):
        query = SQL(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER'"
            " AND table_schema = current_schema ORDER BY ordinal_position",
            table,
        )
        return [row[0] for row in self.env.execute_query(query)]

    def _value(self, model, column):
        """References and days shifted, money multiplied, the rest as it is."""
        field = model._fields.get(column)
        source = SQL("s.%s", SQL.identifier(column))
        if field is None:
            return source
        if column == "id" or field.comodel_name in self.first:
            return self._shifted(field.comodel_name or model._name, source)
        if field.type == "date":
            return SQL("%s - %s", source, OLDER)
        if field.type == "monetary" or column == "price_unit":
            return SQL("%s * %s", source, LARGER)
        return source

    def _joins(self, name):
        """Lines take their name from the copies of their moves."""
        if name != "account.move.line":
            return SQL()
        return SQL(
            "JOIN account_move o ON o.id = s.move_id JOIN account_move m ON m.id = %s",
            self._shifted("account.move", SQL("s.move_id")),
        )

    def _special(self, name):
        """Texts that must differ between the copies."""
        if name == "res.partner":
            return self._partner_texts()
        if name == "account.move":
            return self._move_texts()
        if name == "account.move.line":
            return {
                "move_name": SQL("m.name"),
                "name": SQL("replace(s.name, o.name, m.name)"),
                "matching_number": SQL(
                    "CASE WHEN s.matching_number IS NOT NULL THEN 'P' || %s END",
                    self._shifted(
                        "account.partial.reconcile",
                        SQL("substr(s.matching_number, 2)::int"),
                    ),
                ),
            }
        return {}

    @staticmethod
    def _partner_texts():
        texts = {}
        for column in ("name", "complete_name", "commercial_company_name"):
            texts[column] = SQL("replace(s.%s, '.', '.' || k)", SQL.identifier(column))
        for column in ("email", "email_normalized"):
            texts[column] = SQL(
                "replace(s.%s, '.@', '.' || k || '@')", SQL.identifier(column)
            )
        for column in ("phone", "phone_sanitized"):
            texts[column] = SQL(
                "left(s.%(phone)s, -4) || lpad(((k * 37 + 11) %% 10000)::text, 4, '0')",
                phone=SQL.identifier(column),
            )
        return texts

    def _move_texts(self):
        """A number of its own for every move, under the prefix of its year."""
        number = SQL(
            "(100000 + (s.id - %s) * %s + k)", self.first["account.move"], self.copies
        )
        year = SQL("to_char(s.date - %s, 'YYYY')", OLDER)
        prefix = SQL("regexp_replace(s.sequence_prefix, '[0-9]{4}', %s)", year)
        name = SQL("%s || %s", prefix, number)
        return {
            "sequence_number": number,
            "sequence_prefix": prefix,
            "name": name,
            "payment_reference": SQL(
                "CASE WHEN s.payment_reference IS NOT NULL THEN %s END", name
            ),
            "invoice_partner_display_name": SQL(
                "replace(s.invoice_partner_display_name, '.', '.' || k)"
            ),
            "access_token": SQL("NULL::varchar"),
        }

    def _copy_relation(self, table, column):
        (other,) = set(self._columns(table)) - {column}
        source = SQL("s.%s", SQL.identifier(column))
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(column)s, %(other)s)"
                " SELECT %(shifted)s, s.%(other)s FROM %(table)s s"
                " CROSS JOIN generate_series(0, %(upto)s) k"
                " WHERE %(source)s BETWEEN %(first)s AND %(last)s",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                other=SQL.identifier(other),
                shifted=self._shifted("account.move.line", source),
                upto=self.copies - 1,
                source=source,
                first=self.first["account.move.line"],
                last=self.last["account.move.line"],
            )
        )

    def _finish(self, table):
        """New records continue after the copies; joins know how many there are."""
        self.env.cr.execute(
            SQL(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM %s",
                table,
                SQL.identifier(table),
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    @contextmanager
    def _bare_tables(self):
        """Without indexes and foreign-key triggers while rows pour in."""
        cr = self.env.cr
        tables = tuple(self.env[name]._table for name in ORDER)
        cr.execute(SQL("SET LOCAL session_replication_role = replica"))
        cr.execute(SQL("SET LOCAL maintenance_work_mem = '512MB'"))
        cr.execute(
            SQL(
                "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)"
                "  FROM pg_index"
                " WHERE indrelid::regclass::text IN %s AND NOT indisunique",
                tables,
            )
        )
        indexes = cr.fetchall()
        for index, _definition in indexes:
            cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
        yield
        for _index, definition in indexes:
            cr.execute(definition)

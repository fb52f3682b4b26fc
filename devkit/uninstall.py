"""Uninstalling: what is left in a database afterwards that was not there before.

A database without our addons is compared with a copy of it in which they were
installed and uninstalled again: its tables, and each row of each table.
"""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from . import database, postgres, verdict
from .base import LOGS, Problem, locked, read, say, step
from .venv import PYTHON

#: Everything that has a name in the database, apart from the rows of its tables.
SCHEMA = """
SELECT 'column', format('%s.%s %s', table_name, column_name, data_type)
    FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'relation', format('%s %s', relkind, relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S', 'i')
UNION ALL SELECT 'constraint', format('%s %s', conrelid::regclass, conname)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'function', proname FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal
"""
TABLES = """
SELECT table_name, bool_or(column_name = 'id')::text FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
    GROUP BY table_name ORDER BY table_name
"""
#: Columns that say when somebody came by, and nothing else; and a model's description
#: for developers, which Odoo takes from the class that extends it last and renews with
#: each update of its addon.
PASSING = "'{write_date,write_uid,create_date,create_uid,info}'::text[]"
#: Odoo completes its own Russian whenever an addon is installed.
RUSSIAN = r"""', "ru_RU": "([^"\\]|\\.)*"'"""
CHUNK = 150
SHOWN = 25

#: Tables whose rows may differ, and why.
KNOWN = {
    "bus_bus": "messages to open browsers; Odoo clears them",
    "ir_attachment": "the web client's bundles are compiled anew; see LEFT",
    "ir_cron": "when each job ran last; see LEFT",
    "ir_cron_trigger": "Odoo's own cleaning is asked for at each installation",
    "ir_cron_progress": "what Odoo's jobs did meanwhile",
    "ir_logging": "the log",
    "ir_module_module": "versions and states; see LEFT",
    "ir_module_module_dependency": "Odoo reads the manifests anew",
    "base_language_install": "a dialog that installed the languages; Odoo clears it",
    "base_partner_merge_automatic_wizard": "a dialog; Odoo clears it",
}
#: Rows by which others differ, and why: what they are, as they are shown.
KNOWN_ROWS = {
    r"ir_model_data: left .*\"module_debt_": "Odoo lists whatever addons it finds",
    r"res_lang_install_rel: ": "the languages that the demo was installed with",
    r"res_groups_implied_rel: left .*\(1,": "several companies, several currencies",
    r"orm_signaling_": "Odoo counts how often it loaded the addons and its caches",
    r"ir_model_data: left .*\"account\", \"res_id\"": "the chart of the demo's company",
}
#: Where the demo data wrote through accounting: entries are posted, and stay with
#: those whom they name, as they would after a year of work.
KEPT_OF_THE_DEMO = re.compile(
    r"account_|res_company|res_partner|res_users|res_groups_users_rel|res_currency"
    r"|res_bank|mail_message|mail_followers|mail_notification|mail_tracking_value"
    r"|mail_alias|mail_mail|bus_presence|product_|uom_|ir_sequence|ir_property"
    r"|ir_default|resource_|analytic|discuss_|sms_|mail_presence|hr_|calendar_"
    r"|message_attachment_rel|digest_digest_res_users_rel|auth_totp|base_document_layout"
    r"|payment_provider|payment_method_payment_provider_rel"
)
#: What must not be there, whatever else differs.
LEFT = {
    "external ids": "SELECT module || '.' || name FROM ir_model_data"
    " WHERE module LIKE 'debt\\_collection%' OR model LIKE 'debt.%'",
    "parameters": "SELECT key FROM ir_config_parameter WHERE key LIKE '%debt%'",
    "attachments": "SELECT name FROM ir_attachment"
    " WHERE res_model LIKE 'debt.%' OR url LIKE '%debt\\_collection%'",
    "jobs": "SELECT cron_name FROM ir_cron WHERE cron_name ILIKE '%debt%'",
    "filters": "SELECT name::text FROM ir_filters WHERE model_id LIKE 'debt.%'",
    "activities": "SELECT res_model FROM mail_activity WHERE res_model LIKE 'debt.%'",
    "messages": "SELECT id::text FROM mail_message WHERE model LIKE 'debt.%'",
    "modules": "SELECT name FROM ir_module_module"
    " WHERE name LIKE 'debt\\_collection%' AND state != 'uninstalled'",
    "views": "SELECT name FROM ir_ui_view WHERE arch_db::text LIKE '%debt\\_%'",
}


def run(totals):
    """Uninstall everything, without and with demo data; count what is left."""
    with locked("databases"):
        sources = {kind: database.template(kind) for kind in ("glue", "demo")}
        bases = {kind: database.below(kind) for kind in sources}
    say("\nUninstalling")
    with ThreadPoolExecutor(2) as pool:
        found = [
            pool.submit(_compare, kind, bases[kind], sources[kind]) for kind in sources
        ]
    for future in found:
        count(future.result(), totals)


def count(lines, totals):
    """Show what was found, and count it as one test."""
    totals["failed" if lines else "passed"] += 1
    for line in lines[:SHOWN]:
        say(f"  {line}")
    if len(lines) > SHOWN:
        say(f"  … and {len(lines) - SHOWN} more")


def _compare(kind, base, source):
    """What is in a copy of `source` without our addons that is not in `base`."""
    with database.scratch(kind, "uninstall", source) as (name, _log):
        return compare(kind, base, name)


def compare(kind, base, name):
    """Uninstall what `name` has and `base` has not; what differs afterwards, in words.

    :param str kind: of the database, see `database.installable`
    """
    before = _installed_since(base, name)
    with step(f"Uninstalling {', '.join(before)} ({kind})"):
        log = _uninstall(name, before)
    with step(f"Comparing {base} with what is left ({kind})"):
        found = [f"{kind}: in the log: {line}" for line in complaints(log)]
        found += [f"{kind}: {line}" for line in _schema(base, name)]
        found += [f"{kind}: {line}" for line in _left(name)]
        found += [f"{kind}: {line}" for line in _rows(kind, base, name)]
    return found


def _installed_since(base, source):
    return sorted(set(database.installed(source)) - set(database.installed(base)))


def _uninstall(name, modules):
    """Odoo's own command; its log."""
    log = LOGS / f"{name}.log"
    command = [PYTHON, "-m", "odoo", "module", "uninstall", "-c", database.CONFIG]
    with open(log, "w") as output:
        code = subprocess.run(
            [*command, "-d", name, *modules],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        ).returncode
    if code:
        raise Problem(f"Odoo could not uninstall; the whole log: {log}")
    return log


def complaints(log):
    """Warnings about us in a log, and all errors, those of PostgreSQL too."""
    return verdict.in_log(read(log), database.addons()) + re.findall(
        r"^.* (?:ERROR|CRITICAL) .*$", read(log), re.MULTILINE
    )


def _schema(base, name):
    before, after = (
        {tuple(row) for row in postgres.psql(SCHEMA, one)} for one in (base, name)
    )
    lines = [f"left behind: {' '.join(row)}" for row in sorted(after - before)]
    return lines + [f"gone: {' '.join(row)}" for row in sorted(before - after)]


def _left(name):
    return [
        f"{what} left behind: {row[0]}"
        for what, query in LEFT.items()
        for row in postgres.psql(query, name)
    ]


def _rows(kind, base, name):
    """The rows that one has and the other has not, or has otherwise."""
    before, after = _digests(base), _digests(name)
    lines = []
    for key in sorted(before.keys() | after.keys()):
        table, row = key
        if before.get(key) == after.get(key) or table in KNOWN:
            continue
        if kind == "demo" and KEPT_OF_THE_DEMO.match(table):
            continue
        what = "left behind" if key not in before else "gone"
        if key in before and key in after:
            what = f"changed in {_changed(base, name, table, row)}"
        line = f"{table}: {what}: {_row(base, name, table, row)[:200]}"
        if not any(re.match(known, line) for known in KNOWN_ROWS):
            lines.append(line)
    return lines


def _digests(name):
    """A digest of each row of each table, by table and id."""
    tables = postgres.psql(TABLES, name)
    found = {}
    for start in range(0, len(tables), CHUNK):
        parts = [
            f"SELECT '{table}', {'id::text' if has_id == 'true' else 't::text'},"
            f" md5(regexp_replace((to_jsonb(t) - {PASSING})::text, {RUSSIAN}, '', 'g'))"
            f' FROM "{table}" t'
            for table, has_id in tables[start : start + CHUNK]
        ]
        for table, row, digest in postgres.psql(" UNION ALL ".join(parts), name):
            found[table, row] = digest
    return found


def _row(base, name, table, row):
    """A row for people: as it is left, or as it was."""
    if not row.isdigit():
        return row
    query = f'SELECT to_jsonb(t) - {PASSING} FROM "{table}" t WHERE id = {row}'
    found = postgres.psql(query, name) or postgres.psql(query, base)
    return "\t".join(found[0])


def _changed(base, name, table, row):
    """The columns of a row that differ."""
    query = (
        f'SELECT each.key, each.value FROM "{table}" t,'
        f" jsonb_each(to_jsonb(t) - {PASSING}) each WHERE t.id = {row}"
    )
    before, after = (
        {line[0]: line[1:] for line in postgres.psql(query, one)}
        for one in (base, name)
    )
    keys = before.keys() | after.keys()
    return ", ".join(sorted(key for key in keys if before.get(key) != after.get(key)))

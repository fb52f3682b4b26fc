"""What happens once, when the addon is installed, and when it is uninstalled."""

from odoo.tools import SQL

#: What people made for a model Odoo keeps, by the name of the model alone.
NAMED_BY_MODEL = {
    "ir.filters": "model_id",
    "ir.exports": "resource",
    "ir.embedded.actions": "parent_res_model",
    "mail.activity.plan": "res_model",
    "mail.scheduled.message": "model",
    "mail.message.subtype": "res_model",
    "ir.attachment": "res_model",
}
#: What Odoo notes about a model, beginning with the name of its table.
NOTED = ("selection", "model_inherit")
#: The one language of our laws that Odoo does not bring along.
KAZAKH = {
    "name": "Kazakh / Қазақша",
    "code": "kk_KZ",
    "iso_code": "kk",
    "url_code": "kk",
    "date_format": "%d.%m.%Y",
    "grouping": "[3,0]",
    "decimal_point": ",",
    "thousands_sep": "\N{NO-BREAK SPACE}",
    "week_start": "1",
    "active": False,
}


def post_init_hook(env):
    """Open cases for what is already overdue, and list the debtors' numbers.

    A company that installs the addon has invoices already: nobody should have
    to wait for tonight's scheduled action to see them.
    """
    companies = env["res.company"].search([])
    companies._debt_set_default_policy()
    _bring_kazakh(env)
    env["debt.case"]._cron_refresh()


def uninstall_hook(env):
    """Take along what Odoo would leave, and let go of what is not ours to delete."""
    leave_nothing(env, "debt_collection")
    domain = [("key", "=like", "debt\\_collection.%")]
    env["ir.config_parameter"].search(domain).unlink()
    _keep_kazakh_in_use(env)
    _leave_the_demo(env)


def _bring_kazakh(env):
    """Debtors can be written to in Kazakh where somebody activates it."""
    languages = env["res.lang"].with_context(active_test=False)
    if languages.search_count([("code", "=", KAZAKH["code"])]):
        return
    env["ir.model.data"].create(
        {
            "module": "debt_collection",
            "name": "lang_kk",
            "model": "res.lang",
            "res_id": languages.create(KAZAKH).id,
            "noupdate": True,
        }
    )


def _keep_kazakh_in_use(env):
    """An active language cannot be deleted, and contacts may speak it."""
    language = env.ref("debt_collection.lang_kk", raise_if_not_found=False)
    if language and language.active:
        domain = [("module", "=", "debt_collection"), ("name", "=", "lang_kk")]
        env["ir.model.data"].search(domain).unlink()


def leave_nothing(env, addon):
    """Delete, for the models of an addon that goes, what Odoo forgets to delete."""
    data = env["ir.model.data"]
    models = [name for name in env if env[name]._original_module == addon]
    _delete_named(env, models)
    _let_go(env, [env[name]._table for name in models])
    # Their tables are dropped whole: deleted one by one, what evidence refers to
    # cannot go before the evidence, and each attempt is an error in the log.
    data.search([("model", "in", models)]).unlink()
    notes = (f"{kind}__{model.replace('.', '_')}" for kind in NOTED for model in models)
    for note in notes:
        found = data.search([("name", "=like", note.replace("_", r"\_") + r"\_\_%")])
        found.filtered(lambda one: one.module != addon).unlink()
    _forget_foreign_keys(env, addon)


def _delete_named(env, models):
    """Filters, lists of columns, plans of activities … that people made."""
    for model, name in NAMED_BY_MODEL.items():
        records = env[model].with_context(active_test=False)
        records.search([(name, "in", models)]).unlink()


def _let_go(env, tables):
    """Rows that go with their tables keep back nothing of what they refer to."""
    env.cr.execute(
        SQL(
            """SELECT conrelid::regclass::text, conname FROM pg_constraint
            WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)""",
            tables,
        )
    )
    for table, name in env.cr.fetchall():
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table),
                SQL.identifier(name),
            )
        )


def _forget_foreign_keys(env, addon):
    """They go with their columns; Odoo's list of them would stay."""
    env.cr.execute(
        SQL(
            """DELETE FROM ir_model_constraint WHERE type = 'f'
            AND module IN (SELECT id FROM ir_module_module WHERE name = %s)""",
            addon,
        )
    )


def _leave_the_demo(env):
    """The demo's companies, debtors and operators stay with their posted entries.

    Odoo would try to delete them one by one and log an error for each. Nobody can log
    in as them any more: their passwords are known to everybody.
    """
    data = env["ir.model.data"].search(
        [("module", "=like", "debt\\_collection%"), ("name", "=like", "demo\\_%")]
    )
    users = env["res.users"].browse(
        data.filtered(lambda one: one.model == "res.users").mapped("res_id")
    )
    users.exists().action_archive()
    data.unlink()

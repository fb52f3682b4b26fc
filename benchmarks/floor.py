"""The floor: what PostgreSQL itself needs, without Odoo, for the same numbers.

One aggregate statement over the ledger, and an upsert of one row per debtor into a
plain table without foreign keys. Twice: ``simple`` only sums open items and is the
least anybody could do; ``rules`` also asks, by plain joins, what rule 1 asks of every
item (its entry, the debtor, disputes).
"""

from odoo.tools import SQL

TABLE = """
    CREATE TABLE {table} (
        id serial PRIMARY KEY, company_id int NOT NULL, partner_id int NOT NULL,
        state varchar NOT NULL DEFAULT 'open', overdue numeric, disputed numeric,
        oldest date, stage int, user_id int, create_uid int, write_uid int,
        create_date timestamp DEFAULT now(), write_date timestamp DEFAULT now()
    );
    CREATE UNIQUE INDEX ON {table} (company_id, partner_id)
        WHERE state = 'open';
    CREATE INDEX ON {table} (partner_id);
    CREATE INDEX ON {table} (stage, oldest);
    CREATE INDEX ON {table} (user_id);
"""
SIMPLE = """
    SELECT company_id, partner_id, 0 AS disputed,
           sum(amount_residual) FILTER (
               WHERE amount_residual < 0 OR date_maturity < %(today)s) AS overdue,
           min(date_maturity) FILTER (
               WHERE amount_residual > 0 AND date_maturity < %(today)s) AS oldest
      FROM account_move_line
     WHERE reconciled IS NOT TRUE AND parent_state = 'posted' AND amount_residual <> 0
       AND account_id = ANY(%(accounts)s)
     GROUP BY company_id, partner_id
"""
RULES = """
    SELECT line.company_id, partner.commercial_partner_id AS partner_id,
           sum(amount_residual) FILTER (
               WHERE contested.move_id IS NULL AND (
                     line.amount_residual < 0 OR line.date_maturity < %(today)s)
           ) AS overdue,
           coalesce(sum(line.amount_residual) FILTER (
               WHERE contested.move_id IS NOT NULL AND line.amount_residual > 0
                     AND line.date_maturity < %(today)s), 0) AS disputed,
           min(line.date_maturity) FILTER (
               WHERE line.amount_residual > 0 AND line.date_maturity < %(today)s
           ) AS oldest
      FROM account_move_line line
      JOIN account_move_open move ON move.id = line.move_id
      JOIN res_partner partner ON partner.id = line.partner_id
      LEFT JOIN (
           SELECT DISTINCT rel.move_id
             FROM debt_dispute_account_move_rel rel
             JOIN debt_dispute dispute ON dispute.id = rel.dispute_id
            WHERE dispute.state = 'open' AND dispute.deadline >= %(today)s
           ) contested ON contested.move_id = line.move_id
     WHERE line.reconciled IS NOT TRUE AND line.parent_state = 'posted'
       AND line.amount_residual <> 0 AND line.account_id = ANY(%(accounts)s)
       AND line.no_followup IS NOT TRUE
     GROUP BY line.company_id, partner.commercial_partner_id
""".replace(
    "account_move_open move",
    """(SELECT id FROM account_move
              WHERE payment_state NOT IN ('in_payment', 'paid', 'reversed', 'blocked')
                AND (debt_status IS DISTINCT FROM 'excluded'
                     OR debt_excluded_until < %(today)s)) move""",
)
UPSERT = """
    INSERT INTO {table} AS old
           (company_id, partner_id, overdue, disputed, oldest, stage)
    SELECT company_id, partner_id, greatest(0, overdue), disputed, oldest,
           width_bucket(%(today)s - oldest, ARRAY[0, 1, 91])
      FROM ({classified}) classified
     WHERE greatest(0, overdue) + disputed > 0 AND oldest IS NOT NULL
        ON CONFLICT (company_id, partner_id) WHERE state = 'open'
        DO UPDATE SET overdue = excluded.overdue, disputed = excluded.disputed,
           oldest = excluded.oldest, stage = excluded.stage, write_date = now()
     WHERE (old.overdue, old.disputed, old.oldest, old.stage) IS DISTINCT FROM
           (excluded.overdue, excluded.disputed, excluded.oldest, excluded.stage)
"""
CLASSIFY = {"simple": SIMPLE, "rules": RULES}


class Floor:
    """The plain table and the statements that fill it."""

    def __init__(self, env, kind, today):
        self.table = f"debt_bench_{kind}"
        accounts = env["account.account"].search(
            [("account_type", "=", "asset_receivable")]
        )
        env.cr.execute(TABLE.format(table=self.table))
        statement = UPSERT.format(table=self.table, classified=CLASSIFY[kind])
        self.statement = SQL(statement, today=today, accounts=accounts.ids)

    def run(self, env):
        """Classify and upsert; the number of rows written."""
        env.cr.execute(self.statement)
        return env.cr.rowcount

    def empty(self, env):
        """As before the first run."""
        env.cr.execute(f"TRUNCATE {self.table}")

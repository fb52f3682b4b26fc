"""The floor: what PostgreSQL itself needs, without Odoo, for the same numbers.

One aggregate statement over the ledger, and an upsert of one row per debtor into a
plain table without foreign keys, trackers or anything that hangs on a case. ``rules``
asks of every item what rule 1 asks (its entry, the debtor, disputes), by the same
indexes as the add-on; ``simple`` only sums open items, the least anybody could do.
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
    SELECT company_id, partner_id, coalesce(sum(residual) FILTER (WHERE part < 3), 0)
           AS overdue, coalesce(sum(residual) FILTER (WHERE part = 3), 0) AS disputed,
           min(due) FILTER (WHERE part IN (1, 3)) AS oldest
      FROM (
           SELECT line.company_id, partner.commercial_partner_id AS partner_id,
                  line.amount_residual AS residual,
                  coalesce(line.date_maturity, line.date) AS due,
                  CASE WHEN line.amount_residual < 0 AND contested.id IS NULL THEN 2
                       WHEN line.amount_residual < 0 THEN NULL
                       WHEN coalesce(line.date_maturity, line.date) >= %(today)s
                       THEN NULL
                       WHEN contested.id IS NOT NULL THEN 3
                       ELSE 1 END AS part
             FROM account_move_line line
             JOIN res_partner partner ON partner.id = line.partner_id
             LEFT JOIN ({special}) special ON special.id = line.move_id
             LEFT JOIN ({contested}) contested ON contested.id = line.move_id
            WHERE line.reconciled IS NOT TRUE AND line.parent_state = 'posted'
              AND line.amount_residual <> 0 AND line.account_id = ANY(%(accounts)s)
              AND line.no_followup IS NOT TRUE AND special.id IS NULL
           ) item
     GROUP BY company_id, partner_id
"""
SPECIAL = """
    SELECT id FROM account_move
     WHERE state = 'posted' AND (
           debt_status IN ('flagged', 'excluded')
           OR payment_state IN ('in_payment', 'paid', 'reversed', 'blocked')
           AND (amount_residual <> 0 OR amount_residual_signed <> 0)
       ) AND (payment_state IN ('in_payment', 'paid', 'reversed', 'blocked')
              OR debt_status = 'excluded' AND coalesce(
                 debt_excluded_until >= %(today)s, TRUE))
"""
CONTESTED = """
    SELECT DISTINCT held.move_id AS id
      FROM debt_dispute_account_move_rel held
      JOIN debt_dispute dispute ON dispute.id = held.dispute_id
     WHERE dispute.state = 'open' AND dispute.deadline >= %(today)s
"""
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
CLASSIFY = {
    "simple": SIMPLE,
    "rules": RULES.format(special=SPECIAL, contested=CONTESTED),
}


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

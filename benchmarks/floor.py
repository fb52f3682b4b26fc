"""The floor: what PostgreSQL itself needs, without Odoo, for the same numbers.

One aggregate statement over the ledger, and an upsert of one row per debtor into a
plain table without foreign keys, trackers or anything that hangs on a case. ``rules``
asks of every item what rule 1 asks (its entry, the debtor, disputes) and lays credits
against debts as it does, by the same indexes as the add-on; ``simple`` only sums open
items, the least anybody could do.
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
ITEMS = """
    SELECT line.id, line.company_id, partner.commercial_partner_id AS partner_id,
           line.move_id, line.currency_id, line.amount_residual AS value,
           line.amount_residual_currency AS own,
           CASE WHEN line.amount_residual < 0 THEN line.date
                ELSE coalesce(line.date_maturity, line.date) END AS due,
           CASE WHEN line.amount_residual < 0 THEN 4
                WHEN coalesce(line.date_maturity, line.date) >= %(today)s THEN 3
                WHEN line.no_followup OR special.id IS NOT NULL THEN 1
                WHEN contested.id IS NOT NULL THEN 2
                ELSE 0 END AS part
      FROM account_move_line line
      JOIN res_partner partner ON partner.id = line.partner_id
      LEFT JOIN ({special}) special ON special.id = line.move_id
      LEFT JOIN ({contested}) contested ON contested.id = line.move_id
     WHERE line.reconciled IS NOT TRUE AND line.parent_state = 'posted'
       AND line.amount_residual <> 0 AND line.account_id = ANY(%(accounts)s)
       AND line.amount_residual_currency * line.amount_residual > 0
    OFFSET 0
"""
#: Credits laid against debits of the same group, end to end.
ROUND = """
    SELECT id, company_id, partner_id, move_id, currency_id, due, part, value, own,
           {value_left} AS value_left, {own_left} AS own_left
      FROM (
           SELECT *, greatest(0, least(amount, coalesce(CASE
                     WHEN part < 4 THEN sum(amount) FILTER (WHERE part = 4) OVER whole
                     ELSE sum(amount) FILTER (WHERE part < 4) OVER whole END, 0)
                     - sum(amount) OVER (PARTITION BY {group}, part = 4
                                         ORDER BY greatest(part, 1), due, id
                                         ROWS UNBOUNDED PRECEDING) + amount)) AS taken
             FROM (SELECT *, CASE WHEN {counts} THEN {amount} ELSE 0 END AS amount
                     FROM ({source}) source) line
           WINDOW whole AS (PARTITION BY {group})
           ) laid
"""
OWN = {
    "amount": "own_left",
    "value_left": "CASE WHEN taken = 0 THEN value_left "
    "ELSE value * (own_left - taken) / own END",
    "own_left": "own_left - taken",
}
ACROSS = {
    "amount": "value_left",
    "value_left": "value_left - taken",
    "own_left": "CASE WHEN taken = 0 THEN own_left "
    "ELSE own * (value_left - taken) / value END",
}
DEBTOR, ACCOUNT = "company_id, partner_id", "company_id, partner_id, currency_id"
LOT = """
    id, company_id, partner_id, move_id, currency_id, due, part, abs(value) AS value,
    abs(own) AS own, abs(value) AS value_left, abs(own) AS own_left
"""
REVERSING = """
    SELECT lot.*, move.reversed_entry_id AS key
      FROM lot JOIN account_move move ON move.id = lot.move_id
     WHERE lot.part = 4 AND move.reversed_entry_id IS NOT NULL
     UNION ALL
    SELECT lot.*, lot.move_id FROM lot
     WHERE lot.part < 4 AND lot.move_id IN (
           SELECT move.reversed_entry_id
             FROM lot JOIN account_move move ON move.id = lot.move_id
            WHERE lot.part = 4)
"""
LATER = f"""
    SELECT * FROM own JOIN surplus USING ({DEBTOR})
     UNION ALL
    SELECT company_id, partner_id, id, move_id, currency_id, due, part, abs(value),
           abs(own), abs(value), abs(own)
      FROM item JOIN surplus USING ({DEBTOR})
     WHERE NOT EXISTS (SELECT FROM own WHERE own.id = item.id)
"""
STARTED = """
    SELECT lot.id, company_id, partner_id, move_id, currency_id, due, part, value, own,
           coalesce(reversing.value_left, lot.value_left) AS value_left,
           coalesce(reversing.own_left, lot.own_left) AS own_left
      FROM lot LEFT JOIN (SELECT id, value_left, own_left FROM reversing) reversing
        ON reversing.id = lot.id
"""
DUE, ALL = "part = 4 OR part < 3", "TRUE"
#: Rule 1 without payments that have no entry, of which the ledger here has none.
RULES = f"""
    WITH item AS MATERIALIZED ({ITEMS}),
    credit AS (SELECT DISTINCT {ACCOUNT} FROM item WHERE value < 0),
    lot AS (SELECT {LOT} FROM item JOIN credit USING ({ACCOUNT})),
    reversing AS ({
    ROUND.format(source=REVERSING, group=f"{ACCOUNT}, key", counts=ALL, **OWN)
}),
    own AS ({ROUND.format(source=STARTED, group=ACCOUNT, counts=DUE, **OWN)}),
    surplus AS (SELECT DISTINCT {DEBTOR} FROM own WHERE part = 4 AND own_left > 0),
    across AS ({ROUND.format(source=LATER, group=DEBTOR, counts=DUE, **ACROSS)}),
    own_later AS ({
    ROUND.format(source="SELECT * FROM across", group=ACCOUNT, counts=ALL, **OWN)
}),
    across_later AS ({
    ROUND.format(source="SELECT * FROM own_later", group=DEBTOR, counts=ALL, **ACROSS)
}),
    rest AS (
        SELECT id, company_id, partner_id, part, due, round(value_left, 2) AS amount
          FROM own
         WHERE NOT EXISTS (SELECT FROM surplus
                            WHERE surplus.company_id = own.company_id
                              AND surplus.partner_id = own.partner_id)
         UNION ALL
        SELECT id, company_id, partner_id, part, due, round(value_left, 2)
          FROM across_later)
    SELECT company_id, partner_id,
           coalesce(sum(amount) FILTER (WHERE part = 0), 0) AS overdue,
           coalesce(sum(amount) FILTER (WHERE part = 2), 0) AS disputed,
           min(due) FILTER (WHERE part IN (0, 2) AND amount > 0) AS oldest
      FROM (
           SELECT company_id, partner_id, part, due, value AS amount
             FROM item
            WHERE part < 3 AND NOT EXISTS (SELECT FROM rest WHERE rest.id = item.id)
            UNION ALL
           SELECT company_id, partner_id, part, due, amount FROM rest WHERE part < 3
           ) due
     GROUP BY company_id, partner_id
"""
SPECIAL = """
    SELECT id FROM account_move
     WHERE state = 'posted' AND (
           debt_status IN ('flagged', 'excluded')
           OR payment_state IN ('in_payment', 'paid', 'blocked')
           AND (amount_residual <> 0 OR amount_residual_signed <> 0)
       ) AND (payment_state = 'blocked'
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
            [("account_type", "=", "asset_receivable"), ("non_trade", "=", False)]
        )
        env.cr.execute(TABLE.format(table=self.table))
        statement = UPSERT.format(table=self.table, classified=CLASSIFY[kind])
        self.statement = SQL(statement, today=today, accounts=accounts.ids)

    def run(self, env):
        """Classify and upsert; the number of rows written."""
        env.cr.execute("SET LOCAL jit = off; SET LOCAL enable_nestloop = off")
        env.cr.execute(self.statement)
        return env.cr.rowcount

    def empty(self, env):
        """As before the first run."""
        env.cr.execute(f"TRUNCATE {self.table}")

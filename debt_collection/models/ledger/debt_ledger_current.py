from odoo import api, fields, models
from odoo.tools import SQL

from .ledger_sql import COLLECTED, DISPUTED, NOT_DUE, PARTS


class DebtCase(models.Model):
    """A case may be opened before anything is overdue, to announce what falls due."""

    _inherit = "debt.case"

    never_overdue = fields.Boolean(
        readonly=True,
        copy=False,
        help="Opened before the due date, and nothing has been overdue since: figures "
        "do not count it as in collection.",
    )


class DebtLedger(models.AbstractModel):
    """Current debts: what falls due soon, for companies that announce it.

    Such a case is in the stage of days past due 0, and nothing is asked for in it: its
    amounts are zero until an item is overdue. Then it is a case like any other.
    Companies without a ladder for current debts pay nothing for this.
    """

    _inherit = "debt.ledger"

    @api.model
    def _announcing(self, entities):
        """Those of the legal entities that write to debtors before the due date."""
        return entities.filtered("debt_current_ladder_id")

    @api.model
    def _refresh_statements(self, entities, partner_ids=None):
        """Extends the one about what is overdue, which comes first."""
        yield from super()._refresh_statements(entities, partner_ids)
        if announcing := self._announcing(entities):
            yield self._current_statement(announcing, partner_ids)

    @api.model
    def _spared(self, entities):
        """SQL condition: an open case that only announces what falls due.

        No company but those that announce has any.
        """
        if not (announcing := self._announcing(entities)):
            return SQL("FALSE")
        return SQL(
            "company_id = ANY(%s) AND was_overdue = 0 AND NOT is_open", announcing.ids
        )

    @api.model
    def _current_statement(self, entities, partner_ids):
        """SQL that opens, updates and closes the cases of current debts.

        It tells what it did as `_refresh_statement` does, whose parts it is made of.
        """
        self.env["res.company"].flush_model(
            ["debt_current_days", "debt_current_ladder_id", "debt_current_profile_ids"]
        )
        return SQL(
            """
            WITH %(scope)s%(items)s,
            soon AS (%(soon)s),
            waiting AS (%(waiting)s),
            differing AS MATERIALIZED (%(differing)s),
            changed AS MATERIALIZED (
                SELECT case_.*,
                       CASE WHEN coalesce(case_.state, 'disputed') = 'disputed'
                            THEN 'active' ELSE case_.state END AS new_state
                  FROM (%(coming_back)s) case_),
            opened AS (%(insert)s),
            written AS (%(update)s)
            %(effects)s
            """,
            scope=self._scope(partner_ids),
            items=self._item_ctes(
                entities, partner_ids is not None, self._reason(entities)
            ),
            soon=self._soon(entities),
            waiting=self._waiting(entities, partner_ids),
            differing=self._current_differing(entities),
            coming_back=self._refresh_coming_back(entities),
            insert=self._refresh_insert(entities),
            update=self._refresh_update(entities, partner_ids),
            effects=self._refresh_effects(partner_ids),
        )

    @api.model
    def _soon(self, entities):
        """SQL of the debtors of whom something falls due within the company's days.

        What has fallen due keeps the case for its days of grace; only what is still to
        come opens one, and is what it is about.
        """
        return SQL(
            """
            SELECT item.company_id, item.partner_id,
                   coalesce(min(item.due) FILTER (WHERE %(to_come)s), min(item.due))
                       AS oldest_due_date,
                   sum(coalesce(rest.amount, item.residual)) FILTER (
                       WHERE %(to_come)s) AS ahead
              FROM item
              JOIN res_company company ON company.id = item.company_id
              LEFT JOIN rest ON rest.line_id = item.line_id
             WHERE item.part IN (%(collected)s, %(disputed)s, %(not_due)s)
               AND (item.reason IS NULL OR item.reason = 'disputed')
               AND item.residual > 0 AND coalesce(rest.amount, item.residual) > 0
               AND item.due BETWEEN %(today)s - company.debt_grace_days
                                AND %(today)s + company.debt_current_days
             GROUP BY 1, 2
            """,
            collected=COLLECTED,
            disputed=DISPUTED,
            not_due=NOT_DUE,
            to_come=SQL("item.part = %s AND item.reason IS NULL", NOT_DUE),
            today=self._by_company(entities, "today", SQL("item.company_id")),
        )

    @api.model
    def _waiting(self, entities, partner_ids):
        """SQL of the open cases in which nothing is overdue."""
        in_scope = SQL("AND partner_id IN (SELECT commercial_partner_id FROM scope)")
        return SQL(
            """
            SELECT id, company_id, partner_id, state, stage_id, oldest_due_date
              FROM debt_case
             WHERE closed_at IS NULL AND amount_overdue = 0 AND amount_disputed = 0
               AND company_id = ANY(%s) %s
            """,
            entities.ids,
            SQL() if partner_ids is None else in_scope,
        )

    @api.model
    def _current_differing(self, entities):
        """SQL of the debtors whose case of current debts is to be opened or changed."""
        return SQL(
            """
            SELECT waiting.id, company_id, partner_id, waiting.state, waiting.stage_id,
                   (SELECT id FROM debt_stage
                     ORDER BY days_from > 0, abs(days_from) LIMIT 1) AS new_stage_id,
                   company.debt_current_ladder_id AS ladder_id,
                   0::numeric AS amount_overdue, 0::numeric AS amount_disputed,
                   soon.oldest_due_date, soon.oldest_due_date IS NOT NULL AS is_open,
                   'paid' AS close_reason
              FROM soon
              FULL JOIN waiting USING (company_id, partner_id)
              JOIN (SELECT id, debt_current_ladder_id FROM res_company) company
                ON company.id = company_id
             WHERE CASE WHEN waiting.id IS NOT NULL
                        THEN soon.oldest_due_date IS DISTINCT FROM
                             waiting.oldest_due_date
                        ELSE soon.ahead > 0 AND soon.ahead >= %(minimum)s
                             AND %(for_whom)s AND NOT EXISTS (
                             SELECT FROM debt_case present
                              WHERE present.company_id = company.id
                                AND present.partner_id = soon.partner_id
                                AND present.closed_at IS NULL) END
            """,
            for_whom=self._announced_to(),
            minimum=self._by_company(entities, "debt_min_amount", SQL("company_id")),
        )

    @api.model
    def _announced_to(self):
        """SQL condition: the debtor is of a kind to whom the company announces.

        The profile is that of the last case, else the one the contact was given. A
        company that names none announces to everybody.
        """
        return SQL(
            """
            (NOT EXISTS (SELECT FROM res_company_debt_current_profile_rel chosen
                          WHERE chosen.company_id = company.id)
             OR EXISTS (SELECT FROM res_company_debt_current_profile_rel chosen
                         WHERE chosen.company_id = company.id
                           AND chosen.profile_id = coalesce(
                               (SELECT former.profile_id FROM debt_case former
                                 WHERE former.company_id = company.id
                                   AND former.partner_id = soon.partner_id
                                 ORDER BY former.id DESC LIMIT 1),
                               (SELECT debt_profile_id FROM res_partner
                                 WHERE id = soon.partner_id))))
            """
        )

    @api.model
    def _refresh_written(self, entities, effects):
        """Beside what is always to be done: what falls due next is announced anew."""
        super()._refresh_written(entities, effects)
        if not (announcing := self._announcing(entities)):
            return
        written = [effects.get(kind, (0, []))[1] for kind in ("updated", "reopened")]
        cases = (
            self.env["debt.case"]
            .browse(sum(written, []))
            .filtered(
                lambda case: case.company_id in announcing and self._is_waiting(case)
            )
        )
        self._announce_anew(cases)

    @api.model
    def _announce_anew(self, cases):
        """Begin the ladder of these cases of current debts today."""
        for company, some in cases.grouped("company_id").items():
            some.with_context(tracking_disable=True).write(
                {
                    "ladder_id": company.debt_current_ladder_id.id,
                    "ladder_started_on": company._debt_today(),
                    # By these days one ladder of a case is told from the next.
                    "ladder_paused_days": 0,
                    "plan_dirty": True,
                }
            )

    @api.model
    def _waiting_domain(self, companies):
        """Open cases of these companies in which nothing is overdue."""
        return [
            ("company_id", "in", companies.ids),
            ("closed_at", "=", False),
            ("amount_overdue", "=", 0),
            ("amount_disputed", "=", 0),
        ]

    @api.model
    def _on_announcing(self, companies):
        """These companies announce otherwise, or nothing any more.

        Open cases are closed, or begin the other ladder.
        """
        entities = self._entities(companies)
        cases = self.env["debt.case"].search(self._waiting_domain(entities))
        announced = cases.filtered(lambda case: case.company_id.debt_current_ladder_id)
        (cases - announced)._close("withdrawn")
        self._announce_anew(
            announced.filtered(
                lambda case: case.ladder_id != case.company_id.debt_current_ladder_id
            )
        )

    # --- one debtor -------------------------------------------------------------------
    @api.model
    def _is_waiting(self, case):
        """Whether nothing is overdue in an open case: it announces what falls due."""
        owed = case.amount_overdue or case.amount_disputed
        return bool(case.oldest_due_date and not owed and not case.closed_at)

    @api.model
    def _collected(self, case):
        """Extends it: before the due date a case is about what falls due."""
        return self._falling_due(case) or super()._collected(case)

    @api.model
    def _falling_due(self, case):
        """The items that a case of current debts announces; see `_rows`.

        One message names one day: what falls due later is announced after that.
        """
        # Superuser: a setting of the case's company.
        company = case.company_id.sudo()
        if not (self._is_waiting(case) and self._announcing(company)):
            return []
        last = fields.Date.add(company._debt_today(), days=company.debt_current_days)
        rows = [
            row
            for row in self._case_rows(case)
            if row["part"] == PARTS[NOT_DUE]
            and not row["reason"]
            and row["left"] > 0
            and row["due"] <= last
        ]
        first = min((row["due"] for row in rows), default=None)
        return [row for row in rows if row["due"] == first]

    @api.model
    def _may_announce(self, case, channel):
        """Whether a debtor who owes nothing overdue may be contacted by a channel.

        By those of the company's ladder for current debts only. Who asked to be called
        is called.

        :param str channel: one of the gate's
        """
        steps = case.company_id.sudo().debt_current_ladder_id.step_ids
        ways = set(steps.mapped("channel"))
        if steps.mail_template_id:
            ways.add("email")
        if steps.sms_template_id:
            ways.add("sms")
        if case.callback_at:
            ways.add("call")
        return channel in ways and bool(self._falling_due(case))


class DebtStage(models.Model):
    _inherit = "debt.stage"

    @api.model
    def _ladder_first(self, case):
        """Extends it: what is not due yet is announced as the company has chosen."""
        if self.env["debt.ledger"]._is_waiting(case):
            return case.company_id.sudo().debt_current_ladder_id
        return super()._ladder_first(case)

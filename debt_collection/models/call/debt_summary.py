from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...tools.summary import Clause, Situation, Why, clauses, why

#: What a promise is that was not kept in full.
FAILED = ("broken", "partial")


class DebtCase(models.Model):
    """The debtor's sentence, on the case and wherever cases are listed."""

    _inherit = "debt.case"

    # Depends on the clock and on the ledger: worked out whenever it is shown.
    summary = fields.Char(
        string="Situation",
        compute=lambda cases: cases.env["debt.summary"]._fill(cases),
        help="What is owed, what was promised, when the debtor was last spoken with, "
        "and what the next call is about.",
    )


class DebtSummary(models.AbstractModel):
    """Says in one sentence what the matter is with a debtor (see `tools.summary`).

    Three statements for however many cases: a list has hundreds.
    """

    _name = "debt.summary"
    _description = "The Debtor's Sentence"

    @api.model
    def _fill(self, cases):
        """Compute ``summary`` of cases.

        :param cases: ``debt.case`` which the user may read
        """
        stored = cases.filtered(lambda case: isinstance(case.id, int))
        (cases - stored).summary = False
        sentences = self._sentences(stored)
        for case in stored:
            case.summary = sentences[case]

    @api.model
    def _sentences(self, cases):
        """:return: dict of the sentence, False for a closed case, by ``debt.case``"""
        still_open = cases.filtered(lambda case: not case.closed_at)
        facts, owed = self._read(still_open), self._read_owed(still_open)
        return dict.fromkeys(cases, False) | {
            case: self._sentence(
                case,
                facts[case.id],
                owed.get((case.company_id.id, case.partner_id.id), {}),
            )
            for case in still_open
        }

    @api.model
    def _for_window(self, case, rows):
        """The sentence, and the warning of a promise that was not kept.

        :param case: ``debt.case``
        :param rows: what `debt.case._read_items` has just read
        :return: pair of texts, each of which may be False
        """
        facts = self._read(case)[case.id]
        owed = {
            "count": rows[0]["documents"] if rows else 0,
            "newest_due": rows[0]["newest_due"] if rows else None,
        }
        sentence = not case.closed_at and self._sentence(case, facts, owed)
        return sentence, self._warning(case, facts)

    @api.model
    def _warning(self, case, facts):
        """What the operator must know before the first word."""
        if not facts["missed"]:
            return False
        return self.env._(
            "Promised %(amount)s by %(date)s: %(paid)s was paid.",
            amount=case.currency_id.format(facts["missed_amount"] or 0),
            date=format_date(self.env, facts["missed"]),
            paid=case.currency_id.format(facts["missed_paid"] or 0),
        )

    # --- what is known ------------------------------------------------------------
    @api.model
    def _read_owed(self, cases):
        """How many documents are overdue, and the last of their due days.

        :return: dict of rows by pair of ids of company and debtor
        """
        if not cases:
            return {}
        rows = self.env["debt.ledger"]._count_collected(
            cases.partner_id, cases.company_id
        )
        return {(row["company_id"], row["partner_id"]): row for row in rows}

    @api.model
    def _read(self, cases):
        """What promises, disputes and calls tell of each case, in one statement.

        :return: dict of rows by id of the case
        """
        if not cases:
            return {}
        for model in ("debt.promise", "debt.dispute", "debt.call"):
            self.env[model].flush_model()
        # Whoever may read a case may know what was promised and when it was called.
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT c.id, promise.*, dispute.*, call.*
                  FROM unnest(%s) AS c(id)
                 CROSS JOIN LATERAL (%s) promise
                 CROSS JOIN LATERAL (%s) dispute
                 CROSS JOIN LATERAL (%s) call
                """,
                cases.ids,
                self._promises_sql(),
                self._disputes_sql(),
                self._calls_sql(),
            )
        )
        return {row["id"]: row for row in rows}

    @api.model
    def _promises_sql(self):
        """A plan that broke is one broken promise, however many of its parts did; of
        the last one that was decided it is told what became of it."""
        return SQL(
            """
            SELECT made.broken, made.promised,
                   last.date AS missed, last.plan_id IS NOT NULL AS instalment,
                   last.amount AS missed_amount, last.amount_paid AS missed_paid
              FROM (
                   SELECT count(DISTINCT coalesce(p.plan_id, p.id))
                              FILTER (WHERE p.state IN %(failed)s) AS broken,
                          min(p.date) FILTER (WHERE p.state = 'open') AS promised,
                          (array_agg(p.id ORDER BY p.date DESC, p.id DESC)
                              FILTER (WHERE p.state NOT IN ('open', 'cancelled')))[1]
                              AS last_id
                     FROM debt_promise p
                    WHERE p.case_id = c.id
                   ) made
              LEFT JOIN debt_promise last
                     ON last.id = made.last_id AND last.state IN %(failed)s
            """,
            failed=FAILED,
        )

    @api.model
    def _disputes_sql(self):
        return SQL(
            """
            SELECT max(d.settled_at) AS answered_at
              FROM debt_dispute d
             WHERE d.case_id = c.id
            """
        )

    @api.model
    def _calls_sql(self):
        return SQL(
            """
            SELECT count(*) FILTER (WHERE o.direction = 'outbound') AS attempts,
                   max(o.started_at) FILTER (WHERE o.party = 'right_party')
                       AS reached_at
              FROM debt_call o
             WHERE o.case_id = c.id AND o.state != 'draft'
               AND o.started_at IS NOT NULL
            """
        )

    @api.model
    def _situation(self, case, facts, owed):
        """:return: `tools.summary.Situation`; days are the creditor's"""
        company = case.company_id
        reached, answered = (
            facts[name] and company._debt_day_of(facts[name])
            for name in ("reached_at", "answered_at")
        )
        return Situation(
            day=company._debt_today(),
            overdue=bool(case.amount_overdue),
            disputed=bool(case.amount_disputed),
            broken=facts["broken"],
            promised=facts["promised"],
            attempts=facts["attempts"],
            reached=reached,
            code=(case.next_contact_at and case.next_contact_code) or "",
            missed=facts["missed"],
            instalment=facts["instalment"],
            answered=answered,
            newest_due=owed.get("newest_due"),
        )

    # --- and how it is said -------------------------------------------------------
    @api.model
    def _sentence(self, case, facts, owed):
        situation = self._situation(case, facts, owed)
        said = clauses(situation)
        words = self._words(case, situation, said, owed)
        text = ", ".join(words[clause] for clause in said)
        if reason := self._why_text(case, situation):
            text = f"{text}; {reason}" if text else reason
        return f"{text[:1].upper()}{text[1:]}." if text else False

    @api.model
    def _words(self, case, situation, said, owed):
        """The clauses in words, by `tools.summary.Clause`; only those that are said."""
        texts = {
            Clause.OWES: self._owes,
            Clause.DISPUTED: self._disputes,
            Clause.BROKE: self._broke,
            Clause.PROMISED: self._promises,
            Clause.NEVER_CALLED: self._never_called,
            Clause.NEVER_REACHED: self._never_reached,
            Clause.SILENT: self._silent,
        }
        return {clause: texts[clause](case, situation, owed) for clause in said}

    @api.model
    def _owes(self, case, situation, owed):
        values = {
            "amount": case.currency_id.format(case.amount_overdue),
            "since": self._since(case.oldest_due_date, situation.day),
            "count": owed.get("count", 1),
        }
        if values["count"] == 1:
            return self.env._("owes %(amount)s since %(since)s on 1 invoice", **values)
        return self.env._(
            "owes %(amount)s since %(since)s on %(count)s invoices", **values
        )

    @api.model
    def _since(self, day, today):
        """A month where that is exact enough: nobody says the day of last summer."""
        if not day:
            return "…"
        if today - day < timedelta(days=45):
            form = "d MMMM"
        else:
            form = "MMMM" if day.year == today.year else "MMMM y"
        return format_date(self.env, day, date_format=form)

    @api.model
    def _disputes(self, case, _situation, _owed):
        amount = case.currency_id.format(case.amount_disputed)
        return self.env._("disputes %(amount)s", amount=amount)

    @api.model
    def _broke(self, _case, situation, _owed):
        if situation.broken == 1:
            return self.env._("broke a promise")
        return self.env._("broke %(count)s promises", count=situation.broken)

    @api.model
    def _promises(self, _case, situation, _owed):
        day = format_date(self.env, situation.promised, date_format="d MMMM")
        return self.env._("promised to pay by %(day)s", day=day)

    @api.model
    def _never_called(self, _case, _situation, _owed):
        return self.env._("not called yet")

    @api.model
    def _never_reached(self, _case, situation, _owed):
        if situation.attempts == 1:
            return self.env._("called once and not reached")
        return self.env._(
            "called %(count)s times and never reached", count=situation.attempts
        )

    @api.model
    def _silent(self, _case, situation, _owed):
        return self.env._("not reached for %(days)s days", days=situation.silent_days)

    @api.model
    def _why_text(self, case, situation):
        """When the next call is, and what it is about; empty where none is planned."""
        reason = why(situation)
        if not reason or case.state not in ("active", "disputed", "promised"):
            return ""
        values = {"reason": self._why_texts()[reason]}
        day = case.company_id._debt_day_of(case.next_contact_at)
        if day <= situation.day:
            return self.env._("today because %(reason)s", **values)
        values["day"] = format_date(self.env, day, date_format="EEE d MMM")
        return self.env._("next call on %(day)s because %(reason)s", **values)

    @api.model
    def _why_texts(self):
        return {
            Why.CALLBACK: self.env._("a callback was asked for"),
            Why.INSTALMENT: self.env._("an instalment was missed"),
            Why.PROMISE: self.env._("a promise was broken"),
            Why.ANSWER: self.env._("a dispute has been settled"),
            Why.NEW_ITEM: self.env._("another invoice has fallen due"),
            Why.BUSY: self.env._("the line was busy"),
            Why.FIRST: self.env._("it is the first call"),
            Why.LADDER: self.env._("the retry ladder asks for it"),
        }

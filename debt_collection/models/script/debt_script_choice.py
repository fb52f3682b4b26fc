from odoo import api, models
from odoo.tools import SQL


class DebtScript(models.Model):
    """Which script a call is made with."""

    _inherit = "debt.script"

    @api.model
    def _for_case(self, case, direction="outbound"):
        """The script for the next call of this case: the most specific that fits.

        A script fits when it is in use and nothing it names (company, kind of debtor,
        stage, profile, segment, language, last outcome) is another than the case's.
        The one that names most is taken; among equals the stage's own choice, which
        counts as naming the stage, then the first of the list. A debtor who calls us
        gets a script for that; where there is none, the one for our own calls.

        :param str direction: outbound or inbound
        :return: ``debt.script``, empty when none fits; one query
        """
        case.ensure_one()
        self.flush_model()
        self.env["debt.call"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT script.id
                  FROM debt_script script
                 CROSS JOIN LATERAL (
                        SELECT count(*) FILTER (WHERE named) AS score,
                               bool_and(named) IS NOT FALSE AS fits
                          FROM (VALUES %(criteria)s) AS criterion (named)
                       ) AS match
                 WHERE script.active
                   AND script.state = 'in_use'
                   AND script.direction IN ('outbound', %(direction)s)
                   AND match.fits
                 ORDER BY (script.direction = %(direction)s) DESC,
                          match.score DESC,
                          (script.id IS NOT DISTINCT FROM %(chosen)s) DESC,
                          script.sequence, script.id
                 LIMIT 1
                """,
                criteria=SQL(", ").join(
                    SQL("(%s)", criterion) for criterion in self._criteria(case)
                ),
                chosen=case.stage_id.script_id.id or None,
                direction=direction,
            )
        )
        return self.browse(rows[0] if rows else [])

    @api.model
    def _for_stranger(self):
        """What is said to whoever calls and is no debtor, filled in for the user.

        :return: text in the user's language; False where no script is kept for it
        """
        script = self.search(
            [
                ("direction", "=", "stranger"),
                ("state", "=", "in_use"),
                ("company_id", "in", (self.env.company.id, False)),
            ],
            order="company_id, sequence, id",
            limit=1,
        )
        step = script._first_step() if script else self.env["debt.script.step"]
        nobody = self.env["debt.case"].new({"company_id": self.env.company.id})
        return step._render_text(nobody)[step.id] if step else False

    @api.model
    def _criteria(self, case):
        """What a script may name, each an SQL condition on ``script``.

        NULL where the script names nothing, true where it names what the case has.
        """
        case.ensure_one()
        debtor = case.partner_id
        return [
            SQL("script.company_id = %s", case.company_id.id),
            SQL(
                "nullif(script.applies_to, 'any') = %s",
                "company" if debtor.is_company else "person",
            ),
            # The window reads the texts out in this language.
            SQL("script.lang = %s", debtor.lang or self.env.lang or "en_US"),
            SQL(
                "CASE WHEN script.id = %s THEN true ELSE %s END",
                case.stage_id.script_id.id or None,
                self._names_sql("stage_ids", SQL("%s", case.stage_id.id or None)),
            ),
            self._names_sql("profile_ids", SQL("%s", case.profile_id.id or None)),
            # NULL is in no list, and an empty list makes it false.
            SQL(
                "CASE WHEN script.segment_id IS NOT NULL"
                " THEN script.segment_id = ANY(%s) END",
                self.env["debt.segment"]._of(case)[case].ids,
            ),
            self._names_sql("outcome_ids", self._last_outcome_sql(case)),
        ]

    @api.model
    def _names_sql(self, name, value):
        """Whether ``value`` is in the script's many2many ``name``; NULL when empty."""
        field = self._fields[name]
        return SQL(
            "(SELECT bool_or(coalesce(%(column)s = %(value)s, false))"
            "   FROM %(relation)s WHERE %(script)s = script.id)",
            column=SQL.identifier(field.column2),
            value=value,
            relation=SQL.identifier(field.relation),
            script=SQL.identifier(field.column1),
        )

    @api.model
    def _last_outcome_sql(self, case):
        return SQL(
            "(SELECT call.outcome_id FROM debt_call call"
            "  WHERE call.case_id = %s AND call.outcome_id IS NOT NULL"
            "  ORDER BY call.started_at DESC NULLS LAST, call.id DESC LIMIT 1)",
            case.id,
        )

import ast
import logging
from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

_logger = logging.getLogger(__name__)

#: What a condition may go on to from the case, besides what is of the case itself.
NEAR = ("res.company", "res.currency", "res.partner", "res.users")
#: What it may go on to from anywhere: it is everybody's.
EVERYBODYS = (
    *("debt.call.outcome", "debt.objection", "debt.profile", "debt.stage"),
    *("res.country", "res.country.state", "res.lang"),
    *("res.partner.category", "res.partner.industry"),
)
#: A condition longer than this is no condition that somebody wrote.
LONGEST = 100_000


class DebtSegment(models.Model):
    """A saved condition on cases: names for whom a ladder, script, team or report is.

    Whoever writes the condition searches by it with his own rights first: it must not
    find out what he may not read. Then it holds for everybody; so it asks about the
    case and its debtor, and not by way of them about what other companies keep.
    """

    _name = "debt.segment"
    _inherit = "debt.plan.source"
    _description = "Segment of Cases"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    domain = fields.Char(string="Condition", required=True, default="[]")
    ladder_id = fields.Many2one(
        "debt.ladder",
        string="Retry Ladder",
        ondelete="restrict",
        domain="[('company_id', 'in', (False, company_id))]",
        help="Used instead of the stage's ladder when set; a profile's goes before it. "
        "Of several segments that a case is in, the first one counts.",
    )
    team_ids = fields.One2many("debt.team", "segment_id", readonly=True)
    case_count = fields.Integer(string="Open Cases", compute="_compute_case_count")

    @api.constrains("domain")
    def _check_domain(self):
        """Search by it as the user who wrote it."""
        for segment in self:
            # Not as superuser: a condition would tell what its author may not read.
            cases = self.env["debt.case"].with_user(self.env.user)
            try:
                segment._check_near(segment._parsed(), cases)
                with self.env.cr.savepoint():
                    cases.search_count(segment._parsed(), limit=1)
            except (AccessError, ValidationError):
                raise
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The condition of “%(segment)s” cannot be searched by: "
                        "%(error)s",
                        segment=segment.name,
                        error=error,
                    )
                ) from error

    @api.constrains("company_id", "ladder_id")
    def _check_ladder_company(self):
        for segment in self:
            company = segment.ladder_id.company_id
            if company and company != segment.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(ladder)s” belongs to one company, and “%(segment)s” is "
                        "for others too. Choose a ladder of all companies.",
                        ladder=segment.ladder_id.name,
                        segment=segment.name,
                    )
                )

    def _check_near(self, domain, model):
        """Refuse a condition that leads away from the case.

        :param Domain domain: on ``model``
        :raises ValidationError: it does
        """
        for condition in domain.iter_conditions():
            at = model
            for name in condition.field_expr.split("."):
                comodel = at._fields[name].comodel_name if name in at._fields else None
                if not comodel:
                    break
                own = at._name == "debt.case" and comodel.startswith("debt.")
                near = at._name == "debt.case" and comodel in NEAR
                if not (own or near or comodel in EVERYBODYS):
                    raise ValidationError(
                        self.env._(
                            "“%(path)s” leads away from the case. Ask about the case "
                            "itself or about its debtor.",
                            path=condition.field_expr,
                        )
                    )
                at = self.env[comodel]
            if "any" in condition.operator:
                self._check_near(Domain(condition.value), at)

    def _parsed(self):
        """The condition, as a `Domain` on ``debt.case``.

        :raises UserError: it is no list of conditions
        """
        self.ensure_one()
        try:
            if len(self.domain) > LONGEST:
                raise ValueError
            parsed = Domain(ast.literal_eval(self.domain))
        except (SyntaxError, TypeError, ValueError, RecursionError, MemoryError):
            raise UserError(
                self.env._(
                    "“%(segment)s”: write the condition with fixed values, such as "
                    "[('days_past_due', '>', 60)].",
                    segment=self.name,
                )
            ) from None
        if self.company_id:
            parsed &= Domain("company_id", "=", self.company_id.id)
        return parsed

    def _condition(self):
        """The condition as it is searched by: nobody, where it cannot be any more.

        The app that brought a field of it may be gone; the day's calls go on.

        :return: `Domain` on ``debt.case``
        """
        try:
            found = self._parsed()
            found.validate(self.env["debt.case"].sudo())
        except (UserError, ValueError) as error:
            _logger.info("The condition of segment %s: %s", self.id, error)
            return Domain.FALSE
        return found

    def _members(self, cases=None):
        """The cases of this segment, of those given or else the open ones.

        :param cases: ``debt.case``
        """
        self.ensure_one()
        if cases is None:
            among = Domain("closed_at", "=", False)
        else:
            among = Domain("id", "in", cases.ids)
        # Superuser: whoever asks, the segment is the same; its author had the rights.
        found = self.env["debt.case"].sudo().search(among & self.sudo()._condition())
        return found if cases is None else cases & found.with_env(cases.env)

    @api.model
    @tools.ormcache()
    def _all_ids(self):
        """Ids of all segments in their order: most databases have few, or none."""
        return tuple(self.sudo().with_context(active_test=True).search([]).ids)

    @api.model
    def _of(self, cases):
        """The segments each case is in, in their order.

        :return: dict of ``debt.segment`` (superuser) by case
        """
        found = dict.fromkeys(cases, self.sudo().browse())
        for segment in self.sudo().browse(self._all_ids()):
            for case in segment._members(cases):
                found[case] += segment
        return found

    @api.model
    def _ladders(self, cases):
        """The ladders that the rules give: what a stage puts first, the profile's, the
        first segment's that names one, or the stage's.

        :return: dict of ``debt.ladder`` by case
        """
        found, stages = self._of(cases), self.env["debt.stage"]
        return {
            case: stages._ladder_first(case)
            or case.profile_id.ladder_id
            or found[case].ladder_id[:1].with_env(cases.env)
            or case.stage_id.ladder_id
            for case in cases
        }

    @api.model
    def _ladder_values(self, cases):
        """What is written to give cases the ladders of the rules.

        :return: dict of values by case
        """
        return {
            case: {"ladder_id": ladder.id, "rule_ladder_id": ladder.id}
            for case, ladder in self._ladders(cases).items()
        }

    @api.model
    def _give_ladders(self, cases):
        """Cases follow their segment, as they enter and leave it and as it changes.

        Whom somebody, or the profile, gave another ladder keeps it.

        :param cases: ``debt.case``, superuser
        """
        following = cases.filtered(
            lambda case: (
                not case.profile_id.ladder_id
                and (
                    case.ladder_id == case.stage_id.ladder_id
                    or (case.ladder_id and case.ladder_id == case.rule_ladder_id)
                )
            )
        )
        changed = defaultdict(cases.browse)
        for case, ladder in self._ladders(following).items():
            if case.ladder_id != ladder:
                changed[ladder] += case
        for ladder, some in changed.items():
            some.with_context(tracking_disable=True).write(
                {
                    "ladder_id": ladder.id,
                    "rule_ladder_id": ladder.id,
                    "plan_dirty": True,
                }
            )

    @api.depends("domain", "company_id")
    def _compute_case_count(self):
        """Open cases that the user may see; zero while the condition is being typed."""
        cases = self.env["debt.case"]
        for segment in self:
            try:
                with self.env.cr.savepoint():
                    segment.case_count = cases.search_count(
                        Domain("closed_at", "=", False) & segment._parsed()
                    )
            except Exception:
                segment.case_count = 0

    def action_cases(self):
        """The open cases of the segment."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_case_action"
        )
        return action | {
            "name": self.name,
            "domain": [("segment_ids", "in", self.ids)],
            "context": {"search_default_open": 1},
        }

    @api.model
    def _action_from_cases(self, cases):
        """Make a segment of exactly these cases, and show it to be named.

        :param cases: ``debt.case``, chosen in a list
        :raises UserError: there are none
        """
        self.check_access("create")
        cases.check_access("read")
        if not cases:
            raise UserError(self.env._("Choose cases in the list first."))
        name = self.env._(
            "Chosen on %(day)s", day=format_date(self.env, fields.Date.today())
        )
        values = {"name": name, "domain": str([("id", "in", cases.ids)])}
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.create(values).id,
            "views": [(False, "form")],
        }

from odoo import api, fields, models
from odoo.tools import SQL

from ..card.arguments import check, is_text


class DebtObjection(models.Model):
    """A handling card: what debtors say, what helps, and how often it did."""

    _name = "debt.objection"
    _description = "Objection"
    _order = "sequence, id"
    _rec_names_search = ["name", "keywords", "handling"]

    name = fields.Char(string="Objection", required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    keywords = fields.Char(
        translate=True,
        help="Other ways in which debtors say it; the card is found by them too.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    handling = fields.Text(string="What Helps", required=True, translate=True)
    outcome_id = fields.Many2one(
        "debt.call.outcome", string="Usual Outcome", help="Where it usually leads."
    )
    nonpayment_reason = fields.Selection(
        lambda self: (
            self.env["debt.call"]
            ._fields["nonpayment_reason"]
            ._description_selection(self.env)
        ),
        string="Means for Non-Payment",
        help="Marking the objection fills in why it is not paid.",
    )
    profile_ids = fields.Many2many(
        "debt.profile",
        string="Only for Profiles",
        help="Empty: for every debtor. Otherwise the card is offered for debtors of "
        "these profiles only, and before the cards for every debtor.",
    )
    call_ids = fields.Many2many(
        "debt.call", "debt_call_objection_rel", "objection_id", "call_id"
    )
    proposal_ids = fields.One2many(
        "debt.objection.proposal",
        "objection_id",
        groups="debt_collection.group_debt_operator",
    )
    call_count = fields.Integer(
        compute="_compute_counts", string="Heard", help="Calls in which it was heard."
    )
    promise_count = fields.Integer(
        compute="_compute_counts",
        string="Promised",
        help="Calls of these in which the debtor promised to pay all the same.",
    )
    paid_count = fields.Integer(
        compute="_compute_counts",
        string="Paid",
        help="Calls of these whose promise was followed by a payment.",
    )
    promise_rate = fields.Float(
        compute="_compute_counts", help="Share of the calls that brought a promise."
    )
    win_rate = fields.Float(
        compute="_compute_counts",
        help="Share of the calls that were followed by a payment.",
    )

    _code_unique = models.Constraint("UNIQUE(code)", "An objection's code is unique.")

    def _compute_counts(self):
        counts = self._call_counts()
        for objection in self:
            heard, promised, paid = counts.get(objection.id, (0, 0, 0))
            objection.call_count = heard
            objection.promise_count = promised
            objection.paid_count = paid
            objection.promise_rate = promised / heard if heard else 0
            objection.win_rate = paid / heard if heard else 0

    def _call_counts(self):
        """How these cards fared in the user's companies, in one query for all.

        Counted over all operators, whatever cases the user may see: a card is
        everybody's, and only counts come out.

        :return: dict of ``(heard, promised, paid)``, counts of calls, by card id
        """
        self.env["debt.call"].flush_model(["company_id", "objection_ids", "state"])
        self.env["debt.promise"].flush_model(["amount_paid", "call_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT heard.objection_id,
                       count(*),
                       count(promise.call_id),
                       count(*) FILTER (WHERE promise.paid)
                  FROM debt_call_objection_rel heard
                  JOIN debt_call call ON call.id = heard.call_id
                  LEFT JOIN (%s) promise ON promise.call_id = call.id
                 WHERE heard.objection_id = ANY(%s)
                   AND call.company_id = ANY(%s)
                   AND call.state != 'draft'
                 GROUP BY heard.objection_id
                """,
                self._promises_by_call(),
                self.ids,
                self.env.companies.ids,
            )
        )
        return {card: counts for card, *counts in rows}

    @api.model
    def _promises_by_call(self):
        """SQL of the calls that brought promises, and whether money followed."""
        return SQL(
            """
            SELECT call_id, bool_or(amount_paid > 0) AS paid
              FROM debt_promise
             WHERE call_id IS NOT NULL AND state != 'cancelled'
             GROUP BY call_id
            """
        )

    def action_propose(self):
        """Open a small form to propose a better answer.

        The context's ``call_id``, where there is one, says in which call the need for
        it was felt.
        """
        self.ensure_one()
        return self._action_propose(default_objection_id=self.id)

    @api.model
    def action_propose_new(self, said):
        """Open a small form to propose a card for what no card says yet.

        :param str said: what the debtor said, as typed; the context as in
            `action_propose`
        :raises UserError: no text was given
        """
        check(self.env, is_text, said)
        return self._action_propose(default_name=said)

    def _action_propose(self, **defaults):
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_objection_proposal_action_propose"
        )
        defaults["default_call_id"] = self.env.context.get("call_id", False)
        return action | {"context": defaults}

    def action_calls(self):
        """The calls in which it was heard, as far as the user may see them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_call_action"
        )
        return action | {"domain": [("objection_ids", "in", self.ids)], "context": {}}

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

BEST = 2
OPERATOR_WRITES = {"answer"}


class DebtCallReview(models.Model):
    """What a manager heard in a call, criterion by criterion.

    A draft is the reviewer's own affair. Once shared, the operator reads it and
    answers; from then on nothing in it changes unless it is taken back first.
    """

    _name = "debt.call.review"
    _description = "Call Review"
    _inherit = ["debt.evidence", "debt.chatter"]
    _order = "date desc, id"
    _rec_name = "call_id"
    _check_company_auto = True

    call_id = fields.Many2one(
        "debt.call",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain=[("state", "=", "done")],
    )
    company_id = fields.Many2one(related="call_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="call_id.partner_id", store=True)
    started_at = fields.Datetime(related="call_id.started_at", string="Call of")
    duration = fields.Integer(related="call_id.duration", string="Talk Time")
    outcome_id = fields.Many2one(related="call_id.outcome_id")
    call_note = fields.Text(related="call_id.note", string="Note of the Call")
    path_html = fields.Html(related="call_id.path_html", string="Path")
    operator_id = fields.Many2one(
        related="call_id.user_id", string="Operator", store=True, index=True
    )
    reviewer_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    date = fields.Date(
        string="Reviewed On", required=True, default=fields.Date.context_today
    )
    line_ids = fields.One2many(
        "debt.call.review.line",
        "review_id",
        string="Criteria",
        default=lambda self: self._default_lines(),
    )
    total = fields.Float(
        string="Quality",
        compute="_compute_total",
        store=True,
        aggregator="avg",
        help="Points given among the points that could be given.",
    )
    feedback = fields.Text(
        string="To the Operator", help="What was good, and what to do next time."
    )
    answer = fields.Text(string="Operator's Answer")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("shared", "Shared"),
            ("acknowledged", "Acknowledged"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _reviewer_once = models.Constraint(
        "UNIQUE(call_id, reviewer_id)", "You have reviewed this call already."
    )

    def _default_lines(self):
        criteria = self.env["debt.review.criterion"].search([])
        return [Command.create({"criterion_id": id_}) for id_ in criteria.ids]

    @api.depends("line_ids.score")
    def _compute_total(self):
        for review in self:
            scored = review.line_ids.filtered(lambda line: line._counts())
            points = sum(int(line.score) for line in scored)
            review.total = points / (BEST * len(scored)) if scored else 0

    @api.depends("operator_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for review in self:
            review.is_mine = review.operator_id == self.env.user

    @api.depends("call_id")
    def _compute_display_name(self):
        for review in self:
            review.display_name = self.env._(
                "Review: %(call)s", call=review.call_id.display_name or ""
            )

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: it begins as more than a draft without an answer"""
        reviews = super().create(vals_list)
        # Of the records: the context has defaults as well.
        if not self.env.su and any(r.state != "draft" or r.answer for r in reviews):
            raise AccessError(self.env._("A review starts as a draft."))
        return reviews

    def write(self, vals):
        """The operator answers and changes nothing else; nobody changes what is said.

        :raises AccessError: it is not the user's to write
        :raises UserError: the review is shared
        """
        if not self.env.su:
            self._check_written(vals.keys() - self.env["mail.thread"]._fields.keys())
        return super().write(vals)

    def _is_draft(self):
        return self.state == "draft"

    def _check_written(self, names):
        """Only the buttons to share, acknowledge and withdraw change the state."""
        if "state" in names:
            raise AccessError(
                self.env._("Use the buttons to share the review or to withdraw it.")
            )
        if names - OPERATOR_WRITES:
            self._check_manager()
            self._check_draft()
        if names & OPERATOR_WRITES:
            self._check_answering()

    def _check_answering(self):
        if not all(review.is_mine and review.state == "shared" for review in self):
            raise AccessError(
                self.env._(
                    "Only the operator who was reviewed answers, before acknowledging "
                    "the review."
                )
            )

    def _check_manager(self):
        self.check_access("read")
        manager = self.env.user.has_group("debt_collection.group_debt_manager")
        if not manager and not self.env.su:
            raise AccessError(self.env._("Only managers write reviews."))

    def _check_draft(self):
        if self.filtered(lambda review: review.state != "draft"):
            raise UserError(
                self.env._("The operator has read this review: withdraw it first.")
            )

    def action_share(self):
        """Let the operator read it, and say so.

        :raises UserError: something is not scored yet
        """
        self._check_manager()
        for review in self:
            review._check_draft()
            missing = review.line_ids.filtered(lambda line: not line.score)
            if missing or not review.line_ids:
                raise UserError(
                    self.env._(
                        "Score every criterion, or mark it not applicable: %(names)s",
                        names=", ".join(missing.criterion_id.mapped("name")),
                    )
                )
            review.sudo().state = "shared"
            texts = review.with_context(lang=review.operator_id.lang).env
            review._notify(
                review.operator_id,
                texts._("One of your calls was reviewed"),
                texts._("Read what was heard, and answer when you have read it."),
            )

    def action_acknowledge(self):
        """The operator has read it.

        :raises AccessError: it is another operator's review
        """
        self.check_access("read")
        for review in self:
            if not review.is_mine:
                raise AccessError(
                    self.env._("Only the operator who was reviewed acknowledges it.")
                )
            if review.state != "shared":
                raise UserError(self.env._("There is nothing to acknowledge."))
            # Superuser: the state is not the operator's to write but through this.
            review.sudo().state = "acknowledged"
            texts = review.with_context(lang=review.reviewer_id.lang).env
            review._notify(
                review.reviewer_id,
                texts._("A review was acknowledged"),
                review.answer or texts._("Read, without a comment."),
            )

    def action_take_back(self):
        """Back to a draft, before the operator has acknowledged it."""
        self._check_manager()
        if self.filtered(lambda review: review.state == "acknowledged"):
            raise UserError(
                self.env._("What the operator has acknowledged stays as it is.")
            )
        self.sudo().write({"state": "draft"})

    def action_call(self):
        """The call that was reviewed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "debt.call",
            "res_id": self.call_id.id,
            "views": [(False, "form")],
        }

    def _notify(self, user, subject, body):
        self.sudo().message_notify(
            partner_ids=user.partner_id.ids, subject=subject, body=body
        )


class DebtCall(models.Model):
    _inherit = "debt.call"

    review_ids = fields.One2many(
        "debt.call.review",
        "call_id",
        string="Reviews",
        readonly=True,
        groups="debt_collection.group_debt_operator",
    )

    def action_review(self):
        """The user's review of this call; a new one when there is none yet."""
        self.ensure_one()
        reviews = self.env["debt.call.review"]
        review = reviews.search(
            [("call_id", "=", self.id), ("reviewer_id", "=", self.env.uid)]
        )
        if self.state != "done":
            raise UserError(self.env._("A call is reviewed when it is over."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Review"),
            "res_model": reviews._name,
            "res_id": review.id,
            "views": [(False, "form")],
            "context": {"default_call_id": self.id},
        }

    @api.model
    def _get_spoken_domain(self):
        """Calls in which an operator spoke, no matter which one."""
        recorded = Domain("mode", "in", ("robot", "voice_message"))
        bridged = Domain("event_ids", "any", [("kind", "=", "bridged")])
        return ~recorded | bridged

    @api.model
    def _get_to_review_domain(self, since):
        """Conversations with debtors that nobody has reviewed, of other people.

        :param datetime since: UTC
        """
        return (
            Domain("state", "=", "done")
            & Domain("outcome_id", "!=", False)
            & Domain("party", "=", "right_party")
            & self._get_spoken_domain()
            & Domain("started_at", ">=", since)
            & Domain("user_id", "!=", self.env.uid)
            & Domain("user_id.active", "=", True)
            & Domain("company_id", "in", self.env.companies.ids)
            & Domain("review_ids", "=", False)
        )

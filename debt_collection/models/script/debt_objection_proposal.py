from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# What follows from the decision, and who made the proposal: not written by hand.
DECIDED = {"state", "user_id", "decided_by", "decided_on", "former_text"}
# What was decided about, and why: it stays as it was then.
WORDED = {"text", "lang", "name", "objection_id", "call_id", "reason"}


class DebtObjectionProposal(models.Model):
    """A better answer to an objection, from those who hear it every day."""

    _name = "debt.objection.proposal"
    _description = "Proposed Answer"
    _inherit = ["debt.chatter"]
    _order = "id desc"

    objection_id = fields.Many2one(
        "debt.objection", index="btree_not_null", ondelete="cascade"
    )
    name = fields.Char(
        string="The Debtor Says", help="Where no card has it: the title of a new one."
    )
    lang = fields.Selection(
        selection="_get_languages",
        string="Language",
        required=True,
        default=lambda self: self.env.lang or "en_US",
    )
    text = fields.Text(string="Better Answer", required=True)
    current_text = fields.Text(
        compute="_compute_current_text", string="What the Card Says Now"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Proposed By",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    call_id = fields.Many2one("debt.call", index="btree_not_null", ondelete="set null")
    state = fields.Selection(
        [("new", "New"), ("approved", "Approved"), ("rejected", "Rejected")],
        required=True,
        readonly=True,
        default="new",
        index=True,
        copy=False,
    )
    decided_by = fields.Many2one("res.users", readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    reason = fields.Text(copy=False, help="Why it was approved or rejected.")
    former_text = fields.Text(
        readonly=True, copy=False, help="What the card said before it was approved."
    )

    _card_or_name = models.Constraint(
        "CHECK(objection_id IS NOT NULL OR name <> '')",
        "Say to which objection it is an answer.",
    )

    @api.depends("objection_id", "name")
    def _compute_display_name(self):
        for proposal in self:
            title = proposal.objection_id.display_name or proposal.name
            proposal.display_name = title

    @api.model
    def _get_languages(self):
        return self.env["res.lang"].get_installed()

    @api.depends("objection_id", "lang")
    def _compute_current_text(self):
        for proposal in self:
            card = proposal.objection_id.with_context(lang=proposal.lang)
            proposal.current_text = card.handling

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_written(vals)
        proposals = super().create(vals_list)
        # Of the records once more: the context has defaults that no values show.
        if not self.env.su:
            for proposal in proposals:
                proposal._check_written(proposal._decided_values())
        return proposals

    def _decided_values(self):
        """What goes beyond a new proposal of the user's own."""
        usual = {"state": "new", "user_id": self.env.user}
        return {
            name: self[name]
            for name in (*DECIDED, "reason")
            if self[name] and self[name] != usual.get(name)
        }

    def write(self, vals):
        self._check_written(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_undecided(self):
        self._check_undecided()

    def _check_written(self, vals):
        """Operators word their proposals while these are new; managers decide."""
        if self.env.su:
            return
        if DECIDED & set(vals) or "reason" in vals and not self._is_manager():
            raise AccessError(
                self.env._("A proposal is approved or rejected by a manager.")
            )
        if WORDED & set(vals):
            self._check_undecided()

    def _check_undecided(self):
        if any(proposal.state != "new" for proposal in self):
            raise UserError(
                self.env._(
                    "This proposal has been decided already: make a new one instead."
                )
            )

    @api.model
    def _is_manager(self):
        return self.env.user.has_group("debt_collection.group_debt_manager")

    def action_approve(self):
        """The card says from now on, in the proposal's language, what is proposed.

        Where there was no card for what the debtor says, there is one now.
        """
        for proposal in self:
            proposal._check_decision()
            card = proposal.objection_id.with_context(lang=proposal.lang)
            if card:
                former = card.handling
                card.handling = proposal.text
                proposal._decide("approved", former_text=former)
            else:
                card = card.create(proposal._prepare_card())
                proposal._decide("approved", objection_id=card.id)

    def _prepare_card(self):
        """Values of a new card, in the language of the proposal."""
        code = f"proposal_{self.id}"
        return {"name": self.name, "code": code, "handling": self.text}

    def action_reject(self):
        """Turn it down; whoever took the trouble is told why.

        :return: an action that asks for the reason where none has been given
        """
        self._check_decision()
        unexplained = self.filtered(lambda proposal: not proposal.reason)
        for proposal in self - unexplained:
            proposal._decide("rejected")
        return unexplained[:1]._action_ask_reason() if unexplained else None

    def _action_ask_reason(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_objection_proposal_action_reject"
        )
        return action | {"res_id": self.id}

    def _check_decision(self):
        if not self._is_manager():
            raise AccessError(
                self.env._("A proposal is approved or rejected by a manager.")
            )
        self._check_undecided()

    def _decide(self, state, **values):
        """Write the decision and tell whoever made the proposal."""
        self.ensure_one()
        # Superuser: the decision is not written by hand; a manager has just made it.
        self.sudo().write(
            {
                "state": state,
                "decided_by": self.env.uid,
                "decided_on": fields.Datetime.now(),
                **values,
            }
        )
        self._notify_proposer()

    def _notify_proposer(self):
        told = self.with_context(lang=self.user_id.lang)
        name = told.display_name
        if self.state == "approved":
            text = told.env._(
                "Your answer to “%(name)s” is on the card now.", name=name
            )
        else:
            text = told.env._(
                "Your answer to “%(name)s” was not taken over.", name=name
            )
        self.message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=text,
            body=" ".join(filter(None, (text, self.reason))),
        )

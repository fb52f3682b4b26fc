from odoo import api, fields, models
from odoo.exceptions import AccessError

#: The company's rules that are decided before the first call.
RULES = (
    "debt_auto_flag",
    "debt_grace_days",
    "debt_max_age_days",
    "debt_min_amount",
    "debt_texts_on",
)


class DebtStart(models.TransientModel):
    """What there is to collect, what is left out and why, and what is still missing.

    Looked at before the first call, and whenever somebody wonders why a debtor is not
    among the cases.
    """

    _name = "debt.start"
    _description = "Start of Debt Collection"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    figures = fields.Html(compute="_compute_figures", sanitize=False)
    debt_auto_flag = fields.Boolean("Collect Every Overdue Invoice")
    debt_grace_days = fields.Integer("Grace Days")
    debt_max_age_days = fields.Integer("Greatest Age")
    debt_min_amount = fields.Monetary("Minimum")
    debt_texts_on = fields.Boolean("I Have Looked at Them: Send Them")
    texts = fields.Html(compute="_compute_texts", sanitize=False)
    ladder_id = fields.Many2one(
        "debt.ladder",
        string="How Fresh Debts Are Worked",
        domain=[("company_id", "=", False), ("step_ids", "!=", False)],
        help="The ladder of the first stage past due, for all companies. “Gentle "
        "start” writes to a customer who is a day late and calls from day 5 on; “Four "
        "weeks, ever less often” calls up to four times a day from the first day on.",
    )
    ladder_step_ids = fields.One2many(related="ladder_id.step_ids")
    has_bank = fields.Boolean(compute="_compute_missing")
    has_phone = fields.Boolean(compute="_compute_missing")
    has_mail = fields.Boolean(compute="_compute_missing")
    has_zone = fields.Boolean(compute="_compute_missing")
    has_accountant = fields.Boolean(compute="_compute_missing")
    has_operators = fields.Boolean(compute="_compute_missing")
    has_team = fields.Boolean(compute="_compute_missing")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        company = self.env.company
        if "ladder_id" in names:
            values["ladder_id"] = self.env["debt.stage"]._first_late().ladder_id.id
        return values | {name: company[name] for name in RULES if name in names}

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_figures(self):
        for start in self:
            ledger, company = self.env["debt.ledger"].sudo(), start.company_id
            start.figures = self.env["ir.qweb"]._render(
                "debt_collection.debt_start_figures",
                {
                    "currency": company.currency_id,
                    "bands": ledger._overview_bands(company),
                    "left_out": self._named(ledger._overview_left_out(company)),
                },
            )

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        """Each text that ladders send by themselves, as one of the debtors gets it."""
        for start in self:
            case = self.env["debt.case"].search(
                [
                    ("company_id", "=", start.company_id.root_id.id),
                    ("closed_at", "=", False),
                ],
                limit=1,
            )
            start.texts = self.env["ir.qweb"]._render(
                "debt_collection.debt_start_texts",
                {"texts": self.env["debt.ladder"]._texts(case.sudo())},
            )

    def _named(self, rows):
        """The reasons of rows in words.

        :param rows: of reason, number of debtors, amount in company currency
        """
        texts = {
            "below_minimum": self.env._("Less than the minimum"),
            "blocked": self.env._("Payment blocked"),
            "excluded": self.env._("Excluded by an accountant"),
            "in_grace": self.env._("Within the grace days"),
            "may_be_barred": self.env._("May be barred by limitation"),
            "no_followup": self.env._("Marked “no follow-up”, as opening balances are"),
            "too_old": self.env._("Older than the greatest age"),
            "unflagged": self.env._("Not flagged"),
            "disputed": self.env._("Disputed"),
            "covered": self.env._("Covered by credits"),
        }
        return [(texts.get(reason, reason), *rest) for reason, *rest in rows]

    @api.depends("company_id")
    def _compute_missing(self):
        for start in self:
            # Superuser: whether something is there, for those who may set the rules.
            company = start.company_id.sudo()
            env = company.env
            operators = env.ref("debt_collection.group_debt_operator").all_user_ids
            start.has_bank = bool(company.partner_id.bank_ids)
            start.has_phone = bool(company.phone)
            start.has_mail = bool(
                company.email and env["ir.mail_server"].search_count([], limit=1)
            )
            start.has_zone = bool(company.partner_id.tz)
            start.has_accountant = bool(company.debt_accountant_id)
            start.has_operators = any(
                user.active and not user._is_superuser() and company in user.company_ids
                for user in operators
            )
            start.has_team = bool(
                env["debt.team"].search_count(
                    [("company_id", "in", (company.id, False))], limit=1
                )
            )

    # --- the buttons ------------------------------------------------------------------
    def action_apply(self):
        """Save the rules, read the ledger by them, and look at it again."""
        self.ensure_one()
        self._check_manager()
        # Superuser: settings of the user's own company, which managers set.
        company = self.env.company.sudo()
        company.write({name: self[name] for name in RULES})
        stage = self.env["debt.stage"]._first_late()
        if stage and self.ladder_id and self.ladder_id != stage.ladder_id:
            stage._change_ladder(self.ladder_id)
        self.env["debt.case"].with_company(company).refresh()
        return self._action_again()

    def action_cases(self):
        """The cases, ready to be called."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_case_action"
        )

    def action_company(self):
        """The company: telephone, e-mail, address and zone."""
        return self._action_form("res.company", self.env.company)

    def action_company_contact(self):
        """The company's contact: bank account and time zone."""
        return self._action_form("res.partner", self.env.company.partner_id)

    def action_settings(self):
        """The settings: accountant in charge, mail and the rest."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settings"),
            "res_model": "res.config.settings",
            "views": [(False, "form")],
            "context": {"module": "debt_collection"},
        }

    def action_users(self):
        """The users, to make some of them operators."""
        return self.env["ir.actions.act_window"]._for_xml_id("base.action_res_users")

    def action_team(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_team_action"
        )

    def _action_form(self, model, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _action_again(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_start_action"
        )

    def _check_manager(self):
        if not self.env.user.has_group("debt_collection.group_debt_manager"):
            raise AccessError(self.env._("Only a collection manager sets the rules."))

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .bands import AGE_BANDS, AMOUNT_BANDS

#: What is behind a payment; whoever has no accounting gets no links to it.
ACCOUNTING = "account.group_account_readonly,account.group_account_invoice"


class DebtCollectionReport(models.Model):
    """Money collected: one row for each payment on an item that was in collection.

    An item was in collection when it had been due before the day of the payment, the
    debtor had an open case on that day, and nobody had taken the item out of
    collection. Money is told from credit notes and write-offs as for promises. A
    payment that nobody has matched counts for the items the ledger lays it against, as
    far as they were due; one that has no entry yet for the items it names.

    The rows are written by statements over many payments, see `_renew`, and are never
    older than the ledger when somebody reads them. A payment that is undone takes its
    rows with it.
    """

    _name = "debt.collection.report"
    _inherit = ["debt.segmented", "debt.reads.primary"]
    _segment_path = "case_id"
    _description = "Money Collected"
    _order = "day desc, id desc"
    _rec_name = "partner_id"
    _log_access = False

    day = fields.Date(
        required=True, readonly=True, index=True, help="The day of the payment."
    )
    amount = fields.Monetary(
        string="Collected",
        readonly=True,
        help="What was paid on items in collection, in the company's currency.",
    )
    currency_id = fields.Many2one(
        "res.currency", string="Company Currency", readonly=True
    )
    amount_document = fields.Monetary(
        string="Collected in the Invoice's Currency",
        readonly=True,
        currency_field="document_currency_id",
    )
    document_currency_id = fields.Many2one(
        "res.currency", string="Invoice's Currency", readonly=True
    )
    payments = fields.Integer(
        readonly=True, help="Payments, each counted once for every item it pays."
    )
    case_id = fields.Many2one(
        "debt.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    stage_id = fields.Many2one(
        "debt.stage",
        readonly=True,
        ondelete="set null",
        help="By the age of the item on the day of the payment.",
    )
    age = fields.Integer(
        string="Days Late",
        readonly=True,
        aggregator="avg",
        help="Days from the item's due date to the payment.",
    )
    age_band = fields.Selection(AGE_BANDS, string="Age", readonly=True)
    amount_band = fields.Selection(AMOUNT_BANDS, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Operator",
        readonly=True,
        help="Who had the last talk in the days looked back on; without one, whoever "
        "worked the case when the payment was entered.",
    )
    team_id = fields.Many2one("debt.team", readonly=True, ondelete="set null")
    followed = fields.Selection(
        [
            ("1promise", "A Promise"),
            ("2talk", "A Talk"),
            ("3voice", "A Robot or Voice Message"),
            ("4message", "A Message, Letter or Visit"),
            ("5none", "No Contact"),
            ("6handed", "Handing Over"),
        ],
        string="Paid After",
        readonly=True,
        help="A promise that stood on that day, or else the last contact in the days "
        "looked back on; without one since it was handed over, the handing over.",
    )
    channel = fields.Selection(
        lambda self: (
            self.env["debt.contact.decision"]
            ._fields["channel"]
            ._description_selection(self.env)
        ),
        readonly=True,
        help="Of the last contact in the days looked back on: a call that was "
        "answered, or a message that was sent.",
    )
    mode = fields.Selection(
        lambda self: (
            self.env["debt.call"]._fields["mode"]._description_selection(self.env)
        ),
        readonly=True,
        help="How the last contact was dialled, where it was a call.",
    )
    contacted_at = fields.Datetime(string="Last Contact", readonly=True)
    days_looked_back = fields.Integer(
        readonly=True,
        aggregator="max",
        help="A payment is counted for the last contact in so many days before it: a "
        "setting of the company.",
    )
    call_id = fields.Many2one(
        "debt.call", readonly=True, ondelete="set null", index="btree_not_null"
    )
    message_id = fields.Many2one(
        "debt.message", readonly=True, ondelete="set null", index="btree_not_null"
    )
    promise_id = fields.Many2one(
        "debt.promise",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The promise that stood for this item on that day.",
    )
    promise_kept = fields.Boolean(readonly=True)
    handover_id = fields.Many2one(
        "debt.handover",
        string="Handed Over",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="A lawyer, an agency or a court had the case on that day.",
    )
    script_id = fields.Many2one("debt.script", readonly=True, ondelete="set null")
    ladder_id = fields.Many2one(
        "debt.ladder", string="Retry Ladder", readonly=True, ondelete="set null"
    )

    line_id = fields.Many2one(
        "account.move.line",
        string="Item Paid",
        required=True,
        readonly=True,
        ondelete="cascade",
        groups=ACCOUNTING,
    )
    credit_line_id = fields.Many2one(
        "account.move.line",
        string="Payment's Item",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        groups=ACCOUNTING,
    )
    partial_id = fields.Many2one(
        "account.partial.reconcile",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        groups=ACCOUNTING,
        help="Empty: nobody has matched the payment with the item yet.",
    )
    payment_id = fields.Many2one(
        "account.payment",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        groups=ACCOUNTING,
        help="A payment that has no entry yet.",
    )

    _once = models.UniqueIndex(
        "(line_id, (coalesce(partial_id, 0)), (coalesce(credit_line_id, 0)), "
        "(coalesce(payment_id, 0)))",
    )
    _unmatched_idx = models.Index("(company_id) WHERE partial_id IS NULL")

    @api.model
    def _soon_after(self, case_id, at):
        """SQL of what was collected on a case in the days after a contact, one row.

        As many days as the company looks back on; ``company`` must be joined.

        :param SQL case_id: of the case
        :param SQL at: when the contact was, UTC; days are those of UTC
        """
        return SQL(
            """
            SELECT COALESCE(sum(soon.amount), 0) AS amount
              FROM debt_collection_report soon
             WHERE soon.case_id = %(case_id)s
               AND soon.day >= %(at)s::date
               AND soon.day <= %(at)s::date + company.debt_collected_days
            """,
            case_id=case_id,
            at=at,
        )

    def action_case(self):
        """The debtor's card."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "debt.case",
            "res_id": self.case_id.id,
            "views": [(False, "form")],
        }

    @api.model
    def action_renew(self):
        """Tell anew what the user's companies collected, from the first payment on.

        :raises AccessError: the user is no manager of collection
        """
        if not self.env.user.has_group("debt_collection.group_debt_manager"):
            raise AccessError(
                self.env._("Only a collection manager has the figures worked out anew.")
            )
        self._renew(self.env.companies)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

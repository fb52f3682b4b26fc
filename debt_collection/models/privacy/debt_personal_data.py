from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..card.lock_rows import lock_found

BATCH = 100
#: Stands where something is erased that may not be empty.
ERASED = "[…]"
#: Closed, or closed again, since anything was erased of them.
TO_ERASE = SQL(
    "SELECT id FROM debt_case WHERE erased_at IS NULL OR erased_at < closed_at"
)


class Personal(NamedTuple):
    """What a model keeps of a person.

    ``path`` is the field that leads to the case, or to the debtor; ``names`` are
    emptied; ``required`` are overwritten, since they may not be empty. ``only`` is a
    domain of the rows that have any of it.
    """

    path: str
    names: tuple[str, ...]
    required: tuple[str, ...] = ()
    only: tuple = ()


class DebtPersonalData(models.AbstractModel):
    """What is erased of a debtor, and what stays as evidence without the person.

    That he was called, when, how it ended and by which rule stays, and so do all
    figures; what was said, and where he was reached, goes. Nothing goes of an open
    case, nor of one on legal hold; a recording goes when its time is over. Accounting
    is not touched. Refusals keep their number or address, or nobody could heed them.
    """

    _name = "debt.personal.data"
    _description = "Personal Data of Debtors"

    @api.model
    def _personal(self):
        """Hook: what each model keeps of a person, `Personal` by model."""
        return {
            "debt.call": Personal(
                "case_id",
                ("number", "note", "answer", "paid_reference", "exemplary_why"),
            ),
            "debt.call.event": Personal("call_id.case_id", ("values",)),
            "debt.call.review": Personal("call_id.case_id", ("feedback", "answer")),
            "debt.call.review.line": Personal(
                "review_id.call_id.case_id", ("comment",)
            ),
            "debt.contact.decision": Personal("case_id", ("number",)),
            "debt.contact.exception": Personal("case_id", ("number",)),
            "debt.dispute": Personal("case_id", ("resolution",), ("reason",)),
            "debt.forbearance": Personal("case_id", (), ("note",)),
            "debt.handover": Personal("case_id", ("reference", "note", "return_note")),
            "debt.handover.cost": Personal("handover_id.case_id", (), ("name",)),
            "debt.settlement": Personal("case_id", ("condition",)),
            "debt.suspension": Personal("case_id", ("note", "lifted_reason")),
            "debt.writeoff": Personal("case_id", ("ended_reason",), ("note",)),
            "debt.message": Personal("case_id", ("address", "subject", "body")),
            "debt.promise": Personal("case_id", ("ended_reason",)),
            "debt.refusal": Personal("case_id", ("address",), ("text",)),
            "debt.reply": Personal("case_id", ("address", "subject", "text", "files")),
        }

    # --- what goes ------------------------------------------------------------------
    @api.model
    def _get_erasable_domain(self):
        return [("closed_at", "!=", False), ("legal_hold", "=", False)]

    @api.model
    def _cron_erase(self):
        """Erase what is older than each company keeps it. Superuser cron."""
        cases = self.env["debt.case"].with_context(active_test=False)
        now = fields.Datetime.now()
        for company in self.env["res.company"].search([("debt_keep_days", ">", 0)]):
            last = fields.Datetime.subtract(now, days=company.debt_keep_days)
            domain = Domain(self._get_erasable_domain())
            domain &= Domain("company_id", "=", company.id)
            domain &= Domain("closed_at", "<", last) & Domain("id", "in", TO_ERASE)
            while found := lock_found(
                lambda domain=domain: cases.search(domain, limit=BATCH)
            ):
                self._erase_cases(found)
                self._erase_partners(found.partner_id)
                if not self.env["ir.cron"]._commit_progress(len(found)):
                    return

    @api.model
    def _counts(self, cases):
        """How many rows of each model would be emptied in these cases."""
        counts = {
            name: len(self._records(name, personal.path, cases, personal.only))
            for name, personal in self._personal().items()
        }
        counts["debt.recording"] = len(self._over(cases))
        return {name: count for name, count in counts.items() if count}

    @api.model
    def _counts_text(self, counts, separator="\n"):
        """Counts by model in words."""
        models_ = self.env["ir.model"].sudo()
        return separator.join(
            f"{models_._get(name).name}: {count}" for name, count in counts.items()
        )

    @api.model
    def _over(self, cases):
        """Recordings of these cases whose time is over, and that are not on hold."""
        today = fields.Date.today()
        return cases.recording_ids.filtered(
            lambda one: (
                not one.deleted_at
                and not one.held
                and (not one.keep_until or one.keep_until < today)
            )
        )

    @api.model
    def _erase_cases(self, cases):
        """Empty what was said and where, in these closed cases.

        By SQL: what is evidence otherwise, no method writes again.

        :param cases: ``debt.case``, superuser, none of them open or on hold
        :return: dict, how many rows of each model
        """
        self.env.flush_all()
        counts = {}
        for name, personal in self._personal().items():
            records = self._records(name, personal.path, cases, personal.only)
            self._blank(records, personal)
            counts[name] = len(records)
        # The letters as they were handed to the post.
        self._records("debt.message", "case_id", cases).attachment_id.unlink()
        self._erase_threads(cases)
        over = self._over(cases)
        over._delete()
        counts["debt.recording"] = len(over)
        cases.erased_at = fields.Datetime.now()
        self.env.flush_all()
        self.env.invalidate_all()
        return {name: count for name, count in counts.items() if count}

    @api.model
    def _records(self, name, path, owners, only=()):
        """What a model keeps of cases, or of debtors, archived or not."""
        records = self.env[name].sudo().with_context(active_test=False)
        return records.search([(path, "in", owners.ids), *only])

    @api.model
    def _blank(self, records, personal):
        columns = [SQL("%s = NULL", SQL.identifier(name)) for name in personal.names]
        columns += [
            SQL("%s = %s", SQL.identifier(name), ERASED) for name in personal.required
        ]
        if records and columns:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id IN %s",
                    SQL.identifier(records._table),
                    SQL(", ").join(columns),
                    records._ids,
                )
            )

    # --- what stays -----------------------------------------------------------------
    @api.model
    def _kept_reasons(self, cases):
        """Why something stays for now, as sentences.

        :param cases: ``debt.case`` of one debtor, superuser
        """
        reasons = []
        if opened := cases.filtered(lambda case: not case.closed_at):
            reasons.append(
                self.env._(
                    "%(count)s open cases stay as they are: they are still collected.",
                    count=len(opened),
                )
            )
        if held := cases.filtered("legal_hold"):
            reasons.append(
                self.env._("%(count)s cases are on legal hold.", count=len(held))
            )
        kept = cases.recording_ids.filtered(lambda one: not one.deleted_at)
        if waiting := kept - self._over(cases):
            reasons.append(
                self.env._(
                    "%(count)s recordings stay until their retention period ends.",
                    count=len(waiting),
                )
            )
        return reasons


class DebtCase(models.Model):
    _inherit = "debt.case"

    erased_at = fields.Datetime(
        string="Contact Data Erased",
        readonly=True,
        copy=False,
        help="When notes, numbers and messages of this case were erased.",
    )


class ResCompany(models.Model):
    _inherit = "res.company"

    debt_keep_days = fields.Integer(
        string="Keep Notes and Numbers",
        groups="debt_collection.group_debt_manager,base.group_system",
        help="Days after a case was closed, then its notes, numbers and messages are "
        "erased. 0: they are kept until somebody erases them.",
    )

    _debt_keep_days_positive = models.Constraint(
        "CHECK(debt_keep_days >= 0)", "Days of retention cannot be negative."
    )

    @api.model
    def _debt_traced(self):
        return super()._debt_traced() | {"debt_keep_days"}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debt_keep_days = fields.Integer(related="company_id.debt_keep_days", readonly=False)

import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, models

_logger = logging.getLogger(__name__)
# More than anybody reads in an activity; the list behind it has them all.
MOST_NAMED = 20


class DebtContactAudit(models.TransientModel):
    """The audit that is made by itself, each month; only exceptions are told."""

    _inherit = "debt.contact.audit"

    @api.model
    def _cron_audit(self):
        """Audit the month that is over, company by company. Superuser cron.

        It runs each day, as a month ends where the company is, and a day on which the
        server stands still must not cost a month.
        """
        groups = self.env["debt.case"]._read_group([], ["company_id"])
        due = [company for (company,) in groups if self._is_due(company)]
        for number, company in enumerate(due, 1):
            self._audit_by_itself(company)
            left = self.env["ir.cron"]._commit_progress(1, remaining=len(due) - number)
            if not left:
                return

    @api.model
    def _is_due(self, company):
        known = company.debt_audited_until
        return not known or known < self._last_month_end(company)

    @api.model
    def _last_month_end(self, company):
        return company._debt_today().replace(day=1) - timedelta(days=1)

    @api.model
    def _audit_by_itself(self, company):
        """Audit one company; what fails is tried again tomorrow, after the others."""
        end = self._last_month_end(company)
        try:
            with self.env.cr.savepoint():
                audit = self.with_context(allowed_company_ids=company.ids).create(
                    {
                        "company_id": company.id,
                        "date_from": end.replace(day=1),
                        "date_to": end,
                    }
                )
                if exceptions := audit._run():
                    audit._tell_managers(exceptions)
                company.debt_audited_until = end
        except Exception:
            _logger.exception("The contact audit of %s failed", company.name)

    def _tell_managers(self, exceptions):
        """An activity for each manager, at the debtor of the first exception.

        It names that debtor alone: whoever works his case reads it, and he himself may
        ask what is kept of him.

        :param exceptions: ``debt.contact.exception``
        """
        exceptions = exceptions.sorted("at")
        case = exceptions[:1].case_id.with_context(mail_activity_quick_update=True)
        his = exceptions.filtered(lambda one: one.case_id == case)
        for manager in self._managers():
            told = self.with_context(lang=manager.lang)
            case.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=told.env._(
                    "%(audit)s: %(count)s contacts broke a rule",
                    audit=told.display_name,
                    count=len(exceptions),
                ),
                note=told._exceptions_note(his.with_env(told.env)),
                user_id=manager.id,
                date_deadline=self.company_id._debt_today(),
            )

    def _managers(self):
        # Superuser: who the company's managers are; they are to hear of it.
        group = self.env.ref("debt_collection.group_debt_manager").sudo()
        return group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )

    def _exceptions_note(self, exceptions):
        lines = [
            Markup("<li>%s, %s: %s</li>")
            % (one.local_time or one.at, one.partner_id.display_name, one.text)
            for one in exceptions[:MOST_NAMED]
        ]
        text = self.env._(
            "All are under Reporting, Exceptions. Find out how each came about: none "
            "is expected."
        )
        return Markup("<ul>%s</ul><p>%s</p>") % (Markup().join(lines), text)

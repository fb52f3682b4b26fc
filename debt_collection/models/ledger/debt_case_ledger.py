from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, models


class DebtCase(models.Model):
    """How a case asks the ledger, and how the ledger tells a case."""

    _inherit = "debt.case"

    @api.model
    def refresh(self, partner_ids=None):
        """Open, update and close cases by what the ledger says now.

        Companies are all those of the user; with ``partner_ids`` only these debtors.
        The number of statements does not depend on how many they are.

        :param partner_ids: ids of ``res.partner``, debtors or contacts of theirs
        :return: dict of counts ``opened``, ``updated``, ``closed``, ``stage_changed``;
            zeros when another refresh got ahead, which is then made good for by the
            scheduled action
        :raises AccessError: the user may not read cases
        """
        self.check_access("read")
        companies, ledger = self.env.companies, self.env["debt.ledger"]
        if self.env.uid == SUPERUSER_ID and not self.env.context.get(
            "allowed_company_ids"
        ):
            companies = companies.search([])
        effects = ledger._refresh(companies, partner_ids)
        ledger._follow_pending()
        if effects is None:
            return ledger._refresh_later()
        return ledger._refresh_follow(effects)

    @api.model
    def _cron_refresh(self, companies=None):
        """The daily job: the companies' ledger, then what a new day brings.

        :param companies: ``res.company``, all of them when None
        """
        ledger = self.env["debt.ledger"].sudo()
        companies = companies or ledger.env["res.company"].search([])
        while (effects := ledger._refresh(companies)) is None:
            # Somebody has just written the same cases. A new transaction sees that,
            # and only within a scheduled action may we begin one.
            in_cron = self.env.context.get("ir_cron_progress_id")
            if not in_cron or not self.env["ir.cron"]._commit_progress():
                ledger._refresh_later()
                break
        else:
            ledger._refresh_follow(effects)
        self.sudo()._cron_daily()
        return True

    def _on_ledger(self, effect):
        """Hook: what follows for cases that the ledger has changed.

        :param str effect: ``busy`` (closed, with something to be put in order),
            ``undone`` or ``reopened`` (taken up again, because what closed it was
            undone or because the debtor owes again), ``promised`` or ``stage``
        """
        match effect:
            case "busy":
                self._on_closed()
            case "stage":
                self._on_stage_changed()
            case "undone" | "reopened":
                self.env["debt.ledger"]._tell_reopened(self, effect == "undone")

    def _plan_some(self):
        """Plan a few cases at once; many would keep the caller waiting."""
        if not self:
            return
        if len(self) <= self._plan_at_once():
            self._plan()
        else:
            self._trigger_planning()

    @api.model
    def _plan_at_once(self):
        """How many cases are planned within the caller's transaction."""
        return 50

    # --- reading a case -----------------------------------------------------------
    @api.model
    def _search(self, *args, **kwargs):
        """Cases are read by way of here: bring them up to date first."""
        with self._caches_kept():
            self.env["debt.ledger"]._refresh_pending()
        return super()._search(*args, **kwargs)

    @contextmanager
    def _caches_kept(self):
        """Let a refresh happen in the middle of reading a field.

        Whoever reads a field holds its cache in his hands while the ORM fetches it by
        way of `_search`. Deleting a record (an activity, a claim) makes the ORM throw
        all caches away and begin new ones; the one he holds would stay empty.
        """
        caches = self.env.transaction.field_data
        held = dict(caches)
        yield
        for field, cache in held.items():
            fresh = caches.get(field)
            if fresh is cache:
                continue
            parts = [(cache, fresh or {})]
            if field in self.env._field_depends_context:
                parts = [
                    (part, (fresh or {}).get(key, {})) for key, part in cache.items()
                ]
            for old, new in parts:
                old.clear()
                old.update(new)
            if fresh and field in self.env._field_depends_context:
                cache.update({k: v for k, v in fresh.items() if k not in cache})
            caches[field] = cache

from odoo import api, models
from odoo.exceptions import AccessError


class DebtEvidence(models.AbstractModel):
    """Records that somebody may have to answer for: they are corrected by new ones.

    What a method decides is not written by hand, nor is a record made that is decided
    already; what was decided stays as it was. The methods work as superuser, once they
    have checked who calls them.
    """

    _name = "debt.evidence"
    _description = "Evidence"

    #: Fields that only methods write, in the words of a user's `write`.
    _by_methods = frozenset()
    #: Fields that never change once the record is there.
    _for_good = frozenset()
    #: Fields that still change when the record is decided.
    _after_decision = frozenset()

    def _is_decided(self):
        """Whether the record is settled and stays as it is."""
        self.ensure_one()
        return False

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: it is made as if it had been decided"""
        records = super().create(vals_list)
        if not self.env.su:
            # Of the records: the context has defaults as well.
            records._check_undecided(self._by_methods)
        return records

    def write(self, vals):
        """:raises AccessError: it is not written by hand, or not any more"""
        if not self.env.su:
            ours = vals.keys() - self.env["mail.activity.mixin"]._fields.keys()
            self._check_writable(ours - self.env["mail.thread"]._fields.keys())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        """:raises AccessError: it is on record"""
        if not self.env.su and not all(record._is_draft() for record in self.sudo()):
            raise AccessError(self._evidence_text())

    def _is_draft(self):
        """Whether nobody has seen the record yet but its author, who may delete it."""
        self.ensure_one()
        return False

    def _check_undecided(self, names):
        fields = [self._fields[name] for name in sorted(names)]
        initial = {f.name: f.default(self) if f.default else False for f in fields}
        for record in self.sudo():
            if any((record[name] or False) != initial[name] for name in initial):
                raise AccessError(self._evidence_text())

    def _check_writable(self, names):
        """:raises AccessError: one of these fields is not the user's to write"""
        forbidden = set(names & (self._by_methods | self._for_good))
        if any(record._is_decided() for record in self.sudo()):
            forbidden |= names - self._after_decision
        if forbidden:
            raise AccessError(self._evidence_text())

    def _evidence_text(self):
        return self.env._(
            "What was agreed or decided stays on record as it is: use the buttons, or "
            "record a new one that corrects it."
        )

from odoo import api, fields, models
from odoo.tools import SQL


class DebtContactLock(models.Model):
    """One row per debtor, which every contact writes: two at once cannot both stand.

    The gate counts the contacts its transaction sees. Of two transactions that make a
    contact with one debtor at the same moment, neither sees the other's; whichever
    comes second fails here with a serialization failure, is tried again by Odoo, and
    asks the gate once more, which now counts the first.
    """

    _name = "debt.contact.lock"
    _description = "Lock on Contacts with a Debtor"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    contacts = fields.Integer(readonly=True, help="How many contacts were made.")

    _partner_once = models.UniqueIndex("(partner_id)")

    @api.model
    def _acquire(self, debtors):
        """A contact with these debtors is on record now.

        :raises SerializationFailure: another was made since this transaction began
        """
        if debtors:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO debt_contact_lock (partner_id, contacts)
                         SELECT unnest(%s), 1
                    ON CONFLICT (partner_id)
                      DO UPDATE SET contacts = debt_contact_lock.contacts + 1
                    """,
                    # In order: two that lock several debtors never wait for each other.
                    sorted(debtors.ids),
                )
            )


class DebtCall(models.Model):
    """A call is our contact from the moment it is dialled."""

    _inherit = "debt.call"

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        calls.filtered("started_at")._lock_debtor()
        return calls

    def write(self, vals):
        undialled = self.filtered(lambda call: not call.started_at)
        result = super().write(vals)
        if vals.get("started_at"):
            undialled._lock_debtor()
        return result

    def _lock_debtor(self):
        # Where the debtor rings us there is nothing to refuse.
        ours = self.filtered(lambda call: call.direction == "outbound")
        self.env["debt.contact.lock"]._acquire(ours.partner_id)


class DebtMessage(models.Model):
    """A message is a contact from the moment it is handed over."""

    _inherit = "debt.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        self.env["debt.contact.lock"]._acquire(messages.filtered("sent_at").partner_id)
        return messages

    def write(self, vals):
        result = super().write(vals)
        if vals.get("sent_at"):
            self.env["debt.contact.lock"]._acquire(self.partner_id)
        return result

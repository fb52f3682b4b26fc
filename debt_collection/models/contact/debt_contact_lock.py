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

    @api.model
    def _merge(self, gone, kept):
        """The contacts made with several debtors were made with the one that remains.

        :param gone: ``res.partner``, those that are merged
        :param kept: ``res.partner``
        """
        self.env.cr.execute(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM debt_contact_lock
                          WHERE partner_id = ANY(%s) RETURNING contacts)
                INSERT INTO debt_contact_lock (partner_id, contacts)
                     SELECT %s, sum(contacts) FROM gone HAVING count(*) > 0
                ON CONFLICT (partner_id)
                  DO UPDATE SET contacts = debt_contact_lock.contacts
                                         + excluded.contacts
                """,
                gone.ids,
                kept.id,
            )
        )

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.signature import TOLERANCE


class DebtDiallerNonce(models.Model):
    """Numbers used once by signed requests: who sees one again refuses it."""

    _name = "debt.dialler.nonce"
    _description = "Number Used Once by the Dialler"
    _log_access = False
    _rec_name = "nonce"

    provider_id = fields.Many2one(
        "debt.telephony.provider", required=True, readonly=True, ondelete="cascade"
    )
    nonce = fields.Char(required=True, readonly=True)
    used_at = fields.Datetime(required=True, readonly=True, index=True)

    _once = models.UniqueIndex("(provider_id, nonce)")

    @api.model
    def _use(self, provider, nonce):
        """Use a nonce; False when it has been used before.

        It is written in the transaction of the request: one that is rolled back and
        tried again may use it again, a second request never.
        """
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO debt_dialler_nonce (provider_id, nonce, used_at)
                VALUES (%s, %s, %s)
                    ON CONFLICT (provider_id, nonce) DO NOTHING
                RETURNING id
                """,
                provider.id,
                nonce,
                fields.Datetime.now(),
            )
        )
        return bool(rows)

    @api.model
    def _purge(self):
        """Forget those whose requests would be too old anyway."""
        oldest = fields.Datetime.now() - timedelta(seconds=2 * TOLERANCE)
        self.env.execute_query(
            SQL("DELETE FROM debt_dialler_nonce WHERE used_at < %s RETURNING 1", oldest)
        )

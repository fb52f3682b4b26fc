from odoo import models


class DebtTelephonyProvider(models.Model):
    """What is recorded at an exchange, and what debtors are told before."""

    _inherit = "debt.telephony.provider"

    def _recording_of(self, call, texts):
        """Whether a call is recorded, and what the debtor is told before.

        Who is to be told, and cannot be, is not recorded.

        :param texts: ``debt.dialler.prompt`` that may be said, the first that can be is
        :return: bool, and ``debt.dialler.prompt``, empty when nothing is said
        """
        rule = self.env["debt.recording"]._rule(call.case_id)
        record = self.record_calls and rule["allowed"]
        if not (record and rule["announce"]):
            return record, self.env["debt.dialler.prompt"]
        told = call._told()
        said = texts.browse(text._spoken_to(*told).id for text in texts)
        said = said.filtered("audio_sha1")[:1]
        return bool(said), said

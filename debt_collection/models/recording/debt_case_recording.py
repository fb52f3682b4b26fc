from odoo import fields, models


class DebtCase(models.Model):
    """Whether calls with this debtor may be recorded, and how long that is kept."""

    _name = "debt.case"
    _inherit = ["debt.case", "debt.legal.hold"]

    recording_ids = fields.One2many("debt.recording", "case_id", string="Recordings")

    def _held_case(self):
        return self

    def _prepare_merge_values(self, kept):
        """What has to be kept of either case is kept of both."""
        values = super()._prepare_merge_values(kept)
        if self.legal_hold and not kept.legal_hold:
            values |= {"legal_hold": True, "legal_hold_reason": self.legal_hold_reason}
        return values

    def _recording_rule(self, started_at=None):
        """What is asked of whoever records a call with this debtor.

        The strictest of the policies that hold. Where they say nothing, a recording is
        announced all the same. A consent must be on record before the recording begins;
        who refuses in the middle of it is not recorded either.

        :param datetime started_at: when it began, naive UTC; None: it begins now
        :return: ``{"allowed": bool, "announce": bool, "consent": bool, "reason": code,
            "message": text, "consent_id": id or False}``; ``consent`` tells that a
            consent is needed before, ``reason`` is ok, opted_out or no_consent
        """
        self.ensure_one()
        consent = "consent" in self._contact_policy().mapped("recording")
        last, said = self._recording_consent(), self._recording_consent(started_at)
        given = said.state == "given"
        reason = "ok"
        if "withdrawn" in (last.state, said.state):
            reason = "opted_out"
        elif consent and not given:
            reason = "no_consent"
        return {
            "allowed": reason == "ok",
            "announce": True,
            "consent": consent,
            "reason": reason,
            "message": self._recording_text(reason),
            "consent_id": given and said.id,
        }

    def _recording_consent(self, recorded_by=None):
        """The debtor's last word about recording, ``debt.consent`` (superuser).

        :param datetime recorded_by: of those entered until then, naive UTC
        """
        entered = [("create_date", "<=", recorded_by)] if recorded_by else []
        today = self.company_id._debt_today()
        # Superuser: exactly this debtor's words.
        return (
            self.env["debt.consent"]
            .sudo()
            .search(
                [
                    *self._consent_domain(self.partner_id),
                    *entered,
                    ("channel", "=", "recording"),
                    ("date", "<=", today),
                    "|",
                    ("valid_until", "=", False),
                    ("valid_until", ">=", today),
                ],
                limit=1,
            )
        )

    def _recording_text(self, reason):
        return {
            "ok": self.env._("The call may be recorded; it is announced."),
            "opted_out": self.env._("The debtor does not want to be recorded."),
            "no_consent": self.env._(
                "The call may be recorded only with the debtor's consent. Ask for it "
                "and record it under “Consents” of the case."
            ),
        }[reason]

    def _keep_recording_until(self, started_at):
        """Last day on which a recording is kept.

        :param datetime started_at: naive UTC
        """
        years = max(self._contact_policy().mapped("recording_years"), default=0)
        day = started_at.date()
        if years:
            return fields.Date.add(day, years=years)
        return fields.Date.add(day, days=self.company_id.debt_recording_days)

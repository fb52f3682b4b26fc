from odoo import api, fields, models


class DebtRecording(models.Model):
    """Whether calls with a debtor may be recorded, and how long that is kept."""

    _inherit = "debt.recording"

    @api.model
    def _rule(self, case, started_at=None):
        """What is asked of whoever records a call with this debtor.

        The strictest of the policies that hold. Where they say nothing, a recording is
        announced all the same. A consent must be on record before the recording begins;
        who refuses in the middle of it is not recorded either.

        :param datetime started_at: when it began, naive UTC; None: it begins now
        :return: ``{"allowed": bool, "announce": bool, "consent": bool, "reason": code,
            "message": text, "consent_id": id or False}``; ``consent`` tells that a
            consent is needed before, ``reason`` is ok, opted_out or no_consent
        """
        case.ensure_one()
        consent = case._contact_policy()._asks_consent_to_record()
        last, said = self._consent(case), self._consent(case, started_at)
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
            "message": self._rule_text(reason),
            "consent_id": given and said.id,
        }

    @api.model
    def _consent(self, case, recorded_by=None):
        """The debtor's last word about recording, ``debt.consent`` (superuser).

        :param datetime recorded_by: of those entered until then, naive UTC
        """
        entered = [("create_date", "<=", recorded_by)] if recorded_by else []
        today = case.company_id._debt_today()
        # Superuser: exactly this debtor's words.
        return (
            self.env["debt.consent"]
            .sudo()
            .search(
                [
                    *case._get_consent_domain(case.partner_id),
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

    @api.model
    def _rule_text(self, reason):
        return {
            "ok": self.env._("The call may be recorded; it is announced."),
            "opted_out": self.env._("The debtor does not want to be recorded."),
            "no_consent": self.env._(
                "The call may be recorded only with the debtor's consent. Ask for it "
                "and record it under “Consents” of the case."
            ),
        }[reason]

    @api.model
    def _last_day(self, case, started_at):
        """Last day on which a recording is kept.

        :param datetime started_at: naive UTC
        """
        years = max(case._contact_policy().mapped("recording_years"), default=0)
        day = started_at.date()
        if years:
            return fields.Date.add(day, years=years)
        return fields.Date.add(day, days=case.company_id.debt_recording_days)

from odoo import models


class DebtDiallerLease(models.Model):
    """What an operator is told whose click came to nothing."""

    _inherit = "debt.dialler.lease"

    def _tell_void(self, reason):
        """Nothing was dialled: the operator's window is as before his click."""
        call = self.call_id
        self.env["debt.dialler.operator"]._of_user(
            call.company_id, call.user_id
        )._after_call(call)
        texts = self.with_context(lang=call.user_id.lang).env
        call.user_id._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "message": texts._(
                    "The debtor was not called: %(reason)s",
                    reason=(self.with_env(texts)._reason_text(reason)),
                ),
            },
        )
        call._push_state()

    def _reason_text(self, reason):
        own = {
            "operator_failed": self.env._("your telephone was not picked up."),
            "operator_left": self.env._("you hung up first."),
            "operator_busy": self.env._("you are on the telephone already."),
            "phone_unregistered": self.env._(
                "your telephone is not registered with the exchange. Is it on?"
            ),
            "phone_unknown": self.env._(
                "the exchange does not know your telephone. An administrator enters "
                "its extension on your user."
            ),
            "phone_forwarded": self.env._(
                "your telephone is forwarded elsewhere. Switch that off."
            ),
            "phone_busy": self.env._("your telephone is busy."),
            "too_late": self.env._("the hours in which one may call are just ending."),
            "hung_up": self.env._("you hung up first."),
            "expired": self.env._("the exchange did not answer in time."),
            "dead": self.env._("the dialler process is not running."),
            "stopping": self.env._("the dialler process was stopped."),
            "restarted": self.env._("the dialler process was stopped."),
            "dialled_before": self.env._("the call has been dialled already."),
        }
        if reason in own:
            return own[reason]
        # For a colleague the debtor would be on the line.
        case = self.call_id.case_id.with_user(self.call_id.user_id).sudo()
        answer = case.check_contact("call", self.call_id.number)
        if answer["allowed"]:
            return self.env._("something came between. Call again.")
        return answer["message"]

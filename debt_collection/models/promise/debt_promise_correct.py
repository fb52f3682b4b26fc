from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..card.arguments import is_text


class DebtPromise(models.Model):
    """A promise is corrected by a new one that names it, or cancelled, with a reason.

    What was promised first stays on record as it was.
    """

    _inherit = "debt.promise"

    corrects_id = fields.Many2one(
        "debt.promise",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The promise that was noted wrongly, or agreed anew.",
    )
    replaced_by_id = fields.Many2one(
        "debt.promise",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    ended_reason = fields.Char(
        string="Why It No Longer Stands", readonly=True, copy=False
    )
    ended_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    ended_at = fields.Datetime(string="Ended On", readonly=True, copy=False)

    def _first_said(self):
        """The promise as it was made first, whatever was corrected since."""
        promise = self
        while promise.corrects_id:
            promise = promise.corrects_id
        return promise

    def _standing(self):
        return self.filtered(lambda promise: promise.state == "open")

    def _check_may_correct(self):
        """Accountants may, and whoever works the case or has the debtor on the line.

        :raises AccessError: the user is none of them
        """
        self.check_access("read")
        if self.has_access("write"):
            return
        for case in self.case_id:
            if self.env.user not in case.user_id | case.on_line_user_id:
                raise AccessError(
                    self.env._(
                        "Only whoever works the case of %(debtor)s can change what "
                        "was promised.",
                        debtor=case.partner_id.display_name,
                    )
                )

    def _check_reason(self, reason):
        """:raises UserError: there is none"""
        if not is_text(reason) or not reason.strip():
            raise UserError(
                self.env._("Say why the promise is corrected or cancelled.")
            )

    def action_cancel(self, reason=None):
        """The promise no longer stands; collection goes on without it.

        :param str reason: why, for the record
        :raises AccessError: the user does not work the case
        :raises UserError: no reason is given
        """
        self._check_may_correct()
        self._check_reason(reason)
        # Superuser: the state of a promise is not written by hand.
        standing = self.sudo()._standing()
        standing._end(reason)
        standing.case_id._resume_unpromised()
        standing.case_id._plan()

    def _end(self, reason, replaced_by=None):
        """These promises do not stand any more (superuser).

        :param str reason: why, for the record
        :param replaced_by: ``debt.promise`` that stands instead
        """
        # The author is the person, not the superuser in whose name it is written.
        self.write(
            {
                "state": "cancelled",
                "ended_reason": reason,
                "ended_by_id": self.env.uid,
                "ended_at": fields.Datetime.now(),
                "replaced_by_id": replaced_by.id if replaced_by else False,
            }
        )
        for promise in self:
            promise.case_id._message_log(
                body=self.env._(
                    "The promise of %(promise)s no longer stands: %(reason)s",
                    promise=promise._describe(),
                    reason=reason,
                )
            )

    def _correct(self, parts, reason, confirmed=None):
        """Put other amounts and days in the place of these promises.

        :param parts: pairs of amount (company currency) and date, in order
        :param str reason: why, for the record
        :param float confirmed: the total, where it is more than is owed and meant so
        :return: the new ``debt.promise``, the first of them if they are a plan
        :raises AccessError: the user does not work the case
        :raises UserError: no reason, impossible amounts or days, or nothing stands
        """
        self._check_may_correct()
        self._check_reason(reason)
        # Superuser: checked above, and new promises are not for operators to write.
        old = self.sudo()._standing().sorted("sequence")
        if not old:
            raise UserError(self.env._("This promise does not stand any more."))
        old.case_id.ensure_one()
        self._check_parts(old.company_id, parts)
        self._check_total(old.case_id, parts, old.line_ids.ids, old, confirmed)
        new = old._replace_by(parts)
        old._end(reason, new)
        case = old.case_id
        case._resume_unpromised()
        if not case.callback_at and case.state == "active":
            new._await(case)
        new._evaluate()
        case._plan()
        return new.with_env(self.env)

    def _replace_by(self, parts):
        """New promises of these amounts and days, which name these."""
        first, today = self[0], self.company_id._debt_today()
        plan = first.plan_id.plan_ids or first
        broken = any(promise.state in ("broken", "partial") for promise in plan)
        values = {
            "case_id": first.case_id.id,
            "user_id": self.env.uid,
            # The money that came for it since counts; what is broken begins anew.
            "made_on": today if broken else first.made_on,
            "method": first.method,
            "line_ids": [fields.Command.set(first.line_ids.ids)],
        }
        new = self.create(
            [
                values
                | {
                    "amount": amount,
                    "date": day,
                    "sequence": number,
                    "corrects_id": self[min(number, len(self)) - 1].id,
                }
                for number, (amount, day) in enumerate(parts, 1)
            ]
        )
        if len(new) > 1:
            new.plan_id = new[0]
        return new[0]

    def action_correct(self):
        """Open the form that asks for what is right, or for why it ends."""
        self.ensure_one()
        self._check_may_correct()
        return self.env["debt.promise.correction"]._action_open(self)

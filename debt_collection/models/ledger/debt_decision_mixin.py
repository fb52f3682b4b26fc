from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..card.debt_case_write import FAR
from ..card.groups import READERS

DECISION = (
    "debt_status",
    "debt_excluded_until",
    "debt_reason",
    "debt_collect_barred",
)


class DebtDecisionMixin(models.AbstractModel):
    """An accountant's decision to collect something, or to leave it for now.

    A decision remembers the one of another kind that it replaced, with Odoo's own
    no-follow-up mark: whoever takes it back finds what was there before.
    """

    _name = "debt.decision.mixin"
    _description = "Decision About Collection"
    _server_only = frozenset(("debt_collect_barred", "debt_former"))

    debt_status = fields.Selection(
        [
            ("none", "Not Flagged"),
            ("flagged", "Flagged"),
            ("excluded", "Excluded"),
        ],
        string="Collection",
        default="none",
        copy=False,
        groups=READERS,
        help="Flagged: collected whatever the company's grace days and minimum. "
        "Excluded: not collected until the date given.",
    )
    debt_excluded_until = fields.Date(
        copy=False,
        groups=READERS,
        help="Last day of the exclusion; from the next day it is collected again.",
    )
    debt_reason = fields.Char(string="Why", copy=False, groups=READERS)
    debt_former = fields.Json(copy=False, groups=READERS)

    @api.model
    def _debt_check_decider(self):
        if not self.env.user.has_group("debt_collection.group_debt_accountant"):
            raise AccessError(
                self.env._("Only collection accountants decide what is collected.")
            )

    @api.model
    def _debt_check_exclusion(self, until, reason):
        if not until or until <= fields.Date.context_today(self):
            raise ValidationError(self.env._("An exclusion must end on a future date."))
        if until > fields.Date.context_today(self) + FAR:
            raise ValidationError(self.env._("Choose a day within the next two years."))
        if not (reason or "").strip():
            raise ValidationError(self.env._("Say why it is excluded."))

    def _debt_lines(self):
        """Hook: the receivable lines it is about, with Odoo's no-follow-up mark."""
        raise NotImplementedError

    def _debt_mark(self):
        """By which a note about this decision is found again, to be erased."""
        self.ensure_one()
        return Markup('data-oe-type="%s" data-oe-id="%s"') % (self._name, self.id)

    def _debt_log(self, text):
        """Note in the chatter of its entry what was decided."""
        body = Markup("<p %s>%s</p>") % (self._debt_mark(), text)
        # Superuser: a note; the decision was checked.
        self._debt_lines().move_id.sudo()._message_log(body=body)

    def _debt_decide(self, status, until=False, reason=False):
        """Decide, and keep what that replaces.

        Superuser writes: who decides was checked, and what was decided before is
        taken from no client.

        :param str status: ``flagged`` or ``excluded``
        :param date until: last day of an exclusion
        """
        for record in self:
            values = {
                "debt_status": status,
                "debt_excluded_until": until,
                "debt_reason": reason,
            }
            marked = record._debt_lines().filtered("no_followup")
            if status != "flagged":
                marked = marked.browse()
            if marked or record.debt_status != status:
                values["debt_former"] = record._prepare_former_decision(marked)
            record.sudo().write(values)
            marked.no_followup = False

    def _debt_undecide(self):
        """Take a decision back: what it replaced holds again, unless it has ended."""
        for record in self:
            former = record.debt_former or {}
            lines = record._debt_lines()
            marked = lines & lines.browse(former.get("marked", ()))
            # Superuser, as in `_debt_decide`.
            record.sudo().write(record._prepare_undecided(former))
            marked.no_followup = True

    def _prepare_former_decision(self, marked):
        """What there is now, for the time after the next decision; as JSON.

        :param marked: lines that the next decision takes Odoo's mark off
        """
        self.ensure_one()
        former = {name: self[name] or False for name in DECISION}
        if until := former["debt_excluded_until"]:
            former["debt_excluded_until"] = fields.Date.to_string(until)
        return former | {"marked": marked.ids, "former": self.debt_former or False}

    def _prepare_undecided(self, former):
        """The last of the former decisions that has not ended, or none."""
        while self._debt_has_ended(
            fields.Date.to_date(former.get("debt_excluded_until"))
        ):
            former = former.get("former") or {}
        values = {name: former.get(name) or False for name in DECISION}
        return values | {
            "debt_status": values["debt_status"] or "none",
            "debt_former": former.get("former") or False,
        }

    def _debt_is_excluded(self):
        """Whether somebody has left it out of collection, and that still holds."""
        self.ensure_one()
        ended = self._debt_has_ended(self.debt_excluded_until)
        return self.debt_status == "excluded" and not ended

    def _debt_has_ended(self, until):
        return bool(until) and until < self.company_id._debt_today()

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...tools import phones

KINDS = [
    ("mobile", "Mobile"),
    ("landline", "Landline"),
    ("landline_or_mobile", "Landline or Mobile"),
    ("voip", "Internet"),
    ("toll_free", "Toll-free"),
    ("premium", "Premium Rate"),
    ("other", "Other"),
]
HEALTH = [
    ("unknown", "Unknown"),
    ("good", "Good"),
    ("wrong", "Wrong Person"),
    ("dead", "Out of Service"),
    ("do_not_call", "Do Not Call"),
]
USABLE_HEALTH = ("good", "unknown")
NEVER_MOBILE = ("landline", "voip", "toll_free", "premium")


#: Fields that follow from the number itself.
READ_FROM_NUMBER = frozenset(("kind", "region", "zones"))


class DebtPhone(models.Model):
    """A number of a debtor or of one of his contacts.

    Numbers are read from the partners' phone fields and normalised to E.164. What
    cannot be read is kept with an ``error``, for the accountant to mend: nothing a
    person typed is lost.
    """

    _name = "debt.phone"
    _description = "Debtor's Phone Number"
    _order = "partner_id, sequence, id"
    _rec_names_search = ["number", "raw"]

    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        ondelete="cascade",
        index=True,
        help="The commercial partner who owes.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Number Of",
        required=True,
        ondelete="cascade",
        index=True,
    )
    raw = fields.Char(string="As Typed", required=True)
    number = fields.Char(help="In E.164 form; empty when it cannot be read.")
    extension = fields.Char(
        help="Dialled after the number has answered; behind one switchboard each "
        "extension is somebody else."
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS)
    region = fields.Char(help="Country code (ISO 3166) of the number.")
    zones = fields.Char(
        string="Time Zones", help="Time zones it may be in, separated by commas."
    )
    health = fields.Selection(HEALTH, required=True, default="unknown")
    place = fields.Selection(
        [("home", "Home"), ("work", "Work")],
        help="Where it rings, as far as somebody said so. Some laws limit calls at the "
        "place of work, or forbid them when asked.",
    )
    sms_failed = fields.Boolean(
        string="Takes No SMS", help="An SMS to this number could not be delivered."
    )
    error = fields.Selection(
        [
            ("empty", "No digits"),
            ("unparsable", "Not a phone number"),
            ("no_country", "Country unknown"),
            ("too_short", "Too short"),
            ("too_long", "Too long"),
            ("invalid", "No such number"),
        ],
        string="To Fix",
        help="Why the number cannot be called. Correct it on the contact.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(related="partner_id.company_id")

    _number_once = models.UniqueIndex(
        "(contact_id, number, (COALESCE(extension, ''))) WHERE number IS NOT NULL",
        "This contact has this number already.",
    )
    _number_idx = models.Index("(number)")
    # Callers are looked up by the last digits of their number.
    _tail_idx = models.Index(
        "(reverse(number) text_pattern_ops) WHERE number IS NOT NULL"
    )

    @api.depends("number", "extension", "raw", "contact_id.name", "partner_id")
    def _compute_display_name(self):
        for phone in self:
            text = phone._number_text()
            if phone.contact_id != phone.partner_id:
                text = f"{text} ({phone.contact_id.name})"
            phone.display_name = text

    def _number_text(self):
        """The number as an operator dials it, or what was typed instead of one."""
        self.ensure_one()
        if not self.extension:
            return self.number or self.raw
        return self.env._(
            "%(number)s ext. %(extension)s",
            number=self.number,
            extension=self.extension,
        )

    def _parsed(self):
        """The number as the pure tools know it, or None when it is to be mended."""
        self.ensure_one()
        if not self.number:
            return None
        return phones.Phone(
            e164=self.number,
            kind=self.kind,
            region=self.region or "",
            zones=tuple(filter(None, (self.zones or "").split(","))),
            extension=self.extension or "",
        )

    @api.model
    def _get_usable_domain(self):
        """Numbers that could be dialled, as far as the database alone can tell."""
        return Domain("number", "!=", False) & Domain("health", "in", USABLE_HEALTH)

    def _is_usable(self):
        """Whether it may be dialled: a contact may refuse calls for himself."""
        self.ensure_one()
        return (
            bool(self.number)
            and self.health in USABLE_HEALTH
            and not self._is_of_former_contact()
            and not self.contact_id.debt_do_not_call
            and not self._is_forbidden_at_work()
            and not self._is_protected_contact()
        )

    def _is_of_former_contact(self):
        """Whether it is a contact's who has left the debtor: he owes nothing.

        An archived debtor still owes what he owes.
        """
        return not self.contact_id.active and self.contact_id != self.partner_id

    def _is_protected_contact(self):
        """Whether it is a contact's whom nobody may call, whatever the debtor is."""
        self.ensure_one()
        protected = self.contact_id._debt_protected()
        return bool(protected) and self.contact_id != self.partner_id

    def _may_be_mobile(self):
        self.ensure_one()
        return self.kind not in NEVER_MOBILE

    def write(self, vals):
        """A number is the same number on whichever of the debtor's contacts it is.

        :raises AccessError: where it rings is worked out, and nobody's to enter
        """
        if not self.env.su and not READ_FROM_NUMBER.isdisjoint(vals):
            raise AccessError(
                self.env._(
                    "What a number says is read from it: correct the number, or state "
                    "the time zone on the contact."
                )
            )
        shared = {name: vals[name] for name in ("health", "place") if name in vals}
        moved = self.filtered(lambda one: one.place != shared.get("place", one.place))
        result = super().write(vals)
        for name, value in shared.items():
            super(DebtPhone, self._twins(name, value)).write({name: value})
        if shared:
            self._dirty_cases()
        moved._log_place()
        return result

    def _twins(self, name, value):
        """The same numbers on the debtors' other contacts, where it differs.

        Who is reached differs by extension; whether the switchboard is in service, and
        where it is, does not.
        """
        twins = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("number", "in", self.filtered("number").mapped("number")),
                (name, "!=", value),
            ]
        )
        same_line = name == "place" or value == "dead"
        known = {phone._identity(same_line) for phone in self}
        return twins.filtered(lambda phone: phone._identity(same_line) in known)

    def _identity(self, same_line=False):
        """What tells a debtor's number from his others, as a tuple.

        :param bool same_line: whatever the extension
        """
        self.ensure_one()
        extension = "" if same_line else self.extension or ""
        return self.partner_id, self.number, extension

    def _dirty_cases(self):
        self._open_cases()._set_dirty()

    def _open_cases(self):
        # Superuser: the cases of exactly these numbers' debtors.
        cases = self.env["debt.case"].sudo()
        theirs = [("partner_id", "in", self.partner_id.ids), ("closed_at", "=", False)]
        return cases.search(theirs)

    def action_open_contact(self):
        """The contact on whom the number is to be mended."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.contact_id.id,
            "views": [(False, "form")],
        }

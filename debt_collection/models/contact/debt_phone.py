from collections import defaultdict

from odoo import api, fields, models

from ...tools import phones
from ...tools.phones import PhoneError

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
# What the gate reads of all the numbers at once.
FACTS = ("number", "kind", "region", "zones", "health", "place")
# And of whose they are: may they be dialled, and where do they ring?
HOLDER_FACTS = [
    *("debt_do_not_call", "debt_no_work_calls"),
    *("debt_protection", "debt_protection_until"),
    *("country_id", "state_id", "zip", "city", "debt_tz"),
]


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
        "(contact_id, number) WHERE number IS NOT NULL",
        "This contact has this number already.",
    )
    _number_idx = models.Index("(number)")
    # Callers are looked up by the last digits of their number.
    _tail_idx = models.Index(
        "(reverse(number) text_pattern_ops) WHERE number IS NOT NULL"
    )

    @api.depends("number", "raw", "contact_id.name", "partner_id")
    def _compute_display_name(self):
        for phone in self:
            text = phone.number or phone.raw
            if phone.contact_id != phone.partner_id:
                text = f"{text} ({phone.contact_id.name})"
            phone.display_name = text

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
        )

    def _is_usable(self):
        """Whether it may be dialled: a contact may refuse calls for himself."""
        self.ensure_one()
        return (
            bool(self.number)
            and self.health in USABLE_HEALTH
            and not self.contact_id.debt_do_not_call
            and not self._is_forbidden_at_work()
            and not self._is_protected_contact()
        )

    def _is_protected_contact(self):
        """Whether it is a contact's whom nobody may call, whatever the debtor is."""
        self.ensure_one()
        protected = self.contact_id._debt_protected()
        return bool(protected) and self.contact_id != self.partner_id

    def _may_be_mobile(self):
        self.ensure_one()
        return self.kind not in ("landline", "voip", "toll_free", "premium")

    def write(self, vals):
        """A number is the same number on whichever of the debtor's contacts it is."""
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
        """The same numbers on the debtors' other contacts, where it differs."""
        twins = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("number", "in", self.filtered("number").mapped("number")),
                (name, "!=", value),
            ]
        )
        numbers = {(phone.partner_id, phone.number) for phone in self}
        return twins.filtered(lambda p: (p.partner_id, p.number) in numbers)

    def _dirty_cases(self):
        self._open_cases()._set_dirty()

    def _open_cases(self):
        # Superuser: the cases of exactly these numbers' debtors.
        cases = self.env["debt.case"].sudo()
        theirs = [("partner_id", "in", self.partner_id.ids), ("closed_at", "=", False)]
        return cases.search(theirs)

    @api.model
    def _prepare_values(self, contact, raw):
        """Values of one number typed on ``contact``.

        :param contact: the ``res.partner`` on whom it stands
        :param str raw: one number, as typed
        :return: dict for create; ``number`` is False and ``error`` says why when the
            number cannot be read
        """
        values = {
            "partner_id": contact.commercial_partner_id.id,
            "contact_id": contact.id,
            "raw": raw,
            "sequence": 10 if contact == contact.commercial_partner_id else 20,
        }
        region = self._home_country(contact).code
        try:
            phone = phones.parse(raw, region)
        except PhoneError as error:
            known = dict(self._fields["error"].selection)
            code = error.code if error.code in known else "invalid"
            return values | {"number": False, "error": code}
        return values | {
            "number": phone.e164,
            "kind": phone.kind,
            "region": phone.region,
            "zones": ",".join(phone.zones),
            "error": False,
        }

    @api.model
    def _home_country(self, contact):
        """The country in whose way a national number is read.

        Without one on the debtor it is that of the companies he owes, if they agree:
        guessing would ring a stranger.
        """
        debtor = contact.commercial_partner_id
        known = contact.country_id or debtor.country_id or contact.company_id.country_id
        if known:
            return known
        # Superuser: only the countries of the companies this debtor owes.
        cases = (
            self.env["debt.case"]
            .sudo()
            .search([("partner_id", "=", debtor.id), ("closed_at", "=", False)])
        )
        countries = cases.company_id.country_id
        return countries if len(countries) == 1 else countries.browse()

    @api.model
    def _sync(self, debtors):
        """Make the list of numbers agree with what stands on the contacts.

        A number that is no longer on its contact is archived, so that its health is
        remembered should it come back.

        :param debtors: ``res.partner``, the commercial partners
        """
        # Operators do not own the contacts; exactly these debtors' are read.
        contacts = (
            self.env["res.partner"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [("commercial_partner_id", "in", debtors.ids), ("phone", "!=", False)]
            )
        )
        present = self.sudo().with_context(active_test=False)
        # A contact who came from another debtor brings his numbers along.
        present = present.search(
            [
                "|",
                ("partner_id", "in", debtors.ids),
                ("contact_id", "in", contacts.ids),
            ]
        )
        known = defaultdict(dict)
        learned = defaultdict(dict)
        for phone in present:
            known[phone.contact_id.id][phone.number or phone.raw] = phone
            twin = learned[phone.partner_id.id, phone.number]
            if phone.health != "unknown":
                twin["health"] = phone.health
            if phone.place:
                twin["place"] = phone.place
        wanted, to_create = self.browse(), []
        for contact in contacts:
            for raw in phones.split(contact.phone) or [contact.phone]:
                values = self._prepare_values(contact, raw)
                key = values["number"] or raw
                phone = known[contact.id].get(key)
                if phone is None:
                    twin = learned[values["partner_id"], values["number"]]
                    to_create.append(values | twin)
                    known[contact.id][key] = self.browse()
                elif phone:
                    wanted |= phone._refresh(values)
        (present - wanted).filtered("active").active = False
        return wanted | self.sudo().create(to_create)

    @api.model
    def _listed(self, debtors):
        """The numbers of debtors that can be read; who has none listed is looked at.

        :param debtors: ``res.partner``, the commercial partners
        :return: dict of lists of ``debt.phone`` (superuser) by id of the debtor
        """
        found = self._read_listed(debtors)
        if missing := debtors.filtered(lambda debtor: debtor.id not in found):
            self._sync_missing(missing)
            found.update(self._read_listed(missing))
        return found

    @api.model
    def _read_listed(self, debtors):
        # Superuser: exactly these debtors' numbers.
        known = [("partner_id", "in", debtors.ids), ("number", "!=", False)]
        found = defaultdict(list)
        facts = [*FACTS, "partner_id", "contact_id"]
        phones = self.sudo().search_fetch(known, facts)
        phones.contact_id.fetch(HOLDER_FACTS)
        for phone in phones:
            found[phone.partner_id.id].append(phone)
        return found

    @api.model
    def _sync_missing(self, debtors):
        """List the numbers of debtors who have none listed yet.

        :param debtors: ``res.partner``, the commercial partners
        """
        listed = self.sudo().with_context(active_test=False)
        groups = listed._read_group([("partner_id", "in", debtors.ids)], ["partner_id"])
        missing = debtors - self.env["res.partner"].browse(g.id for (g,) in groups)
        if missing:
            # Somebody else may list the same numbers at this moment; his will do.
            self.env["debt.case"]._unless_contended(lambda: self._sync(missing))

    def _refresh(self, values):
        """Take over what changed, without writing what did not."""
        self.ensure_one()
        changed = {
            name: value
            for name, value in (values | {"active": True}).items()
            if name not in ("partner_id", "contact_id", "sequence")
            and (self[name] or False) != (value or False)
        }
        if self.partner_id.id != values["partner_id"]:
            changed["partner_id"] = values["partner_id"]
        if changed:
            self.write(changed)
        return self

    def action_open_contact(self):
        """The contact on whom the number is to be mended."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.contact_id.id,
            "views": [(False, "form")],
        }

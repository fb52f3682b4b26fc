from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import caller_id, phones


class DebtCallerNumber(models.Model):
    """An outgoing number of ours, shown to debtors of its region.

    Whoever calls back reaches us on it: a number that is not ours, or that nobody
    answers, is not to be shown (in most countries that is unlawful).
    """

    _name = "debt.caller.number"
    _description = "Caller Number"
    _order = "sequence, id"
    _rec_name = "number"
    _check_company_auto = True

    number = fields.Char(required=True, help="In international form, +32 2 555 12 34.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    is_own = fields.Boolean(
        string="Ours, and Answered",
        help="The number is assigned to us, and whoever calls it back reaches us. "
        "Other numbers are never shown.",
    )
    country_id = fields.Many2one(
        "res.country", compute="_compute_country_id", store=True, readonly=False
    )
    state_ids = fields.Many2many(
        "res.country.state",
        string="For States",
        domain="[('country_id', '=', country_id)]",
        help="Debtors with an address there see this number.",
    )
    prefixes = fields.Char(
        string="For Numbers Beginning With",
        help="Prefixes in international form, separated by spaces: +322 +3271. "
        "The number's own area is known already.",
    )
    daily_cap = fields.Integer(
        string="Maximum Calls per Day",
        help="Maximum calls per day from this number. 0: no limit.",
    )
    used_today = fields.Integer(compute="_compute_used_today")
    last_used_at = fields.Datetime(string="Last Used", readonly=True, copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _number_once = models.UniqueIndex(
        "(company_id, number)", "This number is on the list already."
    )
    _cap_positive = models.Constraint(
        "CHECK(daily_cap >= 0)", "The number of calls a day cannot be negative."
    )

    # --- numbers as people type them ----------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._normalise(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._normalise(vals))

    @api.model
    def _normalise(self, vals):
        """Values with the number in E.164 form.

        :raises ValidationError: it is no telephone number
        """
        if not vals.get("number"):
            return vals
        region = self.env.company.country_id.code
        try:
            return vals | {"number": phones.parse(vals["number"], region).e164}
        except phones.PhoneError as error:
            raise ValidationError(
                self.env._(
                    "“%(number)s” is not a telephone number: write it in "
                    "international form, like +32 2 555 12 34.",
                    number=vals["number"],
                )
            ) from error

    @api.constrains("prefixes")
    def _check_prefixes(self):
        for number in self:
            wrong = [one for one in number._prefixes() if not _is_prefix(one)]
            if wrong:
                raise ValidationError(
                    self.env._(
                        "“%(prefix)s” is not the beginning of a number in "
                        "international form: it must start with + and contain only "
                        "digits.",
                        prefix=wrong[0],
                    )
                )

    def _prefixes(self):
        return tuple((self.prefixes or "").replace(",", " ").split())

    @api.depends("number")
    def _compute_country_id(self):
        for number in self:
            try:
                code = phones.parse(number.number or "").region
            except phones.PhoneError:
                code = ""
            number.country_id = number._country(code)

    @api.model
    def _country(self, code):
        return self.env["res.country"].search([("code", "=", code)], limit=1)

    # --- use ----------------------------------------------------------------------
    @api.depends("last_used_at")
    def _compute_used_today(self):
        used = self._count_today()
        for number in self:
            number.used_today = used.get(number.id, 0)

    def _count_today(self):
        """Calls of the company's day by each of these numbers, {id: count}."""
        used = {}
        for company, numbers in self.grouped("company_id").items():
            since = company._debt_day_start()
            # Superuser: a cap holds for the calls of all teams.
            groups = (
                self.env["debt.call"]
                .sudo()
                ._read_group(
                    [
                        ("caller_number_id", "in", numbers.ids),
                        ("started_at", ">=", since),
                    ],
                    ["caller_number_id"],
                    ["__count"],
                )
            )
            used |= {number.id: count for number, count in groups}
        return used

    @api.model
    def _ranked(self, phone, number=None):
        """The current company's numbers that fit a debtor's number, the best first."""
        # Superuser: whoever dials uses them, whatever he may read.
        numbers = self.sudo().search(
            [("company_id", "=", self.env.company.id), ("is_own", "=", True)]
        )
        used = numbers._count_today() if numbers else {}
        address = phone.contact_id or phone.partner_id
        callee = caller_id.Callee(
            number or phone.number or "",
            phone.region or self._region(number) or address.country_id.code or "",
            address.state_id.id or 0,
        )
        pure = [one._prepare_pure(used.get(one.id, 0)) for one in numbers]
        return self.browse([one.key for one in caller_id.ranked(pure, callee)])

    @api.model
    def _region(self, number):
        try:
            return phones.parse(number or "").region
        except phones.PhoneError:
            return ""

    def _prepare_pure(self, used):
        return caller_id.CallerNumber(
            key=self.id,
            number=self.number,
            country=self.country_id.code or "",
            states=frozenset(self.state_ids.ids),
            prefixes=self._prefixes(),
            cap=self.daily_cap,
            used=used,
        )

    @api.model
    def _choose(self, phone, number=None):
        """The number a debtor is to see; looks only.

        Local presence: the longest prefix in common, else the same state, else the same
        country. Among equals the one used least today. Never one that has had its calls
        for today.

        :param phone: ``debt.phone`` that is dialled, may be empty
        :param str number: E.164, where it is none of the debtor's known ones
        :return: ``debt.caller.number`` of the current company; empty: the usual number
        """
        return self._ranked(phone, number)[:1]

    @api.model
    def _take(self, phone, number=None):
        """Choose a number and use it: two who dial at once do not break its cap.

        The row is written, so a transaction that counted before another committed is
        tried again by the framework; one that another has just now is passed over.
        """
        for chosen in self._ranked(phone, number):
            if taken := chosen.sudo().try_lock_for_update():
                taken.last_used_at = fields.Datetime.now()
                return chosen
        return self.browse()


def _is_prefix(text):
    return text.startswith("+") and text[1:].isdigit() and len(text) < 16

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, format_date

#: What may be said of a person, and the type in which it is said.
KNOWN = {
    "number": str,
    "email": str,
    "name": str,
    "role": str,
    "contact_id": int,
    "preferred_hour": float,
    "preferred_channel": str,
    "decision_maker": bool,
    "learned_from": str,
}


class DebtCall(models.Model):
    """What is learned during a call: people, numbers, and which of these is right."""

    _inherit = "debt.call"

    def learn(self, **values):
        """Write down whom, or which number, was learned of during this call.

        An operator without rights on contacts can, for the debtor he has on the line.

        :param values: ``number`` and ``email``; ``name`` and ``role`` of whom they are,
            or ``contact_id`` of a contact known already (the debtor himself, where
            neither is given); ``preferred_hour`` (local time), ``preferred_channel``
            (call, sms, email, letter), ``decision_maker``; ``learned_from``, from whom
            we have it
        :return: dict with ``contact_id`` and ``phone_id``, the latter False where no
            number was given
        :raises UserError: a value is unknown or unusable, or the contact another
            debtor's
        """
        self.ensure_one()
        self._check_owner()
        values = self._clean_learned(values)
        contact = self._learned_contact(values)
        self._write_learned(contact, values)
        source = self._source_text(values.get("learned_from"))
        phone = self.env["debt.phone"]
        if number := values.get("number"):
            phone = phone._learn(contact, number, source)
        told = [contact._debt_role(), phone.display_name, values.get("email")]
        self.case_id._message_log(
            body=self.env._(
                "Learned (%(origin)s): %(what)s.",
                origin=source,
                what=" · ".join(filter(None, told)),
            )
        )
        return {"contact_id": contact.id, "phone_id": phone.id}

    def _clean_learned(self, values):
        """:raises UserError: a value is unknown, of another type, or says nothing"""
        values = {name: value for name, value in values.items() if value}
        wrong = [
            name
            for name, value in values.items()
            if name not in KNOWN
            or type(value) is not KNOWN[name]
            and (KNOWN[name] is not float or type(value) is not int)
        ]
        if wrong:
            raise UserError(
                self.env._(
                    "These values cannot be used: %(names)s", names=", ".join(wrong)
                )
            )
        texts = {n: v.strip() for n, v in values.items() if KNOWN[n] is str}
        values = {n: v for n, v in (values | texts).items() if v}
        if not values.keys() - {"learned_from", "contact_id"}:
            raise UserError(self.env._("Enter at least a name, a number or an e-mail."))
        self._check_learned(values)
        return values

    def _check_learned(self, values):
        channels = self.env["res.partner"]._fields["debt_preferred_channel"]
        if values.get("preferred_channel", "call") not in dict(channels.selection):
            raise UserError(self.env._("There is no such way of contact."))
        if not 0 <= values.get("preferred_hour", 0) < 24:
            raise UserError(self.env._("The preferred hour is between 0:00 and 24:00."))
        if "email" in values:
            if not (email := email_normalize(values["email"])):
                raise UserError(self.env._("This is not an e-mail address."))
            values["email"] = email

    def _learned_contact(self, values):
        """The contact that is meant, made where he is new.

        :return: ``res.partner`` (superuser), the debtor's
        :raises UserError: it is another debtor's
        """
        # Superuser: operators have no rights on contacts; only this debtor's are read.
        debtor = self.sudo().partner_id
        people = debtor.search([("commercial_partner_id", "=", debtor.id)])
        if known := values.get("contact_id"):
            if known not in people.ids:
                raise UserError(self.env._("That is not a contact of this debtor."))
            return people.browse(known)
        name = values.get("name")
        if not name:
            return debtor
        same = people.filtered(lambda one: (one.name or "").lower() == name.lower())
        return same[:1] or debtor.create(
            {
                "name": name,
                "parent_id": debtor.id,
                "type": "contact",
                "company_id": debtor.company_id.id,
                "lang": debtor.lang,
            }
        )

    def _write_learned(self, contact, values):
        """Write on the contact what was said."""
        debtor, changes = self.sudo().partner_id, {}
        if "role" in values:
            changes["function"] = values["role"]
        if "decision_maker" in values:
            changes["debt_decision_maker"] = True
        wishes = {
            f"debt_{name}": values[name]
            for name in ("preferred_hour", "preferred_channel")
            if name in values
        }
        if email := values.get("email"):
            # Invoices and notices go there: another address is another person's, or
            # for those to change who may change contacts.
            if contact.email_normalized not in (email, False):
                raise UserError(
                    self.env._(
                        "Invoices go to %(email)s: say whose the other address is.",
                        email=contact.email,
                    )
                )
            changes["email"] = email
        contact.write(changes | wishes)
        # Who decides is whom we want to reach: calls are planned by his wishes.
        if wishes and contact != debtor and contact.debt_decision_maker:
            debtor.write(wishes)

    def _source_text(self, source):
        """From whom we have something, with the day and who wrote it down."""
        day = format_date(self.env, self.company_id._debt_today())
        written = f"{self.user_id.name}, {day}"
        if not source:
            return written
        return self.env._("from %(origin)s; %(by)s", origin=source, by=written)

    # --- one number after the other ---------------------------------------------------
    def _try_next(self):
        """Nobody answered on the number dialled: log that, and claim the debtor again.

        Each attempt is a call of its own, and counts as one.

        :return: the new ``debt.call``, to be dialled
        :raises UserError: somebody is on the line
        """
        self.ensure_one()
        self._check_owner()
        if self.confirmed_by == "telephony" and (
            self.answered_at or self.state == "talking"
        ):
            raise UserError(self.env._("Somebody answered: say how the call ended."))
        if self.confirmed_by == "telephony" and self.state != "wrapup":
            raise UserError(self.env._("It still rings: hang up first."))
        self.finish(self._unanswered_code(), party="none")
        return self.case_id._claim_for_user()

    def _unanswered_code(self):
        """Hook: code of the outcome of a call that nobody answered."""
        return "no_answer"

    def _apply_to_numbers(self, outcome):
        if phone := self.phone_id:
            changes = {"tried_at": False if self.connected else self.started_at}
            wrong = (self._number_health(outcome) or phone.health) == "wrong"
            if self.party == "right_party" and not wrong:
                changes["confirmed_on"] = self.company_id._debt_today()
            phone.write(changes)
        super()._apply_to_numbers(outcome)

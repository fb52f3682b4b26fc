from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

# A Tuesday morning, 10:00 in Brussels: business debtors may be called.
TUESDAY = datetime(2026, 3, 10, 9, 0)


class DebtCommon(AccountTestInvoicingCommon):
    """A Belgian company, an operator of each role, and debtors who can be called."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TUESDAY))
        cls._set_the_scene()
        cls.company = cls.env.company
        cls.env.user.group_ids |= cls.env.ref("debt_collection.group_debt_manager")
        cls.company.partner_id.tz = "Europe/Brussels"
        # Without one nothing is sent that asks for a call.
        cls.company.phone = "+32 2 555 00 00"
        cls.company.debt_texts_on = True
        # And nobody talks with Russians.
        cls.company.debt_recorded_elsewhere = "The exchange's own archive"
        cls.company.country_id = cls.env.ref("base.be")
        cls.company.debt_contact_policy_id = cls.env.ref(
            "debt_collection.policy_business"
        )
        # From the first day on: what is shipped for a fresh debt writes and waits.
        cls.env.ref("debt_collection.stage_overdue").ladder_id = cls.env.ref(
            "debt_collection.ladder_default"
        )
        cls.operator = cls._new_user("debt_operator", "group_debt_operator")
        cls.colleague = cls._new_user("debt_colleague", "group_debt_operator")
        cls.accountant = cls._new_user("debt_accountant", "group_debt_accountant")
        cls.manager = cls._new_user("debt_manager", "group_debt_manager")
        cls.cases = cls.env["debt.case"]
        cls.ledger = cls.env["debt.ledger"]
        cls.debtor = cls._new_debtor("Debtor One", "+32 470 12 34 56")

    @classmethod
    def _set_the_scene(cls):
        """The test itself enters laws as data do; only the people in it say why."""
        policies = type(cls.env["debt.contact.policy"])
        is_watched, own = policies._is_watched, cls.env.uid

        def by_people(self):
            return self.env.uid != own and is_watched(self)

        cls.startClassPatcher(patch.object(policies, "_is_watched", by_people))

    @classmethod
    def _new_user(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,debt_collection.{group}",
            tz="Europe/Brussels",
            company_id=cls.company.id,
        )

    @classmethod
    def _new_debtor(cls, name, phone=None, country="base.be", **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "phone": phone,
                "country_id": cls.env.ref(country).id if country else False,
                "is_company": True,
                **values,
            }
        )

    @classmethod
    def _invoice(cls, amount, days_late, partner=None, post=True, **values):
        """A customer invoice due so many days before today."""
        due = fields.Date.today() - timedelta(days=days_late)
        line = {
            "name": "Service",
            "quantity": 1,
            "price_unit": amount,
            "tax_ids": [Command.clear()],
        }
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.debtor).id,
                "invoice_date": min(due, fields.Date.today()),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create(line)],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def _pay(self, moves, amount=None, **values):
        """Register a payment and reconcile it."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        )
        values = {"payment_date": fields.Date.today(), **values}
        if amount:
            values["amount"] = amount
        return wizard.create(values)._create_payments()

    def _case(self, partner=None):
        """The open case of a debtor, refreshed and planned."""
        partner = partner or self.debtor
        self.cases.refresh(partner.ids)
        case = self.cases.search(
            [("partner_id", "=", partner.id), ("state", "!=", "closed")]
        )
        case._plan()
        return case

    @staticmethod
    def _put_on_hold(case, days=7):
        """Nobody is called for a week: as the dialog does it, once it knows why."""
        until = case.company_id._debt_today() + timedelta(days=days)
        case._set_state("on_hold", hold_until=until)

    def _call(self, case=None, user=None):
        """A call of the operator with the debtor, not dialled yet."""
        case = case or self._case()
        return case.with_user(user or self.operator)._claim_for_user()

    def _at(self, **delta):
        """Freeze time so much after the test's Tuesday."""
        return freeze_time(TUESDAY + timedelta(**delta))

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import html

from odoo import Command, fields
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.debt_collection.tests.accessible import assert_accessible
from odoo.addons.debt_collection.tests.common import TUESDAY
from odoo.addons.debt_collection.tests.test_portal_page import FIELDS, PortalCommon
from odoo.addons.debt_collection.tests.tongues import speak_all

from ..models import debt_portal

NIGHT = TUESDAY + timedelta(hours=14)
MORNING = TUESDAY + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPortalPayment(PortalCommon):
    """A debtor pays on his page: what he chose, and that once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = (
            cls.env.ref("payment.payment_provider_demo")
            .sudo()
            .copy(
                {
                    "company_id": cls.company.id,
                    "state": "test",
                    "is_published": True,
                    "journal_id": cls.company_data["default_journal_bank"].id,
                }
            )
        )
        cls.method = cls.provider.payment_method_ids[:1]
        cls.method.active = True

    # --- what a browser does ----------------------------------------------------------
    def _line_ids(self, moves=None):
        lines = (moves or self.invoice)._debt_lines()
        return lines.sorted("date_maturity").ids

    def _form(self, line_ids, path=None):
        """Odoo's payment form as it is shown for what was chosen."""
        query = "&".join(f"item={one}" for one in line_ids)
        page = self._page(f"{path or self.path}/pay?{query}")
        [form] = page.xpath("//form[@id='o_payment_form']")
        return form

    def test_providers_bring_their_own_programs(self):
        page = self.url_open(f"{self.path}/pay?item={self._line_ids()[0]}")
        self.assertIn("o_payment_form", page.text)
        self.assertNotIn("Content-Security-Policy", page.headers)

    def _sent(self, form, **more):
        """What Odoo's form sends when the debtor goes on."""
        return {
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "token_id": None,
            "amount": float(form.get("data-amount")),
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": form.get("data-landing-route"),
            "is_validation": False,
            "access_token": None,
            "payment_reference": None,
            **more,
        }

    def _begin(self, form, **more):
        """The transaction that follows when it is sent."""
        route = form.get("data-transaction-route")
        values = self.make_jsonrpc_request(route, self._sent(form, **more))
        self.env.invalidate_all()
        return self._transactions().filtered(
            lambda one: one.reference == values["reference"]
        )

    def _refused(self, form, **more):
        """What is said, or the status, when it is sent and not taken."""
        sent = {"jsonrpc": "2.0", "method": "call", "params": self._sent(form, **more)}
        with mute_logger("odoo.http"):
            answer = self.url_open(form.get("data-transaction-route"), json=sent)
        self.env.invalidate_all()
        error = answer.json()["error"]
        return error["code"] if error["code"] == 404 else error["data"]["message"]

    def _transactions(self):
        transactions = self.env["payment.transaction"].sudo()
        return transactions.search([("debt_case_id", "!=", False)])

    def _simulate(self, transaction, state="done", poll=True):
        data = {"reference": transaction.reference, "simulated_state": state}
        data["payment_details"] = "1234"
        self.make_jsonrpc_request("/payment/demo/simulate_payment", data)
        if poll:
            self.make_jsonrpc_request("/payment/status/poll", {})
        self.env.invalidate_all()

    def _pay_online(self, line_ids, state="done", path=None):
        transaction = self._begin(self._form(line_ids, path))
        self._simulate(transaction, state)
        return transaction

    # --- paying -----------------------------------------------------------------------
    def test_who_pays_by_night_is_not_called_in_the_morning(self):
        """His browser was closed before it could ask what became of the payment."""
        with freeze_time(MORNING):
            self.assertTrue(self.case.check_contact("call")["allowed"])
        with freeze_time(NIGHT, tick=True):
            transaction = self._begin(self._form(self._line_ids()))
            self._simulate(transaction, poll=False)
            job = self.env.ref("payment.cron_post_process_payment_tx").sudo()
            asked = (
                self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", job.id)])
            )
            self.assertTrue(asked, "the ledger learns of it soon")
            with self.enter_registry_test_mode():
                job.method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))
        with freeze_time(MORNING):
            answer = self.case.check_contact("call")
            self.assertFalse(answer["allowed"], answer)
            call = self.cases.with_user(self.operator).claim_next()
            self.assertNotEqual(self.env["debt.call"].browse(call).case_id, self.case)
        self.cases.refresh(self.debtor.ids)
        self.assertEqual(self.case.state, "closed")
        self.assertEqual(self.case.close_reason, "paid")

    def test_it_is_on_record_and_told(self):
        transaction = self._pay_online(self._line_ids())
        act = self.env["debt.portal.act"].search([])
        self.assertEqual((act.kind, act.via), ("payment", "link"))
        told = self.case.message_ids.filtered(lambda m: m.author_id == self.debtor)
        self.assertIn(self.invoice.name, told.body)
        page = self._text(f"{self.path}/payment/{transaction.id}")
        self.assertIn("Thank you for your payment", page)
        self.assertIn("1,000.00", page)
        for _again in range(2):
            transaction._post_process()
        self.assertEqual(self.env["debt.portal.act"].search_count([]), 1)

    def test_colleagues_who_read_a_payment_get_no_link(self):
        """Whoever has it acts as the debtor; his own browser leads him back."""
        transaction = self._pay_online(self._line_ids())
        self.assertNotIn(self.path, str(transaction.read()))
        back = self.url_open(transaction.landing_route)
        self.assertTrue(back.url.endswith(f"{self.path}/payment/{transaction.id}"))
        self.assertIn("Thank you for your payment", back.text)
        self.authenticate("debt_accountant", "debt_accountant")
        back = self.url_open(transaction.landing_route)
        self.assertEqual(back.status_code, 404)
        self.assertNotIn("Thank you", back.text)

    def test_what_was_chosen_is_paid_and_nothing_else(self):
        old, new = self.invoice, self._invoice(300, 5)
        self._case()
        self._pay_online(self._line_ids(new))
        self.assertIn(new.payment_state, ("paid", "in_payment"))
        self.assertEqual(old.payment_state, "not_paid")
        self.assertEqual(self._case().amount_overdue, 1000)

    def test_all_at_once(self):
        moves = self.invoice | self._invoice(300, 5) | self._invoice(20, -30)
        self._case()
        transaction = self._pay_online(self._line_ids(moves))
        self.assertEqual(transaction.amount, 1320)
        self.assertEqual(transaction.invoice_ids, moves)
        self.assertLessEqual(set(moves.mapped("payment_state")), {"paid", "in_payment"})

    def _post_entries(self):
        """Payments have an entry of their own as soon as they are made."""
        line = self.provider.journal_id.inbound_payment_method_line_ids.filtered(
            lambda one: one.payment_provider_id == self.provider
        )
        line.payment_account_id = self.inbound_payment_method_line.payment_account_id

    def _in_two(self):
        """Both instalments of an invoice."""
        terms = self.env["account.payment.term"].create(
            {
                "name": "In two",
                "line_ids": [
                    Command.create({"value_amount": 50, "nb_days": days})
                    for days in (0, 10)
                ],
            }
        )
        day = fields.Date.today() - timedelta(days=30)
        move = self._invoice(
            400,
            30,
            invoice_date=day,
            invoice_date_due=False,
            invoice_payment_term_id=terms.id,
        )
        self._case()
        return move._debt_lines().sorted("date_maturity")

    def test_a_later_instalment_may_be_meant(self):
        self._post_entries()
        first, second = self._in_two()
        self._pay_online(second.ids)
        self.assertEqual((first.amount_residual, second.amount_residual), (200, 0))

    def test_what_is_captured_later_pays_what_was_chosen(self):
        self._post_entries()
        self.method.support_manual_capture = "partial"
        self.provider.capture_manually = True
        first, second = self._in_two()
        transaction = self._pay_online(second.ids)
        self.assertEqual(transaction.state, "authorized")
        captured = transaction._capture()
        (captured | transaction)._post_process()
        self.assertEqual(captured.payment_id.amount, 200)
        self.assertEqual((first.amount_residual, second.amount_residual), (200, 0))
        self.assertEqual(self.env["debt.portal.act"].search([]).kind, "payment")

    def test_what_was_cancelled_meanwhile_loses_no_money(self):
        self._post_entries()
        more = self._invoice(300, 5)
        self._case()
        transaction = self._begin(self._form(self._line_ids(self.invoice | more)))
        more.button_draft()
        more.button_cancel()
        self._simulate(transaction)
        self.assertIn(transaction.payment_id.state, ("in_process", "paid"))
        self.assertEqual(transaction.payment_id.amount, 1300)
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(more.state, "cancel")

    def test_what_was_cancelled_altogether_loses_no_money(self):
        self._post_entries()
        transaction = self._begin(self._form(self._line_ids()))
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self._simulate(transaction)
        self.assertIn(transaction.payment_id.state, ("in_process", "paid"))

    def test_a_credit_is_not_paid_once_more(self):
        self._invoice(150, 5, move_type="out_refund")
        self._case()
        transaction = self._pay_online(self._line_ids())
        self.assertEqual(transaction.amount, 850)
        self.assertEqual(self._case().amount_overdue, 0)

    # --- what is refused --------------------------------------------------------------
    def test_a_forged_amount(self):
        form = self._form(self._line_ids())
        for amount in (1, 999.99, 1000.01, -1000, None, "x", "nan"):
            error = self._refused(form, amount=amount)
            self.assertIn("has changed meanwhile", error)
        self.assertFalse(self._transactions())

    def test_an_amount_that_changed_meanwhile(self):
        form = self._form(self._line_ids())
        self._pay(self.invoice, 400)
        self.assertIn("has changed meanwhile", self._refused(form))

    def test_somebody_elses_invoice(self):
        theirs, own = self._line_ids(self.foreign), self._line_ids()
        for chosen in (theirs, own + theirs, [], ["x"], [0], own + ["x"]):
            query = "&".join(f"item={one}" for one in chosen)
            page = self.url_open(f"{self.path}/pay?{query}")
            self.assertEqual(page.status_code, 422, chosen)
            self.assertNotIn(self.foreign.name, page.text)
            self.assertNotIn("o_payment_form", page.text)
            form = self._form(own)
            items = "-".join(map(str, chosen)) or "-"
            form.set("data-transaction-route", f"{self.path}/pay/{items}")
            form.set("data-amount", "777")
            self._refused(form)
        self.assertFalse(self._transactions())

    def test_what_is_no_debt_of_his(self):
        credit = self._invoice(50, 5, move_type="out_refund")
        draft = self._invoice(60, 5, post=False)
        for move in (credit, draft):
            lines = move.line_ids.filtered(
                lambda one: one.account_id.account_type == "asset_receivable"
            )
            page = self.url_open(f"{self.path}/pay?item={lines.id}")
            self.assertEqual(page.status_code, 422)

    def test_links_that_open_nothing(self):
        form = self._form(self._line_ids())
        route = form.get("data-transaction-route")
        with freeze_time(TUESDAY + timedelta(days=32), tick=True):
            self.assertEqual(self._refused(form), 404)
            page = self.url_open(f"{self.path}/pay?item={self._line_ids()[0]}")
            self.assertEqual(page.status_code, 404)
        form.set("data-transaction-route", route.replace("/account/", "/account/x"))
        self.assertEqual(self._refused(form), 404)
        form.set("data-transaction-route", route)
        self.env["debt.portal"]._withdraw_links(self.case)
        self.assertEqual(self._refused(form), 404)
        self.assertFalse(self._transactions())

    def test_what_is_sent_once_more(self):
        form = self._form(self._line_ids())
        self._simulate(self._begin(form))
        self.assertTrue(self._refused(form))
        self.assertEqual(len(self._transactions()), 1)
        self.assertEqual(len(self.env["debt.portal.act"].search([])), 1)

    def test_while_a_payment_is_under_way(self):
        form = self._form(self._line_ids())
        transaction = self._begin(form)
        self._simulate(transaction, "pending")
        self.assertIn("under way", self._refused(form))
        page = self.url_open(f"{self.path}/pay?item={self._line_ids()[0]}")
        self.assertIn("under way", page.text)
        text = self._text(f"{self.path}/payment/{transaction.id}")
        self.assertIn("Your payment is under way", text)

    def test_a_provider_that_forgets_keeps_nobody_from_paying(self):
        form = self._form(self._line_ids())
        self._simulate(self._begin(form), "pending")
        with freeze_time(TUESDAY + timedelta(days=6), tick=True):
            self.assertIn("under way", self._refused(form))
        with freeze_time(TUESDAY + timedelta(days=8), tick=True):
            self._simulate(self._begin(form))
        self.assertEqual(set(self._transactions().mapped("state")), {"pending", "done"})

    def _row_of_case(self):
        """Where the database has the case: somewhere else after each write."""
        query = SQL("SELECT ctid FROM debt_case WHERE id = %s", self.case.id)
        return self.env.execute_query(query)

    def test_who_begins_at_the_same_moment_comes_second(self):
        """The row is written, so that the other request is tried again."""
        form = self._form(self._line_ids())
        before = self._row_of_case()
        self._begin(form)
        self.assertNotEqual(self._row_of_case(), before)

    def test_means_that_are_not_offered(self):
        other = self.env.ref("payment.payment_provider_demo")
        foreign = (
            self.env["payment.method"]
            .sudo()
            .search([("id", "not in", self.provider.payment_method_ids.ids)], limit=1)
        )
        tokens = self.env["payment.token"].sudo()
        token = tokens.create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "partner_id": self.debtor.id,
                "payment_details": "4242",
                "provider_ref": "x",
                "demo_simulated_state": "done",
            }
        )
        form = self._form(self._line_ids())
        self.assertNotIn("4242", html.tostring(form).decode(), "nobody logged in")
        for sent in (
            {"provider_id": other.id},
            {"provider_id": None},
            {"payment_method_id": foreign.id},
            {"flow": "token", "token_id": token.id, "payment_method_id": None},
            {"flow": "x"},
            {"partner_id": self.other.id},
        ):
            self.assertTrue(self._refused(form, **sent), sent)
        self.assertFalse(self._transactions())
        transaction = self._begin(form, is_validation=True, landing_route="//evil")
        self.assertEqual(transaction.amount, 1000)
        self.assertEqual(
            transaction.landing_route, f"/debt_collection/payment/{transaction.id}"
        )
        self.assertEqual(transaction.operation, "online_direct")

    def test_nobody_begins_for_ever(self):
        form = self._form(self._line_ids())
        with patch.object(debt_portal, "MOST_BEGUN", 2):
            self._begin(form)
            self._begin(form)
            self.assertIn("very often", self._refused(form))

    def test_others_learn_nothing_of_a_payment(self):
        transaction = self._pay_online(self._line_ids())
        theirs = self._path(self.their_case)
        text = self._text(f"{theirs}/payment/{transaction.id}")
        self.assertNotIn("Thank you", text)
        self.assertNotIn(transaction.reference, text)

    # --- what becomes of it -----------------------------------------------------------
    def test_a_payment_the_provider_waits_for_keeps_calls_back(self):
        self._pay_online(self._line_ids(), "pending")
        self.assertEqual(self.case.state, "on_hold")
        self.assertFalse(self.case.check_contact("call")["allowed"])
        self.assertFalse(self.env["debt.portal.act"].search([]), "not paid yet")
        self._transactions()._set_done()
        self._transactions()._post_process()
        self.assertEqual(self._case().amount_overdue, 0)
        self.assertEqual(self.env["debt.portal.act"].search([]).kind, "payment")

    def _process(self, transaction):
        """The scheduled action comes by: nobody looks at the page."""
        job = self.env.ref("payment.cron_post_process_payment_tx").sudo()
        asked = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", job.id)])
        self.assertTrue(asked, "it is asked to come soon")
        transaction._post_process()

    def test_a_payment_that_comes_to_nothing_is_waited_for_no_longer(self):
        transactions = type(self._transactions())
        for end in (transactions._set_canceled, transactions._set_error):
            transaction = self._pay_online(self._line_ids(), "pending")
            self.assertEqual(self.case.state, "on_hold")
            todo = transaction.debt_todo_id
            self.assertIn(transaction.reference, todo.note)
            end(transaction, "No money")
            self._process(transaction)
            self.assertEqual((self.case.state, self.case.hold_until), ("active", False))
            self.assertTrue(self.case.check_contact("call")["allowed"])
            self.assertFalse(todo.active, "nobody looks for it any more")

    def test_a_hold_for_another_payment_stays(self):
        more = self._invoice(300, 5)
        self._case()
        first = self._pay_online(self._line_ids(), "pending")
        second = self._pay_online(self._line_ids(more), "pending")
        first._set_canceled()
        first._post_process()
        self.assertEqual(self.case.state, "on_hold")
        second._set_error("No money")
        second._post_process()
        self.assertEqual(self.case.state, "active")

    def test_a_hold_that_somebody_asked_for_stays(self):
        transaction = self._pay_online(self._line_ids(), "pending")
        self._put_on_hold(self.case, 10)
        transaction._set_canceled()
        transaction._post_process()
        self.assertEqual(self.case.state, "on_hold")

    def test_a_hold_to_the_same_day_by_somebody_else_stays(self):
        transaction = self._pay_online(self._line_ids(), "pending")
        until = self.case.hold_until
        self.assertEqual(transaction.debt_held_until, until)
        self.case._set_state("on_hold", hold_until=until)
        self.assertFalse(transaction.debt_held_until, "not the payment's any more")
        transaction._set_canceled()
        transaction._post_process()
        self.assertEqual((self.case.state, self.case.hold_until), ("on_hold", until))

    def test_a_part_that_came_leaves_the_rest_to_collect(self):
        more = self._invoice(300, 5)
        self._case()
        transaction = self._pay_online(self._line_ids(more), "pending")
        self.assertEqual(self.case.state, "on_hold")
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(self._case().state, "active")
        self.assertEqual(self.case.amount_overdue, 1000)

    def test_a_payment_that_failed_changes_nothing(self):
        for state in ("cancel", "error"):
            transaction = self._pay_online(self._line_ids(), state)
            text = self._text(f"{self.path}/payment/{transaction.id}")
            self.assertIn("Your payment was not made", text)
            self.assertTrue(self.case.check_contact("call")["allowed"])
        self.assertFalse(self.env["debt.portal.act"].search([]))
        self.assertIn(self._pay_online(self._line_ids()).state, "done")

    def test_the_operator_who_has_him_on_the_line_hears_of_it(self):
        self._call(self.case)
        sent = []
        self.patch(
            type(self.operator),
            "_bus_send",
            lambda users, kind, message, **_more: sent.append((users, message)),
        )
        self._pay_online(self._line_ids())
        [(user, message)] = [one for one in sent if "Debtor One" in str(one[1])]
        self.assertEqual(user, self.operator)
        self.assertIn("Paid Online", message["message"])

    # --- who sees it ------------------------------------------------------------------
    def test_only_where_somebody_takes_the_money(self):
        self.assertIn("Pay now", self._text())
        settings = self.env["ir.config_parameter"].sudo()
        name = "account_payment.enable_portal_payment"
        for off in (
            lambda: self.provider.write({"is_published": False}),
            lambda: self.provider.write({"is_published": True, "state": "disabled"}),
            lambda: (
                self.provider.write({"state": "test", "is_published": True}),
                settings.set_param(name, False),
            ),
        ):
            off()
            self.assertNotIn("Pay now", self._text())
            page = self.url_open(f"{self.path}/pay?item={self._line_ids()[0]}")
            self.assertNotIn("o_payment_form", page.text)

    def test_by_login(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.debtor.id}
        )
        new_test_user(
            self.env,
            "debt_payer",
            groups="base.group_portal",
            partner_id=contact.id,
        )
        self.authenticate("debt_payer", "debt_payer")
        path = f"/my/open-items/{self.company.id}"
        transaction = self._pay_online(self._line_ids(), path=path)
        self.assertEqual(transaction.partner_id, contact)
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(self.env["debt.portal.act"].search([]).via, "login")

    def test_an_operator_who_looks_pays_nothing(self):
        self.authenticate("debt_operator", "debt_operator")
        page = self._page(f"/debt_collection/page/{self.case.id}")
        self.assertIn("Pay now", page.text_content())
        [form] = page.xpath("//form[@method='get']")
        self.assertTrue(form.xpath("ancestor::fieldset[@disabled]"))

    def test_each_field_has_a_label(self):
        self._invoice(20, -30)
        page = self._page()
        fields_of_page = page.xpath(FIELDS)
        for field in fields_of_page:
            named = page.xpath(f"//label[@for='{field.get('id')}']")
            self.assertTrue(named and named[0].text_content().strip(), field.attrib)
        ids = page.xpath("//@id")
        self.assertEqual(len(ids), len(set(ids)), "an id is there twice")
        ticked = page.xpath("//form[@method='get']//input[@checked]/@value")
        self.assertEqual(ticked, [str(one) for one in self._line_ids()], "overdue")

    def test_it_speaks_the_languages_of_our_laws(self):
        known = set()
        for code in speak_all(self.env):
            self.debtor.lang = code
            page = self._page(f"{self.path}/pay?item={self._line_ids()[0]}")
            known.add(page.xpath("//h1")[0].text)
            self.assertTrue(page.xpath("//form[@id='o_payment_form']"))
        self.assertGreater(len(known), 8)

    def test_it_has_no_barriers(self):
        """Odoo's own payment form is Odoo's: what is around it is ours."""
        transaction = self._pay_online(self._line_ids(), "cancel")
        assert_accessible(self, self.path)
        assert_accessible(
            self,
            f"{self.path}/pay?item={self._line_ids()[0]}",
            within='{exclude: ["#o_payment_form"]}',
        )
        assert_accessible(self, f"{self.path}/payment/{transaction.id}")

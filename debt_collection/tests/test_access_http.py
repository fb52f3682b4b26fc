import json
from datetime import datetime

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import DebtCommon

#: The name of a contact any employee of Odoo's may read; what he owes and said, not.
NAME, SECRET, AMOUNT = "Debtor Two", "Lost his job in May", 7654.32
#: What the call window shows of a debtor; any operator read it once with foreign ids.
SHOWN = ("history_html", "items_html", "partner_id", "case_id", "display_name")


@tagged("post_install", "-at_install")
class TestAccessHttp(DebtCommon, HttpCase):
    """An operator with a terminal asks for another team's debtor, over the wire."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(1000, 10)
        cls.own = cls._open_case(cls.debtor)
        cls.victim = cls._new_debtor(NAME, "+32 470 65 43 21")
        cls._invoice(AMOUNT, 10, cls.victim)
        cls.foreign = cls._open_case(cls.victim)
        team = cls.env["debt.team"].create({"name": "Others"})
        team.member_ids = [Command.create({"user_id": cls.colleague.id})]
        cls.foreign.write({"team_id": team.id, "user_id": cls.colleague.id})
        theirs = cls.foreign.with_user(cls.colleague)._claim_for_user()
        theirs.finish("refused", party="right_party", note=SECRET)
        cls.call = cls.own.with_user(cls.operator)._claim_for_user()
        wizards = cls.env["debt.call.wizard"].with_user(cls.operator)
        cls.window = wizards.browse(wizards._action_open(cls.call)["res_id"])

    @classmethod
    def _open_case(cls, partner):
        cls.cases.refresh(partner.ids)
        return cls.cases.search([("partner_id", "=", partner.id)])

    def setUp(self):
        super().setUp()
        keys = self.env["res.users.apikeys"].with_user(self.operator).sudo()
        # By the clock of the database, which stands still for nobody.
        self.key = keys._generate("rpc", "terminal", datetime(2099, 1, 1))
        self.authenticate("debt_operator", "debt_operator")

    # --- two doors ------------------------------------------------------------------
    def _by_json_rpc(self, model, method, ids, **arguments):
        args = [] if ids is None else [ids]
        params = {"model": model, "method": method, "args": args, "kwargs": arguments}
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return answer.text

    def _by_json_2(self, model, method, ids, **arguments):
        answer = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(({} if ids is None else {"ids": ids}) | arguments),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.key}",
            },
        )
        return answer.text

    def _ask(self, model, method, ids=(), **arguments):
        """Ask by both doors, a model where ids are None; their answers."""
        ids = ids if ids is None else list(ids)
        with mute_logger("odoo.http"):
            return [
                door(model, method, ids, **arguments)
                for door in (self._by_json_rpc, self._by_json_2)
            ]

    def _learns_nothing(self, answers):
        for answer in answers:
            self.assertNotIn(SECRET, answer)
            self.assertNotIn("654.32", answer)
            self.assertNotIn("654321", answer.replace(" ", ""))

    # --- the attack -------------------------------------------------------------------
    def test_both_doors_are_open_for_what_is_his(self):
        spec = {"partner_id": {"fields": {"display_name": {}}}}
        for answer in self._ask(
            "debt.case", "web_read", self.own.ids, specification=spec
        ):
            self.assertIn("Debtor One", answer)

    def test_the_call_window_with_foreign_ids(self):
        spec = {name: {} for name in SHOWN if name in self.window._fields}
        sent = {
            "case_id": self.own.id,
            "partner_id": self.victim.id,
            "company_id": self.company.id,
        }
        for values in (sent, sent | {"case_id": self.foreign.id}):
            for ids in ((), self.window.ids):
                answers = self._ask(
                    "debt.call.wizard",
                    "onchange",
                    ids,
                    values=values,
                    field_names=list(values),
                    fields_spec=spec | {"partner_id": {"fields": {"display_name": {}}}},
                )
                self._learns_nothing(answers)

    def test_what_follows_from_foreign_ids(self):
        partner = {"fields": {"display_name": {}}}
        for model, values in (
            ("debt.privacy.wizard", {"partner_id": self.victim.id}),
            ("debt.contact.explain", {"case_id": self.foreign.id}),
            ("debt.message.record", {"case_id": self.foreign.id}),
            ("debt.consent", {"partner_id": self.victim.id, "channel": "sms"}),
        ):
            spec = {name: partner for name in values if name.endswith("_id")}
            spec["display_name"] = {}
            for method, more in (
                ("onchange", {"field_names": [], "fields_spec": spec}),
                ("web_save", {"specification": spec}),
            ):
                key = "vals" if method == "web_save" else "values"
                self._learns_nothing(self._ask(model, method, **{key: values}, **more))

    def test_records_methods_and_lists(self):
        ids = self.foreign.ids
        spec = {"partner_id": {"fields": {"display_name": {}}}, "amount_overdue": {}}
        answers = self._ask("debt.case", "web_read", ids, specification=spec)
        answers += self._ask("debt.case", "check_contact", ids, channel="call")
        answers += self._ask("debt.case", "action_call", ids)
        for answer in answers:
            self.assertIn("odoo.exceptions.AccessError", answer)
        self._learns_nothing(answers)
        calls = self.foreign.call_ids
        self.assertEqual(calls.user_id, self.colleague)
        with mute_logger("odoo.http"):
            listed = self._by_json_2(
                "debt.ledger", "items", [], partner_ids=self.victim.ids
            )
        self._learns_nothing([listed])

    def test_dialogs_that_act_on_foreign_cases(self):
        """Hold, close, enter, offer, give to another, correct: all ask for access."""
        case = self.foreign.id
        before = self.foreign.read(["state", "user_id", "team_id", "hold_until"])
        entry = {"case_id": case, "kind": "note", "note": "Paid"}
        offer = {"case_id": case, "kind": "time", "note": "Until May"}
        for model, values in (
            ("debt.case.assign", {"case_ids": [[6, 0, [case]]]}),
            ("debt.case.entry", entry),
            ("debt.case.pause", {"case_ids": [[6, 0, [case]]], "reason": "x"}),
            ("debt.forbearance", offer),
            ("debt.message.record", {"case_id": case, "note": "x"}),
        ):
            for method, key in (("onchange", "values"), ("web_save", "vals")):
                more = {"specification": {"display_name": {}}}
                if method == "onchange":
                    more = {"field_names": list(values), "fields_spec": {}}
                answers = self._ask(model, method, **{key: values}, **more)
                self._learns_nothing(answers)
                for answer in answers:
                    self.assertIn("odoo.exceptions.AccessError", answer, model)
        self.assertEqual(before, self.foreign.read(list(before[0])[1:]))

    def test_another_case_with_foreign_items(self):
        """The line of an entry is a number that the client sends."""
        line = self.foreign.partner_id.invoice_ids.line_ids.filtered("date_maturity")
        items = [Command.create({"name": "x", "line_ref": line[:1].id, "selected": 1})]
        values = {
            "case_id": self.own.id,
            "item_ids": items,
            "promise_amount": 1,
            "promise_date": "2026-03-12",
        }
        saved = self._by_json_rpc(
            "debt.case.entry", "web_save", [], vals=values, specification={}
        )
        ids = [row["id"] for row in json.loads(saved)["result"]]
        for answer in self._ask("debt.case.entry", "action_record", ids):
            self.assertIn("open invoices of this debtor", answer)
        self.assertFalse(self.own.promise_ids)

    def test_searching_for_him_finds_nothing(self):
        def found(value):
            fields = ["display_name", "amount_overdue"]
            domain = [["find", "ilike", value]]
            return self._ask(
                "debt.case", "search_read", None, domain=domain, fields=fields
            )

        for value in (NAME, "470 65 43 21", self.victim.invoice_ids.name):
            answers = found(value)
            self._learns_nothing(answers)
            for answer in answers:
                self.assertNotIn(NAME, answer)
        for answer in found("Debtor One"):
            self.assertIn("Debtor One", answer)

    def test_doors_that_are_shut(self):
        for method in ("action_close", "action_hold", "_close_by_hand", "_set_state"):
            for answer in self._ask("debt.case", method, self.own.ids):
                self.assertIn('"message"', answer)
        self.assertNotEqual(self.own.state, "closed")

import ast
from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.fields import Domain
from odoo.tests import Form, tagged

from .common import DebtCommon

# Our models by the least role that works with their screens.
SCREENS = {
    "operator": [
        "debt.case",
        "debt.call",
        "debt.promise",
        "debt.dispute",
        "debt.settlement",
        "debt.phone",
        "debt.call.report",
        "debt.case.report",
        "debt.collection.report",
        "debt.call.review",
    ],
    "accountant": [
        "debt.case",
        "debt.call",
        "debt.promise",
        "debt.dispute",
        "debt.phone",
        "debt.call.report",
        "debt.case.report",
        "debt.collection.report",
        "debt.contact.decision",
        "debt.contact.exception",
        "debt.contact.audit.report",
        "debt.fee",
        "debt.fee.reference",
        "debt.fee.rule",
        "debt.figures",
        "account.move",
        "res.partner",
    ],
    "manager": [
        "debt.stage",
        "debt.ladder",
        "debt.contact.policy",
        "debt.contact.policy.version",
        "debt.profile",
        "debt.objection",
        "debt.objection.proposal",
        "debt.objection.report",
        "debt.call.outcome",
        "debt.script",
        "debt.team",
        "debt.call.review",
        "debt.review.criterion",
        "debt.review.report",
    ],
}


@tagged("post_install", "-at_install")
class TestViews(DebtCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(321, 12)
        cls.cases.refresh(cls.debtor.ids)
        cls.case = cls.cases.search([("partner_id", "=", cls.debtor.id)])

    def _views_of(self, model):
        """Views of a model, each with its type as the client asks for it."""
        views = self.env["ir.ui.view"].search(
            [
                ("model", "=", model),
                ("mode", "=", "primary"),
                ("type", "!=", "qweb"),
                ("model_data_id.module", "in", ("debt_collection", "account", "base")),
            ]
        )
        return [(view.id, view.type) for view in views]

    def test_every_role_reads_its_screens(self):
        for role, models in SCREENS.items():
            user = getattr(self, role)
            for model in models:
                records = self.env[model].with_user(user)
                for view_id, view_type in self._views_of(model):
                    with self.subTest(role=role, model=model, view=view_type):
                        arch = records.get_view(view_id, view_type)["arch"]
                        if view_type in ("list", "form", "kanban"):
                            self._read_all(records, arch)

    def _read_all(self, records, arch):
        """Read what the view shows of some records, as the browser would."""
        top = etree.fromstring(arch)
        names = {
            node.get("name")
            for node in top.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }
        spec = {
            name: {"fields": {"display_name": {}}}
            if records._fields[name].type in ("many2one", "many2many")
            else {}
            for name in names
        }
        records.search([], limit=3).web_read(spec)

    def test_readers_of_the_ledger_see_stage_and_case_on_invoices(self):
        reader = self._new_user("debt_reader", "group_debt_accountant")
        reader.group_ids = [Command.set(self._groups("account.group_account_readonly"))]
        view = self.env.ref("debt_collection.account_move_view_list_overdue")
        moves = self.env["account.move"].with_user(reader)
        arch = moves.get_view(view.id, "list")["arch"]
        self.assertIn("debt_stage_id", arch)
        self.assertNotIn("action_debt_flag", arch)
        invoice = self.invoice.with_user(reader)
        self.assertEqual(invoice.debt_case_id, self.case)
        self.assertEqual(invoice.debt_stage_id.name, "Overdue")
        case_form = self.env.ref("debt_collection.debt_case_view_form")
        arch = self.cases.with_user(reader).get_view(case_form.id, "form")["arch"]
        self._read_all(self.cases.with_user(reader), arch)

    def test_billing_alone_reads_stage_and_case_on_invoices(self):
        clerk = self._new_user("debt_clerk", "group_debt_accountant")
        clerk.group_ids = [Command.set(self._groups("account.group_account_invoice"))]
        moves = self.env["account.move"].with_user(clerk)
        for xmlid, kind in (
            ("debt_collection.account_move_view_list_overdue", "list"),
            ("account.view_move_form", "form"),
        ):
            arch = moves.get_view(self.env.ref(xmlid).id, kind)["arch"]
            self.assertIn("debt_stage_id", arch)
            self.assertNotIn("action_debt_flag", arch)
            self._read_all(moves, arch)

    def _groups(self, xmlid):
        return [self.env.ref("base.group_user").id, self.env.ref(xmlid).id]

    def test_every_action_says_what_to_do_on_an_empty_screen(self):
        actions = self.env["ir.actions.act_window"].search(
            [("res_model", "=like", "debt.%"), ("target", "=", "current")]
        )
        self.assertGreater(len(actions), 15)
        for action in actions:
            # A form alone opens a new record: it is never empty.
            if action.view_mode != "form" and not action.res_model.endswith(".wizard"):
                self.assertIn("o_view_nocontent", action.help or "", action.name)

    def test_every_menu_opens_for_whoever_sees_it(self):
        root = self.env.ref("debt_collection.debt_menu_root")
        for user in (self.operator, self.accountant, self.manager):
            menus = self.env["ir.ui.menu"].with_user(user)
            seen = menus.browse(menus._visible_menu_ids())
            seen = seen.filtered_domain([("id", "child_of", root.id)])
            self.assertTrue(seen.filtered("action"))
            for menu in seen.filtered("action"):
                if menu.action._name != "ir.actions.act_window":
                    continue
                model = self.env[menu.action.res_model].with_user(user)
                with self.subTest(user=user.login, menu=menu.complete_name):
                    self.assertTrue(model.has_access("read"))

    def _arch(self, model, kind, view_id=False):
        records = self.env[model].with_user(self.operator)
        return etree.fromstring(records.get_view(view_id, kind)["arch"])

    def test_the_next_call_is_one_click_away(self):
        """O19: wherever cases and calls are listed, on a telephone's screen as well."""
        action = self.env.ref("debt_collection.debt_call_wizard_action_next")
        for model, kind in (
            ("debt.case", "list"),
            ("debt.case", "kanban"),
            ("debt.call", "list"),
        ):
            arch = self._arch(model, kind)
            button = arch.find(f".//header/button[@name='{action.id}']")
            self.assertEqual(button.get("display"), "always", kind)
        day = self.env.ref("debt_collection.debt_case_action_my_day")
        views = {kind: view_id for view_id, kind in day.views}
        for kind, brings in (
            ("calendar", "debt_calendar"),
            ("activity", "debt_my_day"),
        ):
            arch = self._arch("debt.case", kind, views[kind])
            self.assertEqual(arch.get("js_class"), brings)
        # A telephone shows one column of a kanban at a time: here all is in one.
        board = self._arch("debt.case", "kanban", views["kanban"])
        self.assertIsNone(board.get("default_group_by"))
        self.assertIsNotNone(board.find(f".//header/button[@name='{action.id}']"))

    def test_an_operators_day_shows_the_hour(self):
        day = self.env.ref("debt_collection.debt_case_action_my_day")
        views = {kind: view_id for view_id, kind in day.views}
        for kind in ("activity", "kanban", "list"):
            arch = self._arch("debt.case", kind, views.get(kind, False))
            fields = arch.findall(".//field[@name='next_contact_at']")
            self.assertTrue(fields, kind)
            self.assertEqual({field.get("widget") for field in fields}, {None})

    def test_promises_are_listed_by_their_dates_the_most_overdue_first(self):
        """O20"""
        arch = self._arch("debt.promise", "list")
        self.assertEqual(arch.get("default_order"), "date, id")
        [day] = arch.findall(".//field[@name='date']")
        self.assertIsNone(day.get("widget"), "a date, and not “next month”")

    def test_days_past_due_are_said_rightly_of_one(self):
        """O23"""
        for kind, one, more in (
            ("kanban", "day", "days"),
            ("activity", "day past due", "days past due"),
        ):
            says = {
                node.get("t-if"): " ".join("".join(node.itertext()).split())
                for node in self._arch("debt.case", kind).iter("t")
                if node.find("field[@name='days_past_due']") is not None
            }
            at_one = "record.days_past_due.raw_value == 1"
            self.assertEqual(says, {at_one: one, None: more})

    def test_a_manager_edits_ladder_and_policy_in_their_forms(self):
        ladders = self.env["debt.ladder"].with_user(self.manager)
        with Form(ladders, view="debt_collection.debt_ladder_view_form") as form:
            form.name = "Short"
            with form.step_ids.new() as step:
                step.last_day = 3
                step.attempts = 2
        self.assertEqual(form.record.step_ids.attempts, 2)
        policies = self.env["debt.contact.policy"].with_user(self.manager)
        with Form(
            policies, view="debt_collection.debt_contact_policy_view_form"
        ) as form:
            form.name = "Mornings"
            with form.window_ids.new() as window:
                window.hour_to = 12
            with form.limit_ids.new() as limit:
                limit.maximum = 1
        self.assertEqual(form.record._to_pure().windows[0].end, 720)

    def test_a_changed_policy_counts_at_once(self):
        policy = self.company.debt_contact_policy_id
        self.assertTrue(self.case.check_contact("call")["allowed"])
        for window in policy.window_ids:
            window.hour_from = 20
            window.hour_to = 21
        self.assertFalse(self.case.check_contact("call")["allowed"])
        policy.window_ids[0].copy({"hour_from": 9, "hour_to": 19})
        self.assertTrue(self.case.check_contact("call")["allowed"])
        policy.window_ids.unlink()
        self.assertFalse(self.case.check_contact("call")["allowed"])

    def test_a_new_policy_of_the_country_counts_at_once(self):
        self.env["debt.contact.policy"].search(
            [("country_ids", "=", self.debtor.country_id.id)]
        ).unlink()
        self.assertEqual(
            self.case._contact_policy(), self.company.debt_contact_policy_id
        )
        policy = self.env["debt.contact.policy"].create(
            {
                "name": "Belgium",
                "country_ids": [Command.link(self.debtor.country_id.id)],
            }
        )
        self.assertEqual(self.case._contact_policy(), policy)
        policy.applies_to = "person"
        self.assertEqual(
            self.case._contact_policy(), self.company.debt_contact_policy_id
        )
        policy.write({"applies_to": "any", "active": False})
        self.assertEqual(
            self.case._contact_policy(), self.company.debt_contact_policy_id
        )

    def test_cases_without_a_number_are_found(self):
        numberless = self._new_debtor("Numberless", "no number")
        self._invoice(50, 5, numberless)
        case = self._case(numberless)
        found = self.cases.search([("has_number", "=", False)])
        self.assertIn(case, found)
        self.assertNotIn(self.case, found)
        self.assertIn(self.case, self.cases.search([("has_number", "=", True)]))
        self.assertFalse(case.has_number)
        self.assertTrue(self.case.has_number)

    def test_who_did_not_react_is_found(self):
        """Written to or rung by a robot, and neither spoken with nor paid since."""
        arch = etree.fromstring(self.cases.get_view(view_type="search")["arch"])
        domain = arch.find(".//filter[@name='no_reaction']").get("domain")
        domain = ast.literal_eval(domain)
        silent, spoken, paid, unwritten = (
            self._new_debtor(f"R{n}", f"+32 470 00 70 0{n}") for n in range(4)
        )
        invoices = {
            debtor: self._invoice(100, 20, debtor)
            for debtor in (silent, spoken, paid, unwritten)
        }
        cases = {debtor: self._case(debtor) for debtor in invoices}
        for debtor in (silent, spoken, paid):
            self.env["debt.message"].sudo().create(
                {
                    "case_id": cases[debtor].id,
                    "channel": "sms",
                    "kind": "manual",
                    "state": "sent",
                    "sent_at": fields.Datetime.now() - timedelta(days=2),
                }
            )
        call = self._call(cases[spoken])
        call.dial(phone=spoken.debt_phone_ids)
        call.finish("refused", note="x", party="right_party")
        self._pay(invoices[paid], 40)
        self.env["debt.collection.report"].sudo()._catch_up()
        ours = Domain("partner_id", "in", [one.id for one in invoices])
        for user in (self.operator, self.accountant, self.manager):
            with self.subTest(user.login):
                found = self.cases.with_user(user).search(Domain(domain) & ours)
                self.assertEqual(found.partner_id, silent)

    def test_settings_are_saved_for_the_company(self):
        settings = self.env["res.config.settings"].create({"debt_grace_days": 4})
        settings.execute()
        self.assertEqual(self.company.debt_grace_days, 4)

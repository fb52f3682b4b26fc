import json
from datetime import timedelta
from unittest.mock import patch

from freezegun import api as clock

from odoo import Command
from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.debt_collection.tests.common import DebtCommon
from odoo.addons.debt_collection.tests.test_ui import TourCase

FILES = "debt_collection_dashboard/data/files/"
#: What the browser asks once the figures are there: no cell may be an error.
ASK = """
const {env} = odoo.__WOWL_DEBUG__.root;
const look = () => {
    const loader = env.services.spreadsheet_dashboard_loader;
    const board = loader?.getActiveDashboard();
    const {getters} = board?.model || {};
    const cells = getters
        ? getters
              .getSheetIds()
              .flatMap((id) => Object.values(getters.getEvaluatedCells(id)))
        : [{value: "Loading..."}];
    if (cells.some(({value}) => value === "Loading...")) {
        return setTimeout(look, 200);
    }
    const wrong = cells.filter(({type}) => type === "error");
    if (wrong.length) {
        throw new Error(JSON.stringify(wrong.map(({value}) => value)));
    }
    CHECK
    console.log("test successful");
};
look();
"""
#: The cards, as the browser shows them; the first sheet is the dashboard itself.
CARDS = """
const data = getters.getSheetIds()[1];
const card = (row) => getters.getEvaluatedCell({sheetId: data, col: 2, row}).value;
const note = getters.getEvaluatedCell({
    sheetId: getters.getSheetIds()[0], col: 0, row: 5,
}).value;
const shown = [card(2), Boolean(note)];
if (JSON.stringify(shown) !== JSON.stringify(%s)) {
    throw new Error(JSON.stringify([...shown, note]));
}
"""
#: Tuesday is the third column, ten o'clock the eighth row.
HEAT = """
const [sheetId] = getters.getSheetIds();
const cell = (col, row) => getters.getEvaluatedCell({sheetId, col, row});
const shown = [cell(2, 7).formattedValue, cell(2, 8).value, cell(8, 7).value];
if (JSON.stringify(shown) !== '["33%","",6]') {
    throw new Error(JSON.stringify(shown));
}
"""


def _read(name):
    with file_open(f"{FILES}{name}.json") as file:
        return json.load(file)


def _questions():
    """What the dashboard asks: model, domain, fields to group by and to add up."""
    book = _read("collection_dashboard")
    answers = _read("answers_dashboard")
    for pivot in (*book["pivots"].values(), *answers["pivots"].values()):
        rows = [row["fieldName"] for row in (*pivot["rows"], *pivot["columns"])]
        measures = [one["fieldName"] for one in pivot["measures"]]
        yield pivot["model"], pivot["domain"], rows, measures, pivot["fieldMatching"]
    for figure in book["sheets"][0]["figures"]:
        data = figure["data"]
        if meta := data.get("metaData"):
            domain = data["searchParams"]["domain"]
            asked = meta["groupBy"], [meta["measure"]], data["fieldMatching"]
            yield meta["resModel"], domain, *asked


@tagged("post_install", "-at_install")
class TestDashboard(DebtCommon):
    """What the manager sees first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref(
            "debt_collection_dashboard.spreadsheet_dashboard_collection"
        )

    def test_it_is_the_managers_and_not_the_operators(self):
        for user, seen in ((self.manager, True), (self.operator, False)):
            with self.subTest(user.login):
                boards = self.env["spreadsheet.dashboard"].with_user(user)
                found = boards.search([("id", "=", self.dashboard.id)])
                self.assertEqual(bool(found), seen)
                menu = self.env.ref("debt_collection_dashboard.debt_menu_dashboard")
                visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
                self.assertEqual(menu.id in visible, seen)

    def test_it_is_the_first_screen_of_the_app(self):
        root = self.env.ref("debt_collection.debt_menu_root")
        self.assertEqual(
            root.child_id.sorted("sequence")[:1].action,
            self.env.ref("debt_collection_dashboard.debt_dashboard_action"),
        )

    def test_every_figure_can_be_worked_out_by_the_manager(self):
        for model, domain, groups, measures, matching in _questions():
            with self.subTest(model, groups=groups, measures=measures):
                report = self.env[model].with_user(self.manager)
                for path in matching.values():
                    self.assertIn(path["chain"], report._fields)
                for name in measures:
                    self.assertTrue(report._fields[name].aggregator)
                totals = [f"{one}:{report._fields[one].aggregator}" for one in measures]
                report.formatted_read_group(domain, groups, totals)

    def test_no_card_adds_up_amounts_of_several_currencies(self):
        for pivot in _read("collection_dashboard")["pivots"].values():
            names = self.env[pivot["model"]]._fields
            measures = [names[one["fieldName"]] for one in pivot["measures"]]
            rows = [row["fieldName"] for row in pivot["rows"]]
            for field in measures:
                if field.type == "monetary":
                    with self.subTest(pivot["name"], measure=field.name):
                        self.assertEqual(rows, ["currency_id"])

    def test_its_links_lead_somewhere(self):
        book = _read("collection_dashboard")
        for xmlid in book["chartOdooMenusReferences"].values():
            self.assertTrue(self.env.ref(xmlid).action, xmlid)

    def test_money_of_this_month_is_counted(self):
        invoice = self._invoice(100, 20)
        self._case()
        before = self._collected()
        self._pay(invoice, 40)
        self.assertEqual(self._collected() - before, 40)

    def _collected(self):
        pivot = _read("collection_dashboard")["pivots"]["1"]
        report = self.env[pivot["model"]].with_user(self.manager)
        return (
            report.formatted_read_group(pivot["domain"], [], ["amount:sum"])[0][
                "amount:sum"
            ]
            or 0
        )


@tagged("post_install", "-at_install")
class TestDashboardScreen(TourCase):
    def test_it_loads_without_an_error_in_english_and_russian(self):
        self._user("tour_manager", "group_debt_manager")
        self._cases(self._debtor("Tour Debtor", 100, 15))
        manager = self.env["res.users"].search([("login", "=", "tour_manager")])
        self.env["res.lang"]._activate_lang("ru_RU")
        for lang in ("en_US", "ru_RU"):
            with self.subTest(lang):
                manager.lang = lang
                self._look("")

    def test_a_card_names_each_currency_with_its_own_amount(self):
        """Two companies, and one that keeps its books in another currency."""
        manager = self._user("tour_manager", "group_debt_manager")
        self._cases(self._debtor("Tour Debtor", 1200, 15))
        self._look(CARDS % json.dumps(["1,200 USD", False]))
        cookies = {"cids": f"{self.company.id}-{self._open_sister().id}"}
        manager.company_ids = [Command.link(self.company.id)]
        self._cases(self._debtor("Other Debtor", 300, 15))
        self._look(CARDS % json.dumps(["1,200 USD + 300 EUR", True]), cookies)

    def test_the_heat_map_tells_when_debtors_answer(self):
        """Of six calls at ten on a Tuesday two were answered; one says nothing yet."""
        self._user("tour_manager", "group_debt_manager")
        case = self._cases(self._debtor("Tour Debtor", 100, 15))
        # The browser's clock is not ours, and it asks for the days before its own.
        now = clock.real_datetime.now()
        tuesday = now - timedelta(days=7 + (now.weekday() - 1) % 7)
        for hour, answers in ((10, (1, 1, 0, 0, 0, 0)), (11, (1,))):
            for connected in answers:
                self.env["debt.call"].create(
                    {
                        "case_id": case.id,
                        "partner_id": case.partner_id.id,
                        "company_id": self.company.id,
                        "direction": "outbound",
                        "state": "done",
                        "number": "+32470123456",
                        "connected": bool(connected),
                        "local_hour": hour,
                        "started_at": tuesday.replace(hour=hour - 1),
                    }
                )
        self._look(HEAT, action="debt_answers_action")

    def _open_sister(self):
        """A company in euros, of which the next debtors are."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        sister = self.env["res.company"].create(
            {"name": "Tour Sister", "currency_id": euro.id}
        )
        sister.partner_id.tz = "UTC"
        sister.debt_contact_policy_id = self.policy
        self.env["account.chart.template"].with_company(sister).try_loading(
            "generic_coa", sister, install_demo=False
        )
        sister.currency_id = euro
        self.startPatcher(patch.object(type(self), "company", sister))
        return sister

    def _look(self, check, cookies=None, action="debt_dashboard_action"):
        """Load a dashboard as the manager, and check its cells."""
        self.browser_js(
            f"/odoo/action-debt_collection_dashboard.{action}",
            ASK.replace("CHECK", check),
            "!!odoo.__WOWL_DEBUG__?.root",
            login="tour_manager",
            timeout=180,
            cookies=cookies,
        )

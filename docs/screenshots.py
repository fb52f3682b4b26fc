"""Takes the pictures of the documentation from a demo server: ./dev screenshots.

Arguments are names of pictures; without any, all are taken. They are written to
docs/images, as small as a palette of colours makes them.
"""

import os
import sys
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pypdfium2
from PIL import Image
from playwright.sync_api import sync_playwright

URL = os.environ.get("DEMO_URL", "http://localhost:8069")
IMAGES = Path(__file__).parent / "images"
CHROMIUM = "/usr/bin/chromium"
SIZES = {1280: 800, 1920: 1080}
COLOURS = 192
PHONE = 390
PAPER_SCALE = 1.4
MOST_BYTES = 300_000
PATIENCE, SETTLE = 60_000, 1_500
# Odoo takes a user's zone from his browser when he comes for the first time.
ZONES = {"operator2": "America/New_York", "operator3": "Europe/Moscow"}


class Shot(NamedTuple):
    """One picture: who looks, at which action, in which view, at whose record.

    ``then``: what is clicked before, as selectors; "selector=>text" is typed into.
    """

    name: str
    login: str
    action: str
    view: str = ""
    record: tuple = ()
    then: tuple = ()
    width: int = 1280


CHOICE = "input[data-value={}] + label"
OUTCOME = ".o_debt_choice label:text-matches('^(Promise|Обещ)')"
CASE, CALL = "debt_case_action", "debt_call_report_action"
COLLECTED = "debt_collection_report_action"
SEARCH = ".o_searchview_dropdown_toggler"
BY_CHANNEL = (SEARCH, ".o_menu_item >> text=Channel", SEARCH)
EXPERIMENT = ("debt.experiment", [])
VLIERHOUT = ("debt.case", [["partner_id.name", "ilike", "Vlierhout"]])
# The training debtors may be called at any hour, so the window is always green.
TRAINING = ("debt.case", [["partner_id.name", "ilike", "Koffiehuis"]])
RUSSIAN = ("debt.case", [["partner_id.name", "ilike", "Северная Пряжа"]])
STATUTE = ("debt.contact.policy", [["name", "ilike", "230-FZ"]])
LADDER = ("debt.ladder", [["name", "not ilike", "Demo"]])
SCRIPT = ("debt.script", [])
INVOICE = (
    "account.move",
    [["debt_status", "=", "excluded"], ["move_type", "=", "out_invoice"]],
)
HANDOVER = ("debt.handover", [["state", "=", "open"]])
WRITEOFF = ("debt.writeoff", [["state", "=", "proposed"]])
# At a week's end nearly all next contacts lie in the next one.
WEEK = (".o_calendar_button_next",) if date.today().weekday() in (4, 5) else ()
WINDOW = ("button[name=action_call]:visible >> nth=0",)
SPOKEN = (*WINDOW, CHOICE.format("right_party"))
ANSWER = ".o_debt_answers label >> nth={}"
DATE = "[name=promise_date] :is(input, button)=>+7d"
PROMISED = (*SPOKEN, ANSWER.format(0), OUTCOME, DATE)
PLAN = (*PROMISED, "[name=promise_parts] input=>3")
EXPLAIN = ("button[name=action_explain]",)
MENU = "[data-menu-xmlid='debt_collection.{}']"
REPORTING = MENU.format("debt_menu_reporting")
AUDIT = (REPORTING, MENU.format("debt_menu_contact_audit"))
FORECAST = (REPORTING, MENU.format("debt_menu_forecast"))
TODAY = (REPORTING, MENU.format("debt_menu_team_today"))
MODES = (REPORTING, MENU.format("debt_menu_dialler_simulator"))
INCOMING = (".modal [name=query] input=>0470/00.00.31",)
RIGHT_PARTY = ("debt.call", [["path_ids", "!=", False], ["note", "!=", False]])

SHOTS = (
    Shot("invoices", "accountant", "account_move_action_overdue"),
    Shot("invoice", "accountant", "account_move_action_overdue", "form", INVOICE),
    Shot("disputes", "accountant", "debt_dispute_action"),
    Shot("numbers", "accountant", "debt_phone_action"),
    Shot("handover", "accountant", "debt_handover_action", "form", HANDOVER),
    Shot("writeoff", "accountant", "debt_writeoff_action", "form", WRITEOFF),
    Shot("cases", "manager", CASE, "kanban"),
    Shot("cases-1920", "manager", CASE, "kanban", width=1920),
    Shot("case-list", "manager", CASE, "list"),
    Shot("calendar", "manager", CASE, "calendar", then=WEEK),
    Shot("case", "operator", CASE, "form", VLIERHOUT),
    Shot("case-1920", "operator", CASE, "form", VLIERHOUT, width=1920),
    Shot("day", "operator", "debt_case_action_my_day", "activity"),
    Shot("call", "operator", CASE, "form", TRAINING, WINDOW),
    Shot("call-promise", "operator", CASE, "form", TRAINING, PROMISED),
    Shot("call-promise-1920", "operator", CASE, "form", TRAINING, PROMISED, 1920),
    Shot("call-plan", "operator", CASE, "form", TRAINING, PLAN),
    Shot("call-plan-1920", "operator", CASE, "form", TRAINING, PLAN, 1920),
    Shot("call-refused", "operator", CASE, "form", VLIERHOUT, WINDOW),
    Shot("call-ru", "operator3", CASE, "form", RUSSIAN, PROMISED),
    Shot("call-ru-1920", "operator3", CASE, "form", RUSSIAN, PROMISED, 1920),
    Shot("cases-ru", "operator3", CASE, "kanban"),
    Shot("promises", "manager", "debt_promise_action", "list"),
    Shot("calls", "manager", "debt_call_action", "list"),
    Shot("call-done", "manager", "debt_call_action", "form", RIGHT_PARTY),
    Shot("objections", "manager", "debt_objection_action", "list"),
    Shot("quality", "manager", "debt_review_report_action", "pivot"),
    Shot("incoming", "operator", "debt_call_inbound_action", then=INCOMING),
    Shot("calls-pivot", "manager", CALL, "pivot"),
    Shot("calls-graph", "manager", CALL, "graph"),
    Shot("cases-pivot", "manager", "debt_case_report_action", "pivot"),
    Shot("policy", "manager", "debt_contact_policy_action", "form", STATUTE),
    Shot("explain", "operator", CASE, "form", VLIERHOUT, EXPLAIN),
    Shot("audit", "manager", CASE, "list", then=AUDIT),
    Shot("forecast", "manager", CASE, "list", then=FORECAST),
    Shot("decisions", "manager", "debt_contact_audit_report_action", "pivot"),
    Shot("modes", "manager", CASE, "list", then=MODES),
    Shot("ladder", "manager", "debt_ladder_action", "form", LADDER),
    Shot("script", "manager", "debt_script_action", "form", SCRIPT),
    Shot("dashboard", "manager", "debt_collection_dashboard.debt_dashboard_action"),
    Shot("answers", "manager", "debt_collection_dashboard.debt_answers_action"),
    Shot("receivables", "manager", "debt_figures_action", "pivot"),
    Shot("collected", "manager", COLLECTED, "graph", then=BY_CHANNEL),
    Shot("team-today", "manager", CASE, "list", then=TODAY),
    Shot("experiment", "manager", "debt_experiment_action", "form", EXPERIMENT),
    Shot("team", "manager", "debt_team_action", "form", ("debt.team", [])),
)


class Paper(NamedTuple):
    """The first page of a PDF, as somebody prints it of a record, or of everything."""

    name: str
    login: str
    report: str
    record: tuple = ()


LETTER = ("debt.message", [["kind", "=", "letter"], ["lang", "like", "en_"]])
PAPERS = (
    Paper("statement", "accountant", "statement", VLIERHOUT),
    Paper("statement-ru", "accountant", "statement", RUSSIAN),
    Paper("letter", "accountant", "letter", LETTER),
    Paper("aged", "accountant", "aged"),
)


class Page(NamedTuple):
    """What a debtor sees on his telephone, by the link that he gets.

    ``then``: what he clicks, as selectors.
    """

    name: str
    record: tuple
    then: tuple = ()
    login: str = "admin"


PAGES = (
    Page("page", VLIERHOUT, ("summary >> nth=0",)),
    Page("page-ru", RUSSIAN),
    Page("page-pay", VLIERHOUT, ("form[method=get] button",)),
)


class Visitor:
    """One user of the demo in a browser of his own."""

    def __init__(self, browser, login):
        self._context = browser.new_context(
            locale="en-GB",
            timezone_id=ZONES.get(login, "Europe/Brussels"),
            reduced_motion="reduce",
        )
        self._context.set_default_timeout(PATIENCE)
        self.page = self._context.new_page()
        self.page.goto(f"{URL}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", login)
        self.page.click("button[type=submit]")
        self.page.wait_for_selector(".o_web_client")

    def close(self):
        """Forget the session."""
        self._context.close()

    def picture(self, shot):
        """Take a picture of whatever kind.

        :return: PNG as bytes
        """
        if isinstance(shot, Paper):
            return self.print(shot)
        return self.look(shot) if isinstance(shot, Page) else self.take(shot)

    def take(self, shot):
        """Take one picture.

        :return: PNG as bytes
        """
        self.page.set_viewport_size({"width": shot.width, "height": SIZES[shot.width]})
        self.page.goto(f"{URL}/odoo/{self._path(shot)}")
        self._settle()
        for selector in shot.then:
            selector, _, text = selector.partition("=>")
            self.page.click(selector)
            if text:
                self.page.fill(selector, text)
                self.page.keyboard.press("Tab")
            self._settle()
        png = self.page.screenshot()
        if shot.then:
            self._leave()
        return png

    def print(self, paper):
        """Print one PDF; letters are posted first.

        :return: PNG of its first page as bytes
        """
        if paper.report == "letter":
            self._post_letter()
        ending = f"/{self._find(*paper.record)}" if paper.record else ""
        answer = self.page.request.get(
            f"{URL}/report/pdf/debt_collection.{paper.report}{ending}"
        )
        page = pypdfium2.PdfDocument(answer.body())[0]
        content = BytesIO()
        page.render(scale=PAPER_SCALE).to_pil().save(content, "PNG")
        return content.getvalue()

    def look(self, shot):
        """The debtor's page, as whoever has its link sees it.

        :return: PNG as bytes
        """
        case = self._find(*shot.record)
        self._open_page(case)
        [values] = self._call("debt.case", "read", [case], ["page_url"])
        page = self._context.browser.new_page(
            viewport={"width": PHONE, "height": PHONE * 2}, device_scale_factor=1.5
        )
        page.goto(f"{URL}/account/{values['page_url'].rpartition('/')[2]}")
        for selector in shot.then:
            page.click(selector)
            page.wait_for_timeout(SETTLE)
        png = page.screenshot(full_page=True)
        page.close()
        return png

    def _open_page(self, case):
        """Switch the page on, and a provider of payments that takes no money."""
        [values] = self._call("debt.case", "read", [case], ["company_id"])
        company = values["company_id"][0]
        self._call("res.company", "write", [company], {"debt_page_on": True})
        demo = [["code", "=", "demo"], ["company_id", "=", company]]
        if found := self._call("payment.provider", "search", demo):
            on = {"state": "test", "is_published": True}
            self._call("payment.provider", "write", found, on)

    def _post_letter(self):
        """Record a demand letter as the dialog does, unless there is one already."""
        case = self._find(*VLIERHOUT)
        context = {"active_model": "debt.case", "active_ids": [case]}
        [batch] = self._call("debt.letter.print", "create", [{}], context=context)
        self._call("debt.letter.print", "action_print", [batch])

    def _path(self, shot):
        action = shot.action
        if "." not in action:
            action = f"debt_collection.{action}"
        path = f"action-{action}"
        if shot.record:
            return f"{path}/{self._find(*shot.record)}"
        return f"{path}?view_type={shot.view}" if shot.view else path

    def _find(self, model, domain):
        """The id of the first record, asked in the visitor's own session."""
        found = self._call(model, "search", domain, limit=1)
        if not found:
            raise SystemExit(f"There is no {model} {domain} in the demo.")
        return found[0]

    def _call(self, model, method, *args, **kwargs):
        """Call a method as the visitor's browser does."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self.page.request.post(
            f"{URL}/web/dataset/call_kw",
            data={"jsonrpc": "2.0", "method": "call", "params": params},
        ).json()
        if "result" not in answer:
            raise SystemExit(f"{model}.{method}: {answer}")
        return answer["result"]

    def _settle(self):
        """Until nothing is loaded any more and no animation runs."""
        self.page.wait_for_selector(".o_action, .modal")
        self.page.wait_for_timeout(SETTLE)
        self.page.wait_for_selector(".o_loading_indicator", state="detached")
        self.page.add_style_tag(content="*{caret-color:transparent!important}")
        self.page.mouse.move(0, 0)

    def _leave(self):
        """Close the call window, so that the debtor is free for the next picture."""
        cancel = self.page.locator(
            "button[name=action_release]:visible, .modal .btn-close:visible,"
            " button[special=cancel]:visible"
        )
        if cancel.count():
            cancel.first.click()
            self.page.wait_for_timeout(800)


def write(name, png):
    """Write a picture with few colours, which tells everything in a third the size."""
    image = Image.open(BytesIO(png)).convert("RGB")
    image = image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=0)
    IMAGES.mkdir(parents=True, exist_ok=True)
    path = IMAGES / f"{name}.png"
    image.save(path, optimize=True)
    size = path.stat().st_size
    print(f"  {path.name:<24} {size // 1024:>4} kB", flush=True)
    if size > MOST_BYTES:
        raise SystemExit(f"{path.name} is larger than {MOST_BYTES // 1000} kB.")


def main(names):
    """Take the pictures named, or all, one login after the other."""
    every = (*SHOTS, *PAPERS, *PAGES)
    wanted = [shot for shot in every if not names or shot.name in names]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--force-color-profile=srgb"],
        )
        for login in dict.fromkeys(shot.login for shot in wanted):
            visitor = Visitor(browser, login)
            for shot in wanted:
                if shot.login == login:
                    write(shot.name, visitor.picture(shot))
            visitor.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])

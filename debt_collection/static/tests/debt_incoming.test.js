import {
    asyncStep,
    contains,
    defineModels,
    fields,
    getService,
    mockService,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {animationFrame, runAllTimers} from "@odoo/hoot-mock";
import {expect, test} from "@odoo/hoot";
import {click, edit, press, queryAllTexts} from "@odoo/hoot-dom";
import {
    DebtIncoming,
    incoming,
} from "@debt_collection/components/debt_incoming/debt_incoming.esm";
import {WebClient} from "@web/webclient/webclient";
import {browser} from "@web/core/browser/browser";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {user} from "@web/core/user";

const CALLER = {
    match: "exact",
    status: "open",
    partner_id: 1,
    contact_id: 2,
    case_id: 3,
    number: "+32470123456",
    debtor: "Debtor One",
    contact: "Ann",
    company: false,
    info: "Overdue",
    operator: "Olga",
    amount: "€ 500",
    last: "8 Mar 10:00",
};
const TWIN = {...CALLER, contact_id: 4, case_id: 5, debtor: "Twin", contact: false};
const OTHER_TEAM = {
    ...CALLER,
    contact_id: 6,
    case_id: false,
    status: "other_team",
    debtor: "Theirs",
    info: "Put the call through to Key Accounts.",
};
const FOUND = {
    "0470123456": [CALLER],
    twins: [CALLER, TWIN].map((caller) => ({...caller, match: "name"})),
    theirs: [OTHER_TEAM],
};

class Inbound extends models.Model {
    query = fields.Char({
        onChange(record) {
            if (record.query) {
                asyncStep(`search ${record.query}`);
            }
            record.found = FOUND[record.query] || [];
            record.message = record.found.length ? false : "Nobody has this number.";
            record.number = /\d{7}/.test(record.query) ? record.query : record.number;
        },
    });
    number = fields.Char();
    found = fields.Json();
    message = fields.Char();
}

defineMailModels();
defineModels([Inbound]);

async function mountSearch(context = {}) {
    mockService("action", {
        doAction(action) {
            asyncStep(`do ${action.res_model || action}`);
            return Promise.resolve();
        },
    });
    onRpc("debt.call.inbound", "action_take", ({args}) => {
        asyncStep(`take ${args.join(" ")}`);
        return {res_model: "debt.call.wizard"};
    });
    await mountView({
        type: "form",
        resModel: "inbound",
        context,
        arch: `
            <form disable_autofocus="1">
                <field name="number" invisible="1"/>
                <field name="found" invisible="1"/>
                <field name="message" invisible="1"/>
                <field name="query" widget="debt_caller"/>
            </form>`,
    });
}

async function type(text) {
    await click(".o_debt_caller input");
    await edit(text);
}

test("Enter opens the only debtor with this number", async () => {
    await mountSearch();
    expect(".o_debt_caller input").toBeFocused();
    await type("0470123456");
    await press("Enter");
    await waitForSteps([
        "search 0470123456",
        "take 3 +32470123456 2",
        "do debt.call.wizard",
    ]);
});

test("a telephone's caller is focused, and taken with Enter only", async () => {
    await mountSearch({default_query: "0470123456"});
    await waitForSteps(["search 0470123456"]);
    expect(".list-group-item button").toBeFocused();
    await press("Enter");
    await waitForSteps(["take 3 +32470123456 2", "do debt.call.wizard"]);
});

test("where the caller is not known for sure, the search is focused", async () => {
    await mountSearch({default_query: "twins"});
    await waitForSteps(["search twins"]);
    expect(".list-group-item").toHaveCount(2);
    expect(".o_debt_caller input").toBeFocused();
});

test("what is typed is searched after a moment", async () => {
    await mountSearch();
    await type("0470123456");
    await runAllTimers();
    await waitForSteps(["search 0470123456"]);
    expect(queryAllTexts(".list-group-item b")).toEqual(["Debtor One", "€ 500"]);
});

test("several are chosen from with the keyboard", async () => {
    await mountSearch();
    await type("twins");
    await press("Enter");
    await waitForSteps(["search twins"]);
    await animationFrame();
    expect(".list-group-item:first button").toBeFocused();
    await press("ArrowDown");
    expect(".list-group-item:last button").toBeFocused();
    await press("ArrowUp");
    await press("ArrowUp");
    expect(".o_debt_caller input").toBeFocused();
    await contains(".list-group-item:last button").click();
    await waitForSteps(["take 5 +32470123456 4", "do debt.call.wizard"]);
});

test("an unknown number is kept while a name is searched", async () => {
    await mountSearch();
    await type("0199999999");
    await runAllTimers();
    await waitForSteps(["search 0199999999"]);
    expect(".o_debt_caller_advice").toHaveText("Nobody has this number.");
    await type("theirs");
    await runAllTimers();
    await waitForSteps(["search theirs"]);
    expect(".o_debt_caller").toHaveText(/Calls from 0199999999/);
    expect(".list-group-item").toHaveText(/Key Accounts/);
    expect(".list-group-item button").toHaveCount(0);
});

test("operators have it at hand everywhere", async () => {
    patchWithCleanup(user, {hasGroup: () => Promise.resolve(true)});
    mockService("action", {
        doAction(action) {
            asyncStep(action);
            return Promise.resolve();
        },
    });
    await mountWithCleanup(DebtIncoming);
    await click(".o_debt_incoming");
    await press(["alt", "shift", "j"]);
    await waitForSteps([
        "debt_collection.debt_call_inbound_action",
        "debt_collection.debt_call_inbound_action",
    ]);
});

test("nobody else sees it", async () => {
    patchWithCleanup(user, {hasGroup: () => Promise.resolve(false)});
    await mountWithCleanup(DebtIncoming);
    expect(".o_debt_incoming").toHaveCount(0);
});

test("a telephone opens a page with the number as it was sent", async () => {
    onRpc("debt.call.inbound", "action_incoming", ({args}) => {
        asyncStep(args[0]);
        return {res_model: "debt.call.inbound", target: "new"};
    });
    await mountWithCleanup(WebClient);
    const env = {services: {orm: getService("orm")}};
    for (const search of ["?number=0032470123456", "?number=+32470123456", ""]) {
        const href = `http://odoo.test/odoo/debt-incoming${search}`;
        patchWithCleanup(browser, {location: {...browser.location, href}});
        const action = await incoming(env);
        expect(action.target).toBe("current");
    }
    await waitForSteps(["0032470123456", "+32470123456", false]);
});

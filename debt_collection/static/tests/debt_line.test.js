import {
    MockServer,
    contains,
    defineModels,
    fields,
    getService,
    mockService,
    models,
    mountView,
    onRpc,
    serverState,
} from "@web/../tests/web_test_helpers";
import {advanceTime, animationFrame, mockDate, runAllTimers} from "@odoo/hoot-mock";
import {expect, test} from "@odoo/hoot";
import {press, queryText, waitFor, waitForNone} from "@odoo/hoot-dom";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class DebtCall extends models.Model {
    _name = "debt.call";
    name = fields.Char();
    _records = [{id: 42, name: "Call"}];
}

class Outcome extends models.Model {
    name = fields.Char();
    _records = [
        {id: 1, name: "Busy"},
        {id: 2, name: "Promise"},
    ];
}

const LINE = {
    call_id: 42,
    state: "draft",
    confirmed: false,
    features: [],
    answered_at: false,
    ended_at: false,
};

class Window extends models.Model {
    telephony = fields.Json();
    call_id = fields.Many2one({relation: "debt.call"});
    call_state = fields.Selection({
        selection: [
            ["draft", "Draft"],
            ["dialing", "Dialling"],
            ["talking", "Talking"],
            ["wrapup", "Wrap-up"],
        ],
    });
    outcome_id = fields.Many2one({relation: "outcome"});
    note = fields.Char();
    _records = [{id: 1, call_id: 42, call_state: "draft", telephony: LINE}];
}

defineMailModels();
defineModels([DebtCall, Outcome, Window]);

const arch = /* xml */ `
    <form>
        <field name="call_state" readonly="1"/>
        <field name="outcome_id"/>
        <field name="note"/>
        <widget name="debt_line"/>
    </form>`;

const ALL = ["dial", "hangup", "hold", "transfer"];

async function openWindow(line = {}) {
    mockDate("2026-03-10 09:01:05", 0);
    Window._records[0].telephony = {...LINE, ...line};
    await mountView({type: "form", resModel: "window", resId: 1, arch});
    getService("bus_service").start();
    await runAllTimers();
}

async function news(line) {
    MockServer.env["bus.bus"]._sendone(serverState.partnerId, "debt_call/state", {
        ...LINE,
        ...line,
    });
    await runAllTimers();
    await animationFrame();
}

test("a call that Odoo has not heard of shows nothing", async () => {
    await openWindow({state: "dialing"});
    expect(".o_debt_line").toHaveText("");
});

test("the line is shown as it changes, and what is typed stays", async () => {
    await openWindow();
    await contains("[name=note] input").edit("half a sent", {confirm: false});
    await news({state: "draft", operator: "ringing"});
    await waitFor(".o_debt_line:contains(Your telephone rings)");
    await news({state: "dialing", confirmed: true});
    await waitFor(".o_debt_line:contains(Dialling)");
    expect("[name=call_state]").toHaveText("Dialling");
    expect("[name=note] input").toHaveValue("half a sent");
});

test("another call's line is none of this window's", async () => {
    await openWindow();
    await news({call_id: 43, state: "talking", confirmed: true});
    expect(".o_debt_line").toHaveText("");
    expect("[name=call_state]").toHaveText("Draft");
});

/** What the clock of the line shows, in seconds. */
function seconds() {
    const [minutes, rest] = queryText(".o_debt_line_clock").split(":").map(Number);
    return 60 * minutes + rest;
}

test("the clock runs from the answer to the end", async () => {
    const talk = {confirmed: true, answered_at: "2026-03-10 09:00:00"};
    await openWindow({...talk, state: "talking"});
    const before = seconds();
    expect(before).toBeGreaterThan(64);
    await advanceTime(3000);
    expect(seconds()).toBe(before + 3);
    await news({...talk, state: "wrapup", ended_at: "2026-03-10 09:01:30"});
    await waitFor(".o_debt_line:contains(log how it ended)");
    expect(".o_debt_line_clock").toHaveText("1:30");
});

test("what the line says is chosen, unless something is", async () => {
    await openWindow();
    const busy = {state: "wrapup", confirmed: true, suggested_outcome: [1, "Busy"]};
    await news(busy);
    await waitFor("[name=outcome_id] input:value(Busy)");
    await contains("[name=outcome_id] input").edit("Promise", {confirm: false});
    await runAllTimers();
    await contains(".o-autocomplete--dropdown-item:contains(Promise)").click();
    await news(busy);
    expect("[name=outcome_id] input").toHaveValue("Promise");
});

test("only what the provider can is offered", async () => {
    await openWindow({state: "talking", confirmed: true, features: ["dial", "hold"]});
    expect(".o_debt_hold").toHaveCount(1);
    expect(".o_debt_hangup").toHaveCount(0);
    expect(".o_debt_transfer").toHaveCount(0);
    await news({state: "wrapup", confirmed: true, features: ALL});
    await waitFor(".o_debt_line:contains(log how it ended)");
    expect(".o_debt_line button").toHaveCount(0);
});

test("who does not want to be recorded is not", async () => {
    onRpc("action_telephony", ({args}) => {
        expect.step(args.slice(1).join(" "));
        return false;
    });
    const talk = {state: "talking", confirmed: true, features: [...ALL, "record"]};
    await openWindow(talk);
    expect(".o_debt_stop_record").toHaveCount(0);
    await news({...talk, recording: true});
    await contains(".o_debt_stop_record").click();
    expect.verifySteps(["stop_record"]);
    await news({...talk, recording: false});
    await waitForNone(".o_debt_stop_record");
    expect(".o_debt_stop_record").toHaveCount(0);
});

test("the keys hang up, hold and transfer, and save nothing", async () => {
    onRpc("web_save", () => expect.step("saved"));
    onRpc("action_telephony", ({args}) => {
        expect.step(args.slice(1).join(" "));
        return false;
    });
    await openWindow({state: "talking", confirmed: true, features: ALL});
    await press(["alt", "o"]);
    await animationFrame();
    await press(["alt", "t"]);
    await animationFrame();
    await contains(".o_debt_transfer_to").edit("100", {confirm: "Enter"});
    await press(["alt", "g"]);
    await animationFrame();
    expect.verifySteps(["hold", "transfer 100", "hangup"]);
    expect(".o_debt_transfer_to").toHaveCount(0);
});

test("held is resumed, and an action for the browser is done", async () => {
    mockService("action", {doAction: ({tag}) => expect.step(tag)});
    onRpc("action_telephony", ({args}) => {
        expect.step(args[1]);
        return {type: "ir.actions.client", tag: "resume_in_browser"};
    });
    await openWindow({
        state: "talking",
        confirmed: true,
        on_hold: true,
        features: ALL,
    });
    expect(".o_debt_line").toHaveText(/On hold/);
    await contains(".o_debt_hold").click();
    expect.verifySteps(["resume", "resume_in_browser"]);
});

test("an operator who did not pick up is told so", async () => {
    await openWindow();
    await news({state: "draft", operator: "failed", cancelled: true});
    await waitFor(".o_debt_line:contains(nobody was dialled)");
});

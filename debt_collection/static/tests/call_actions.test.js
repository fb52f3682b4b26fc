import {
    dial,
    dialers,
    leave,
    replace,
} from "@debt_collection/components/call_actions/call_actions.esm";
import {expect, test} from "@odoo/hoot";
import {ControllerNotFoundError} from "@web/webclient/actions/action_service";
import {browser} from "@web/core/browser/browser";
import {patchWithCleanup} from "@web/../tests/web_test_helpers";

const params = {number: "+32470123456", partner_id: 7};

test("a number is dialled by whatever opens tel: links", async () => {
    patchWithCleanup(browser, {
        open: (url, target) => expect.step(`${url} ${target}`),
    });
    const next = await dial({services: {}}, {params});
    expect.verifySteps(["tel:+32470123456 _self"]);
    expect(next.type).toBe("ir.actions.act_window_close");
});

test("an extension is dialled after the number", async () => {
    patchWithCleanup(browser, {open: (url) => expect.step(url)});
    await dial({services: {}}, {params: {...params, extension: "12"}});
    expect.verifySteps(["tel:+32470123456;ext=12"]);
});

test("a softphone in the browser dials itself", async () => {
    patchWithCleanup(browser, {open: () => expect.step("tel")});
    const agent = {
        call: ({number, partner}) => expect.step(`${number} ${partner.id}`),
    };
    await dial({services: {voip_agent_oca: {agent}}}, {params});
    expect.verifySteps(["+32470123456 7"]);
});

test("a softphone without an agent is none", async () => {
    patchWithCleanup(browser, {open: (url) => expect.step(url)});
    await dial({services: {voip_agent_oca: {}}}, {params});
    expect.verifySteps(["tel:+32470123456"]);
});

test("each kind of provider dials in its own way", async () => {
    patchWithCleanup(browser, {open: (url) => expect.step(url)});
    dialers.add("exchange", (env, {number}) => expect.step(`exchange ${number}`));
    await dial({services: {}}, {params: {...params, kind: "exchange"}});
    await dial({services: {}}, {params: {...params, kind: "unheard_of"}});
    dialers.remove("exchange");
    expect.verifySteps(["exchange +32470123456", "tel:+32470123456"]);
});

test("the next debtor takes the place of this one", async () => {
    const action = {
        doAction: (request, options) =>
            expect.step(`${request.res_id} ${options.stackPosition}`),
    };
    await replace({services: {action}}, {params: {action: {res_id: 12}}});
    expect.verifySteps(["12 replaceCurrentAction"]);
});

test("leaving goes back, or to the operator's day", async () => {
    const action = {
        restore: () => expect.step("back"),
        doAction: (name) => expect.step(name),
    };
    await leave({services: {action}});
    expect.verifySteps(["back"]);
    action.restore = () => {
        throw new ControllerNotFoundError();
    };
    await leave({services: {action}});
    expect.verifySteps(["debt_collection.debt_case_action_my_day"]);
    action.restore = () => {
        throw new Error("server down");
    };
    await expect(leave({services: {action}})).rejects.toThrow("server down");
});

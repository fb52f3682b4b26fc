import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {waitFor, waitForNone} from "@odoo/hoot-dom";

class Call extends models.Model {
    note = fields.Char();
    _records = [{id: 1, note: "before"}];
}

defineMailModels();
defineModels([Call]);

const arch = /* xml */ `
    <form js_class="debt_call">
        <header>
            <button name="action_release" type="object" string="Give Back"/>
            <button name="action_save" type="object" string="Save it"/>
        </header>
        <field name="note" required="1"/>
    </form>`;

async function openCall() {
    mockService("action", {
        doActionButton(params) {
            expect.step(params.name);
            return Promise.resolve();
        },
    });
    onRpc("web_save", ({args}) => {
        expect.step(`saved ${args[1].note}`);
    });
    await mountView({type: "form", resModel: "call", resId: 1, arch});
}

test("giving back asks for nothing and saves nothing", async () => {
    await openCall();
    await contains("[name=note] input").edit("");
    await contains("button[name=action_release]").click();
    expect.verifySteps(["action_release"]);
});

test("every other button saves first", async () => {
    await openCall();
    await contains("[name=note] input").edit("after");
    await contains("button[name=action_save]").click();
    expect.verifySteps(["saved after", "action_save"]);
});

test("nothing is typed while the server works, nor locked when it refuses", async () => {
    expect.errors(1);
    const answer = Promise.withResolvers();
    mockService("action", {doActionButton: () => answer.promise});
    await mountView({type: "form", resModel: "call", resId: 1, arch});
    await contains("button[name=action_save]").click();
    await waitFor(".o_blockUI");
    answer.reject(new Error("refused"));
    await waitForNone(".o_blockUI");
    await expect.waitForErrors(["refused"]);
});

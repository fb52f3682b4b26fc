import {animationFrame, expect, test} from "@odoo/hoot";
import {
    click,
    edit,
    keyDown,
    keyUp,
    press,
    queryAllTexts,
    queryFirst,
} from "@odoo/hoot-dom";
import {
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

class Call extends models.Model {
    name = fields.Char();
    _records = [{id: 7, name: "Call to Azure"}];
}

class Talk extends models.Model {
    call_id = fields.Many2one({relation: "call"});
    done = fields.Boolean();
    objection_ids = fields.Many2many({relation: "objection"});
    _records = [{id: 1, call_id: 7, objection_ids: [3]}];
}

class Objection extends models.Model {
    name = fields.Char();
    keywords = fields.Char();
    handling = fields.Text();
    active = fields.Boolean({default: true});
    call_count = fields.Integer();
    promise_rate = fields.Float();
    _records = [
        {
            id: 1,
            name: "I already paid",
            keywords: "перевёл деньги, déjà payé",
            handling: "Ask for date and amount.",
            call_count: 12,
            promise_rate: 0.4,
        },
        {
            id: 2,
            name: "I will pay later",
            handling: "Turn it into amount, date and method.",
        },
        {id: 3, name: "I forgot", handling: "Take the payment today, he paid late."},
        {id: 4, name: "Old paid card", handling: "Gone", active: false},
    ];
}

defineMailModels();
defineModels([Call, Talk, Objection]);

const arch = /* xml */ `
    <form>
        <field name="call_id"/>
        <field name="done"/>
        <field
            name="objection_ids"
            widget="debt_objections"
            options="{'hotkey': 'b'}"
            readonly="done"
        />
    </form>`;

const INPUT = "[name=objection_ids] input";
const MARKED = ".o_debt_objection_marked";
const FOUND = ".o_debt_objection_found";

async function mountTalk(values = {}) {
    Object.assign(Talk._records[0], values);
    await mountView({type: "form", resModel: "talk", resId: 1, arch});
}

async function type(text) {
    await click(INPUT);
    await edit(text);
    await animationFrame();
}

async function pressKey(key) {
    await press(key);
    await animationFrame();
}

const names = (selector) => queryAllTexts(`${selector} .fw-bold`);

test("before typing there is what was marked, and a hint", async () => {
    await mountTalk();
    expect(names(MARKED)).toEqual(["I forgot"]);
    expect(`${MARKED}:contains(not heard yet)`).toHaveCount(1);
    expect(`${MARKED}:contains(Take the payment today)`).toHaveCount(1);
    expect(FOUND).toHaveCount(0);
    expect(INPUT).toHaveAttribute("placeholder", "Type what the debtor says …");
});

test("cards are found while typing, the name before the answer", async () => {
    onRpc("objection", "search_read", () => expect.step("read"));
    await mountTalk({objection_ids: []});
    await type("paid");
    expect(names(FOUND)).toEqual(["I already paid", "I forgot"]);
    expect(`${FOUND}:contains("heard 12 · promised 40%")`).toHaveCount(1);
    await type("pay later");
    expect(names(FOUND)).toEqual(["I will pay later"]);
    await type("xyz");
    expect(FOUND).toHaveCount(0);
    expect(".list-group:contains(No card says that)").toHaveCount(1);
    await type("");
    expect(".list-group").toHaveCount(0);
    expect.verifySteps(["read"]);
});

test("accents, ё and capitals make no difference", async () => {
    await mountTalk();
    for (const words of ["ПЕРЕВЕЛ", "перевёл", "deja paye", "ALREADY"]) {
        await type(words);
        expect(names(FOUND)).toEqual(["I already paid"]);
    }
});

test("arrow keys choose and Enter marks", async () => {
    onRpc("talk", "web_save", ({args}) => {
        expect.step(args[1].objection_ids);
    });
    await mountTalk();
    await type("i");
    expect(names(FOUND)).toEqual(["I already paid", "I will pay later"]);
    await pressKey("ArrowDown");
    expect(names(`${FOUND}.active`)).toEqual(["I will pay later"]);
    await pressKey("ArrowDown");
    expect(names(`${FOUND}.active`)).toEqual(["I already paid"]);
    await pressKey("ArrowUp");
    await pressKey("Enter");
    expect(names(MARKED)).toEqual(["I forgot", "I will pay later"]);
    expect(INPUT).toHaveValue("");
    expect(INPUT).toBeFocused();
    await click(".o_form_button_save");
    await animationFrame();
    expect.verifySteps([[[4, 2]]]);
});

test("a click marks, a cross takes it back, Escape forgets what was typed", async () => {
    await mountTalk();
    await type("already");
    await click(FOUND);
    await animationFrame();
    expect(names(MARKED)).toEqual(["I forgot", "I already paid"]);
    await click(`${MARKED}:first button[title='Not heard after all']`);
    await animationFrame();
    expect(names(MARKED)).toEqual(["I already paid"]);
    await type("later");
    await pressKey("Escape");
    expect(INPUT).toHaveValue("");
    expect(FOUND).toHaveCount(0);
});

test("a hotkey leads to the search", async () => {
    await mountTalk();
    await keyDown(["alt", "b"]);
    await keyUp(["alt", "b"]);
    await animationFrame();
    expect(queryFirst(INPUT)).toBeFocused();
});

test("a better answer is proposed from the marked card", async () => {
    onRpc("objection", "action_propose", ({args, kwargs}) => {
        expect.step([args[0], kwargs.context.call_id]);
        return {type: "ir.actions.act_window", target: "new"};
    });
    mockService("action", {
        doAction(action) {
            expect.step(action.target);
        },
    });
    await mountTalk();
    await click(".o_debt_objection_propose");
    await animationFrame();
    expect.verifySteps([[[3], 7], "new"]);
});

test("what is read only shows what was heard", async () => {
    await mountTalk({done: true, objection_ids: [3, 4]});
    expect(names(MARKED)).toEqual(["I forgot", "Old paid card"]);
    expect(INPUT).toHaveCount(0);
    expect("[name=objection_ids] button").toHaveCount(0);
});

import {Deferred, animationFrame, beforeEach, expect, test} from "@odoo/hoot";
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
    lang = fields.Char({default: "en_US"});
    profile_id = fields.Many2one({relation: "profile"});
    objection_ids = fields.Many2many({relation: "objection"});
    _records = [{id: 1, call_id: 7, lang: "en_US", objection_ids: [3]}];
}

/** The server empties what it was given as records. */
const CARDS = [
    {
        id: 1,
        name: "I already paid",
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

class Objection extends models.Model {
    name = fields.Char();
    handling = fields.Text();
    active = fields.Boolean({default: true});
    call_count = fields.Integer();
    promise_rate = fields.Float();
    _records = CARDS.map((card) => ({...card}));
}

class Profile extends models.Model {
    name = fields.Char();
    _records = [{id: 7, name: "Evasive"}];
}

defineMailModels();
defineModels([Call, Talk, Objection, Profile]);

const arch = /* xml */ `
    <form>
        <field name="call_id"/>
        <field name="done"/>
        <field name="lang"/>
        <field name="profile_id"/>
        <field
            name="objection_ids"
            widget="debt_objections"
            options="{'hotkey': 'b', 'lang_field': 'lang', 'profile_field': 'profile_id'}"
            readonly="done"
        />
    </form>`;

const INPUT = "[name=objection_ids] input";
const MARKED = ".o_debt_objection_marked";
const FOUND = ".o_debt_objection_found";

/** As little as a server could know: the word in the title, else in the answer. */
function find(said) {
    const has = (text) => text.toLowerCase().includes(said.toLowerCase());
    const titled = CARDS.filter(({name}) => has(name));
    const others = CARDS.filter(({name, handling}) => !has(name) && has(handling));
    return [...titled, ...others].map(({id}) => id);
}

beforeEach(() => onRpc("objection", "find_cards", ({args}) => find(args[0])));

async function mountTalk(values = {}) {
    Object.assign(Talk._records[0], values);
    await mountView({type: "form", resModel: "talk", resId: 1, arch});
}

/** Types, and waits for the answer and then for the cards to be drawn. */
async function type(text) {
    await click(INPUT);
    await edit(text);
    await animationFrame();
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

test("what is typed is asked for, and the cards come in the order of the answer", async () => {
    onRpc("objection", "search_read", () => expect.step("read"));
    await mountTalk({objection_ids: []});
    await type("paid");
    expect(names(FOUND)).toEqual(["I already paid", "I forgot"]);
    expect(`${FOUND}:contains("heard 12 · promised 40%")`).toHaveCount(1);
    await type("xyz");
    expect(FOUND).toHaveCount(0);
    expect(".list-group:contains(No card says that)").toHaveCount(1);
    await type("");
    expect(".list-group").toHaveCount(0);
    expect.verifySteps(["read"]);
});

test("Enter waits for the answer", async () => {
    const answer = new Deferred();
    onRpc("objection", "find_cards", () => answer);
    await mountTalk({objection_ids: []});
    await type("paid");
    expect(FOUND).toHaveCount(0);
    expect(".o_debt_objection_none").toHaveCount(0);
    await pressKey("Enter");
    answer.resolve([1, 3]);
    await animationFrame();
    await animationFrame();
    expect(names(MARKED)).toEqual(["I already paid"]);
});

test("cards are read in the language that is spoken", async () => {
    const langs = [];
    onRpc("objection", "search_read", ({kwargs}) => {
        langs.push(`cards ${kwargs.context.lang}`);
    });
    onRpc("objection", "find_cards", ({args}) => {
        langs.push(`search ${args[1]}`);
        return [1];
    });
    await mountTalk();
    await click("[name=lang] input");
    await edit("ru_RU", {confirm: "blur"});
    await animationFrame();
    await type("paid");
    // Every letter is asked for.
    const asked = [...new Set(langs)];
    expect(asked).toEqual(["cards en_US", "cards ru_RU", "search ru_RU"]);
});

test("cards are asked for by the profile of the debtor", async () => {
    onRpc("objection", "find_cards", ({args}) => {
        expect.step(args[2]);
        return [];
    });
    await mountTalk({profile_id: 7});
    await type("p");
    expect.verifySteps([7]);
});

test("what no card says is proposed as a new one", async () => {
    onRpc("objection", "action_propose_new", ({args, kwargs}) => {
        expect.step([args[0], kwargs.context.call_id]);
        return {type: "ir.actions.act_window", target: "new"};
    });
    mockService("action", {
        doAction(action) {
            expect.step(action.target);
        },
    });
    await mountTalk();
    await type("my flat burnt down");
    await click(".o_debt_objection_none button");
    await animationFrame();
    expect.verifySteps([["my flat burnt down", 7], "new"]);
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

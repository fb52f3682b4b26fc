import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {animationFrame, expect, runAllTimers, test} from "@odoo/hoot";
import {
    check,
    click,
    keyDown,
    keyUp,
    queryAllTexts,
    queryFirst,
    waitFor,
} from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";

class Call extends models.Model {
    party = fields.Selection({
        selection: [
            ["right_party", "Right Party"],
            ["third_party", "Somebody Else"],
            ["none", "Nobody"],
        ],
    });
    outcome_id = fields.Many2one({relation: "outcome"});
    done = fields.Boolean();
    note = fields.Char();
    _records = [{id: 1, party: false}];
}

class Outcome extends models.Model {
    name = fields.Char();
    connected = fields.Boolean();
    hotkey = fields.Char();
    _records = [
        {id: 1, name: "No answer", connected: false, hotkey: "a"},
        {id: 2, name: "Promise", connected: true, hotkey: "p"},
    ];
}

defineMailModels();
defineModels([Call, Outcome]);

const arch = /* xml */ `
    <form>
        <field name="done"/>
        <field
            name="party"
            widget="debt_choice"
            options="{'hotkeys': 'wey'}"
            readonly="done"
        />
        <field
            name="outcome_id"
            widget="debt_choice"
            options="{'hotkey': 'o', 'hotkey_field': 'hotkey', 'shift': True}"
            domain="[('connected', '=', party != 'none')]"
        />
    </form>`;

async function hotkey(...keys) {
    await keyDown(["alt", ...keys]);
    await keyUp(["alt", ...keys]);
    await animationFrame();
}

function chosen(name) {
    const label = queryFirst(`[name=${name}] input:checked + label`);
    return label && label.firstChild.textContent.trim();
}

test("an item is chosen with its letter", async () => {
    await mountView({type: "form", resModel: "call", resId: 1, arch});
    expect("[name=party] label").toHaveCount(3);
    expect(chosen("party")).toBe(null);
    await hotkey("y");
    expect(chosen("party")).toBe("Nobody");
    await hotkey("w");
    expect(chosen("party")).toBe("Right Party");
});

test("a letter leads to the group, and choosing follows the domain", async () => {
    await mountView({type: "form", resModel: "call", resId: 1, arch});
    await hotkey("w");
    await waitFor("[name=outcome_id] label:only:contains(Promise)");
    await hotkey("o");
    expect("[name=outcome_id] input").toBeFocused();
    await click("[name=outcome_id] label");
    await animationFrame();
    expect(chosen("outcome_id")).toBe("Promise");
    await hotkey("y");
    await waitFor("[name=outcome_id] label:only:contains(No answer)");
});

test("each button shows its key, a record brings its own", async () => {
    await mountView({type: "form", resModel: "call", resId: 1, arch});
    expect(queryAllTexts("[name=party] kbd")).toEqual(["W", "E", "Y"]);
    expect(queryAllTexts("[name=outcome_id] kbd")).toEqual(["⇧P"]);
    await hotkey("shift", "p");
    expect(chosen("outcome_id")).toBe("Promise");
});

test("the keys hold while something is typed elsewhere", async () => {
    await mountView({
        type: "form",
        resModel: "call",
        resId: 1,
        arch: arch.replace("</form>", `<field name="note"/></form>`),
    });
    await contains("[name=note] input").edit("Friendly", {confirm: false});
    await hotkey("y");
    expect(chosen("party")).toBe("Nobody");
    expect("[name=note] input").toHaveValue("Friendly");
});

test("a choice leads to what it asks for", async () => {
    await mountView({
        type: "form",
        resModel: "call",
        resId: 1,
        arch: /* xml */ `
            <form>
                <section>
                    <field
                        name="party"
                        widget="debt_choice"
                        options="{'hotkeys': 'wey', 'leads_on': True}"
                    />
                    <field name="note" class="o_debt_asked" invisible="party != 'none'"/>
                </section>
            </form>`,
    });
    await hotkey("w");
    expect("[name=note] input").toHaveCount(0);
    await hotkey("y");
    await runAllTimers();
    expect("[name=note] input").toBeFocused();
});

test("nothing is chosen where it is read only", async () => {
    await mountView({type: "form", resModel: "call", resId: 1, arch});
    await check("[name=done] input");
    await animationFrame();
    expect("[name=party] input:enabled").toHaveCount(0);
    await hotkey("w");
    expect(chosen("party")).toBe(null);
});

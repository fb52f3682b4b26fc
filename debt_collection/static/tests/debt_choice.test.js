import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {animationFrame, expect, test} from "@odoo/hoot";
import {check, click, keyDown, keyUp, queryFirst, waitFor} from "@odoo/hoot-dom";
import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";

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
    _records = [{id: 1, party: false}];
}

class Outcome extends models.Model {
    name = fields.Char();
    connected = fields.Boolean();
    _records = [
        {id: 1, name: "No answer", connected: false},
        {id: 2, name: "Promise", connected: true},
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
            options="{'hotkey': 'o'}"
            domain="[('connected', '=', party != 'none')]"
        />
    </form>`;

async function hotkey(key) {
    await keyDown(["alt", key]);
    await keyUp(["alt", key]);
    await animationFrame();
}

function chosen(name) {
    const label = queryFirst(`[name=${name}] input:checked + label`);
    return label && label.textContent;
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

test("nothing is chosen where it is read only", async () => {
    await mountView({type: "form", resModel: "call", resId: 1, arch});
    await check("[name=done] input");
    await animationFrame();
    expect("[name=party] input:enabled").toHaveCount(0);
    await hotkey("w");
    expect(chosen("party")).toBe(null);
});

import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {formatClock} from "@debt_collection/components/debt_clock/debt_clock.esm";

class Call extends models.Model {
    seconds = fields.Integer({aggregator: "sum"});
    _records = [
        {id: 1, seconds: 65},
        {id: 2, seconds: 3600},
    ];
}

defineMailModels();
defineModels([Call]);

test("seconds are read from a clock", () => {
    expect([0, 9, 65, 599.6, 3725].map(formatClock)).toEqual([
        "0:00",
        "0:09",
        "1:05",
        "10:00",
        "1:02:05",
    ]);
    expect(formatClock(false)).toBe("");
});

test("a column and its sum are such times", async () => {
    await mountView({
        type: "list",
        resModel: "call",
        arch: `<list><field name="seconds" widget="debt_clock" sum="Time"/></list>`,
    });
    expect(".o_data_row:first [name=seconds]").toHaveText("1:05");
    expect("tfoot").toHaveText("1:01:05");
});

import {expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {formatRate} from "@debt_collection/components/debt_rate/debt_rate.esm";
import {makeMockEnv} from "@web/../tests/web_test_helpers";

defineMailModels();

test("a rate of nothing is none, and of something it may be zero", async () => {
    await makeMockEnv();
    expect([false, undefined, 0, 0.25].map((one) => formatRate(one))).toEqual([
        "",
        "",
        "0%",
        "25%",
    ]);
});

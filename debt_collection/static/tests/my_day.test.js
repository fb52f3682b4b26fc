import {
    asyncStep,
    defineModels,
    getService,
    mockService,
    models,
    onRpc,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {
    click,
    contains,
    mailModels,
    registerArchs,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import {test} from "@odoo/hoot";

/** Its fields come from the server, where the addon is installed. */
class DebtCase extends models.ServerModel {
    _name = "debt.case";
}

defineModels({...mailModels, DebtCase});

test("an empty day says what to do, and brings the next call", async () => {
    await startServer();
    registerArchs({
        "debt.case,false,activity": `
            <activity js_class="debt_my_day">
                <templates><div t-name="activity-box"/></templates>
            </activity>`,
    });
    onRpc("mail.activity", "get_activity_data", () => ({
        activity_res_ids: [],
        activity_types: [],
        grouped_activities: {},
    }));
    mockService("action", {
        doAction(action) {
            if (action !== "debt_collection.debt_call_wizard_action_next") {
                return super.doAction(...arguments);
            }
            asyncStep("next call");
            return Promise.resolve();
        },
    });
    await start();
    await getService("action").doAction({
        type: "ir.actions.act_window",
        res_model: "debt.case",
        views: [[false, "activity"]],
        help: "No calls are due",
    });
    await contains(".o_view_nocontent", {text: "No calls are due"});
    await contains(".o_activity_view table", {count: 0});
    await click(".o_debt_next_call");
    await waitForSteps(["next call"]);
});

import {
    asyncStep,
    contains,
    defineModels,
    mockService,
    models,
    mountView,
    onRpc,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {mailModels} from "@mail/../tests/mail_test_helpers";

/** Its fields come from the server, where the addon is installed. */
class DebtCase extends models.ServerModel {
    _name = "debt.case";
}

defineModels({...mailModels, DebtCase});

/** An empty day, with so many calls due that nobody owns. */
async function mountEmptyDay(unowned) {
    onRpc("mail.activity", "get_activity_data", () => ({
        activity_res_ids: [],
        activity_types: [],
        grouped_activities: {},
    }));
    onRpc("debt.queue", "my_day", () => ({done: "Calls today: 7", unowned}));
    mockService("action", {
        doAction(action) {
            asyncStep(action);
            return Promise.resolve();
        },
    });
    await mountView({
        type: "activity",
        resModel: "debt.case",
        arch: `
            <activity js_class="debt_my_day">
                <templates><div t-name="activity-box"/></templates>
            </activity>`,
        noContentHelp: "No calls are due",
    });
}

test("an empty day says what to do, and brings the next call", async () => {
    await mountEmptyDay(0);
    expect(".o_view_nocontent").toHaveText("No calls are due");
    expect(".o_activity_view table").toHaveCount(0);
    expect(".o_debt_done_today").toHaveText("Calls today: 7");
    await contains(".o_debt_next_call").click();
    await waitForSteps(["debt_collection.debt_call_wizard_action_next"]);
});

test("calls that nobody owns are told on an empty day", async () => {
    await mountEmptyDay(14);
    expect(".o_view_nocontent").toHaveCount(1);
    expect(".o_debt_without_operator").toHaveText(/no operator yet: 14/);
    await contains(".o_debt_next_call").click();
    await waitForSteps(["debt_collection.debt_call_wizard_action_next"]);
});

test("only kinds of activities that are planned have a column", async () => {
    onRpc("mail.activity", "get_activity_data", () => ({
        activity_res_ids: [1],
        activity_types: [
            {id: 1, name: "Document", template_ids: []},
            {id: 2, name: "Collection Call", template_ids: []},
        ],
        grouped_activities: {
            1: {
                2: {
                    count_by_state: {today: 1},
                    ids: [7],
                    reporting_date: "2026-03-10",
                    state: "today",
                    user_assigned_ids: [],
                    summaries: ["Call"],
                },
            },
        },
    }));
    onRpc("debt.queue", "my_day", () => ({done: "Calls today: 0", unowned: 0}));
    DebtCase._records = [{id: 1}];
    await mountView({
        type: "activity",
        resModel: "debt.case",
        arch: `
            <activity js_class="debt_my_day">
                <templates><div t-name="activity-box"/></templates>
            </activity>`,
    });
    expect(".o_activity_type_cell").toHaveCount(1);
    expect(".o_activity_type_cell").toHaveText(/Collection Call/);
    expect(".o_debt_order").toHaveText("In the order of “Next Call”");
});

import {
    click,
    contains,
    mailModels,
    openFormView,
    openListView,
    registerArchs,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import {
    asyncStep,
    defineModels,
    getService,
    mockService,
    models,
    onRpc,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {beforeEach, expect, test} from "@odoo/hoot";

/** Its fields come from the server, where the addon is installed. */
class DebtCase extends models.ServerModel {
    _name = "debt.case";
}

defineModels({...mailModels, DebtCase});

const CALL = {
    type: "ir.actions.act_window",
    res_model: "debt.call.wizard",
    res_id: 5,
    views: [[false, "form"]],
};

beforeEach(() => {
    onRpc("mail.activity", "action_done", ({args}) => {
        asyncStep(`action_done ${args[0].length}`);
        return CALL;
    });
    onRpc("mail.activity", "action_feedback", () => asyncStep("action_feedback"));
    mockService("action", {
        doAction(action) {
            if (action.res_model !== "debt.call.wizard") {
                return super.doAction(...arguments);
            }
            asyncStep(`opened ${action.res_id}`);
            return Promise.resolve();
        },
    });
});

async function startWith(resModel, category) {
    const pyEnv = await startServer();
    const resId = pyEnv[resModel].create({});
    const typeId = pyEnv["mail.activity.type"].create({
        name: "Call",
        category,
        icon: "fa-phone",
    });
    const activityId = pyEnv["mail.activity"].create({
        activity_type_id: typeId,
        activity_category: category,
        can_write: true,
        res_id: resId,
        res_model: resModel,
        state: "today",
    });
    pyEnv[resModel].write([resId], {activity_ids: [activityId]});
    registerArchs({
        [`${resModel},false,form`]: `<form><sheet/><chatter/></form>`,
        [`${resModel},false,list`]: `
            <list>
                <field name="activity_ids" widget="list_activity"/>
            </list>`,
    });
    await start();
    return {resId, activityId};
}

test("done in the chatter opens the call window", async () => {
    const {resId} = await startWith("debt.case", "phonecall");
    await openFormView("debt.case", resId);
    await click(".o-mail-Activity-markDone");
    await waitForSteps(["action_done 1", "opened 5"]);
    await contains(".o-mail-ActivityMarkAsDone", {count: 0});
});

test("done in the popover opens the call window", async () => {
    await startWith("debt.case", "phonecall");
    await openListView("debt.case");
    await click(".o-mail-ActivityButton");
    await click(".o-mail-ActivityListPopoverItem-markAsDone");
    await waitForSteps(["action_done 1", "opened 5"]);
});

test("whoever marks it done through the model opens the call window too", async () => {
    const {activityId} = await startWith("debt.case", "phonecall");
    await openListView("debt.case");
    await click(".o-mail-ActivityButton");
    await contains(".o-mail-ActivityListPopoverItem");
    const activity = getService("mail.store")["mail.activity"].get(activityId);
    await activity.markAsDone();
    await waitForSteps(["action_done 1", "opened 5"]);
    const action = await activity.markAsDoneAndScheduleNext();
    expect(action).toEqual(CALL);
    await waitForSteps(["action_done 1"]);
});

test("other activities of a case are marked done as ever", async () => {
    const {resId} = await startWith("debt.case", "default");
    await openFormView("debt.case", resId);
    await click(".o-mail-Activity-markDone");
    await contains(".o-mail-ActivityMarkAsDone");
    await click(".o-mail-ActivityMarkAsDone button[aria-label='Done']");
    await waitForSteps(["action_feedback"]);
});

test("calls of other models are marked done as ever", async () => {
    const {resId} = await startWith("res.partner", "phonecall");
    await openFormView("res.partner", resId);
    await click(".o-mail-Activity-markDone");
    await contains(".o-mail-ActivityMarkAsDone");
});

import {ControllerNotFoundError} from "@web/webclient/actions/action_service";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

/**
 * Let a telephone dial: the browser's own softphone where one is installed, else
 * whatever the computer opens `tel:` links with.
 */
export function dial(env, action) {
    const {number, partner_id} = action.params;
    const agent = env.services.voip_agent_oca?.agent;
    if (agent) {
        agent.call({number, partner: partner_id ? {id: partner_id} : undefined});
    } else {
        browser.open(`tel:${number}`, "_self");
    }
    // Closing nothing reloads the window: the call is on record as dialled.
    return {type: "ir.actions.act_window_close"};
}

/** Show the next debtor in the place of this one, so that breadcrumbs do not pile up. */
export async function replace(env, action) {
    await env.services.action.doAction(action.params.action, {
        stackPosition: "replaceCurrentAction",
    });
}

/** Back to where the call window was opened from, else to the operator's day. */
export async function leave(env, action) {
    if (action?.params?.message) {
        env.services.notification.add(action.params.message, {type: "success"});
    }
    try {
        await env.services.action.restore();
    } catch (error) {
        if (!(error instanceof ControllerNotFoundError)) {
            throw error;
        }
        await env.services.action.doAction("debt_collection.debt_case_action_my_day", {
            clearBreadcrumbs: true,
        });
    }
}

registry
    .category("actions")
    .add("debt_collection.dial", dial)
    .add("debt_collection.replace", replace)
    .add("debt_collection.leave", leave);

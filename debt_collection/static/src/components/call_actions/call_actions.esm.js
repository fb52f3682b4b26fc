import {ControllerNotFoundError} from "@web/webclient/actions/action_service";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

/** How the browser dials, by kind of telephony provider: `(env, params) => any`. */
export const dialers = registry.category("debt_collection.dialers");

/**
 * For any telephone: the browser's own softphone where one is installed, else whatever
 * the computer opens `tel:` links with.
 */
export function dialLink(env, {number, extension, partner_id}) {
    const agent = env.services.voip_agent_oca?.agent;
    if (agent) {
        agent.call({number, partner: partner_id ? {id: partner_id} : undefined});
    } else {
        // RFC 3966: the telephone dials the extension once the number has answered.
        const suffix = extension ? `;ext=${extension}` : "";
        browser.open(`tel:${number}${suffix}`, "_self");
    }
}

dialers.add("tel", dialLink);

/** Let the telephony provider's part in the browser dial. */
export async function dial(env, action) {
    await dialers.get(action.params.kind, dialLink)(env, action.params);
    // Closing nothing reloads the window: the call is on record as dialled.
    return {type: "ir.actions.act_window_close"};
}

/** Show the next debtor in the place of this one, so that breadcrumbs do not pile up. */
export async function replace(env, action) {
    await env.services.action.doAction(action.params.action, {
        stackPosition: "replaceCurrentAction",
    });
    if (action.params.then) {
        await env.services.action.doAction(action.params.then);
    }
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

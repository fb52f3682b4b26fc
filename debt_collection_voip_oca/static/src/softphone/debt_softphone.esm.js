import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {dialers} from "@debt_collection/components/call_actions/call_actions.esm";
import {registry} from "@web/core/registry";

const BEAT = 60000;

/** What the softphone has to do with collection cases. */
export class DebtSoftphone {
    constructor(services) {
        this.agent = services.voip_agent_oca;
        this.voip = services.voip_oca;
        this.action = services.action;
        this.orm = services.orm;
        this.notification = services.notification;
        this.multiTab = services.multi_tab;
        this.link = false;
        this.agent.debt = this;
        services.bus_service.subscribe("debt_voip/accept", (news) => this.accept(news));
        browser.setInterval(() => this.voip.inCall && this.tell("debt_alive"), BEAT);
    }

    /** @returns {Number|false} id of the debtor's call that is on the line here */
    get current() {
        return (this.voip.inCall && this.voip.call?.debtCallId) || false;
    }

    /** Dial a call that is on record; its window is there already. */
    async dial({kind, call_id, number, partner_id}) {
        const linked = kind === "voip_oca";
        if (this.voip.inCall) {
            this.warn(_t("Your softphone is on the line: hang up before you dial."));
            if (linked) {
                await this.orm.call("voip.call", "debt_not_dialled", [call_id]);
            }
            return;
        }
        this.link = linked && call_id;
        try {
            await this.agent.dialNow({
                number,
                partner: partner_id ? {id: partner_id} : undefined,
            });
        } finally {
            this.link = false;
        }
    }

    /** A debtor is dialled by the book, with a call on record; a refusal is shown. */
    async ask({number, partner}) {
        const typed = number || partner?.phone;
        if (this.voip.inCall) {
            this.warn(_t("Your softphone is on the line: hang up before you dial."));
            return;
        }
        const answer = await this.consult("debt_place", typed);
        if (!answer) {
            return;
        }
        if (answer.verdict === "free") {
            await this.agent.dialNow({number: typed, partner});
            return;
        }
        if (answer.dial) {
            await this.dial(answer.dial);
        }
        await this.action.doAction(answer.window);
    }

    /** @returns {Boolean} whether whoever is on the line may be handed on; else why not */
    mayTransfer(number) {
        return this.consult("debt_may_transfer", number);
    }

    /** @returns {Object|Boolean} what the method says of a number; a refusal is shown */
    async consult(method, number) {
        try {
            return await this.orm.call("voip.call", method, [number || false]);
        } catch (error) {
            if (error.exceptionName !== "odoo.exceptions.UserError") {
                throw error;
            }
            this.warn(error.data.message);
            return false;
        }
    }

    /** @returns {Object} what the call that is being made is linked to, once */
    takeLink() {
        const link = this.link;
        this.link = false;
        return link ? {debt_call_id: link} : {};
    }

    /** Report something of the debtor's call on the line; no report stops the line. */
    async tell(method, ...args) {
        if (!this.current) {
            return;
        }
        const {id} = this.voip.call;
        try {
            await this.orm.silent.call("voip.call", method, [[id], ...args]);
        } catch {
            // What happens on the line happens; Odoo ends a call it hears nothing of.
        }
    }

    /** Do what the call window asks for. */
    async command({call_id, command, to}) {
        if (this.current !== call_id) {
            this.warn(
                _t(
                    "This call is not on the line here: use the softphone in the tab it was dialled in."
                )
            );
            return;
        }
        if (command === "hangup") {
            await this.agent.hangup();
        } else if (command === "transfer") {
            await this.agent.transfer(to);
        } else if (this.agent.isHolded !== (command === "hold")) {
            await this.agent.hold();
        }
    }

    /** It rings: a debtor is shown, one key from the call's window. */
    async rings(number) {
        // Each tab has a softphone; those nobody looks at stay as they are.
        if (document.hidden && !this.multiTab.isOnMainTab()) {
            return;
        }
        const action = await this.orm.call("voip.call", "debt_incoming", [number]);
        if (action) {
            await this.action.doAction(action);
        }
    }

    /** Taking the debtor's call in Odoo is picking up. */
    async accept({id}) {
        const {call, inCall} = this.voip;
        if (inCall && call?.id === id && call.state === "calling") {
            await this.agent.accept();
        }
    }

    missed(number) {
        return this.orm.silent.call("voip.call", "create_call", [
            {
                pbx_id: this.voip.pbx_id,
                phone_number: number,
                type_call: "incoming",
                state: "missed",
            },
        ]);
    }

    warn(message) {
        this.notification.add(message, {type: "warning"});
    }
}

export const debtSoftphoneService = {
    dependencies: [
        "voip_agent_oca",
        "voip_oca",
        "action",
        "orm",
        "notification",
        "multi_tab",
        "bus_service",
    ],
    start: (env, services) => new DebtSoftphone(services),
};

registry.category("services").add("debt_softphone", debtSoftphoneService);

dialers.add("voip_oca", (env, params) => env.services.debt_softphone.dial(params));

// A phone link that the softphone answers is on record when it is dialled.
const link = dialers.get("tel");
dialers.add(
    "tel",
    (env, params) =>
        env.services.voip_agent_oca.agent
            ? env.services.debt_softphone.dial(params)
            : link(env, params),
    {force: true}
);

registry
    .category("actions")
    .add("debt_collection_voip_oca.command", (env, {params}) =>
        env.services.debt_softphone.command(params)
    );

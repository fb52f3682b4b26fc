import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {useCommand} from "@web/core/commands/command_hook";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";

const OPERATORS = "debt_collection.group_debt_operator";
const ACTION = "debt_collection.debt_call_inbound_action";

/** Somebody rings: one click or one key from wherever the operator is. */
export class DebtIncoming extends Component {
    static template = "debt_collection.DebtIncoming";
    static props = {};

    setup() {
        this.action = useService("action");
        this.state = useState({shown: false});
        onWillStart(async () => {
            this.state.shown = await user.hasGroup(OPERATORS);
        });
        useCommand(_t("Incoming Call"), () => this.open(), {
            hotkey: "alt+shift+j",
            global: true,
            hotkeyOptions: {bypassEditableProtection: true},
            isAvailable: () => this.state.shown,
        });
    }

    open() {
        return this.action.doAction(ACTION);
    }
}

registry
    .category("systray")
    .add("debt_collection.incoming", {Component: DebtIncoming}, {sequence: 30});

/** As it was sent: the router makes 32470123456 of 0032470123456, a form a space of +. */
function numberInUrl(name) {
    const number = new URL(browser.location.href).searchParams.get(name);
    return number ? number.replace(/^ /, "+") : false;
}

/**
 * For telephones that open a page when it rings, /odoo/debt-incoming?number=…&to=…: the
 * search in a page of its own, where one key takes the call of a caller who is known.
 * `to` is which of our numbers was rung, and may be left out.
 */
export async function incoming(env) {
    const numbers = [numberInUrl("number")];
    const rung = numberInUrl("to");
    if (rung) {
        numbers.push(rung);
    }
    const action = await env.services.orm.call(
        "debt.call.inbound",
        "action_incoming",
        numbers
    );
    return {...action, target: "current"};
}
incoming.path = "debt-incoming";

registry.category("actions").add("debt_collection.incoming", incoming);

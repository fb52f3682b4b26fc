import {Component, useEffect, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useAutofocus, useService} from "@web/core/utils/hooks";
import {useDebounced} from "@web/core/utils/timing";

const WAIT = 250;

/**
 * Who could be calling: the field is searched while it is typed in, and whoever may be
 * meant is listed below with what the operator may know.
 *
 * Enter opens the only debtor who has exactly this number; otherwise it leads to the
 * first of the list, where the next Enter opens. A search that begins with the number
 * of such a debtor begins there: opening a page takes no call.
 */
export class DebtCallerField extends Component {
    static template = "debt_collection.DebtCallerField";
    static props = {...standardFieldProps, placeholder: {type: String, optional: true}};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useAutofocus({refName: "input", selectAll: true});
        this.list = useRef("list");
        // What is typed is the browser's own: an answer that comes late must not undo it.
        const query = this.data[this.props.name] || "";
        this.state = useState({busy: false, leads: this.known ? 1 : 0, query});
        // Once what was found is on the screen.
        useEffect(
            (leads) => leads && this.focusFirst(),
            () => [this.state.leads]
        );
        this.searchSoon = useDebounced(() => this.search(), WAIT);
    }

    get data() {
        return this.props.record.data;
    }

    get callers() {
        return this.data.found || [];
    }

    /** The only debtor who has exactly this number, and can be opened. */
    get known() {
        const exact = this.callers.filter((caller) => caller.match === "exact");
        return exact.length === 1 && exact[0].status === "open" && exact[0];
    }

    /** The number typed before the name, while it is not what is shown already. */
    get keptNumber() {
        return this.data.number !== this.typed && this.data.number;
    }

    get typed() {
        return this.state.query.trim();
    }

    get matchTitles() {
        return {
            exact: _t("This number"),
            similar: _t("A similar number"),
            name: _t("This name"),
        };
    }

    /** Ask the server, unless it has answered this question already. */
    async search() {
        const query = this.typed || false;
        if (query !== (this.data[this.props.name] || false)) {
            await this.props.record.update({[this.props.name]: query});
        }
    }

    async onKeydown(ev) {
        if (ev.key === "ArrowDown") {
            ev.preventDefault();
            this.focusFirst();
        } else if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            this.searchSoon.cancel();
            await this.search();
            await this.openOrChoose();
        }
    }

    onKeydownInList(ev) {
        const step = {ArrowDown: 1, ArrowUp: -1}[ev.key];
        if (!step) {
            return;
        }
        ev.preventDefault();
        const buttons = [...this.list.el.querySelectorAll("button")];
        const next = buttons.indexOf(ev.target) + step;
        (buttons[next] || (next < 0 ? this.input.el : ev.target)).focus();
    }

    focusFirst() {
        this.list.el?.querySelector("button")?.focus();
    }

    async openOrChoose() {
        if (this.known) {
            await this.open(this.known);
        } else {
            this.state.leads++;
        }
    }

    /** Put the call on record and go to its window. Two clicks are one call. */
    async open(caller) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const number = caller.number || this.data.number || false;
            const known = [caller.case_id, number, caller.contact_id];
            const rung = this.data.our_number ? [this.data.our_number] : [];
            const action = await this.orm.call("debt.call.inbound", "action_take", [
                ...known,
                ...rung,
            ]);
            await this.action.doAction(action);
        } finally {
            this.state.busy = false;
        }
    }

    openContact(caller) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: caller.contact_id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("debt_caller", {
    component: DebtCallerField,
    displayName: _t("Caller"),
    supportedTypes: ["char"],
    extractProps: ({attrs}) => ({placeholder: attrs.placeholder}),
});

/* global luxon */
import {Component, useEffect, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {formatClock} from "@debt_collection/components/debt_clock/debt_clock.esm";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useAutofocus, useService} from "@web/core/utils/hooks";

const LIVE = ["dialing", "ringing", "talking"];

/**
 * The line of the call that is on the screen: what telephony says of it at this moment,
 * and buttons for what the telephony provider can do. Nothing typed in the window is
 * touched, but for an outcome the line suggests while none is chosen.
 */
export class DebtLine extends Component {
    static template = "debt_collection.DebtLine";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.state = useState({news: null, now: luxon.DateTime.now(), to: null});
        useAutofocus({refName: "to"});
        useEffect(
            () => this.listen(),
            () => []
        );
        // What was read anew is newer than any news.
        useEffect(
            () => {
                this.state.news = null;
            },
            () => [JSON.stringify(this.props.record.data.telephony)]
        );
        useEffect(
            (ticking) => ticking && this.tick(),
            () => [this.line.state === "talking"]
        );
    }

    listen() {
        const take = (news) => this.take(news);
        this.bus.subscribe("debt_call/state", take);
        return () => this.bus.unsubscribe("debt_call/state", take);
    }

    tick() {
        const timer = browser.setInterval(() => {
            this.state.now = luxon.DateTime.now();
        }, 1000);
        return () => browser.clearInterval(timer);
    }

    /** @returns {Object} what is known of the line: the latest news, else what was read */
    get line() {
        return this.state.news || this.props.record.data.telephony || {};
    }

    async take(news) {
        const {record} = this.props;
        if (news.call_id !== record.data.call_id.id) {
            return;
        }
        this.state.news = news;
        const changes = {};
        if (record.data.call_state !== news.state) {
            changes.call_state = news.state;
        }
        if (news.suggested_outcome && !record.data.outcome_id) {
            const [id, display_name] = news.suggested_outcome;
            changes.outcome_id = {id, display_name};
        }
        if (Object.keys(changes).length) {
            await record.update(changes);
        }
    }

    get text() {
        const {line} = this;
        if (line.state === "draft") {
            return this.textBefore;
        }
        if (!line.confirmed) {
            return "";
        }
        return line.on_hold ? _t("On hold") : this.textOfState;
    }

    /** The operator's own telephone comes first. */
    get textBefore() {
        if (this.line.cancelled) {
            return _t(
                "Your telephone was not answered, so nobody was dialled. Try again."
            );
        }
        const texts = {
            ringing: _t("Your telephone rings: pick up, and the debtor is dialled."),
            answered: _t("You are on the line: the debtor is being dialled."),
        };
        return texts[this.line.operator] || "";
    }

    get textOfState() {
        const texts = {
            dialing: _t("Dialling"),
            ringing: _t("It rings"),
            talking: _t("On the line"),
            wrapup: _t("The call is over: log how it ended."),
        };
        return texts[this.line.state] || "";
    }

    /** How long the debtor has been on the line, as a clock shows it. */
    get clock() {
        const {answered_at, ended_at} = this.line;
        if (!answered_at) {
            return "";
        }
        const until = ended_at ? deserializeDateTime(ended_at) : this.state.now;
        const seconds = until.diff(deserializeDateTime(answered_at), "seconds").seconds;
        return formatClock(Math.max(0, Math.floor(seconds)));
    }

    can(feature) {
        return (this.line.features || []).includes(feature);
    }

    get isLive() {
        return LIVE.includes(this.line.state);
    }

    get isTalking() {
        return this.line.state === "talking";
    }

    async tell(command, ...args) {
        const {resId, resModel} = this.props.record;
        const action = await this.orm.call(resModel, "action_telephony", [
            [resId],
            command,
            ...args,
        ]);
        if (action) {
            await this.action.doAction(action);
        }
    }

    toggleHold() {
        return this.tell(this.line.on_hold ? "resume" : "hold");
    }

    toggleTransfer() {
        this.state.to = this.state.to === null ? "" : null;
    }

    async transfer() {
        await this.tell("transfer", this.state.to);
        this.state.to = null;
    }

    onTransferKey(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            return this.transfer();
        }
        if (ev.key === "Escape") {
            this.state.to = null;
        }
    }
}

registry.category("view_widgets").add("debt_line", {
    component: DebtLine,
    fieldDependencies: [
        {name: "telephony", type: "json"},
        {name: "call_id", type: "many2one"},
        {name: "call_state", type: "selection"},
        {name: "outcome_id", type: "many2one"},
    ],
});

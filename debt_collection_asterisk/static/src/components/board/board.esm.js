import {Component, onWillStart, onWillUnmount, useState} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const REFRESH = 5000;
const TICK = 1000;

/** What every campaign does at this moment, for supervisors. */
export class DebtDiallerBoard extends Component {
    static template = "debt_collection_asterisk.Board";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({campaigns: [], now: null, loaded: false});
        const bus = useService("bus_service");
        const look = () => this.load();
        bus.subscribe("debt_dialler/board", look);
        const refresh = browser.setInterval(look, REFRESH);
        const tick = browser.setInterval(() => this.tick(), TICK);
        onWillStart(() => this.load());
        onWillUnmount(() => {
            bus.unsubscribe("debt_dialler/board", look);
            browser.clearInterval(refresh);
            browser.clearInterval(tick);
        });
    }

    async load() {
        const {campaigns, now} = await this.orm.silent
            .call("debt.dialler.campaign", "board_data", [])
            .catch(() => this.state);
        Object.assign(this.state, {
            campaigns,
            now: typeof now === "string" ? deserializeDateTime(now) : now,
            loaded: true,
        });
    }

    tick() {
        if (this.state.now) {
            this.state.now = this.state.now.plus(TICK);
        }
    }

    /** How long it has been so, by the server's clock: 12:05. */
    since(text) {
        const seconds = this.state.now.diff(deserializeDateTime(text)).as("seconds");
        const whole = Math.max(0, Math.floor(seconds));
        const rest = String(whole % 60).padStart(2, "0");
        return `${Math.floor(whole / 60)}:${rest}`;
    }

    percent(share) {
        const text = formatFloat(share * 100, {digits: [16, 1]});
        return share === false ? "–" : `${text}\u00a0%`;
    }

    async press(campaign, method) {
        await this.orm.call("debt.dialler.campaign", method, [[campaign.id]]);
        await this.load();
    }

    open(campaign) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "debt.dialler.campaign",
            res_id: campaign.id,
            views: [[false, "form"]],
        });
    }

    openCampaigns() {
        return this.action.doAction(
            "debt_collection_asterisk.debt_dialler_campaign_action"
        );
    }
}

registry.category("actions").add("debt_collection_asterisk.board", DebtDiallerBoard);

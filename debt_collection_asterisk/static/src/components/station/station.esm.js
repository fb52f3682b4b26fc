import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {onWillUnmount} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** The operator's station follows his telephone by itself. */
export class DebtStationController extends FormController {
    setup() {
        super.setup();
        const bus = useService("bus_service");
        const look = ({operator_id}) => {
            if (operator_id === this.model.root.resId) {
                this.model.load();
            }
        };
        bus.subscribe("debt_dialler/operator", look);
        onWillUnmount(() => bus.unsubscribe("debt_dialler/operator", look));
    }
}

registry.category("views").add("debt_station", {
    ...formView,
    Controller: DebtStationController,
});

/** A debtor is on the line: his call window opens wherever the operator is. */
export const bridgedService = {
    dependencies: ["action", "bus_service", "orm"],
    start(env, {action, bus_service: bus, orm}) {
        bus.subscribe("debt_dialler/bridged", async ({call_id}) => {
            const window = await orm.call("debt.call.wizard", "action_bridged", [
                call_id,
            ]);
            // One call after the other must not pile up as breadcrumbs.
            await action.doAction(window, {stackPosition: "replaceCurrentAction"});
        });
        bus.subscribe("debt_dialler/incoming", async ({number}) => {
            const search = await orm.call("debt.call.inbound", "action_incoming", [
                number,
            ]);
            await action.doAction(search, {stackPosition: "replaceCurrentAction"});
        });
    },
};

registry.category("services").add("debt_dialler_bridged", bridgedService);

import {ActionHelper} from "@web/views/action_helper";
import {ActivityController} from "@mail/views/web/activity/activity_controller";
import {activityView} from "@mail/views/web/activity/activity_view";
import {onWillStart} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** The operator's day: his calls, the next one at one key, and what to do when none. */
export class DebtMyDayController extends ActivityController {
    static template = "debt_collection.DebtMyDay";
    static components = {...ActivityController.components, ActionHelper};

    setup() {
        super.setup();
        const orm = useService("orm");
        onWillStart(async () => {
            Object.assign(this, await orm.call("debt.queue", "my_day", []));
        });
    }

    get isEmpty() {
        return !this.model.activityData.activity_res_ids.length;
    }

    /** Kinds of activities that nobody has planned would only push calls aside. */
    get rendererProps() {
        const props = super.rendererProps;
        const planned = Object.values(props.groupedActivities).flatMap(Object.keys);
        const has = (type) => planned.includes(String(type.id));
        return {...props, activityTypes: props.activityTypes.filter(has)};
    }

    nextCall() {
        // When nobody is to be called he stays where he is.
        return this.action.doAction("debt_collection.debt_call_wizard_action_next", {
            additionalContext: {debt_on_my_day: true},
        });
    }
}

registry.category("views").add("debt_my_day", {
    ...activityView,
    Controller: DebtMyDayController,
});

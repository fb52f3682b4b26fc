import {CalendarController} from "@web/views/calendar/calendar_controller";
import {calendarView} from "@web/views/calendar/calendar_view";
import {onWillStart} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";

/** A calendar of calls or cases, from which the next call is one click away. */
export class DebtCalendarController extends CalendarController {
    setup() {
        super.setup();
        onWillStart(async () => {
            this.isOperator = await user.hasGroup(
                "debt_collection.group_debt_operator"
            );
        });
    }

    nextCall() {
        return this.action.doAction("debt_collection.debt_call_wizard_action_next");
    }
}

registry.category("views").add("debt_calendar", {
    ...calendarView,
    Controller: DebtCalendarController,
    buttonTemplate: "debt_collection.DebtCalendarButtons",
});

import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

/** The call window: giving a debtor back must not stumble over a half-filled form. */
export class DebtCallFormController extends FormController {
    async beforeExecuteActionButton(clickParams) {
        if (clickParams.name === "action_release") {
            await this.model.root.discard();
            return true;
        }
        return super.beforeExecuteActionButton(...arguments);
    }
}

registry.category("views").add("debt_call", {
    ...formView,
    Controller: DebtCallFormController,
});

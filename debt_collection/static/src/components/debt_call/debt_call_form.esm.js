import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";
import {usePager} from "@web/search/pager_hook";

/** The call window: nothing typed is lost, and giving back asks for nothing. */
export class DebtCallFormController extends FormController {
    setup() {
        super.setup();
        // One debtor at a time: Alt+N is the next debtor, not the next record.
        usePager(() => null);
        this.isBlocking = false;
    }

    /**
     * While the server dials or saves nothing is typed, for the window is read again
     * afterwards. (The button's own `block-ui` would stay when the server refuses.)
     */
    async beforeExecuteActionButton(clickParams) {
        if (clickParams.name === "action_release") {
            // Half a form is no reason to keep a debtor.
            await this.model.root.discard();
            return true;
        }
        const saved = await super.beforeExecuteActionButton(...arguments);
        if (saved !== false) {
            this.isBlocking = true;
            this.ui.block();
        }
        return saved;
    }

    async afterExecuteActionButton() {
        if (this.isBlocking) {
            this.isBlocking = false;
            this.ui.unblock();
        }
        return super.afterExecuteActionButton(...arguments);
    }
}

registry.category("views").add("debt_call", {
    ...formView,
    Controller: DebtCallFormController,
});

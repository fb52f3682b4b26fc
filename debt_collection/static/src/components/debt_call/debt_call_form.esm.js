import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {FormController} from "@web/views/form/form_controller";
import {_t} from "@web/core/l10n/translation";
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
        this.closePicker();
        if (clickParams.name === "action_release") {
            // Half a form is no reason to keep a debtor.
            await this.model.root.discard();
            return true;
        }
        if (!(await this.confirmOutcome(clickParams.name))) {
            return false;
        }
        const saved = await super.beforeExecuteActionButton(...arguments);
        if (saved !== false) {
            this.isBlocking = true;
            this.ui.block();
        }
        return saved;
    }

    /** A calendar that is open would lie over the next debtor's window. */
    closePicker() {
        const input = document.activeElement;
        if (input && input.closest(".o_field_date, .o_field_datetime")) {
            input.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"}));
        }
    }

    /** One wrong key must not end all contact with a debtor. */
    confirmOutcome(button) {
        const {needs_confirmation: asks, outcome_id: outcome} = this.model.root.data;
        if (!asks || !["action_save", "action_save_next"].includes(button)) {
            return true;
        }
        return new Promise((resolve) =>
            this.dialogService.add(ConfirmationDialog, {
                title: _t("Are you sure?"),
                body: _t(
                    "“%(outcome)s” ends contact with this debtor. Read “What follows” once more before you save it.",
                    {outcome: outcome.display_name}
                ),
                confirmLabel: _t("Save"),
                confirm: () => resolve(true),
                cancel: () => resolve(false),
                dismiss: () => resolve(false),
            })
        );
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

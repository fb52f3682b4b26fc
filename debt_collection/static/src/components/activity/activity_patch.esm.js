import {Activity} from "@mail/core/web/activity";
import {ActivityListPopoverItem} from "@mail/core/web/activity_list_popover_item";
import {Activity as ActivityModel} from "@mail/core/common/activity_model";
import {patch} from "@web/core/utils/patch";

/**
 * A call to a debtor is done when its outcome is logged, so “done” opens the call
 * window. The chatter and the popovers mark activities as done through this model,
 * which would ignore what the server answers.
 */
patch(ActivityModel.prototype, {
    get isDebtCall() {
        return this.res_model === "debt.case" && this.activity_category === "phonecall";
    },
    /** The server decides: the window's action, or nothing when it was just done. */
    fetchDebtCallAction() {
        return this.store.env.services.orm.call("mail.activity", "action_done", [
            [this.id],
        ]);
    },
    async openDebtCall() {
        const action = await this.fetchDebtCallAction();
        if (action?.type) {
            await this.store.env.services.action.doAction(action);
        }
    },
    async markAsDone() {
        if (this.isDebtCall) {
            await this.openDebtCall();
            return;
        }
        await super.markAsDone(...arguments);
    },
    async markAsDoneAndScheduleNext() {
        if (this.isDebtCall) {
            const action = await this.fetchDebtCallAction();
            return action?.type ? action : undefined;
        }
        return super.markAsDoneAndScheduleNext(...arguments);
    },
});

patch(Activity.prototype, {
    async onClickMarkAsDone() {
        if (this.props.activity.isDebtCall) {
            const thread = this.thread;
            await this.props.activity.openDebtCall();
            this.props.onActivityChanged(thread);
            return;
        }
        await super.onClickMarkAsDone(...arguments);
    },
});

patch(ActivityListPopoverItem.prototype, {
    async onClickMarkAsDone() {
        if (this.props.activity.isDebtCall) {
            this.props.onClickEditActivityButton?.();
            await this.props.activity.openDebtCall();
            return;
        }
        await super.onClickMarkAsDone(...arguments);
    },
});

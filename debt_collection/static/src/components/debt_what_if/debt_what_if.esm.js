import {Component, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

/** Asks what the changes made in a form would do, before they are saved. */
export class DebtWhatIf extends Component {
    static template = "debt_collection.DebtWhatIf";
    static props = {...standardWidgetProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({asking: false});
    }

    async ask() {
        const {record} = this.props;
        if (!(await record.checkValidity({displayNotification: true}))) {
            return;
        }
        this.state.asking = true;
        try {
            const changes = await record.getChanges();
            const ids = record.resId ? [record.resId] : [];
            const action = await this.orm.call(record.resModel, "action_what_if", [
                ids,
                changes,
            ]);
            await this.action.doAction(action);
        } finally {
            this.state.asking = false;
        }
    }
}

registry.category("view_widgets").add("debt_what_if", {component: DebtWhatIf});

import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const two = (number) => String(number).padStart(2, "0");

/** Seconds as people read them from a clock: 1:05, 1:02:05. */
export function formatClock(value) {
    if (typeof value !== "number") {
        return "";
    }
    const seconds = Math.round(value);
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    const start = hours ? `${hours}:${two(minutes)}` : minutes;
    return `${start}:${two(seconds % 60)}`;
}

/** How long something took; nobody types it in. */
export class DebtClockField extends Component {
    static template = "debt_collection.DebtClockField";
    static props = {...standardFieldProps};

    get text() {
        return formatClock(this.props.record.data[this.props.name]);
    }
}

registry.category("fields").add("debt_clock", {
    component: DebtClockField,
    displayName: _t("Duration"),
    supportedTypes: ["integer", "float"],
    isEmpty: () => false,
});
registry.category("formatters").add("debt_clock", formatClock);

import {formatPercentage} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";

/** A rate in a pivot: of nothing there is none, where 0 % would say that all failed. */
export function formatRate(value, options) {
    return typeof value === "number" ? formatPercentage(value, options) : "";
}
formatRate.extractOptions = formatPercentage.extractOptions;

registry.category("formatters").add("debt_rate", formatRate);

import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";
import {stepClock} from "./clock.esm";

registry.category("web_tour.tours").add("debt_accountant_tour", {
    url: "/odoo",
    steps: () => [
        stepClock(),
        ...stepUtils.goToAppSteps("debt_collection.debt_menu_root"),
        {
            trigger: "button[data-menu-xmlid='debt_collection.debt_menu_accounting']",
            run: "click",
        },
        {
            trigger: "a[data-menu-xmlid='debt_collection.debt_menu_overdue']",
            run: "click",
        },
        {
            content: "She finds the overdue invoice and ticks it",
            trigger: ".o_data_row:contains(Tour Debtor) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "She flags it for collection",
            trigger: "button[name=action_debt_flag]",
            run: "click",
        },
        {
            content: "What became of it is said",
            trigger: ".o_notification:contains(1 item is flagged)",
        },
        {
            trigger: ".o_data_row:contains(Tour Debtor):contains(Flagged)",
        },
        {
            trigger: ".o_data_row:contains(Tour Debtor) td[name=name]",
            run: "click",
        },
        {
            content: "From the invoice she goes to the case",
            trigger: "button[name=action_debt_case]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=amount_overdue]:contains(321)",
        },
        {
            trigger: ".o_field_widget[name=stage_id]:contains(Overdue)",
        },
    ],
});

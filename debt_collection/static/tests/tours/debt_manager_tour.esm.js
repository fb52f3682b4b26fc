import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";
import {stepClock} from "./clock.esm";

function openConfiguration(menu) {
    return [
        {
            trigger:
                "button[data-menu-xmlid='debt_collection.debt_menu_configuration']",
            run: "click",
        },
        {
            trigger: `a[data-menu-xmlid='debt_collection.${menu}']`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("debt_manager_tour", {
    url: "/odoo",
    steps: () => [
        stepClock(),
        ...stepUtils.goToAppSteps("debt_collection.debt_menu_root"),
        ...openConfiguration("debt_menu_ladders"),
        {
            trigger: ".o_data_row:contains(Tour Ladder) td[name=name]",
            run: "click",
        },
        {
            content: "He adds a step to the ladder",
            trigger: ".o_field_widget[name=step_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=first_day] input",
            run: "edit 8",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=last_day] input",
            run: "edit 14",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=attempts] input",
            run: "edit 2",
        },
        ...stepUtils.saveForm(),
        ...openConfiguration("debt_menu_contact_policies"),
        {
            content: "The list says where each policy holds",
            trigger: ".o_list_view th[data-name=where_text]",
        },
        {
            trigger: ".o_data_row:contains(Tour Policy) td[name=name]",
            run: "click",
        },
        {
            content: "He allows Saturdays",
            trigger: ".o_field_widget[name=window_ids] .o_data_row td[name=saturday]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=window_ids] .o_selected_row [name=saturday] input",
            run: "check",
        },
        {
            content: "He says why a law is eased",
            trigger: ".o_field_widget[name=change_reason] input",
            run: "edit Counsel has agreed",
        },
        ...stepUtils.saveForm(),
        {
            trigger: "button[data-menu-xmlid='debt_collection.debt_menu_reporting']",
            run: "click",
        },
        {
            trigger: "a[data-menu-xmlid='debt_collection.debt_menu_report_calls']",
            run: "click",
        },
        {
            content: "He reads who called how often",
            trigger: ".o_pivot th:contains(tour_operator)",
        },
        {
            trigger: ".o_pivot td.o_pivot_cell_value:contains(2)",
        },
    ],
});

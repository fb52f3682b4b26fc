import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("debt_explain_tour", {
    steps: () => [
        {
            trigger: "button[name=action_explain]",
            run: "click",
        },
        {
            content: "Two weeks of hours, the permitted ones green",
            trigger:
                ".modal .o_debt_outlook_bar:first .o_debt_outlook_allowed:contains(08:00–20:00)",
        },
        {
            content: "Each hour says why",
            trigger:
                ".modal .o_debt_outlook_bar .o_debt_outlook_hours[title*='outside the permitted hours']",
        },
        {
            content: "A visit is another matter",
            trigger: ".modal .o_field_widget[name=channel] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Visit)",
            run: "click",
        },
        {
            trigger:
                ".modal .o_debt_outlook_bar:first .o_debt_outlook_allowed:contains(10:00–15:00)",
        },
        {
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});

registry.category("web_tour.tours").add("debt_what_if_tour", {
    steps: () => [
        {
            trigger: ".o_field_widget[name=window_ids] .o_data_row td[name=hour_to]",
            run: "click",
        },
        {
            content: "Calls would end at nine in the morning",
            trigger: ".o_field_widget[name=window_ids] [name=hour_to] input",
            run: "edit 09:00",
        },
        {
            trigger: ".o_debt_what_if_ask",
            run: "click",
        },
        {
            content: "The manager sees that calls fall away or move",
            trigger: ".modal .o_debt_what_if_numbers strong:contains(→)",
        },
        {
            trigger: ".modal .o_debt_what_if_table tr:contains(Tue 10 Mar)",
        },
        {
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            content: "The change is still there, and not saved",
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=window_ids] .o_data_row td[name=hour_to]:contains(20:00)",
        },
    ],
});

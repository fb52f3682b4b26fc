import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("debt_station_tour", {
    steps: () => [
        {
            content: "He joins a campaign",
            trigger: ".o_field_widget[name=campaign_id] input",
            run: "edit Tour Campaign",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Tour Campaign)",
            run: "click",
        },
        {
            content: "One big button",
            trigger: ".o_debt_station button[name=action_ready]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Ready)",
        },
        {
            trigger: ".o_debt_station button[name=action_pause]:contains(Break)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=reason]:contains(Break)",
        },
        {
            trigger: ".o_debt_station button[name=action_ready]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Ready)",
        },
    ],
});

registry.category("web_tour.tours").add("debt_board_tour", {
    steps: () => [
        {
            content: "Who talks, and with whom",
            trigger:
                ".o_debt_board tr[data-state=talking]:contains(tour_operator):contains(Tour Debtor)",
        },
        {
            content: "The calls of today",
            trigger: ".o_debt_board_figures:contains(100.0 %)",
        },
        {
            trigger: ".o_debt_board button:contains(Pause)",
            run: "click",
        },
        {
            content: "Paused: it can be started again",
            trigger: ".o_debt_board button:contains(Start)",
            run: "click",
        },
        {
            trigger: ".o_debt_board button:contains(Pause)",
        },
    ],
});

registry.category("web_tour.tours").add("debt_board_empty_tour", {
    steps: () => [
        {
            trigger: ".o_debt_board_empty button:contains(Campaigns)",
            run: "click",
        },
        {
            trigger: ".o_view_nocontent:contains(No campaign dials yet)",
        },
    ],
});

import {registry} from "@web/core/registry";
import {stepClock} from "./clock.esm";

registry.category("web_tour.tours").add("debt_review_tour", {
    steps: () => [
        stepClock(),
        {
            content: "The finished call says how long it was",
            trigger: ".o_field_widget[name=duration]:contains(4:05)",
        },
        {
            trigger: "button[name=action_review]",
            run: "click",
        },
        {
            content: "A new review asks for every criterion",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:nth-child(9)",
        },
        {
            trigger: ".o_field_widget[name=feedback] textarea",
            run: "edit Calm and clear",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});

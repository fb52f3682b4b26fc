import {registry} from "@web/core/registry";
import {stepClock} from "./clock.esm";
import {stepUtils} from "@web_tour/tour_utils";

const answers = ".modal .o_field_widget[name=answer_ids]";

registry.category("web_tour.tours").add("debt_script_tour", {
    steps: () => [
        stepClock(),
        {
            content: "A dead end is seen at once",
            trigger: ".o_field_widget[name=findings_html]:contains(is a dead end)",
        },
        {
            trigger:
                ".o_field_widget[name=step_ids] .o_data_row:contains(Why) td[name=name]",
            run: "click",
        },
        {
            content: "The manager adds an answer",
            trigger: `${answers} .o_field_x2many_list_row_add a`,
            run: "click",
        },
        {
            trigger: `${answers} .o_selected_row [name=name] input`,
            run: "edit I forgot",
        },
        {
            trigger: `${answers} .o_selected_row [name=next_step_id] input`,
            run: "edit Thank",
        },
        {
            content: "Only steps of this script are offered",
            trigger: ".o-autocomplete--dropdown-item:contains(Thanks)",
            run: "click",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The findings follow before anything is saved",
            trigger:
                ".o_field_widget[name=findings_html]:not(:contains(dead end)) .fa-check",
        },
        ...stepUtils.saveForm(),
        {
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name=text]:contains(Is that Sample Debtor)",
        },
        {
            trigger: ".modal .o_data_row:contains(Speaking) button[name=action_choose]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains(I forgot) button[name=action_choose]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=step_name]:contains(Thanks)",
        },
        {
            trigger: ".modal button[name=action_back]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains(I forgot)",
        },
        {
            trigger: ".modal .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) button[name=action_put_to_use]",
            run: "click",
        },
        {
            trigger:
                ".o_arrow_button_current[data-value=in_use], .o_statusbar_status button.o_arrow_button_current:contains(In Use)",
        },
        {
            trigger: ".nav-link[name=overview]",
            run: "click",
        },
        {
            content: "The whole graph on one page",
            trigger: ".o_field_widget[name=overview_html] .card:contains(I forgot)",
        },
    ],
});

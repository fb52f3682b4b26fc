import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";
import {stepClock} from "./clock.esm";

registry.category("web_tour.tours").add("debt_operator_tour", {
    url: "/odoo",
    steps: () => [
        stepClock(),
        ...stepUtils.goToAppSteps("debt_collection.debt_menu_root"),
        {
            content: "His day opens as the activity view",
            trigger: ".o_activity_view",
        },
        {
            trigger: ".o_activity_summary_cell.today .o-mail-ActivityCell-deadline",
            run: "click",
        },
        {
            trigger: ".o-mail-ActivityListPopoverItem-markAsDone",
            run: "click",
        },
        {
            content: "Nothing about the debt is sayable yet",
            trigger:
                ".o_field_widget[name=script_html]:contains(Tour):not(:contains(100)):not(:contains(200))",
        },
        {
            content: "He calls; the telephone is not needed in a test",
            trigger: ".o_debt_dial",
            run: async ({click}) => {
                browser.open = () => null;
                await click();
            },
        },
        {
            trigger: ".o_debt_call .alert-info:contains(Dialled)",
        },
        {
            trigger: ".o_field_widget[name=party] label:contains(Nobody)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=outcome_id] label:contains(No answer)",
            run: "click",
        },
        {
            content: "What follows is spelled out",
            trigger: ".o_field_widget[name=consequence_html]:contains(Next call)",
        },
        {
            trigger: "button[name=action_save_next]",
            run: "click",
        },
        {
            content: "The next debtor is there, in the same place",
            trigger:
                ".o_debt_call .o_statusbar_status button.o_arrow_button_current:contains(Draft)",
        },
        {
            trigger: ".breadcrumb-item:contains(My Day)",
        },
        {
            content: "Nothing is saved before a number was dialled",
            trigger: ".o_debt_dial",
            run: "click",
        },
        {
            trigger: ".o_debt_call .alert-info:contains(Dialled)",
        },
        {
            trigger: ".o_field_widget[name=party] label:contains(Right Party)",
            run: "click",
        },
        {
            content: "The script goes on to the next phase",
            trigger:
                ".o_field_widget[name=phase] input:checked + label:contains(Clarify)",
        },
        {
            trigger: ".o_field_widget[name=objection_ids] input",
            run: "edit Tour obj",
        },
        {
            trigger: ".o_debt_objection_found:contains(Tour handling)",
            run: "click",
        },
        {
            trigger: ".o_debt_objection_marked:contains(Tour handling)",
        },
        {
            trigger: ".o_field_widget[name=outcome_id] label:contains(Promise to pay)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=promise_date] input",
            run: "edit +3d && press Tab",
        },
        {
            trigger:
                ".o_field_widget[name=consequence_html]:contains(Nobody calls until)",
        },
        {
            trigger: "button[name=action_save]",
            run: "click",
        },
        {
            content: "Back in his day, both calls are done",
            trigger: ".o_activity_view:not(:has(.o_activity_summary_cell.today))",
        },
    ],
});

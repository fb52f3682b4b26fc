import {registry} from "@web/core/registry";
import {stepClock} from "./clock.esm";

const opened = [
    {
        content: "The call window shows who is on the line",
        trigger: ".o_debt_call:contains(Tour Caller)",
    },
];

registry.category("web_tour.tours").add("debt_incoming_tour", {
    url: "/odoo",
    steps: () => [
        stepClock(),
        {
            trigger: ".o_debt_incoming",
            run: "click",
        },
        {
            content: "Nobody has this number",
            trigger: ".modal .o_debt_caller input",
            run: "edit 0499 00 00 00",
        },
        {
            trigger: ".modal .o_debt_caller_advice:contains(Nobody has this number)",
        },
        {
            trigger: ".modal .o_debt_caller input",
            run: "edit tour caller",
        },
        {
            content: "The number is kept, and the debtor is found by name",
            trigger: ".modal .o_debt_caller:contains(Calls from 0499 00 00 00)",
        },
        {
            trigger: ".modal .list-group-item:contains(Tour Caller) button.btn-primary",
            run: "click",
        },
        ...opened,
    ],
});

registry.category("web_tour.tours").add("debt_incoming_url_tour", {
    url: "/odoo/debt-incoming?number=0032470123456",
    steps: () => [
        stepClock(),
        {
            content: "Whoever calls is one key away",
            trigger: ".list-group-item:contains(Tour Caller) button:focus",
            run: "press Enter",
        },
        ...opened,
    ],
});

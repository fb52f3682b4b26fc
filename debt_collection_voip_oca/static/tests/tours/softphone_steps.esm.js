import {press} from "@odoo/hoot-dom";

/** What tours of the softphone have in common. */
const WINDOW = "body:not(:has(.o_blockUI)) .o_debt_call";
export const PHONE = ".o_voip_softphone";

export const services = () => odoo.__WOWL_DEBUG__.root.env.services;

export function keys(content, ...names) {
    return {content, trigger: WINDOW, run: () => press(["alt", ...names])};
}

export function sees(content, trigger) {
    return {content, trigger: `${WINDOW} ${trigger}`};
}

export const saved = [
    keys("Save", "d"),
    {content: "It is logged", trigger: "body:not(:has(.o_debt_call)) .o_main_navbar"},
];

export const promised = [
    keys("It was the debtor", "w"),
    keys("A promise", "shift", "p"),
    {
        trigger: `${WINDOW} [name=promise_date] input`,
        run: "edit +3d && press Tab",
    },
    sees("It is the outcome", "[name=consequence_html]:contains(Nobody calls until)"),
    ...saved,
];

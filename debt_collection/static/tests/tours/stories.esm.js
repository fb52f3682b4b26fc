import {browser} from "@web/core/browser/browser";
import {edit, press} from "@odoo/hoot-dom";
import {registry} from "@web/core/registry";
import {stepClock} from "./clock.esm";

/**
 * Twelve stories of the call window, by keyboard wherever the window has a key. Each
 * begins on the debtor's case; tests/test_stories.py asserts what became of it.
 */
const WINDOW = "body:not(:has(.o_blockUI)) .o_debt_call";
const CASE = ".o_form_view:not(.o_debt_call):not(:has(.o_debt_call))";

/** Alt and these keys, once the window listens. */
function keys(content, ...names) {
    return {content, trigger: WINDOW, run: () => press(["alt", ...names])};
}

function sees(content, trigger) {
    return {content, trigger: `${WINDOW} ${trigger}`};
}

/** Put the cursor into a field, and type. */
function fill(name, text) {
    return {
        trigger: `${WINDOW} .o_field_widget[name=${name}] :is(input, textarea)`,
        run: `edit ${text} && press Tab`,
    };
}

function chosen(name, label) {
    return sees(
        `${label} is chosen`,
        `.o_field_widget[name=${name}] input:checked + label:contains(${label})`
    );
}

function follows(text) {
    return sees(
        `“${text}” is said before it is saved`,
        `.o_field_widget[name=consequence_html]:contains(${text})`
    );
}

const openWindow = [
    {content: "The case", trigger: `${CASE} button[name=action_call]`, run: "click"},
    sees("The window", ".o_debt_gate"),
];

const dial = [
    {
        content: "No telephone is needed in a test",
        trigger: WINDOW,
        run: () => {
            browser.open = () => null;
        },
    },
    keys("Call", "k"),
    sees("The call is on record", ".alert-info:contains(Dialled)"),
];

const rightParty = [
    keys("It is the debtor", "w"),
    chosen("party", "Right Party"),
    sees("The script goes on", ".o_debt_answers label"),
];

const save = [
    keys("Save", "d"),
    {content: "Back on the case", trigger: `${CASE} .o_form_statusbar`},
];

function state(label) {
    return {
        content: `The case is now: ${label}`,
        trigger: `${CASE} .o_arrow_button_current:contains(${label})`,
    };
}

const stories = {
    no_answer: [
        ...openWindow,
        ...dial,
        keys("Nobody answers", "shift", "a"),
        chosen("party", "Nobody"),
        follows("Next call"),
        ...save,
        state("Active"),
    ],

    busy_twice: [0, 1].flatMap(() => [
        ...openWindow,
        ...dial,
        keys("The line is busy", "shift", "b"),
        chosen("outcome_id", "Busy"),
        follows("Next call"),
        ...save,
    ]),

    wrong_number: [
        ...openWindow,
        ...dial,
        keys("Not the debtor's number", "shift", "w"),
        chosen("party", "Somebody Else"),
        follows("This number is not dialled again"),
        ...save,
    ],

    third_party: [
        ...openWindow,
        ...dial,
        keys("Somebody else answers", "e"),
        sees(
            "Only what names no debt may be said",
            ".o_field_widget[name=script_html]:contains(say no more than this):not(:contains(invoice)):not(:contains(400))"
        ),
        keys("Somebody else answered", "shift", "t"),
        follows("Next call"),
        ...save,
        state("Active"),
    ],

    promise: [
        ...openWindow,
        ...dial,
        ...rightParty,
        keys("A promise", "shift", "p"),
        chosen("outcome_id", "Promise"),
        fill("promise_amount", "100"),
        fill("promise_date", "+3d"),
        follows("Nobody calls until"),
        ...save,
        state("Promised"),
    ],

    plan: [
        ...openWindow,
        ...dial,
        ...rightParty,
        keys("A promise", "shift", "p"),
        fill("promise_date", "+7d"),
        fill("promise_parts", "3"),
        sees("Three parts", "[name=instalment_ids] .o_data_row:eq(2)"),
        follows("3 instalments"),
        ...save,
        state("Promised"),
    ],

    dispute: [
        ...openWindow,
        ...dial,
        ...rightParty,
        keys("Disputed", "shift", "d"),
        chosen("outcome_id", "Disputes"),
        {
            content: "One of four invoices",
            trigger: `${WINDOW} [name=item_ids] .o_data_row:eq(1) td[name=selected] input`,
            run: "click",
        },
        fill("dispute_reason", "Never delivered"),
        follows("held until"),
        ...save,
        state("Active"),
    ],

    callback: [
        ...openWindow,
        ...dial,
        ...rightParty,
        keys("Call back later", "shift", "c"),
        fill("callback_at", "03/10/2026 22:30:00"),
        sees(
            "The gate refuses while it is typed",
            "[name=callback_hint]:contains(lawful)"
        ),
        keys("Take the time that is offered", "l"),
        sees(
            "It is lawful now",
            ".o_debt_call_outcome:not(:has([name=callback_hint]:contains(lawful)))"
        ),
        follows("Next call"),
        ...save,
        state("Active"),
    ],

    claims_paid: [
        ...openWindow,
        ...dial,
        ...rightParty,
        keys("Says it is paid", "shift", "m"),
        fill("note", "Paid on Monday, by transfer"),
        follows("Nobody calls until"),
        ...save,
        state("On Hold"),
    ],

    bankrupt: [
        ...openWindow,
        ...dial,
        ...rightParty,
        keys("Bankrupt", "shift", "i"),
        fill("note", "Court of Ghent, file 26/114"),
        follows("All contact stops"),
        keys("Save", "d"),
        {
            content: "It is asked once more",
            trigger: ".modal:contains(Bankrupt) .btn-primary",
            run: "click",
        },
        {content: "Back on the case", trigger: `${CASE} .o_form_statusbar`},
        state("Legal"),
    ],

    /* Not one click, from the case to the next debtor. */
    keyboard: [
        {
            content: "The case",
            trigger: `${CASE} button[name=action_call]`,
            run: () => press(["alt", "k"]),
        },
        sees("The window", ".o_debt_gate"),
        ...dial,
        ...rightParty,
        keys("The first answer of the script", "1"),
        sees("One can go back", "button[name=action_back]"),
        keys("To the objections", "i"),
        {
            content: "What the debtor says",
            trigger: `${WINDOW} [name=objection_ids] input:focus`,
            run: () => edit("forgot"),
        },
        {
            content: "The card is marked",
            trigger: `${WINDOW} .o_debt_objection_found`,
            run: () => press("Enter"),
        },
        sees("Its answer stays", ".o_debt_objection_marked"),
        keys("A promise", "shift", "p"),
        {
            content: "The cursor is where something is asked for",
            trigger: `${WINDOW} [name=promise_date] input:focus`,
            run: async () => {
                await edit("+3d");
                await press("Tab");
            },
        },
        follows("Nobody calls until"),
        keys("Save, and the next debtor", "n"),
        sees("The next debtor", "h2:contains(Second Debtor)"),
        ...dial,
        keys("Nobody answers", "shift", "a"),
        follows("Next call"),
        ...save,
    ],

    /* What a later look at the case shows. */
    warned: [
        ...openWindow,
        sees(
            "The broken promise is the first thing seen",
            "[name=warning]:contains(Promised)"
        ),
        keys("Return to the queue", "r"),
        {trigger: `${CASE} .o_form_statusbar`},
    ],
    kept: [
        ...openWindow,
        sees("The promise was kept", "[name=history_html] .badge:contains(Kept)"),
        keys("Return to the queue", "r"),
        {trigger: `${CASE} .o_form_statusbar`},
    ],
    closed: [state("Closed")],
    active: [state("Active")],
};

for (const [name, steps] of Object.entries(stories)) {
    registry.category("web_tour.tours").add(`debt_story_${name}`, {
        steps: () => [stepClock(), ...steps],
    });
}

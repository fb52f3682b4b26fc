import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {stepClock} from "./clock.esm";

const MODIFIERS = ["Alt", "Control", "Meta", "Shift"];
let pressed = 0;

/** From here on every key is counted; one held down for another is none of its own. */
function stepCount() {
    return {
        content: "The operator's keys are counted",
        trigger: ".o_debt_call .o_debt_dial",
        // The first page of a test is put together while one waits.
        timeout: 60000,
        run: () => {
            browser.open = () => null;
            const count = (ev) => (pressed += MODIFIERS.includes(ev.key) ? 0 : 1);
            window.addEventListener("keydown", count, {capture: true});
        },
    };
}

function stepKey(trigger, key) {
    return {content: `He presses ${key}`, trigger, run: `press ${key}`};
}

/** At most so many keys since the last time that this was asked. */
function stepAtMost(trigger, keys) {
    return {
        content: `That took ${keys} keys at most`,
        trigger,
        run: () => {
            if (!pressed || pressed > keys) {
                throw new Error(`${pressed} keys instead of ${keys}`);
            }
            pressed = 0;
        },
    };
}

const chosen = (text) =>
    `.o_field_widget[name=outcome_id] input:checked + label:contains(${text})`;
/** While the server dials the screen is blocked, and no key counts. */
const dialled = "body:not(:has(.o_blockUI)) .o_debt_call .alert-info:contains(Dialled)";
const next = (debtor) =>
    `.o_debt_call .o_debt_call_head:contains(${debtor}) ~ .o_debt_call_grid .o_debt_dial`;

/** Three debtors: two who do not answer, one who promises all he owes. */
registry.category("web_tour.tours").add("debt_keys_tour", {
    steps: () => [
        stepClock(),
        stepCount(),
        stepKey(next("Tour One"), "alt+k"),
        stepKey(dialled, "alt+shift+a"),
        stepKey(chosen("No answer"), "alt+n"),
        stepAtMost(next("Tour Two"), 3),
        stepKey(next("Tour Two"), "alt+k"),
        stepKey(dialled, "alt+shift+b"),
        stepKey(chosen("Busy"), "alt+n"),
        stepAtMost(next("Tour Three"), 3),
        stepKey(next("Tour Three"), "alt+k"),
        stepKey(dialled, "alt+w"),
        stepKey(
            ".o_field_widget[name=phase] input:checked + label:contains(Clarify)",
            "alt+shift+p"
        ),
        {
            content: "The cursor waits where the day is asked for",
            trigger: ".o_field_widget[name=promise_date] input:focus",
            run: "fill +3d",
        },
        stepKey(".o_field_widget[name=promise_date] input", "Tab"),
        stepKey(
            ".o_field_widget[name=consequence_html]:contains(Nobody calls until)",
            "alt+d"
        ),
        stepAtMost("body:not(:has(.o_debt_call))", 10),
    ],
});

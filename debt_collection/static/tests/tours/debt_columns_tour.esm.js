import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {stepClock} from "./clock.esm";

const ITEMS = ".o_debt_call .o_field_widget[name=item_ids]";

/** Whether all of the element's text is on the screen, and inside of the element. */
function isWhole(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    const text = range.getBoundingClientRect();
    const frame = element.getBoundingClientRect();
    return (
        text.width > 0 &&
        text.left >= frame.left - 1 &&
        text.right <= frame.right + 1 &&
        text.right <= window.innerWidth
    );
}

/** A cell of a row whose text is cut or missing, if there is one. */
function findCut(row) {
    const cells = ["name", "amount", "status"].map((name) =>
        row.querySelector(`td[name=${name}]`)
    );
    return cells.find((cell) => !isWhole(cell.querySelector(".badge") || cell));
}

/** Every invoice can be told by its number, and is seen with its sum and status. */
function stepLegible(trigger) {
    return {
        content: `Nothing is cut at ${window.innerWidth} pixels`,
        trigger,
        run: () => {
            const rows = [...document.querySelectorAll(`${ITEMS} .o_data_row`)];
            const cut = rows.map(findCut).filter(Boolean);
            if (!rows.length || cut.length) {
                const texts = cut.map((cell) => cell.textContent);
                throw new Error(`${rows.length} rows, cut: ${texts}`);
            }
        },
    };
}

/** On a small screen one saves where one is, and not far above. */
function stepsSmall() {
    const save = ".o_debt_call_outcome button[name=action_save_next]";
    return window.innerWidth < 992 ? [{trigger: save}] : [];
}

/** The list of what is owed, as it is and with a column to tick. */
registry.category("web_tour.tours").add("debt_columns_tour", {
    steps: () => [
        stepClock(),
        {
            trigger: ".o_debt_call .o_debt_dial",
            timeout: 60000,
            run: async ({click}) => {
                browser.open = () => null;
                await click();
            },
        },
        stepLegible(".o_debt_call .alert-info:contains(Dialled)"),
        {
            trigger: ".o_field_widget[name=party] label:contains(Right Party)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=outcome_id] label:contains(Promise to pay)",
            run: "click",
        },
        stepLegible(`${ITEMS} td[name=selected]`),
        ...stepsSmall(),
        {
            trigger: ".o_field_widget[name=outcome_id] label:contains(Disputes)",
            run: "click",
        },
        stepLegible("body:has(.o_field_widget[name=dispute_reason]) td[name=selected]"),
        {
            content: "Nothing of it is kept",
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=outcome_id]:not(:has(input:checked))",
        },
    ],
});

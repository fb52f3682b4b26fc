import {PHONE, keys, promised, sees, services} from "./softphone_steps.esm";
import {registry} from "@web/core/registry";
import {stepClock} from "@debt_collection/../tests/tours/clock.esm";

/**
 * The softphone's exchange is in its test mode: it dials nobody and plays a call
 * through. The answer of the far end is what a test has to give by itself.
 */
/** A browser of a test has no loudspeaker. */
const silent = {
    content: "The softphone is there",
    trigger: ".o_menu_systray .o_nav_entry[title='Softphone']",
    run: () => {
        window.HTMLMediaElement.prototype.play = () => Promise.resolve();
    },
};

const answered = {
    content: "Somebody answers",
    trigger: `${PHONE}:contains(In call for)`,
    run: () => services().voip_oca.acceptCall(),
};

registry.category("web_tour.tours").add("debt_softphone_tour", {
    steps: () => [
        stepClock(),
        silent,
        {trigger: ".o_form_view button[name=action_call]", run: "click"},
        sees("The window", ".o_debt_gate"),
        keys("Call", "k"),
        {
            content: "The softphone dials",
            trigger: `${PHONE}:contains(+32470123456)`,
        },
        sees("The softphone confirms it", ".o_debt_line:contains(Dialling)"),
        answered,
        sees("The window knows", ".o_debt_line:contains(On the line)"),
        keys("Hold", "o"),
        sees("The debtor is on hold", ".o_debt_line:contains(On hold)"),
        keys("Resume", "o"),
        sees("And back", ".o_debt_line:contains(On the line)"),
        keys("Hang up", "g"),
        sees("It is over", ".o_debt_line:contains(log how it ended)"),
        sees("And how long it was", ".o_debt_line_clock:contains(0:)"),
        ...promised,
    ],
});

registry.category("web_tour.tours").add("debt_softphone_pad_tour", {
    steps: () => [
        stepClock(),
        silent,
        {
            content: "A number is typed into the softphone",
            trigger: ".o_menu_systray",
            run: () => services().voip_agent_oca.call({number: "0470 12 34 56"}),
        },
        sees("The window of the debtor opens", ".o_debt_line:contains(Dialling)"),
        answered,
        sees("The window knows", ".o_debt_line:contains(On the line)"),
        {
            content: "Hung up in the softphone itself",
            trigger: `${PHONE} .o_voip_softphone_footer button.text-danger`,
            run: "click",
        },
        sees("It is over", ".o_debt_line:contains(log how it ended)"),
        ...promised,
    ],
});

registry.category("web_tour.tours").add("debt_softphone_refused_tour", {
    steps: () => [
        stepClock(),
        silent,
        {
            content: "A number that may not be called now",
            trigger: ".o_menu_systray",
            run: () => services().voip_agent_oca.call({number: "0470 12 34 56"}),
        },
        {
            content: "The refusal says why, and nothing is dialled",
            trigger: `body:not(:has(${PHONE})) .o_notification:contains(permitted hours)`,
        },
    ],
});

/** An incoming call as SIP.js hands it over. */
const session = {
    remoteIdentity: {uri: {user: "0032470123456"}},
    stateChange: {addListener: () => null},
    state: "Established",
    accept: () => null,
    reject: () => null,
    bye: () => null,
};

registry.category("web_tour.tours").add("debt_softphone_ring_tour", {
    steps: () => [
        stepClock(),
        silent,
        {
            content: "It rings",
            trigger: ".o_menu_systray",
            run: () => {
                // In its test mode the softphone does not load the library.
                window.SIP = {SessionState: {Established: "Established"}};
                services().voip_agent_oca.onInvite(session);
            },
        },
        {
            content: "Who it is, one key away, which picks up too",
            trigger: ".modal .list-group-item:contains(Tour Caller) button:focus",
            run: "press Enter",
        },
        {
            content: "The softphone has picked up",
            trigger: `${PHONE} button[title=Pause]`,
        },
        sees("The debtor's window", ".o_debt_line:contains(On the line)"),
        {
            content: "A second caller gets the busy tone",
            trigger: PHONE,
            run: () => services().voip_agent_oca.onInvite(session),
        },
        keys("Hang up", "g"),
        sees("It is over", ".o_debt_line:contains(log how it ended)"),
        ...promised,
    ],
});

/* global AnalyserNode, AudioContext, MediaStream */
import {animationFrame, waitUntil} from "@odoo/hoot-dom";
import {PHONE, keys, promised, saved, sees, services} from "./softphone_steps.esm";
import {registry} from "@web/core/registry";
import {stepClock} from "@debt_collection/../tests/tours/clock.esm";

/** The softphone at a real exchange: what is heard comes from the debtor's telephone. */
const DEBTOR = 440;
const AUDIBLE = -50;
const PACKETS_PER_SECOND = 50;
/** Milliseconds: to register, to ring and to speak takes its time on a busy machine. */
const PATIENCE = 15000;

const connection = () =>
    services().voip_agent_oca.session.sessionDescriptionHandler.peerConnection;

/** @returns {Function} says the loudest tone that comes in, in hertz; 0 in silence */
function ear() {
    const audio = new AudioContext();
    const analyser = new AnalyserNode(audio, {fftSize: 4096});
    const tracks = connection()
        .getReceivers()
        .map((receiver) => receiver.track);
    audio.createMediaStreamSource(new MediaStream(tracks)).connect(analyser);
    const levels = new Float32Array(analyser.frequencyBinCount);
    return () => {
        analyser.getFloatFrequencyData(levels);
        const loudest = Math.max(...levels);
        const tone = (levels.indexOf(loudest) * audio.sampleRate) / analyser.fftSize;
        return loudest > AUDIBLE ? tone : 0;
    };
}

const isDebtor = (tone) => Math.abs(tone - DEBTOR) < 20;

/** From the first answer on: a silence is then that of the line. */
let listen = null;

/** @returns {Promise<Object>} how sound comes and goes */
async function stream() {
    const reports = [...(await connection().getStats()).values()];
    const find = (type) => reports.find((report) => report.type === type) || {};
    const [transport, incoming] = [find("transport"), find("inbound-rtp")];
    return {
        dtls: transport.dtlsState,
        cipher: transport.srtpCipher,
        sent: find("outbound-rtp").packetsSent,
        received: incoming.packetsReceived,
        energy: incoming.totalAudioEnergy,
    };
}

async function checkStream() {
    const {dtls, cipher, sent, received, energy} = await stream();
    if (dtls !== "connected" || !(cipher && sent && received && energy)) {
        throw new Error(`This is no talk: ${JSON.stringify(await stream())}`);
    }
}

function hears(content, isWanted) {
    return {
        content,
        trigger: PHONE,
        run: async () => {
            listen ||= ear();
            try {
                await waitUntil(() => isWanted(listen()), {timeout: PATIENCE});
            } catch {
                const what = JSON.stringify(await stream());
                throw new Error(`${content}: no, but ${listen()} Hz; ${what}`);
            }
        },
    };
}

/** A second of the operator's own sound goes out. */
const speaks = {
    content: "The operator speaks",
    trigger: PHONE,
    run: async () => {
        const enough = (await stream()).sent + PACKETS_PER_SECOND;
        while ((await stream()).sent < enough) {
            await animationFrame();
        }
    },
};

const called = [
    stepClock(),
    {
        content: "The softphone has registered",
        trigger: ".o_menu_systray .o_nav_entry[title='Softphone']",
        run: () =>
            waitUntil(
                () => services().voip_agent_oca.registererState === "Registered",
                {timeout: PATIENCE, message: "The softphone is not registered"}
            ),
    },
    {trigger: ".o_form_view button[name=action_call]", run: "click"},
    sees("The window", ".o_debt_gate"),
    keys("Call", "k"),
];

const answered = [
    sees("The window knows that he answered", ".o_debt_line:contains(On the line)"),
    hears("The debtor is heard", isDebtor),
    {content: "What is heard is encrypted", trigger: PHONE, run: checkStream},
    speaks,
];

const over = sees("It is over", ".o_debt_line:contains(log how it ended)");

function add(name, steps) {
    const patient = steps.map((step) => ({...step, timeout: PATIENCE + 5000}));
    registry.category("web_tour.tours").add(name, {steps: () => patient});
}

add("debt_exchange_talk_tour", [
    ...called,
    ...answered,
    {
        content: "The operator says no more, and the debtor hangs up",
        trigger: `${PHONE} button[title=Mute]`,
        run: "click",
    },
    over,
    sees("And how long it was", ".o_debt_line_clock:contains(0:)"),
    ...promised,
]);

add("debt_exchange_hold_tour", [
    ...called,
    ...answered,
    keys("Hold", "o"),
    sees("The debtor is on hold", ".o_debt_line:contains(On hold)"),
    hears("The debtor is not heard", (tone) => tone === 0),
    keys("Resume", "o"),
    sees("And back", ".o_debt_line:contains(On the line)"),
    hears("The debtor is heard again", isDebtor),
    speaks,
    keys("Hang up", "g"),
    over,
    ...promised,
]);

add("debt_exchange_ring_tour", [
    ...called,
    sees("It rings", ".o_debt_line:contains(It rings)"),
    keys("Give up", "g"),
    over,
    sees("What it was is suggested", "[name=consequence_html]:contains(call)"),
    ...saved,
]);

add("debt_exchange_busy_tour", [
    ...called,
    over,
    sees("What it was is suggested", "[name=consequence_html]:contains(call)"),
    ...saved,
]);

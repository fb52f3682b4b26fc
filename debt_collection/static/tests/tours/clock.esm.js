/**
 * The first step of a tour: the browser's clock shows the hour at which the server
 * was frozen (`TUESDAY` in tests/common.py), so that no tour depends on the time of day.
 */
export function stepClock() {
    return {
        content: "It is Tuesday morning",
        trigger: "body",
        run: () => {
            const opened = Date.now();
            const {Settings} = window.luxon;
            Settings.now = () => Date.UTC(2026, 2, 10, 9) + Date.now() - opened;
        },
    };
}

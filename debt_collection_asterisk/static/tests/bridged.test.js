import {describe, expect, test} from "@odoo/hoot";
import {bridgedService} from "@debt_collection_asterisk/components/station/station.esm";

describe.current.tags("headless");

test("a debtor put through opens his call window in the place of what is shown", async () => {
    const heard = {};
    bridgedService.start(
        {},
        {
            action: {
                doAction: (action, options) =>
                    expect.step([action.res_id, options.stackPosition]),
            },
            bus_service: {
                subscribe: (kind, callback) => {
                    expect.step(kind);
                    heard[kind] = callback;
                },
            },
            orm: {
                call: async (model, method, [callId]) => {
                    expect.step(`${model} ${method} ${callId}`);
                    return {res_id: 7};
                },
            },
        }
    );
    await heard["debt_dialler/bridged"]({call_id: 42});
    expect.verifySteps([
        "debt_dialler/bridged",
        "debt_dialler/incoming",
        "debt.call.wizard action_bridged 42",
        [7, "replaceCurrentAction"],
    ]);
});

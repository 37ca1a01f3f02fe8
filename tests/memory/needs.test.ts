// SPDX-License-Identifier: Apache-2.0
//
// Which phase a record of the gauge belongs to.
// node-only: belongs to the gate, which is

import assert from "node:assert/strict";
import test from "node:test";
import type { GatewayEvent } from "../../tools/gateway-lib/events.js";
import { needsOf } from "./needs.js";

const gauge = (cause: "event" | "signal", slots: number, live = 1): GatewayEvent => {
	const use = { live: 0, peak: 0 };
	return { event: "gauge", cause, slots: { live, peak: slots }, chunks: use, stack: use, native: use, tls: use };
};

test("records go to the part that a signal ends, and within an update to the phase that an event ends", () => {
	const needs = needsOf(
		[
			...[{ event: "boot" }, gauge("event", 7), gauge("signal", 5, 3)],
			...[gauge("signal", 2)],
			...[{ event: "trigger" }, gauge("event", 30), { event: "tls" }, gauge("event", 20)],
			...[{ event: "request", file: "ini" }, gauge("event", 11), { event: "sip" }, gauge("event", 50)],
			...[{ event: "flash" }, gauge("event", 40), { event: "file", file: "cmp" }, gauge("event", 41)],
			...[{ event: "verdict" }, gauge("event", 12), { event: "restart" }, gauge("event", 13)],
			...[{ event: "boot" }, gauge("event", 8), { event: "tls" }, gauge("event", 9), gauge("signal", 4, 2)],
		],
		["boot", "idle", "update"],
	);
	assert.deepEqual(
		[...needs].map(([phase, { slots, live }]) => [phase, slots, live]),
		[
			["boot", 7, 3],
			["idle", 2, 1],
			["handshake", 30, 1],
			["ini", 11, 1],
			["download and verify", 50, 1],
			["apply", 13, 1],
			["trial", 9, 2],
		],
	);
});

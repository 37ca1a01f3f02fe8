// SPDX-License-Identifier: Apache-2.0
//
// Update now, watched live, and Reset.

import { messageOf, post } from "./api.js";
import { confirmed, fill, h, note, put, section } from "./dom.js";
import { listen, logLines, type LogLine } from "./live.js";
import type { SessionState } from "./log-in.js";
import { updateCard } from "./update-card.js";

function lineOf({ text }: LogLine): HTMLElement {
	return h("li", {}, text);
}

export async function drawUpdate(body: HTMLElement): Promise<() => void> {
	const told = h("div", {});
	const state = h("div", { "aria-live": "polite" });
	const log = h("ol", { class: "log", "aria-label": "What happens", tabindex: 0 });
	const begin = async (): Promise<void> => {
		try {
			await post("/api/update");
			fill(told);
		} catch (error) {
			fill(told, note(messageOf(error), "bad"));
		}
	};
	const button = h("button", { type: "button", class: "main", click: () => void begin() }, "Update now");
	put(
		body,
		h("p", {}, "Asks the update server now: configuration first, then firmware, then other files."),
		h("p", { class: "row" }, button),
		told,
		section("State", state),
		section("What happens", log),
	);
	for (const line of logLines.slice(-10)) log.append(lineOf(line));
	const ends = [
		listen("update", (value) => fill(state, updateCard(value))),
		listen("log", (line) => {
			log.append(lineOf(line));
			log.scrollTop = log.scrollHeight;
		}),
	];
	return () => ends.forEach((end) => end());
}

export async function drawReset(body: HTMLElement, session: SessionState): Promise<() => void> {
	const told = h("div", {});
	const reset = async (): Promise<void> => {
		if (!(await confirmed("Restart the gateway? Calls in progress end.", "Reset"))) return;
		try {
			await post("/api/reset");
			fill(told, note("The gateway restarts. This page comes back when it answers again; then log in.", "good"));
		} catch (error) {
			fill(told, note(messageOf(error), "bad"));
		}
	};
	const disabled = session.readOnly === true;
	put(
		body,
		h("p", {}, "Restarts the gateway with the same firmware. Settings stay."),
		h(
			"p",
			{ class: "row" },
			h("button", { type: "button", class: "danger", disabled, click: () => void reset() }, "Reset"),
		),
		told,
	);
	return () => undefined;
}

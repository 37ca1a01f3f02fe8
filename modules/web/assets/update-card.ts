// SPDX-License-Identifier: Apache-2.0
//
// What the update does at this moment, and how the last run ended.

import { facts, h, note, type Tone } from "./dom.js";
import type { UpdateState } from "./live.js";
import { bytes, moment } from "./text.js";

const phases: Record<string, string> = {
	idle: "Nothing is under way",
	starting: "Begins",
	running: "Runs",
	restarting: "The gateway restarts",
};

const files: Record<string, string> = { ini: "Configuration", cmp: "Firmware" };

const tones: Record<string, Tone> = { failed: "bad", "rolled-back": "bad", updated: "good", confirmed: "good" };

function progress({ file, done, total }: UpdateState): HTMLElement {
	const name = files[file ?? ""] ?? file ?? "";
	const text = total === undefined ? bytes(done) : `${bytes(done)} of ${bytes(total)}`;
	const bar = h("progress", {
		max: 1,
		value: total === undefined || total === 0 ? undefined : done / total,
		"aria-label": `${name}, progress`,
	});
	return h("div", {}, h("p", {}, `${name}: ${text}`), bar);
}

export function updateCard(state: UpdateState): HTMLElement {
	const { phase, causes, file, queued, trial, last, version, notes } = state;
	const by = causes.length > 0 ? ` (${causes.join(", ")})` : "";
	return h(
		"div",
		{ class: "update" },
		h("p", { class: "phase" }, h("strong", {}, `${phases[phase] ?? phase}${by}`)),
		file !== undefined && progress(state),
		queued && h("p", {}, "One more run follows."),
		trial && note("This firmware or configuration is on trial: it stays when the update server is reached.", "warn"),
		...(notes ?? []).map((text) => note(text, "warn")),
		last !== undefined && note(`${last.verdict} (version ${last.version}): ${last.reason}`, tones[last.verdict] ?? ""),
		facts([
			["Running version", version],
			["Last run", last === undefined ? "none since the start" : moment(last.time)],
		]),
	);
}

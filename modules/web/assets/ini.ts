// SPDX-License-Identifier: Apache-2.0
//
// The configuration as a file: download, upload, and what an upload would change.

import { messageOf, Refusal, send } from "./api.js";
import { confirmed, fill, grid, h, note, put, section, type Child } from "./dom.js";
import type { SessionState } from "./log-in.js";

interface Report {
	problemCount: number;
	problems: { message: string; line?: number; column?: number }[];
	unknown: { name: string; line: number }[];
	unknownCount: number;
	changedCount: number;
	changes: { name: string; from: string; to: string; reset: boolean }[];
	resetNeeded: boolean;
	resetNow: boolean;
	applied: boolean;
}

const shown = (text: string): Child => (text === "" ? h("em", {}, "empty") : text);

function problemTable({ problems, problemCount }: Report): HTMLElement {
	const rows = problems.map(({ line, column, message }) => [String(line ?? "–"), String(column ?? "–"), message]);
	return h(
		"div",
		{},
		note(`${problemCount} fault(s): nothing was taken.`, "bad"),
		grid("Faults", ["Line", "Column", "What is wrong"], rows),
	);
}

function changeTable({ changes }: Report): HTMLElement {
	const rows = changes.map(({ name, from, to, reset }) => [
		name,
		shown(from),
		shown(to),
		reset ? "after reset" : "at once",
	]);
	return grid("Difference", ["Parameter", "Now", "Then", "Takes effect"], rows);
}

function summary({ changedCount, unknownCount, unknown, applied, resetNeeded }: Report): HTMLElement {
	const names = unknown.map(({ name, line }) => `${name} (line ${line})`).join(", ");
	const ignored = unknownCount > 0 ? ` Unknown and passed over: ${names}.` : "";
	const reset = resetNeeded ? " Some take effect after a reset." : "";
	const verb = applied ? "changed" : "would change";
	return note(`${changedCount} parameter(s) ${verb}.${reset}${ignored}`, applied ? "good" : "");
}

function drawReport(told: HTMLElement, report: Report): void {
	if (report.problemCount > 0) return fill(told, problemTable(report));
	fill(told, summary(report), report.changes.length > 0 && changeTable(report));
}

async function upload(input: HTMLInputElement, full: boolean, dry: boolean, told: HTMLElement): Promise<void> {
	const file = input.files?.[0];
	if (file === undefined) return fill(told, note("Choose a file first.", "bad"));
	if (!dry && !(await confirmed(`Load ${file.name} into the gateway?`, "Load"))) return;
	try {
		const path = `/api/ini?dry=${dry ? 1 : 0}&full=${full ? 1 : 0}`;
		drawReport(told, await send<Report>(path, file, "text/plain"));
	} catch (error) {
		if (error instanceof Refusal && "problems" in (error.answer as object)) drawReport(told, error.answer as Report);
		else fill(told, note(messageOf(error), "bad"));
	}
}

export async function drawIni(body: HTMLElement, session: SessionState): Promise<() => void> {
	const disabled = session.readOnly === true;
	const told = h("div", { "aria-live": "polite" });
	const input = h("input", { type: "file", id: "ini", accept: ".ini,text/plain", disabled });
	const full = h("input", { type: "checkbox", id: "full", disabled });
	const act = (dry: boolean) => () => void upload(input, full.checked, dry, told);
	put(
		body,
		section(
			"Download",
			h("p", { class: "hint" }, "All values that are not at their default. Passwords are not in it."),
			h("p", {}, h("a", { class: "button", href: "/api/ini", download: "gateway.ini" }, "Download ini file")),
		),
		section(
			"Upload",
			h("p", {}, h("label", { for: "ini" }, "Configuration file (.ini)"), h("br"), input),
			h(
				"p",
				{},
				full,
				" ",
				h("label", { for: "full" }, "Parameters that the file does not name return to their default"),
			),
			h(
				"div",
				{ class: "row" },
				h("button", { type: "button", disabled, click: act(true) }, "Dry run"),
				h("button", { type: "button", class: "main", disabled, click: act(false) }, "Load"),
			),
			told,
		),
	);
	return () => undefined;
}

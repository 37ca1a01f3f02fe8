// SPDX-License-Identifier: Apache-2.0
//
// Firmware slots: what lies in them, confirm, roll back, switch, and a software upload with the checks of an update.

import { get, messageOf, post, send } from "./api.js";
import { announce, confirmed, fill, grid, h, note, once, put, section, type Tone } from "./dom.js";
import type { SessionState } from "./log-in.js";
import { bytes } from "./text.js";

interface Slot {
	slot: number;
	running: boolean;
	image?: string;
	/** Bytes of it that are there, when it is not whole. */
	stored?: number;
	state?: string;
	sequence?: number;
}

async function slotTable(): Promise<HTMLElement> {
	const slots = await get<Slot[]>("/api/slots");
	const rows = slots.map(({ slot, running, image, stored, state }) => [
		`ota_${slot}${running ? " (running)" : ""}`,
		`${image ?? "no firmware"}${stored === undefined ? "" : `, ${bytes(stored)} of it`}`,
		state ?? "–",
	]);
	return grid("Firmware slots", ["Slot", "Firmware", "Boot loader says"], rows);
}

interface Action {
	text: string;
	path: string;
	question: string;
}

const actions: Action[] = [
	{ text: "Confirm", path: "confirm", question: "Keep what is on trial?" },
	{
		text: "Roll back",
		path: "rollback",
		question: "Go back to the firmware before? The gateway restarts, and does not install this firmware again.",
	},
	{
		text: "Start other slot",
		path: "switch",
		question: "Start the firmware in the other slot? It is checked first, and runs on trial.",
	},
];

function actionButton({ text, path, question }: Action, done: HTMLElement, disabled: boolean): HTMLElement {
	const act = async (): Promise<void> => {
		if (!(await confirmed(question, text))) return;
		try {
			await post(`/api/firmware/${path}`);
			fill(done, note("Done; what comes of it stands in the log.", "good"));
		} catch (error) {
			fill(done, note(messageOf(error), "bad"));
		}
	};
	return h("button", { type: "button", disabled, click: () => void act() }, text);
}

/** How an upload goes on, or how the last one ended: who looks at another page meanwhile finds it here again. */
const told = h("div", {});
let uploading = false;
/** Version that ran when the page was last shown: with another one, the end of the last upload is no news. */
let running = "";

addEventListener("beforeunload", (event) => {
	if (uploading) event.preventDefault();
});

/** @param tone of what came of it */
function tell(text: string, tone: Tone): void {
	fill(told, note(text, tone));
	if (!told.isConnected) announce(text);
}

async function upload(input: HTMLInputElement): Promise<void> {
	const file = input.files?.[0];
	if (file === undefined) return fill(told, note("Choose a file first.", "bad"));
	if (uploading) return;
	uploading = true;
	const bar = h("progress", { max: 1, value: 0, "aria-label": "Upload" });
	const words = h("p", {}, `${file.name}, ${bytes(file.size)}`);
	fill(told, words, bar);
	try {
		const answer = await send<{ version: string; slot: number }>(
			"/api/firmware",
			file,
			"application/octet-stream",
			(part) => (bar.value = part),
		);
		const where = `version ${answer.version} lies in slot ota_${answer.slot}`;
		tell(`Checked: ${where}. The gateway restarts into it, on trial.`, "good");
	} catch (error) {
		tell(`Not taken: ${messageOf(error)}`, "bad");
	} finally {
		uploading = false;
	}
}

export async function drawFirmware(body: HTMLElement, session: SessionState): Promise<() => void> {
	const { version = "" } = session;
	if (version !== running && !uploading) fill(told);
	running = version;
	const disabled = session.readOnly === true;
	const done = h("div", {});
	const input = h("input", { type: "file", id: "firmware", accept: ".cmp,.bin", disabled });
	const button = h("button", { class: "main", disabled }, "Upload and install");
	const form = h(
		"form",
		{},
		h("p", {}, h("label", { for: "firmware" }, "Firmware file (.cmp)"), h("br"), input),
		h("p", { class: "row" }, button),
		told,
	);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		void once(button, () => upload(input));
	});
	const buttons = actions.map((action) => actionButton(action, done, disabled));
	put(
		body,
		section("Firmware slots", await slotTable(), h("div", { class: "row" }, ...buttons), done),
		section(
			"Software upload",
			h("p", { class: "hint" }, "Model, chip, version and signature are checked as for a file of the update server."),
			form,
		),
	);
	return () => undefined;
}

// SPDX-License-Identifier: Apache-2.0
//
// A configuration page: fields as the device describes them, and Submit, which sends what was changed. The device is the judge: its
// words stand at the field.

import { get, messageOf, post, Refusal } from "./api.js";
import { fill, h, note, put, type Child } from "./dom.js";

interface Field {
	name: string;
	label: string;
	type: string;
	min: number;
	max: number;
	maxBytes: number;
	unit: string;
	values?: number[];
	words?: string[];
	reset?: boolean;
	secret?: boolean;
	isSet: boolean;
	text: string;
	fallback: string | number;
	help: string;
}

interface Page {
	groups: { title: string; fields: Field[] }[];
}

type Input = HTMLInputElement | HTMLSelectElement;

function choices(field: Field): [value: string, text: string][] | undefined {
	if (field.type === "boolean")
		return [
			["0", "Disable"],
			["1", "Enable"],
		];
	const list = field.values?.map(String) ?? (field.type === "keyword" ? field.words : undefined);
	return list?.map((value) => [value, value]);
}

function inputOf(field: Field, disabled: boolean): Input {
	const described = `${field.name}-help ${field.name}-fault`;
	const common = { id: field.name, name: field.name, "aria-describedby": described, disabled };
	const options = choices(field);
	if (options !== undefined) {
		const select = h("select", common, ...options.map(([value, text]) => h("option", { value }, text)));
		select.value = field.text;
		return select;
	}
	const secret = field.secret === true;
	return h("input", {
		...common,
		type: secret ? "password" : "text",
		value: field.text,
		maxlength: field.maxBytes > 0 ? field.maxBytes : 15,
		inputmode: field.type === "integer" ? "numeric" : undefined,
		autocomplete: secret ? "new-password" : "off",
		placeholder: secret ? (field.isSet ? "set; type to change it" : "not set") : undefined,
		spellcheck: "false",
	});
}

function rangeOf({ type, min, max, unit, values }: Field): string {
	if (type !== "integer" || values !== undefined) return "";
	return ` ${min} to ${max}${unit === "" ? "" : ` ${unit}`}.`;
}

function helpOf(field: Field): string {
	const own = field.label === field.name ? "" : `${field.name}: `;
	const standard = field.fallback === "" ? "" : ` Default: ${field.fallback}.`;
	const words = field.type === "list" && field.words !== undefined ? ` Of: ${field.words.join(", ")}.` : "";
	return `${own}${field.help}.${rangeOf(field)}${words}${standard}`;
}

/** An empty password field means "as it is", so taking one away needs a word of its own. */
function removal(field: Field, disabled: boolean): Child {
	if (field.secret !== true || !field.isSet) return undefined;
	const id = `${field.name}-remove`;
	return h("span", {}, h("input", { type: "checkbox", id, disabled }), " ", h("label", { for: id }, "Remove"));
}

function drawField(field: Field, disabled: boolean): HTMLElement {
	const restart = field.reset === true && h("small", {}, "Takes effect after a reset.");
	return h(
		"div",
		{ class: "field" },
		h("label", { for: field.name }, field.label),
		h(
			"div",
			{ class: "input" },
			inputOf(field, disabled),
			field.unit !== "" && h("span", { class: "hint" }, field.unit),
			removal(field, disabled),
		),
		h("div", { class: "hint", id: `${field.name}-help` }, helpOf(field), " ", restart),
		h("div", { class: "fault", id: `${field.name}-fault` }),
	);
}

function elementOf(name: string): Input | null {
	return document.getElementById(name) as Input | null;
}

function changedValues(fields: readonly Field[]): [name: string, text: string][] {
	const values: [string, string][] = [];
	for (const { name, text, secret } of fields) {
		const removed = (document.getElementById(`${name}-remove`) as HTMLInputElement | null)?.checked === true;
		const value = removed ? "" : (elementOf(name)?.value ?? text);
		if (removed || (secret === true ? value !== "" : value !== text)) values.push([name, value]);
	}
	return values;
}

function mark(name: string, message: string): void {
	const input = elementOf(name);
	input?.setAttribute("aria-invalid", String(message !== ""));
	const place = document.getElementById(`${name}-fault`);
	if (place !== null) place.textContent = message;
}

function showFaults(error: unknown, told: HTMLElement): void {
	fill(told, note(messageOf(error), "bad"));
	if (!(error instanceof Refusal)) return;
	const faults = error.fault.fields ?? [];
	for (const { name, message } of faults) mark(name, message);
	if (faults.length > 0) elementOf(faults[0].name)?.focus();
}

interface Result {
	changed: string[];
	resets: string[];
}

function describe({ changed, resets }: Result): HTMLElement {
	if (changed.length === 0) return note("Nothing was changed.");
	const text = `Saved: ${changed.join(", ")}.`;
	if (resets.length === 0) return note(text, "good");
	const where = h("a", { href: "#/maintenance/reset" }, "Reset the gateway");
	const line = note(`${text} These take effect after a reset: ${resets.join(", ")}. `, "warn");
	line.append(where);
	return line;
}

export async function drawForm(body: HTMLElement, id: string, readOnly: boolean): Promise<void> {
	const { groups } = await get<Page>(`/api/page?id=${encodeURIComponent(id)}`);
	const fields = groups.flatMap((group) => group.fields);
	if (fields.length === 0) return fill(body, id !== "certificates" && note("This firmware has no parameters here."));
	const told = h("div", {});
	const button = h("button", { class: "main", disabled: readOnly }, "Submit");
	const form = h(
		"form",
		{ novalidate: true, autocomplete: "off" },
		...groups.map(({ title, fields: list }) =>
			h("fieldset", {}, h("legend", {}, title), ...list.map((field) => drawField(field, readOnly))),
		),
		told,
		h("p", { class: "row" }, button),
	);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		for (const old of form.querySelectorAll(":scope > .note")) old.remove();
		button.disabled = true;
		void submit(body, id, fields, told).finally(() => (button.disabled = false));
	});
	fill(body, readOnly && note("These pages only show: DisableWebConfig is 1.", "warn"));
	put(body, form);
}

async function submit(body: HTMLElement, id: string, fields: readonly Field[], told: HTMLElement): Promise<void> {
	for (const { name } of fields) mark(name, "");
	fill(told);
	let result: Result;
	try {
		result = await post<Result>("/api/settings", { values: changedValues(fields) });
	} catch (error) {
		return showFaults(error, told);
	}
	await drawForm(body, id, false);
	const line = describe(result);
	body.querySelector("form .row")?.before(line);
	// The button that was pressed is gone; who uses the keyboard goes on where they were.
	body.querySelector<HTMLElement>("form .main")?.focus({ preventScroll: true });
	line.scrollIntoView({ block: "nearest" });
}

// SPDX-License-Identifier: Apache-2.0
//
// Elements from code. Texts always become text nodes: what a device or a server says can never become markup.

export type Child = Node | string | undefined | null | false;

type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;

function setAttributes(element: Element, attributes: Attributes): void {
	for (const [name, value] of Object.entries(attributes)) {
		if (value === undefined || value === false) continue;
		if (typeof value === "function") element.addEventListener(name, value);
		else element.setAttribute(name, value === true ? "" : String(value));
	}
}

/** `h("p", { class: "hint" }, "text")`; a function is a listener for the event of its name. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
	tag: Tag,
	attributes: Attributes = {},
	...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
	const element = document.createElement(tag);
	setAttributes(element, attributes);
	put(element, ...children);
	return element;
}

/** The same for SVG. */
export function svg(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): SVGElement {
	const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
	setAttributes(element, attributes);
	put(element, ...children);
	return element;
}

export function put(parent: Element, ...children: readonly Child[]): void {
	for (const child of children) if (child !== undefined && child !== null && child !== false) parent.append(child);
}

/** Replaces all that is in `parent`. */
export function fill(parent: Element, ...children: readonly Child[]): void {
	parent.replaceChildren();
	put(parent, ...children);
}

/** An element of index.html. */
export function byId(id: string): HTMLElement {
	const element = document.getElementById(id);
	if (element === null) throw new Error(`no element ${id}`);
	return element;
}

export type Tone = "good" | "bad" | "warn" | "";

/** @param tone what it means, besides its words */
export function note(text: string, tone: Tone = ""): HTMLElement {
	return h("p", { class: `note ${tone}`, role: tone === "bad" ? "alert" : "status" }, text);
}

export function section(title: string, ...children: readonly Child[]): HTMLElement {
	return h("section", {}, h("h2", {}, title), ...children);
}

/** Names and values side by side. */
export function facts(rows: readonly (readonly [name: string, value: Child])[]): HTMLElement {
	const body = rows.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value)));
	return h("div", { class: "wide" }, h("table", {}, h("tbody", {}, ...body)));
}

/** @param label for screen readers, which meet it as the table's caption */
export function grid(
	label: string,
	heads: readonly string[],
	rows: readonly (readonly Child[])[],
	kind = "",
): HTMLElement {
	const head = h("tr", {}, ...heads.map((text) => h("th", { scope: "col" }, text)));
	const body = rows.map((cells) =>
		h("tr", {}, ...cells.map((cell, i) => (i === 0 ? h("th", { scope: "row" }, cell) : h("td", {}, cell)))),
	);
	const table = h("table", { class: kind, "aria-label": label }, h("thead", {}, head), h("tbody", {}, ...body));
	return h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": label }, table);
}

/** Says something that is not at a place of its own. */
export function announce(text: string): void {
	const line = h("p", {}, text);
	byId("notices").append(line);
	setTimeout(() => line.remove(), 8000);
}

/** Works with the button off meanwhile: a second click must not send it twice. */
export async function once(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
	const focused = document.activeElement === button;
	button.disabled = true;
	try {
		await work();
	} finally {
		button.disabled = false;
		// A button that is off loses the focus; who uses the keyboard goes on where they were.
		if (focused && (document.activeElement ?? document.body) === document.body) button.focus({ preventScroll: true });
	}
}

/** Asks before something that cannot be taken back. */
export function confirmed(question: string, action: string): Promise<boolean> {
	return new Promise((resolve) => {
		const close = (answer: boolean): void => {
			dialog.remove();
			resolve(answer);
		};
		const dialog = h(
			"dialog",
			{ "aria-labelledby": "question", close: () => close(dialog.returnValue === "yes") },
			h("p", { id: "question" }, question),
			h(
				"form",
				{ method: "dialog", class: "row" },
				h("button", { value: "yes", class: "main" }, action),
				h("button", { value: "no" }, "Cancel"),
			),
		);
		document.body.append(dialog);
		dialog.showModal();
	});
}

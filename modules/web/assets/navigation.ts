// SPDX-License-Identifier: Apache-2.0
//
// The tree of pages, in the order that operators know: Status, Configuration, Maintenance, Diagnostics.

import { drawCertificates } from "./certificates.js";
import { drawForm } from "./form.js";
import { drawFlash, drawHistory, drawLog, drawMemory } from "./diagnostics.js";
import { h, put } from "./dom.js";
import { drawFirmware } from "./firmware.js";
import { drawIni } from "./ini.js";
import type { SessionState } from "./log-in.js";
import { drawReset, drawUpdate } from "./maintenance.js";
import { drawPassword } from "./password.js";
import { drawStatus } from "./status.js";

/** A configuration page as the device names it. */
export interface NavigationPage {
	id: string;
	path: string[];
}

/** Draws a page. @returns what to do when it is left */
type Draw = (body: HTMLElement, session: SessionState) => Promise<() => void>;

export interface View {
	/** Behind "#/". */
	path: string;
	/** Its place in the tree. */
	way: string[];
	draw: Draw;
}

function configuration({ id, path }: NavigationPage): View {
	const draw: Draw = async (body, session) => {
		const form = h("div", {});
		if (id === "certificates") put(body, await drawCertificates(session));
		put(body, form);
		if (id === "web") put(body, drawPassword());
		await drawForm(form, id, session.readOnly === true);
		return () => undefined;
	};
	return { path: `configuration/${id}`, way: ["Configuration", ...path], draw };
}

export function views(pages: readonly NavigationPage[]): View[] {
	return [
		{ path: "status", way: ["Status"], draw: drawStatus },
		...pages.map(configuration),
		{ path: "maintenance/update", way: ["Maintenance", "Update Now"], draw: drawUpdate },
		{ path: "maintenance/firmware", way: ["Maintenance", "Firmware"], draw: drawFirmware },
		{ path: "maintenance/ini", way: ["Maintenance", "Configuration File"], draw: drawIni },
		{ path: "maintenance/reset", way: ["Maintenance", "Reset"], draw: drawReset },
		{ path: "diagnostics/history", way: ["Diagnostics", "Update History"], draw: drawHistory },
		{ path: "diagnostics/log", way: ["Diagnostics", "Log"], draw: drawLog },
		{ path: "diagnostics/flash", way: ["Diagnostics", "Flash Wear"], draw: drawFlash },
		{ path: "diagnostics/memory", way: ["Diagnostics", "Memory"], draw: drawMemory },
	];
}

interface Branch {
	title: string;
	list: HTMLUListElement;
	branches: Branch[];
}

/** Finds or makes the list of a title below `branch`. */
function descend(branch: Branch, title: string): Branch {
	const found = branch.branches.find((item) => item.title === title);
	if (found !== undefined) return found;
	const list = h("ul", {});
	branch.list.append(h("li", {}, h("span", {}, title), list));
	const made = { title, list, branches: [] };
	branch.branches.push(made);
	return made;
}

export function drawNavigation(nav: HTMLElement, pages: readonly NavigationPage[], current: string): void {
	const root: Branch = { title: "", list: h("ul", {}), branches: [] };
	for (const { path, way } of views(pages)) {
		const branch = way.slice(0, -1).reduce(descend, root);
		const here = path === current ? { "aria-current": "page" } : {};
		branch.list.append(h("li", {}, h("a", { href: `#/${path}`, ...here }, way.at(-1))));
	}
	nav.replaceChildren(root.list);
}

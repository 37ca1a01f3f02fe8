// SPDX-License-Identifier: Apache-2.0
//
// Certificates: what is there, import, removal, and the request for an own one.

import { get, messageOf, post, send } from "./api.js";
import { confirmed, fill, grid, h, note, once, section } from "./dom.js";
import type { SessionState } from "./log-in.js";

interface Entry {
	kind: string;
	fingerprint: string;
	keyKind: string;
	subject?: string;
	issuer?: string;
	notAfter?: number;
	problem?: string;
}

const kinds: Record<string, string> = {
	root: "Trusted root",
	device: "Own certificate",
	chain: "Chain",
	key: "Private key",
	signing: "Firmware signing key",
	revoked: "Revoked signing key",
	"request-key": "Key of the request",
};

async function drawList(place: HTMLElement, told: HTMLElement, disabled: boolean): Promise<void> {
	const entries = await get<Entry[]>("/api/certificates");
	const remove = async ({ fingerprint, subject }: Entry): Promise<void> => {
		if (!(await confirmed(`Remove ${subject ?? fingerprint.slice(0, 16)}?`, "Remove"))) return;
		try {
			await post("/api/certificates/remove", { fingerprint });
			fill(told, note("Removed.", "good"));
			await drawList(place, told, disabled);
		} catch (error) {
			fill(told, note(messageOf(error), "bad"));
		}
	};
	const rows = entries.map((entry) => [
		kinds[entry.kind] ?? entry.kind,
		entry.problem ?? entry.subject ?? entry.keyKind,
		entry.notAfter === undefined ? "" : new Date(entry.notAfter).toISOString().slice(0, 10),
		h("code", {}, entry.fingerprint.slice(0, 16)),
		h(
			"button",
			{
				type: "button",
				disabled,
				click: () => void remove(entry),
				"aria-label": `Remove ${entry.subject ?? entry.kind}`,
			},
			"Remove",
		),
	]);
	const empty = note("There are no certificates and keys yet.");
	fill(place, rows.length === 0 ? empty : grid("Certificates", ["Kind", "Name", "Until", "Fingerprint", ""], rows));
}

function importForm(place: HTMLElement, told: HTMLElement, disabled: boolean): HTMLElement {
	const role = h(
		"select",
		{ id: "role", disabled },
		...["root", "device", "key", "signing"].map((value) => h("option", { value }, kinds[value])),
	);
	const input = h("input", { type: "file", id: "certificate", disabled });
	const form = h(
		"form",
		{},
		h("p", {}, h("label", { for: "role" }, "What it is"), h("br"), role),
		h("p", {}, h("label", { for: "certificate" }, "File, PEM or DER"), h("br"), input),
		h("p", { class: "row" }, h("button", { disabled }, "Import")),
	);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const file = input.files?.[0];
		if (file === undefined) return fill(told, note("Choose a file first.", "bad"));
		send<{ description: string }>(`/api/certificates?role=${role.value}`, file, "application/octet-stream")
			.then(({ description }) => {
				fill(told, note(description, "good"));
				return drawList(place, told, disabled);
			})
			.catch((error: unknown) => fill(told, note(messageOf(error), "bad")));
	});
	return form;
}

function requestForm(disabled: boolean): HTMLElement {
	const subject = h("input", { type: "text", id: "subject", disabled, maxlength: 255 });
	const told = h("div", { "aria-live": "polite" });
	const button = h("button", { disabled }, "Make key and request");
	const form = h(
		"form",
		{},
		h(
			"p",
			{},
			h("label", { for: "subject" }, "Name in the certificate, for example gateway.example"),
			h("br"),
			subject,
		),
		h("p", { class: "row" }, button),
		told,
	);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		void once(button, async () => {
			try {
				const { text } = await post<{ text: string }>("/api/certificates/request", { subject: subject.value });
				fill(told, h("pre", { tabindex: 0 }, text));
			} catch (error) {
				fill(told, note(messageOf(error), "bad"));
			}
		});
	});
	return form;
}

export async function drawCertificates(session: SessionState): Promise<HTMLElement> {
	const disabled = session.readOnly === true;
	const place = h("div", {});
	const told = h("div", { "aria-live": "polite" });
	await drawList(place, told, disabled);
	return h(
		"div",
		{},
		section("Certificates and keys", place, told),
		section("Import", importForm(place, told, disabled)),
		section("Request an own certificate", requestForm(disabled)),
	);
}

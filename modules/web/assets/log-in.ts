// SPDX-License-Identifier: Apache-2.0
//
// Log-in, and the first password.

import { messageOf, post } from "./api.js";
import { byId, fill, h, note, once } from "./dom.js";

export interface SessionState {
	state: "setup" | "login" | "open";
	name: string;
	model?: string;
	version?: string;
	readOnly?: boolean;
	token?: string;
}

export function passwordField(id: string, label: string, autocomplete: string): HTMLElement {
	const attributes = { type: "password", id, name: id, autocomplete, required: true, maxlength: 64 };
	return h("p", {}, h("label", { for: id }, label), h("br"), h("input", attributes));
}

export function valueOf(id: string): string {
	return (byId(id) as HTMLInputElement).value;
}

function hiddenUser(): HTMLElement {
	// Password managers want a name beside the password.
	const attributes = { type: "text", name: "username", value: "Admin", autocomplete: "username", readonly: true };
	return h("p", { hidden: true }, h("input", { ...attributes, "aria-label": "User name" }));
}

async function submit(first: boolean, told: HTMLElement, onOpen: () => void): Promise<void> {
	if (first && valueOf("password") !== valueOf("again"))
		return fill(told, note("The two passwords are not the same.", "bad"));
	fill(told, note("One moment …"));
	try {
		await post(first ? "/api/setup" : "/api/login", { password: valueOf("password") });
		onOpen();
	} catch (error) {
		fill(told, note(messageOf(error), "bad"));
		byId("password").focus();
	}
}

export function showLogIn(main: HTMLElement, { state, name }: SessionState, onOpen: () => void): void {
	const first = state === "setup";
	const told = h("div", {});
	const button = h("button", { class: "main" }, first ? "Set password" : "Log in");
	const form = h(
		"form",
		{},
		hiddenUser(),
		passwordField(
			"password",
			first ? "New password (8 to 64 characters)" : "Password",
			first ? "new-password" : "current-password",
		),
		first && passwordField("again", "The same again", "new-password"),
		h("p", {}, button),
		told,
	);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		void once(button, () => submit(first, told, onOpen));
	});
	const why =
		first && note("No password is set yet. Set one first: without it these pages show and change nothing.", "warn");
	const title = first ? "Set a password first" : `Log in to ${name}`;
	fill(main, h("section", { class: "log-in" }, h("h1", {}, title), why, form));
	byId("password").focus();
}

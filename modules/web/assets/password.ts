// SPDX-License-Identifier: Apache-2.0
//
// A new password in place of the old one.

import { messageOf, post } from "./api.js";
import { fill, h, note, once, section } from "./dom.js";
import { passwordField, valueOf } from "./log-in.js";

export function drawPassword(): HTMLElement {
	const told = h("div", {});
	const button = h("button", {}, "Change password");
	const form = h(
		"form",
		{},
		passwordField("old", "Old password", "current-password"),
		passwordField("password", "New password (8 to 64 characters)", "new-password"),
		passwordField("again", "The same again", "new-password"),
		h("p", { class: "row" }, button),
		told,
	);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		if (valueOf("password") !== valueOf("again")) return fill(told, note("The two passwords are not the same.", "bad"));
		void once(button, async () => {
			try {
				await post("/api/password", { old: valueOf("old"), password: valueOf("password") });
				form.reset();
				fill(told, note("Changed. Other sessions have ended.", "good"));
			} catch (error) {
				fill(told, note(messageOf(error), "bad"));
			}
		});
	});
	return section("Password", form);
}

// SPDX-License-Identifier: Apache-2.0
//
// A new password in place of the old one.

import { messageOf, post } from "./api.js";
import { fill, h, note, section } from "./dom.js";
import { passwordField, valueOf } from "./log-in.js";

export function drawPassword(): HTMLElement {
	const told = h("div", {});
	const form = h(
		"form",
		{},
		passwordField("old", "Old password", "current-password"),
		passwordField("password", "New password (8 to 64 characters)", "new-password"),
		passwordField("again", "The same again", "new-password"),
		h("p", { class: "row" }, h("button", {}, "Change password")),
		told,
	);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		if (valueOf("password") !== valueOf("again")) return fill(told, note("The two passwords are not the same.", "bad"));
		post("/api/password", { old: valueOf("old"), password: valueOf("password") })
			.then(() => {
				form.reset();
				fill(told, note("Changed. Other sessions have ended.", "good"));
			})
			.catch((error: unknown) => fill(told, note(messageOf(error), "bad")));
	});
	return section("Password", form);
}

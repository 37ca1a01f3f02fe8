// SPDX-License-Identifier: Apache-2.0
//
// The pages in Chromium when a person or the connection does not do one thing after the other.
// node-only: Chromium and a gateway

import test, { after, before } from "node:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { firmware } from "../e2e/bench.js";
import { desktop, launch, Person } from "./browser.js";
import { password, Site } from "./site.js";

let browser: Browser;
let site: Site;

before(async () => {
	browser = await launch();
	site = await Site.open({ ini: "HostName = 'lobby'\nAutoUpdateOnStartup = 0\n" });
	const person = await Person.sit(browser, site.url);
	await person.setUp();
	await person.leave();
});
after(async () => {
	await browser.close();
	await site.close();
});

/** A person who is logged in. */
async function operator(): Promise<Person> {
	const person = await Person.sit(browser, site.url, desktop);
	await person.logIn();
	await person.page.getByRole("heading", { name: "Status", level: 1 }).waitFor();
	return person;
}

test("a double click sends once", async () => {
	const person = await Person.sit(browser, site.url);
	const { page } = person;
	const sent: string[] = [];
	page.on("request", (request) => {
		if (request.method() === "POST") sent.push(new URL(request.url()).pathname);
	});
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Log in" }).dblclick();
	await page.getByRole("heading", { name: "Status", level: 1 }).waitFor();
	await person.go("Certificates");
	await page.getByLabel("Name in the certificate").fill("gateway.example");
	await page.getByRole("button", { name: "Make key and request" }).dblclick();
	await page.getByText("BEGIN CERTIFICATE REQUEST").waitFor();
	assert.deepEqual(sent, ["/api/login", "/api/certificates/request"]);
	await person.leave();
});

test("what was typed stays when the connection breaks for a while", async () => {
	const person = await operator();
	const { page } = person;
	await person.go("Network");
	const field = page.getByLabel("NTP Server", { exact: true });
	await field.fill("typed.example");
	await page.route("**/api/now*", (route) => route.abort());
	// Another stream takes the place: the page asks instead, and gets no answer.
	await page.evaluate("void fetch('/api/events')");
	await page.getByText("Connection lost").waitFor();
	await page.getByText("Connection lost").waitFor({ state: "detached" });
	assert.equal(await field.inputValue(), "typed.example");
	await page.getByRole("button", { name: "Submit" }).click();
	await page.getByText("Saved: NTPServerIP.").waitFor();
	await person.leave(/Failed to load/);
});

test("what was typed stays when the session ends by itself, and is gone after log-out", async () => {
	const person = await operator();
	const { page } = person;
	await person.go("Network");
	const field = page.getByLabel("NTP Server", { exact: true });
	const submit = page.getByRole("button", { name: "Submit" });
	await field.fill("kept.example");
	await page.context().clearCookies();
	await submit.click();
	await page.getByRole("heading", { name: "Log in to lobby" }).waitFor();
	assert.equal(await field.count(), 0);
	await person.logIn();
	await page.getByText("Logged in again.").waitFor();
	assert.equal(await field.inputValue(), "kept.example");
	await submit.click();
	await page.getByText("Saved: NTPServerIP.").waitFor();
	await field.fill("dropped.example");
	await page.getByRole("button", { name: "Log out" }).click();
	await person.logIn();
	await page.getByRole("heading", { name: "Network", level: 1 }).waitFor();
	assert.equal(await field.inputValue(), "kept.example");
	await person.leave(/status of 40[13]/);
});

test("a tab at the log-in goes on when somebody has logged in at another", async () => {
	const person = await operator();
	const { page } = person;
	await page.getByRole("button", { name: "Log out" }).click();
	await page.getByRole("heading", { name: "Log in to lobby" }).waitFor();
	const other = await page.context().newPage();
	await other.goto(site.url);
	await other.getByLabel("Password").fill(password);
	await other.getByRole("button", { name: "Log in" }).click();
	await other.getByRole("heading", { name: "Status", level: 1 }).waitFor();
	await page.bringToFront();
	await page.evaluate("dispatchEvent(new Event('focus'))");
	await page.getByRole("heading", { name: "Status", level: 1 }).waitFor();
	await other.close();
	await person.leave();
});

test("who leaves the page during an upload is told how it ended, and finds it there again", async () => {
	const person = await operator();
	const { page } = person;
	await person.go("Firmware");
	const large = join(site.bench.folder, "wrong.cmp");
	const bytes = Buffer.from(await firmware("1.1.0"));
	bytes[bytes.length - 5000]! ^= 1;
	writeFileSync(large, bytes);
	await page.route("**/api/firmware", async (route) => {
		await page.getByRole("heading", { name: "Reset", level: 1 }).waitFor();
		await route.continue();
	});
	await page.getByLabel("Firmware file (.cmp)").setInputFiles(large);
	await page.getByRole("button", { name: "Upload and install" }).click();
	await person.go("Reset");
	await page.getByText("Not taken: ").waitFor();
	await person.go("Firmware");
	await page.getByRole("alert").getByText("Not taken: ").waitFor();
	await person.leave(/status of 4|ERR_|Failed to load/);
});

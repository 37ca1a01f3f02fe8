// SPDX-License-Identifier: Apache-2.0
//
// The pages in Chromium, clicked the way the manual says.
// node-only: Chromium and a gateway

import test, { after, before } from "node:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { firmware, isVerdict } from "../e2e/bench.js";
import { desktop, launch, Person, phone } from "./browser.js";
import { password, Site } from "./site.js";

let browser: Browser;
let site: Site;

before(async () => {
	browser = await launch();
	site = await Site.open({ ini: "HostName = 'lobby'\nAutoUpdateOnStartup = 0\n" });
});
after(async () => {
	await browser.close();
	await site.close();
});

/** A person who is logged in. */
async function operator(options: object = desktop): Promise<Person> {
	const person = await Person.sit(browser, site.url, options);
	await person.logIn();
	await person.page.getByRole("heading", { name: "Status", level: 1 }).waitFor();
	return person;
}

async function shown(name: string): Promise<string> {
	const at = site.bench.serial.length;
	site.bench.type(`show settings ${name}`);
	await site.bench.printed(name, at + name.length + 20);
	await site.bench.printed("\n", site.bench.serial.lastIndexOf(name));
	return site.bench.serial.slice(at);
}

test("a password is to be set first: twice the same, and long enough", async () => {
	const person = await Person.sit(browser, site.url);
	const { page } = person;
	await page.getByRole("heading", { name: "Set a password first" }).waitFor();
	assert.deepEqual(await person.faults(), []);
	await page.getByLabel("New password").fill(password);
	await page.getByLabel("The same again").fill("something else");
	await page.getByRole("button", { name: "Set password" }).click();
	await page.getByText("The two passwords are not the same.").waitFor();
	await page.getByLabel("New password").fill("short");
	await page.getByLabel("The same again").fill("short");
	await page.getByRole("button", { name: "Set password" }).click();
	await page.getByText("wanted are 8 to 64 bytes").waitFor();
	await person.setUp();
	await page.getByRole("button", { name: "Log out" }).click();
	await page.getByRole("heading", { name: "Log in to lobby" }).waitFor();
	await person.logIn("wrong password");
	await page.getByRole("alert").getByText("wrong password").waitFor();
	await person.logIn();
	await page.getByRole("heading", { name: "Status", level: 1 }).waitFor();
	await person.leave(/status of 4(01|22)/);
});

test("SIP Remote Reset is turned on at its place in the manual", async () => {
	const person = await operator();
	const { page } = person;
	assert.deepEqual(await person.wayTo("Advanced Parameters"), ["Configuration", "VoIP", "SIP Definitions"]);
	await person.go("Advanced Parameters");
	const group = page.getByRole("group", { name: "Misc Parameters" });
	await group.getByLabel("SIP Remote Reset").selectOption("Enable");
	await page.getByRole("button", { name: "Submit" }).click();
	await page.getByText("Saved: EnableSIPRemoteReset.").waitFor();
	assert.equal(await group.getByLabel("SIP Remote Reset").inputValue(), "1");
	assert.match(await shown("EnableSIPRemoteReset"), /EnableSIPRemoteReset\s+1/);
	await person.leave();
});

test("wrong inputs are marked where they stand, and nothing is changed; what needs a reset says so", async () => {
	const person = await operator();
	const { page } = person;
	await person.go("Network");
	await page.getByLabel("NTP Update Interval").fill("often");
	await page.getByLabel("NTP Server", { exact: true }).fill("time.example");
	await page.getByRole("button", { name: "Submit" }).click();
	await page.getByText("nothing was changed: see the marked fields").waitFor();
	const field = page.getByLabel("NTP Update Interval");
	assert.equal(await field.getAttribute("aria-invalid"), "true");
	assert.equal(
		await page.locator("#NTPUpdateInterval-fault").textContent(),
		'expected a whole number, 0 to 31536000 s, found "often"',
	);
	assert.ok(
		await field.evaluate((element) => (element as unknown as { matches(s: string): boolean }).matches(":focus")),
	);
	assert.deepEqual(await person.faults(), []);
	await field.fill("3600");
	await page.getByLabel("Host Name").fill("reception");
	await page.getByRole("button", { name: "Submit" }).click();
	await page.getByText("These take effect after a reset: HostName.").waitFor();
	assert.match(await shown("NTPServerIP"), /NTPServerIP\s+time\.example/);
	await person.go("Network");
	await page.getByLabel("Host Name").fill("lobby");
	await page.getByRole("button", { name: "Submit" }).click();
	await page.getByText("These take effect after a reset: HostName.").waitFor();
	await person.leave(/status of 422/);
});

test("an ini is tried, shown with its difference, refused with its lines, loaded, and downloaded", async () => {
	const person = await operator();
	const { page } = person;
	await person.go("Configuration File");
	const file = (text: string) => ({ name: "site.ini", mimeType: "text/plain", buffer: Buffer.from(text) });
	await page
		.getByLabel("Configuration file (.ini)")
		.setInputFiles(file("DNSPriServerIP = 192.0.2.53\nNoSuchThing = 1\n"));
	await page.getByRole("button", { name: "Dry run" }).click();
	await page.getByText("1 parameter(s) would change.").waitFor();
	await page.getByText("NoSuchThing (line 2)").waitFor();
	assert.match(
		await page.getByRole("table", { name: "Difference" }).innerText(),
		/DNSPriServerIP\s+empty\s+192\.0\.2\.53\s+at once/,
	);
	assert.deepEqual(await person.faults(), []);
	await page
		.getByLabel("Configuration file (.ini)")
		.setInputFiles(file("DNSPriServerIP = 192.0.2.53\nAutoUpdateFrequency = often\n"));
	await page.getByRole("button", { name: "Load" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Load" }).click();
	await page.getByText("1 fault(s): nothing was taken.").waitFor();
	assert.match(await page.getByRole("table", { name: "Faults" }).innerText(), /2\s+23\s+AutoUpdateFrequency/);
	await page.getByLabel("Configuration file (.ini)").setInputFiles(file("DNSPriServerIP = 192.0.2.53\n"));
	await page.getByRole("button", { name: "Load" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
	await page.getByRole("button", { name: "Load" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Load" }).click();
	await page.getByText("1 parameter(s) changed.").waitFor();
	assert.match(await shown("DNSPriServerIP"), /DNSPriServerIP\s+192\.0\.2\.53/);
	const [download] = await Promise.all([
		page.waitForEvent("download"),
		page.getByRole("link", { name: "Download ini file" }).click(),
	]);
	const { readFileSync } = await import("node:fs");
	assert.match(readFileSync(await download.path(), "utf8"), /DNSPriServerIP = '192\.0\.2\.53'\r\n/);
	await person.leave(/status of 422/);
});

test("every page is free of serious faults of accessibility, on a desktop in the light, and on a phone in the dark", async () => {
	for (const options of [desktop, { ...phone, colorScheme: "dark" }]) {
		const person = await operator(options);
		const links = await person.page.locator("nav a").allTextContents();
		assert.ok(links.length >= 16);
		for (const title of links) {
			await person.go(title);
			assert.deepEqual(await person.faults(), [], `${title} ${JSON.stringify(options)}`);
			const width = await person.page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
			assert.ok(width <= 0, `${title} is ${width} wider than the screen`);
		}
		await person.leave();
	}
});

test("the keyboard alone does it: skip link, navigation, a change", async () => {
	const person = await operator();
	const { page } = person;
	await page.reload();
	await page.getByRole("heading", { name: "Status", level: 1 }).waitFor();
	const focused = (): Promise<string> => page.evaluate<string>("document.activeElement.textContent");
	await page.keyboard.press("Tab");
	assert.equal(await focused(), "Skip to content");
	for (let i = 0; i < 40 && (await focused()) !== "Advanced Parameters"; i++) await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Advanced Parameters", level: 1 }).waitFor();
	await page.getByLabel("SIP Remote Reset").waitFor();
	await page.keyboard.press("Tab");
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	await page.getByText("Saved: EnableSIPRemoteReset.").waitFor();
	await person.leave();
});

test("firmware that is not in order is not taken from the page either; what is, starts on trial and can be confirmed", async () => {
	const person = await operator();
	const { page } = person;
	await person.go("Firmware");
	const folder = site.bench.folder;
	const good = await firmware("1.1.0");
	const damaged = Buffer.from(good);
	damaged[200_000]! ^= 1;
	for (const [name, bytes, reason] of [
		["notes.cmp", Buffer.from("this is no firmware at all".repeat(40)), /Not taken: /],
		["unsigned.cmp", await firmware("1.1.0", { keys: [] }), /Not taken: /],
		["damaged.cmp", damaged, /Not taken: /],
		["older.cmp", await firmware("0.9.0"), /Not taken: .*older/],
		["cut.cmp", good.subarray(0, 300_000), /Not taken: /],
		["large.cmp", Buffer.alloc(17 * 1024 * 1024), /Not taken: the file is too large/],
	] as [string, Buffer, RegExp][]) {
		writeFileSync(join(folder, name), bytes);
		await page.getByLabel("Firmware file (.cmp)").setInputFiles(join(folder, name));
		await page.getByRole("button", { name: "Upload and install" }).click();
		await page.getByRole("alert").getByText(reason).waitFor();
		await page.reload();
		await page.getByLabel("Firmware file (.cmp)").waitFor();
	}
	assert.equal(site.bench.all("boot").length, 1);
	writeFileSync(join(folder, "good.cmp"), good);
	await page.getByLabel("Firmware file (.cmp)").setInputFiles(join(folder, "good.cmp"));
	await page.getByRole("button", { name: "Upload and install" }).click();
	await page.getByText("Checked: version 1.1.0 lies in slot ota_1.").waitFor();
	await site.bench.until((event) => event.event === "boot" && event.version === "1.1.0");
	await page.getByRole("heading", { name: "Log in to lobby" }).waitFor();
	await person.logIn();
	await page.getByRole("heading", { name: "Firmware", level: 1 }).waitFor();
	const verdict = site.bench.until(isVerdict("confirmed"));
	await page.getByRole("button", { name: "Confirm" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Confirm" }).click();
	await verdict;
	await person.leave(/status of 4|ERR_|Failed to load/);
});

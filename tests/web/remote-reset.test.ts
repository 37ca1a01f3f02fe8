// SPDX-License-Identifier: Apache-2.0
//
// 'SIP Remote Reset', clicked where the manual has it: a NOTIFY of sipsak is refused before, refused while nobody is named who may send
// it, and obeyed afterwards, which the page shows live.
// node-only: Chromium, sipsak and a gateway

import test from "node:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { type Sent, sipsak } from "../e2e/sipsak.js";
import { freePort } from "../harness/loopback.js";
import { launch, Person } from "./browser.js";
import { Site } from "./site.js";

/** The listener follows the settings within a second: sends until the answer is as wanted. */
async function answered(port: number, args: string[], wanted: RegExp): Promise<Sent> {
	let sent = await sipsak(port, args);
	for (let i = 0; i < 20 && !wanted.test(sent.output); i++) {
		await delay(200);
		sent = await sipsak(port, args);
	}
	assert.match(sent.output, wanted);
	return sent;
}

/** Changes one parameter of the page by its label, and submits. */
async function submit(person: Person, group: string, label: string, value: string): Promise<void> {
	const { page } = person;
	const button = page.getByRole("button", { name: "Submit" });
	const field = page.getByRole("group", { name: group }).getByLabel(label, { exact: true });
	if (/able$/.test(value)) await field.selectOption(value);
	else await field.fill(value);
	await button.click();
	await page.getByText(/^Saved: /).waitFor();
	assert.equal(
		await page.evaluate<string>("document.activeElement.textContent"),
		"Submit",
		"the keyboard stays where it was",
	);
}

test("SIP Remote Reset is clicked where the manual has it, and then a NOTIFY makes the update that the page shows", async (t) => {
	const port = await freePort();
	const site = await Site.open({
		ini: "HostName = 'lobby'\nAutoUpdateOnStartup = 0\nTLSLocalSIPPort = 0\nSIPNotifyInterval = 0\n",
		args: ["--port", `sip=${port}`],
	});
	t.after(() => site.close());
	const { bench } = site;
	const server = await startProvisioningServer({ root: bench.www, port: 0, log: () => undefined });
	t.after(() => server.close());
	writeFileSync(join(bench.www, "lobby.ini"), "EnableSIPRemoteReset = 1\nHostName = 'foyer'\n");
	const browser = await launch();
	t.after(() => browser.close());
	const person = await Person.sit(browser, site.url);
	const { page } = person;
	await person.setUp();

	const before = await sipsak(port, []);
	assert.notEqual(before.status, 0, before.output);
	assert.doesNotMatch(before.output, /SIP\/2\.0 [1-6]/, "nothing listens");

	assert.deepEqual(await person.wayTo("Advanced Parameters"), ["Configuration", "VoIP", "SIP Definitions"]);
	await person.go("Advanced Parameters");
	await submit(person, "Misc Parameters", "SIP Remote Reset", "Enable");
	await page.getByText("of nobody while both are empty").waitFor();
	await answered(port, [], /SIP\/2\.0 403/);
	assert.deepEqual(bench.all("trigger"), [], "nobody is named who may send it");

	await submit(person, "Who Is Obeyed", "NOTIFY User", "operator");
	await submit(person, "Who Is Obeyed", "NOTIFY Password", "four words are better");
	await answered(port, [], /SIP\/2\.0 401/);
	await submit(person, "Who Is Obeyed", "NOTIFY Sources", "127.0.0.1");
	await person.go("Automatic Update");
	await submit(person, "Files", "Configuration File URL", `${server.url}/lobby.ini`);

	await person.go("Update Now");
	await page.getByText("none since the start").waitFor();
	const { output } = await answered(port, [], /SIP\/2\.0 200 OK/);
	assert.match(output, /200 OK/);
	await page.getByText("automatic update started: notify by SIP UDP 127.0.0.1").waitFor();
	await page.getByText(/^(confirmed|nothing-new) \(version 1\.0\.0\)/).waitFor();
	assert.equal(bench.all("trigger").filter(({ cause }) => cause === "notify").length > 0, true);

	await person.go("Advanced Parameters");
	await submit(person, "Misc Parameters", "SIP Remote Reset", "Disable");
	for (let i = 0; i < 20 && (await sipsak(port, [])).status === 0; i++) await delay(200);
	assert.notEqual((await sipsak(port, [])).status, 0);
	await person.leave();
});

// SPDX-License-Identifier: Apache-2.0
//
// A firmware update over https while a browser has the pages open, and SIP and SNMP listen: all of it succeeds, the new version is seen
// there, and the script's memory suffices with the page open.
// node-only: Chromium and a gateway

import test from "node:test";
import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { firmware, isVerdict } from "../e2e/bench.js";
import { Nginx } from "../e2e/nginx.js";
import { freePort } from "../harness/loopback.js";
import { leaf } from "../tls/certificates.js";
import { launch, Person } from "./browser.js";
import { password, Site } from "./site.js";

interface Use {
	now: number;
	peak: number;
	size: number;
}

type Memory = Record<"slots" | "chunks" | "stack" | "native", Use>;

/** What the page is told of the memory while an update works: it asks every second. */
function watchMemory({ page }: Person): Memory[] {
	const seen: Memory[] = [];
	page.on("response", (response) => {
		if (!response.ok() || !response.url().includes("/api/now")) return;
		response.json().then(
			({ update, memory }: { update: { phase: string }; memory: Memory }) => {
				if (update.phase !== "idle") seen.push(memory);
			},
			() => undefined, // the gateway restarts in the middle of an answer
		);
	});
	return seen;
}

test("an update over https is begun at the page, which comes back with the new version", async (t) => {
	const listeners = ["EnableSIPRemoteReset = 1", "SIPNotifySources = '127.0.0.1'", "DisableSNMP = 0"];
	const site = await Site.open({
		ini: [
			...listeners,
			"SNMPReadOnlyCommunityString_0 = 'look'",
			"HostName = 'lobby'",
			"AutoUpdateOnStartup = 0\n",
		].join("\n"),
		args: ["--flash-timing", "1", "--port", `sip=${await freePort()}`, "--port", `snmp=${await freePort()}`],
	});
	t.after(() => site.close());
	const { bench } = site;
	chmodSync(bench.folder, 0o755);
	const server = site.maker.issue({ name: "server", by: site.root, extensions: leaf("IP:127.0.0.1") });
	const tls = [`ssl_certificate ${server.certificateFile};`, `ssl_certificate_key ${server.keyFile};`];
	const nginx = await Nginx.start(join(bench.folder, "nginx"), bench.www, [...tls, "limit_rate 400k;"]);
	t.after(() => nginx.close());
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
	const browser = await launch();
	t.after(() => browser.close());
	const person = await Person.sit(browser, site.url);
	const { page } = person;
	const memory = watchMemory(person);
	await person.setUp();
	await person.go("Automatic Update");
	await page.getByLabel("Firmware URL, Each Time").fill(`${nginx.url}/firmware.cmp`);
	await page.getByRole("button", { name: "Submit" }).click();
	await page.getByText("Saved: AutoCmpFileUrl.").waitFor();
	await person.go("Update Now");
	await page.getByRole("button", { name: "Update now" }).click();
	await bench.until(isVerdict("confirmed"));
	await page.getByRole("heading", { name: "Log in to lobby" }).waitFor();
	await person.logIn();
	await page.getByText("confirmed (version 1.1.0)").waitFor();
	await page.getByRole("rowheader", { name: "Running version" }).waitFor();
	const from = bench.serial.length;
	bench.type(password); // the console asks for it too
	bench.type("show memory");
	await bench.printed("native heap", from);
	await bench.printed("web pages", from);
	assert.doesNotMatch(bench.serial, /panic|fault/);
	assert.match(bench.serial.slice(from), /sip +\d+ when opened/);
	assert.match(bench.serial.slice(from), /snmp +\d+ when opened/);
	t.diagnostic(bench.serial.slice(from).replace(/ +/g, " "));
	assert.ok(memory.length > 0, "the page has watched the update");
	const last = memory.at(-1)!;
	for (const kind of ["slots", "chunks", "stack"] as const) {
		t.diagnostic(`${kind} with page, SIP, SNMP and the update: ${last[kind].peak} of ${last[kind].size}`);
		assert.ok(last[kind].peak < last[kind].size, kind);
	}
	assert.equal(bench.all("boot").at(-1)?.version, "1.1.0");
	// While the device restarts it does not answer, and its session is gone.
	await person.leave(/Failed to load resource|ERR_|401/);
});

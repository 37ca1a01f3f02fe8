// SPDX-License-Identifier: Apache-2.0
//
// A firmware update over https while a browser has the pages open: both succeed, and the new version is seen there.
// node-only: Chromium and a gateway

import test from "node:test";
import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { firmware, isVerdict } from "../e2e/bench.js";
import { Nginx } from "../e2e/nginx.js";
import { leaf } from "../tls/certificates.js";
import { launch, Person } from "./browser.js";
import { password, Site } from "./site.js";

test("an update over https is begun at the page, which comes back with the new version", async (t) => {
	const site = await Site.open({
		ini: "HostName = 'lobby'\nAutoUpdateOnStartup = 0\n",
		args: ["--flash-timing", "1"],
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
	const memory = bench.serial.length;
	bench.type(password); // the console asks for it too
	bench.type("show memory");
	await bench.printed("native heap", memory);
	assert.doesNotMatch(bench.serial, /panic|fault/);
	t.diagnostic(bench.serial.slice(memory).replace(/ +/g, " "));
	assert.equal(bench.all("boot").at(-1)?.version, "1.1.0");
	// While the device restarts it does not answer, and its session is gone.
	await person.leave(/Failed to load resource|ERR_|401/);
});

// SPDX-License-Identifier: Apache-2.0
//
// Whole updates with our C, loader and gateway, under AddressSanitizer and UndefinedBehaviorSanitizer: http, and https with the
// gateway's own certificate; new firmware, restart, confirmation, power off and on. The other runs of this folder do so with
// UPGATE_SANITIZE=1.

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";
import { Bench, firmware, isVerdict, mac } from "./bench.js";
import { Nginx } from "./nginx.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-sanitized-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** From the factory's firmware to a confirmed 1.1.0 from a server, and on through a power cut. */
async function updateFrom(bench: Bench, url: string): Promise<void> {
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0", { sanitize: true }));
	const lines = [
		"INIFileVersion = 3",
		`IniFileURL = '${url}/config_<MAC>.ini'`,
		`AutoCmpFileUrl = '${url}/firmware.cmp'`,
	];
	writeFileSync(join(bench.www, `config_${mac}.ini`), `${lines.join("\n")}\n`);
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set IniFileURL ${url}/config_<MAC>.ini`);
	bench.type("update");
	await bench.until((event) => event.event === "restart");
	const boot = await bench.until((event) => event.event === "boot");
	assert.deepEqual([boot.version, boot.reason, boot.state], ["1.1.0", "software", "pending"]);
	await bench.until(isVerdict("confirmed"));
	// __asan_ names are in its dynamic symbols: the program that runs is the one that watches itself.
	assert.ok(bench.executable().bytes.includes("__asan_"));
	await bench.powerOff("SIGKILL");
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	await bench.until(isVerdict("nothing-new"));
	const reasons = bench.all("boot").map((event) => event.reason);
	assert.deepEqual(reasons, ["power-on", "software", "power-on"]);
}

test("an update over http, nothing for the sanitizers to tell", async (t) => {
	const bench = await Bench.make({ ini: "", sanitize: true });
	t.after(() => bench.close());
	const server = await startProvisioningServer({ root: bench.www, port: 0, log: () => undefined });
	t.after(() => server.close());
	await updateFrom(bench, server.url);
});

test("an update over https with the gateway's certificate, nothing for the sanitizers to tell", async (t) => {
	const maker = new CertificateMaker(folder);
	const root = maker.issue({ name: "root", extensions: ca });
	const server = maker.issue({ name: "server", by: root, extensions: leaf("IP:127.0.0.1") });
	const device = maker.issue({ name: "device", by: root, extensions: leaf("", "clientAuth") });
	const credentials = { roots: root.certificateFile, certificate: device.certificateFile, key: device.keyFile };
	const bench = await Bench.make({ ini: "", credentials, sanitize: true });
	t.after(() => bench.close());
	chmodSync(bench.folder, 0o755);
	const nginx = await Nginx.start(join(bench.folder, "nginx"), bench.www, [
		...[`ssl_certificate ${server.certificateFile};`, `ssl_certificate_key ${server.keyFile};`],
		...[`ssl_client_certificate ${root.certificateFile};`, "ssl_verify_client on;"],
	]);
	t.after(() => nginx.close());
	await updateFrom(bench, nginx.url);
	assert.equal(bench.all("tls")[0].verified, true);
});

// SPDX-License-Identifier: Apache-2.0
//
// SIPSRequireClientCertificate = 1: over TLS only senders whose certificate our roots verify are heard, with TLS 1.2 and 1.3.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { freePort } from "../harness/loopback.js";
import { ca, CertificateMaker, type Issued, leaf } from "../tls/certificates.js";
import { Bench } from "./bench.js";
import { sendOverTLS } from "./sip-over-tls.js";

const clientLeaf = leaf("", "clientAuth");

/** What the gateway has, and senders with and without what it wants. */
function issue(maker: CertificateMaker) {
	const root = maker.issue({ name: "root", extensions: ca });
	const stranger = maker.issue({ name: "stranger", extensions: ca });
	const made = (name: string, by: Issued, extensions = clientLeaf, more = {}): Issued =>
		maker.issue({ name, by, extensions, ...more });
	return {
		root,
		device: made("device", root, leaf("IP:127.0.0.1", "serverAuth")),
		good: made("pbx", root),
		bad: {
			"no certificate": undefined,
			"one of another CA": made("foreign", stranger),
			"one of a server": made("server", root, leaf("IP:127.0.0.1", "serverAuth")),
			"an expired one": made("old", root, clientLeaf, { from: "20200101000000Z", to: "20210101000000Z" }),
			"one signed by itself": maker.issue({ name: "self", extensions: clientLeaf }),
		},
	};
}

test("SIP over TLS hears who shows a certificate of our roots, and nobody else; after each refusal the next good one is answered", async (t) => {
	const folder = mkdtempSync(join(tmpdir(), "upgate-sip-"));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	const { root, device, good, bad } = issue(new CertificateMaker(folder));
	const credentials = { roots: root.certificateFile, certificate: device.certificateFile, key: device.keyFile };
	const port = await freePort();
	const ini = ["EnableSIPRemoteReset = 1", "AutoUpdateOnStartup = 0", "SIPNotifySources = '127.0.0.1'"];
	ini.push("SIPNotifyInterval = 0", "SIPSRequireClientCertificate = 1", "LocalSIPPort = 0", "TCPLocalSIPPort = 0", "");
	const args = ["--port", `sip=${port - 1}`, "--listen", "127.0.0.1"];
	const bench = await Bench.make({ ini: ini.join("\r\n"), args, credentials });
	t.after(() => bench.close());
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	const from = bench.serial.length;
	for (let i = 0; i < 100 && !bench.serial.slice(from).includes(`TLS ${port}`); i++) {
		bench.type("show sip");
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
	let heard = 0;
	for (const version of ["-tls1_2", "-tls1_3"]) {
		const send = (client: Issued | undefined) =>
			sendOverTLS(port, { root: root.certificateFile, client, args: [version] });
		for (const [name, client] of Object.entries(bad)) {
			const refused = await send(client);
			assert.doesNotMatch(refused.output, /SIP\/2\.0/, `${name}, ${version}`);
			assert.match(refused.output, /alert|error|handshake/i, `${name}, ${version}: ${refused.output}`);
			assert.match((await send(good)).output, /SIP\/2\.0 200 OK/, `after ${name}, ${version}`);
			heard++;
		}
	}
	bench.type("show sip");
	await bench.printed(`\ntriggered                        ${heard}\r`, from);
	assert.equal(bench.all("sip").filter(({ result }) => result !== "triggered").length, 0);
});

// SPDX-License-Identifier: Apache-2.0
//
// Keys made on the device with the requests for them, and what becomes of keys when certificates are removed, on XS.
// node-only: processes

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";
import {
	add,
	code,
	entries,
	fingerprint,
	imported,
	kinds,
	list,
	openssl,
	type Outcome,
	record,
	run,
	signer,
	text,
} from "./bench.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-certificates-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const maker = new CertificateMaker(folder);
const client = leaf("", "clientAuth");
const root = maker.issue({ name: "root", extensions: ca });
const middle = maker.issue({ name: "middle", by: root, extensions: ca });
const device = maker.issue({ name: "device", by: middle, extensions: client });
const rsa = maker.issue({ name: "rsa", by: root, key: "rsa2048", extensions: client });

const { sign, renew } = signer(root, folder);

test("a request is made for a key of its own, which the certificate brings into force", async () => {
	const before = [
		add("device", device.certificate, device.key),
		{ do: "request", subject: "CN=gateway 1,O=upgate test" },
	];
	const outcomes = await run(...before, record("request.key"), list, { do: "request", subject: "00908F1DD0D3" });
	const { text: request, isNewKey } = outcomes[1].result as { text: string; isNewKey: boolean };
	assert.equal(isNewKey, true);
	assert.match(openssl(["req", "-verify", "-noout", "-subject"], request), /CN ?= ?gateway 1/);
	assert.deepEqual(kinds(outcomes[3]), ["device", "key", "request-key"]);
	const second = outcomes[4].result as { text: string; isNewKey: boolean };
	assert.equal(second.isNewKey, false, "the certificate of the first may be on its way");
	assert.match(openssl(["req", "-noout", "-subject"], second.text), /CN ?= ?00908F1DD0D3/);
	const publicOf = (csr: string): string => openssl(["req", "-noout", "-pubkey"], csr);
	assert.equal(publicOf(second.text), publicOf(request));

	const issued = sign(request);
	const key = text(outcomes[2]);
	const later = await run(
		before[0],
		{ do: "record", name: "request.key", pem: key },
		add("device", rsa.certificate),
		add("key", key),
		add("device", issued),
		list,
		record("device.key"),
	);
	assert.match(imported(later[2]).description, /waits for its private key/);
	assert.equal(imported(later[3]).changed, false);
	assert.deepEqual(kinds(later[5]), ["device", "key"]);
	assert.match(entries(later[5])[0].subject ?? "", /CN=gateway 1/);
	assert.equal(text(later[6]), key);
});

test("a subject that is none is refused, and makes no key", async () => {
	const subjects = ["=", "CN", "CN=", "XX=1", "CN=a,", `CN=${"a".repeat(300)}`, "CN=a,O", "CN=ä".repeat(70)];
	const outcomes = await run(...subjects.map((subject) => ({ do: "request", subject })), list);
	const refused = outcomes.slice(0, -1).map(({ code: value }) => value ?? "taken");
	assert.deepEqual(
		subjects.filter((_, i) => refused[i] !== "CERTIFICATES_REQUEST"),
		["CN"],
		"a name alone is a common name",
	);
	assert.deepEqual(kinds(outcomes.at(-1) as Outcome), ["request-key"]);
});

test("the key outlives its certificate, and waits for another; a key in force goes with force only", async () => {
	const outcomes = await run(
		add("device", device.certificate, middle.certificate, device.key),
		{ do: "remove", handle: `device=${fingerprint(device).slice(0, 8)}` },
		list,
		{ do: "identity" },
		add("device", renew(device, "again")),
		list,
		add("key", rsa.key),
		{ do: "remove", handle: "device=0000" },
	);
	assert.deepEqual(kinds(outcomes[2]), ["next-key"]);
	assert.equal(outcomes[3].result, false);
	assert.deepEqual(kinds(outcomes[5]), ["device", "key"]);
	assert.equal(code(outcomes[7]), "CERTIFICATES_UNKNOWN");

	const [, key] = entries(outcomes[5]);
	const again = await run(
		add("device", device.certificate, device.key),
		{ do: "remove", handle: key.fingerprint },
		add("key", rsa.key),
		{ do: "remove", handle: fingerprint(device) },
		{ do: "remove", handle: key.fingerprint, force: true },
		list,
	);
	assert.deepEqual([code(again[1]), code(again[3])], ["CERTIFICATES_IN_USE", "CERTIFICATES_IN_USE"]);
	assert.deepEqual(kinds(again[5]), ["next-key"]);
	const [{ fingerprint: waiting }] = entries(again[5]);
	const end = await run(add("key", rsa.key), { do: "remove", handle: waiting }, list);
	assert.deepEqual(end[2].result, []);
});

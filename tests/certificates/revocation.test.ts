// SPDX-License-Identifier: Apache-2.0
//
// Keys that sign firmware and are revoked, on XS.
// node-only: processes

import assert from "node:assert/strict";
import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { ca, CertificateMaker } from "../tls/certificates.js";
import { add, entries, fingerprint, list, openssl, run } from "./bench.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-revocation-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const maker = new CertificateMaker(folder);
const root = maker.issue({ name: "root", extensions: ca });
const middle = maker.issue({ name: "middle", by: root, extensions: ca });

/** SHA-256 of a public key in PEM. */
function print(pem: string): string {
	return createHash("sha256")
		.update(createPublicKey(pem).export({ type: "spki", format: "der" }))
		.digest("hex");
}

test("a revoked key signs no longer, stays listed, and does not come back; it is forgotten by force only", async () => {
	const one = openssl(["pkey", "-in", root.keyFile, "-pubout"]);
	const two = openssl(["pkey", "-in", middle.keyFile, "-pubout"]);
	const first = print(one).slice(0, 16);
	const outcomes = await run(
		add("signing", one, two),
		add("root", root.certificate),
		{ do: "revoke", handle: first, full: true },
		{ do: "revoke", handle: first },
		list,
		{ do: "keys" },
		add("signing", one),
		add("signing", two, root.certificate),
		{ do: "revoke", handle: first },
		{ do: "revoke", handle: print(two) },
		{ do: "revoke", handle: fingerprint(root) },
		{ do: "revoke", handle: print(two), force: true },
		{ do: "keys" },
		{ do: "remove", handle: first },
		{ do: "remove", handle: first, force: true },
		add("signing", one),
		{ do: "keys" },
	);
	const codes = outcomes.map(({ code }) => code);
	assert.deepEqual(codes.slice(2, 4), ["", undefined]);
	assert.equal(outcomes[3].commits, 1);
	assert.deepEqual(
		entries(outcomes[4]).map((entry) => [entry.kind, entry.fingerprint]),
		[
			["root", fingerprint(root)],
			["signing", print(two)],
			["revoked", print(one)],
		],
	);
	assert.deepEqual(outcomes[5].result, [1, 1]);
	assert.deepEqual(codes.slice(6, 8), ["CERTIFICATES_REVOKED", "CERTIFICATES_REVOKED"]);
	assert.deepEqual(codes.slice(8, 12), [
		"CERTIFICATES_UNKNOWN",
		"CERTIFICATES_IN_USE",
		"CERTIFICATES_UNKNOWN",
		undefined,
	]);
	assert.deepEqual(outcomes[12].result, [0, 2]);
	assert.deepEqual(codes.slice(13), ["CERTIFICATES_IN_USE", undefined, undefined, undefined]);
	assert.deepEqual(outcomes[16].result, [1, 1]);
});

test("a damaged list of revoked keys keeps keys from coming in, and is told to whoever asks for them", async () => {
	const one = openssl(["pkey", "-in", root.keyFile, "-pubout"]);
	const outcomes = await run(
		{ do: "record", name: "revoked.pem", pem: "nothing" },
		add("signing", one),
		{ do: "keys" },
		list,
	);
	assert.deepEqual([outcomes[1].code, outcomes[2].code], ["CERTIFICATES_DAMAGED", "CERTIFICATES_DAMAGED"]);
	const [{ kind, damaged }] = entries(outcomes[3]);
	assert.deepEqual([kind, damaged], ["revoked", true]);
});

test("at most eight keys are remembered as revoked", async () => {
	const keys = Array.from({ length: 9 }, () => {
		const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
		return publicKey.export({ type: "spki", format: "pem" }).toString();
	});
	const steps = keys.flatMap((key) => [add("signing", key), { do: "revoke", handle: print(key), force: true }]);
	const outcomes = await run(...steps, { do: "keys" });
	assert.ok(outcomes.slice(0, 17).every(({ code }) => code === undefined));
	assert.equal(outcomes[17].code, "CERTIFICATES_LIMIT");
	assert.deepEqual(outcomes[18].result, [1, 8]);
});

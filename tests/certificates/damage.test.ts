// SPDX-License-Identifier: Apache-2.0
//
// Imports of damaged input on XS: cut off at each byte, changed at random places.
// node-only: processes

import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";
import { derOf, openssl, type Outcome, run } from "./bench.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-certificates-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const maker = new CertificateMaker(folder);
const root = maker.issue({ name: "root", extensions: ca });
const device = maker.issue({ name: "device", by: root, extensions: leaf("", "clientAuth") });
const rsa = maker.issue({ name: "rsa", by: root, key: "rsa2048", extensions: leaf("", "clientAuth") });
const der = (command: string[]): string => openssl([...command, "-outform", "DER"], undefined, "hex");

const inputs: Record<string, object> = {
	"a root in DER": { role: "root", der: derOf(root) },
	"a root in PEM": { role: "root", pem: root.certificate },
	"a certificate with its key in PEM": { role: "device", pem: device.certificate + device.key },
	"a P-256 key in DER": { role: "key", der: der(["pkey", "-in", device.keyFile, "-traditional"]) },
	"a P-256 key in PKCS#8": { role: "key", der: der(["pkcs8", "-topk8", "-nocrypt", "-in", device.keyFile]) },
	"an RSA key in DER": { role: "key", der: der(["pkey", "-in", rsa.keyFile, "-traditional"]) },
	"a public key in DER": { role: "signing", der: der(["pkey", "-in", device.keyFile, "-pubout"]) },
};

function codes({ result, code, message }: Outcome): Record<string, number> {
	if (result === undefined) assert.fail(`${code} ${message}`);
	return result as Record<string, number>;
}

for (const [name, input] of Object.entries(inputs)) {
	test(`${name}, cut off at each byte, is refused`, async () => {
		const [outcome] = await run({ do: "damage", ...input });
		const { taken = 0, ...refused } = codes(outcome);
		// PEM without its last line end is whole, and a certificate without its key waits.
		const most = name.includes("with its key") ? device.key.length + 1 : name.includes("PEM") ? 1 : 0;
		assert.ok(taken <= most, `${taken} taken`);
		assert.ok(Object.values(refused).reduce((sum, count) => sum + count, 0) > 50);
	});
}

test("changed inputs are refused or taken as what they are", async (t) => {
	const seed = Number(process.env.UPGATE_SEED ?? randomInt(1, 2 ** 31));
	t.diagnostic(`UPGATE_SEED=${seed}`);
	const steps = Object.values(inputs).map((input, i) => ({ do: "damage", ...input, seed: seed + i, count: 300 }));
	for (const outcome of await run(...steps)) {
		const { taken = 0, ...refused } = codes(outcome);
		const sum = Object.values(refused).reduce((all, count) => all + count, 0);
		assert.equal(taken + sum, 300);
		assert.ok(sum > 0, `seed ${seed}`);
	}
});

// SPDX-License-Identifier: Apache-2.0
//
// The own certificate and its key on XS: halves in any order, chains in any order, all forms of keys, requests, removal.
// node-only: processes

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";
import {
	add,
	addDER,
	code,
	derOf,
	entries,
	fingerprint,
	imported,
	kinds,
	list,
	openssl,
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
const upper = maker.issue({ name: "upper", by: root, extensions: ca });
const middle = maker.issue({ name: "middle", by: upper, extensions: ca });
const device = maker.issue({ name: "device", by: middle, extensions: client });
const rsa = maker.issue({ name: "rsa", by: root, key: "rsa2048", extensions: client });
const third = maker.issue({ name: "third", by: root, key: "p384", extensions: client });
const weak = maker.issue({ name: "weak", by: root, key: "rsa1024", extensions: client });

const { renew } = signer(root, folder);

test("certificate, chain and key in one text are in force at once, leaf first, whatever the order; a root is left out", async () => {
	const parts = [root.certificate, upper.certificate, device.key, middle.certificate, device.certificate];
	for (const order of [parts, [...parts].reverse(), [parts[4], parts[1], parts[0], parts[3], parts[2]]]) {
		const outcomes = await run(
			add("device", ...order, middle.certificate),
			list,
			{ do: "identity" },
			add("device", ...parts),
		);
		assert.deepEqual(
			entries(outcomes[1])
				.map(({ kind, fingerprint: print }) => `${kind} ${print}`)
				.slice(0, 3),
			[`device ${fingerprint(device)}`, `chain ${fingerprint(middle)}`, `chain ${fingerprint(upper)}`],
		);
		assert.deepEqual(kinds(outcomes[1]).slice(3), ["key"]);
		assert.equal(outcomes[2].result, true);
		assert.deepEqual([imported(outcomes[3]).changed, outcomes[3].commits], [false, 0]);
	}
});

test("halves come one after the other, in either order, each with one commit; the pair in force stays until then", async () => {
	const before = add("device", rsa.certificate, rsa.key);
	const chain = add("device", middle.certificate, device.certificate, upper.certificate);
	const key = add("key", device.key);
	const inForce = record("device.crt");
	for (const start of [[before], []]) {
		for (const [first, second] of [
			[chain, key],
			[key, chain],
		]) {
			const outcomes = await run(...start, first, inForce, first, second, inForce, list, { do: "identity" });
			const [one, held, again, two, now, listed, identity] = outcomes.slice(start.length);
			assert.match(imported(one).description, /waits for its/);
			assert.deepEqual([imported(one).changed, one.commits], [true, 1]);
			assert.equal(text(held), start.length > 0 ? rsa.certificate : "");
			assert.equal(imported(again).changed, false);
			assert.match(imported(two).description, /CN=device, .*", until 2040-01-01, is in force$/);
			assert.equal(two.commits, 1);
			assert.ok(text(now).startsWith(device.certificate));
			assert.deepEqual(kinds(listed), ["device", "chain", "chain", "key"]);
			assert.equal(identity.result, true);
		}
	}
});

test("what does not fit is refused, in one text and against what waits; nothing changes", async () => {
	const inForce = add("device", device.certificate, device.key);
	const cases: [object[], object][] = [
		[[inForce], add("device", rsa.certificate, device.key)],
		[[inForce], add("device", rsa.key, device.certificate)],
		[[inForce, add("key", rsa.key)], add("device", third.certificate)],
		[[inForce, add("device", rsa.certificate)], add("key", third.key)],
		[[add("key", rsa.key)], add("device", third.certificate)],
		[[add("device", rsa.certificate)], add("key", third.key)],
	];
	for (const [before, step] of cases) {
		const outcomes = await run(...before, list, step, list);
		const [listed, refused, after] = outcomes.slice(before.length);
		assert.equal(code(refused), "CERTIFICATES_MISMATCH");
		assert.equal(refused.commits, 0);
		assert.deepEqual(after.result, listed.result);
	}
});

test("a later half replaces one that waits; a renewal for the key in force takes effect while another key waits", async () => {
	const renewed = renew(device, "renewed");
	const outcomes = await run(
		add("device", device.certificate, device.key),
		add("device", rsa.certificate),
		add("device", third.certificate),
		record("next.crt"),
		add("key", third.key),
		record("device.crt"),
		add("key", device.key),
		add("key", rsa.key),
		record("next.key"),
		add("device", renew(third, "renewed-third")),
		list,
		add("device", device.certificate),
		add("device", renewed),
	);
	assert.equal(text(outcomes[3]), third.certificate);
	assert.equal(text(outcomes[5]), third.certificate);
	assert.match(imported(outcomes[6]).description, /^private key [0-9a-f]{16} waits for its certificate$/);
	assert.equal(text(outcomes[8]), rsa.key);
	assert.match(imported(outcomes[9]).description, /CN=renewed-third/);
	assert.deepEqual(kinds(outcomes[10]), ["device", "key", "next-key"]);
	assert.equal(code(outcomes[11]), "CERTIFICATES_MISMATCH");
	assert.equal(code(outcomes[12]), "CERTIFICATES_MISMATCH");
});

test("a key in force comes again: nothing changes, in any of its forms", async () => {
	const forms: [string, string[]][] = [
		["PKCS#8", ["pkcs8", "-topk8", "-nocrypt"]],
		["SEC1 or PKCS#1", ["pkey", "-traditional"]],
	];
	for (const issued of [device, rsa, third]) {
		for (const [name, command] of forms) {
			const pem = openssl([...command, "-in", issued.keyFile]);
			const der = openssl([...command, "-in", issued.keyFile, "-outform", "DER"], undefined, "hex");
			const outcomes = await run(
				add("device", issued.certificate),
				addDER("key", der),
				record("device.key"),
				{ do: "identity" },
				add("key", pem),
				add("key", issued.key),
				addDER("device", derOf(issued)),
				list,
			);
			assert.equal(text(outcomes[2]), pem, `${name}: the label is that of the form`);
			assert.equal(outcomes[3].result, true);
			for (const i of [4, 5, 6]) assert.deepEqual([imported(outcomes[i]).changed, outcomes[i].commits], [false, 0]);
			assert.deepEqual(kinds(outcomes[7]), ["device", "key"]);
			assert.ok(!JSON.stringify(outcomes[7]).includes(pem.split("\n")[1].slice(0, 20)));
		}
	}
	const withParameters = openssl(["ecparam", "-name", "prime256v1", "-genkey"]);
	assert.match(withParameters, /EC PARAMETERS/);
	assert.equal(imported((await run(add("key", withParameters)))[0]).changed, true);
});

test("keys that are encrypted, weak, of other kinds or not alone are refused with their reason", async () => {
	const pass = ["-aes128", "-passout", "pass:x"];
	const locked = openssl(["pkey", "-in", device.keyFile, ...pass]);
	const lockedDER = openssl(
		["pkcs8", "-topk8", "-in", device.keyFile, "-outform", "DER", "-passout", "pass:x"],
		undefined,
		"hex",
	);
	const old = openssl(["ec", "-in", device.keyFile, ...pass]);
	const p12 = openssl(
		["pkcs12", "-export", "-inkey", device.keyFile, "-in", device.certificateFile, "-passout", "pass:x"],
		undefined,
		"hex",
	);
	const cases: [object, string][] = [
		[add("key", locked), "CERTIFICATES_ENCRYPTED"],
		[addDER("key", lockedDER), "CERTIFICATES_ENCRYPTED"],
		[add("key", old), "CERTIFICATES_ENCRYPTED"],
		[add("device", device.certificate, locked), "CERTIFICATES_ENCRYPTED"],
		[addDER("key", p12), "CERTIFICATES_KIND"],
		[add("key", weak.key), "CERTIFICATES_WEAK"],
		[add("device", weak.certificate), "CERTIFICATES_WEAK"],
		[add("key", openssl(["genpkey", "-algorithm", "ED25519"])), "CERTIFICATES_FORMAT"],
		[add("key", device.key, rsa.key), "CERTIFICATES_KIND"],
		[add("key", device.key, device.certificate), "CERTIFICATES_KIND"],
		[add("key", device.certificate), "CERTIFICATES_KIND"],
		[add("device", device.key), "CERTIFICATES_KIND"],
		[add("device", device.key, rsa.key, device.certificate), "CERTIFICATES_LIMIT"],
		[add("key", device.key.replaceAll("PRIVATE", "PUBLIC").slice(0, -5)), "CERTIFICATES_FORMAT"],
		[add("device", device.certificate, rsa.certificate), "CERTIFICATES_CHAIN"],
		[add("device", device.certificate, upper.certificate, device.key), "CERTIFICATES_CHAIN"],
		[{ ...add("device", device.certificate, middle.certificate), limits: { maxChain: 1 } }, "CERTIFICATES_LIMIT"],
		[
			{ ...add("device", device.certificate, middle.certificate), limits: { maxChainBytes: 800 } },
			"CERTIFICATES_LIMIT",
		],
		[{ ...add("device", device.certificate, device.key), full: true }, ""],
	];
	const outcomes = await run(...cases.map(([step]) => step), list);
	cases.forEach(([, wanted], i) => assert.equal(outcomes[i].code, wanted, `case ${i}: ${outcomes[i].message}`));
	assert.deepEqual(outcomes.at(-1)?.result, []);
	for (const { message = "" } of outcomes) assert.ok(!/[A-Za-z0-9+/]{40}/.test(message), message);
});

test("a chain whose names fit but whose signature does not is refused", async () => {
	const impostor = maker.issue({ name: "impostor", subject: "/O=upgate test/CN=middle", extensions: ca });
	const [outcome] = await run(add("device", device.certificate, impostor.certificate, device.key));
	assert.equal(code(outcome), "CERTIFICATES_CHAIN");
});

test("a damaged record of the pair is an error for what would write over it", async () => {
	const damage = { do: "record", name: "device.key", broken: true };
	const outcomes = await run(
		add("device", device.certificate, device.key),
		damage,
		list,
		{ do: "identity" },
		add("key", rsa.key),
		add("device", rsa.certificate),
	);
	assert.deepEqual(
		entries(outcomes[2]).map(({ kind, damaged }) => `${kind} ${damaged}`),
		["device undefined", "key true"],
	);
	for (const i of [3, 4, 5]) assert.equal(code(outcomes[i]), "CERTIFICATES_DAMAGED");
});

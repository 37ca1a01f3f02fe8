// SPDX-License-Identifier: Apache-2.0
//
// Roots and signing keys on XS with certificates of openssl: import, list, remove, limits, warnings, and what is refused.
// node-only: processes

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";
import { add, addDER, derOf, entries, fingerprint, imported, kinds, list, openssl, run } from "./bench.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-certificates-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const maker = new CertificateMaker(folder);
const root = maker.issue({ name: "root", extensions: ca });
const other = maker.issue({ name: "other", key: "rsa2048", extensions: ca, to: "20300101000000Z" });
const middle = maker.issue({ name: "middle", by: root, extensions: ca });
const device = maker.issue({ name: "device", by: middle, extensions: leaf("", "clientAuth") });
const weak = maker.issue({ name: "weak", key: "rsa1024", extensions: ca });
const noSigner = maker.issue({
	name: "no-signer",
	extensions: ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,cRLSign"],
});
const bare = (pem: string): string => pem.replace(/-----[^-]+-----\n/g, "");

test("roots are imported in PEM, in a bundle with text around, in DER and as bare Base64", async () => {
	const outcomes = await run(
		add(
			"root",
			`\xef\xbb\xbfsome words\r\n${root.certificate.replaceAll("\n", "\r\n")}`,
			"\n\nmore\n",
			other.certificate,
		),
		list,
		addDER("root", derOf(middle)),
		add("root", bare(weak.certificate)),
		add("root", bare(middle.certificate)),
		add("root", other.certificate, root.certificate),
	);
	const [first, second] = entries(outcomes[1]);
	assert.equal(first.kind, "root");
	assert.equal(first.fingerprint, fingerprint(root));
	assert.equal(first.subject, "CN=root, O=upgate test");
	assert.equal(first.issuer, first.subject);
	assert.equal(first.notBefore, Date.UTC(2020, 0, 1));
	assert.equal(first.notAfter, Date.UTC(2040, 0, 1));
	assert.deepEqual([first.keyKind, second.keyKind], ["P-256", "RSA 2048"]);
	assert.equal(imported(outcomes[0]).description, 'root "CN=root, O=upgate test", "CN=other, O=upgate test" added');
	assert.equal(imported(outcomes[2]).changed, true);
	assert.equal(outcomes[3].code, "CERTIFICATES_WEAK");
	assert.equal(imported(outcomes[4]).changed, false);
	assert.deepEqual([imported(outcomes[5]).changed, outcomes[5].commits], [false, 0]);
});

test("what is no root is refused with its reason, and changes nothing", async () => {
	const cut = root.certificate.replace(/-----END[^]*/, "");
	const headless = root.certificate.replace(/-----BEGIN[^\n]*\n/, "");
	const request = openssl(["req", "-new", "-key", device.keyFile, "-subj", "/CN=a"]);
	const p7 = openssl(["crl2pkcs7", "-nocrl", "-certfile", root.certificateFile]);
	const trusted = openssl(["x509", "-in", other.certificateFile, "-trustout", "-addtrust", "serverAuth"]);
	const cases: [object, string][] = [
		[add("root", other.certificate, device.certificate), "CERTIFICATES_NOT_CA"],
		[add("root", noSigner.certificate), "CERTIFICATES_NOT_CA"],
		[add("root", weak.certificate), "CERTIFICATES_WEAK"],
		[add("root", other.key), "CERTIFICATES_KIND"],
		[add("root", request), "CERTIFICATES_KIND"],
		[add("root", p7), "CERTIFICATES_KIND"],
		[add("root", trusted), "CERTIFICATES_FORMAT"],
		[add("root", "nothing"), "CERTIFICATES_FORMAT"],
		[add("root", ""), "CERTIFICATES_FORMAT"],
		[add("root", cut), "CERTIFICATES_FORMAT"],
		[add("root", other.certificate, headless), "CERTIFICATES_FORMAT"],
		[add("root", cut, other.certificate), "CERTIFICATES_FORMAT"],
		[add("root", root.certificate.replace("\nMII", "\nMI!")), "CERTIFICATES_FORMAT"],
		[addDER("root", derOf(middle).slice(0, -20)), "CERTIFICATES_FORMAT"],
		[addDER("root", `${derOf(middle)}00`), "CERTIFICATES_FORMAT"],
		[{ ...add("root", other.certificate), limits: { maxRoots: 1 } }, "CERTIFICATES_LIMIT"],
		[{ ...add("root", other.certificate), limits: { maxBytes: 500 } }, "CERTIFICATES_LIMIT"],
		[{ ...add("root", other.certificate), limits: { maxRecordBytes: 1500 } }, "CERTIFICATES_LIMIT"],
		[{ ...add("root", other.certificate), limits: { maxRecordBytes: 900 } }, "CERTIFICATES_LIMIT"],
		[add("root", ...Array<string>(33).fill("-----BEGIN X-----\nMAA=\n-----END X-----\n")), "CERTIFICATES_FORMAT"],
		[
			{ ...add("root", ...Array<string>(33).fill(root.certificate)), limits: { maxRecordBytes: 65536 } },
			"CERTIFICATES_LIMIT",
		],
		[{ ...add("root", other.certificate), full: true }, ""],
	];
	const outcomes = await run(add("root", root.certificate), ...cases.map(([step]) => step), list);
	cases.forEach(([, code], i) => {
		assert.equal(outcomes[i + 1].code, code, `case ${i}: ${outcomes[i + 1].message}`);
		assert.equal(outcomes[i + 1].commits, 0);
	});
	assert.deepEqual(kinds(outcomes[cases.length + 1]), ["root"]);
});

test("roots are removed by the start of the fingerprint; the last one and the one in use by force only", async () => {
	const prefix = fingerprint(root).slice(0, 8);
	const outcomes = await run(
		add("root", root.certificate, other.certificate),
		{ do: "remove", handle: "0123456789" },
		{ do: "remove", handle: fingerprint(root).slice(0, 3) },
		{ do: "remove", handle: `${prefix}xyz` },
		{ do: "remove", handle: prefix, inUse: fingerprint(root) },
		{ do: "remove", handle: (fingerprint(other).slice(0, 8).match(/../g) ?? []).join(":").toUpperCase() },
		{ do: "remove", handle: prefix },
		{ do: "remove", handle: prefix, force: true },
		list,
	);
	const codes = outcomes.map(({ code }) => code);
	assert.deepEqual(codes.slice(1, 4), Array(3).fill("CERTIFICATES_UNKNOWN"));
	assert.deepEqual(codes.slice(4), ["CERTIFICATES_IN_USE", undefined, "CERTIFICATES_LAST_ROOT", undefined, undefined]);
	assert.deepEqual(outcomes[8].result, []);
});

test("a fingerprint that stands for several is refused, and the kind tells them apart", async () => {
	const outcomes = await run(
		add("root", middle.certificate, root.certificate),
		add("device", device.certificate, middle.certificate, device.key),
		{ do: "remove", handle: fingerprint(middle) },
		{ do: "remove", handle: `chain=${fingerprint(middle).slice(0, 6)}` },
		list,
		{ do: "remove", handle: fingerprint(middle) },
		{ do: "remove", handle: `chain=${fingerprint(middle)}` },
	);
	assert.equal(outcomes[2].code, "CERTIFICATES_AMBIGUOUS");
	assert.match(outcomes[2].message ?? "", /root=[0-9a-f]{16}, chain=[0-9a-f]{16}/);
	assert.deepEqual(kinds(outcomes[4]), ["root", "root", "device", "key"]);
	assert.equal((outcomes[5].result as { kind: string }).kind, "root");
	assert.equal(outcomes[6].code, "CERTIFICATES_UNKNOWN");
});

test("a record that cannot be read is told, refuses imports, and goes by force only", async () => {
	const half = root.certificate.slice(0, 300);
	for (const [what, damage] of [
		["text", { do: "record", name: "roots.pem", pem: other.certificate + half }],
		["flash", { do: "record", name: "roots.pem", broken: true }],
	] as const) {
		const [, , listed, refused, plain] = await run(
			add("root", root.certificate),
			damage,
			list,
			add("root", middle.certificate),
			{ do: "warnings", now: Date.UTC(2025, 0, 1) },
		);
		const damaged = entries(listed).at(-1);
		assert.equal(damaged?.damaged, true, what);
		assert.match(damaged?.problem ?? "", /record roots.pem cannot be read/);
		assert.equal(refused.code, "CERTIFICATES_DAMAGED");
		assert.match(String(plain.result), /record roots.pem cannot be read/);
		const handle = damaged?.fingerprint;
		const outcomes = await run(
			add("root", root.certificate),
			damage,
			{ do: "remove", handle },
			{ do: "remove", handle, force: true },
			add("root", root.certificate),
			list,
		);
		assert.equal(outcomes[2].code, "CERTIFICATES_DAMAGED");
		assert.deepEqual(kinds(outcomes[5]), ["root"]);
	}
});

test("a certificate of the store that Mbed TLS cannot read is listed, kept by imports, and can be removed", async () => {
	const text = (hex: string): string =>
		`-----BEGIN CERTIFICATE-----
${Buffer.from(hex, "hex").toString("base64")}
-----END CERTIFICATE-----
`;
	/* Both hold what a certificate begins with; the second is cut off. */
	const inner = text("300c3005a003020102300003" + "0100");
	const spoilt = text("300c3005a00302010230");
	const outcomes = await run(
		{ do: "record", name: "roots.pem", pem: root.certificate + inner },
		list,
		add("root", other.certificate),
		list,
		{ do: "record", name: "roots.pem", pem: root.certificate + spoilt },
		list,
	);
	assert.deepEqual(
		entries(outcomes[1]).map(({ problem }) => problem),
		[undefined, "cannot be read"],
	);
	assert.equal(entries(outcomes[3]).length, 3);
	assert.equal(entries(outcomes[5])[1].damaged, true);
	const handle = entries(outcomes[1])[1].fingerprint;
	const removed = await run(
		{ do: "record", name: "roots.pem", pem: root.certificate + inner },
		{ do: "remove", handle },
		list,
	);
	assert.deepEqual(kinds(removed[2]), ["root"]);
});

test("signing keys come as public keys or in certificates, P-256 and RSA 3072, and are known by their key", async () => {
	const publicKey = openssl(["pkey", "-in", device.keyFile, "-pubout"]);
	const publicDER = openssl(["pkey", "-in", device.keyFile, "-pubout", "-outform", "DER"], undefined, "hex");
	const rsaFile = join(folder, "rsa3072.key");
	openssl(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072", "-out", rsaFile]);
	const rsa = openssl(["pkey", "-in", rsaFile, "-pubout"]);
	const p384 = openssl(["ecparam", "-name", "secp384r1", "-genkey"]);
	const p384Public = openssl(["pkey", "-pubout"], p384);
	const outcomes = await run(
		add("signing", "# of the factory\n", publicKey, rsa),
		addDER("signing", publicDER),
		add("signing", device.certificate),
		add("signing", root.certificate),
		list,
		add("signing", device.key),
		add("signing", other.certificate),
		add("signing", p384Public),
		add("root", publicKey),
		{ ...add("signing", middle.certificate), limits: { maxSigningKeys: 3 } },
	);
	assert.deepEqual(
		outcomes.slice(0, 4).map((outcome) => imported(outcome).changed),
		[true, false, false, true],
	);
	assert.deepEqual(
		entries(outcomes[4]).map(({ kind, keyKind }) => `${kind} ${keyKind}`),
		["signing P-256", "signing RSA 3072", "signing P-256"],
	);
	assert.deepEqual(
		outcomes.slice(5).map(({ code }) => code),
		["CERTIFICATES_KIND", "CERTIFICATES_KIND", "CERTIFICATES_KIND", "CERTIFICATES_KIND", "CERTIFICATES_LIMIT"],
	);
	const [first] = entries(outcomes[4]);
	assert.equal(first.fingerprint, createHash("sha256").update(publicDER, "hex").digest("hex"));
	const removed = await run(add("signing", publicKey, rsa), { do: "remove", handle: first.fingerprint }, list);
	assert.deepEqual(
		entries(removed[2]).map(({ keyKind }) => keyKind),
		["RSA 3072"],
	);
});

test("warnings begin 30 days before the end; a clock that is a lower bound judges no beginning", async () => {
	const late = maker.issue({ name: "late", extensions: ca, from: "20350101000000Z" });
	const at = (month: number, day: number): object => ({ do: "warnings", now: Date.UTC(2029, month, day, 12) });
	const outcomes = await run(
		add("root", other.certificate),
		at(10, 30),
		at(11, 2),
		at(11, 3),
		at(11, 31),
		{ do: "warnings", now: Date.UTC(2030, 0, 2) },
		add("root", late.certificate),
		at(10, 30),
		{ ...at(10, 30), exact: false },
		add("device", device.certificate),
		{ do: "warnings", now: Date.UTC(2040, 0, 2) },
	);
	assert.deepEqual(outcomes[1].result, []);
	assert.deepEqual(outcomes[2].result, [
		'root certificate "CN=other, O=upgate test" expires in 29 days, on 2030-01-01',
	]);
	assert.match(String(outcomes[3].result), /expires in 28 days/);
	assert.match(String(outcomes[4].result), /expires in 0 days/);
	assert.match(String(outcomes[5].result), /expired on 2030-01-01/);
	assert.match(String(outcomes[7].result), /CN=late, .*" is not valid before 2035-01-01/);
	assert.deepEqual(outcomes[8].result, []);
	const all = outcomes[10].result as string[];
	assert.equal(all.length, 2, "not of what waits");
});

test("factory records are imported, and go; what is refused stays and is told", async () => {
	const outcomes = await run(
		{ do: "record", name: "factory.roots", der: derOf(root) },
		{ do: "record", name: "factory.crt", pem: device.certificate + middle.certificate },
		{ do: "record", name: "factory.key", pem: device.key },
		{ do: "record", name: "factory.signing", pem: device.key },
		{ do: "factory" },
		list,
		{ do: "record", name: "factory.key" },
		{ do: "record", name: "factory.signing" },
	);
	assert.deepEqual(outcomes[4].result, [
		"factory.signing: wanted is a public key or a certificate, found: PRIVATE KEY (CERTIFICATES_KIND)",
	]);
	assert.deepEqual(kinds(outcomes[5]), ["root", "device", "chain", "key"]);
	assert.equal(outcomes[6].result, "");
	assert.equal(outcomes[7].result, device.key);
});

test("listing takes no more heap the longer it goes on", async () => {
	const steps = [add("root", root.certificate, other.certificate, middle.certificate)];
	const outcomes = await run(...steps, { do: "memory" }, { do: "memory" }, { do: "memory" });
	const figures = outcomes.slice(2).map(({ result }) => result as { slots: number; native: number });
	assert.equal(figures[1].native, figures[0].native);
});

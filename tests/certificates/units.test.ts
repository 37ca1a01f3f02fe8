// SPDX-License-Identifier: Apache-2.0
//
// The parts that need no Mbed TLS: PEM and DER, the daily warning, the roots in use.

import assert from "node:assert/strict";
import test from "node:test";
import { toHex } from "../../modules/bytes/hex.js";
import { encodeLatin1, fromHex } from "../../modules/bytes/text.js";
import { identify } from "../../modules/certificates/der.js";
import { CertificatesError } from "../../modules/certificates/error.js";
import { ExpiryWatch } from "../../modules/certificates/expiry-watch.js";
import { formatBlock, formatBlocks, readBlocks } from "../../modules/certificates/pem.js";
import { RootsInUse } from "../../modules/certificates/roots-in-use.js";
import type { ClockSource } from "../../modules/ecma419/board.js";
import { FakeClock } from "../fakes/clock.js";

/** The smallest structures of each kind; their contents are nothing. */
const kinds: [string, string | undefined][] = [
	["300c3005a0030201023000030100", "CERTIFICATE"],
	["30083002020130000300", undefined],
	["300d3007020101300030003000300003", undefined],
	["300b30050201013000" + "3000" + "0300", "CERTIFICATE"],
	["301130090201003000" + "3000a000" + "30000302" + "0000", "CERTIFICATE REQUEST"],
	["30053003020101", undefined],
	["3007020100" + "30000400", "PRIVATE KEY"],
	["3007020101" + "30000400", "PRIVATE KEY"],
	["3006020100" + "020101", "RSA PRIVATE KEY"],
	["3005020101" + "0400", "EC PRIVATE KEY"],
	["3005020100" + "0400", undefined],
	["3005020103" + "3000", "PKCS#12"],
	["3005020104" + "3000", undefined],
	["300730030601" + "2a" + "0300", "PUBLIC KEY"],
	["300730030601" + "2a" + "0400", "ENCRYPTED PRIVATE KEY"],
	["3005060129" + "a000", "PKCS#7"],
	["3000", undefined],
	["", undefined],
	["30", undefined],
	["3080", undefined],
	["30840000000002", undefined],
	["3181", undefined],
];

test("identify() tells structures apart by their first elements", () => {
	for (const [hex, label] of kinds) assert.equal(identify(fromHex(hex)), label, hex);
});

test("identify() takes nothing that is cut off or followed by more", () => {
	for (const [hex, label] of kinds) {
		if (label === undefined) continue;
		for (let length = 0; length < hex.length; length += 2)
			assert.equal(identify(fromHex(hex.slice(0, length))), undefined);
		assert.equal(identify(fromHex(`${hex}00`)), undefined);
	}
});

const key = fromHex("30050201010400");
const pem = formatBlock("EC PRIVATE KEY", key);
const read = (text: string): string[] =>
	Array.from(readBlocks(encodeLatin1(text)), ({ label, der }) => `${label} ${toHex(der)}`);
const own = `EC PRIVATE KEY ${toHex(key)}`;

test("PEM is read with any line ends, indentation and text around; the contents say what it is", () => {
	assert.equal(pem, "-----BEGIN EC PRIVATE KEY-----\nMAUCAQEEAA==\n-----END EC PRIVATE KEY-----\n");
	const cases = [
		pem,
		pem.replaceAll("\n", "\r\n"),
		pem.replaceAll("\n", "\r"),
		pem.trim(),
		pem.replaceAll("EC PRIVATE KEY", "PRIVATE KEY"),
		` ${pem.replaceAll("\n", " \n\t ")}`,
		`\xef\xbb\xbf${pem}`,
		`subject=a - b\n--- x ---\n${pem}\n\n-----\n`,
		pem.replace("MAUC", "MA\nUC"),
		`-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${pem}`,
		"MAUCAQEEAA==",
		" MAUC\r\nAQEE AA==\n",
	];
	for (const text of cases) assert.deepEqual(read(text), [own], text);
	assert.deepEqual(read(`${pem}x\n${pem}`), [own, own]);
	assert.deepEqual(
		Array.from(readBlocks(key), ({ label }) => label),
		["EC PRIVATE KEY"],
	);
	assert.deepEqual(read(String.fromCharCode(...formatBlocks(Array.from(readBlocks(key))))), [own]);
	for (const length of [1, 2, 3, 46, 47, 48, 49, 95, 96, 97, 1000]) {
		const block = { label: "CERTIFICATE", der: new Uint8Array(length) } as const;
		const text = formatBlock(block.label, block.der);
		assert.deepEqual(formatBlocks([block, block]), encodeLatin1(text + text), `${length} bytes`);
	}
});

test("what is damaged, encrypted or nothing is refused", () => {
	const cases: [string, string][] = [
		["", "CERTIFICATES_FORMAT"],
		["MAUCAQEEAA=", "CERTIFICATES_FORMAT"],
		["MAUCAQEEAAA=", "CERTIFICATES_FORMAT"],
		["A".repeat(20000), "CERTIFICATES_FORMAT"],
		[pem.replace("-----END", "----END"), "CERTIFICATES_FORMAT"],
		[pem.replace("-----BEGIN", "----BEGIN"), "CERTIFICATES_FORMAT"],
		[pem.replace("END EC", "END RSA"), "CERTIFICATES_FORMAT"],
		[pem + pem.slice(0, 40), "CERTIFICATES_FORMAT"],
		[pem.slice(0, 31) + pem, "CERTIFICATES_FORMAT"],
		[pem.replace("MAUC", "MA!C"), "CERTIFICATES_FORMAT"],
		[pem.replace("MAUC", "MAYC"), "CERTIFICATES_FORMAT"],
		[pem.replace("MAUCAQEEAA==", ""), "CERTIFICATES_FORMAT"],
		[pem.replace("MAUCAQEEAA==", "A".repeat(9000)), "CERTIFICATES_FORMAT"],
		[pem.replace("MAUC", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMAUC"), "CERTIFICATES_ENCRYPTED"],
		[formatBlock("ENCRYPTED PRIVATE KEY", fromHex("3007300306012a0400")), "CERTIFICATES_ENCRYPTED"],
		["0\x82\x01", "CERTIFICATES_FORMAT"],
	];
	for (const [text, code] of cases) {
		assert.throws(
			() => read(text),
			(error) => error instanceof CertificatesError && error.code === code,
			text.slice(0, 60),
		);
	}
});

test("the watch tells once a day, from when there is a clock, and judges beginnings by a true one only", () => {
	const time = new FakeClock();
	const day = 86_400_000;
	let source: ClockSource = "none";
	const start = Date.UTC(2029, 0, 1, 12);
	const asked: string[] = [];
	const told: string[] = [];
	const watch = new ExpiryWatch({
		certificates: {
			warnings: (now, exact) => {
				asked.push(`${new Date(now).toISOString().slice(0, 10)} ${exact}`);
				return ["one", "two"];
			},
		},
		clock: {
			now: () => (source === "none" ? undefined : start + time.now),
			get source() {
				return source;
			},
			set: () => undefined,
			ticks: time.ticks,
		},
		timer: time.timer,
		onWarning: (text) => told.push(text),
	});
	watch.start();
	time.advance(3_600_000);
	assert.deepEqual(asked, []);
	source = "floor";
	time.advance(3_600_000);
	assert.deepEqual(asked, ["2029-01-01 false"]);
	assert.deepEqual(told, ["one", "two"]);
	source = "sntp";
	time.advance(2 * day);
	assert.deepEqual(asked.slice(1), ["2029-01-02 true", "2029-01-03 true"]);
	watch.close();
	time.advance(2 * day);
	assert.equal(asked.length, 3);
	assert.equal(time.pending, 0);
});

test("a root is in use while its server is one of the last four", () => {
	const roots = new RootsInUse();
	const root = (byte: number): ArrayBuffer => new Uint8Array(32).fill(byte).buffer;
	const print = (byte: number): string => toHex(new Uint8Array(root(byte)));
	const server = (port: number): { host: string; port: number } => ({ host: "server", port });
	roots.note(server(1), root(1));
	roots.note(server(1), undefined);
	assert.equal(roots.has(print(1)), true);
	for (let port = 2; port <= 5; port++) roots.note(server(port), root(port));
	assert.deepEqual(
		[1, 2, 3, 4, 5].map((byte) => roots.has(print(byte))),
		[false, true, true, true, true],
	);
	roots.note(server(5), root(6));
	assert.deepEqual([roots.has(print(5)), roots.has(print(6))], [false, true]);
});

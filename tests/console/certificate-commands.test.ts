// SPDX-License-Identifier: Apache-2.0
//
// Certificates at the console: pastes of all shapes and paces, their end, deadline, limit and secrecy; list, remove, request.

import assert from "node:assert/strict";
import test from "node:test";
import { certificateTable } from "../../modules/console/certificate-commands.js";
import { placed } from "../../modules/console/command-table.js";
import { patienceMs, quietMs } from "../../modules/console/paste.js";
import { Random } from "../harness/random.js";
import { FakeCertificates } from "./certificates.js";
import { keys, Terminal } from "./terminal.js";

const block = (label: string, body = "QUJD"): string => `-----BEGIN ${label}-----\r${body}\r-----END ${label}-----\r`;
const certificate = block("CERTIFICATE");

class Desk {
	readonly certificates = new FakeCertificates();
	readonly terminal: Terminal;

	constructor(options: { terminal?: boolean } = {}) {
		const board = { mac: new Uint8Array([0x00, 0x90, 0x8f, 0x1d, 0xd0, 0xd3]) };
		const commands = placed(certificateTable, { board, certificates: this.certificates });
		this.terminal = new Terminal({ columns: 120, commands, ...options });
	}

	get texts(): string[] {
		return this.certificates.imports.map(([role, text]) => `${role} ${text.replaceAll("\n", "|")}`);
	}
	get last(): string[] {
		return this.terminal.lines.slice(-2);
	}
}

const whole = "-----BEGIN CERTIFICATE-----|QUJD|-----END CERTIFICATE-----|";

test("a pasted certificate is shown, imported after an empty line and a moment, and answered", () => {
	const desk = new Desk();
	desk.terminal.type(`certificate import root\r${certificate}\r`);
	assert.equal(desk.terminal.screen.bottom, "paste (4)>");
	assert.deepEqual(desk.texts, []);
	desk.terminal.wait(quietMs);
	assert.deepEqual(desk.texts, [`root ${whole}|`]);
	assert.deepEqual(desk.last, ["root taken", ">"]);
	assert.ok(desk.terminal.lines.includes("QUJD"));
	assert.equal(desk.terminal.clock.pending, 0);
});

test("empty lines within a bundle do not end it, whatever the pace", () => {
	for (let seed = 1; seed <= 10; seed++) {
		const random = new Random(seed);
		const desk = new Desk();
		desk.terminal.line.readable = 1 + random.below(40);
		desk.terminal.type("certificate import root\r");
		const bundle = `words\r\r${certificate}\r\r\r# more\r${certificate}\r`.replaceAll(
			"\r",
			random.pick(["\r", "\n", "\r\n"]),
		);
		for (let at = 0; at < bundle.length;) {
			const count = 1 + random.below(60);
			desk.terminal.type(bundle.slice(at, at + count));
			desk.terminal.wait(random.below(quietMs - 1));
			at += count;
		}
		desk.terminal.wait(quietMs);
		assert.deepEqual(desk.texts, [`root words||${whole}|||# more|${whole}|`], `seed ${seed}`);
	}
});

test("a line with a dot ends it at once, and so does Ctrl-D; what follows are commands", () => {
	const desk = new Desk();
	desk.terminal.type(`cert imp sign\r${block("PUBLIC KEY")}.\rcertificate import root\r${certificate}\x04cert list\r`);
	assert.deepEqual(
		desk.certificates.imports.map(([role]) => role),
		["signing", "root"],
	);
	assert.deepEqual(desk.last, ["no certificates and no keys", ">"]);
});

test("of keys nothing is shown, in a terminal or without, finished or not, nor kept for the arrow keys", () => {
	for (const role of ["key", "device"]) {
		for (const terminal of [true, false]) {
			const desk = new Desk({ terminal });
			desk.terminal.type(`certificate import ${role}\r-----BEGIN PRIVATE KEY-----\rSEC`);
			if (terminal) assert.equal(desk.terminal.screen.bottom, "paste (1)>");
			desk.terminal.console.print("a log line");
			desk.terminal.type(`RET\r-----END PRIVATE KEY-----\r\r`);
			desk.terminal.wait(quietMs);
			desk.terminal.type(`certificate import ${role}\rSECRET${keys.cancel}`);
			desk.terminal.type(`certificate import ${role}\rSECRET\r.\r`);
			desk.terminal.type(keys.up + keys.up + keys.up);
			assert.ok(!desk.terminal.text.includes("SEC"), desk.terminal.text);
			assert.ok(desk.terminal.text.includes(`${role} taken`));
			assert.ok(desk.terminal.text.includes("% neither PEM nor DER"));
			assert.equal(desk.certificates.imports.length, 1);
		}
	}
});

test("Ctrl-C cancels, five minutes without a key give up, and the console obeys again", () => {
	const desk = new Desk();
	desk.terminal.type(`certificate import root\r${certificate}${keys.cancel}`);
	assert.deepEqual(desk.last, ["% cancelled", ">"]);
	desk.terminal.type(`certificate import root\r-----BEGIN CERTIFICATE-----\r`);
	desk.terminal.wait(patienceMs - 1);
	assert.equal(desk.terminal.screen.bottom, "paste (1)>");
	desk.terminal.type("Q");
	desk.terminal.wait(patienceMs - 1);
	assert.equal(desk.terminal.screen.bottom, "paste (1)> Q");
	desk.terminal.wait(1);
	assert.deepEqual(desk.last, ["% nothing came any more: given up", ">"]);
	desk.terminal.type("certificate list\r");
	assert.deepEqual(desk.last, ["no certificates and no keys", ">"]);
	assert.deepEqual(desk.texts, []);
	assert.equal(desk.terminal.clock.pending, 0);
});

test("too much is passed over up to its end, and refused", () => {
	const desk = new Desk();
	const line = `${"Q".repeat(64)}\r`;
	desk.terminal.type(`certificate import root\r-----BEGIN X-----\r${line.repeat(300)}-----END X-----\r\r`);
	desk.terminal.wait(quietMs);
	assert.deepEqual(desk.last, ["% more than 8192 bytes: nothing was taken", ">"]);
	desk.terminal.type(`certificate import root\r-----BEGIN X-----\r${"Q".repeat(9000)}\r.\r`);
	assert.deepEqual(desk.last, ["% more than 8192 bytes: nothing was taken", ">"]);
	assert.deepEqual(desk.texts, []);
});

test("what fits to the last byte is taken, in one long line too, and one byte more is not", () => {
	for (const [more, texts] of [
		[0, 1],
		[1, 0],
	]) {
		for (const line of ["Q".repeat(63) + "\r", "Q"]) {
			const desk = new Desk();
			const head = "-----BEGIN X-----\r";
			const body = line.repeat(Math.ceil(8192 / line.length)).slice(0, 8191 - head.length + more);
			desk.terminal.type(`certificate import root\r${head}${body}\r.\r`);
			assert.equal(desk.certificates.imports.length, texts);
			if (texts > 0) assert.equal(desk.certificates.imports[0][1].length, 8192);
		}
	}
});

test("a paste takes backspace and Ctrl-U within its line, and shows the end of a long one", () => {
	const desk = new Desk();
	desk.terminal.type(`certificate import root\rabc\x15-----BEGIN X-----\r\x7f\u00e4\u00f6\x7fQx\x7fU`);
	assert.equal(desk.terminal.screen.bottom, "paste (1)> \u00e4QU");
	desk.terminal.type(`${"x".repeat(300)}END`);
	assert.match(desk.terminal.screen.bottom, /^paste \(1\)> x{90,}END$/);
	desk.terminal.type("\r.\r");
	assert.deepEqual(desk.texts, [`root -----BEGIN X-----|\u00e4QU${"x".repeat(300)}END|`]);
});

test("closing the console while something is pasted leaves no timer", () => {
	const desk = new Desk();
	desk.terminal.type("certificate import root\rQ");
	desk.terminal.console.close();
	assert.equal(desk.terminal.clock.pending, 0);
});

test("the list shows names, dates, kind of key and fingerprint; show certificates is the same", () => {
	const desk = new Desk();
	desk.certificates.entries = [
		{
			kind: "root",
			fingerprint: "ab".repeat(32),
			keyKind: "P-256",
			subject: "CN=root",
			issuer: "CN=root",
			notBefore: Date.UTC(2020, 0, 1),
			notAfter: Date.UTC(2040, 0, 1),
		},
		{ kind: "next-key", fingerprint: "cd".repeat(32), keyKind: "RSA 2048" },
		{
			kind: "signing",
			fingerprint: "ef".repeat(32),
			keyKind: "",
			problem: "record signing.pem cannot be read",
			damaged: true,
		},
	];
	for (const command of ["certificate list", "show certificates"]) {
		const before = desk.terminal.lines.length;
		desk.terminal.type(`${command}\r`);
		assert.deepEqual(desk.terminal.lines.slice(Math.max(before, 1), -1), [
			"root  CN=root",
			"  issuer   itself",
			"  valid    2020-01-01 to 2040-01-01",
			"  key      P-256",
			`  SHA-256  ${"ab".repeat(32)}`,
			"next-key (waits for its certificate)",
			"  key      RSA 2048",
			`  SHA-256  ${"cd".repeat(32)}`,
			"signing",
			"  problem  record signing.pem cannot be read",
			`  SHA-256  ${"ef".repeat(32)}`,
		]);
	}
});

test("remove and request do so; what the store refuses is said", () => {
	const desk = new Desk();
	desk.certificates.entries = [{ kind: "key", fingerprint: "cd".repeat(32), keyKind: "P-256" }];
	const answer = (line: string): string[] => {
		const before = desk.terminal.lines.length;
		desk.terminal.type(`${line}\r`);
		return desk.terminal.lines.slice(Math.max(before, 1), -1);
	};
	assert.deepEqual(answer("certificate remove cdcd"), ["removed: key cdcdcdcdcdcdcdcd"]);
	assert.deepEqual(answer("cert rem cdcd FORCE"), ["removed: key cdcdcdcdcdcdcdcd"]);
	assert.deepEqual(answer("certificate remove cdcd please"), ["% after the fingerprint only the word force may stand"]);
	assert.deepEqual(answer("certificate revoke cdcd"), [
		"revoked: cdcdcdcdcdcdcdcd; firmware that it alone signed is refused",
	]);
	assert.deepEqual(answer("cert rev cdcd force"), [
		"revoked: cdcdcdcdcdcdcdcd; firmware that it alone signed is refused",
	]);
	assert.deepEqual(answer("certificate revoke 1234"), ["% no fingerprint begins so"]);
	assert.deepEqual(answer("certificate remove 1234"), ["% no fingerprint begins so"]);
	const lines = answer("certificate request");
	assert.deepEqual(lines.slice(0, 3), ["-----BEGIN X-----", "MAA=", "-----END X-----"]);
	answer('certificate request "CN=a b,O=c"');
	assert.deepEqual(desk.certificates.asked, [
		"remove cdcd false",
		"remove cdcd true",
		"revoke cdcd false",
		"revoke cdcd true",
		"request CN=00908F1DD0D3",
		"request CN=a b,O=c",
	]);
});

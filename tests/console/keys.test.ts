// SPDX-License-Identifier: Apache-2.0
//
// Bytes of a terminal to keys.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeLatin1, encodeUTF8 } from "../../modules/bytes/text.js";
import { type Key, KeyDecoder } from "../../modules/console/keys.js";
import { Random } from "../harness/random.js";

/** Text as it is, other keys as `<name>`. */
function show(key: Key): string {
	return "text" in key ? key.text : `<${key.key}>`;
}

function decode(bytes: Uint8Array, decoder = new KeyDecoder()): string {
	let result = "";
	for (const byte of bytes) {
		const key = decoder.decode(byte);
		if (key !== undefined) result += show(key);
	}
	return result;
}

/** Each character of `text` is one byte. */
const bytes = (text: string): string => decode(encodeLatin1(text));

test("decode() gives printable ASCII as text", () => {
	let all = "";
	for (let code = 0x20; code < 0x7f; code++) all += String.fromCharCode(code);
	assert.equal(bytes(all), all);
});

test("decode() gives control characters their editing keys, and swallows the others", () => {
	const expected: Record<number, string> = {
		1: "home",
		2: "left",
		3: "cancel",
		4: "end-of-file",
		5: "end",
		6: "right",
		8: "backspace",
		9: "tab",
		10: "enter",
		11: "kill-end",
		12: "redraw",
		13: "enter",
		14: "down",
		16: "up",
		21: "kill-start",
		23: "kill-word",
		127: "backspace",
	};
	for (let code = 0; code < 0x20; code++) {
		const name = expected[code];
		assert.equal(decode(new Uint8Array([code])), name === undefined ? "" : `<${name}>`, `byte ${code}`);
	}
	assert.equal(bytes("\x7f"), "<backspace>");
});

test("decode() takes CR, LF and CR LF as one line end each", () => {
	assert.equal(bytes("a\rb\nc\r\nd"), "a<enter>b<enter>c<enter>d");
	assert.equal(bytes("\r\r\n\n\r"), "<enter><enter><enter><enter>");
	assert.equal(bytes("\r\0\na"), "<enter><enter>a", "telnet's CR NUL is whole before the LF");
});

test("decode() joins UTF-8 of one to four bytes", () => {
	const text = "aé€𝄞\u00a0\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}";
	assert.equal(decode(encodeUTF8(text)), text);
});

test("decode() drops what is not UTF-8 and goes on with the next character", () => {
	for (const [name, input] of [
		["continuation alone", "\x80\xbf"],
		["overlong two bytes", "\xc0\xaf"],
		["overlong two bytes, high", "\xc1\xbf"],
		["overlong three bytes", "\xe0\x80\xaf"],
		["overlong four bytes", "\xf0\x80\x80\xaf"],
		["first surrogate", "\xed\xa0\x80"],
		["last surrogate", "\xed\xbf\xbf"],
		["above U+10FFFF", "\xf4\x90\x80\x80"],
		["five bytes", "\xf8\x88\x80\x80\x80"],
		["six bytes", "\xfc\x84\x80\x80\x80\x80"],
		["FE FF", "\xfe\xff"],
		["C1 control", "\xc2\x9b"],
		["two bytes cut", "\xc3"],
		["three bytes cut", "\xe2\x82"],
		["four bytes cut", "\xf0\x9d\x84"],
	]) {
		assert.equal(bytes(`${input}A`), "A", name);
		assert.equal(bytes(`${input}\xc3\xa9`), "é", name);
		assert.equal(bytes(`${input}\r`), "<enter>", name);
		assert.equal(bytes(`${input}\x1b[D`), "<left>", name);
	}
});

test("decode() knows cursor and editing keys as CSI and SS3 sequences", () => {
	for (const [input, expected] of [
		["\x1b[A\x1b[B\x1b[C\x1b[D", "<up><down><right><left>"],
		["\x1bOA\x1bOB\x1bOC\x1bOD", "<up><down><right><left>"],
		["\x1b[H\x1b[F\x1bOH\x1bOF", "<home><end><home><end>"],
		["\x1b[1~\x1b[4~\x1b[7~\x1b[8~", "<home><end><home><end>"],
		["\x1b[3~", "<delete>"],
	])
		assert.equal(bytes(`x${input}y`), `x${expected}y`);
});

test("decode() swallows sequences that it does not know, whole", () => {
	for (const input of [
		"\x1b[1;5C", // Ctrl-Right
		"\x1b[2~",
		"\x1b[5~",
		"\x1b[15~",
		"\x1b[200~",
		"\x1b[?1;2c",
		"\x1b[>0;276;0c",
		"\x1b[0 q",
		"\x1b[12;80R",
		"\x1b[[A", // F1 of the Linux console
		"\x1bOP", // F1 of xterm
		"\x1bO5C",
		"\x1bO1;5D",
		"\x1bb", // Alt-B
		"\x1b(B",
		"\x1b#8",
		"\x1b%/G",
		"\x1b7",
		"\x1b]11;rgb:0000/0000/0000\x1b\\",
		"\x1b]0;title\x07",
		"\x1bP1$r0m\x1b\\",
		"\x1b_anything\x1b\\",
		"\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18A",
	])
		assert.equal(bytes(`a${input}b`), "ab", JSON.stringify(input));
	assert.equal(decode(new Uint8Array([0x1b, 0xc3, 0xa9, 0x62])), "b", "Alt with a letter of two bytes");
});

test("decode() takes a control character within a sequence as a key, and ESC as a new beginning", () => {
	for (const start of ["\x1b", "\x1b[", "\x1b[1;", "\x1bO", "\x1b(", "\x1b]0;ti", "\x1bP", "\x1b[["]) {
		assert.equal(bytes(`${start}\rx`), "<enter>x", JSON.stringify(start));
		assert.equal(bytes(`${start}\r\nx`), "<enter>x", JSON.stringify(start));
		assert.equal(bytes(`${start}\x03x`), "<cancel>x", JSON.stringify(start));
		assert.equal(bytes(`${start}\x7fx`), "<backspace>x", JSON.stringify(start));
		assert.equal(bytes(`${start}\x1b[Ax`), "<up>x", JSON.stringify(start));
	}
});

test("decode() never throws, for any byte after any other", () => {
	for (let first = 0; first < 256; first++) {
		for (let second = 0; second < 256; second++) {
			const decoder = new KeyDecoder();
			decode(new Uint8Array([first, second]), decoder);
			assert.equal(decode(encodeLatin1("\x03x"), decoder), "<cancel>x", `${first} ${second}`);
		}
	}
});

test("decode() of random bytes gives known keys and whole characters, and recovers at a line end", () => {
	for (let seed = 1; seed <= 60; seed++) {
		const random = new Random(seed);
		const decoder = new KeyDecoder();
		for (let i = 0; i < 400; i++) {
			/* Half of the bytes are of the kind that sequences are made of. */
			const byte =
				random.below(2) === 0 ? random.below(256) : random.pick([0x1b, 0x5b, 0x4f, 0x3b, 0x31, 0x7e, 0xc3, 0xe2]);
			const key = decoder.decode(byte);
			if (key === undefined || "key" in key) continue;
			const code = key.text.codePointAt(0) ?? 0;
			assert.equal(key.text, String.fromCodePoint(code), `seed ${seed}`);
			assert.ok(code >= 0x20 && !(code >= 0x7f && code < 0xa0), `seed ${seed}: U+${code.toString(16)}`);
			assert.ok(code < 0xd800 || code > 0xdfff, `seed ${seed}`);
		}
		decoder.decode(0x0d);
		assert.equal(decode(encodeUTF8("né"), decoder), "né", `seed ${seed}`);
	}
});

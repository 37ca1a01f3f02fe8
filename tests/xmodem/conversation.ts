// SPDX-License-Identifier: Apache-2.0
//
// Reads the vectors, and plays the sender's side of one at a receiver: bytes in pieces, silence where the vector says so.

import { decodeUTF8, encodeUTF8 } from "../../modules/bytes/text.js";
import { Content } from "../../modules/xmodem/content.js";
import { crc16 } from "../../modules/xmodem/crc16.js";
import { XMODEMError } from "../../modules/xmodem/error.js";
import { Receiver } from "../../modules/xmodem/receiver.js";
import { loadVectors } from "../harness/vectors.js";

const names: Readonly<Record<string, number>> = {
	SOH: 0x01,
	STX: 0x02,
	ETX: 0x03,
	EOT: 0x04,
	ACK: 0x06,
	NAK: 0x15,
	CAN: 0x18,
	C: 0x43,
};

export type Step =
	| { kind: "gets"; bytes: Uint8Array }
	| { kind: "says"; bytes: Uint8Array }
	| { kind: "silence"; ms: number }
	| { kind: "content"; bytes: Uint8Array }
	| { kind: "error"; code: string };

export interface Conversation {
	name: string;
	rule: string;
	steps: Step[];
}

export function join(parts: Uint8Array[]): Uint8Array {
	const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}

function repeated(word: string): [string, number] {
	const [text, count] = word.split("*");
	return [text, count === undefined ? 1 : Number(count)];
}

/** `hello pad*3 fill*8` */
function content(words: string[]): Uint8Array {
	return join(
		words.map((word) => {
			const [text, count] = repeated(word);
			if (text === "pad") return new Uint8Array(count).fill(0x1a);
			if (text === "fill") return Uint8Array.from({ length: count }, (_, i) => 0x41 + (i % 26));
			return encodeUTF8(word);
		}),
	);
}

/** @returns a block with its first byte and CRC; what is missing in `data` is `pad` */
export function block(number: number, data: Uint8Array, length: number, pad = 0x1a): Uint8Array {
	const bytes = new Uint8Array(3 + length + 2).fill(pad);
	bytes.set([length === 128 ? 0x01 : 0x02, number & 0xff, 0xff - (number & 0xff)]);
	bytes.set(data, 3);
	const crc = crc16(bytes.subarray(3, 3 + length));
	bytes.set([crc >>> 8, crc & 0xff], 3 + length);
	return bytes;
}

function damage(bytes: Uint8Array, [how, where]: string[]): Uint8Array {
	const at = Number(where);
	if (how === "cut") return bytes.subarray(0, at);
	if (how === "drop") return join([bytes.subarray(0, at), bytes.subarray(at + 1)]);
	if (how === "add") return join([bytes.subarray(0, at + 1), bytes.subarray(at)]);
	const changed = bytes.slice();
	changed[at] ^= 0x55;
	return changed;
}

function sent(words: string[]): Uint8Array {
	const [first, number, ...rest] = words;
	if (first === "NAME") {
		const text = rest.length === 0 ? "" : `${rest[0]}\0${number === "-" ? "" : `${number} 0 0`}`;
		return block(0, encodeUTF8(text), 128, 0);
	}
	if (first === "SOH" || first === "STX") {
		const fault = rest.findIndex((word) => ["flip", "drop", "add", "cut"].includes(word));
		const data = content(fault < 0 ? rest : rest.slice(0, fault));
		const whole = block(Number(number), data, first === "SOH" ? 128 : 1024);
		return fault < 0 ? whole : damage(whole, rest.slice(fault));
	}
	return codes(words);
}

function codes(words: string[]): Uint8Array {
	return join(
		words.map((word) => {
			const [text, count] = repeated(word);
			return new Uint8Array(count).fill(names[text] ?? Number(text));
		}),
	);
}

function step(line: string): Step {
	const [sign, ...words] = line.split(" ").filter((word) => word !== "");
	if (sign === "<") return { kind: "gets", bytes: sent(words) };
	if (sign === ">") return { kind: "says", bytes: codes(words) };
	if (sign === ".") return { kind: "silence", ms: Number(words[0]) };
	if (sign === "=") return { kind: "content", bytes: content(words) };
	return { kind: "error", code: words[0] };
}

export function conversations(kind: "valid" | "invalid"): Conversation[] {
	return loadVectors(`xmodem/vectors/${kind}`).map(({ name, bytes }) => {
		const [rule, ...lines] = decodeUTF8(bytes).trim().split("\n");
		return { name, rule: rule.slice(2), steps: lines.map(step) };
	});
}

/** A receiver with somebody who reads all that comes at once. */
export class Reader {
	readonly receiver: Receiver;
	readonly parts: Uint8Array[] = [];
	/** What was wrong with the length. */
	fault: XMODEMError | undefined;
	readonly #content: Content;

	constructor(options: { startMs?: number; multipleOf?: number } = {}) {
		this.receiver = new Receiver(options);
		this.#content = new Content(options.multipleOf);
	}

	get code(): string | undefined {
		return (this.fault ?? this.receiver.error)?.code;
	}

	write(bytes: Uint8Array): void {
		let at = 0;
		while (at < bytes.length && !this.receiver.over) {
			at += this.receiver.write(bytes.subarray(at));
			this.#take();
		}
	}

	#take(): void {
		const { receiver } = this;
		const { block: data, length } = receiver;
		try {
			if (data !== undefined) this.#content.take(data, length);
			else if (receiver.ended) this.#content.end(length);
			else return;
			const buffer = new Uint8Array(100);
			for (let count = 1; count > 0;) {
				count = this.#content.read(buffer);
				this.parts.push(buffer.slice(0, count));
			}
			receiver.accept();
		} catch (error) {
			if (!(error instanceof XMODEMError)) throw error;
			this.fault = error;
			receiver.cancel();
		}
	}
}

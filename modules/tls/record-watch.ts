// SPDX-License-Identifier: Apache-2.0
//
// Tells what passes in a handshake: messages, as long as they are in clear, alerts, and sizes of what is encrypted. Looks at heads of records
// and messages only, keeps no byte of what follows, and stops at what is no TLS.
// Sources: RFC 8446 sections 4, 5.1, 6 and appendix B; RFC 5246 sections 6.2 and 7.

import { alertName } from "./failure.js";

const kinds = Object.freeze({ changeCipherSpec: 20, alert: 21, handshake: 22, data: 23 } as const);
const recordHead = 5;
/** RFC 5246 section 6.2.3: a record with all that may be added to it. */
const longestRecord = 16384 + 2048;
/** Bytes of a ServerHello that are looked at. */
const longestHello = 512;
const serverHello = 2;

const messageNames: Readonly<Record<number, string>> = Object.freeze({
	0: "HelloRequest",
	1: "ClientHello",
	2: "ServerHello",
	4: "NewSessionTicket",
	8: "EncryptedExtensions",
	11: "Certificate",
	12: "ServerKeyExchange",
	13: "CertificateRequest",
	14: "ServerHelloDone",
	15: "CertificateVerify",
	16: "ClientKeyExchange",
	20: "Finished",
	22: "CertificateStatus",
});

/** What both directions of a connection have shown. */
export interface HandshakeFacts {
	/** The server sent its certificate in clear, as in a full handshake of TLS 1.2. */
	certificate: boolean;
	/** It is TLS 1.3. */
	modern: boolean;
	/** The server took up the session that was offered, as TLS 1.3 tells it. */
	preShared: boolean;
}

/** Extensions of a ServerHello (RFC 8446 section 4.2). */
const preSharedKey = 41;
const supportedVersions = 43;

/** @param hello from its version on */
function hasExtension(hello: readonly number[], wanted: number): boolean {
	const two = (at: number): number => (hello[at] ?? 0) * 256 + (hello[at + 1] ?? 0);
	// Version 2, random 32, session, suite 2, compression 1, length of the extensions 2.
	let at = 35 + (hello[34] ?? 0) + 3 + 2;
	for (; at + 4 <= hello.length; at += 4 + two(at + 2)) if (two(at) === wanted) return true;
	return false;
}

/** One direction. */
export class RecordWatch {
	readonly #line: (text: string) => void;
	readonly #facts: HandshakeFacts;
	/** Bytes of a head, of a record or a message, that have come. */
	#head: number[] = [];
	#kind = 0;
	/** Bytes that the record and the message still have; the next byte is of a head where both are 0. */
	#record = 0;
	#message = 0;
	#messageHead: number[] = [];
	#hello: number[] | undefined;
	#encrypted = false;
	#lost = false;

	/** @param line takes what is told @param facts noted there, for both directions */
	constructor(line: (text: string) => void, facts: HandshakeFacts) {
		this.#line = line;
		this.#facts = facts;
	}

	/** @param bytes the next ones of the stream */
	take(bytes: Uint8Array): void {
		for (let at = 0; at < bytes.length && !this.#lost;) {
			if (this.#record === 0) this.takeHead(bytes[at++]);
			else if (this.#kind === kinds.data || this.#encrypted) at += this.skip(bytes.length - at);
			else this.takeBody(bytes[at++]);
		}
	}

	private skip(count: number): number {
		const skipped = Math.min(count, this.#record);
		this.#record -= skipped;
		return skipped;
	}

	private takeHead(byte: number): void {
		this.#head.push(byte);
		if (this.#head.length < recordHead) return;
		const [kind, major, , high, low] = this.#head;
		const length = high * 256 + low;
		this.#head = [];
		this.#lost = kind < kinds.changeCipherSpec || kind > kinds.data || major !== 3 || length > longestRecord;
		if (this.#lost) return this.#line("what is no TLS");
		this.#kind = kind;
		this.#record = length;
		if (kind === kinds.changeCipherSpec) this.#line("ChangeCipherSpec");
		else if (kind === kinds.data) this.#line(`encrypted, ${length} bytes`);
		else if (this.#encrypted) this.#line(`encrypted ${kind === kinds.alert ? "alert" : "message"}, ${length} bytes`);
	}

	private takeBody(byte: number): void {
		this.#record--;
		if (this.#kind === kinds.handshake) return this.takeMessage(byte);
		if (this.#kind === kinds.changeCipherSpec) {
			// TLS 1.3 sends it for show only, perhaps before a second ClientHello in clear.
			this.#encrypted = !this.#facts.modern;
			return;
		}
		this.#head.push(byte);
		if (this.#record > 0) return;
		const [level, alert = -1] = this.#head;
		this.#head = [];
		this.#line(`${level === 1 ? "warning" : "alert"} ${alert}, ${alertName(alert)}`);
	}

	private takeMessage(byte: number): void {
		if (this.#message > 0) {
			this.#message--;
			if (this.#hello !== undefined && this.#hello.length < longestHello) this.#hello.push(byte);
			if (this.#message === 0) this.endMessage();
			return;
		}
		this.#messageHead.push(byte);
		if (this.#messageHead.length < 4) return;
		const [kind, high, middle, low] = this.#messageHead;
		this.#messageHead = [];
		this.#message = (high * 256 + middle) * 256 + low;
		this.#line(`${messageNames[kind] ?? `message ${kind}`}, ${this.#message} bytes`);
		if (kind === 11) this.#facts.certificate = true;
		if (kind === serverHello && this.#message > 0) this.#hello = [];
	}

	private endMessage(): void {
		if (this.#hello === undefined) return;
		this.#facts.modern ||= hasExtension(this.#hello, supportedVersions);
		this.#facts.preShared ||= hasExtension(this.#hello, preSharedKey);
		this.#hello = undefined;
	}
}

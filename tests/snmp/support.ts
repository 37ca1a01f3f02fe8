// SPDX-License-Identifier: Apache-2.0
//
// An agent with fakes around it: datagrams by hand, a clock that only the test moves, real settings over a store in memory.

import assert from "node:assert/strict";
import type { Datagram, UDPConstructor, UDPOptions } from "../../modules/ecma419/udp.js";
import { fromHex } from "../../modules/bytes/hex.js";
import { decodeLatin1, decodeUTF8, encodeUTF8 } from "../../modules/bytes/text.js";
import type { DebugPort } from "../../modules/debug/port.js";
import { Settings } from "../../modules/settings/settings.js";
import { Agent } from "../../modules/snmp/agent.js";
import { BERWriter } from "../../modules/snmp/ber-writer.js";
import { tag } from "../../modules/snmp/ber.js";
import { readConfig } from "../../modules/snmp/config.js";
import type { AttemptsPort, RecordChange } from "../../modules/snmp/context.js";
import { readCommunityMessage, readHead, writeCommunityMessage } from "../../modules/snmp/message.js";
import { pduType, writeBinding, writePDU, type Binding, type PDU } from "../../modules/snmp/pdu.js";
import type { CryptoPort } from "../../modules/snmp/protocols.js";
import { fakeBoard } from "../fakes/board.js";
import { FakeClock } from "../fakes/clock.js";
import { type Random } from "../harness/random.js";
import { loadVectors } from "../harness/vectors.js";

export interface SNMPVector {
	name: string;
	bytes: Uint8Array;
	expected: Record<string, unknown>;
}

/** @param kind `valid` or `invalid` */
export function loadSNMPVectors(kind: string): SNMPVector[] {
	const files = loadVectors(`snmp/vectors/${kind}`);
	const text = (name: string): string => decodeLatin1(files.find((file) => file.name === name)!.bytes);
	return files
		.filter(({ name }) => name.endsWith(".hex"))
		.map(({ name }) => ({
			name,
			bytes: fromHex(text(name).split("\n").join("")),
			expected: JSON.parse(text(name.replace(".hex", ".json"))) as Record<string, unknown>,
		}));
}

export const oid = (text: string): number[] => text.split(".").map(Number);
export const ask = (text: string): Binding => ({ oid: oid(text), tag: tag.null, value: undefined });
export const unsigned = (text: string, value: number): Binding => ({ oid: oid(text), tag: tag.unsigned, value });
export const string = (text: string, value: string): Binding => ({
	oid: oid(text),
	tag: tag.octets,
	value: encodeUTF8(value),
});
export const text = (pdu: PDU | undefined, i = 0): string => decodeUTF8(pdu?.bindings[i].value as Uint8Array);
export const outcome = (pdu: PDU | undefined): unknown[] => [pdu?.status, pdu?.index];

export class MemoryStore {
	readonly records = new Map<string, Uint8Array>();
	/** The next commits fail. */
	broken = false;
	commits = 0;

	get(name: string): Uint8Array | undefined {
		return this.records.get(name);
	}

	names(): Iterable<string> {
		return this.records.keys();
	}

	commit(changes: RecordChange[]): void {
		if (this.broken) throw new Error("store is broken");
		this.commits++;
		for (const { name, value } of changes) {
			if (value === undefined) this.records.delete(name);
			else this.records.set(name, value.slice());
		}
	}
}

/** For tests in which no message is to get as far as a key. */
export const noCrypto: CryptoPort = Object.freeze({
	hash: () => assert.fail("no hash wanted"),
	hmac: () => assert.fail("no code wanted"),
	cfb: () => assert.fail("no cipher wanted"),
});

export interface WorldOptions {
	settings?: Record<string, string>;
	crypto?: CryptoPort;
	attempts?: AttemptsPort;
	store?: MemoryStore;
}

export class World {
	readonly clock = new FakeClock();
	readonly store: MemoryStore;
	readonly settings: Settings;
	readonly agent: Agent;
	readonly triggers: (string | undefined)[] = [];
	readonly restarts: boolean[] = [];
	/** Nobody looks at the wire, until there is a `line`. */
	readonly debug: { line: DebugPort["line"] } = { line: undefined };
	/** What the update says to a trigger. */
	effect = "started";
	#inbox: Datagram[] = [];
	#outbox: { bytes: Uint8Array; address: string; port: number }[] = [];
	#socket: UDPOptions | undefined;

	constructor(options: WorldOptions = {}) {
		this.store = options.store ?? new MemoryStore();
		this.settings = new Settings({ store: this.store });
		const defaults = { SNMPReadOnlyCommunityString_0: "look", SNMPReadWriteCommunityString_0: "change" };
		for (const [name, text] of Object.entries({ DisableSNMP: "0", ...defaults, ...options.settings }))
			this.settings.set(name, text);
		this.settings.save();
		const board = fakeBoard({
			...{ application: { version: "1.0.0", secureVersion: 0, model: "upgate" }, builtMs: 0, chip: 0, runningSlot: 0 },
			...{ resetReason: "power-on", restart: () => undefined, ticks: this.clock.ticks },
		});
		const config = readConfig((name) => this.settings.text(name));
		this.agent = new Agent({
			...{
				io: this.#udp(),
				timer: this.clock.timer,
				ticks: this.clock.ticks,
				config,
				crypto: options.crypto ?? noCrypto,
			},
			debug: this.debug,
			ports: {
				settings: this.settings,
				store: this.store,
				board,
				trigger: (_, requester) => {
					this.triggers.push(requester);
					return this.effect;
				},
				trial: false,
				restart: (_, graceful) => void this.restarts.push(graceful),
				attempts: options.attempts,
			},
		});
		this.agent.start();
	}

	/** Sends a datagram. @returns what came back to its sender */
	send(bytes: Uint8Array, address = "192.0.2.1", port = 5000): Uint8Array[] {
		this.#inbox.push(Object.assign(bytes.slice().buffer, { address, port }));
		this.#socket?.onReadable?.call({ target: this.#socket.target } as never, 1);
		const answers = this.#outbox;
		this.#outbox = [];
		for (const answer of answers) assert.deepEqual([answer.address, answer.port], [address, port]);
		return answers.map((answer) => answer.bytes);
	}

	/** Sends one request. @returns the PDU of the answer, `undefined` for none */
	ask(type: number, bindings: Binding[], options: Partial<AskOptions> = {}): PDU | undefined {
		const answers = this.send(request(type, bindings, options), options.address, options.port);
		assert.ok(answers.length <= 1);
		if (answers.length === 0) return undefined;
		const { version, body } = readHead(answers[0]);
		return readCommunityMessage(version, body).pdu;
	}

	/** An agent that has been asked badly answers a good request. */
	assertAlive(): void {
		this.clock.advance(1000);
		const answer = this.ask(pduType.get, [{ oid: oid("1.3.6.1.2.1.1.7.0"), tag: tag.null, value: undefined }]);
		assert.equal(answer?.bindings[0].value, 72);
	}

	#udp(): UDPConstructor {
		const open = (options: UDPOptions): void => void (this.#socket = options);
		const read = (): Datagram | undefined => this.#inbox.shift();
		const write = (bytes: Uint8Array, address: string, port: number): void =>
			void this.#outbox.push({ bytes: bytes.slice(), address, port });
		return class {
			constructor(options: UDPOptions) {
				open(options);
			}
			read = read;
			write = write;
			close(): void {
				open({});
			}
		} as unknown as UDPConstructor;
	}
}

export interface AskOptions {
	version: number;
	community: string;
	requestId: number;
	status: number;
	index: number;
	address: string;
	port: number;
}

export function request(type: number, bindings: Binding[], options: Partial<AskOptions> = {}): Uint8Array {
	const { version = 1, community = "change", requestId = 1, status = 0, index = 0 } = options;
	const writer = new BERWriter(8192);
	writeCommunityMessage(writer, { version, community: encodeUTF8(community) }, () =>
		writePDU(writer, { type, requestId, status, index }, () => {
			for (const binding of bindings) writeBinding(writer, binding);
		}),
	);
	return writer.finish();
}

/** Changes one to four bytes. */
export function damage(random: Random, bytes: Uint8Array): Uint8Array {
	const copy = bytes.slice();
	for (let i = random.below(4); i >= 0; i--) {
		const at = random.below(copy.length);
		copy[at] = random.below(2) === 0 ? random.pick([0, 0x7f, 0x80, 0x81, 0x84, 0xff]) : random.below(256);
	}
	return random.below(4) === 0 ? copy.subarray(0, random.below(copy.length)) : copy;
}

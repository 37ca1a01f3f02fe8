// SPDX-License-Identifier: Apache-2.0
//
// A TFTP server on the fake network, which repeats itself, and misbehaves when told to. It judges what it gets by itself: nothing of the
// client's code is used.

import type { FakeClock } from "../fakes/clock.js";
import type { FakeUDPNetwork, Packet } from "../fakes/udp.js";

export interface Behaviour {
	/** Answers no options, as servers before RFC 2347. */
	plain?: boolean;
	/** Refuses a request with options by error 8. */
	refusesOptions?: boolean;
	/** Options of its acknowledgement, instead of fair ones. */
	options?: Record<string, string>;
	/** Largest block it agrees to. */
	largest?: number;
	/** Error packet instead of everything. */
	error?: [code: number, text: string];
	/** Block after 65535; default 0. */
	rollOver?: 0 | 1;
	/** Sends the present block for each acknowledgement of the one before (the fault of RFC 1123 section 4.2.3.1). */
	apprentice?: boolean;
	/** Sends nothing after this block. */
	silentAfter?: number;
	/** Packet that is sent instead of this block. */
	replace?: { block: number; packet: Uint8Array };
	/** Sends blocks this much longer than agreed. */
	excess?: number;
	/** ms after which it repeats a packet, default 1500. */
	repeatMs?: number;
}

function word(value: number): number[] {
	return [value >> 8, value & 0xff];
}

function ascii(text: string): number[] {
	return [...Array.from(text, (character) => character.charCodeAt(0)), 0];
}

const host = "10.0.0.9";

export class FakeTFTPServer {
	readonly files: Record<string, Uint8Array> = {};
	behaviour: Behaviour = {};
	/** Read requests: their texts. */
	readonly requests: string[][] = [];
	/** Error packets it was sent: code and text. */
	readonly errors: string[] = [];
	/** Packets of data sent. */
	sent = 0;
	readonly #clock: FakeClock;
	readonly #network: FakeUDPNetwork;
	#port = 2000;

	constructor(clock: FakeClock, network: FakeUDPNetwork) {
		this.#clock = clock;
		this.#network = network;
		network.listen(`${host}:69`, (packet) => this.#request(packet));
	}

	#request({ bytes, from }: Packet): void {
		const texts: string[] = [];
		for (let at = 2; at < bytes.length;) {
			const end = bytes.indexOf(0, at);
			texts.push(String.fromCharCode(...bytes.subarray(at, end)));
			at = end + 1;
		}
		this.requests.push(texts);
		const end = `${host}:${this.#port++}`;
		const { error, refusesOptions, plain } = this.behaviour;
		const send = (...packet: number[]): void => this.#network.send(end, from, Uint8Array.from(packet));
		if (error !== undefined) return send(0, 5, ...word(error[0]), ...ascii(error[1]));
		if (refusesOptions === true && texts.length > 2) return send(0, 5, 0, 8, ...ascii("no options"));
		const file = this.files[texts[0]];
		if (file === undefined) return send(0, 5, 0, 1, ...ascii("File not found"));
		new Session(this, this.#clock, this.#network, { end, from, file, asked: plain === true ? [] : texts.slice(2) });
	}
}

class Session {
	readonly #server: FakeTFTPServer;
	readonly #clock: FakeClock;
	readonly #network: FakeUDPNetwork;
	readonly #end: string;
	readonly #client: string;
	readonly #file: Uint8Array;
	#blockSize = 512;
	/** Blocks sent so far, not cut to 16 bits. */
	#block = 0;
	#packet: Uint8Array = new Uint8Array(0);
	#tries = 0;
	#round = 0;
	#over = false;

	constructor(
		server: FakeTFTPServer,
		clock: FakeClock,
		network: FakeUDPNetwork,
		{ end, from, file, asked }: { end: string; from: string; file: Uint8Array; asked: string[] },
	) {
		this.#server = server;
		this.#clock = clock;
		this.#network = network;
		this.#end = end;
		this.#client = from;
		this.#file = file;
		network.listen(end, (packet) => this.#take(packet));
		const options = this.#answer(asked);
		if (options.length > 0) this.#send(Uint8Array.from([0, 6, ...options.flatMap(ascii)]));
		else this.#next();
	}

	#answer(asked: string[]): string[] {
		const { options } = this.#server.behaviour;
		if (options !== undefined) return Object.entries(options).flat();
		const answered: string[] = [];
		for (let i = 0; i < asked.length; i += 2) {
			let value = asked[i + 1];
			if (asked[i] === "tsize") value = String(this.#file.length);
			if (asked[i] === "blksize") {
				this.#blockSize = Math.min(Number(value), this.#server.behaviour.largest ?? 65464);
				value = String(this.#blockSize);
			}
			answered.push(asked[i], value);
		}
		return answered;
	}

	#number(block: number): number {
		const { rollOver = 0 } = this.#server.behaviour;
		if (rollOver === 0) return block % 65536;
		return block < 65536 ? block : ((block - 1) % 65535) + 1;
	}

	#next(): void {
		const { silentAfter, replace, excess = 0 } = this.#server.behaviour;
		this.#block++;
		if (silentAfter !== undefined && this.#block > silentAfter) return this.#stop();
		const start = (this.#block - 1) * this.#blockSize;
		const data = this.#file.subarray(start, start + this.#blockSize);
		const packet = new Uint8Array(4 + data.length + excess);
		packet.set([0, 3, ...word(this.#number(this.#block))]);
		packet.set(data, 4);
		this.#server.sent++;
		this.#send(replace?.block === this.#block ? replace.packet : packet);
	}

	#send(packet: Uint8Array): void {
		this.#packet = packet;
		this.#tries = 0;
		this.#repeat();
	}

	#repeat(): void {
		const { repeatMs = 1500 } = this.#server.behaviour;
		const round = ++this.#round;
		if (this.#tries++ >= 8) return this.#stop();
		this.#network.send(this.#end, this.#client, this.#packet);
		this.#clock.timer.set(() => {
			if (!this.#over && round === this.#round) this.#repeat();
		}, repeatMs);
	}

	#take({ bytes, from }: Packet): void {
		if (from !== this.#client || this.#over) return;
		if (bytes[1] === 5) {
			this.#server.errors.push(`${bytes[3]} ${String.fromCharCode(...bytes.subarray(4, bytes.length - 1))}`);
			return this.#stop();
		}
		const block = bytes[2] * 256 + bytes[3];
		const isLast = this.#block > 0 && this.#packet.length < 4 + this.#blockSize;
		if (block === this.#number(this.#block)) return isLast ? this.#stop() : this.#next();
		if (this.#server.behaviour.apprentice === true && block === this.#number(this.#block - 1)) {
			this.#server.sent++;
			this.#network.send(this.#end, this.#client, this.#packet);
		}
	}

	#stop(): void {
		this.#over = true;
		this.#round++;
	}
}

// SPDX-License-Identifier: Apache-2.0
//
// Asks the DHCP servers of the network for what they know beside addresses (DHCPINFORM): four tries in a minute, then again after a pause.
// The address itself is the host's business. The first answer counts: which server gives it nobody can tell, so nothing
// that comes from it is trusted (README.md).
// Source: RFC 2131 sections 4.1 (repetition), 4.4.3 and 4.4.4.

import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { UDP, UDPConstructor } from "../ecma419/udp.js";
import { decodeReply, encodeInform, optionCode, type Reply } from "./packet.js";

export interface InformOptions {
	readonly io: UDPConstructor;
	readonly timer: TimerService;
	random(bytes: Uint8Array): void;
	/** Six bytes. */
	readonly mac: Uint8Array;
	/** For option 12. */
	readonly hostName: string;
	/** Our own address, IPv4 literal; `undefined` while there is none. */
	address(): string | undefined;
	/** Ask for options 66 and 67 too, default true; option 67 alone otherwise, as it may be a URL. */
	readonly tftp?: boolean;
	onReply(reply: Reply): void;
	/** Four tries had no answer; the next ones follow by themselves. */
	onSilence?(): void;
}

const ports = Object.freeze({ server: 67, client: 68 });
const everybody = "255.255.255.255";
/** Waits after each try, milliseconds; one second more or less by chance. */
const waitsMs: readonly number[] = Object.freeze([4000, 8000, 16000, 32000]);
const firstPauseMs = 60_000;
const longestPauseMs = 3_600_000;

export class InformClient {
	readonly #options: InformOptions;
	#socket: UDP | undefined;
	#timer: TimerHandle | undefined;
	#xid = 0;
	#try = 0;
	#elapsedMs = 0;
	#pauseMs = firstPauseMs;

	constructor(options: InformOptions) {
		this.#options = options;
	}

	/** Begins to ask, anew if it is at it. */
	start(): void {
		this.stop();
		const bytes = new Uint8Array(4);
		this.#options.random(bytes);
		this.#xid = ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
		this.#try = 0;
		this.#elapsedMs = 0;
		this.ask();
	}

	/** Asks no more. */
	stop(): void {
		this.#options.timer.clear(this.#timer);
		this.#timer = undefined;
		this.close();
	}

	private ask(): void {
		const address = this.#options.address();
		const wait = waitsMs[this.#try] + this.jitterMs();
		if (address !== undefined) this.send(address);
		this.#try++;
		this.after(wait, () => {
			this.#elapsedMs += wait;
			if (this.#try < waitsMs.length) this.ask();
			else this.rest();
		});
	}

	/** A try that cannot even be sent is one without an answer. */
	private send(address: string): void {
		const { mac, hostName, tftp = true } = this.#options;
		const { hostName: name, timeServers, tftpServer, bootFile, provisioning } = optionCode;
		const parameters = [name, timeServers, ...(tftp ? [tftpServer] : []), bootFile, provisioning];
		const seconds = Math.floor(this.#elapsedMs / 1000);
		try {
			this.#socket ??= this.open();
			const packet = encodeInform({ xid: this.#xid, seconds, address, mac, hostName, parameters });
			this.#socket.write(packet, everybody, ports.server);
		} catch {
			this.close();
		}
	}

	/** Another client of this host may hold the port; some servers answer to any. */
	private open(): UDP {
		const { io } = this.#options;
		const callbacks = { onReadable: () => this.read(), onError: () => this.close() };
		try {
			return new io({ ...callbacks, port: ports.client });
		} catch {
			return new io(callbacks);
		}
	}

	/** Packets of others, and what is no answer, are passed over: the right one may follow. */
	private read(): void {
		for (let packet = this.#socket?.read(); packet !== undefined; packet = this.#socket?.read()) {
			if (packet.port !== ports.server) continue;
			const reply = this.judge(new Uint8Array(packet));
			if (reply === undefined) continue;
			this.stop();
			this.#pauseMs = firstPauseMs;
			return this.#options.onReply(reply);
		}
	}

	private judge(packet: Uint8Array): Reply | undefined {
		try {
			const reply = decodeReply(packet);
			const { mac } = this.#options;
			return reply.xid === this.#xid && reply.mac.every((byte, i) => byte === mac[i]) ? reply : undefined;
		} catch {
			return undefined;
		}
	}

	private rest(): void {
		this.close();
		this.after(this.#pauseMs, () => this.start());
		this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
		this.#options.onSilence?.();
	}

	private jitterMs(): number {
		const bytes = new Uint8Array(2);
		this.#options.random(bytes);
		return Math.floor(((bytes[0] * 256 + bytes[1]) / 65536) * 2000) - 1000;
	}

	private close(): void {
		this.#socket?.close();
		this.#socket = undefined;
	}

	/** A timer that has run out must not be cleared. */
	private after(ms: number, work: () => void): void {
		this.#timer = this.#options.timer.set(() => {
			this.#timer = undefined;
			work();
		}, ms);
	}
}

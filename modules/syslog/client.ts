// SPDX-License-Identifier: Apache-2.0
//
// Events of the gateway to a syslog server, one message each, numbered, with the quality of the time they carry.
// What was dropped on the way is told by a message of its own as soon as there is room. Sources: RFC 5424 section 7, RFC 5426.

import type { Clock } from "../ecma419/board.js";
import { describeEvent, type EventRecord } from "./event-message.js";
import { encodeMessage, type Severity } from "./message.js";
import { Sender, type SenderOptions } from "./sender.js";

export interface SyslogClientOptions extends SenderOptions {
	readonly clock: Clock;
	/** 0 to 23, asked for each message. */
	facility(): number;
	/** HOSTNAME, asked for each message; empty: none is sent. */
	hostName(): string;
	/** APP-NAME. */
	readonly application: string;
}

/** RFC 5424 section 7.3.1: the sequence begins again at 1 after this. */
const lastSequence = 2147483647;

export class SyslogClient {
	readonly #options: SyslogClientOptions;
	readonly #sender: Sender;
	#sequence = 0;
	/** Messages that found no room and were not told yet. */
	#lost = 0;

	constructor(options: SyslogClientOptions) {
		this.#options = options;
		this.#sender = new Sender(options);
	}

	/** Sends one event when its turn comes; nothing where no server is set. Never throws. */
	send(event: EventRecord): void {
		if (this.#options.destination() === undefined) return;
		this.tellLost();
		const { severity, id, parameters, text } = describeEvent(event);
		this.put(severity, id, parameters, text);
	}

	close(): void {
		this.#sender.close();
	}

	private tellLost(): void {
		this.#lost += this.#sender.takeLost();
		if (this.#lost === 0 || this.#sender.full) return;
		this.put("warning", "lost", [["count", String(this.#lost)]], `${this.#lost} messages lost`);
		this.#lost = 0;
	}

	/** A clock on its floor shows some time after the build: the receiver's own is better. */
	private time(): number | undefined {
		const { clock } = this.#options;
		return clock.source === "none" || clock.source === "floor" ? undefined : clock.now();
	}

	private put(severity: Severity, id: string, parameters: readonly (readonly [string, string])[], text: string): void {
		const options = this.#options;
		this.#sequence = this.#sequence >= lastSequence ? 1 : this.#sequence + 1;
		const time = this.time();
		const quality = time === undefined ? "0" : "1";
		const data = [
			{ id: "meta", parameters: [["sequenceId", String(this.#sequence)] as const] },
			{ id: "timeQuality", parameters: [["tzKnown", "1"] as const, ["isSynced", quality] as const] },
			{ id: "upgate@32473", parameters },
		];
		const fields = { severity, time, application: options.application, id, data, text };
		this.#sender.send(encodeMessage({ ...fields, facility: options.facility(), hostName: options.hostName() }));
	}
}

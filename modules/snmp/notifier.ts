// SPDX-License-Identifier: Apache-2.0
//
// Sends notifications to the managers: traps once, informs until they are acknowledged, three times at most. To each manager one inform
// is under way at a time, and few wait; when more come, the oldest is lost, and counted.
// Source: RFC 3413 section 3.3.

import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { Counters } from "./counters.js";
import type { Notification, Told } from "./notification.js";
import type { PDU } from "./pdu.js";
import { Remote, type Manager, type RemoteParts, type Reply } from "./remote.js";
import type { V3Message } from "./v3-message.js";

const maxTries = 3;
const maxWaiting = 4;
/** Wait for an acknowledgement; doubles with each try. */
const firstWaitMs = 2000;
/** Reports that make us send again at once, for one inform. */
const maxReports = 2;
/** Slots of a 32-bit XS: a notification, its properties and texts. */
const toldBytes = 300;

export interface NotifierOptions extends RemoteParts {
	managers: readonly Manager[];
	timer: TimerService;
	socket: { send(message: Uint8Array, address: string, port: number): void };
}

/** One manager and what is on its way there. */
class Line {
	readonly remote: Remote;
	readonly #options: NotifierOptions;
	readonly #waiting: Told[] = [];
	#current: { told: Told; id: number; tries: number; reports: number } | undefined;
	#timer: TimerHandle | undefined;
	#nextID: number;

	constructor(manager: Manager, options: NotifierOptions) {
		this.remote = new Remote(manager, options);
		this.#options = options;
		const bytes = new Uint8Array(3);
		options.context.ports.board.random(bytes);
		this.#nextID = bytes[0] * 65536 + bytes[1] * 256 + bytes[2] + 1;
	}

	private get counters(): Counters {
		return this.#options.context.counters;
	}

	/** Notifications that are not acknowledged yet. */
	get count(): number {
		return this.#waiting.length + (this.#current === undefined ? 0 : 1);
	}

	get waits(): boolean {
		return this.#current !== undefined;
	}

	add(told: Told): void {
		if (!this.remote.manager.inform) {
			this.send(told, this.#nextID++);
			return;
		}
		if (this.#waiting.length >= maxWaiting) {
			this.#waiting.shift();
			this.counters.informsLost++;
		}
		this.#waiting.push(told);
		if (this.#current === undefined) this.next();
	}

	/** @returns whether it was for us */
	reply(judge: (remote: Remote, id: number) => Reply): boolean {
		const current = this.#current;
		if (current === undefined) return false;
		const reply = judge(this.remote, current.id);
		if (reply !== "other") this.#options.context.debug?.line?.(`< inform ${current.id}: ${reply}`);
		if (reply === "acknowledged") this.next();
		else if (reply === "again" && current.reports++ < maxReports) this.send(current.told, current.id);
		return reply !== "other";
	}

	close(): void {
		this.#options.timer.clear(this.#timer);
		this.#timer = undefined;
		this.#current = undefined;
		this.#waiting.length = 0;
	}

	private next(): void {
		this.#options.timer.clear(this.#timer);
		this.#timer = undefined;
		const told = this.#waiting.shift();
		this.#current = told === undefined ? undefined : { told, id: this.#nextID++, tries: 0, reports: 0 };
		this.try();
	}

	private try(): void {
		const current = this.#current;
		if (current === undefined) return;
		if (current.tries >= maxTries) {
			this.counters.informsLost++;
			this.#options.context.debug?.line?.(`: inform ${current.id} is not acknowledged`);
			this.next();
			return;
		}
		this.#timer = this.#options.timer.set(
			() => {
				this.#timer = undefined;
				this.try();
			},
			firstWaitMs * 2 ** current.tries++,
		);
		this.send(current.told, current.id);
	}

	private send(told: Told, id: number): void {
		const message = this.remote.encode(told, id);
		if (message === undefined) return;
		const { address, port, inform } = this.remote.manager;
		const kind = inform ? "inform" : "trap";
		this.#options.context.debug?.line?.(`> ${kind} ${id} to ${address} port ${port}: ${told.notification.kind}`);
		this.#options.socket.send(message, address, port);
		this.counters.trapsSent++;
	}
}

export class Notifier {
	readonly #lines: Line[];
	readonly #options: NotifierOptions;
	#number = 0;

	constructor(options: NotifierOptions) {
		this.#options = options;
		this.#lines = options.managers.map((manager) => new Line(manager, options));
	}

	notify(notification: Notification): void {
		if (this.#lines.length === 0) return;
		const { engine, ports } = this.#options.context;
		const told = { notification, number: ++this.#number, upTime: engine.upTime, time: ports.board.clock.now() };
		for (const line of this.#lines) line.add(told);
	}

	/** Bytes, about, of notifications that wait. */
	get held(): number {
		return this.#lines.reduce((sum, { count }) => sum + count * toldBytes, 0);
	}

	/** Whether something of a manager at this address is waited for. */
	expects(address: string): boolean {
		return this.#lines.some((line) => line.waits && line.remote.manager.address === address);
	}

	/** An answer in v2c. */
	take({ requestId }: PDU, address: string): boolean {
		return this.#lines.some(
			(line) =>
				line.remote.manager.address === address &&
				line.reply(({ manager }, id) => (manager.user === "" && requestId === id ? "acknowledged" : "other")),
		);
	}

	/** An answer or a report in v3. */
	takeV3(message: V3Message, whole: Uint8Array): boolean {
		return this.#lines.some((line) => line.reply((remote, id) => remote.takeV3(message, whole, id)));
	}

	close(): void {
		for (const line of this.#lines) line.close();
	}
}

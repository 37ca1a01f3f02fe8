// SPDX-License-Identifier: Apache-2.0
//
// What the parts of the listener ask each other and the policy, which may change from request to request. One object with methods: as
// functions in the options of each part they would take two kilobytes of the chip's heap.

import type { DebugPort } from "../debug/port.js";
import type { Resolver } from "../ecma419/resolver.js";
import type { TimerService } from "../ecma419/timer.js";
import type { AgentOptions, Note } from "./agent.js";
import { Authority, type AuthorityOptions, type Credentials } from "./authority.js";
import { Coalescer, type CoalescerOptions, type Effect, type TriggerPort } from "./coalescer.js";
import type { SIPServerOptions } from "./server.js";
import { SourceWatch, type SourceWatchOptions } from "./source-watch.js";
import { Transactions } from "./transactions.js";

export class Desk implements AgentOptions, AuthorityOptions, CoalescerOptions, SourceWatchOptions {
	readonly #options: SIPServerOptions;
	readonly authority: Authority;
	readonly transactions: Transactions;
	readonly sources: SourceWatch;
	readonly coalescer: Coalescer;

	constructor(options: SIPServerOptions) {
		this.#options = options;
		this.authority = new Authority(this);
		this.transactions = new Transactions(options.ticks);
		this.sources = new SourceWatch(this);
		this.coalescer = new Coalescer(this);
	}

	get timer(): TimerService {
		return this.#options.timer;
	}

	get resolver(): Resolver {
		return this.#options.resolver;
	}

	get update(): TriggerPort {
		return this.#options.update;
	}

	get realm(): string {
		return this.#options.realm;
	}

	get debug(): DebugPort | undefined {
		return this.#options.debug;
	}

	ticks(): number {
		return this.#options.ticks();
	}

	random(bytes: Uint8Array): void {
		this.#options.random(bytes);
	}

	enabled(): boolean {
		return this.#options.policy().enabled;
	}

	text(): string {
		return this.#options.policy().sources;
	}

	intervalMs(): number {
		return this.#options.policy().intervalMs;
	}

	credentials(): Credentials | undefined {
		const { user, password, algorithms } = this.#options.policy();
		return password === "" ? undefined : { user, password, algorithms };
	}

	trusts(address: string): boolean {
		return this.sources.allows(address);
	}

	request(requester: string, restart: boolean): Effect {
		return this.coalescer.request(requester, restart);
	}

	onNote(note: Note): void {
		this.#options.onNote?.(note);
	}
}

// SPDX-License-Identifier: Apache-2.0
//
// The SIP listener of a gateway: opens its ports, and makes triggers of the requests that are allowed to make them.
// Leaves out: calls, registration, requests of its own, dialogs, DNS SRV, WebSocket, SCTP.

import type { ListenerConstructor } from "../ecma419/listener.js";
import type { DebugPort } from "../debug/port.js";
import type { Resolver } from "../ecma419/resolver.js";
import type { Acceptor, TCP, TCPConstructor, TCPOptions } from "../ecma419/tcp.js";
import type { TimerService } from "../ecma419/timer.js";
import type { UDPConstructor } from "../ecma419/udp.js";
import { Agent, type Note } from "./agent.js";
import type { Credentials } from "./authority.js";
import type { TriggerPort } from "./coalescer.js";
import type { PortParts } from "./connection.js";
import { Desk } from "./desk.js";
import { Duty } from "./duty.js";
import { TCPPort } from "./tcp-port.js";
import { UDPPort } from "./udp-port.js";

/** What may change while it runs; asked for at each request. */
export interface SIPPolicy {
	/** Whether NOTIFY is obeyed. */
	enabled: boolean;
	/** Addresses, networks and names that need no password; see sources.ts. */
	sources: string;
	/** Asked of all others; with an empty password they are refused. */
	user: string;
	password: string;
	algorithms: Credentials["algorithms"];
	/** Least time between two triggers, ms; 0: each request is one. */
	intervalMs: number;
}

export interface SIPServerOptions {
	readonly io: { UDP: UDPConstructor; TCP: TCPConstructor; Listener: ListenerConstructor };
	readonly timer: TimerService;
	/** Monotonic milliseconds. */
	readonly ticks: () => number;
	/** Fills with bytes that nobody can guess. */
	readonly random: (bytes: Uint8Array) => void;
	/** For names in the list of sources. */
	readonly resolver: Resolver;
	readonly update: TriggerPort;
	policy(): SIPPolicy;
	/** Names the challenge: printable ASCII without quotes. */
	readonly realm: string;
	onNote?(note: Note): void;
	/** Told of messages and what became of them. */
	readonly debug?: DebugPort | undefined;
}

/** 0: none. */
export interface SIPPorts {
	udp: number;
	tcp: number;
	/** Needs `secure`. */
	tls: number;
	/** Local address, default any. */
	address?: string | undefined;
	/**
	 * Called when the TLS port is opened. @returns what makes TLS sockets, server side.
	 * What it throws becomes a problem of the status.
	 */
	secure?: (() => Acceptor) | undefined;
}

export interface SIPStatus {
	/** Open ports: `UDP 5060`. */
	ports: string[];
	/** Ports that could not be had, and a faulty list of sources. */
	problems: string[];
	counts: ReadonlyMap<string, number>;
	transactions: number;
	connections: number;
	/** Bytes of buffers and transactions, about. */
	held: number;
	/** Milliseconds until the trigger that requests have been joined to. */
	waitMs: number | undefined;
}

/** One with TLS takes 24 KB of the chip's memory, so there are fewer of them. */
const mostConnections = Object.freeze({ TCP: 4, TLS: 2 });

const none: readonly string[] = Object.freeze([]);

class PlainAcceptor implements Acceptor {
	readonly #io: SIPServerOptions["io"];

	constructor(io: SIPServerOptions["io"]) {
		this.#io = io;
	}

	accept(options: TCPOptions): TCP {
		return new this.#io.TCP(options);
	}
}

export class SIPServer {
	readonly #options: SIPServerOptions;
	readonly #desk: Desk;
	readonly #agent: Agent;
	readonly #parts: PortParts;
	#udp: UDPPort | undefined;
	#streams: TCPPort[] = [];
	#open: string[] = [];
	#problems: readonly string[] = none;

	/** Opens nothing; see `open`. */
	constructor(options: SIPServerOptions) {
		this.#options = options;
		const { timer, ticks } = options;
		const desk = new Desk(options);
		this.#desk = desk;
		this.#agent = new Agent(desk);
		this.#parts = { timer, ticks, agent: this.#agent, duty: new Duty(ticks), desk };
	}

	/** Opens ports in the place of those that are open. One that cannot be had becomes a problem of the status. */
	open(ports: SIPPorts): void {
		this.close();
		this.#desk.sources.prepare();
		const { address, udp, tcp, tls, secure } = ports;
		const { io } = this.#options;
		this.try("UDP", udp, () => {
			this.#udp = new UDPPort(this.#parts, { io: io.UDP, port: udp, address, owner: this });
		});
		this.try("TCP", tcp, () => this.openStream("TCP", tcp, address, new PlainAcceptor(io)));
		if (secure !== undefined) this.try("TLS", tls, () => this.openStream("TLS", tls, address, secure()));
	}

	/** Ports and connections go; what was joined to a later trigger still comes, so nothing is lost by a change of ports. */
	close(): void {
		this.#udp?.close();
		this.#udp = undefined;
		for (const stream of this.#streams) stream.close();
		this.#streams = [];
		this.#open = [];
		this.#problems = none;
	}

	/** Bytes of buffers and transactions, about. */
	get held(): number {
		return this.#streams.reduce((sum, { held }) => sum + held, this.#desk.transactions.held);
	}

	status(): SIPStatus {
		const { sources, transactions, coalescer } = this.#desk;
		const { fault } = sources;
		return {
			ports: this.#open,
			problems: fault === undefined ? [...this.#problems] : [...this.#problems, `sources: ${fault}`],
			counts: this.#agent.counts,
			transactions: transactions.count,
			connections: this.#streams.reduce((sum, { connections }) => sum + connections, 0),
			held: this.held,
			waitMs: coalescer.waitMs,
		};
	}

	private try(transport: string, port: number, open: () => void): void {
		if (port === 0) return;
		try {
			open();
			this.#open.push(`${transport} ${port}`);
		} catch (error) {
			this.problem(`${transport} ${port}: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	/** For the UDP port. */
	failed(port: number): void {
		this.#udp = undefined;
		this.#open = this.#open.filter((name) => !name.startsWith("UDP"));
		this.problem(`UDP ${port}: the socket has failed`);
	}

	private problem(text: string): void {
		this.#problems = [...this.#problems, text];
	}

	private openStream(transport: "TCP" | "TLS", port: number, address: string | undefined, acceptor: Acceptor): void {
		const io = this.#options.io.Listener;
		const maxConnections = mostConnections[transport];
		this.#streams.push(new TCPPort(this.#parts, { io, acceptor, transport, port, address, maxConnections }));
	}
}

// SPDX-License-Identifier: Apache-2.0
//
// The SIP listener, as the settings have it; a change of them acts within a second, without a restart.

import type { CertificateStore } from "upgate/certificates/store";
import type { Command } from "upgate/console/commands";
import { sipCommands } from "upgate/console/sip-commands";
import type { Settings } from "upgate/settings/settings";
import type { TriggerPort } from "upgate/sip/coalescer";
import { NoteFilter } from "upgate/sip/notes";
import type { Note } from "upgate/sip/agent";
import { SIPServer, type SIPPolicy, type SIPPorts, type SIPServerOptions, type SIPStatus } from "upgate/sip/server";
import { stamp, type StampedRecord } from "upgate/update/events";
import type { DebugPorts } from "./debug.js";
import type { Gear } from "./gear.js";
import type { Resolver } from "../modules/ecma419/resolver.js";
import type { Acceptor } from "../modules/ecma419/tcp.js";
import { growth, heapLine } from "./heap.js";
import { tlsServer } from "./tls-server.js";

const lookMs = 1000;

/** By the value of SIPNotifyDigest. */
const algorithms: readonly SIPPolicy["algorithms"][] = Object.freeze([
	Object.freeze(["SHA-256"] as const),
	Object.freeze(["SHA-256", "MD5"] as const),
	Object.freeze(["MD5", "SHA-256"] as const),
]);

export interface SIPParts {
	device: Gear;
	settings: Settings;
	certificates: Pick<CertificateStore, "identity" | "roots">;
	updater: TriggerPort;
	resolver: Resolver;
	onEvent(record: StampedRecord): void;
	debug: Pick<DebugPorts, "sip" | "tls">;
}

function readPolicy(settings: Settings): SIPPolicy {
	return {
		enabled: settings.flag("EnableSIPRemoteReset"),
		sources: settings.text("SIPNotifySources"),
		user: settings.text("SIPNotifyUser"),
		password: settings.text("SIPNotifyPassword"),
		algorithms: algorithms[settings.number("SIPNotifyDigest")],
		intervalMs: settings.number("SIPNotifyInterval") * 1000,
	};
}

/** Ports of the settings; `--port sip=N` of the host puts N in the place of UDP and TCP, and N + 1 in that of TLS. */
function readPorts(settings: Settings, board: Gear["board"]): SIPPorts {
	const address = board.option("listen");
	if (!settings.flag("EnableSIPRemoteReset")) return { udp: 0, tcp: 0, tls: 0, address };
	const given = board.option("port.sip");
	const port = (name: string, over: number): number =>
		given === undefined || settings.number(name) === 0 ? settings.number(name) : Number(given) + over;
	return { udp: port("LocalSIPPort", 0), tcp: port("TCPLocalSIPPort", 0), tls: port("TLSLocalSIPPort", 1), address };
}

function samePorts(a: SIPPorts | undefined, b: SIPPorts): boolean {
	return a !== undefined && a.udp === b.udp && a.tcp === b.tcp && a.tls === b.tls;
}

/** Follows the settings, without making anything while they stay as they are. */
class Follower {
	readonly #settings: Settings;
	readonly #board: Gear["board"];
	/** What was read of the settings is of this state. No older one is held: that is all values of then. */
	#state: object | undefined;
	/** Made when it is asked for. */
	#policy: SIPPolicy | undefined;
	#ports: SIPPorts | undefined;
	/** Whether the ports are of this state too. */
	#looked = false;

	constructor(settings: Settings, board: Gear["board"]) {
		this.#settings = settings;
		this.#board = board;
	}

	policy(): SIPPolicy {
		this.follow();
		return (this.#policy ??= readPolicy(this.#settings));
	}

	/** @returns ports to be opened in the place of the last ones, if they are others */
	ports(): SIPPorts | undefined {
		this.follow();
		if (this.#looked) return undefined;
		this.#looked = true;
		const ports = readPorts(this.#settings, this.#board);
		if (samePorts(this.#ports, ports)) return undefined;
		this.#ports = ports;
		return ports;
	}

	private follow(): void {
		const { state } = this.#settings;
		if (state === this.#state) return;
		this.#state = state;
		this.#policy = undefined;
		this.#looked = false;
	}
}

/** @throws TLSError; Error without a device certificate */
function makeAcceptor(parts: SIPParts): Acceptor {
	const clients = parts.settings.flag("SIPSRequireClientCertificate");
	const acceptor = tlsServer(parts, { clients, sparing: true });
	if (acceptor === undefined) throw new Error("there is no device certificate");
	return acceptor;
}

function isClosed({ udp, tcp, tls }: SIPPorts): boolean {
	return udp === 0 && tcp === 0 && tls === 0;
}

/** What the listener asks for. */
class ServerParts implements SIPServerOptions {
	readonly #parts: SIPParts;
	readonly #follower: Follower;
	readonly #notes: NoteFilter;

	constructor(parts: SIPParts, follower: Follower) {
		this.#parts = parts;
		this.#follower = follower;
		this.#notes = new NoteFilter(parts.device.ticks);
	}

	get resolver(): Resolver {
		return this.#parts.resolver;
	}

	get io(): Gear["io"] {
		return this.#parts.device.io;
	}

	get timer(): Gear["timer"] {
		return this.#parts.device.timer;
	}

	get ticks(): Gear["ticks"] {
		return this.#parts.device.ticks;
	}

	get random(): Gear["random"] {
		return this.#parts.device.random;
	}

	get update(): TriggerPort {
		return this.#parts.updater;
	}

	get realm(): string {
		return this.#parts.device.board.application.name;
	}

	get debug(): DebugPorts["sip"] {
		return this.#parts.debug.sip;
	}

	policy(): SIPPolicy {
		return this.#follower.policy();
	}

	onNote(note: Note): void {
		const told = this.#notes.take(note);
		const { board } = this.#parts.device;
		if (told !== undefined) this.#parts.onEvent(stamp({ event: "sip", ...told }, board.clock));
	}
}

/** The listener while there is one: a gateway that does not listen keeps nothing for it. */
export class SIPService {
	readonly #parts: SIPParts;
	readonly #follower: Follower;
	#server: SIPServer | undefined;
	#heap = 0;
	/** The most it has held when it was looked at. */
	#most = 0;

	get commands(): Iterable<Command> {
		return sipCommands(this);
	}

	constructor(parts: SIPParts) {
		this.#parts = parts;
		this.#follower = new Follower(parts.settings, parts.device.board);
	}

	status(): SIPStatus | undefined {
		return this.#server?.status();
	}

	heap(): number {
		return this.#heap;
	}

	memory(): string {
		if (this.#server === undefined) return heapLine("sip", "off (EnableSIPRemoteReset = 0)");
		const held = this.measure(this.#server);
		return heapLine("sip", `${this.#heap} when opened; transactions and buffers: now ${held}, most ${this.#most}`);
	}

	start(): void {
		this.look();
		this.#parts.device.timer.repeat(() => this.look(), lookMs);
	}

	private measure({ held }: SIPServer): number {
		this.#most = Math.max(this.#most, held);
		return held;
	}

	private look(): void {
		if (this.#server !== undefined) this.measure(this.#server);
		const ports = this.#follower.ports();
		if (ports === undefined) return;
		if (isClosed(ports)) {
			this.#server?.close();
			this.#server = undefined;
			return;
		}
		const isNew = this.#server === undefined;
		const heap = growth(this.#parts.device.board, () => {
			this.#server ??= new SIPServer(new ServerParts(this.#parts, this.#follower));
			this.#server.open({ ...ports, secure: () => makeAcceptor(this.#parts) });
		});
		if (isNew) this.#heap = heap;
	}
}

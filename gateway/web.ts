// SPDX-License-Identifier: Apache-2.0
//
// The management pages: which ports, by whose certificate, and what they are told about the gateway.

import type { CertificateStore } from "upgate/certificates/store";
import type { BootSelector } from "upgate/flash/otadata";
import {
	defaultServerTimeouts,
	type Endpoint,
	type HTTPServerOptions,
	type Sent,
	type ServerExchange,
	type ServerTimeouts,
} from "upgate/http-server/options";
import { defaultRequestLimits, type RequestLimits } from "upgate/http-server/request-parser";
import { HTTPServer } from "upgate/http-server/server";
import type { Settings } from "upgate/settings/settings";
import type { LogRing } from "upgate/trace/log-ring";
import type { RecordStore } from "upgate/update/interfaces";
import { slotInfos, type SlotInfo } from "upgate/update/slots";
import type { Updater } from "upgate/update/updater";
import type { WearRegion, WebPorts } from "upgate/web/ports";
import { webFields } from "upgate/web/access";
import { Web } from "upgate/web/web";
import type { Accounts } from "./accounts.js";
import type { DebugPorts } from "./debug.js";
import type { Gear } from "./gear.js";
import { growth, heapLine } from "./heap.js";
import type { Service } from "./services.js";
import { isRoomy, tlsServer } from "./tls-server.js";
import type { Wear } from "./wear.js";

export interface WebParts {
	device: Gear;
	settings: Settings;
	certificates: CertificateStore;
	updater: Updater;
	selector: BootSelector;
	store: RecordStore;
	accounts: Accounts;
	debug: Pick<DebugPorts, "http" | "tls">;
}

/** What is shown of an attempt. */
interface Shown {
	time: string | null;
	verdict: string;
	version: string;
	reason: string;
}

/** What the pages show of other services. */
export interface Sights {
	/** The attempts that are remembered, oldest first. */
	readonly trace: { entries(): Iterable<Shown> };
	readonly log: LogRing;
	readonly wear: Wear;
}

/** Each with TLS takes 24 KB of the chip's memory and 4 KB of the script's: one for live values, one for the rest. */
const mostConnections = 2;

const connectionBytes = 4096;

/** Pages must never stop an update, so they wait where memory is scarce. */
function connectionsNow({ device, updater }: WebParts): number {
	if (updater.status().phase === "idle") return mostConnections;
	return isRoomy(device) ? 1 : 0;
}

/** What the pages learn from the gateway. A class, as all this would take two kilobytes as functions of an object. */
class PagePorts implements WebPorts {
	readonly #parts: WebParts;
	readonly #sights: Sights;

	constructor(parts: WebParts, sights: Sights) {
		this.#parts = parts;
		this.#sights = sights;
	}

	get board(): Gear["board"] {
		return this.#parts.device.board;
	}

	get timer(): Gear["timer"] {
		return this.#parts.device.timer;
	}

	get settings(): Settings {
		return this.#parts.settings;
	}

	get password(): Accounts["password"] {
		return this.#parts.accounts.password;
	}

	get guard(): Accounts["guard"] {
		return this.#parts.accounts.guard;
	}

	get update(): Updater {
		return this.#parts.updater;
	}

	get certificates(): CertificateStore {
		return this.#parts.certificates;
	}

	slots(): Iterable<SlotInfo> {
		const { device, selector, store } = this.#parts;
		return slotInfos({ storage: device.storage, selector, store, runningSlot: device.board.runningSlot });
	}

	wear(): Iterable<WearRegion> {
		return this.#sights.wear.regions();
	}

	history(): Iterable<object> {
		const shown = ({ time, verdict, version, reason }: Shown): Shown => ({ time, verdict, version, reason });
		return Array.from(this.#sights.trace.entries(), shown);
	}

	get log(): LogRing {
		return this.#sights.log;
	}

	restart(reason: string): void {
		this.#parts.updater.restart(reason);
	}
}

/** @returns where https is served; `undefined` without a certificate. @throws TLSError */
function secureEndpoint(parts: WebParts): Endpoint | undefined {
	const { device, settings } = parts;
	const clients = settings.flag("HTTPSRequireClientCertificate");
	const acceptor = tlsServer(parts, { clients, protocols: ["http/1.1"] });
	if (acceptor === undefined) return undefined;
	return { port: Number(device.board.option("port.web") ?? settings.text("HTTPSPort")), secure: true, acceptor };
}

function plainEndpoint({ device: { io, board }, settings }: WebParts, beside: boolean): Endpoint {
	const option = board.option(beside ? "port.web-http" : "port.web");
	const port = Number(option ?? settings.text("HTTPport"));
	return { port, secure: false, acceptor: { accept: (options) => new io.TCP(options) } };
}

/** @returns ports to open, or why there are none */
function endpoints(parts: WebParts): Endpoint[] | string {
	const { settings } = parts;
	const secure = secureEndpoint(parts);
	const only = settings.flag("HTTPSOnly");
	if (secure === undefined && only)
		return "off: https needs a device certificate, and there is none. Import one, or set HTTPSOnly 0 for http; then reset";
	const plain = only ? [] : [plainEndpoint(parts, secure !== undefined)];
	return secure === undefined ? plain : [secure, ...plain];
}

type Tell = (line: string) => void;

/* Whole, so that the server need not make its own. */
const timeouts: Readonly<ServerTimeouts> = Object.freeze({ ...defaultServerTimeouts, keepMs: 5_000 });
const limits: Readonly<RequestLimits> = Object.freeze({ ...defaultRequestLimits, fields: webFields });

/** What the server of the pages asks for. */
class PageServer implements HTTPServerOptions {
	readonly #parts: WebParts;
	readonly #web: Web;
	readonly #tell: Tell;
	readonly endpoints: readonly Endpoint[];

	constructor(parts: WebParts, found: readonly Endpoint[], web: Web, tell: Tell) {
		const address = parts.device.board.option("listen");
		this.#parts = parts;
		this.#web = web;
		this.#tell = tell;
		this.endpoints = address === undefined ? found : found.map((endpoint) => ({ ...endpoint, address }));
	}

	get Listener(): Gear["io"]["Listener"] {
		return this.#parts.device.io.Listener;
	}

	get timer(): Gear["timer"] {
		return this.#parts.device.timer;
	}

	get ticks(): () => number {
		return this.#parts.device.ticks;
	}

	get scratchBytes(): number {
		return 256;
	}

	get timeouts(): ServerTimeouts {
		return timeouts;
	}

	get limits(): RequestLimits {
		return limits;
	}

	get debug(): DebugPorts["http"] {
		return this.#parts.debug.http;
	}

	handler(exchange: ServerExchange): Sent {
		return this.#web.handle(exchange);
	}

	connections(): number {
		return connectionsNow(this.#parts);
	}

	onFault(error: unknown): void {
		this.#tell(`web pages: fault: ${error instanceof Error ? error.message : String(error)}`);
	}
}

function held({ open, most }: HTTPServer): string {
	return `connections, about ${connectionBytes} each: now ${open}, most ${most}`;
}

function describe(found: readonly Endpoint[], { ports }: HTTPServer): string {
	return found.map(({ secure }, i) => `${secure ? "https" : "http"}, port ${ports[i]}`).join("; ");
}

/** Nothing of the pages takes memory while they are off. */
export class WebService implements Service {
	readonly #parts: WebParts;
	readonly #sights: Sights;
	readonly #tell: Tell;
	#web: Web | undefined;
	#server: HTTPServer | undefined;
	#heap = 0;

	/** @param tell takes lines for people: where the pages are, or why they are not */
	constructor(parts: WebParts, sights: Sights, tell: Tell) {
		this.#parts = parts;
		this.#sights = sights;
		this.#tell = tell;
	}

	start(): void {
		if (this.#server !== undefined || this.#parts.settings.flag("DisableWebTask")) return;
		try {
			const found = endpoints(this.#parts);
			if (typeof found === "string") return this.#tell(`web pages: ${found}`);
			this.#heap = growth(this.#parts.device.board, () => this.open(found));
		} catch (error) {
			this.#tell(`web pages: off: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	memory(): string {
		return heapLine(
			"web pages",
			this.#server === undefined ? "off" : `${this.#heap} when opened; ${held(this.#server)}`,
		);
	}

	note(): void {
		this.#web?.wake();
		this.#server?.trim();
	}

	private open(found: readonly Endpoint[]): void {
		const web = new Web(new PagePorts(this.#parts, this.#sights));
		const server = new HTTPServer(new PageServer(this.#parts, found, web, this.#tell));
		this.#web = web;
		this.#server = server;
		this.#tell(`web pages: ${describe(found, server)}`);
	}
}

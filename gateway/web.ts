// SPDX-License-Identifier: Apache-2.0
//
// The management pages: which ports, by whose certificate, and what they are told about the gateway.

import type { CertificateStore } from "upgate/certificates/store";
import type { BootSelector } from "upgate/flash/otadata";
import {
	defaultServerTimeouts,
	type Endpoint,
	type HTTPServerOptions,
	type ServerExchange,
	type ServerTimeouts,
} from "upgate/http-server/options";
import { defaultRequestLimits, type RequestLimits } from "upgate/http-server/request-parser";
import { HTTPServer } from "upgate/http-server/server";
import type { Settings } from "upgate/settings/settings";
import type { Store } from "upgate/store/store";
import { eventText } from "upgate/update/event-text";
import type { StampedRecord } from "upgate/update/events";
import { slotInfos, type SlotInfo } from "upgate/update/slots";
import type { Updater } from "upgate/update/updater";
import type { WearRegion, WebPorts } from "upgate/web/ports";
import { webFields } from "upgate/web/access";
import { Web } from "upgate/web/web";
import type { TCP, TCPOptions } from "../modules/ecma419/tcp.js";
import type { Accounts } from "./accounts.js";
import type { DebugPorts } from "./debug.js";
import type { Gear } from "./gear.js";
import { growth, heapLine } from "./heap.js";
import type { Service } from "./services.js";
import { isRoomy, tlsServer } from "./tls-server.js";

export interface WebParts {
	device: Gear;
	settings: Settings;
	certificates: CertificateStore;
	updater: Updater;
	selector: BootSelector;
	store: Pick<Store, "status">;
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

/** The attempts that are remembered, oldest first. */
interface TracePort {
	entries(): Iterable<Shown>;
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
	readonly #trace: TracePort;
	/** Blocks erased in each slot since start. */
	readonly #erased: readonly number[];

	constructor(parts: WebParts, trace: TracePort, erased: readonly number[]) {
		this.#parts = parts;
		this.#trace = trace;
		this.#erased = erased;
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
		const { device, selector } = this.#parts;
		return slotInfos(device.storage, selector, device.board.runningSlot);
	}

	*wear(): Iterable<WearRegion> {
		const { device, selector, store } = this.#parts;
		const { erases, blocks } = store.status();
		const sequences = selector.entries().map((entry) => (entry.intact ? entry.sequence : 0));
		yield { name: "store", erases, blocks, since: "since it was made" };
		yield { name: "otadata", erases: Math.max(0, ...sequences), blocks: 2, since: "since the factory" };
		for (const slot of [0, 1] as const) {
			const path = slot === device.board.runningSlot ? "running" : "nextota";
			const flash = device.storage.open({ path, mode: "r" });
			const { blocks: count } = flash.status();
			flash.close();
			yield { name: `ota_${slot}`, erases: this.#erased[slot], blocks: count, since: "since start" };
		}
	}

	history(): Iterable<object> {
		const shown = ({ time, verdict, version, reason }: Shown): Shown => ({ time, verdict, version, reason });
		return Array.from(this.#trace.entries(), shown);
	}
}

/** @returns where https is served; `undefined` without a certificate. @throws TLSError */
function secureEndpoint(parts: WebParts): Endpoint | undefined {
	const { device, settings } = parts;
	const clients = settings.flag("HTTPSRequireClientCertificate");
	const open = tlsServer(parts, { clients, protocols: ["http/1.1"] });
	if (open === undefined) return undefined;
	return { port: Number(device.board.option("port.web") ?? settings.text("HTTPSPort")), secure: true, open };
}

function plainEndpoint({ device: { io, board }, settings }: WebParts, beside: boolean): Endpoint {
	const option = board.option(beside ? "port.web-http" : "port.web");
	const port = Number(option ?? settings.text("HTTPport"));
	return { port, secure: false, open: (options: TCPOptions): TCP => new io.TCP(options) };
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

	handler(exchange: ServerExchange): Promise<void> {
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
	readonly #trace: TracePort;
	readonly #tell: Tell;
	readonly #erased = [0, 0];
	#web: Web | undefined;
	#server: HTTPServer | undefined;
	#heap = 0;

	/** @param tell takes lines for people: where the pages are, or why they are not */
	constructor(parts: WebParts, trace: TracePort, tell: Tell) {
		this.#parts = parts;
		this.#trace = trace;
		this.#tell = tell;
	}

	start(): void {
		if (this.#server !== undefined || this.#parts.settings.flag("DisableWebTask")) return;
		try {
			const found = endpoints(this.#parts);
			if (typeof found === "string") return this.#tell(`web pages: ${found}`);
			this.#heap = growth(this.#parts.device.board, () => this.#open(found));
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

	note(record: StampedRecord): void {
		if (record.event === "flash") this.#erased[record.slot] += Math.ceil(record.bytes / 4096);
		this.#web?.note(eventText(record), record.time);
		this.#server?.trim();
	}

	#open(found: readonly Endpoint[]): void {
		const web = new Web(new PagePorts(this.#parts, this.#trace, this.#erased));
		const server = new HTTPServer(new PageServer(this.#parts, found, web, this.#tell));
		this.#web = web;
		this.#server = server;
		this.#tell(`web pages: ${describe(found, server)}`);
	}
}

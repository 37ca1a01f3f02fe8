// SPDX-License-Identifier: Apache-2.0
//
// The management pages: which ports, by whose certificate, and what they are told about the gateway.

import type { CertificateStore } from "upgate/certificates/store";
import type { BootSelector } from "upgate/flash/otadata";
import type { Endpoint } from "upgate/http-server/options";
import { HTTPServer } from "upgate/http-server/server";
import type { Settings } from "upgate/settings/settings";
import { slotInfos } from "upgate/update/slots";
import type { Updater } from "upgate/update/updater";
import type { LogRing } from "upgate/trace/log-ring";
import type { UpdatePort } from "upgate/web/ports";
import { webFields } from "upgate/web/access";
import { Web } from "upgate/web/web";
import type { Device } from "../modules/ecma419/device.js";
import type { Accounts } from "./accounts.js";
import type { DebugPorts } from "./debug.js";
import { growth, heapLine } from "./heap.js";
import type { Service } from "./services.js";
import { isRoomy, tlsServer } from "./tls-server.js";
import type { Wear } from "./wear.js";

export interface WebParts {
	device: Device;
	settings: Settings;
	certificates: CertificateStore;
	updater: Updater;
	selector: BootSelector;
	accounts: Accounts;
	debug: DebugPorts;
	log: LogRing;
	wear: Wear;
	/** The attempts that are remembered, oldest first. */
	trace: { entries(): Iterable<{ time: string | null; verdict: string; version: string; reason: string }> };
}

/** Each with TLS takes 24 KB of the chip's memory and 4 KB of the script's: one for live values, one for the rest. */
const mostConnections = 2;
const connectionBytes = 4096;

/** Pages must never stop an update, so they wait where memory is scarce. */
function connectionsNow({ device, updater }: WebParts): number {
	if (updater.status().phase === "idle") return mostConnections;
	return isRoomy(device) ? 1 : 0;
}

function updatePort(updater: Updater): UpdatePort {
	const { firmware } = updater;
	return {
		trigger: (cause, requester) => void updater.trigger(cause, requester),
		status: () => updater.status(),
		firmware: {
			switch: () => firmware.switch(),
			confirm: () => firmware.confirm(),
			rollback: () => firmware.rollback(),
			upload: (source) => updater.upload(source, "web"),
		},
	};
}

function makePages(parts: WebParts): Web {
	const { device, settings, certificates, updater, selector, log } = parts;
	const { board, timer, storage } = device;
	return new Web({
		board,
		timer,
		settings,
		certificates,
		log,
		...parts.accounts,
		update: updatePort(updater),
		slots: () => slotInfos(storage, selector, board.runningSlot),
		wear: () => parts.wear.regions(),
		history: () =>
			Array.from(parts.trace.entries(), ({ time, verdict, version, reason }) => ({ time, verdict, version, reason })),
		restart: (reason) => updater.restart(reason),
	});
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
	return { port, secure: false, open: (options) => new io.TCP(options) };
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

function listen(parts: WebParts, found: readonly Endpoint[], web: Web, tell: Tell): HTTPServer {
	const { io, timer, board } = parts.device;
	const address = board.option("listen");
	return new HTTPServer({
		Listener: io.Listener,
		timer,
		ticks: () => board.clock.ticks(),
		endpoints: found.map((endpoint) => (address === undefined ? endpoint : { ...endpoint, address })),
		handler: (exchange) => web.handle(exchange),
		connections: () => connectionsNow(parts),
		scratchBytes: 256,
		debug: parts.debug.http,
		timeouts: { keepMs: 5_000 },
		limits: { fields: webFields },
		onFault: (error) => tell(`web pages: fault: ${error instanceof Error ? error.message : String(error)}`),
	});
}

function describe(found: readonly Endpoint[], { ports }: HTTPServer): string {
	return found.map(({ secure }, i) => `${secure ? "https" : "http"}, port ${ports[i]}`).join("; ");
}

function held({ open, most }: HTTPServer): string {
	return `connections, about ${connectionBytes} each: now ${open}, most ${most}`;
}

/** @param tell takes lines for people: where the pages are, or why they are not */
export function makeWeb(parts: WebParts, tell: Tell): Service {
	// Nothing of them takes memory while they are off.
	let web: Web | undefined;
	let server: HTTPServer | undefined;
	let heap = 0;
	const open = (found: readonly Endpoint[]): void => {
		web = makePages(parts);
		server = listen(parts, found, web, tell);
		tell(`web pages: ${describe(found, server)}`);
	};
	return {
		start: () => {
			if (server !== undefined || parts.settings.flag("DisableWebTask")) return;
			try {
				const found = endpoints(parts);
				if (typeof found === "string") return tell(`web pages: ${found}`);
				heap = growth(parts.device.board, () => open(found));
			} catch (error) {
				tell(`web pages: off: ${error instanceof Error ? error.message : String(error)}`);
			}
		},
		memory: () => heapLine("web pages", server === undefined ? "off" : `${heap} when opened; ${held(server)}`),
		note: () => {
			web?.wake();
			server?.trim();
		},
	};
}

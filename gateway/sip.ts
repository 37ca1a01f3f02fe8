// SPDX-License-Identifier: Apache-2.0
//
// The SIP listener, as the settings have it; a change of them acts within a second, without a restart.

import type { Command } from "upgate/console/commands";
import { sipCommands } from "upgate/console/sip-commands";
import type { Settings } from "upgate/settings/settings";
import type { TriggerPort } from "upgate/sip/coalescer";
import { NoteFilter } from "upgate/sip/notes";
import { SIPServer, type SIPPolicy, type SIPPorts } from "upgate/sip/server";
import { stamp, type StampedRecord } from "upgate/update/events";
import type { Device } from "../modules/ecma419/device.js";

const lookMs = 1000;

/** By the value of SIPNotifyDigest. */
const algorithms: readonly SIPPolicy["algorithms"][] = Object.freeze([
	Object.freeze(["SHA-256"] as const),
	Object.freeze(["SHA-256", "MD5"] as const),
	Object.freeze(["MD5", "SHA-256"] as const),
]);

export interface SIPParts {
	device: Device;
	settings: Settings;
	updater: TriggerPort;
	onEvent: (record: StampedRecord) => void;
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
function readPorts(settings: Settings, board: Device["board"]): SIPPorts {
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
	readonly #board: Device["board"];
	#policy: SIPPolicy;
	#policyState: object;
	#ports: SIPPorts | undefined;
	#portsState: object | undefined;

	constructor(settings: Settings, board: Device["board"]) {
		this.#settings = settings;
		this.#board = board;
		this.#policy = readPolicy(settings);
		this.#policyState = settings.state;
	}

	readonly policy = (): SIPPolicy => {
		const { state } = this.#settings;
		if (state !== this.#policyState) {
			this.#policyState = state;
			this.#policy = readPolicy(this.#settings);
		}
		return this.#policy;
	};

	/** @returns ports to be opened in the place of the last ones, if they are others */
	ports(): SIPPorts | undefined {
		const { state } = this.#settings;
		if (state === this.#portsState) return undefined;
		this.#portsState = state;
		const ports = readPorts(this.#settings, this.#board);
		if (samePorts(this.#ports, ports)) return undefined;
		this.#ports = ports;
		return ports;
	}
}

/** @returns the listener, closed until `start`; its command at the console */
export function makeSIP({ device, settings, updater, onEvent }: SIPParts): {
	start(): void;
	commands: Command[];
} {
	const { io, timer, board } = device;
	const ticks = (): number => board.clock.ticks();
	const follower = new Follower(settings, board);
	const notes = new NoteFilter(ticks, (note) => onEvent(stamp({ event: "sip", ...note }, board.clock)));
	const server = new SIPServer({
		...{ io, timer, ticks, update: updater },
		resolver: new io.Resolver({}),
		random: (bytes) => board.random(bytes),
		policy: follower.policy,
		realm: board.application.name,
		onNote: notes.take,
	});
	const look = (): void => {
		const ports = follower.ports();
		if (ports !== undefined) server.open(ports);
	};
	return {
		commands: sipCommands(server),
		start: () => {
			look();
			timer.repeat(look, lookMs);
		},
	};
}

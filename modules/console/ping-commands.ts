// SPDX-License-Identifier: Apache-2.0
//
// The command `ping`: resolves a name and times TCP connections. ECMA-419 has no ICMP, so a port has to be open at the other end; a
// refusal is told as no connection, because the hosts do not tell it from others.

import type { Resolver } from "../ecma419/resolver.js";
import type { TCP, TCPConstructor } from "../ecma419/tcp.js";
import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import { isIPv4, isIPv6, isName } from "../http/host.js";
import { commandTable, placed } from "./command-table.js";
import type { Command, CommandAnswer } from "./commands.js";
import { CommandError } from "./error.js";

export interface PingPorts {
	io: { readonly TCP: TCPConstructor };
	resolver: Pick<Resolver, "resolve">;
	timer: TimerService;
	/** Monotonic milliseconds. */
	ticks: () => number;
}

const tries = 4;
/** Of the name, and of each connection. */
const deadlineMs = 2000;
const defaultPort = 80;

/** @param start begins; it calls its argument once or never. @returns what it was called with, `late` after the deadline */
function withDeadline<Result>(
	timer: TimerService,
	late: Result,
	start: (done: (result: Result) => void) => void,
): Promise<Result> {
	return new Promise((resolve) => {
		let handle: TimerHandle | undefined = timer.set(() => {
			handle = undefined;
			resolve(late);
		}, deadlineMs);
		start((result) => {
			if (handle === undefined) return;
			timer.clear(handle);
			handle = undefined;
			resolve(result);
		});
	});
}

async function resolveName({ resolver, timer }: PingPorts, host: string): Promise<string> {
	if (isIPv4(host) || isIPv6(host)) return host;
	if (!isName(host)) throw new CommandError("CONSOLE_REFUSED", "neither an address nor a host name");
	const address = await withDeadline<string | undefined>(timer, undefined, (done) =>
		resolver.resolve({ host, onResolved: (_, found) => done(found), onError: () => done(undefined) }),
	);
	if (address === undefined) throw new CommandError("CONSOLE_REFUSED", "the name has no address");
	return address;
}

/** @returns milliseconds, or why there is no connection */
async function connect({ io, timer, ticks }: PingPorts, address: string, port: number): Promise<number | string> {
	const start = ticks();
	let socket: TCP | undefined;
	const outcome = await withDeadline<number | string>(timer, `no answer within ${deadlineMs} ms`, (done) => {
		try {
			socket = new io.TCP({
				...{ address, port },
				onWritable: () => done(ticks() - start),
				onError: () => done("no connection"),
			});
		} catch {
			done("no connection");
		}
	});
	socket?.close();
	return outcome;
}

async function ping(ports: PingPorts, host: string, portText: string): Promise<CommandAnswer> {
	const port = /^[0-9]{1,5}$/.test(portText) ? Number(portText) : 0;
	if (port < 1 || port > 65535) throw new CommandError("CONSOLE_REFUSED", "a port is a number, 1 to 65535");
	const address = await resolveName(ports, host);
	const lines = [`TCP connections to ${address} port ${port}`];
	let answered = 0;
	for (let i = 1; i <= tries; i++) {
		const outcome = await connect(ports, address, port);
		if (typeof outcome === "number") answered++;
		lines.push(`${i}  ${typeof outcome === "number" ? `${outcome} ms` : outcome}`);
	}
	lines.push(`${answered} of ${tries} answered`);
	return lines;
}

const table = commandTable<PingPorts>({
	words: "ping",
	usage: "HOST [PORT]",
	help: `time ${tries} TCP connections (no ICMP here), port ${defaultPort}`,
	run: (ports, [host, port = String(defaultPort)]) => ping(ports, host, port),
});

export function pingCommands(ports: PingPorts): Iterable<Command> {
	return placed(table, ports);
}

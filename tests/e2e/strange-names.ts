// SPDX-License-Identifier: Apache-2.0
//
// Names that nobody has used before, by the hundred, in everything that a gateway reads from others: each sender here fills one kind of message
// with them. Node only.

import { createSocket } from "node:dgram";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pduType } from "../../modules/snmp/pdu.js";
import { lines } from "../sip/agent.js";
import { ask, request } from "../snmp/support.js";
import type { Visitor } from "../web/site.js";
import type { Bench } from "./bench.js";
import { Client } from "./snmp-programs.js";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class Names {
	/** How many have been given out. */
	count = 0;

	/** A letter first, as all grammars want. */
	next(): string {
		return `q${(this.count++).toString(36).padStart(4, "0")}`;
	}

	list<T>(count: number, use: (name: string) => T): T[] {
		return Array.from({ length: count }, () => use(this.next()));
	}

	/** Pairs of a name and a value, as members and header fields. */
	record(count: number): Record<string, string> {
		return Object.fromEntries(this.list(count, (name) => [name, "1"]));
	}
}

/** A provisioning server whose answers are right, but for all the names in them. */
export class StrangeServer {
	url = "";
	readonly #names: Names;
	readonly #ini: readonly string[];
	readonly #server: Server = createServer((_, response) => this.#answer(response));
	#answers = 0;

	/** @param ini lines that stand in each, names that are known among them */
	constructor(names: Names, ini: readonly string[]) {
		this.#names = names;
		this.#ini = ini;
	}

	async start(): Promise<void> {
		await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
		this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	close(): void {
		this.#server.closeAllConnections();
		this.#server.close();
	}

	#answer(response: ServerResponse): void {
		const names = this.#names;
		const list = (separator: string): string => names.list(10, (name) => `${name}=${name}`).join(separator);
		response.setHeader("Content-Type", `text/plain; ${list("; ")}`);
		response.setHeader("Cache-Control", list(", "));
		response.setHeader(
			"Set-Cookie",
			names.list(5, (name) => `${name}=1; ${name}x=2`),
		);
		for (const [name, value] of Object.entries(names.record(30))) response.setHeader(name, value);
		switch (this.#answers++ % 3) {
			case 0:
				response.setHeader("WWW-Authenticate", [
					`Digest realm="r", nonce="n", ${list(", ")}`,
					`${names.next()} ${list(", ")}`,
				]);
				return void response.writeHead(401).end();
			case 1:
				response.setHeader("Location", `/${names.next()}?${list("&")}`);
				return void response.writeHead(302).end();
			default:
				return void response.end(this.#settings());
		}
	}

	/** Settings of other products, with tables; a name that is known, and words where it wants another. */
	#settings(): string {
		const names = this.#names;
		const table = names.next();
		const columns = names.list(10, (name) => name);
		return [
			`[ ${names.next()} ]`,
			...names.list(100, (name) => `${name} = '${name}'`),
			...names.list(20, (name) => `${name}_${name} = 1`),
			`[ ${table} ]`,
			`FORMAT ${table}_Index = ${columns.map((name) => `${table}_${name}`).join(", ")};`,
			...[0, 1, 2].map((row) => `${table} ${row} = ${columns.join(", ")};`),
			`[ \\${table} ]`,
			`SyslogServerIP = '${names.next()}'`,
			`HostName = '${names.next()}'`,
			...this.#ini,
		].join("\r\n");
	}
}

/** Updates until each kind of answer has been given. */
export async function update(bench: Bench): Promise<void> {
	for (let i = 0; i < 3; i++) {
		bench.type("update");
		await bench.until(({ event }) => event === "verdict");
	}
}

/** What people type: words that are no commands, values, files, keys of terminals that do not exist. */
export async function type(bench: Bench, names: Names): Promise<void> {
	const from = bench.serial.length;
	const words = ["", "show settings ", "file remove ", "help ", "update "];
	for (const word of words) for (const name of names.list(10, (name) => name)) bench.type(`${word}${name}`);
	for (const name of names.list(10, (name) => name)) bench.type(`set ${name} ${name}`);
	for (const name of names.list(10, (name) => name)) bench.type(`set SyslogServerIP "${name} ${name}"`);
	bench.type("configure system");
	bench.type("automatic-update");
	for (const name of names.list(10, (name) => name)) bench.type(`crc-check ${name}`);
	bench.type("end");
	for (let i = 0; i < 100; i++) bench.type(`\x1b[${names.count++};${i}R`);
	bench.type("show memory");
	await bench.printed("native heap", from);
}

const json = { "content-type": "application/json" };

/** Before the password, and with none. */
export async function visit(visitor: Visitor, names: Names): Promise<void> {
	for (const path of ["/api/setup", "/api/login"]) {
		await visitor.ask(path, { body: names.record(400) });
		await visitor.ask(path, { body: { password: names.record(100), [names.next()]: { a: [names.record(100)] } } });
	}
	const query = names.list(30, (name) => `${name}=${name}`).join("&");
	await visitor.ask(`/${names.next()}?${query}`, { headers: names.record(20) });
	const cookie = names.list(30, (name) => `${name}=1`).join("; ");
	await visitor.ask(`/api/session?${query}`, { headers: { cookie } });
	await visitor.ask("/api/login", { body: "{}", headers: { "content-type": `${names.next()}/${names.next()}` } });
}

/** As the owner. */
export async function submit(visitor: Visitor, names: Names): Promise<void> {
	await visitor.ask("/api/settings", { body: { values: names.list(60, (name) => [name, name]) } });
	await visitor.ask("/api/settings", { body: { values: names.record(300) } });
	await visitor.ask("/api/settings", { body: names.record(300) });
	await visitor.ask(`/api/page?id=${names.next()}&${names.next()}=1`);
	await visitor.ask("/api/certificates/remove", { body: { fingerprint: names.next(), ...names.record(100) } });
	const pem = names.list(20, (name) => `-----BEGIN ${name}-----\n${name}: 1\n\nAAAA\n-----END ${name}-----\n`).join("");
	const binary = { "content-type": "application/octet-stream" };
	await visitor.ask("/api/certificates?role=root", { body: pem, headers: binary });
	await visitor.ask("/api/password", { body: `{"${names.next()}":`, headers: json });
}

/** Sends datagrams, and waits until the last has been answered: the others lie before it. */
async function send(
	port: number,
	datagrams: readonly (Uint8Array | string)[],
	last: Uint8Array | string,
): Promise<void> {
	const socket = createSocket("udp4");
	try {
		for (const datagram of datagrams) {
			socket.send(datagram, port, "127.0.0.1");
			await pause(1);
		}
		const answered = new Promise<void>((resolve) =>
			socket.on("message", (message) => message.includes("last-of-all") && resolve()),
		);
		for (let i = 0; i < 60; i++) {
			socket.send(last, port, "127.0.0.1");
			if (await Promise.race([answered.then(() => true), pause(500)])) return;
		}
		throw new Error("no answer");
	} finally {
		socket.close();
	}
}

function sipRequest(method: string, callId: string, names: Names, more: readonly string[]): string {
	const parameters = (): string => names.list(5, (name) => `;${name}=${name}`).join("");
	return lines(
		`${method} sip:${names.next()}@127.0.0.1${parameters()} SIP/2.0`,
		`Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK${names.next()};rport${parameters()}`,
		"Max-Forwards: 70",
		`From: ${names.next()} <sip:${names.next()}@127.0.0.1>;tag=${names.next()}${parameters()}`,
		`To: <sip:gw@127.0.0.1>${parameters()}`,
		`Call-ID: ${callId}@127.0.0.1`,
		`CSeq: 1 ${method}`,
		...more,
		"Content-Length: 0",
	);
}

/** Requests of methods, for events, with fields and parameters that do not exist. */
export async function sip(port: number, names: Names): Promise<void> {
	const fields = (): string[] => names.list(20, (name) => `${name}: ${name}`);
	const digest = (): string => `Digest ${names.list(10, (name) => `${name}="${name}"`).join(", ")}`;
	const requests = [
		...names.list(5, (method) => sipRequest(method.toUpperCase(), names.next(), names, fields())),
		...names.list(5, (id) =>
			sipRequest("NOTIFY", id, names, [`Event: ${names.next()};${names.next()}=1`, ...fields()]),
		),
		...names.list(5, (id) => sipRequest("NOTIFY", id, names, ["Event: check-sync", `Authorization: ${digest()}`])),
	];
	await send(port, requests, sipRequest("OPTIONS", "last-of-all", names, []));
}

/** Communities, objects and users that do not exist. */
export async function snmp(port: number, names: Names): Promise<void> {
	const get = (community: string, oid: string): Uint8Array => request(pduType.get, [ask(oid)], { community });
	const strangers = names.list(50, (name) => get(name, "1.3.6.1.2.1.1.5.0"));
	const objects = names.list(50, () => get("last-of-all", `1.3.6.1.${names.count}.${names.count * 977}.0`));
	await send(port, [...strangers, ...objects], get("last-of-all", "1.3.6.1.2.1.1.5.0"));
	for (const user of names.list(3, (name) => name))
		await new Client(`127.0.0.1:${port}`, ["-v", "3", "-u", user, "-l", "noAuthNoPriv"]).get("1.3.6.1.2.1.1.5.0");
}

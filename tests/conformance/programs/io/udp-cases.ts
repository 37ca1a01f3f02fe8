// SPDX-License-Identifier: Apache-2.0
//
// UDP: constructor, datagrams of both families, bursts, multicast, close.

import UDP from "embedded:io/socket/udp";
import Listener from "embedded:io/socket/listener";
import { type Case, Deferred, delay, ok, same, throws } from "./cases.js";
import { bytesOf, textOf } from "./peer.js";

const address = "127.0.0.1";
type AnyOptions = ConstructorParameters<typeof UDP>[0];
const wrong = (options: object): AnyOptions => options as AnyOptions;

/** A UDP port that is free now. */
function freePort(): number {
	const listener = new Listener({});
	const { port } = listener;
	listener.close();
	return port;
}

function optionErrors(): void {
	throws(TypeError, () => new UDP(wrong({ port: Symbol() })), "symbol as port");
	throws(RangeError, () => new UDP({ port: -1 }), "port -1");
	throws(RangeError, () => new UDP({ port: 65536 }), "port 65536");
	throws(RangeError, () => new UDP(wrong({ format: "number" })), "format number");
	throws(RangeError, () => new UDP(wrong({ format: "INVALID" })), "unknown format");
	throws(Error, () => new UDP(wrong({ onReadable: 1 })), "callback");
	throws(Error, () => new UDP({ address: "here" }), "address");
	throws(RangeError, () => new UDP({ timeToLive: 0 }), "timeToLive 0");
	throws(RangeError, () => new UDP({ timeToLive: 256 }), "timeToLive 256");
	throws(RangeError, () => new UDP({ multicast: "10.0.0.1" }), "multicast that is no group");
	const port = freePort();
	const first = new UDP({ port });
	throws(Error, () => new UDP({ port }), "port in use");
	first.close();
	new UDP({ port, timeToLive: 4 }).close();
}

function closes(): void {
	const socket = new UDP({});
	same(socket.read(), undefined, "nothing to read");
	same(socket.format, "buffer", "format");
	throws(RangeError, () => (socket.format = "number" as "buffer"), "another format");
	socket.close();
	socket.close();
	throws(SyntaxError, () => socket.read(), "read");
	throws(SyntaxError, () => socket.write(Uint8Array.of(1), address, 9), "write");
	throws(SyntaxError, () => UDP.prototype.read.call({} as UDP), "foreign receiver");
}

function writeErrors(): void {
	const socket = new UDP({});
	const { write } = socket as unknown as { write(this: UDP, ...rest: unknown[]): void };
	const call =
		(...rest: unknown[]) =>
		() =>
			write.apply(socket, rest);
	throws(TypeError, call(new ArrayBuffer(1), address, Symbol()), "symbol as port");
	throws(TypeError, call(new ArrayBuffer(1), Symbol(), 9), "symbol as address");
	throws(TypeError, call(Symbol(), address, 9), "symbol as data");
	throws(TypeError, call("text", address, 9), "text as data");
	throws(RangeError, call(new ArrayBuffer(1), "example", 9), "a name");
	throws(RangeError, call(new ArrayBuffer(1), address, 0), "port 0");
	throws(RangeError, call(new ArrayBuffer(1), address, 65536), "port 65536");
	throws(Error, call(new ArrayBuffer(65600), address, 9), "too long");
	socket.close();
}

async function exchanges(host: string, bound?: string): Promise<void> {
	const done = new Deferred();
	const port = freePort();
	const target = {};
	let inside = true;
	const server = new UDP({
		port,
		address: bound,
		target,
		onReadable(count) {
			done.guard(() => {
				ok(!inside, "callback from inside a method");
				same(count, 1, "count");
				same((this as UDP & { target: object }).target, target, "target");
				const packet = this.read();
				if (!packet) throw new Error("nothing to read");
				same(packet.address, host, "address");
				ok(packet.port !== port && packet.port > 0, "port");
				same(textOf(packet), "This is a test!", "data");
				same(this.read(), undefined, "second read");
				this.write(bytesOf("answer"), packet.address, packet.port);
				this.close();
			});
		},
	});
	const client = new UDP({
		onReadable() {
			done.guard(() => {
				const packet = this.read();
				if (!packet) throw new Error("nothing to read");
				same(textOf(packet), "answer", "answer");
				same(packet.port, port, "port of the answer");
				same(packet.address, host, "address of the answer");
				done.resolve();
			});
		},
	});
	client.write(bytesOf("__This is a test!__").subarray(2, -2), host, port);
	inside = false;
	await done.promise;
	client.close();
	server.close();
}

/** More datagrams than the list of the socket holds, in every way of reading. */
async function bursts(): Promise<void> {
	const port = freePort();
	const done = new Deferred();
	const seen: number[] = [];
	let greedy = true;
	const server = new UDP({
		port,
		address,
		onReadable(count) {
			done.guard(() => {
				ok(count > 0, "count");
				greedy = !greedy;
				for (let left = greedy ? count : 1; left > 0; left--) {
					const packet = server.read();
					if (!packet) throw new Error("fewer datagrams than announced");
					seen.push(new Uint8Array(packet)[0]);
				}
				if (seen.length === 40) done.resolve();
			});
		},
	});
	const client = new UDP({});
	for (let i = 0; i < 40; i++) client.write(Uint8Array.of(i, 1, 2), address, port);
	// Reading one at a time leaves some: later datagrams wake the reader.
	for (let i = 0; i < 100 && seen.length < 40; i++) {
		await delay(10);
		const packet = server.read();
		if (packet) seen.push(new Uint8Array(packet)[0]);
		if (seen.length === 40) done.resolve();
	}
	await done.promise;
	same(seen.join(), Array.from({ length: 40 }, (_, i) => i).join(), "order");
	client.close();
	server.close();
}

async function emptyAndLong(): Promise<void> {
	const port = freePort();
	const server = new UDP({ port, address });
	const client = new UDP({});
	client.write(new ArrayBuffer(0), address, port);
	client.write(new Uint8Array(60_000).fill(7), address, port);
	const lengths: number[] = [];
	for (let i = 0; i < 100 && lengths.length < 2; i++) {
		await delay(5);
		const packet = server.read();
		if (packet) lengths.push(packet.byteLength);
	}
	same(lengths.join(), "0,60000", "lengths");
	client.close();
	server.close();
}

function multicast(): void {
	const socket = new UDP({});
	throws(RangeError, () => socket.add("example"), "a name");
	throws(Error, () => socket.add("10.0.0.1"), "no group");
	throws(RangeError, () => socket.remove("x"), "a name to leave");
	socket.close();
}

async function closesInCallback(): Promise<void> {
	const port = freePort();
	let calls = 0;
	const server = new UDP({
		port,
		address,
		onReadable() {
			calls++;
			this.close();
		},
	});
	const client = new UDP({});
	for (let i = 0; i < 20; i++) client.write(Uint8Array.of(i), address, port);
	await delay(50);
	same(calls, 1, "calls");
	client.close();
	server.close();
}

export const udpCases: Case[] = [
	["UDP constructor refuses bad options by the SDK's error types", optionErrors],
	["UDP close is final, and calling it twice is fine", closes],
	["UDP write refuses bad data, addresses and ports", writeErrors],
	["UDP exchanges datagrams over IPv4", () => exchanges(address)],
	["UDP exchanges datagrams over IPv6", () => exchanges("::1")],
	["UDP bound to an IPv4 address", () => exchanges(address, address)],
	["UDP bound to an IPv6 address", () => exchanges("::1", "::1")],
	["UDP keeps a burst of 40 datagrams in order", bursts],
	["UDP carries empty and long datagrams", emptyAndLong],
	["UDP add and remove refuse what is no group", multicast],
	["UDP may be closed in its callback", closesInCallback],
];

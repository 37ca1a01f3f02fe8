// SPDX-License-Identifier: Apache-2.0
//
// Listener: constructor, ports, read with and without callbacks, close.

import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import { type Case, Deferred, delay, ok, same, throws } from "./cases.js";

const address = "127.0.0.1";
type AnyOptions = ConstructorParameters<typeof Listener>[0];
const wrong = (options: object): AnyOptions => options as AnyOptions;

function optionErrors(): void {
	throws(Error, () => new Listener({ port: undefined }), "undefined port");
	throws(RangeError, () => new Listener({ port: -1 }), "port -1");
	throws(RangeError, () => new Listener({ port: 65536 }), "port 65536");
	throws(TypeError, () => new Listener(wrong({ port: Symbol.match })), "symbol as port");
	throws(Error, () => new Listener({ address: "nowhere" }), "address");
	throws(RangeError, () => new Listener(wrong({ format: "buffer" })), "format");
	throws(Error, () => new Listener(wrong({ onReadable: "no" })), "callback");
}

function ports(): void {
	for (const options of [{}, { port: 0 }, wrong({ port: "0" })]) {
		const listener = new Listener(options);
		same(typeof listener.port, "number", "type");
		ok(listener.port >= 1 && listener.port <= 65535, "range");
		listener.close();
	}
}

function busyPort(): void {
	const listener = new Listener({ address });
	for (let i = 0; i < 1200; i++) throws(Error, () => new Listener({ address, port: listener.port }), "port in use");
	const { port } = listener;
	listener.close();
	new Listener({ address, port }).close();
}

function format(): void {
	const listener = new Listener({});
	same(listener.format, "socket/tcp", "format");
	throws(RangeError, () => (listener.format = "123" as "socket/tcp"), "another format");
	same(listener.format, "socket/tcp", "format after a refused one");
	same(listener.read(), undefined, "nothing to read");
	listener.close();
}

async function closes(): Promise<void> {
	const done = new Deferred();
	const target = {};
	let calls = 0;
	const listener = new Listener({
		target,
		onReadable(count) {
			calls++;
			done.guard(() => {
				same(count, 1, "count");
				same((this as Listener & { target: object }).target, target, "target");
				this.close();
				this.close();
				throws(SyntaxError, () => this.read(), "read");
				throws(SyntaxError, () => this.port, "port");
				done.resolve();
			});
		},
	});
	const { port } = listener;
	const first = new TCP({ address, port });
	await done.promise;
	const refused = new Deferred();
	const second = new TCP({ address, port, onError: () => refused.resolve() });
	await refused.promise;
	first.close();
	second.close();
	same(calls, 1, "calls");
}

async function noCallbackInConstructorOrRead(): Promise<void> {
	let depth = 0;
	const done = new Deferred();
	const sockets: TCP[] = [];
	let accepted = 0;
	const listener = new Listener({
		address,
		onReadable(count) {
			done.guard(() => {
				same(depth, 0, "depth");
				depth++;
				while (count-- > 0) {
					const socket = listener.read();
					if (!socket) break;
					sockets.push(socket);
					accepted++;
				}
				depth--;
				if (accepted === 30) done.resolve();
			});
		},
	});
	for (let i = 0; i < 30; i++) sockets.push(new TCP({ address, port: listener.port }));
	await done.promise;
	same(listener.read(), undefined, "nothing left");
	for (const socket of sockets) socket.close();
	listener.close();
}

async function polls(): Promise<void> {
	const listener = new Listener({ address });
	const near = new TCP({ address, port: listener.port });
	let far: TCP | undefined;
	while (!far) {
		await delay(5);
		far = listener.read();
	}
	ok(far instanceof TCP, "instance of TCP");
	same(far.remoteAddress, address, "remoteAddress");
	ok((far.remotePort ?? 0) > 0, "remotePort");
	same(far.format, "buffer", "format");
	far.write(Uint8Array.of(1, 2, 3));
	far.close();
	let got: ArrayBuffer | undefined;
	while (!got) {
		await delay(5);
		got = near.read() as ArrayBuffer | undefined;
	}
	same(got.byteLength, 3, "data");
	near.close();
	listener.close();
}

async function unreadConnectionsEndWithTheListener(): Promise<void> {
	const readable = new Deferred<number>();
	const ended = new Deferred();
	const listener = new Listener({ address, onReadable: (count) => readable.resolve(count) });
	const near = new TCP({ address, port: listener.port, onError: () => ended.resolve() });
	same(await readable.promise, 1, "count");
	listener.close();
	await ended.promise;
	near.close();
}

async function bothFamilies(): Promise<void> {
	const peers: string[] = [];
	const done = new Deferred();
	const listener = new Listener({
		onReadable(count) {
			for (; count > 0; count--) {
				const socket = listener.read();
				peers.push(String(socket?.remoteAddress));
				socket?.close();
			}
			if (peers.length === 2) done.resolve();
		},
	});
	const sockets = [address, "::1"].map((host) => new TCP({ address: host, port: listener.port }));
	await done.promise;
	same(peers.sort().join(), `${address},::1`, "remote addresses");
	for (const socket of sockets) socket.close();
	listener.close();
}

function foreignReceivers(): void {
	for (const receiver of ["text", [], {}, new TCP()]) {
		throws(SyntaxError, () => Listener.prototype.read.call(receiver as unknown as Listener), "read");
	}
	throws(SyntaxError, () => Listener.prototype.close.call({} as Listener), "close");
}

export const listenerCases: Case[] = [
	["Listener constructor refuses bad options by the SDK's error types", optionErrors],
	["Listener without port, with 0 and with a string takes a free port", ports],
	["Listener throws Error for a port in use and gives the descriptor back", busyPort],
	["Listener format is socket/tcp", format],
	["Listener may be closed in its callback; nothing is accepted then", closes],
	["Listener hands out 30 waiting connections, more than its list holds", noCallbackInConstructorOrRead],
	["Listener can be polled without callback", polls],
	["Listener that closes ends unread connections", unreadConnectionsEndWithTheListener],
	["Listener without address accepts IPv4 and IPv6", bothFamilies],
	["Listener methods refuse foreign receivers", foreignReceivers],
];

// SPDX-License-Identifier: Apache-2.0
//
// TCP: constructor, close, receivers, callbacks, `from`.

import TCP from "embedded:io/socket/tcp";
import type { TCP as TCPShape } from "../../../../modules/ecma419/tcp.js";
import { type Case, Deferred, delay, ok, same, throws } from "./cases.js";
import { acceptOne, bytesOf, pair, textOf } from "./peer.js";

const address = "127.0.0.1";
type AnyOptions = ConstructorParameters<typeof TCP>[0];
const wrong = (options: object): AnyOptions => options as AnyOptions;

function optionErrors(): void {
	throws(Error, () => new TCP({ port: 80 }), "no address");
	throws(Error, () => new TCP({ address: "example", port: 80 }), "a name");
	throws(Error, () => new TCP({ address: "1.2.3", port: 80 }), "short address");
	throws(RangeError, () => new TCP({ address: "1".repeat(200), port: 80 }), "long address");
	throws(TypeError, () => new TCP(wrong({ address: Symbol.match, port: 80 })), "symbol as address");
	throws(Error, () => new TCP({ address }), "no port");
	throws(Error, () => new TCP({ address, port: undefined }), "undefined port");
	throws(RangeError, () => new TCP({ address, port: -1 }), "port -1");
	throws(RangeError, () => new TCP({ address, port: 65536 }), "port 65536");
	throws(RangeError, () => new TCP({ address, port: 2 ** 32 + 80 }), "port over 32 bits");
	throws(RangeError, () => new TCP({ address, port: NaN }), "port NaN");
	throws(TypeError, () => new TCP(wrong({ address, port: Symbol.match })), "symbol as port");
	throws(RangeError, () => new TCP(wrong({ address, port: 80, format: "string" })), "unknown format");
	throws(RangeError, () => new TCP(wrong({ address, port: 80, format: "socket/tcp" })), "format of a listener");
	throws(Error, () => new TCP(wrong({ address, port: 80, onReadable: 5 })), "callback that is a number");
	throws(SyntaxError, () => new TCP(wrong({ from: [] })), "from an array");
	throws(Error, () => new TCP({ from: new TCP() }), "from an empty instance");
}

async function connects(): Promise<void> {
	const done = new Deferred();
	const { port, accepted } = acceptOne({});
	const target = { name: "target" };
	let inside = true;
	const options = Object.freeze({
		address,
		port,
		target,
		nodelay: true,
		onWritable(this: TCPShape, count: number) {
			done.guard(() => {
				ok(!inside, "callback from inside the constructor");
				ok(count > 0, "count");
				same(this, socket, "this");
				same((this as TCPShape & { target: object }).target, target, "target");
				same(this.remoteAddress, address, "remoteAddress");
				same(this.remotePort, port, "remotePort");
				same(this.format, "buffer", "format");
				done.resolve();
			});
		},
		onError: () => done.reject(new Error("onError")),
	});
	const socket = new TCP(options);
	throws(Error, () => socket.write(Uint8Array.of(1)), "write before connected");
	same(socket.read(new Uint8Array(1)), undefined, "read before connected");
	inside = false;
	await done.promise;
	throws(TypeError, () => Object.assign(socket, { remotePort: 1 }), "remotePort is read-only");
	socket.close();
	(await accepted).close();
}

async function closes(): Promise<void> {
	let calls = 0;
	const count = (): void => void calls++;
	const { port, accepted } = acceptOne({});
	const socket = new TCP({ address, port, onReadable: count, onWritable: count, onError: count });
	socket.close();
	socket.close();
	throws(SyntaxError, () => socket.read(), "read");
	throws(SyntaxError, () => socket.write(Uint8Array.of(1)), "write");
	throws(SyntaxError, () => socket.remoteAddress, "remoteAddress");
	throws(SyntaxError, () => socket.remotePort, "remotePort");
	throws(SyntaxError, () => socket.format, "format");
	(await accepted).close();
	await delay(50);
	same(calls, 0, "callbacks after close");
}

async function closesInCallbacks(): Promise<void> {
	const calls: string[] = [];
	const done = new Deferred();
	const { near, far } = await pair(
		{
			onWritable() {
				calls.push("near writable");
				near.write(bytesOf("hello"));
				near.close();
			},
			onError: () => void calls.push("near error"),
		},
		{
			onReadable(count) {
				calls.push(`far readable ${String(count)}`);
				far.close();
				done.resolve();
			},
			onError: () => void calls.push("far error"),
		},
	);
	await done.promise;
	await delay(50);
	same(calls.join(), "near writable,far readable 5", "callbacks");
}

async function closesInOnError(): Promise<void> {
	const done = new Deferred();
	let errors = 0;
	const { near, far } = await pair(
		{
			onError() {
				errors++;
				near.close();
				near.close();
				done.resolve();
			},
		},
		{},
	);
	far.close();
	await done.promise;
	await delay(30);
	same(errors, 1, "onError calls");
}

function refusesForeignReceivers(): void {
	const { write, close } = TCP.prototype;
	const read = TCP.prototype.read as (this: TCP) => unknown;
	for (const receiver of ["text", [], {}, TCP.prototype]) {
		throws(SyntaxError, () => read.call(receiver as TCP), "read");
		throws(SyntaxError, () => write.call(receiver as TCP, Uint8Array.of(1)), "write");
		if (receiver !== TCP.prototype) throws(SyntaxError, () => close.call(receiver as TCP), "close");
	}
}

function emptyInstance(): void {
	const empty = new TCP();
	same(empty.read(), undefined, "read");
	throws(Error, () => empty.write(Uint8Array.of(1)), "write");
	same(empty.remoteAddress, undefined, "remoteAddress");
	empty.close();
	empty.close();
}

async function movesFrom(): Promise<void> {
	const done = new Deferred();
	const never = (): void => done.reject(new Error("callback of the old instance"));
	const { near, far } = await pair({ format: "number", onWritable: () => undefined }, {});
	far.write(bytesOf("early"));
	await delay(20);
	const old = new TCP({ from: near, onReadable: never, onWritable: never, onError: never });
	throws(SyntaxError, () => near.read(), "read of the first instance");
	near.close();
	const socket = new TCP({
		from: old,
		onReadable(count) {
			done.guard(() => {
				same(count, 5, "count");
				same(this.format, "buffer", "format");
				same(textOf(this.read() as ArrayBuffer), "early", "data");
				done.resolve();
			});
		},
	});
	throws(SyntaxError, () => new TCP({ from: old }), "from a moved instance");
	throws(SyntaxError, () => old.write(Uint8Array.of(1)), "write of the moved instance");
	await done.promise;
	same(socket.remoteAddress, address, "remoteAddress");
	socket.close();
	far.close();
}

async function movesWhileConnecting(): Promise<void> {
	const done = new Deferred();
	const { port, accepted } = acceptOne({});
	const from = new TCP({ address, port, onWritable: () => done.reject(new Error("old callback")) });
	const socket = new TCP({ from, onWritable: () => done.resolve() });
	await done.promise;
	socket.close();
	(await accepted).close();
}

async function speaksIPv6(): Promise<void> {
	const done = new Deferred<string>();
	const { port, accepted } = acceptOne({}, "::1");
	const socket = new TCP({
		address: "::1",
		port,
		onReadable() {
			done.resolve(textOf(this.read() as ArrayBuffer));
		},
	});
	const far = await accepted;
	same(far.remoteAddress, "::1", "remoteAddress of the accepted side");
	far.write(bytesOf("six"));
	same(await done.promise, "six", "data");
	same(socket.remoteAddress, "::1", "remoteAddress");
	socket.close();
	far.close();
}

/** An instance nobody refers to must live as long as it is open. */
async function survivesCollection(): Promise<void> {
	const done = new Deferred();
	const { port, accepted } = acceptOne({});
	(() => {
		new TCP({
			address,
			port,
			onReadable() {
				this.close();
				done.resolve();
			},
		});
	})();
	const far = await accepted;
	let garbage: object[] = [];
	for (let i = 0; i < 20_000; i++) {
		garbage.push({ i, bytes: new Uint8Array(16) });
		if (garbage.length > 500) garbage = [];
	}
	far.write(bytesOf("x"));
	await done.promise;
	far.close();
}

async function releasesDescriptors(): Promise<void> {
	for (let i = 0; i < 700; i++) {
		throws(Error, () => new TCP({ address, port: 80, format: "string" as "buffer" }), "bad option");
		const { near, far } = await pair({}, {});
		near.close();
		far.close();
	}
}

export const tcpCases: Case[] = [
	["TCP constructor refuses bad options by the SDK's error types", optionErrors],
	["TCP connects and calls onWritable, not from inside the constructor", connects],
	["TCP close is final, and calling it twice is fine", closes],
	["TCP may be closed inside onWritable and onReadable", closesInCallbacks],
	["TCP may be closed inside onError", closesInOnError],
	["TCP methods refuse foreign receivers", refusesForeignReceivers],
	["TCP without options is empty and harmless", emptyInstance],
	["TCP from takes over the connection and its unread data", movesFrom],
	["TCP from takes over a connection that is being made", movesWhileConnecting],
	["TCP speaks IPv6", speaksIPv6],
	["TCP that is open is not collected", survivesCollection],
	["TCP gives its descriptors back", releasesDescriptors],
];

// SPDX-License-Identifier: Apache-2.0
//
// TCP: how connections end. The peers are servers of the test driver.

import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import { type Case, Deferred, delay, same, throws } from "./cases.js";
import { askTotal, bytesOf, pair, textOf } from "./peer.js";

const address = "127.0.0.1";
type CodedError = Error & { code: string };

/** Connects and gives the events until onError. */
async function eventsUntilError(
	port: number,
	host = address,
): Promise<{ events: string[]; socket: TCP; error: CodedError }> {
	const events: string[] = [];
	const done = new Deferred<CodedError>();
	const socket = new TCP({
		address: host,
		port,
		onReadable() {
			events.push(`readable ${textOf(this.read() as ArrayBuffer)}`);
		},
		onWritable: () => void events.push("writable"),
		onError(error) {
			events.push("error");
			done.resolve(error as CodedError);
		},
	});
	const error = await done.promise;
	await delay(30);
	return { events, socket, error };
}

async function refused(): Promise<void> {
	const listener = new Listener({ address });
	const { port } = listener;
	listener.close();
	const { events, socket, error } = await eventsUntilError(port);
	same(events.join(), "error", "events");
	same(error.code, "TCP_REFUSED", "code");
	throws(Error, () => socket.write(Uint8Array.of(1)), "write after onError");
	same(socket.read(), undefined, "read after onError");
	same(socket.remoteAddress, address, "remoteAddress after onError");
	socket.close();
}

async function networkFailureIsNotThrown(): Promise<void> {
	const { events, socket, error } = await eventsUntilError(80, "255.255.255.255");
	same(events.join(), "error", "events");
	same(typeof error.code, "string", "code");
	socket.close();
}

async function endsAfterData(port: number): Promise<void> {
	const { events, socket, error } = await eventsUntilError(port);
	same(events.filter((event) => event !== "writable").join(), "readable Goodbye!,error", "events");
	same(error.code, "TCP_CLOSED", "code");
	same(error instanceof Error, true, "an Error");
	throws(Error, () => socket.write(Uint8Array.of(1)), "write after the end");
	socket.close();
}

/** Data and FIN have both arrived before the program reads. */
async function dataStaysReadable(port: number): Promise<void> {
	const ended = new Deferred<CodedError>();
	let errors = 0;
	const socket = new TCP({
		address,
		port,
		onError(error) {
			errors++;
			ended.resolve(error as CodedError);
		},
	});
	await delay(100);
	same(errors, 0, "onError while data is unread");
	same(textOf(socket.read(4) as ArrayBuffer), "Good", "first part");
	await delay(30);
	same(errors, 0, "onError while the rest is unread");
	throws(Error, () => socket.write(Uint8Array.of(1)), "write after the peer's end was seen");
	same(textOf(socket.read() as ArrayBuffer), "bye!", "the rest");
	same(errors, 0, "onError from inside read");
	same((await ended.promise).code, "TCP_CLOSED", "code");
	await delay(30);
	same(errors, 1, "onError calls");
	socket.close();
}

/** The peer ends its direction while our output waits, and reads on later: all that write took arrives. */
async function halfClose(port: number): Promise<void> {
	const ended = new Deferred<CodedError>();
	let sent = 0;
	const socket = new TCP({
		address,
		port,
		onWritable(room) {
			this.write(new Uint8Array(room));
			sent += room;
		},
		onError: (error) => ended.resolve(error as CodedError),
	});
	same((await ended.promise).code, "TCP_CLOSED", "code");
	throws(Error, () => socket.write(Uint8Array.of(1)), "write after the end");
	socket.close();
	same(await askTotal(port), sent, "bytes the peer got");
}

async function reset(port: number): Promise<void> {
	const { socket, error } = await eventsUntilError(port);
	same(error.code, "TCP_RESET", "code");
	socket.close();
}

async function writesToClosedPeer(): Promise<void> {
	const done = new Deferred<CodedError>();
	const ready = new Deferred();
	const { near, far } = await pair(
		{ onWritable: () => ready.resolve(), onError: (error) => done.resolve(error as CodedError) },
		{},
	);
	await ready.promise;
	far.close();
	near.write(bytesOf("into the void"));
	const error = await done.promise;
	same(["TCP_CLOSED", "TCP_RESET"].includes(error.code), true, `code ${error.code}`);
	near.close();
}

async function movedErrorIsTold(port: number): Promise<void> {
	const from = new TCP({ address, port });
	await delay(100);
	const done = new Deferred<CodedError>();
	const events: string[] = [];
	const socket = new TCP({
		from,
		onReadable() {
			events.push(textOf(this.read() as ArrayBuffer));
		},
		onError: (error) => done.resolve(error as CodedError),
	});
	same((await done.promise).code, "TCP_CLOSED", "code");
	same(events.join(), "Goodbye!", "data");
	socket.close();
}

export function tcpEndCases(port: (name: string) => number): Case[] {
	return [
		["TCP refused: onError with TCP_REFUSED", refused],
		["TCP reports a failing network by onError, not by an exception", networkFailureIsNotThrown],
		["TCP end by the peer: data, then onError with TCP_CLOSED", () => endsAfterData(port("goodbye"))],
		["TCP data that arrived before the end stays readable", () => dataStaysReadable(port("goodbye"))],
		["TCP half close: a peer that has ended its side still gets what write took", () => halfClose(port("half"))],
		["TCP reset: onError with TCP_RESET", () => reset(port("reset"))],
		["TCP write to a peer that has gone ends in onError", writesToClosedPeer],
		["TCP from tells the end that came before", () => movedErrorIsTold(port("goodbye"))],
	];
}

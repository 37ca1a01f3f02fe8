// SPDX-License-Identifier: Apache-2.0
//
// Transfers that end badly, on virtual time: errors, packets that are none, deadlines, sockets, cancel and close.

import assert from "node:assert/strict";
import test from "node:test";
import { Bench, content, fetch } from "./bench.js";

test("errors of the server", () => {
	const cases: [number, string][] = [
		[0, "TFTP_SERVER"],
		[1, "TFTP_NOT_FOUND"],
		[2, "TFTP_ACCESS"],
		[8, "TFTP_OPTIONS"],
		[99, "TFTP_SERVER"],
	];
	for (const [code, expected] of cases) {
		const [bench, result] = fetch(1, { error: [code, "because"] });
		assert.deepEqual([result.code, result.done, result.status], [expected, 1, undefined]);
		assert.match(result.message ?? "", /because/);
		assert.ok(bench.isQuiet());
	}
	const [, missing] = fetch(1, { error: [1, ""] });
	assert.match(missing.message ?? "", /error 1/);
});

test("an error in the middle", () => {
	const packet = Uint8Array.from([0, 5, 0, 3, 102, 117, 108, 108, 0]);
	const [, result] = fetch(2000, { replace: { block: 3, packet } });
	assert.deepEqual([result.code, result.done, result.bytes.length], ["TFTP_SERVER", 1, 1024]);
});

test("packets that are none, in the middle: given up, and the server is told", () => {
	for (const packet of [[0, 9, 0, 3], [0], [0, 6, 1]]) {
		const [bench, result] = fetch(2000, { replace: { block: 3, packet: Uint8Array.from(packet) } });
		assert.equal(result.code, "TFTP_PACKET");
		assert.deepEqual(bench.server.errors, ["4 transfer given up"]);
		assert.ok(bench.isQuiet());
	}
});

test("blocks longer than agreed are refused", () => {
	const [bench, result] = fetch(2000, { excess: 1 });
	assert.equal(result.code, "TFTP_PACKET");
	assert.deepEqual(bench.server.errors, ["4 transfer given up"]);
});

test("options that were not asked for are refused", () => {
	const [bench, result] = fetch(2000, { options: { windowsize: "4" } });
	assert.equal(result.code, "TFTP_OPTIONS");
	assert.deepEqual(bench.server.errors, ["8 transfer given up"]);
});

test("another length than was told is refused", () => {
	for (const told of ["1999", "2001"]) {
		const [, result] = fetch(2000, { options: { tsize: told } });
		assert.deepEqual([result.code, result.size], ["TFTP_SIZE", told]);
	}
});

test("a server that is not there: six packets with growing pauses, then TFTP_TIMEOUT", () => {
	const bench = new Bench();
	const at: number[] = [];
	bench.network.listen("10.0.0.9:69", () => at.push(bench.clock.now - 2));
	const result = bench.get();
	bench.clock.advance(60000);
	assert.deepEqual(at, [0, 1000, 3000, 7000, 15000, 23000]);
	assert.deepEqual([result.code, result.done], ["TFTP_TIMEOUT", 1]);
	assert.ok(bench.isQuiet());
	assert.equal(bench.clock.pending, 0);
});

test("a server that falls silent in the middle", () => {
	const [, result] = fetch(5000, { silentAfter: 3 });
	assert.deepEqual([result.code, result.bytes.length], ["TFTP_TIMEOUT", 1536]);
});

test("a transfer that never ends is given up", () => {
	const bench = new Bench({}, { totalMs: 10000 });
	bench.server.files["file"] = content(100000);
	bench.network.route = () => [150];
	const result = bench.get();
	bench.clock.advance(30000);
	assert.equal(result.code, "TFTP_TOO_SLOW");
	assert.deepEqual(bench.server.errors, ["0 transfer given up"]);
});

test("names: unknown, and a resolver that never answers", () => {
	const bench = new Bench();
	const unknown = bench.get("tftp://nobody/file");
	const mute = bench.get("tftp://mute/file");
	bench.clock.advance(20000);
	assert.deepEqual([unknown.code, mute.code], ["TFTP_RESOLVE", "TFTP_RESOLVE"]);
});

test("a URL that is none is refused at once; a name that is too long afterwards", () => {
	const bench = new Bench();
	assert.throws(() => bench.get("tftp://server"), { code: "TFTP_URL" });
	const long = bench.get(`tftp://server/${"n".repeat(600)}`);
	bench.clock.advance(10);
	assert.deepEqual([long.code, long.done], ["TFTP_URL", 1]);
});

test("cancel() tells the server, and nothing comes afterwards", () => {
	const bench = new Bench();
	bench.server.files["file"] = content(5000);
	const result = bench.get(undefined, 1000);
	bench.clock.advance(1500);
	result.request.cancel();
	result.request.cancel();
	bench.clock.advance(60000);
	assert.deepEqual(bench.server.errors, ["0 cancelled"]);
	assert.deepEqual([result.done, result.bytes.length], [0, 512]);
	assert.ok(bench.isQuiet());
});

test("close() ends all, in whatever state", () => {
	for (const ms of [0, 1, 2, 3, 4, 5, 6, 8, 1000]) {
		const bench = new Bench();
		bench.server.files["file"] = content(1000);
		const result = bench.get();
		bench.clock.advance(ms);
		const { done } = result;
		bench.client.close();
		bench.clock.advance(60000);
		assert.equal(result.done, done);
		assert.ok(bench.isQuiet());
		assert.equal(bench.clock.pending, 0);
	}
});

test("sockets that cannot be made, written to, or that fail", () => {
	const refused = new Bench();
	refused.network.refusal = new Error("no memory");
	const first = refused.get();
	refused.clock.advance(1000);
	assert.deepEqual([first.code, first.done], ["TFTP_SOCKET", 1]);

	const down = new Bench();
	down.server.files["file"] = content(1000);
	down.network.failure = new Error("unreachable");
	const second = down.get();
	down.clock.advance(2500);
	down.network.failure = undefined;
	down.clock.advance(10000);
	assert.equal(second.bytes.length, 1000, "what could not be sent is sent again");

	const broken = new Bench();
	broken.server.files["file"] = content(5000);
	const third = broken.get(undefined, 1000);
	broken.clock.advance(1500);
	broken.network.break();
	broken.clock.advance(60000);
	assert.deepEqual([third.code, third.done], ["TFTP_SOCKET", 1]);
});

// SPDX-License-Identifier: Apache-2.0
//
// Transfers on virtual time: sizes, options, loss, duplicates, other ports, roll-over, a slow reader.

import assert from "node:assert/strict";
import test from "node:test";
import { Random } from "../harness/random.js";
import { SLOW_ENGINE } from "../store/support.js";
import { Bench, content, fetch, isFile } from "./bench.js";

test("files of 0, 511, 512, 513 and 5000 bytes, with and without options", () => {
	for (const length of [0, 1, 511, 512, 513, 1024, 5000]) {
		for (const plain of [false, true]) {
			const [bench, result] = fetch(length, { plain });
			assert.ok(isFile(result, content(length)), `${length}`);
			assert.deepEqual([result.done, result.code, result.status], [1, undefined, 200]);
			assert.equal(result.size, plain ? undefined : String(length));
			assert.ok(bench.isQuiet());
		}
	}
});

test("the request names the file, the mode and the options", () => {
	const [bench] = fetch(1, {}, { blockSize: () => 1428 });
	assert.deepEqual(bench.server.requests, [["file", "octet", "tsize", "0", "timeout", "1", "blksize", "1428"]]);
});

test("credentials of the URL are not sent", () => {
	const bench = new Bench();
	bench.server.files["file"] = content(10);
	bench.get("tftp://user:s3cret@server/file");
	bench.clock.advance(5000);
	const all = bench.network.sent.map(({ bytes }) => String.fromCharCode(...bytes)).join();
	assert.ok(all.includes("file") && !all.includes("s3cret") && !all.includes("user"));
});

test("a lower block size is taken, and kept to", () => {
	const [bench, lower] = fetch(1000, { largest: 64 }, { blockSize: () => 1024 });
	assert.ok(isFile(lower, content(1000)));
	assert.equal(bench.server.sent, 16);
	const [, longer] = fetch(1000, { options: { tsize: "1000", blksize: "16" } }, { blockSize: () => 1024 });
	assert.equal(longer.code, "TFTP_PACKET", "this server sends blocks of 512 all the same");
});

test("a server that refuses options is asked without", () => {
	const [bench, result] = fetch(600, { refusesOptions: true }, { blockSize: () => 1024 });
	assert.ok(isFile(result, content(600)));
	assert.deepEqual(
		bench.server.requests.map((texts) => texts.length),
		[8, 2],
	);
});

test("a slow reader: no block is acknowledged before it was read, and none is read twice", () => {
	const bench = new Bench();
	const file = content(3000);
	bench.server.files["file"] = file;
	const result = bench.get(undefined, 4000);
	bench.clock.advance(2000);
	assert.equal(bench.server.sent, 1);
	bench.clock.advance(60000);
	assert.ok(isFile(result, file));
	assert.equal(bench.server.sent, 6);
});

test("lost, doubled, late and reordered packets: the file is whole", () => {
	const seed = 2347;
	const random = new Random(seed);
	for (let round = 0; round < (SLOW_ENGINE ? 8 : 60); round++) {
		const bench = new Bench({ plain: random.below(2) === 0 }, { maxTries: 20, blockSize: () => 64 });
		const file = content(random.below(3000));
		bench.server.files["file"] = file;
		bench.network.route = () => {
			const copies = random.pick([0, 1, 1, 1, 1, 2, 3]);
			return Array.from({ length: copies }, () => 1 + random.below(random.pick([5, 50, 3000])));
		};
		const result = bench.get();
		bench.clock.advance(3_000_000);
		assert.ok(
			isFile(result, file),
			`seed ${seed} round ${round}: ${result.code ?? "no error"}, ${result.bytes.length}`,
		);
		assert.equal(result.done, 1);
		assert.ok(bench.isQuiet());
	}
});

test("no sorcerer's apprentice: a doubled packet does not double the rest, even with a server that has the fault", () => {
	const bench = new Bench({ apprentice: true });
	const file = content(512 * 100 + 1);
	bench.server.files["file"] = file;
	let count = 0;
	bench.network.route = () => (++count === 10 ? [1, 2, 3] : [1]);
	const result = bench.get();
	bench.clock.advance(60000);
	assert.ok(isFile(result, file));
	assert.ok(bench.server.sent <= 103, `${bench.server.sent} blocks for 101`);
});

test("the last acknowledgement is repeated to a server that has missed it", () => {
	const bench = new Bench({ repeatMs: 800 });
	bench.server.files["file"] = content(700);
	let lost = 0;
	bench.network.route = ({ bytes }) => {
		if (bytes[1] !== 4 || bytes[3] !== 2 || lost > 0) return [1];
		lost++;
		return [];
	};
	const result = bench.get();
	bench.clock.advance(500);
	assert.equal(result.done, 1);
	bench.clock.advance(1000);
	const last = bench.network.sent.filter(({ bytes }) => bytes[1] === 4 && bytes[3] === 2);
	assert.equal(last.length, 2);
	bench.clock.advance(5000);
	assert.ok(bench.isQuiet());
});

test("another port and another address of the network do not disturb", () => {
	const bench = new Bench();
	const file = content(2000);
	bench.server.files["file"] = file;
	const seen: string[] = [];
	bench.network.listen("10.0.0.9:7777", ({ bytes }) => seen.push(String(bytes[1])));
	bench.network.listen("10.0.0.66:2000", () => seen.push("answer to a stranger"));
	const result = bench.get(undefined, 1000);
	bench.clock.advance(500);
	const forged = Uint8Array.from([0, 3, 0, 2, 1, 2, 3]);
	bench.network.send("10.0.0.9:7777", "10.0.0.2:50000", forged);
	bench.network.send("10.0.0.66:2000", "10.0.0.2:50000", forged);
	bench.clock.advance(60000);
	assert.ok(isFile(result, file));
	assert.deepEqual(seen, ["5"]);
});

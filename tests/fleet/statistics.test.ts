// SPDX-License-Identifier: Apache-2.0
//
// Figures of a fleet: percentiles, histograms, evenness; command line and limits of the machine.
// node-only: a tool for Node.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { readRequests } from "../../tools/fleet-lib/access-log.js";
import { FleetError } from "../../tools/fleet-lib/error.js";
import { checkLimits } from "../../tools/fleet-lib/limits.js";
import { parseOptions } from "../../tools/fleet-lib/options.js";
import { evenness, histogram, percentiles, tally } from "../../tools/fleet-lib/statistics.js";
import { Random } from "../harness/random.js";

test("percentiles are values that occur, by nearest rank", () => {
	const values = Array.from({ length: 200 }, (_, i) => 200 - i);
	assert.deepEqual(percentiles(values), { count: 200, p50: 100, p95: 190, p99: 198, most: 200 });
	assert.deepEqual(percentiles([]), { count: 0, p50: 0, p95: 0, p99: 0, most: 0 });
	assert.deepEqual(percentiles([7]), { count: 1, p50: 7, p95: 7, p99: 7, most: 7 });
});

test("a histogram loses nothing, also beyond its range", () => {
	assert.deepEqual(histogram([0, 0.9, 1, 29.9, 30, 99, -1], 30, 3), [4, 0, 3]);
});

test("an even spread passes as even, and one that is bunched does not", () => {
	const random = new Random(2026);
	const even = Array.from({ length: 1000 }, (_, i) => (i + 0.5) * 0.03);
	assert.ok(evenness(even, 30).distance < 0.001);
	assert.ok(evenness(even, 30).even);
	const bunched = Array.from({ length: 1000 }, () => random.below(1500) / 100);
	assert.ok(evenness(bunched, 30).distance > 0.4);
	assert.equal(evenness(bunched, 30).even, false);
	assert.equal(
		evenness(
			Array.from({ length: 100 }, () => 0),
			30,
		).distance,
		1,
	);
});

test("a tally names the most frequent first", () => {
	assert.deepEqual(Object.entries(tally(["b", "a", "a"])), [
		["a", 2],
		["b", 1],
	]);
});

const isUsage = (error: unknown): boolean => error instanceof FleetError && error.code === "FLEET_USAGE";

test("the command line is checked whole", () => {
	const parsed = parseOptions(["--gateways", "8", "--window", "5", "--fault", "bad-firmware,server-restart"]);
	assert.deepEqual(parsed?.faults, ["server-restart", "bad-firmware"]);
	assert.equal(parsed?.timeoutSeconds, 615);
	assert.equal(parseOptions(["--help"]), undefined);
	assert.ok((parseOptions(["--gateways", "1"])?.windowSeconds ?? 0) >= 30);
	for (const wrong of [
		[],
		["--gateways", "0"],
		["--gateways", "1e3"],
		["--gateways", "3", "--window", "3601"],
		["--gateways", "3", "--fault", "fire"],
		["--gateways", "3", "more"],
		["--fleet", "3"],
	])
		assert.throws(() => parseOptions(wrong), isUsage, wrong.join(" "));
});

test("a fleet that this machine cannot run is refused, with what is short and its remedy", () => {
	checkLimits(1, tmpdir());
	assert.throws(
		() => checkLimits(1e9, tmpdir()),
		(error: unknown) =>
			error instanceof FleetError &&
			error.code === "FLEET_LIMIT" &&
			/MB of memory.*fewer gateways/.test(error.message) &&
			/processes/.test(error.message),
	);
});

test("a line of the server's log says who asked, when, and what the connection cost", (t) => {
	const folder = mkdtempSync(join(tmpdir(), "upgate-fleet-log-"));
	t.after(() => rmSync(folder, { recursive: true }));
	const path = join(folder, "access.log");
	const line = {
		...{ ms: 1700000001.25, seconds: 0.25, cn: "CN=00908F100001", uri: "/firmware/current.cmp", status: 206 },
		...{ sent: 300, body: 100, asked: 50, reused: "r", protocol: "TLSv1.3", cipher: "X", first: 1, range: "bytes=5-" },
	};
	writeFileSync(path, `${JSON.stringify(line)}\n`);
	const [request] = readRequests(path);
	assert.deepEqual([request.mac, request.ms, request.beginMs], ["00908F100001", 1700000001250, 1700000001000]);
	assert.deepEqual([request.first, request.resumed, request.range, request.sent], [true, true, true, 300]);
	assert.deepEqual(readRequests(path, 1700000001251), []);
	assert.deepEqual(readRequests(join(folder, "none")), []);
});

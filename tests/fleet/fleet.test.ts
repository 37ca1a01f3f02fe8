// SPDX-License-Identifier: Apache-2.0
//
// Eight gateways against a real nginx with TLS and client certificates: an update of configuration and firmware, one while the server
// restarts, firmware that dies at its start, and a good one after it. A thousand are run by hand: docs/scale.md.
// node-only: drives processes.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { readRequests } from "../../tools/fleet-lib/access-log.js";
import { Fleet } from "../../tools/fleet-lib/fleet.js";
import { measureLoad } from "../../tools/fleet-lib/load.js";
import { parseOptions } from "../../tools/fleet-lib/options.js";
import { makeReport, writeReport } from "../../tools/fleet-lib/report.js";
import { reportLines } from "../../tools/fleet-lib/report-text.js";
import { Rounds } from "../../tools/fleet-lib/rounds.js";
import { macOf } from "../../tools/fleet-lib/site.js";

const count = 8;

test("a fleet comes through a server's restart and bad firmware, every gateway on the good version", async (t) => {
	const folder = mkdtempSync(join(tmpdir(), "upgate-fleet-test-"));
	t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
	const line = `--gateways ${count} --window 4 --down 2 --timeout 240 --fault server-restart,bad-firmware`;
	const options = parseOptions([...line.split(" "), "--folder", folder]);
	assert.ok(options !== undefined);
	const fleet = await Fleet.make({ ...options, say: () => undefined });
	t.after(() => fleet.close());
	const rounds = new Rounds(fleet, async () => undefined);
	const good = await rounds.run();
	const report = await makeReport(fleet, rounds.done);
	const told = reportLines(report).join("\n");
	assert.ok(good, told);
	assert.deepEqual(report.versions, { "1.4.0": count }, told);
	const [first, restart, bad, last] = report.rounds;
	assert.deepEqual(
		[first.kind, restart.kind, bad.kind, last.kind],
		["update", "server-restart", "bad-firmware", "update"],
	);

	/* Nothing went wrong where nothing was put in the way. */
	assert.deepEqual(first.failures, {}, told);
	assert.deepEqual(first.update.count, count);
	assert.deepEqual(Object.keys(first.statuses).sort(), ["200", "304"]);
	assert.ok(first.handshakes.full >= count);
	assert.ok(first.httpBytes > count * fleet.firmwareBytes, told);
	assert.equal(first.spread.from, "power-on");
	assert.equal(first.spread.count, count);

	/* The bad one was tried by all, once, and all came back. */
	assert.equal(bad.failures["verdict rolled-back"], count, told);
	assert.equal(bad.failures["reset by panic"], count, told);
	// The bad file may still be there when a gateway comes that knows it already.
	assert.deepEqual(
		Object.keys(last.failures).filter((code) => code !== "UPDATE_FAILED_BEFORE"),
		[],
		told,
	);
	for (const { changes, ended, mac } of fleet.gateways) {
		assert.equal(ended, undefined, mac);
		assert.ok(!changes.some(({ version }) => version === "1.3.0"), mac);
	}

	/* Each has shown its own certificate and got its own file. */
	const requests = readRequests(fleet.server.log);
	const inis = requests.filter(({ uri, status }) => uri.startsWith("/ini/") && status === 200);
	assert.ok(inis.every(({ mac, uri }) => uri === `/ini/${mac}.ini`));
	assert.equal(new Set(inis.map(({ mac }) => mac)).size, count);
	assert.ok(inis.some(({ mac }) => mac === macOf(count - 1)));

	assert.equal(report.memory.gateway.count, count);
	assert.ok(report.memory.gateway.p50 > 1000 && report.memory.slots.now > 10_000, told);
	const results = join(folder, "report");
	writeReport(results, report, fleet, rounds.done);
	assert.deepEqual(JSON.parse(readFileSync(join(results, "report.json"), "utf8")), JSON.parse(JSON.stringify(report)));
	const picture = readFileSync(join(results, "fleet.svg"), "utf8");
	assert.match(picture, /^<svg [\s\S]*nginx stopped[\s\S]*<\/svg>\n$/);
	assert.ok(!picture.includes("NaN"));

	/* What a full and a resumed handshake cost is told of full and of resumed ones. */
	await fleet.powerOff();
	const offMs = Date.now();
	const load = await measureLoad(fleet, 20);
	assert.ok(load.fullMs >= 0 && load.connectionKB > 0, JSON.stringify(load));
	const firsts = readRequests(fleet.server.log, offMs).filter((request) => request.first);
	// Full and held ones, and the first of the others; all but the first of the resumed ones.
	assert.equal(firsts.filter(({ resumed }) => !resumed).length, 20 + 1 + 1 + 1 + 20);
	assert.equal(firsts.filter(({ resumed }) => resumed).length, 19);

	await fleet.close();
	assert.deepEqual(
		fleet.gateways.flatMap((gateway) => gateway.pids()),
		[],
	);
	assert.ok(!existsSync(fleet.folder));
	assert.deepEqual(readdirSync(folder), ["report"]);
});

// SPDX-License-Identifier: Apache-2.0
//
// A server that misbehaves in each way that tools/provisioning-server knows: the gateway says so, stays alive, and keeps
// settings, boot choice and running firmware as they are. Time runs faster here, so that waits and tries take moments.

import assert from "node:assert/strict";
import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { faults } from "../../tools/provisioning-lib/faults.js";
import { type ProvisioningServer, startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { Bench, firmware, isVerdict } from "./bench.js";

const timeScale = "25";

/** Result and code of the ini, then of the firmware. */
type Expected = [ini: string, cmp: string];

const both = (text: string): Expected => [text, text];

/** With neither file ever downloaded. `taken` ones are in order though odd, and come later. */
const refused: Record<string, Expected> = {
	"not-modified-always": both("failed UPDATE_STATUS_304"),
	"not-modified-body": both("failed UPDATE_STATUS_304"),
	"length-more": ["failed HTTP_TRUNCATED", "failed HTTP_TRUNCATED"],
	"length-less": ["refused", "refused"],
	"length-junk": both("failed HTTP_CONTENT_LENGTH"),
	"length-twice": both("failed HTTP_CONTENT_LENGTH"),
	"length-and-chunked": both("failed HTTP_FRAMING"),
	"length-none-cut": ["refused", "refused"],
	"chunked-broken": both("failed HTTP_CHUNK_SIZE"),
	"chunked-cut": both("failed HTTP_TRUNCATED"),
	short: both("failed HTTP_TRUNCATED"),
	reset: both("failed HTTP_TRUNCATED"),
	closes: both("failed HTTP_CLOSED"),
	silent: both("failed HTTP_TIMEOUT_RESPONSE"),
	stalls: both("failed HTTP_TIMEOUT_IDLE"),
	slow: both("failed HTTP_T"),
	endless: ["refused UPDATE_INI_SIZE", "refused IMAGE_"],
	"endless-head": both("failed HTTP_HEADER_LIMIT"),
	"endless-interim": both("failed HTTP_STATUS"),
	"huge-headers": both("failed HTTP_HEADER_LIMIT"),
	"not-http": both("failed HTTP_STATUS_LINE"),
	"line-feeds": both("failed HTTP_LINE_END"),
	gzip: both("failed HTTP_CONTENT_ENCODING"),
	"gzip-unsaid": ["refused", "refused IMAGE_"],
	html: ["refused", "refused IMAGE_"],
	empty: ["refused UPDATE_INI_EMPTY", "refused IMAGE_"],
	"range-lies": both("failed UPDATE_STATUS_206"),
	"redirect-loop": both("failed HTTP_REDIRECT_LOOP"),
	"redirect-chain": both("failed HTTP_REDIRECT_LIMIT"),
	"redirect-scheme": both("failed HTTP_REDIRECT"),
	unauthorized: both("failed HTTP_UNAUTHORIZED"),
	"unauthorized-basic": both("failed HTTP_UNAUTHORIZED"),
	"digest-stale": both("failed HTTP_UNAUTHORIZED"),
	"challenge-broken": both("failed HTTP_CHALLENGE"),
	forbidden: both("failed UPDATE_STATUS_403"),
	errors: both("failed UPDATE_STATUS_500"),
	busy: both("failed UPDATE_STATUS_503"),
};
/** Odd, but a file can be had. */
const taken = ["no-date", "bad-date", "length-none", "chunked", "ignores-conditions"];

const password = "Rosebud";

/** Parts of the flash that no misbehaviour may change: otadata and the running slot (hosts/partitions/4mb.csv). */
function sacred(bench: Bench): Buffer {
	const flash = readFileSync(bench.flash);
	return Buffer.concat([flash.subarray(0xe000, 0x10000), flash.subarray(0x20000, 0x1f0000)]);
}

interface World {
	bench: Bench;
	server: ProvisioningServer;
	/** Offers an ini. */
	offer: (hostName: string) => void;
}

/** Its middle lies within a quoted text: half of it is no ini. Half an ini that is one cannot be told from a whole one. */
function iniText(hostName: string, cmpURL: string): string {
	return `HostName = '${hostName}'\nAutoCmpFileUrl = '${cmpURL}'\nAupdHttpUserAgent = '${"x".repeat(400)}'\n`;
}

async function makeWorld(t: TestContext): Promise<World> {
	const bench = await Bench.make({ ini: "HostName = 'before'\n", args: ["--time-scale", timeScale] });
	t.after(() => bench.close());
	const server = await startProvisioningServer({ root: bench.www, port: 0 });
	t.after(() => server.close());
	const base = server.url.replace("://", `://someone:${password}@`);
	const offer = (name: string): void => writeFileSync(join(bench.www, "a.ini"), iniText(name, `${base}/firmware.cmp`));
	offer("after");
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set IniFileURL ${base}/a.ini`);
	await bench.printed("IniFileURL =");
	bench.type(`set AutoCmpFileUrl ${base}/firmware.cmp`);
	await bench.printed("AutoCmpFileUrl =");
	return { bench, server, offer };
}

/** One update by hand. @returns result and code of ini and firmware */
async function update(bench: Bench): Promise<Expected> {
	bench.type("update");
	const results: string[] = [];
	for (;;) {
		const event = await bench.until(({ event }) => event === "file" || event === "verdict");
		if (event.event === "verdict") return results as Expected;
		results.push([event.result, event.code].filter((part) => part !== undefined).join(" "));
	}
}

async function hostName(bench: Bench): Promise<string> {
	const from = bench.serial.length;
	bench.type("show settings hostname");
	await bench.printed("HostName ", from);
	return /HostName +(\S+)/.exec(bench.serial.slice(from))?.[1] ?? "";
}

test("every fault has a test", () => {
	assert.deepEqual([...Object.keys(refused), ...taken].sort(), Object.keys(faults).sort());
});

test("whatever a server does wrong is reported, and the gateway goes on as it was", async (t) => {
	const { bench, server } = await makeWorld(t);
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
	const before = sacred(bench);
	const pid = bench.firmwarePid;
	for (const [name, expected] of Object.entries(refused)) {
		await t.test(name, async () => {
			server.setFault(name);
			const results = await update(bench);
			for (const [index, text] of expected.entries())
				assert.ok(results[index]?.startsWith(text), `${results.join(", ")}; expected ${expected.join(", ")}`);
			assert.equal(await hostName(bench), "before");
			assert.ok(before.equals(sacred(bench)), "boot choice or running firmware have changed");
			assert.equal(bench.firmwarePid, pid);
		});
	}
	await t.test("none of them started it again, and no password was shown", () => {
		assert.equal(bench.all("boot").length, 1);
		assert.ok(!(JSON.stringify(bench.events) + bench.serial.replace(/^.*set .*$/gm, "")).includes(password));
	});
	await t.test("after all of these the same server is good for an update", async () => {
		server.setFault(undefined);
		// What was refused under the date of a file is not asked for again until the server has another.
		const later = new Date(Date.now() + 5000);
		utimesSync(join(bench.www, "a.ini"), later, later);
		bench.type("update");
		await bench.until(isVerdict("confirmed"));
		assert.equal(bench.all("boot").at(-1)?.version, "1.1.0");
		assert.equal(await hostName(bench), "after");
	});
});

test("what is odd but in order is taken, once", async (t) => {
	const { bench, server, offer } = await makeWorld(t);
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.0.0"));
	for (const [index, name] of taken.entries()) {
		await t.test(name, async () => {
			offer(`host${index}`);
			server.setFault(name);
			assert.deepEqual(await update(bench), ["applied", "same"]);
			// The new settings prove themselves in a run of their own.
			await bench.until(isVerdict("confirmed"));
			await bench.until(isVerdict("nothing-new"));
			assert.equal(await hostName(bench), `host${index}`);
			assert.deepEqual(await update(bench), ["same", "same"]);
		});
	}
	await t.test("a 304 with a body, and after it a file, are told apart", async () => {
		server.setFault("not-modified-body");
		assert.deepEqual(await update(bench), ["not-modified", "not-modified"]);
		assert.equal(bench.all("boot").length, 1);
	});
});

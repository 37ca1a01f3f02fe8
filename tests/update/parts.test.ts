// SPDX-License-Identifier: Apache-2.0
//
// The small parts of the update: User-Agent, plan, back-off, download records, restart budget.

import assert from "node:assert/strict";
import test from "node:test";
import { drawChance, retryDelayMs } from "../../modules/update/backoff.js";
import { budgetWindowMs, maxRestarts, RestartBudget, restartRecord } from "../../modules/update/budget.js";
import {
	conditionalHeaders,
	DownloadLog,
	maxDownloads,
	stillHolds,
	type DownloadRecord,
} from "../../modules/update/downloads.js";
import { settingsCredentials } from "../../modules/update/credentials.js";
import { describeError, UpdateError } from "../../modules/update/error.js";
import { isContentFault, mayPass, statusMayPass } from "../../modules/update/faults.js";
import { holdRecord, Holds } from "../../modules/update/holds.js";
import { hasStandingFile, planEntry, planSteps } from "../../modules/update/plan.js";
import { expandMAC, userAgent } from "../../modules/update/user-agent.js";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { TestStore } from "./partitions.js";

const mac = new Uint8Array([0x00, 0x90, 0x8f, 0x1d, 0xd0, 0xd3]);
const tags = { name: "MP-118", version: "7.00.200.001", mac, configuration: "7" };

function download(fields: Partial<DownloadRecord> = {}): DownloadRecord {
	const modified = "Wed, 01 Jan 2014 19:43:31 GMT";
	return { modified, dated: false, etag: '"a"', sha256: "00", version: "", ...fields };
}

test("userAgent() fills in the vendor's example", () => {
	assert.equal(userAgent("MyWorld-<NAME>;<VER>(<MAC>)", tags), "MyWorld-MP-118;7.00.200.001(00908F1DD0D3)");
});

test("userAgent() knows tags in upper case only, and does not look into values", () => {
	assert.equal(userAgent("<mac> <NAME> <CONF> <", { ...tags, name: "<MAC>" }), "<mac> <MAC> 7 <");
});

test("userAgent() lets no line end out, and cuts the template at 511 characters", () => {
	assert.equal(userAgent("a\r\nX-Evil: b\u00e9", tags), "a??X-Evil: b?");
	assert.equal(userAgent("x".repeat(600), tags).length, 511);
});

test("expandMAC() replaces every <MAC>", () => {
	assert.equal(expandMAC("http://h/<MAC>/<MAC>.ini", mac), "http://h/00908F1DD0D3/00908F1DD0D3.ini");
});

test("the plan is ini, periodic firmware, one-time firmware, then roots, certificate and key", () => {
	const values: Record<string, string> = {
		IniFileURL: "http://h/a.ini",
		AutoCmpFileUrl: "http://h/b.cmp",
		CmpFileURL: "http://h/c.cmp",
		AutoUpdateCmpFile: "1",
		TLSPkeyFileUrl: "https://h/d.key",
		TLSCertFileUrl: "https://h/e.crt",
		TLSRootFileUrl: "https://h/f.pem",
	};
	const settings = { text: (name: string): string => values[name] ?? "" };
	const plan = [];
	for (let step = 0; step < planSteps; step++) plan.push(planEntry(step, settings, mac)?.parameter);
	const files = ["TLSRootFileUrl", "TLSCertFileUrl", "TLSPkeyFileUrl"];
	const asked = plan.filter((parameter) => parameter !== undefined);
	assert.deepEqual(asked, ["IniFileURL", "AutoCmpFileUrl", "CmpFileURL", ...files]);
	values.AutoUpdateCmpFile = "0";
	assert.equal(planEntry(plan.indexOf("CmpFileURL"), settings, mac), undefined);
	assert.equal(hasStandingFile(settings), true);
	assert.equal(hasStandingFile({ text: (name) => (name === "CmpFileURL" ? "http://h/c.cmp" : "") }), false);
});

test("retryDelayMs() doubles 5 s and spreads by a quarter either way", () => {
	assert.equal(retryDelayMs(1, 0.5), 5000);
	assert.equal(retryDelayMs(2, 0.5), 10000);
	assert.equal(retryDelayMs(1, 0), 3750);
	assert.ok(retryDelayMs(1, 0.9999) <= 6250);
});

test("retryDelayMs() never comes before Retry-After, and spreads it by a quarter", () => {
	assert.equal(retryDelayMs(1, 0, 20000), 20000);
	assert.ok(retryDelayMs(1, 0.9999, 20000) <= 25000);
	assert.equal(retryDelayMs(3, 0, 1000), 15000);
	assert.equal(retryDelayMs(1, 0.5, 0), 5000);
});

test("mayPass() is for the moment and the transport, not for who somebody is or what he wants", () => {
	const passing = ["HTTP_CONNECT", "HTTP_RESOLVE", "HTTP_TRUNCATED", "UPDATE_STALLED", "TLS_CONNECTION", "TLS_ALERT"];
	const lasting = ["URL_HOST", "HTTP_UNAUTHORIZED", "HTTP_REDIRECT_LOOP", "STORE_FULL", "TLS_EXPIRED", "TLS_NO_ROOTS"];
	const judged = [...passing, ...lasting, "TLS_OF_A_LATER_VERSION"].filter(mayPass);
	assert.deepEqual(judged, passing);
	assert.deepEqual(["CERTIFICATES_FORMAT", "STORE_FULL", "FLASH_X", "UPDATE_INTERNAL"].filter(isContentFault), [
		"CERTIFICATES_FORMAT",
	]);
	assert.deepEqual([200, 304, 401, 404, 408, 429, 500, 503].filter(statusMayPass), [408, 429, 500, 503]);
});

test("settingsCredentials() gives the Digest pair first, then the pair for both schemes", () => {
	const read = (values: Record<string, string>) => settingsCredentials({ text: (name) => values[name] ?? "" });
	const digest = { user: "d", password: "x:y", digestOnly: true };
	assert.deepEqual(read({}), []);
	assert.deepEqual(read({ AUPDDigestPassword: "x" }), []);
	assert.deepEqual(read({ AUPDDigestUsername: "d", AUPDDigestPassword: "x:y" }), [digest]);
	assert.deepEqual(read({ AUPDUserPassword: "a:b:c" }), [{ user: "a", password: "b:c" }]);
	assert.deepEqual(read({ AUPDUserPassword: "a" }), [{ user: "a", password: "" }]);
	assert.deepEqual(read({ AUPDUserPassword: ":b" }), []);
	assert.deepEqual(read({ AUPDDigestUsername: "d", AUPDDigestPassword: "x:y", AUPDUserPassword: "a:b" }), [
		digest,
		{ user: "a", password: "b" },
	]);
});

test("Holds keeps a wait per URL, without regard to credentials, and forgets the oldest", () => {
	let now = 1000;
	const holds = new Holds(new TestStore(), () => now);
	assert.equal(holds.next, undefined);
	holds.set("http://u:p@h/a", 500);
	holds.set("http://h/b", 300);
	assert.deepEqual([holds.left("http://h/a"), holds.left("http://h/b"), holds.left("http://h/c")], [500, 300, 0]);
	assert.equal(holds.next, 300);
	assert.equal(holds.expire(), false);
	now += 300;
	assert.deepEqual([holds.left("http://h/a"), holds.left("http://h/b"), holds.next], [200, 0, 0]);
	assert.equal(holds.expire(), true);
	assert.equal(holds.next, 200);
	holds.clear("http://x:y@h/a");
	assert.equal(holds.next, undefined);
	for (let i = 0; i < 100; i++) holds.set(`http://h/${i}`, 1000);
	assert.deepEqual([holds.left("http://h/67"), holds.left("http://h/68")], [0, 1000]);
});

test("Holds stores what is left in minutes, and takes it up again", () => {
	const store = new TestStore();
	let now = 5000;
	const before = new Holds(store, () => now);
	assert.deepEqual([before.changed, before.changes()], [false, []]);
	before.set("http://h/a", 600_000);
	before.set("http://h/b", 30_000);
	assert.equal(before.changed, true);
	now += 90_000;
	store.commit(before.changes());
	before.saved();
	assert.equal(before.changed, false);
	const after = new Holds(store, () => 7);
	assert.deepEqual([after.left("http://h/a"), after.left("http://h/b")], [540_000, 0]);
	after.clear("http://h/a");
	assert.deepEqual(after.changes(), [{ name: holdRecord }]);
});

test("Holds takes rubbish for no waits, and none of more than a day and a quarter", () => {
	const name = "0123456789abcdef";
	for (const text of ["", "{}", "null", `["${name}"]`, `[["${name}"]]`, `[["${name}",0]]`, `[["${name}",1801]]`]) {
		const store = new TestStore();
		store.commit([{ name: holdRecord, value: encodeUTF8(text) }]);
		assert.equal(new Holds(store, () => 0).next, undefined, text);
	}
	const store = new TestStore();
	store.commit([{ name: holdRecord, value: encodeUTF8(`[["${name}",1800],["x",1],["${name}"," 1"]]`) }]);
	assert.equal(new Holds(store, () => 0).next, 1800 * 60000);
});

test("drawChance() is at least 0 and below 1", () => {
	assert.equal(
		drawChance((bytes) => bytes.fill(0)),
		0,
	);
	assert.ok(drawChance((bytes) => bytes.fill(255)) < 1);
});

test("DownloadLog finds a record by its exact URL, without regard to credentials", () => {
	const store = new TestStore();
	const log = new DownloadLog(store);
	store.commit(log.remember("http://u:p@h/a", download()));
	assert.equal(log.find("http://h/a")?.etag, '"a"');
	assert.equal(log.find("http://h/b"), undefined);
});

test("DownloadLog has nothing to write for the same download again, nor for another Date alone", () => {
	const store = new TestStore();
	const log = new DownloadLog(store);
	store.commit(log.remember("http://h/a", download({ dated: true })));
	assert.deepEqual(log.remember("http://h/a", download({ dated: true, modified: "later" })), []);
	assert.equal(log.remember("http://h/a", download({ dated: true, sha256: "01" })).length, 1);
	assert.equal(log.remember("http://h/a", download()).length, 1);
});

test("DownloadLog keeps a bounded number of records and drops the oldest", () => {
	const store = new TestStore();
	const log = new DownloadLog(store);
	for (let i = 0; i < maxDownloads + 3; i++) store.commit(log.remember(`http://h/${i}`, download()));
	assert.equal(store.names().length, maxDownloads);
	assert.equal(log.find("http://h/2"), undefined);
	assert.equal(log.find("http://h/3")?.sha256, "00");
});

test("DownloadLog takes a damaged record for none", () => {
	const store = new TestStore();
	const log = new DownloadLog(store);
	const [change] = log.remember("http://h/a", download());
	for (const text of ["", "{", "null", "[]", '{"order":1}', '{"order":1,"id":5}']) {
		store.commit([{ name: change.name, value: encodeUTF8(text) }]);
		assert.equal(log.find("http://h/a"), undefined);
	}
});

test("conditionalHeaders() are made of what the server has told", () => {
	const both = [
		["If-Modified-Since", download().modified],
		["If-None-Match", download().etag],
	];
	assert.deepEqual(conditionalHeaders(download()), both);
	assert.deepEqual(conditionalHeaders(download({ modified: "" })), both.slice(1));
	assert.deepEqual(conditionalHeaders(download({ etag: "" })), both.slice(0, 1));
});

test("stillHolds() no longer, when another firmware version made the decision, or by another policy", () => {
	const same = (): string => assert.fail("not asked");
	assert.ok(stillHolds(download(), "2.0", same));
	assert.ok(stillHolds(download({ version: "2.0" }), "2.0", same));
	assert.ok(!stillHolds(download({ version: "2.0" }), "1.0", same));
	const refused = download({ policy: "p" });
	assert.ok(stillHolds(refused, "2.0", () => "p"));
	assert.ok(!stillHolds(refused, "2.0", () => "q"));
});

test("RestartBudget allows four restarts within an hour of running time", () => {
	const store = new TestStore();
	let ticks = 0;
	const budget = new RestartBudget(store, () => ticks);
	for (let i = 0; i < maxRestarts; i++) {
		assert.equal(budget.waitMs(), 0);
		ticks = 60000;
		store.commit([budget.change()]);
		ticks = 0;
	}
	assert.equal(budget.waitMs(), budgetWindowMs - 3 * 60000);
	ticks = budgetWindowMs - 3 * 60000;
	assert.equal(budget.waitMs(), 0);
});

test("RestartBudget reads rubbish as no restarts", () => {
	const store = new TestStore();
	store.commit([{ name: restartRecord, value: encodeUTF8("a,-1,,1e3,99999999999999") }]);
	assert.equal(new RestartBudget(store, () => 0).waitMs(), 0);
});

test("describeError() puts line and column before the reason", () => {
	const error = Object.assign(new UpdateError("INI_X", "bad"), { line: 3, column: 5 });
	assert.deepEqual(describeError(error), { code: "INI_X", reason: "line 3, column 5: bad" });
	assert.deepEqual(describeError(new Error("odd")), { code: "UPDATE_INTERNAL", reason: "odd" });
	assert.deepEqual(describeError("odd"), { code: "UPDATE_INTERNAL", reason: "odd" });
});

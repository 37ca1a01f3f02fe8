// SPDX-License-Identifier: Apache-2.0
//
// Password and back-off. node-only: Node's crypto stands in for the native rounds and judges the result.
// node-only: node:crypto

import test from "node:test";
import assert from "node:assert/strict";
import { createHmac, pbkdf2Sync } from "node:crypto";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { derive, type Rounds } from "../../modules/accounts/derive.js";
import { LoginGuard } from "../../modules/accounts/guard.js";
import { Password, passwordRecord } from "../../modules/accounts/password.js";
import { FakeClock } from "../fakes/clock.js";

const rounds: Rounds = (key, u, sum, count) => {
	for (; count > 0; count--) {
		u.set(createHmac("sha256", key).update(u).digest());
		for (let i = 0; i < 32; i++) sum[i]! ^= u[i]!;
	}
};

function make(iterations = 600) {
	const clock = new FakeClock();
	const map = new Map<string, Uint8Array>();
	const records = {
		get: (name: string) => map.get(name),
		commit: (changes: { name: string; value?: Uint8Array }[]) => {
			for (const { name, value } of changes) {
				if (value === undefined) map.delete(name);
				else map.set(name, value);
			}
		},
	};
	let next = 1;
	const random = (bytes: Uint8Array): void => void bytes.forEach((_, index) => (bytes[index] = next++));
	const password = new Password({ records, rounds, timer: clock.timer, random, iterations });
	const run = async <T>(promise: Promise<T>): Promise<T> => {
		await clock.advanceAsync(1000);
		return promise;
	};
	return { map, password, run, clock };
}

test("derive() is PBKDF2-HMAC-SHA-256, also for a password longer than a block", async () => {
	const { clock } = make();
	for (const [text, salt, iterations] of [
		["password", "salt", 1],
		["password", "salt", 2],
		["password", "salt", 4096],
		["p".repeat(100), "NaCl", 251],
	] as [string, string, number][]) {
		const promise = derive({ rounds, timer: clock.timer }, encodeUTF8(text), encodeUTF8(salt), iterations);
		await clock.advanceAsync(1000);
		assert.deepEqual(Buffer.from(await promise), pbkdf2Sync(text, salt, iterations, 32, "sha256"));
	}
});

test("a password is known again, another one is not, and the record does not hold it", async () => {
	const { map, password, run } = make();
	assert.equal(password.isSet, false);
	assert.equal(await run(password.verify("anything")), false);
	await run(password.set("correct horse"));
	assert.ok(password.isSet);
	assert.equal(await run(password.verify("correct horse")), true);
	for (const wrong of ["correct horsf", "correct hors", "", "x".repeat(65)])
		assert.equal(await run(password.verify(wrong)), false);
	const record = map.get(passwordRecord)!;
	assert.equal(record.length, 53);
	assert.ok(!Buffer.from(record).includes("correct"));
	password.remove();
	assert.equal(password.isSet, false);
});

test("the same password gets another salt, and an old number of rounds stays good", async () => {
	const { map, password, run } = make(100);
	await run(password.set("correct horse"));
	const before = map.get(passwordRecord)!;
	await run(password.set("correct horse"));
	assert.notDeepEqual(map.get(passwordRecord), before);
	const later = make(500);
	later.map.set(passwordRecord, before);
	assert.equal(await later.run(later.password.verify("correct horse")), true);
});

test("too short, too long and a second one at once are refused", async () => {
	const { password, run } = make();
	await assert.rejects(password.set("short"), { code: "ACCOUNTS_LENGTH" });
	await assert.rejects(password.set("x".repeat(65)), { code: "ACCOUNTS_LENGTH" });
	await run(password.set("correct horse"));
	const first = password.verify("correct horse");
	await assert.rejects(password.verify("correct horse"), { code: "ACCOUNTS_BUSY" });
	assert.equal(await run(first), true);
});

test("a damaged record lets nobody in, and nobody set a new one", async () => {
	const { map, password } = make();
	map.set(passwordRecord, new Uint8Array(3));
	assert.ok(password.isSet);
	await assert.rejects(password.verify("correct horse"), { code: "ACCOUNTS_RECORD" });
});

test("failures make a source wait, longer each time; a success forgets them", () => {
	const clock = new FakeClock();
	const guard = new LoginGuard({ ticks: clock.ticks });
	for (let i = 0; i < 2; i++) guard.failed("a");
	assert.equal(guard.waitMs("a"), 0);
	guard.failed("a");
	assert.equal(guard.waitMs("a"), 2000);
	assert.equal(guard.waitMs("b"), 0);
	clock.advance(2000);
	assert.equal(guard.waitMs("a"), 0);
	guard.failed("a");
	assert.equal(guard.waitMs("a"), 4000);
	for (let i = 0; i < 12; i++) guard.failed("a");
	assert.equal(guard.waitMs("a"), 300_000);
	guard.succeeded("a");
	assert.equal(guard.waitMs("a"), 0);
});

test("many sources together wait too, but never long", () => {
	const clock = new FakeClock();
	const guard = new LoginGuard({ ticks: clock.ticks });
	for (let i = 0; i < 100; i++) guard.failed(`source ${i}`);
	assert.equal(guard.waitMs("another"), 5000);
});

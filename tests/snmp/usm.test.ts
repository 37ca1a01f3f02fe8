// SPDX-License-Identifier: Apache-2.0
//
// The user-based security model: keys of the RFC, the time window, damaged and recorded messages, boots in the store.
// node-only: hashes and ciphers are Node's own; those of the firmware are tried by tests/e2e.

import assert from "node:assert/strict";
import { createCipheriv, createDecipheriv, createHash, createHmac } from "node:crypto";
import test from "node:test";
import { fromHex, toHex } from "../../modules/bytes/hex.js";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { BERWriter } from "../../modules/snmp/ber-writer.js";
import { tag } from "../../modules/snmp/ber.js";
import { Engine, engineIDOf, latchedBoots } from "../../modules/snmp/engine.js";
import { type DerivationParts, deriveKey, fitKey } from "../../modules/snmp/key-derivation.js";
import { readHead } from "../../modules/snmp/message.js";
import { pduType, readPDU, writeBinding, writePDU } from "../../modules/snmp/pdu.js";
import { authProtocol, type AuthProtocol, privProtocol, type CryptoPort } from "../../modules/snmp/protocols.js";
import { readUsers, type UserParts } from "../../modules/snmp/users.js";
import { levelOf, USM, type User } from "../../modules/snmp/usm.js";
import { readScopedPDU, readV3Message, writeV3Message, type Places } from "../../modules/snmp/v3-message.js";
import { FakeClock } from "../fakes/clock.js";
import { MemoryStore, oid, World } from "./support.js";

const names = ["sha1", "sha256", "sha384", "sha512"];

const crypto: CryptoPort = {
	hash: (algorithm) => {
		const hash = createHash(names[algorithm]);
		return {
			update: (bytes, times) => {
				for (let i = 0; i < times; i++) hash.update(bytes);
			},
			digest: () => new Uint8Array(hash.digest()),
		};
	},
	hmac: (algorithm, key, bytes) => new Uint8Array(createHmac(names[algorithm], key).update(bytes).digest()),
	cfb: (decrypt, key, start, bytes) => {
		const name = `aes-${key.length * 8}-cfb`;
		const cipher = decrypt ? createDecipheriv(name, key, start) : createCipheriv(name, key, start);
		bytes.set(cipher.update(bytes));
	},
};

const engineID = engineIDOf(Uint8Array.of(0, 0x90, 0x8f, 0x1d, 0xd0, 0xd3));

async function inTurns<Result>(clock: FakeClock, work: Promise<Result>): Promise<Result> {
	let done = false;
	const end = work.finally(() => (done = true));
	while (!done) await clock.advanceAsync(1);
	return end;
}

function keyOf(
	parts: DerivationParts,
	protocol: AuthProtocol,
	password: string,
	engine: Uint8Array,
): Promise<Uint8Array> {
	return new Promise((take, failed) => {
		deriveKey(parts, protocol, password, { engineID: engine, taker: { take, failed } });
	});
}

function usersOf(
	parts: Omit<UserParts, "onProblem" | "onUsers" | "onFailed">,
): Promise<{ users: User[]; problems: string[] }> {
	const problems: string[] = [];
	return new Promise((resolve, onFailed) => {
		const onUsers = (users: User[]): void => resolve({ users, problems });
		readUsers({ ...parts, onProblem: (problem) => problems.push(problem), onUsers, onFailed });
	});
}

test("keys are those of RFC 3414 A.3.2 and of other implementations", async () => {
	const clock = new FakeClock();
	const engine = fromHex("000000000000000000000002");
	const derive = (name: string): Promise<Uint8Array> =>
		inTurns(clock, keyOf({ crypto, timer: clock.timer }, authProtocol(name), "maplesyrup", engine));
	assert.equal(toHex(await derive("SHA")), "6695febc9288e36282235fc7151f128497b38f3f");
	const long = fitKey(crypto, authProtocol("SHA"), await derive("SHA"), privProtocol("AES-256").keyBytes);
	assert.equal(toHex(long.subarray(0, 20)), "6695febc9288e36282235fc7151f128497b38f3f");
	assert.equal(long.length, 32);
	for (const [name, bytes] of [
		["SHA-256", 32],
		["SHA-384", 48],
		["SHA-512", 64],
	] as const)
		assert.equal((await derive(name)).length, bytes);
	const short = keyOf({ crypto, timer: clock.timer }, authProtocol("SHA"), "1234567", engine);
	await assert.rejects(short, { code: "SNMP_PASSWORD" });
	for (const name of ["MD5", "SHA-224", ""]) assert.throws(() => authProtocol(name), { code: "SNMP_PROTOCOL" });
	for (const name of ["DES", ""]) assert.throws(() => privProtocol(name), { code: "SNMP_PROTOCOL" });
});

test("the megabyte of a password is hashed in slices of 32 KB or so, each in a turn of its own", async () => {
	const clock = new FakeClock();
	let turns = 0;
	let most = 0;
	let bytes = 0;
	const counting: CryptoPort = {
		...crypto,
		hash: (algorithm) => {
			const hash = crypto.hash(algorithm);
			return {
				update: (piece, times) => {
					bytes += piece.length * times;
					hash.update(piece, times);
				},
				digest: () => hash.digest(),
			};
		},
	};
	const timer = {
		...clock.timer,
		set: (callback: (timer: object) => void, ms?: number) => {
			turns++;
			most = Math.max(most, bytes);
			bytes = 0;
			return clock.timer.set(callback, ms);
		},
	};
	await inTurns(clock, keyOf({ crypto: counting, timer }, authProtocol("SHA"), "12345678901", engineID));
	assert.ok(turns >= 30 && most <= 40000, `${turns} ${most}`);
});

const user: User = {
	engineID,
	auth: { protocol: authProtocol("SHA-256"), key: new Uint8Array(32).fill(7) },
	priv: { key: new Uint8Array(16).fill(9) },
	principal: { name: "admin", write: true, view: [] },
};

function makeWorld(): World {
	const world = new World({ crypto });
	world.agent.users = [user];
	return world;
}

interface Told {
	boots?: number;
	time?: number;
	requestId?: number;
	set?: boolean;
	engine?: Uint8Array;
}

/** A message as a manager makes it. */
function message(world: World, { boots, time, requestId = 1, set = false, engine = engineID }: Told = {}): Uint8Array {
	const own = world.agent.context.engine;
	const usm = new USM({ crypto, engine: own, random: (bytes) => bytes.fill(requestId) });
	const writer = new BERWriter(1452);
	const head = {
		...{ id: 77, maxBytes: 1452, flags: levelOf(user) | 4, engineID: engine, user: encodeUTF8(user.principal.name) },
		...{ boots: boots ?? own.boots, time: time ?? own.time, code: usm.noCode(user), salt: usm.nextSalt(3) },
	};
	const object = { oid: oid("1.3.6.1.4.1.63333.9.10.10.3.1.1.5.0"), tag: set ? tag.unsigned : tag.null };
	const places: Places = writeV3Message(writer, head, { engineID: engine, name: new Uint8Array(0) }, () =>
		writePDU(writer, { type: set ? pduType.set : pduType.get, requestId, status: 0, index: 0 }, () =>
			writeBinding(writer, { ...object, value: set ? 1 : undefined }),
		),
	);
	const whole = writer.finish();
	usm.protect(whole, places, user, head);
	return whole.slice();
}

/** Type of the answer's PDU, checked and decrypted as the manager does; `undefined` for none. */
function answerType(answers: Uint8Array[]): number | undefined {
	if (answers.length === 0) return undefined;
	const whole = answers[0].slice();
	const read = readV3Message(readHead(whole).body);
	if ((read.flags & 1) !== 0) {
		const engine = new Engine({ id: engineID, store: new MemoryStore(), ticks: () => 0 });
		assert.ok(new USM({ crypto, engine, random: () => undefined }).open(read, whole, user));
	}
	return readPDU(readScopedPDU(read.body).pdu).type;
}

test("a message is answered under the same security, and within 150 s of the engine's time only", () => {
	const world = makeWorld();
	assert.equal(answerType(world.send(message(world))), pduType.response);
	world.clock.advance(1_000_000);
	const { time } = world.agent.context.engine;
	for (const [offset, type] of [
		[150, pduType.response],
		[-150, pduType.response],
		[151, pduType.report],
		[-151, pduType.report],
	])
		assert.equal(answerType(world.send(message(world, { time: time + offset }))), type, String(offset));
	const { boots } = world.agent.context.engine;
	for (const wrong of [boots - 1, boots + 1, latchedBoots])
		assert.equal(answerType(world.send(message(world, { boots: wrong }))), pduType.report);
	assert.equal(world.agent.context.counters.notInTimeWindows, 5);
});

test("a set that was recorded and is sent again, from anywhere, does nothing; later it is too old", () => {
	const world = makeWorld();
	const recorded = message(world, { set: true });
	assert.equal(answerType(world.send(recorded)), pduType.response);
	assert.equal(answerType(world.send(recorded, "198.51.100.7", 9)), pduType.response);
	assert.equal(world.triggers.length, 1);
	world.clock.advance(151_000);
	assert.equal(answerType(world.send(recorded)), pduType.report);
	assert.deepEqual(world.triggers, ["admin"]);
});

test("no message with a bit of it changed is carried out", () => {
	const world = makeWorld();
	const good = message(world, { set: true });
	for (let at = 0; at < good.length; at++)
		for (const mask of [1, 0x80]) {
			const bad = good.slice();
			bad[at] ^= mask;
			assert.notEqual(answerType(world.send(bad)), pduType.response, `byte ${at}`);
			world.clock.advance(200);
			if (at % 20 === 0) world.clock.advance(20);
		}
	assert.deepEqual(world.triggers, []);
	assert.equal(answerType(world.send(message(world, { set: true, requestId: 2 }))), pduType.response);
});

test("a message for another engine is not carried out, and its sender learns ours", () => {
	const world = makeWorld();
	const answers = world.send(message(world, { engine: Uint8Array.of(1, 2, 3, 4, 5) }));
	assert.equal(answerType(answers), pduType.report);
	assert.deepEqual(readV3Message(readHead(answers[0]).body).engineID, engineID);
});

test("boots are counted with one write a start; when they cannot be, nothing authenticated is taken", () => {
	const store = new MemoryStore();
	const start = (): Engine => new Engine({ id: engineID, store, ticks: () => 0 });
	assert.deepEqual([start().boots, start().boots, start().boots], [1, 2, 3]);
	assert.equal(store.commits, 3);
	store.broken = true;
	assert.equal(start().boots, latchedBoots);
	store.records.set("snmp.boots", new Uint8Array(3));
	store.broken = false;
	assert.equal(start().boots, latchedBoots);
	const world = new World({ crypto, store });
	world.agent.users = [user];
	assert.equal(answerType(world.send(message(world))), pduType.report);
	world.assertAlive();
});

test("requests write nothing to the store", () => {
	const world = makeWorld();
	const before = world.store.commits;
	for (let i = 0; i < 50; i++) world.send(message(world, { requestId: i }));
	assert.equal(world.store.commits, before);
});

test("passwords become keys and are cleared with one commit; a password that is too short is told, without it", async () => {
	const clock = new FakeClock();
	const world = new World({
		settings: {
			...{ SNMPUserName_0: "admin", SNMPUserAuthProtocol_0: "SHA-256", SNMPUserAuthPassword_0: "correct-horse" },
			...{ SNMPUserName_1: "short", SNMPUserAuthProtocol_1: "SHA", SNMPUserAuthPassword_1: "hunter2" },
			...{ SNMPUserName_2: "md5", SNMPUserAuthProtocol_2: "MD5", SNMPUserAuthPassword_2: "correct-horse" },
		},
	});
	const { settings, store } = world;
	const parts = { settings, store, crypto, timer: clock.timer, engines: [engineID] };
	const before = store.commits;
	const { users, problems } = await inTurns(clock, usersOf(parts));
	assert.deepEqual([users.length, problems.length, store.commits], [1, 2, before + 1]);
	assert.ok(problems.every((problem) => !problem.includes("hunter2") && !problem.includes("correct-horse")));
	assert.equal(settings.text("SNMPUserAuthPassword_0"), "");
	assert.ok(!Buffer.from(store.get("settings") ?? []).includes("SNMPUserAuthPassword_0"));
	assert.ok(!Buffer.from(store.get("snmp.keys") ?? []).includes("correct-horse"));
	const again = await inTurns(clock, usersOf(parts));
	assert.deepEqual(again.users[0].auth?.key, users[0].auth?.key);
	assert.equal(store.commits, before + 1);
	store.broken = true;
	settings.set("SNMPUserAuthPassword_0", "another-horse");
	const failed = await inTurns(clock, usersOf(parts));
	assert.ok(failed.problems.some((problem) => problem.includes("not stored")));
	assert.notDeepEqual(failed.users[0].auth?.key, users[0].auth?.key);
});

// SPDX-License-Identifier: Apache-2.0
//
// The file store over the real record store and the layers of an update: whole files or none, in force with the update, limits, and
// nothing left behind.

import assert from "node:assert/strict";
import test from "node:test";
import { sha256 } from "../../modules/bytes/sha256.js";
import { encodeUTF8, toHex } from "../../modules/bytes/text.js";
import { FileStore } from "../../modules/files/files.js";
import { LayeredStore } from "../../modules/update/layers.js";
import { MemoryFlash, TestStore } from "../update/partitions.js";

/** Bytes that differ from seed to seed and from place to place. */
function content(length: number, seed = 1): Uint8Array {
	const bytes = new Uint8Array(length);
	for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + seed * 13) & 0xff;
	return bytes;
}

class Setup {
	readonly store = new TestStore(new MemoryFlash(384 * 1024));
	readonly records = new LayeredStore(this.store, false);
	readonly files: FileStore;

	constructor(limits: { maxFileBytes?: number; maxTotalBytes?: number } = {}) {
		this.files = new FileStore({ records: this.records, ...limits });
	}

	/** As a step of an update does. @returns whether it was another file */
	put(name: string, bytes: Uint8Array, pieceLength = 1000): boolean {
		const writer = this.files.write(name);
		for (let at = 0; at < bytes.length; at += pieceLength) writer.write(bytes.subarray(at, at + pieceLength));
		const { changed } = writer.end();
		writer.commit();
		return changed;
	}

	read(name: string, bufferLength = 700): Uint8Array | undefined {
		const file = this.files.open(name);
		if (file === undefined) return undefined;
		const bytes = new Uint8Array(file.size);
		const buffer = new Uint8Array(bufferLength);
		let at = 0;
		for (let count; (count = file.read(buffer, at)) > 0; at += count) bytes.set(buffer.subarray(0, count), at);
		assert.equal(at, file.size);
		return bytes;
	}

	/** Records of pieces, whoever they belong to. */
	get pieces(): number {
		return this.store.names("fd.").length;
	}
}

test("what is written is read again, at every length around a piece and in parts of any length", () => {
	const setup = new Setup();
	for (const length of [1, 2047, 2048, 2049, 4096, 5000]) {
		const bytes = content(length, length);
		for (const part of [1, 700, 2048, 9000]) {
			assert.equal(setup.put("cpt", bytes, part), part === 1);
			assert.deepEqual(setup.read("cpt", part), bytes);
		}
		assert.deepEqual([...setup.files.list()], [{ name: "cpt", size: length, sha256: toHex(sha256(bytes)) }]);
	}
});

test("a file that is the same writes nothing; one that differs somewhere is written whole", () => {
	const setup = new Setup();
	const bytes = content(9000);
	setup.put("cpt", bytes);
	setup.files.collect();
	const { writes } = setup.store.memory;
	assert.equal(setup.put("cpt", bytes), false);
	setup.files.collect();
	assert.equal(setup.store.memory.writes, writes);
	for (const other of [content(8999), content(9001), content(4096), content(2048), content(10000)]) {
		assert.equal(setup.put("cpt", other), true);
		assert.deepEqual(setup.read("cpt"), other);
	}
	for (const at of [0, 2047, 2048, 8999]) {
		const changed = bytes.slice();
		changed[at] ^= 1;
		setup.put("cpt", bytes);
		assert.equal(setup.put("cpt", changed), true);
		assert.deepEqual(setup.read("cpt"), changed);
	}
});

test("until commit the old file counts, and what is given up leaves nothing behind", () => {
	const setup = new Setup();
	const old = content(5000, 1);
	setup.put("cpt", old);
	setup.files.collect();
	const before = setup.pieces;
	const writer = setup.files.write("cpt");
	writer.write(content(5000, 2));
	assert.deepEqual(setup.read("cpt"), old);
	writer.end();
	assert.deepEqual(setup.read("cpt"), old);
	writer.abort();
	assert.equal(setup.pieces, before);
	setup.files.write("cpt").write(content(5000, 3)); // the power goes: nobody aborts
	assert.ok(setup.pieces > before);
	const next = new FileStore({ records: setup.records });
	next.collect();
	assert.equal(setup.pieces, before);
	assert.deepEqual(setup.read("cpt"), old);
});

test("a file on trial comes into force with the update and goes back with it", () => {
	for (const kept of [true, false]) {
		const setup = new Setup();
		const [old, fresh] = [content(5000, 1), content(7000, 2)];
		setup.put("cpt", old);
		setup.records.begin();
		setup.put("cpt", fresh);
		setup.put("dpln", fresh);
		setup.files.collect();
		assert.deepEqual(setup.read("cpt"), fresh);
		setup.records.switchOver(encodeUTF8("{}"));
		if (kept) setup.records.keep();
		else setup.records.drop();
		setup.files.collect();
		assert.deepEqual(setup.read("cpt"), kept ? fresh : old);
		assert.equal(setup.files.has("dpln"), kept);
		assert.equal(setup.pieces, kept ? 8 : 3);
	}
});

test("a file that was opened before it was replaced says so, and never mixes the two", () => {
	const setup = new Setup();
	setup.put("cpt", content(5000, 1));
	const file = setup.files.open("cpt");
	setup.put("cpt", content(5000, 2));
	const buffer = new Uint8Array(10);
	assert.equal(file?.read(buffer, 0), 10);
	assert.deepEqual(buffer, content(10, 1));
	setup.files.collect();
	assert.throws(() => file?.read(buffer, 0), { code: "FILES_GONE" });
	assert.equal(file?.read(buffer, 5000), 0);
});

test("each file and all together have a limit; the file that is replaced does not count", () => {
	const setup = new Setup({ maxFileBytes: 4000, maxTotalBytes: 6000 });
	assert.throws(() => setup.put("cpt", content(4001)), { code: "FILES_SIZE" });
	setup.put("cpt", content(4000));
	assert.deepEqual([setup.files.room("cpt"), setup.files.room("dpln")], [4000, 2000]);
	assert.throws(() => setup.put("dpln", content(2001)), { code: "FILES_SIZE" });
	setup.put("dpln", content(2000));
	setup.put("cpt", content(3999, 5));
	assert.equal(setup.files.room("cas"), 1);
});

test("an empty file, a bad name and a commit too early are refused", () => {
	const setup = new Setup();
	assert.throws(() => setup.files.write("cpt").end(), { code: "FILES_EMPTY" });
	for (const name of ["", "Cpt", "a.b", "a b", "x".repeat(25)])
		assert.throws(() => setup.files.write(name), { code: "FILES_NAME" });
	assert.throws(() => setup.files.write("cpt").commit(), { code: "FILES_OPEN" });
	assert.deepEqual([...setup.files.list()], []);
});

test("remove() takes a file and its pieces, once", () => {
	const setup = new Setup();
	setup.put("cpt", content(5000));
	assert.deepEqual(
		[setup.files.remove("cpt"), setup.files.remove("cpt"), setup.files.remove("../x")],
		[true, false, false],
	);
	assert.deepEqual([setup.pieces, setup.files.open("cpt")], [0, undefined]);
});

test("records that are no files are no files, and a damaged entry keeps nothing from being written", () => {
	const setup = new Setup();
	for (const text of [
		"",
		"x",
		"null",
		"[]",
		'{"id":1}',
		'{"id":0,"size":1,"sha256":""}',
		'{"id":1,"size":-1,"sha256":""}',
	])
		setup.store.set("file.cpt", encodeUTF8(text));
	setup.store.set("file.A!", encodeUTF8('{"id":1,"size":1,"sha256":"00"}'));
	assert.deepEqual([...setup.files.list()], []);
	setup.put("cpt", content(3000));
	assert.deepEqual(setup.read("cpt"), content(3000));
});

test("a file as large as all may be has room beside the one it replaces", () => {
	const setup = new Setup();
	for (const seed of [1, 2, 3]) {
		setup.records.begin();
		for (const name of ["vp", "prt"]) setup.put(name, content(65536, seed));
		setup.records.switchOver(encodeUTF8("{}"));
		setup.records.keep();
	}
	assert.deepEqual(setup.read("vp", 2048), content(65536, 3));
	setup.files.collect();
	assert.equal(setup.pieces, 64);
});

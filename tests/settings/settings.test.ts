// SPDX-License-Identifier: Apache-2.0
//
// Settings: values over defaults, one record, survival of restarts and of damaged records.

import test from "node:test";
import assert from "node:assert/strict";
import { crc32 } from "../../modules/bytes/crc32.js";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { flag, integer, text } from "../../modules/settings/parameter.js";
import { decodeRecord, encodeRecord as encodeNames } from "../../modules/settings/record.js";
import { Settings } from "../../modules/settings/settings.js";
import { Random } from "../harness/random.js";
import { FakeStore, ini, make, nonDefaults } from "./support.js";

function encodeRecord(pairs: readonly (readonly [name: string, text: string])[]): Uint8Array {
	const texts = new Map(pairs);
	return encodeNames(Array.from(texts.keys()), (name) => texts.get(name) ?? "");
}

test("a new store gives defaults", () => {
	const { settings } = make();
	assert.equal(settings.isNew, true);
	assert.deepEqual(settings.problems, []);
	assert.equal(settings.get("IniFileURL"), "");
	assert.equal(settings.get("AUPDVerifyCertificates"), 1);
	assert.equal(settings.flag("AUPDVerifyCertificates"), true);
	assert.equal(settings.number("NTPUpdateInterval"), 86400);
	assert.equal(settings.text("NTPUpdateInterval"), "86400");
	assert.deepEqual(nonDefaults(settings), {});
});

test("names are not case-sensitive; unknown ones throw", () => {
	const { settings } = make();
	settings.set("INIFILEURL", "http://h/x");
	assert.equal(settings.get("inifileurl"), "http://h/x");
	const unknown = { code: "SETTINGS_UNKNOWN", parameter: "Nope" };
	assert.throws(() => settings.get("Nope"), unknown);
	assert.throws(() => settings.text("Nope"), unknown);
	assert.throws(() => settings.describe("Nope"), unknown);
	assert.throws(() => settings.set("Nope", "1"), unknown);
	assert.throws(() => settings.check("Nope", "1"), unknown);
	assert.throws(() => settings.reset("Nope"), unknown);
	assert.throws(() => settings.number("IniFileURL"), { code: "SETTINGS_TYPE" });
});

test("values survive a restart once saved", () => {
	const { store, settings } = make();
	settings.set("IniFileURL", "http://h/\u003cMAC>.ini");
	settings.set("AutoUpdateFrequency", "60");
	settings.set("HostName", "gw-1");
	assert.deepEqual(nonDefaults(new Settings({ store })), {});
	assert.equal(settings.save(), true);
	const again = new Settings({ store });
	assert.equal(again.isNew, false);
	assert.deepEqual(nonDefaults(again), nonDefaults(settings));
	assert.equal(again.get("AutoUpdateFrequency"), 60);
});

test("save writes one record, once, and only what is not at its default", () => {
	const { store, settings } = make();
	settings.set("HostName", "gw-1");
	settings.set("AutoUpdateFrequency", "0");
	assert.equal(settings.save(), true);
	assert.equal(settings.save(), false);
	settings.set("HostName", "gw-2");
	settings.set("HostName", "gw-1");
	assert.equal(settings.save(), false);
	assert.equal(store.commits.length, 1);
	assert.deepEqual(
		store.commits[0].map((change) => change.name),
		["settings"],
	);
	assert.deepEqual(Array.from(decodeRecord(store.records.get("settings")!)), [["HostName", "gw-1"]]);
});

test("the order of setting does not change the record", () => {
	const a = make({ HostName: "gw", AutoUpdateFrequency: "5", NTPServerIP: "n" });
	const b = make({ NTPServerIP: "n", AutoUpdateFrequency: "5", HostName: "gw" });
	assert.deepEqual(a.store.records.get("settings"), b.store.records.get("settings"));
});

test("changed lists what is not stored yet, and notices a commit made elsewhere", () => {
	const { store, settings } = make({ HostName: "gw", AutoUpdateFrequency: "5" });
	assert.deepEqual(settings.changed, []);
	settings.set("HostName", "gw-2");
	settings.reset("AutoUpdateFrequency");
	assert.deepEqual(settings.changed, ["AutoUpdateFrequency", "HostName"]);
	store.commit([...settings.changes(), { name: "other", value: Uint8Array.of(1) }]);
	assert.deepEqual(settings.changed, []);
	assert.deepEqual(settings.changes(), []);
	assert.equal(settings.save(), false);
});

test("when the store fails, values stay in force and are still unsaved", () => {
	const { store, settings } = make({ HostName: "gw" });
	settings.set("HostName", "gw-2");
	store.failure = new Error("full");
	assert.throws(() => settings.save(), /full/);
	assert.equal(settings.get("HostName"), "gw-2");
	assert.deepEqual(settings.changed, ["HostName"]);
	store.failure = undefined;
	assert.equal(settings.save(), true);
});

test("reset gives the default back", () => {
	const { settings } = make({ AUPDVerifyCertificates: "0" });
	settings.reset("aupdverifycertificates");
	assert.equal(settings.get("AUPDVerifyCertificates"), 1);
	assert.deepEqual(nonDefaults(settings), {});
});

test("ResetNow cannot be set and is not listed", () => {
	const { settings } = make();
	assert.throws(() => settings.set("ResetNow", "1"), { code: "SETTINGS_FILE_ONLY", parameter: "ResetNow" });
	assert.equal(settings.get("ResetNow"), 0);
	assert.ok([...settings.entries()].every((entry) => entry.name !== "ResetNow"));
});

test("entries say what is default and what is secret", () => {
	const { settings } = make({ AUPDDigestPassword: "p", HostName: "gw" });
	const entries = [...settings.entries()];
	const of = (name: string) => entries.find((entry) => entry.name === name);
	assert.deepEqual(
		[of("AUPDDigestPassword")?.text, of("AUPDDigestPassword")?.isSecret, of("AUPDDigestPassword")?.isDefault],
		["***", true, false],
	);
	assert.deepEqual([of("HostName")?.text, of("HostName")?.isSecret], ["gw", false]);
	assert.equal(of("NTPServerIP")?.isDefault, true);
	assert.equal(of("NTPUpdateInterval")?.parameter.unit, "s");
});

test("a damaged record, at any byte, gives an error and defaults, not an exception", () => {
	const { store } = make({ HostName: "gw", AUPDDigestPassword: "hunter2" });
	const record = store.records.get("settings")!;
	for (let at = 0; at < record.length; at++) {
		for (const damaged of [record.slice(0, at), record.map((byte, index) => (index === at ? byte ^ 0x10 : byte))]) {
			store.records.set("settings", damaged);
			const settings = new Settings({ store });
			assert.equal(settings.isNew, false);
			assert.deepEqual(nonDefaults(settings), {});
			assert.deepEqual(
				settings.problems.map((problem) => problem.code),
				["SETTINGS_RECORD"],
			);
			assert.ok(!settings.problems[0].message.includes("hunter2"));
		}
	}
});

test("a record of another version, or with a right CRC and a wrong inside, is refused", () => {
	const inside = [[2], [1, 4, 0x41], [1, 1, 0x41, 5, 0, 0x42], [1, 1, 0xff, 0, 0], [1, 1]];
	for (const bytes of inside) {
		const crc = crc32(Uint8Array.from(bytes));
		const store = new FakeStore();
		store.records.set("settings", Uint8Array.of(...bytes, crc, crc >>> 8, crc >>> 16, crc >>> 24));
		const { problems } = new Settings({ store });
		assert.equal(problems[0]?.code, "SETTINGS_RECORD", JSON.stringify(bytes));
	}
});

test("a stored value that no longer fits, or a name that is gone, costs only itself", () => {
	const store = new FakeStore();
	store.records.set(
		"settings",
		encodeRecord([
			["AutoUpdateFrequency", "99999"],
			["Gone", "1"],
			["ResetNow", "1"],
			["HostName", "gw"],
		]),
	);
	const settings = new Settings({ store });
	assert.deepEqual(nonDefaults(settings), { HostName: "gw" });
	assert.deepEqual(
		settings.problems.map((problem) => [problem.code, problem.parameter]),
		[
			["SETTINGS_RANGE", "AutoUpdateFrequency"],
			["SETTINGS_UNKNOWN", "Gone"],
			["SETTINGS_FILE_ONLY", "ResetNow"],
		],
	);
});

test("random records never give a foreign error", () => {
	const seed = 991;
	const random = new Random(seed);
	for (let round = 0; round < 500; round++) {
		const store = new FakeStore();
		const body = random.bytes(1 + random.below(30));
		body[0] = 1;
		for (let i = 1; i < body.length; i++) body[i] &= 7;
		const crc = crc32(body);
		store.records.set("settings", Uint8Array.of(...body, crc, crc >>> 8, crc >>> 16, crc >>> 24));
		const settings = new Settings({ store });
		assert.deepEqual(nonDefaults(settings), {}, `seed ${seed}, round ${round}`);
	}
});

test("records hold names and values as they are", () => {
	const pairs: [string, string][] = [
		["A", ""],
		["Name", "gr\u00fc\u00df \u{1f600}"],
		["L", "x".repeat(511)],
	];
	assert.deepEqual(Array.from(decodeRecord(encodeRecord(pairs))), pairs);
	assert.deepEqual(Array.from(decodeRecord(encodeRecord([]))), []);
	assert.deepEqual([...encodeRecord([["A", "1"]])].slice(0, -4), [1, 1, 0x41, 1, 0, 0x31]);
});

test("loadFactory takes the factory file over defaults and saves", () => {
	const { store, settings } = make();
	store.records.set("factory.ini", ini("IniFileURL = 'http://h/x'\r\nAutoUpdateFrequency = 60\r\n"));
	assert.equal(settings.isNew, true);
	assert.deepEqual(settings.loadFactory()?.changed, ["IniFileURL", "AutoUpdateFrequency"]);
	assert.deepEqual(settings.changed, []);
	assert.equal(new Settings({ store }).isNew, false);
	settings.set("HostName", "gw");
	settings.set("IniFileURL", "");
	settings.set("DHCPEnable", "1");
	settings.save();
	settings.loadFactory();
	assert.deepEqual(nonDefaults(settings), { IniFileURL: "http://h/x", AutoUpdateFrequency: "60" });
	assert.deepEqual(nonDefaults(new Settings({ store })), nonDefaults(settings));
});

test("loadFactory without a file gives defaults; with a faulty file it changes nothing", () => {
	const { store, settings } = make({ HostName: "gw" });
	store.records.set("factory.ini", ini("HostName = 'x\r\n"));
	assert.throws(() => settings.loadFactory(), { name: "IniError", code: "INI_QUOTE_OPEN" });
	assert.deepEqual(nonDefaults(settings), { HostName: "gw" });
	store.records.delete("factory.ini");
	assert.equal(settings.loadFactory(), undefined);
	assert.deepEqual(nonDefaults(new Settings({ store })), {});
});

test("another table of parameters can be given", () => {
	const parameters = [
		flag("On", 0, "on or off"),
		integer("Count", 3, [1, 9, ""], "a count"),
		text("Note", 5, "a note"),
	];
	const store = new FakeStore();
	const settings = new Settings({ store, parameters });
	settings.set("count", "9");
	settings.applyIni(ini("Note = 'abc'\n"), { full: true });
	assert.deepEqual(nonDefaults(settings), { Note: "abc" });
	assert.throws(() => settings.get("IniFileURL"), { code: "SETTINGS_UNKNOWN" });
	assert.deepEqual(encodeUTF8(settings.text("Note")), ini("abc"));
});

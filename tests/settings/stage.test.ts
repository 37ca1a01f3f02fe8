// SPDX-License-Identifier: Apache-2.0
//
// Taking an ini file: whole-file check, all or nothing, full and incremental, streaming, commit together with others.

import test from "node:test";
import assert from "node:assert/strict";
import { parseIni } from "../../modules/ini/file.js";
import { keptName } from "../../modules/settings/ini-result.js";
import { Settings } from "../../modules/settings/settings.js";
import { Random } from "../harness/random.js";
import { ini, make, nonDefaults } from "./support.js";

test("an incremental file changes what it names", () => {
	const { settings } = make({ HostName: "gw", AutoUpdateFrequency: "5" });
	const result = settings.applyIni(ini("; note\r\n[SYSTEM Params]\r\nHOSTNAME = 'gw-2'\r\n"), { full: false });
	assert.deepEqual(result.changed, ["HostName"]);
	assert.deepEqual(nonDefaults(settings), { HostName: "gw-2", AutoUpdateFrequency: "5" });
});

test("a full file returns what it does not name to its default", () => {
	const { settings } = make({ HostName: "gw", AutoUpdateFrequency: "5", NTPServerIP: "n" });
	const result = settings.applyIni(ini("NTPServerIP = n\nINIFileVersion = 7\n"), { full: true });
	assert.deepEqual(result.changed, ["INIFileVersion", "AutoUpdateFrequency", "HostName"]);
	assert.deepEqual(nonDefaults(settings), { NTPServerIP: "n", INIFileVersion: "7" });
});

test("a fetched file may not name a parameter that is for the gateway's own people; it is refused whole, with the line", () => {
	const { settings } = make({ AUPDVerifySignature: "0" });
	for (const value of ["0", "1"]) {
		const file = ini(`HostName = gw\nAUPDVerifySignature = ${value}\n`);
		assert.throws(() => settings.applyIni(file, { full: true }), { code: "SETTINGS_LOCAL", line: 2 });
	}
	settings.applyIni(ini("HostName = gw\n"), { full: true });
	assert.deepEqual(nonDefaults(settings), { AUPDVerifySignature: "0", HostName: "gw" });
	settings.applyIni(ini("AUPDVerifySignature = 1\n"), { full: false, local: true });
	assert.deepEqual(nonDefaults(settings), { HostName: "gw" });
});

test("the factory ini may name it", () => {
	const { store, settings } = make();
	store.records.set("factory.ini", ini("AUPDVerifySignature = 0\n"));
	settings.loadFactory();
	assert.deepEqual(nonDefaults(settings), { AUPDVerifySignature: "0" });
});

test("SetDefaultOnINIFileProcess = 0 makes a full file incremental, whether stored or in the file", () => {
	const stored = make({ HostName: "gw", SetDefaultOnINIFileProcess: "0" });
	stored.settings.applyIni(ini("NTPServerIP = n\n"), { full: true });
	assert.equal(stored.settings.get("HostName"), "gw");
	const inFile = make({ HostName: "gw" });
	inFile.settings.applyIni(ini("NTPServerIP = n\nSetDefaultOnINIFileProcess = 0\n"), { full: true });
	assert.deepEqual(nonDefaults(inFile.settings), { HostName: "gw", NTPServerIP: "n", SetDefaultOnINIFileProcess: "0" });
	stored.settings.applyIni(ini("SetDefaultOnINIFileProcess = 1\n"), { full: true });
	assert.deepEqual(nonDefaults(stored.settings), {});
});

test("DHCPEnable and the way to the server survive a full file that does not name them, and can be emptied", () => {
	const values = { DHCPEnable: "1", IniFileURL: "http://h/x", AUPDDigestUsername: "u", AUPDDigestPassword: "p" };
	const { settings } = make(values);
	settings.applyIni(ini("HostName = gw\n"), { full: true });
	assert.deepEqual(nonDefaults(settings), { ...values, HostName: "gw" });
	settings.applyIni(ini("IniFileURL =\nDHCPEnable = 0\nAUPDDigestPassword = ''\n"), { full: true });
	assert.deepEqual(nonDefaults(settings), { AUPDDigestUsername: "u" });
});

test("unknown names and tables are reported with their lines", () => {
	const file =
		"Nope = 1\r\nHostName = gw\r\nNOPE_0 = 'x'\r\n[T]\r\nFORMAT I = X;\r\nT 0 = 1;\r\nT 1 = 1;\r\n[\\T]\r\n[E]\r\n[\\E]\r\n";
	const result = make().settings.applyIni(ini(file), { full: true });
	assert.deepEqual(result.changed, ["HostName", "tables and unknown names"]);
	assert.deepEqual(result.unknown, [
		{ name: "Nope", line: 1 },
		{ name: "NOPE_0", line: 3 },
		{ name: "T", line: 5 },
		{ name: "E", line: 10 },
	]);
	assert.equal(result.unknownCount, 4);
});

test("the lists of a result are bounded, the counts are not", () => {
	const { settings } = make();
	const unknown = settings.applyIni(ini("X = 1\n".repeat(100)), { full: true });
	assert.equal(unknown.unknown.length, 64);
	assert.equal(unknown.unknownCount, 100);
	const stage = settings.stage({ full: true, maxProblems: 2 });
	stage.write(ini("X\n".repeat(100)));
	const { problems, problemCount } = stage.end();
	assert.deepEqual([problems.length, problemCount], [2, 100]);
});

test("of a repeated name the last value counts, and the repetition is reported", () => {
	const { settings } = make();
	const result = settings.applyIni(ini("HostName = a\nhostname = b\n"), { full: true });
	assert.equal(settings.get("HostName"), "b");
	assert.deepEqual(result.repeated, [{ name: "HostName", line: 2 }]);
});

test("a bad value refuses the whole file, with its place", () => {
	const { settings } = make({ HostName: "gw" });
	const file = ini("HostName = gw-2\r\nAutoUpdateFrequency =  x5\r\nNTPServerIP = n\r\n");
	const error = { name: "SettingsError", code: "SETTINGS_TYPE", parameter: "AutoUpdateFrequency" };
	assert.throws(() => settings.applyIni(file, { full: true }), { ...error, line: 2, column: 24, offset: 40 });
	assert.deepEqual(nonDefaults(settings), { HostName: "gw" });
	assert.deepEqual(settings.changed, []);
});

test("a fault of the grammar refuses the whole file", () => {
	const { settings } = make({ HostName: "gw" });
	const error = { name: "IniError", code: "INI_EQUALS", line: 2 };
	assert.throws(() => settings.applyIni(ini("HostName = gw-2\nbroken\n"), { full: true }), error);
	assert.deepEqual(nonDefaults(settings), { HostName: "gw" });
});

test("a list is refused where one value is expected", () => {
	const { settings } = make();
	const error = { code: "SETTINGS_TYPE", parameter: "HostName", line: 1, column: 12 };
	assert.throws(() => settings.applyIni(ini("HostName = 'a', 'b'\n"), { full: true }), error);
});

test("a stage collects all problems in the order of the file", () => {
	const { settings } = make({ HostName: "gw" });
	const stage = settings.stage({ full: true });
	stage.write(ini("AutoUpdateFrequency = x\nbroken\nIniFileURL = 'nope'\nHostName = gw-2\n"));
	const result = stage.end();
	assert.deepEqual(
		result.problems.map((problem) => [problem.code, problem.line]),
		[
			["SETTINGS_TYPE", 1],
			["INI_EQUALS", 2],
			["SETTINGS_URL", 3],
		],
	);
	assert.deepEqual(result.changed, []);
	for (const use of [() => stage.changes(), () => stage.apply(), () => stage.get("HostName")]) {
		assert.throws(use, { code: "SETTINGS_STAGE" });
	}
	assert.deepEqual(nonDefaults(settings), { HostName: "gw" });
});

test("a stage is used in its order only", () => {
	const stage = make().settings.stage({ full: true });
	assert.throws(() => stage.changes(), { code: "SETTINGS_STAGE" });
	assert.throws(() => stage.apply(), { code: "SETTINGS_STAGE" });
	assert.throws(() => stage.set("HostName", "x"), { code: "SETTINGS_STAGE" });
	stage.end();
	assert.throws(() => stage.end(), { code: "SETTINGS_STAGE" });
	assert.throws(() => stage.write(ini("A = 1\n")), { code: "SETTINGS_STAGE" });
	assert.throws(() => stage.entry(parseIni(ini("A = 1\n")).entries[0]), { code: "SETTINGS_STAGE" });
	stage.apply();
	stage.apply();
});

test("resets: needed by a changed parameter that wants one, demanded by ResetNow", () => {
	const { settings } = make({ AutoUpdateFrequency: "5", IniFileURL: "http://h/x" });
	const same = settings.applyIni(ini("AutoUpdateFrequency = 5\nNTPServerIP = n\n"), { full: true });
	assert.deepEqual([same.resetNeeded, same.resetNow], [false, false]);
	const needed = settings.applyIni(ini("AutoUpdateFrequency = 6\n"), { full: true });
	assert.deepEqual([needed.resetNeeded, needed.resetNow], [true, false]);
	const asked = settings.applyIni(ini("AutoUpdateFrequency = 6\nResetNow = 1\n"), { full: true });
	assert.deepEqual([asked.changed, asked.resetNeeded, asked.resetNow], [[], false, true]);
	const zero = settings.applyIni(ini("AutoUpdateFrequency = 6\nResetNow = 0\n"), { full: true });
	assert.equal(zero.resetNow, false);
	assert.equal(settings.get("ResetNow"), 0);
	assert.throws(() => settings.applyIni(ini("ResetNow = 2\n"), { full: true }), { code: "SETTINGS_RANGE" });
});

test("a staged file is committed together with other records", () => {
	const { store, settings } = make({ HostName: "gw" });
	const stage = settings.stage({ full: true });
	stage.write(ini("HostName = 'gw-2'\n"));
	assert.deepEqual(stage.end().changed, ["HostName"]);
	assert.equal(settings.get("HostName"), "gw");
	assert.equal(stage.get("hostname"), "gw-2");
	const changes = stage.changes();
	assert.deepEqual(
		changes.map((change) => change.name),
		["settings"],
	);
	store.commit([...changes, { name: "update.crc", value: Uint8Array.of(1) }]);
	assert.equal(new Settings({ store }).get("HostName"), "gw-2");
	assert.equal(settings.get("HostName"), "gw");
	stage.apply();
	assert.equal(settings.get("HostName"), "gw-2");
	assert.deepEqual(settings.changed, []);
	assert.deepEqual(stage.changes(), []);
	assert.equal(settings.save(), false);
});

test("the same file twice writes nothing the second time", () => {
	const { store, settings } = make();
	const file = ini("HostName = gw\nAutoUpdateFrequency = 5\n");
	settings.applyIni(file, { full: true });
	assert.equal(settings.save(), true);
	assert.deepEqual(settings.applyIni(file, { full: true }).changed, []);
	assert.equal(settings.save(), false);
	assert.equal(store.commits.length, 1);
});

test("a candidate can be changed before it is committed", () => {
	const { settings } = make({ CmpFileURL: "http://h/x.cmp" });
	const stage = settings.stage({ full: false });
	stage.end();
	stage.set("CmpFileURL", "");
	assert.throws(() => stage.set("CmpFileURL", "x"), { code: "SETTINGS_URL" });
	assert.throws(() => stage.set("Nope", "x"), { code: "SETTINGS_UNKNOWN" });
	assert.throws(() => stage.get("Nope"), { code: "SETTINGS_UNKNOWN" });
	stage.apply();
	assert.equal(settings.get("CmpFileURL"), "");
	assert.deepEqual(settings.changed, ["CmpFileURL"]);
});

test("a value set by hand meanwhile is not lost by an incremental file", () => {
	const { settings } = make();
	const stage = settings.stage({ full: false });
	stage.write(ini("HostName = gw\n"));
	stage.end();
	settings.set("NTPServerIP", "n");
	stage.apply();
	assert.deepEqual(nonDefaults(settings), { HostName: "gw", NTPServerIP: "n" });
});

test("parsed entries are taken like bytes", () => {
	const { settings } = make();
	const { entries } = parseIni(ini("HostName = gw\nNope = 1\n"));
	const result = settings.applyIni(entries, { full: true });
	assert.deepEqual([result.changed, result.unknown], [["HostName", keptName], [{ name: "Nope", line: 2 }]]);
});

test("a file that is too long is refused and its rest passed over", () => {
	const stage = make().settings.stage({ full: true });
	const line = ini(`; ${"x".repeat(1000)}\n`);
	for (let i = 0; i < 1100; i++) stage.write(line);
	assert.deepEqual(
		stage.end().problems.map((problem) => problem.code),
		["INI_FILE_LENGTH"],
	);
});

test("pieces of any size give the same result", () => {
	const file = ini(
		"\ufeffHostName = 'gr\u00fcn'\r\nNope = 1\r\nIniFileURL = \"http://u:p@h/<MAC>\"\r\nINIFileVersion=12",
	);
	const bad = ini("HostName = 'x'\r\nIniFileURL = y\r\n[T\r\n");
	const random = new Random(5150);
	for (const [bytes, expected] of [
		[file, 1],
		[bad, 2],
	] as [Uint8Array, number][]) {
		for (let round = 0; round < 50; round++) {
			const stage = make().settings.stage({ full: true });
			for (let at = 0; at < bytes.length;) {
				const next = Math.min(bytes.length, at + 1 + random.below(12));
				stage.write(bytes.subarray(at, next));
				at = next;
			}
			const { problemCount, changed, unknown } = stage.end();
			if (expected === 1) assert.deepEqual([problemCount, changed.length, unknown.length], [1, 0, 1]);
			else assert.equal(problemCount, expected);
		}
	}
});

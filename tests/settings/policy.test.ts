// SPDX-License-Identifier: Apache-2.0
//
// What kind of file it is, faulty lines passed over where that is asked for, and the differences that people are shown.

import test from "node:test";
import assert from "node:assert/strict";
import { describeResult } from "../../modules/settings/ini-result.js";
import { Random } from "../harness/random.js";
import { ini, make, nonDefaults } from "./support.js";

const faulty =
	"HostName = gw\nAutoUpdateFrequency = x\nbroken\n[T]\nFORMAT I = A;\nT 0 = 1\nT 1 = 2;\n[\\T]\nNTPServerIP = n\n";

test("IniErrorPolicy = skip passes over faulty lines and lists them, in force or in the file itself", () => {
	for (const [values, file] of [
		[{ IniErrorPolicy: "skip" }, faulty],
		[{}, `${faulty}IniErrorPolicy = SKIP\n`],
	] as [Record<string, string>, string][]) {
		const { settings } = make(values);
		const result = settings.applyIni(ini(file), { full: false });
		assert.deepEqual([result.problemCount, result.skippedCount], [0, 3]);
		assert.deepEqual(
			result.skipped.map(({ code, line }) => [code, line]),
			[
				["SETTINGS_TYPE", 2],
				["INI_EQUALS", 3],
				["INI_TABLE_LINE", 6],
			],
		);
		settings.save();
		assert.equal(settings.text("HostName"), "gw");
		assert.equal(settings.kept.tables, 1);
		assert.match(describeResult(result), /3 faulty lines skipped/);
	}
});

test("without it, or with refuse in the file, the file is refused", () => {
	const { settings } = make({ IniErrorPolicy: "skip" });
	assert.throws(() => settings.applyIni(ini(`${faulty}IniErrorPolicy = refuse\n`), { full: false }), { line: 2 });
	assert.throws(() => make().settings.applyIni(ini(faulty), { full: false }), { line: 2 });
	assert.deepEqual(nonDefaults(settings), { IniErrorPolicy: "skip" });
});

test("what leaves the meaning of a file open is never passed over", () => {
	const cases: [string, string][] = [
		["AUPDVerifySignature = 0\n", "SETTINGS_LOCAL"],
		["[T]\nFORMAT I = A;\nT 0 = 1;\n", "INI_TABLE_OPEN"],
		[`${"; x".padEnd(1000)}\n`.repeat(1100), "INI_FILE_LENGTH"],
	];
	for (const [file, code] of cases) {
		const { settings } = make({ IniErrorPolicy: "skip" });
		assert.throws(() => settings.applyIni(ini(file), { full: false }), { code });
	}
});

test("a table whose format line is faulty is passed over, and the one that is kept stays", () => {
	const { settings } = make({ IniErrorPolicy: "skip", SetDefaultOnINIFileProcess: "0" });
	settings.applyIni(ini("[T]\nFORMAT I = A;\nT 0 = 1;\n[\\T]\n"), { full: false });
	settings.save();
	const result = settings.applyIni(ini("[T]\nFORMAT I =\nT 0 = 1;\n[\\T]\n"), { full: false });
	assert.deepEqual([result.skippedCount, result.changed], [1, []]);
	assert.equal(settings.kept.tables, 1);
});

test("a text that begins with #ini-incremental changes what it names; #ini-file is a file as any other", () => {
	const { settings } = make({ HostName: "gw", NTPServerIP: "n" });
	const part = settings.applyIni(ini("#ini-incremental\nNTPServerIP = m\n"), { full: true });
	assert.deepEqual([part.changed, part.full], [["NTPServerIP"], false]);
	const second = settings.applyIni(ini("#ini-file\nNTPServerIP = m\n"), { full: false });
	assert.deepEqual([second.changed, second.full], [[], false]);
	const whole = settings.applyIni(ini("#ini-file\nNTPServerIP = m\n"), { full: true });
	assert.deepEqual([whole.changed, whole.full], [["HostName"], true]);
});

test("differences: old and new value of each parameter, secrets and credentials never", () => {
	const { settings } = make({ AUPDDigestPassword: "old", IniFileURL: "http://u:p@h/a", NTPServerUTCOffset: "60" });
	const stage = settings.stage({ full: true });
	stage.write(ini("HostName = gw\nAUPDDigestPassword = new\nIniFileURL = 'http://u:q@h/a'\nNope = 1\n"));
	const result = stage.end();
	const differences = [...stage.differences()];
	assert.deepEqual(differences, [
		{ name: "IniFileURL", before: "http://***@h/a", after: "http://***@h/a", reset: true },
		{ name: "AUPDDigestPassword", before: "***", after: "***", reset: false },
		{ name: "HostName", before: '"" (default)', after: "gw", reset: true },
		{ name: "NTPServerUTCOffset", before: "60 s", after: "0 (default)", reset: false },
		{ name: "tables and unknown names", before: "none", after: "0 tables, 1 name, 9 bytes", reset: false },
	]);
	assert.equal(
		describeResult(result),
		"4 parameters change, restart needed, 1 table or unknown name kept without effect",
	);
	assert.deepEqual(nonDefaults(settings).HostName, undefined);
	for (const secret of ["old", "new", "u:p", "u:q"])
		assert.ok(!JSON.stringify(differences).includes(`"${secret}`), secret);
});

test("differences are there after the end only, and not for a refused file", () => {
	const { settings } = make();
	const stage = settings.stage({ full: true });
	stage.write(ini("HostName = gw\nbroken\n"));
	assert.throws(() => [...stage.differences()], { code: "SETTINGS_STAGE" });
	const result = stage.end();
	assert.equal(describeResult(result), "refused: 1 faulty line");
	assert.throws(() => [...stage.differences()], { code: "SETTINGS_STAGE" });
});

test("differences from what is stored and from the state of delivery", () => {
	const { store, settings } = make({ HostName: "gw", NTPServerIP: "n" });
	settings.set("HostName", "gw-2");
	assert.deepEqual(settings.differences("saved"), [{ name: "HostName", before: "gw", after: "gw-2", reset: true }]);
	const names = (): string[] => settings.differences("factory").map(({ name }) => name);
	assert.deepEqual(names(), ["HostName", "NTPServerIP"]);
	store.records.set("factory.ini", ini("NTPServerIP = n\nAUPDVerifySignature = 0\nNope = 1\n"));
	assert.deepEqual(names(), ["AUPDVerifySignature", "HostName"]);
	assert.equal(settings.text("HostName"), "gw-2");
	assert.equal(settings.kept.names, 0);
});

test("mutated files: taken or refused, never another error, and refused ones change nothing", () => {
	const seed = 1312;
	const random = new Random(seed);
	const base = ini(
		`HostName = 'gw'\r\nNope_1 = "x"\r\n${faulty.replace("AutoUpdateFrequency = x\nbroken\n", "").replace("T 0 = 1\n", "T 0 = 1;\n")}`,
	);
	for (let round = 0; round < 400; round++) {
		const { store, settings } = make({ HostName: "old", ...(round % 2 === 0 ? { IniErrorPolicy: "skip" } : {}) });
		const before = [...store.records].length;
		const bytes = base.slice();
		for (let count = 1 + random.below(3); count > 0; count--) bytes[random.below(bytes.length)] = random.next();
		const label = `seed ${seed}, round ${round}: ${JSON.stringify([...bytes])}`;
		const stage = settings.stage({ full: true });
		for (let at = 0; at < bytes.length; at += 7) stage.write(bytes.subarray(at, at + 7));
		const result = stage.end();
		if (result.problemCount === 0) {
			store.commit(stage.changes());
			stage.apply();
			assert.deepEqual(stage.changes(), [], label);
		} else assert.equal([...store.records].length, before, label);
	}
});

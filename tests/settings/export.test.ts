// SPDX-License-Identifier: Apache-2.0
//
// Export as ini: read back it changes nothing, here and on a new gateway; secrets leave only when asked for.

import test from "node:test";
import assert from "node:assert/strict";
import { decodeUTF8, encodeUTF8 } from "../../modules/bytes/text.js";
import { exportIni, type ExportOptions } from "../../modules/settings/export.js";
import { flag, list, text, vector } from "../../modules/settings/parameter.js";
import { eachParameter, type ParameterGroup, parameters } from "../../modules/settings/registry.js";
import { Settings } from "../../modules/settings/settings.js";
import { Random } from "../harness/random.js";
import { FakeStore, ini, make, nonDefaults } from "./support.js";

function exported(settings: Settings, options?: ExportOptions): string {
	let file = "";
	for (const line of exportIni(settings, options)) file += `${decodeUTF8(line)}\r\n`;
	return file;
}

/** What a gateway holds: values, and the lines that are kept. */
function state(settings: Settings): unknown {
	return [nonDefaults(settings), Array.from(settings.keptReader().lines(), ({ line }) => [...line])];
}

const users = '[ WebUsers ]\nFORMAT Index = Name, Password;\nWebUsers 0 = "a", "pa;ss";\n[ \\WebUsers ]\n';
const prefix =
	'[ PREFIX ]\nFORMAT PREFIX_Index = PREFIX_A, PREFIX_B;\nPREFIX 0 = *, "a;b";\nPREFIX 1 = $$, ;\n[ \\PREFIX ]\n';

function filled(): Settings {
	const { settings } = make({
		HostName: "gw",
		IniFileURL: "https://user:pw@host/<MAC>.ini",
		CptFileURL: "http://h/a'b",
		AUPDDigestPassword: "o'ne",
		NTPServerUTCOffset: "-3600",
		AupdFilesList: "ini,fk",
		INIFileVersion: "4294967295",
		IniErrorPolicy: "skip",
	});
	settings.applyIni(ini(`Unknown_0 = 'x, y'\n${prefix}${users}VpPassword = hush\n`), { full: false });
	settings.save();
	return settings;
}

test("an export has the head, its sections, parameters that are set, and what is kept", () => {
	const file = exported(filled(), { head: ["Board: gw"] });
	const lines = file.split("\r\n").filter((line) => line !== "");
	assert.deepEqual(lines, [
		";***************",
		";** Ini File **",
		";***************",
		";Board: gw",
		"[SYSTEM Params]",
		"INIFileVersion = 4294967295",
		"IniErrorPolicy = 'skip'",
		"IniFileURL = 'https://***@host/<MAC>.ini'",
		"AupdFilesList = 'ini', 'fk'",
		";AUPDDigestPassword is hidden but has non-default value",
		'CptFileURL = "http://h/a\'b"',
		"[BSP Params]",
		"HostName = 'gw'",
		"[SYSTEM Params]",
		"NTPServerUTCOffset = -3600",
		"; tables, and names that are not known here",
		"Unknown_0 = 'x, y'",
		...prefix.trimEnd().split("\n"),
		";",
		";  *** TABLE WebUsers ***",
		"; This table contains hidden elements and will not be exposed.",
		"; This table exists on board and will be saved during restarts.",
		";",
		";VpPassword is hidden but has non-default value",
	]);
	for (const secret of ["pw@", "user", "o'ne", "pa;ss", "hush"]) assert.ok(!file.includes(secret), secret);
});

test("read back as a full file by the same gateway it changes nothing", () => {
	const settings = filled();
	const before = state(settings);
	const result = settings.applyIni(encodeUTF8(exported(settings)), { full: true });
	assert.deepEqual(result.changed, []);
	assert.equal(settings.save(), false);
	assert.deepEqual(state(settings), before);
});

test("with secrets it makes a new gateway equal, to the byte", () => {
	const settings = filled();
	const file = exported(settings, { secrets: true });
	const { settings: fresh } = make();
	fresh.applyIni(encodeUTF8(file), { full: true });
	fresh.save();
	assert.deepEqual(state(fresh), state(settings));
	assert.equal(exported(fresh, { secrets: true }), file);
});

test("hidden credentials are those in force, and of no other URL; passwords of other devices are refused", () => {
	const settings = filled();
	settings.set("IniErrorPolicy", "refuse");
	const hidden = "IniFileURL = 'https://***@host/<MAC>.ini'\n";
	assert.deepEqual(settings.applyIni(ini(hidden), { full: false }).changed, []);
	for (const line of [
		"IniFileURL = 'https://***@other/<MAC>.ini'",
		"VpFileURL = 'https://***@host/'",
		"AUPDDigestPassword = '$1$gQ=='",
		"AUPDUserPassword = ***",
	])
		assert.throws(() => settings.applyIni(ini(line), { full: false }), { code: "SETTINGS_OBSCURED", line: 1 }, line);
	settings.applyIni(ini("AUPDDigestPassword = '***'\n"), { full: false });
	assert.equal(settings.text("AUPDDigestPassword"), "o'ne");
});

test("lines in Latin-1 come out as they went in", () => {
	const { settings } = make();
	settings.applyIni(new Uint8Array([...ini("Nope = "), 0xfc, 0x0a]), { full: true });
	settings.save();
	const lines = Array.from(exportIni(settings), (line) => [...line]);
	assert.deepEqual(lines[lines.length - 1], [...ini("Nope = "), 0xfc]);
});

test("vectors are written one element a line, lists in quotes", () => {
	const table = [vector(text("Access", 15, "of them four"), 4), list("Kinds", 20, [], "any"), flag("On", 0, "a flag")];
	const settings = new Settings({ store: new FakeStore(), parameters: table });
	settings.set("Access", "a,,c");
	settings.set("Kinds", "x,y");
	settings.set("On", "1");
	const groups: ParameterGroup[] = [{ owner: "own", section: "S Params", parameters: table }];
	const lines = exported(settings, { groups })
		.split("\r\n")
		.filter((line) => line.includes("="));
	assert.deepEqual(lines, ["Access_0 = 'a'", "Access_2 = 'c'", "Kinds = 'x', 'y'", "On = 1"]);
});

/** A legal value of any parameter, by trying. */
function randomText(random: Random, settings: Settings, name: string): string | undefined {
	const parameter = settings.parameter(name);
	const letters = ["a", "'", '"', " ", ",", ";", "=", "#", "\u00fc", "\u20ac", "1", "$", "*"];
	for (let attempt = 0; attempt < 5; attempt++) {
		let value = "";
		if (parameter.type === "integer" || parameter.type === "boolean")
			value = String(parameter.min + random.below(Math.min(parameter.max - parameter.min, 99999) + 1));
		else if (parameter.type === "url") value = `http://${random.below(2) === 0 ? "u:p@" : ""}h/${random.below(999)}`;
		else for (let count = random.below(9); count > 0; count--) value += letters[random.below(letters.length)];
		try {
			settings.check(name, value);
			return value;
		} catch {
			// Not a legal one.
		}
	}
	return undefined;
}

test("random settings: an export with secrets makes a new gateway equal; without, it changes nothing where it was made", () => {
	const seed = 60606;
	const random = new Random(seed);
	const names = [...eachParameter(parameters)].filter(({ fileOnly, local }) => fileOnly !== true && local !== true);
	for (let round = 0; round < 60; round++) {
		const { settings } = make();
		for (const { name } of names) {
			if (name === "SetDefaultOnINIFileProcess" || random.below(2) === 0) continue;
			const value = randomText(random, settings, name);
			if (value !== undefined) settings.set(name, value);
		}
		settings.save();
		const label = `seed ${seed}, round ${round}`;
		const { settings: fresh } = make();
		fresh.applyIni(encodeUTF8(exported(settings, { secrets: true })), { full: true });
		assert.deepEqual(nonDefaults(fresh), nonDefaults(settings), label);
		const { changed } = settings.applyIni(encodeUTF8(exported(settings)), { full: true });
		assert.deepEqual(changed, [], label);
	}
});

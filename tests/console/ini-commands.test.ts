// SPDX-License-Identifier: Apache-2.0
//
// The configuration as a file at the console: export, load, dry run, differences; long pastes are not held in memory.

import assert from "node:assert/strict";
import test from "node:test";
import { iniCommands } from "../../modules/console/ini-commands.js";
import { patienceMs } from "../../modules/console/paste.js";
import { Settings } from "../../modules/settings/settings.js";
import { FakeStore, ini, nonDefaults } from "../settings/support.js";
import { keys, Terminal } from "./terminal.js";

class Desk {
	readonly store = new FakeStore();
	readonly settings = new Settings({ store: this.store });
	readonly restarts: string[] = [];
	readonly terminal: Terminal;

	constructor(values: Record<string, string> = {}) {
		for (const [name, text] of Object.entries(values)) this.settings.set(name, text);
		this.settings.save();
		const board = {
			application: { name: "upgate", version: "1.2.3" },
			mac: new Uint8Array([0x00, 0x90, 0x8f, 0x1d, 0xd0, 0xd3]),
		};
		const commands = iniCommands({
			settings: this.settings,
			board,
			restart: (reason) => this.restarts.push(reason),
		});
		this.terminal = new Terminal({ columns: 200, commands });
	}

	/** @returns what was answered to a line, or to a paste after it */
	type(line: string, paste?: string): string[] {
		let before = this.terminal.lines.length;
		this.terminal.type(`${line}\r`);
		if (paste !== undefined) {
			before = this.terminal.lines.length;
			this.terminal.type(`${paste.replaceAll("\n", "\r")}.\r`);
			return this.terminal.lines.slice(before - 1, -1);
		}
		return this.terminal.lines.slice(Math.max(before, 1), -1);
	}
}

const secrets = { IniFileURL: "http://u:hunter2@h/x", AUPDDigestPassword: "hunter3" };

test("an export tells which gateway it is from, and secrets only when asked for", () => {
	const desk = new Desk({ ...secrets, HostName: "gw" });
	assert.deepEqual(
		desk.type("ini export").filter((line) => line !== ""),
		[
			";***************",
			";** Ini File **",
			";***************",
			";Board: upgate",
			";Software Version: 1.2.3",
			";MAC Address: 00908F1DD0D3",
			"[SYSTEM Params]",
			"IniFileURL = 'http://***@h/x'",
			";AUPDDigestPassword is hidden but has non-default value",
			"[BSP Params]",
			"HostName = 'gw'",
		],
	);
	assert.ok(!desk.terminal.text.includes("hunter"));
	const open = desk.type("ini export secrets");
	assert.ok(open.includes("AUPDDigestPassword = 'hunter3'") && open.includes("IniFileURL = 'http://u:hunter2@h/x'"));
	assert.match(desk.type("ini export all").join(" "), /only the word secrets may stand/);
});

test("a load tells what changes, takes it whole, saves it, and shows nothing of the paste", () => {
	const desk = new Desk({ NTPServerUTCOffset: "60", ...secrets });
	const answer = desk.type(
		"ini load",
		"HostName = 'gw-hunter4'\nAUPDDigestPassword = hunter5\nNope = 1\nHostName = gw\n[T]\nFORMAT I = A;\nT 0 = 1;\n[\\T]\n",
	);
	assert.deepEqual(answer, [
		"line 3: Nope has no effect here, and is kept",
		"line 6: T has no effect here, and is kept",
		"line 4: HostName again: the last one counts",
		"AUPDDigestPassword           *** -> ***  (hidden, another one)",
		'HostName                     "" (default) -> gw  (after reset)',
		"NTPServerUTCOffset           60 s -> 0 (default)",
		"tables and unknown names     none -> 1 table, 1 name, 45 bytes",
		"3 parameters change, restart needed, 2 tables and unknown names kept without effect; saved",
	]);
	const { IniFileURL } = secrets;
	const values = { IniFileURL, AUPDDigestPassword: "hunter5", HostName: "gw" };
	assert.deepEqual(nonDefaults(new Settings({ store: desk.store })), values);
	assert.ok(!desk.terminal.text.includes("hunter"));
	assert.deepEqual(desk.restarts, []);
});

test("an export that is pasted back changes nothing", () => {
	const desk = new Desk({ ...secrets, HostName: "gw" });
	desk.type("ini load incremental", "[T]\nFORMAT I = A, Password;\nT 0 = \"a;\", b;\n[\\T]\nU\t=\t'x\ty'\n");
	const file = desk.type("ini export").join("\n");
	const commits = desk.store.commits.length;
	assert.deepEqual(desk.type("ini load", `${file}\n`).slice(-1), [
		"0 parameters change, 1 table or unknown name kept without effect, as before; saved",
	]);
	assert.equal(desk.store.commits.length, commits);
	assert.equal(desk.settings.kept.tables, 1);
});

test("a load of an increment leaves what it does not name", () => {
	const desk = new Desk({ NTPServerUTCOffset: "60" });
	desk.type("ini load incremental", "HostName = gw\n");
	assert.deepEqual(nonDefaults(desk.settings), { HostName: "gw", NTPServerUTCOffset: "60" });
	desk.type("ini load", "#ini-incremental\nHostName = gw2\n");
	assert.deepEqual(nonDefaults(desk.settings), { HostName: "gw2", NTPServerUTCOffset: "60" });
	desk.type("ini load", "AUPDVerifySignature = 0\nResetNow = 1\n");
	assert.deepEqual(nonDefaults(desk.settings), { AUPDVerifySignature: "0" });
	assert.deepEqual(desk.restarts, ["ini"]);
});

test("a dry run tells the same and takes nothing", () => {
	const desk = new Desk();
	const answer = desk.type("ini dry-run", "HostName = gw\nResetNow = 1\n");
	assert.deepEqual(answer, [
		'HostName                     "" (default) -> gw  (after reset)',
		"1 parameter changes, restart demanded; nothing was taken, ini load would",
	]);
	assert.deepEqual([nonDefaults(desk.settings), desk.restarts], [{}, []]);
});

test("a faulty file is refused with each fault and its place", () => {
	const desk = new Desk({ HostName: "gw" });
	const answer = desk.type("ini load", "HostName = gw2\nAutoUpdateFrequency = x\nbroken\n");
	assert.deepEqual(answer, [
		'line 2, column 23: AutoUpdateFrequency: expected a whole number, 0 to 65536 min, found "x"',
		'line 3, column 7: expected "=" after the name',
		"% refused: 2 faulty lines; nothing was taken",
	]);
	const more = desk.type("ini load", "x\n".repeat(30));
	assert.deepEqual(more.slice(-2), ["and 10 more faulty lines", "% refused: 30 faulty lines; nothing was taken"]);
	assert.deepEqual(nonDefaults(desk.settings), { HostName: "gw" });
});

test("a store that is full refuses the file, and everything is as before", () => {
	const desk = new Desk({ HostName: "gw" });
	desk.store.failure = new Error("the store is full");
	assert.deepEqual(desk.type("ini load", "HostName = gw2\n").slice(-1), ["% the store is full"]);
	assert.deepEqual(nonDefaults(desk.settings), { HostName: "gw" });
});

function tables(count: number): string {
	let text = "";
	for (let i = 0; i < count; i++) {
		text += `[ T${i} ]\nFORMAT Index = A;\n`;
		for (let row = 0; row < 30; row++) text += `T${i} ${row} = "some text, with a separator";\n`;
		text += `[ \\T${i} ]\n`;
	}
	return text;
}

test("a long paste goes to the store as it comes; cancelled, given up or with a line too long nothing of it stays", () => {
	const ends: [(desk: Desk) => void, RegExp][] = [
		[(desk) => desk.terminal.type(keys.cancel), /% cancelled/],
		[(desk) => desk.terminal.wait(patienceMs), /% nothing came any more: given up/],
		[(desk) => desk.terminal.type(`${"x".repeat(5000)}\r.\r`), /% a line of more than 4096 bytes: nothing was taken/],
	];
	for (const [end, told] of ends) {
		const desk = new Desk({ HostName: "gw" });
		desk.terminal.type(`ini load\r${tables(15).replaceAll("\n", "\r")}`);
		assert.ok([...desk.store.names("ini.text.")].length > 3);
		end(desk);
		assert.match(desk.terminal.lines.slice(-2).join(" "), told);
		assert.deepEqual([...desk.store.records.keys()], ["settings"]);
		assert.equal(desk.terminal.clock.pending, 0);
	}
	const desk = new Desk();
	assert.match(
		desk.type("ini load", tables(15)).slice(-1)[0],
		/15 tables and unknown names kept without effect; saved$/,
	);
	assert.equal(desk.settings.kept.tables, 15);
	assert.equal(desk.type("ini export").filter((line) => line.includes('"some text')).length, 450);
});

test("closing the console while a file is pasted leaves nothing of it", () => {
	const desk = new Desk();
	desk.terminal.type(`ini load\r${tables(15).replaceAll("\n", "\r")}`);
	desk.terminal.console.close();
	assert.deepEqual([...desk.store.names("ini.text.")], []);
});

test("differences from the state of delivery, and from what is saved", () => {
	const desk = new Desk({ HostName: "gw", NTPServerUTCOffset: "60" });
	desk.store.records.set("factory.ini", ini("NTPServerUTCOffset = 60\n"));
	assert.deepEqual(desk.type("ini diff"), [
		'HostName                     "" (default) -> gw  (after reset)',
		"1 parameter differs from the state of delivery",
	]);
	assert.deepEqual(desk.type("ini diff saved"), ["no parameter differs from what is saved"]);
	desk.settings.set("HostName", "gw2");
	desk.type("ini load incremental", "");
	desk.settings.set("HostName", "gw3");
	assert.deepEqual(desk.type("ini diff saved").slice(-1), ["1 parameter differs from what is saved"]);
});

// SPDX-License-Identifier: Apache-2.0
//
// A file over the console's own line: the sender has the line alone, nothing that is said meanwhile is lost, and the console is as before
// after each end.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { placed } from "../../modules/console/command-table.js";
import { firmwareTable } from "../../modules/console/firmware-commands.js";
import { iniCommands } from "../../modules/console/ini-commands.js";
import { idleMs } from "../../modules/console/login.js";
import { block } from "../xmodem/conversation.js";
import { Gateway } from "./gateway.js";
import { Terminal, type TerminalOptions } from "./terminal.js";

const [eot, ack, nak, can, c] = [0x04, 0x06, 0x15, 0x18, 0x43];
const cancelled = new Array<number>(10).fill(can);

/** A console with the commands that take files, and a sender on its line. */
class Desk {
	readonly gateway = new Gateway();
	readonly terminal: Terminal;
	/** What firmware was made of. */
	readonly taken: number[] = [];

	constructor(options: TerminalOptions = {}) {
		const { ports } = this.gateway;
		const commands = [...placed(firmwareTable, ports), ...iniCommands(ports)];
		this.terminal = new Terminal({ columns: 200, commands, ...options });
		this.terminal.run();
	}

	/** Types a command that takes a file. @returns the invitation */
	async begin(line: string): Promise<string | undefined> {
		this.terminal.line.type(`${line}\r`);
		const bytes = await this.#heard();
		const end = bytes.lastIndexOf(0x0a) + 1;
		this.terminal.screen.feed(Uint8Array.from(bytes.slice(0, end)));
		assert.deepEqual(bytes.slice(end), [c]);
		return this.terminal.lines.at(-1);
	}

	/** The sender sends; silence follows. @returns what the console says to it */
	async send(bytes: number | Uint8Array, silenceMs = 0): Promise<number[]> {
		this.terminal.line.type(typeof bytes === "number" ? Uint8Array.of(bytes) : bytes);
		const before = await this.#heard();
		this.terminal.clock.advance(silenceMs);
		return [...before, ...(await this.#heard())];
	}

	/** Sends a whole file in short blocks. @returns the last answers: those to the second EOT */
	async sendFile(text: string): Promise<number[]> {
		const file = encodeUTF8(text);
		for (let at = 0, number = 1; at < file.length; at += 128, number++)
			assert.deepEqual(await this.send(block(number, file.subarray(at, at + 128), 128)), [ack]);
		assert.deepEqual(await this.send(eot, 1000), [nak]);
		return this.send(eot);
	}

	/** @returns the lines that come after so long */
	async after(ms: number): Promise<string[]> {
		const before = this.terminal.lines.length;
		this.terminal.clock.advance(ms);
		await this.#rest();
		this.terminal.run();
		return this.terminal.lines.slice(before);
	}

	/** Reads all of it, in pieces of a size that fits no block. */
	takesFirmware(): void {
		this.gateway.upload = async (source) => {
			const buffer = new Uint8Array(50);
			for (let count = await source.read(buffer); count > 0; count = await source.read(buffer))
				this.taken.push(...buffer.subarray(0, count));
			return { version: "1.3.0", slot: 0 };
		};
	}

	async #heard(): Promise<number[]> {
		this.terminal.line.run();
		await this.#rest();
		this.terminal.line.run();
		return Array.from(this.terminal.line.take());
	}

	async #rest(): Promise<void> {
		for (let i = 0; i < 40; i++) {
			await Promise.resolve();
			this.terminal.line.run();
		}
	}
}

test("firmware load xmodem: the file comes whole, and the answer behind it", async () => {
	const desk = new Desk();
	desk.takesFirmware();
	assert.match((await desk.begin("firmware load xmodem")) ?? "", /^send the firmware by XMODEM now/);
	const text = "0123456789abcdef".repeat(20);
	assert.deepEqual(await desk.sendFile(text), [ack]);
	assert.deepEqual(desk.taken, Array.from(encodeUTF8(text)));
	assert.deepEqual(await desk.after(100), ["version 1.3.0 is in slot 0: the gateway restarts with it, on trial", ">"]);
	assert.equal(desk.gateway.done.length, 0);
});

test("what is printed meanwhile comes afterwards, progress and drawing do not come", async () => {
	const desk = new Desk();
	desk.takesFirmware();
	await desk.begin("firmware load xmodem");
	desk.terminal.console.print("a log line");
	desk.terminal.console.progress("download", 10, 100);
	assert.deepEqual(await desk.send(block(1, encodeUTF8("x".repeat(128)), 128)), [ack]);
	desk.terminal.console.print("another one");
	desk.terminal.console.endProgress();
	assert.deepEqual(await desk.send(eot, 1000), [nak]);
	assert.deepEqual(await desk.send(eot), [ack]);
	const lines = await desk.after(100);
	assert.deepEqual([lines[0], lines[1], lines.at(-1)], ["a log line", "another one", ">"]);
	assert.equal(lines.length, 4);
});

test("log lines that wait are bounded; how many are lost is told", async () => {
	const desk = new Desk();
	await desk.begin("ini load xmodem");
	for (let i = 0; i < 1000; i++) desk.terminal.console.print(`log line ${i} ${"x".repeat(80)}`);
	assert.deepEqual(await desk.send(0x03), cancelled);
	const lines = await desk.after(1000);
	const shown = lines.filter((line) => line.startsWith("log line ")).length;
	assert.ok(shown >= 10 && shown < 30, String(shown));
	assert.ok(lines.includes(`(${1000 - shown} log lines lost)`), lines.join("\n"));
	assert.deepEqual(lines.slice(-2), ["% cancelled", ">"]);
});

test("refused before the first byte: the line is not taken at all", async () => {
	const desk = new Desk();
	desk.terminal.type("firmware load xmodem\r");
	const lines = await desk.after(0);
	assert.equal(lines.at(-2), "% an update or a restart is on its way (UPDATE_BUSY); what runs stays");
	assert.ok(!desk.terminal.text.includes("C\r"));
	desk.terminal.type("set HostName x\r");
	assert.equal(desk.terminal.screen.bottom, ">");
});

test("a file that is refused in its midst: the sender is told, the rest is passed over, the reason is shown", async () => {
	const desk = new Desk();
	desk.gateway.upload = async (source) => {
		await source.read(new Uint8Array(100));
		throw Object.assign(new Error("not for this model"), { code: "IMAGE_MODEL" });
	};
	await desk.begin("firmware load xmodem");
	assert.deepEqual(await desk.send(block(1, encodeUTF8("x"), 128)), cancelled);
	assert.deepEqual(await desk.send(block(2, encodeUTF8("y"), 128)), []);
	const lines = await desk.after(1000);
	assert.deepEqual(lines, ["% not for this model (IMAGE_MODEL); what runs stays", ">"]);
});

test("a dead sender is given up, and the console is as before", async () => {
	const desk = new Desk();
	desk.takesFirmware();
	await desk.begin("firmware load xmodem");
	await desk.send(block(1, encodeUTF8("x"), 128));
	assert.deepEqual(await desk.send(block(2, encodeUTF8("y"), 128).subarray(0, 40), 1000), [nak]);
	for (let i = 0; i < 9; i++) assert.deepEqual(await desk.send(new Uint8Array(0), 10_000), [nak]);
	assert.deepEqual(await desk.send(new Uint8Array(0), 10_000), cancelled);
	const lines = await desk.after(1000);
	assert.match(lines[0], /^% nothing comes from the sender any more \(XMODEM_TIMEOUT\)/);
	desk.takesFirmware();
	await desk.begin("firmware load xmodem");
	assert.deepEqual(await desk.sendFile("a".repeat(16)), [ack]);
});

test("nobody sends: two minutes, during which nobody is logged out", async () => {
	const login = { required: true, waitMs: () => 0, verify: () => Promise.resolve(true) };
	const desk = new Desk({ login });
	desk.takesFirmware();
	desk.terminal.type("secret\r");
	await desk.after(idleMs - 1000);
	desk.terminal.type(" \b");
	await desk.begin("firmware load xmodem");
	let said: number[] = [];
	for (let s = 0; s < 120; s++) said = [...said, ...(await desk.send(new Uint8Array(0), 1000))];
	assert.deepEqual(said, [...new Array<number>(39).fill(c), ...cancelled]);
	const lines = await desk.after(1000);
	assert.match(lines[0], /^% no sender has begun \(XMODEM_NO_SENDER\)/);
	assert.equal(lines.at(-1), ">");
});

test("a long transfer is no idleness", async () => {
	const login = { required: true, waitMs: () => 0, verify: () => Promise.resolve(true) };
	const desk = new Desk({ login });
	desk.takesFirmware();
	desk.terminal.type("secret\r");
	await desk.after(0);
	await desk.begin("firmware load xmodem");
	for (let number = 1; number < 200; number++) {
		const said = await desk.send(block(number, encodeUTF8("x".repeat(128)), 128), 9000);
		assert.deepEqual(said, [ack]);
	}
	assert.ok(desk.terminal.clock.now > 3 * idleMs);
	assert.deepEqual(await desk.send(eot, 1000), [nak]);
	assert.deepEqual(await desk.send(eot), [ack]);
	assert.equal((await desk.after(100)).at(-1), ">");
	assert.equal(desk.taken.length, 199 * 128);
});

test("ini load xmodem: taken as a paste is, without the padding", async () => {
	const desk = new Desk();
	const { settings } = desk.gateway;
	const asDelivered = settings.text("AupdTrialTime");
	settings.set("AupdTrialTime", "77");
	assert.match((await desk.begin("ini load xmodem")) ?? "", /what it does not name returns to its default/);
	assert.deepEqual(await desk.sendFile("HostName = 'shelf'\r\nAutoUpdateFrequency = 60\r\n"), [ack]);
	const lines = await desk.after(100);
	assert.ok(
		lines.some((line) => line.startsWith("HostName") && line.includes("-> shelf")),
		lines.join("\n"),
	);
	assert.ok(
		lines.some((line) => line.endsWith("; saved")),
		lines.join("\n"),
	);
	assert.deepEqual([settings.text("HostName"), settings.text("AupdTrialTime")], ["shelf", asDelivered]);
});

test("ini load xmodem incremental, and dry-run", async () => {
	const desk = new Desk();
	const { settings } = desk.gateway;
	settings.set("HostName", "before");
	assert.match((await desk.begin("ini dry-run xmodem incremental")) ?? "", /what it does not name stays/);
	await desk.sendFile("AutoUpdateFrequency = 60\n");
	const lines = await desk.after(100);
	assert.ok(
		lines.some((line) => line.includes("nothing was taken, ini load would")),
		lines.join("\n"),
	);
	await desk.begin("ini load xmodem incremental");
	await desk.sendFile("AutoUpdateFrequency = 60\n");
	await desk.after(100);
	assert.deepEqual([settings.text("HostName"), settings.text("AutoUpdateFrequency")], ["before", "60"]);
});

test("a faulty ini, an empty one, and one that breaks off change nothing", async () => {
	const desk = new Desk();
	const { settings } = desk.gateway;
	settings.set("HostName", "before");
	await desk.begin("ini load xmodem");
	await desk.sendFile("HostName = 'shelf'\nAutoUpdateFrequency = often\n");
	let lines = await desk.after(100);
	assert.ok(
		lines.some((line) => line.startsWith("line 2,")),
		lines.join("\n"),
	);
	assert.match(lines.at(-2) ?? "", /^% .*nothing was taken/);
	await desk.begin("ini load xmodem");
	await desk.sendFile("");
	lines = await desk.after(1000);
	assert.equal(lines[0], "% the file is empty: nothing was taken");
	await desk.begin("ini load xmodem");
	await desk.send(block(1, encodeUTF8("HostName = 'shelf'\n".padEnd(128, "\n")), 128));
	await desk.send(Uint8Array.of(can, can));
	lines = await desk.after(1000);
	assert.equal(lines[0], "% cancelled by the sender");
	assert.equal(settings.text("HostName"), "before");
});

test("something that is not saved: firmware is not taken, because a restart would lose it", async () => {
	const desk = new Desk();
	desk.gateway.ports.candidate.set("HostName", "x");
	desk.terminal.type("firmware load xmodem\r");
	const lines = await desk.after(0);
	assert.match(desk.terminal.lines.join("\n"), /% something is set and not saved/);
	assert.deepEqual(lines, []);
});

test("on a line that is no terminal the answer begins a line", async () => {
	const desk = new Desk({ terminal: false });
	desk.terminal.line.type("ini load xmodem\r");
	await desk.after(0);
	await desk.send(0x03);
	const before = desk.terminal.text.length;
	await desk.after(1000);
	assert.ok(desk.terminal.text.slice(before).startsWith("\r\n% cancelled\r\n"), desk.terminal.text.slice(before));
});

test("close() in a transfer: nothing more is sent, and no timer is left", async () => {
	const desk = new Desk();
	desk.takesFirmware();
	await desk.begin("firmware load xmodem");
	desk.terminal.console.close();
	await desk.send(new Uint8Array(0), 200_000);
	assert.equal(desk.terminal.clock.pending, 0);
});

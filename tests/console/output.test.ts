// SPDX-License-Identifier: Apache-2.0
//
// Output to a port that takes little at a time, texts made safe for a terminal, and progress bars.

import assert from "node:assert/strict";
import test from "node:test";
import { Output } from "../../modules/console/output.js";
import { printable, printableBytes } from "../../modules/console/printable.js";
import { progressBar } from "../../modules/console/progress.js";
import { FakeSerialLine } from "../fakes/serial.js";

/** An output on an open port. */
function open(limit?: number): { output: Output; line: FakeSerialLine } {
	const line = new FakeSerialLine();
	const output = new Output(limit);
	output.attach(new line.Serial({ baud: 115200, onWritable: (bytes) => output.writable(bytes) }));
	return { output, line };
}

test("Output sends nothing before the port takes something, then all in order", () => {
	const { output, line } = open();
	assert.ok(output.write("one ") && output.write("") && output.write("zwö"));
	assert.equal(line.takeText(), "");
	assert.ok(!output.idle);
	line.run();
	assert.equal(line.takeText(), "one zwö");
	assert.ok(output.idle);
});

test("Output writes at most what the port takes, and goes on when it takes more", () => {
	for (const writable of [1, 3, 16, 999, 1000, 1001]) {
		const { output, line } = open();
		line.writable = writable;
		const text = "0123456789".repeat(100);
		assert.ok(output.write(text));
		line.run();
		assert.equal(line.takeText(), text, `${writable} at a time`);
		assert.ok(line.longestWrite <= writable);
		assert.ok(output.idle);
	}
});

test("Output refuses a text that finds no room, whole, and takes the next that fits", () => {
	const { output, line } = open(10);
	assert.ok(output.write("123456") && output.hasRoom === false);
	assert.ok(!output.write("78901"), "11 bytes");
	assert.ok(output.write("78é"), "10 bytes");
	assert.ok(!output.write("x"));
	line.writable = 8;
	line.step();
	assert.ok(output.hasRoom && !output.idle);
	assert.ok(output.write("y"));
	line.run();
	assert.equal(line.takeText(), "12345678éy");
});

test("a detached Output sends nothing more", () => {
	const { output, line } = open();
	output.write("lost");
	output.detach();
	line.run();
	assert.equal(line.takeText(), "");
});

test("printable() leaves text as it is, makes controls visible and cuts what is long", () => {
	assert.equal(printable("aé€𝄞 \u00a0"), "aé€𝄞 \u00a0");
	assert.equal(printable("a\x1b[2Jb\r\nc\td\x7f\x9b"), "a?[2Jb??c\td??");
	assert.equal(printable("x".repeat(printableBytes)).length, printableBytes);
	assert.equal(printable("x".repeat(printableBytes + 1)), `${"x".repeat(printableBytes)}...`);
	assert.equal(printable("\u20ac".repeat(printableBytes / 3 + 1)), `${"\u20ac".repeat(printableBytes / 3)}...`);
});

/** The line with each run of # or . as its length; the width checked. */
function bar(label: string, done: number, total: number, width: number): string {
	const line = progressBar(label, done, total, width);
	assert.ok(total <= 0 || line.length === width, line);
	return line.replace(/#+|\.\.+/g, (run) => `${run[0]}${run.length}`);
}

test("progressBar() shows share and amounts, with a space between label and bar", () => {
	assert.equal(bar("load", 512 * 1024, 1024 * 1024, 60), "load       [#11.12]  50 %  512 KB of 1.0 MB");
	assert.equal(
		bar("download, 248 KB in flash", 300, 1000, 79),
		"download, 248 KB in flash [#9.22]  30 %  1 KB of 1 KB",
	);
	assert.equal(bar("load", 2000, 0, 60), "load       2 KB");
});

test("progressBar() gives up parts when the room is short, and is never longer than the room", () => {
	const shown = [80, 38, 24, 10, 5].map((width) => progressBar("download", 1, 2, width));
	assert.deepEqual(shown, [
		"download   [#######################........................]  50 %  1 KB of 1 KB",
		"download    50 %  1 KB of 1 KB",
		"download    50 %",
		"download",
		"downl",
	]);
	for (let label = 0; label < 90; label += 7)
		for (let width = 0; width < 100; width++)
			for (const total of [0, 1, 3e6, 4e9]) {
				const bar = progressBar("x".repeat(label), 2e6, total, width);
				assert.ok(bar.length <= width, `label ${label}, width ${width}: ${bar}`);
				const open = bar.indexOf("[");
				assert.ok(open < 0 || bar[open - 1] === " ", bar);
			}
});

test("progressBar() takes more than all, and less than nothing", () => {
	assert.equal(bar("load", 5000, 1000, 60), "load       [#27] 100 %  5 KB of 1 KB");
	assert.equal(bar("load", -1, 1000, 60), "load       [.27]   0 %  0 KB of 1 KB");
});

// SPDX-License-Identifier: Apache-2.0
//
// Firmware and ini over the serial line, by real senders: sx and sb of lrzsz, alone and from picocom. The gateway has no network to fetch
// anything from.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { firmware } from "./bench.js";
import { Sender, sendThroughHands } from "./sender.js";
import { Desk, Line, Tmux, until, without } from "./terminal.js";

const skip = without("sx");

async function makeDesk(t: TestContext, ini?: string): Promise<Desk> {
	const desk = await Desk.make(ini);
	t.after(() => desk.close());
	return desk;
}

function put(desk: Desk, name: string, content: string | Uint8Array): string {
	const path = join(desk.folder, name);
	writeFileSync(path, content);
	return path;
}

/** Talks to the gateway until it has answered. @returns all that came */
async function talk(desk: Desk, typed: string, answer: string): Promise<string> {
	const line = new Line(desk.tty);
	try {
		line.type(typed);
		await line.came(answer);
		return line.text;
	} finally {
		line.close();
		await delay(50); // until our reader has left the line
	}
}

test("firmware by sx -k, an ini by sx, and firmware by sb over a noisy line", { skip }, async (t) => {
	const desk = await makeDesk(t);
	const files = {
		second: put(desk, "second.cmp", await firmware("1.1.0")),
		third: put(desk, "third.cmp", await firmware("1.2.0")),
		ini: put(
			desk,
			"gateway.ini",
			"HostName = 'shelf'\nAutoUpdateOnStartup = 0\nIniFileURL = 'http://127.0.0.1:9/a.ini'\n",
		),
	};
	await desk.start();
	await talk(desk, "\r", "desk> ");

	const sent = await new Sender(desk.tty, "firmware load xmodem", ["sx", "-k", files.second]).end;
	assert.equal(sent.status, 0);
	assert.match(sent.text, /Transfer complete/);
	const text = await talk(desk, "", "automatic update: confirmed (version 1.1.0)");
	assert.match(text, /firmware signature verified/);
	assert.match(text, /version 1\.1\.0 is in slot 1: the gateway restarts with it, on trial/);
	assert.match(text, /upgate 1\.1\.0, slot 1 \(pending\), started after software/);

	assert.equal((await new Sender(desk.tty, "ini load xmodem", ["sx", files.ini]).end).status, 0);
	assert.match(await talk(desk, "", "shelf> "), /HostName +desk -> shelf/);

	// Now there is a server to ask, and it does not answer: the trial is an operator's.
	const flips = [40_000, 500_001, 900_002];
	const noisy = await sendThroughHands(desk.tty, "firmware load xmodem", ["sb", "-k", "-vv", files.third], { flips });
	assert.equal(noisy.status, 0);
	assert.equal(noisy.text.split("NAK on sector").length - 1, flips.length);
	await talk(desk, "", "upgate 1.2.0, slot 0 (pending), started after software");
	await talk(desk, "\rfirmware confirm\r", "automatic update: confirmed (version 1.2.0)");
	assert.match(await talk(desk, "firmware list\r", "ota_1 "), /ota_0 {2}upgate 1\.2\.0 .*running/);
});

test(
	"what is no firmware, or is cut, is refused; the sender hears it, and the console goes on",
	{ skip },
	async (t) => {
		const desk = await makeDesk(t);
		const image = await firmware("1.1.0");
		const files = {
			text: put(desk, "text.cmp", "no firmware\n".repeat(200)),
			cut: put(desk, "cut.cmp", image.subarray(0, 40_000)),
		};
		await desk.start();
		await talk(desk, "\r", "desk> ");
		for (const [file, code] of [
			[files.text, "IMAGE_MAGIC"],
			[files.cut, "IMAGE_TRUNCATED"],
		]) {
			const { status } = await new Sender(desk.tty, "firmware load xmodem", ["sx", "-k", file]).end;
			assert.notEqual(status, 0, file);
			await talk(desk, "", `(${code}); what runs stays`);
		}
		assert.match(await talk(desk, "firmware list\r", "ota_1 "), /ota_0 {2}upgate 1\.0\.0 .*VALID.*running/);
	},
);

test("a sender that is stopped by Ctrl-C, and one that is killed: the console comes back", { skip }, async (t) => {
	const desk = await makeDesk(t);
	const file = put(desk, "second.cmp", await firmware("1.1.0"));
	await desk.start();
	await talk(desk, "\r", "desk> ");

	for (const stopAt of [100_000, 100_500]) {
		await sendThroughHands(desk.tty, "firmware load xmodem", ["sx", "-k", file], { stopAt });
		await talk(desk, "", "% cancelled by the sender (XMODEM_SENDER); what runs stays");
	}
	await new Sender(desk.tty, "firmware load xmodem", ["sx", "-k", file]).killAfter(100, "SIGKILL");
	await delay(1500); // by then the gateway waits for a block
	await talk(desk, "\x03\x03", "% cancelled (XMODEM_CANCELLED); what runs stays");
	assert.match(await talk(desk, "firmware list\r", "ota_1 "), /ota_0 {2}upgate 1\.0\.0 .*VALID.*running/);
});

test("in picocom: a person sends with C-a C-s", { skip: skip || without("picocom") || without("tmux") }, async (t) => {
	const desk = await makeDesk(t);
	const file = put(desk, "gateway.ini", `${"; a line that says nothing\n".repeat(300)}HostName = 'shelf'\n`);
	await desk.start();
	const tmux = new Tmux(`picocom -q -b 115200 --send-cmd 'sx -k' '${desk.tty}'`);
	t.after(() => tmux.close());
	/* Until picocom has set up the line, keys may be lost. */
	for (let i = 0; i < 50 && !tmux.lines.includes("desk>"); i++) {
		tmux.press("Enter");
		await delay(200);
	}
	tmux.type("ini load xmodem\r");
	const shows = (text: string): Promise<void> =>
		until(
			text,
			() => tmux.lines.join("\n").includes(text),
			() => tmux.lines.join("\n"),
		);
	await shows("by XMODEM now");
	tmux.press("C-a", "C-s");
	await shows("*** file:");
	tmux.type(`${file}\r`);
	await shows("Transfer complete");
	await shows("shelf>");
	assert.ok(
		tmux.lines.some((line) => /^HostName +desk -> shelf/.test(line)),
		tmux.lines.join("\n"),
	);
});

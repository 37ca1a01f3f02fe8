// SPDX-License-Identifier: Apache-2.0
//
// The console of a real gateway in real terminals: tmux, picocom, and a bare pseudo-terminal.

import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { Screen } from "../console/screen.js";
import { Desk, Line, Tmux, until, without } from "./terminal.js";

const banner = "upgate 1.0.0, slot 0 (valid), started after";

async function makeDesk(t: TestContext, ini?: string): Promise<Desk> {
	const desk = await Desk.make(ini);
	t.after(() => desk.close());
	return desk;
}

function openTmux(t: TestContext, command: string): Tmux {
	const tmux = new Tmux(command);
	t.after(() => tmux.close());
	return tmux;
}

function openLine(t: TestContext, path: string): Line {
	const line = new Line(path);
	t.after(() => line.close());
	return line;
}

/** What a terminal shows of a text, from the last start of the gateway on. */
function shown(text: string): string[] {
	const screen = new Screen();
	screen.feed(encodeUTF8(text.slice(text.lastIndexOf(banner))));
	return screen.lines;
}

/** Waits for the first line of a start and the prompt; services may say something between. */
async function started(tmux: Tmux, reason: string, prompt: string): Promise<void> {
	await until(
		"the start",
		() => tmux.lines.includes(`${banner} ${reason}`) && tmux.lines.at(-1) === prompt,
		() => tmux.lines.join("\n"),
	);
}

/** A server that takes a request, and says that there is nothing only when told to. */
async function slowServer(t: TestContext): Promise<{ url: string; asked: () => boolean; answer: () => void }> {
	const sockets: Socket[] = [];
	const server: Server = createServer((socket) => {
		socket.on("data", () => sockets.push(socket));
		socket.on("error", () => undefined);
	});
	const answer = (): void => {
		for (const socket of sockets.splice(0)) socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	};
	t.after(() => {
		answer();
		server.close();
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	return { url: `http://127.0.0.1:${port}/gateway.ini`, asked: () => sockets.length > 0, answer };
}

test("in tmux: echo, editing with the usual keys, history, UTF-8", { skip: without("tmux") }, async (t) => {
	const desk = await makeDesk(t);
	const tmux = openTmux(t, desk.command);
	await started(tmux, "power-on", "desk>");
	tmux.type("show clokc");
	tmux.press("Left", "BSpace", "Right", "k", "Left", "Left", "Right", "DC", "Enter");
	await until(
		"the answer",
		() => tmux.lines.at(-1) === "desk>",
		() => tmux.lines.join("\n"),
	);
	const clock = tmux.lines.slice(-5);
	assert.deepEqual([clock[0], clock[2], clock[4]], ["desk> show cloc", "source  host", "desk>"]);
	tmux.type("no zürich€");
	tmux.press("Left", "BSpace");
	tmux.type("ä");
	await tmux.ends("desk> no züricä€");
	assert.equal(tmux.cursor.column, "desk> no züricä".length);
	tmux.press("Home");
	tmux.type("x");
	tmux.press("End", "BSpace", "C-u");
	await tmux.ends("desk>");
	tmux.press("Up", "C-w");
	tmux.type("set hostname");
	tmux.press("Enter");
	const answer = "HostName                     desk";
	await tmux.ends("desk> show set hostname", answer, "PeerHostNameVerificationMode 0  (default)", "desk>");
	tmux.press("Up", "Up", "Down", "Down", "Up", "C-k", "C-a", "C-k", "Enter");
	await tmux.ends(answer, "PeerHostNameVerificationMode 0  (default)", "desk>", "desk>");
});

test("in tmux: a log line does not tear the line being typed", { skip: without("tmux") }, async (t) => {
	const server = await slowServer(t);
	const desk = await makeDesk(t, `IniFileURL = '${server.url}'\n`);
	const tmux = openTmux(t, desk.command);
	await tmux.ends("desk>");
	tmux.type("update\r");
	await until("the request", server.asked, () => tmux.lines.join("\n"));
	tmux.type("show clock");
	tmux.press("Left", "Left");
	await tmux.ends("desk> show clock");
	const before = tmux.cursor;
	server.answer();
	await until(
		"the verdict",
		() => tmux.lines.some((line) => line.includes("status 404")),
		() => tmux.lines.join("\n"),
	);
	await tmux.ends("desk> show clock");
	const { column, row } = tmux.cursor;
	assert.equal(column, before.column);
	assert.ok(row > before.row);
	assert.equal(tmux.lines.filter((line) => line.includes("show clock")).length, 1);
	tmux.press("Enter");
	await until(
		"the answer",
		() => tmux.lines.includes("source  host"),
		() => tmux.lines.join("\n"),
	);
});

test("in picocom: typing, Ctrl-C, and a reset", { skip: without("tmux") || without("picocom") }, async (t) => {
	const desk = await makeDesk(t);
	await desk.start();
	const tmux = openTmux(t, `picocom -q -b 115200 '${join(desk.folder, "tty")}'`);
	/* Until picocom has set up the line, keys may be lost. */
	for (let i = 0; i < 50 && !tmux.lines.includes("desk>"); i++) {
		tmux.press("Enter");
		await delay(200);
	}
	tmux.type("set HostName 'a b");
	tmux.press("C-c");
	await tmux.ends("desk> ^C", "desk>");
	tmux.type("se HostName shelg");
	tmux.press("BSpace", "f", "Home", "Right", "Right", "t", "Enter");
	await tmux.ends("desk> set HostName shelf", "HostName = shelf  (takes effect after reset)", "desk*>");
	tmux.type("sa\t\r");
	await tmux.ends("desk*> save", "saved, 1 changed, 1 of them after a reset", "shelf>");
	tmux.type("reset\r");
	await started(tmux, "software", "shelf>");
	tmux.press("Up");
	tmux.type("help\r");
	await until(
		"the end of a page",
		() => tmux.lines.some((line) => line.startsWith("--More--")),
		() => tmux.lines.join("\n"),
	);
	tmux.press("Space");
	await until(
		"help",
		() => tmux.lines.some((line) => line.startsWith("  reset ")),
		() => tmux.lines.join("\n"),
	);
});

test("the pseudo-terminal stays open over a reset, and the settings stay", async (t) => {
	const desk = await makeDesk(t);
	await desk.start();
	const line = openLine(t, desk.tty);
	line.type("\r");
	await line.came("desk> ");
	line.type("set HostName shelf\r\nsave\r\n");
	let at = await line.came("shelf> ");
	for (let i = 0; i < 3; i++) {
		line.type("reset\r");
		at = await line.came(`${banner} software\r\n`, at);
		at = await line.came("shelf> ", at);
	}
	line.type("half a line\x03\r");
	const expected = ["shelf> ^C", "shelf>", "shelf>"].join("\n");
	await until(
		"a fresh prompt",
		() => shown(line.text)[0] === `${banner} software` && shown(line.text).slice(-3).join("\n") === expected,
		() => shown(line.text).join("\n"),
	);
	assert.ok(!/[^\r]\n/.test(line.text), "each line ends with CR LF");
});

test("a terminal that does not read for a while loses nothing of a long paste", async (t) => {
	const desk = await makeDesk(t);
	await desk.start();
	const line = openLine(t, desk.tty);
	line.type("\r");
	await line.came("desk> ");
	line.pause();
	const count = 400;
	for (let i = 0; i < count; i++) line.type(`show settings nothing-${i}\r`);
	await delay(500);
	line.resume();
	line.type("show settings the-end\r");
	await line.came("no parameter matches the-end\r\n");
	const answers = line.text.split("\r\n").filter((text) => text.startsWith("no parameter matches nothing-"));
	assert.deepEqual(
		answers,
		Array.from({ length: count }, (_, i) => `no parameter matches nothing-${i}`),
	);
});

/** Sets one, at a prompt that comes. @returns where the answer ends */
async function setPassword(line: Line): Promise<number> {
	let at = await line.came("desk> ");
	for (const [typed, answer] of [
		["password set", "new password: "],
		["correct horse", "again: "],
		["correct horse", "the password is set"],
	]) {
		line.type(`${typed}\r`);
		at = await line.came(answer, at);
	}
	return at;
}

test("a password is asked for after a reset, and wrong ones cost time", async (t) => {
	const desk = await makeDesk(t);
	await desk.start();
	const line = openLine(t, desk.tty);
	line.type("\r");
	let at = await setPassword(line);
	line.type("reset\r");
	at = await line.came(`${banner} software\r\n`, at);
	at = await line.came("password: ", at);
	for (let i = 0; i < 3; i++) {
		line.type("battery staple\r");
		at = await line.came("% wrong password", at);
	}
	line.type("battery staple\r");
	at = await line.came("% too many wrong ones: wait ", at);
	await delay(2500);
	line.type("correct horse\rshow version\r");
	at = await line.came("model           upgate", at);
});

test("factory-reset: settings and password go, the gateway starts as delivered", async (t) => {
	const desk = await makeDesk(t);
	await desk.start();
	const line = openLine(t, desk.tty);
	line.type("\r");
	let at = await setPassword(line);
	line.type("set HostName other\rsave\r");
	at = await line.came("other> ", at);
	line.type("factory-reset\r");
	at = await line.came("Type yes:", at);
	line.type("no\r");
	at = await line.came("nothing was changed", at);
	line.type("factory-reset\r");
	at = await line.came("Type yes:", at);
	line.type("yes\r");
	at = await line.came(`${banner} software\r\n`, at);
	at = await line.came("desk> ", at);
	line.type("show settings hostname\r");
	await line.came("HostName                     desk", at);
});

test("ping times connections to a server, and says when there is none", async (t) => {
	const server = await slowServer(t);
	const desk = await makeDesk(t);
	await desk.start();
	const line = openLine(t, desk.tty);
	line.type("\r");
	let at = await line.came("desk> ");
	const port = /:([0-9]+)\//.exec(server.url)?.[1] ?? "";
	line.type(`ping localhost ${port}\r`);
	at = await line.came(`TCP connections to 127.0.0.1 port ${port}\r\n`, at);
	at = await line.came("4 of 4 answered", at);
	line.type("ping 127.0.0.1 1\r");
	at = await line.came("4  no connection", at);
	await line.came("0 of 4 answered", at);
});

// SPDX-License-Identifier: Apache-2.0
//
// Log-in, log-out and the change of the password, as seen on a screen. The password is never on it.

import assert from "node:assert/strict";
import test from "node:test";
import { accountCommands } from "../../modules/console/account-commands.js";
import { idleMs, type LoginPort } from "../../modules/console/login.js";
import { questionPatienceMs } from "../../modules/console/question.js";
import { keys, Terminal } from "./terminal.js";

class FakePassword implements LoginPort {
	text: string | undefined;
	wait = 0;
	failure: Error | undefined;

	constructor(text?: string) {
		this.text = text;
	}
	get required(): boolean {
		return this.isSet;
	}
	get isSet(): boolean {
		return this.text !== undefined;
	}
	waitMs(): number {
		return this.wait;
	}
	async verify(text: string): Promise<boolean> {
		await Promise.resolve();
		return text === this.text;
	}
	async set(text: string): Promise<void> {
		await Promise.resolve();
		if (this.failure !== undefined) throw this.failure;
		this.text = text;
	}
	remove(): void {
		this.text = undefined;
	}
}

class Desk {
	readonly password: FakePassword;
	readonly terminal: Terminal;

	constructor(text?: string, terminal = true) {
		this.password = new FakePassword(text);
		const login = this.password;
		const note = { words: "note", usage: "TEXT", help: "notes it", run: ([word]: string[]) => [`noted ${word}`] };
		this.terminal = new Terminal({ login, commands: [note, ...accountCommands(login)], terminal });
		this.terminal.run();
	}

	/** @returns the lines that came, without the bottom one */
	async type(text: string): Promise<string[]> {
		const before = Math.max(0, this.terminal.lines.length - 1);
		this.terminal.type(text);
		for (let i = 0; i < 20; i++) await Promise.resolve();
		this.terminal.run();
		return this.terminal.lines.slice(before, -1);
	}

	get bottom(): string {
		return this.terminal.screen.bottom;
	}
}

test("without a password there is no log-in, and logout says so", async () => {
	const desk = new Desk();
	assert.equal(desk.bottom, ">");
	assert.deepEqual(await desk.type("logout\r"), ["> logout", "no password is set: nothing to log out of"]);
});

test("with one, nothing works before it, and it is never shown", async () => {
	const desk = new Desk("secret!!");
	assert.equal(desk.bottom, "password:");
	assert.deepEqual(await desk.type("note x\r"), ["password:", "% wrong password"]);
	assert.equal(desk.bottom, "password:");
	await desk.type(`secret!${keys.cancel}`);
	assert.equal(desk.bottom, "password:", "Ctrl-C asks again");
	await desk.type("secret!?\x7f!\r");
	assert.equal(desk.bottom, ">");
	assert.deepEqual(await desk.type("note x\r"), ["> note x", "noted x"]);
	assert.deepEqual(await desk.type("logout\r"), ["> logout", "logged out"]);
	assert.equal(desk.bottom, "password:");
	assert.ok(!desk.terminal.text.includes("secret!"));
	await desk.type(keys.up);
	assert.deepEqual(desk.terminal.lines.slice(-1), ["password:"], "the next one does not see what the last one typed");
});

test("what is typed behind the password waits for it to be compared", async () => {
	const desk = new Desk("secret!!");
	assert.deepEqual(await desk.type("secret!!\rnote x\r"), ["password:", "> note x", "noted x"]);
});

test("after wrong ones there is a wait, and a right one does not help before its end", async () => {
	const desk = new Desk("secret!!");
	desk.password.wait = 1500;
	assert.deepEqual(await desk.type("secret!!\r"), ["password:", "% too many wrong ones: wait 2 s"]);
	desk.password.wait = 0;
	await desk.type("secret!!\r");
	assert.equal(desk.bottom, ">");
});

test("who does not type for a while is logged out; who types stays", async () => {
	const desk = new Desk("secret!!");
	await desk.type("secret!!\r");
	desk.terminal.wait(idleMs - 1);
	await desk.type("n");
	desk.terminal.wait(idleMs);
	assert.equal(desk.bottom, "> n");
	desk.terminal.wait(idleMs);
	assert.deepEqual(desk.terminal.lines.slice(-2), ["nobody has typed for a while: logged out", "password:"]);
	await desk.type("secret!!\r");
	assert.equal(desk.bottom, ">", "the line is gone");
});

test("password set asks for the present one, then twice for the new one", async () => {
	const desk = new Desk();
	const first = await desk.type("password set\rsecret!!\rsecret!!\r");
	assert.deepEqual(first.slice(0, 3), ["> password set", "new password:", "again:"]);
	assert.match(first[3], /^the password is set/);
	assert.equal(desk.password.text, "secret!!");
	assert.equal(desk.bottom, ">", "who has set it may stay");
	await desk.type("password set\r");
	assert.equal(desk.bottom, "present password:");
	assert.deepEqual(await desk.type("guess\r"), ["present password:", "% wrong password"]);
	await desk.type("password set\rsecret!!\rone\r");
	assert.deepEqual(await desk.type("two\r"), ["again:", "% the two differ: nothing was changed"]);
	assert.equal(desk.password.text, "secret!!");
	desk.password.failure = new Error("wanted are 8 to 64 bytes");
	await desk.type("password set\rsecret!!\rone\r");
	assert.deepEqual(await desk.type("one\r"), ["again:", "% wanted are 8 to 64 bytes"]);
	await desk.type("password remove\r");
	assert.deepEqual((await desk.type("secret!!\r")).length, 2);
	assert.equal(desk.password.isSet, false);
	assert.deepEqual(await desk.type("password remove\r"), ["> password remove", "% no password is set"]);
});

test("a question that nobody answers is given up", async () => {
	const desk = new Desk();
	await desk.type("password set\r");
	desk.terminal.wait(questionPatienceMs);
	assert.deepEqual(desk.terminal.lines.slice(-2), ["% nothing came: given up", ">"]);
});

test("where there is no bottom line, the question stands on a line of its own", async () => {
	const desk = new Desk("secret!!", false);
	assert.deepEqual(desk.terminal.lines, ["password:"]);
	await desk.type("secret!!\rnote x\r");
	assert.ok(desk.terminal.lines.includes("noted x"), desk.terminal.lines.join("\n"));
	assert.ok(!desk.terminal.text.includes("secret"));
});

test("closing the console leaves no timer", () => {
	const desk = new Desk("secret!!");
	desk.terminal.console.close();
	assert.equal(desk.terminal.clock.pending, 0);
});

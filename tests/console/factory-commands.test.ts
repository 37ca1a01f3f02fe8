// SPDX-License-Identifier: Apache-2.0
//
// `factory-reset`: asks, and what it takes away and leaves.
// node-only: gateway/ is no part of the test program

import assert from "node:assert/strict";
import test from "node:test";
import { makeFactoryReset } from "../../gateway/factory-reset.js";
import { Candidate } from "../../modules/console/candidate.js";
import { factoryCommands } from "../../modules/console/factory-commands.js";
import { Settings } from "../../modules/settings/settings.js";
import type { UpdateStatus } from "../../modules/update/status.js";
import { FakeStore, ini } from "../settings/support.js";
import { Terminal } from "./terminal.js";

const idle: UpdateStatus = {
	...{ phase: "idle", causes: [], file: undefined, done: 0, total: undefined, queued: false, trial: false },
	...{ last: undefined, next: undefined, crashes: 0 },
};

const stays = ["roots.pem", "device.crt", "device.key", "signing.pem", "revoked.pem", "network.wifi", "clock.floor"];
stays.push("upd.secure", "upd.restarts", "upd.failed", "snmp.boots", "factory.ini");
const goes = [
	"password",
	"snmp.keys",
	"upd.ini",
	"upd.holds",
	"upd.resume",
	"dl.1234",
	"file.cpt",
	"fd.0.0",
	"trace.3",
];
goes.push("ini.text.0badc0de", "upd.parked", "+settings", "-roots.pem");

class Desk {
	readonly store = new FakeStore();
	readonly settings: Settings;
	readonly candidate: Candidate;
	readonly done: string[] = [];
	status = idle;
	readonly terminal: Terminal;

	constructor() {
		for (const name of [...stays, ...goes]) this.store.commit([{ name, value: ini("x") }]);
		this.store.commit([{ name: "factory.ini", value: ini("HostName = 'delivered'\n") }]);
		this.settings = new Settings({ store: this.store });
		this.settings.set("HostName", "mine");
		this.settings.save();
		this.candidate = new Candidate(this.settings);
		const port = makeFactoryReset({
			...{ settings: this.settings, candidate: this.candidate, store: this.store },
			updater: { status: () => this.status, restart: (reason) => this.done.push(reason) },
			trace: { flush: () => this.store.commit([{ name: "trace.4", value: ini("late") }]) },
		});
		this.terminal = new Terminal({ columns: 200, commands: factoryCommands(port) });
	}

	/** @returns the last line of the answer */
	answer(...lines: string[]): string {
		for (const line of lines) this.terminal.type(`${line}\r`);
		return this.terminal.lines.at(-2) ?? "";
	}
}

test("yes: settings as delivered, memory gone, identity stays, then a restart", () => {
	const desk = new Desk();
	desk.candidate.set("SyslogServerIP", "192.0.2.1");
	assert.equal(desk.answer("factory-reset", "yes"), "restarting");
	assert.deepEqual([...desk.store.records.keys()].sort(), [...stays, "settings"].sort());
	assert.equal(new Settings({ store: desk.store }).text("HostName"), "delivered");
	assert.equal(desk.candidate.changed, false);
	assert.deepEqual(desk.done, ["factory reset"]);
	const names = desk.store.commits.find((changes) =>
		changes.some(({ name }) => name === "password" && changes.length > 1),
	);
	assert.ok(
		names?.some(({ name, value }) => name === "settings" && value !== undefined),
		"one commit",
	);
});

test("anything but yes, Ctrl-C, a run, a trial and a store that fails: nothing changes", () => {
	const desk = new Desk();
	const before = [...desk.store.records.keys()];
	assert.match(desk.answer("factory-reset", "y"), /not yes/);
	desk.answer("factory-reset");
	desk.terminal.type("\x03");
	desk.status = { ...idle, phase: "running" };
	assert.match(desk.answer("factory-reset"), /on its way/);
	desk.status = { ...idle, trial: true };
	assert.match(desk.answer("factory-reset"), /on trial/);
	desk.status = idle;
	desk.answer("factory-reset");
	desk.status = { ...idle, phase: "starting" };
	assert.match(desk.answer("yes"), /on its way/);
	assert.deepEqual([...desk.store.records.keys()], before);
	desk.status = idle;
	desk.answer("factory-reset");
	desk.store.commit([{ name: "trace.4", value: ini("late") }]);
	desk.store.failure = new Error("flash is worn");
	assert.match(desk.answer("yes"), /flash is worn/);
	assert.equal(desk.settings.text("HostName"), "mine");
	assert.deepEqual(desk.done, []);
});

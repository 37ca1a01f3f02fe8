// SPDX-License-Identifier: Apache-2.0
//
// `npm start` prints the line to type for an update by SNMP, and typing it starts one that the screen shows.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "node:test";
import { projectRoot } from "../../tools/build/index.js";
import { run } from "./snmp-programs.js";

test("the snmpset line that npm start prints triggers an update, and show snmp has counted it", async (t) => {
	const child = spawn(process.execPath, ["--import", "tsx", "tools/lib/start.ts"], {
		cwd: projectRoot,
		stdio: ["pipe", "pipe", "inherit"],
		detached: true,
	});
	let screen = "";
	child.stdout.on("data", (chunk: Buffer) => (screen += chunk.toString("utf8")));
	const closed = once(child, "close");
	t.after(async () => {
		if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGINT");
		await closed;
	});
	const printed = async (pattern: RegExp, from = 0): Promise<RegExpExecArray> => {
		const deadline = Date.now() + 180_000;
		for (;;) {
			const match = pattern.exec(screen.slice(from));
			if (match !== null) return match;
			if (Date.now() > deadline || child.exitCode !== null) throw new Error(`no ${String(pattern)} in:\n${screen}`);
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	};
	const [, command, rest] = await printed(/^ {2}(snmpset) (.*)$/m);
	await printed(/Now running the new version/);
	await printed(/nothing.new/i, screen.indexOf("Now running"));
	const from = screen.length;
	const { stdout, stderr } = await run(command, rest.split(" "));
	assert.match(stdout + stderr, /63333\.9\.10\.10\.3\.1\.1\.5\.0 = Gauge32: 1/);
	await printed(/snmp.*127\.0\.0\.1|127\.0\.0\.1.*snmp/, from);
	await printed(/nothing.new/i, from);
	child.stdin.write("show snmp\r");
	await printed(/listening, UDP port [0-9]+[\s\S]* 1 {2}objects set[\s\S]*heap +slots/, from);
});

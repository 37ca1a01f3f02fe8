// SPDX-License-Identifier: Apache-2.0
//
// The operator's guide does what it says: all of its shell blocks run in order, as they stand, against real nginx and rsyslogd on loopback
// ports, and the commands of its console blocks are typed at a gateway.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import test from "node:test";
import { firmware } from "../../tools/firmware-lib/cli.js";
import { flash } from "../../tools/flash-lib/cli.js";
import { projectRoot } from "../../tools/build/index.js";
import { freePort } from "../harness/loopback.js";

interface Block {
	/** `sh`: runs to its end; `sh terminal`: stays, and is typed at; `console`: what is typed; `sh board`: needs a board. */
	kind: string;
	text: string;
}

const guide = readFileSync(join(projectRoot, "docs/operating.md"), "utf8");
const blocks: Block[] = [...guide.matchAll(/^```([a-z ]*)\n([\s\S]*?)^```$/gm)].map(([, kind, text]) => ({
	kind,
	text,
}));
const mac = "00908F1DD0D3";
/** Longest wait for a block; a bound against hanging. */
const patienceMs = 180_000;

async function freeUDPPort(): Promise<number> {
	const socket = createSocket("udp4");
	await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
	const { port } = socket.address();
	await new Promise<void>((resolve) => socket.close(resolve));
	return port;
}

class Shell {
	readonly site = join(mkdtempSync(join(tmpdir(), "upgate-operating-")), "site");
	readonly #environment: NodeJS.ProcessEnv;

	constructor(port: number, logPort: number) {
		chmodSync(join(this.site, ".."), 0o755);
		const own = { SITE: this.site, SERVER: "127.0.0.1", PORT: String(port), LOG_PORT: String(logPort), MAC: mac };
		this.#environment = { ...process.env, ...own };
	}

	/** The first block sets variables, and stands before every other one. */
	start(text: string): { child: ChildProcess; output: () => string } {
		const child = spawn("bash", ["-euo", "pipefail", "-c", `${blocks[0].text}\n${text}`], {
			cwd: projectRoot,
			env: this.#environment,
		});
		let output = "";
		child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
		child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
		return { child, output: () => output };
	}

	/** @returns what it printed. @throws when it fails, with that */
	async run(text: string): Promise<string> {
		const { child, output } = this.start(text);
		const deadline = setTimeout(() => child.kill("SIGKILL"), patienceMs);
		const status = await new Promise((resolve) => child.on("exit", resolve));
		clearTimeout(deadline);
		assert.equal(status, 0, `${text}\n${output()}`);
		return output();
	}

	close(): void {
		for (const name of ["nginx.pid", "rsyslog.pid"]) {
			const path = join(this.site, name);
			if (!existsSync(path)) continue;
			try {
				process.kill(Number(readFileSync(path, "utf8")));
			} catch {
				// It has ended already.
			}
		}
		rmSync(join(this.site, ".."), { recursive: true, force: true, maxRetries: 5 });
	}
}

async function until(condition: () => boolean, what: () => string): Promise<void> {
	const deadline = Date.now() + patienceMs;
	while (!condition()) {
		assert.ok(Date.now() < deadline, what());
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

/** Types the commands one after another, each when the one before was answered. @returns all that was printed */
async function converse({ child, output }: ReturnType<Shell["start"]>, lines: string[]): Promise<string> {
	await until(
		() => /automatic update: [^\n]*\n/.test(output()),
		() => `no verdict:\n${output()}`,
	);
	for (const [i, line] of lines.entries()) {
		const from = output().length;
		child.stdin?.write(`${line}\rset done${i}\r`);
		// A name that no parameter has is refused: by then the line before was answered.
		await until(
			() => new RegExp(`set done${i}[\\s\\S]*%`).test(output().slice(from)),
			() => `${line}:\n${output().slice(from)}`,
		);
		const answer = output().slice(from).split(`set done${i}`)[0];
		assert.ok(!/^% /m.test(answer), `${line} was refused:\n${answer}`);
		assert.ok(answer.trim().split("\n").length > 1, `${line} has no answer:\n${answer}`);
	}
	const exit = new Promise((resolve) => child.on("exit", resolve));
	child.kill("SIGTERM");
	await exit;
	return output();
}

test("the guide has its blocks", () => {
	const kinds = blocks.map(({ kind }) => kind);
	assert.ok(kinds.filter((kind) => kind === "sh").length >= 12);
	assert.deepEqual(
		kinds.filter((kind) => kind !== "sh" && kind !== "sh board"),
		["sh terminal", "console"],
	);
});

test("the guide works from its first command to its last", async (t) => {
	const shell = new Shell(await freePort(), await freeUDPPort());
	t.after(() => shell.close());
	let printed = "";
	let terminal: ReturnType<Shell["start"]> | undefined;
	t.after(() => terminal?.child.kill("SIGTERM"));
	for (const { kind, text } of blocks) {
		if (kind === "sh") printed += await shell.run(text);
		else if (kind === "sh terminal") terminal = shell.start(`exec ${text}`);
		else if (kind === "console" && terminal !== undefined) printed += await converse(terminal, text.trim().split("\n"));
	}
	const seen = (pattern: RegExp): void => assert.match(printed, pattern);
	seen(new RegExp(`config_${mac}.ini 200`));
	seen(/config_00908F000001.ini 403/);
	seen(/firmware.cmp 400/);
	seen(/automatic update: confirmed \(version 1\.1\.0\)/);
	seen(/result="updated" version="1\.1\.0"/);
	seen(/cmp installed, confirmed/);
	seen(/ota_1 {2}upgate 1\.1\.0 .*running/);
	seen(/automatic update: confirmed \(version 1\.2\.0\)/);
	seen(/Transfer complete/);
	assert.ok(!printed.includes("PRIVATE KEY"));
});

test("what the guide says for a board are options that the tools have", async () => {
	const lines = blocks.filter(({ kind }) => kind === "sh board").flatMap(({ text }) => text.split("\n"));
	let options = 0;
	for (const line of lines) {
		const [, tool, rest] = /^"\$UPGATE\/tools\/(flash|firmware)" (.*)$/.exec(line) ?? [];
		if (tool === undefined) continue;
		let usage = "";
		const take = (text: string): void => void (usage += text);
		const output = { out: take, error: take };
		const surroundings = { ...output, input: new PassThrough(), output: { write: () => true } };
		if (tool === "flash") await flash(["--help"], surroundings);
		else await firmware(["--help"], output);
		for (const [option] of rest.matchAll(/--[a-z-]+/g)) {
			options++;
			assert.match(usage, new RegExp(`^ +${option} `, "m"), line);
		}
	}
	assert.ok(options >= 9);
});

test("every code of the guide's table exists in a module", () => {
	const rows = [...guide.matchAll(/^\| ([A-Z][A-Z0-9_., ]+[^|]*) \|/gm)].map(([, cell]) => cell);
	const codes = rows.flatMap((cell) => [...cell.matchAll(/[A-Z]+_[A-Z0-9_]+/g)].map(([code]) => code));
	assert.ok(codes.length >= 25, codes.join());
	const readmes = ["update", "tls", "http", "image", "store", "flash", "ini", "settings", "xmodem"]
		.map((name) => readFileSync(join(projectRoot, `modules/${name}/README.md`), "utf8"))
		.join("\n");
	const unknown = codes.filter((code) => !readmes.includes(code.replace(/_[0-9]+$/, "_n").replace(/_$/, "")));
	assert.deepEqual(unknown, []);
});

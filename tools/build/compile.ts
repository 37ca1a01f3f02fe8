// SPDX-License-Identifier: Apache-2.0
//
// Runs gcc: objects of one set of flags share a folder in the cache, named by the hash of the flags, so programs and
// configurations with the same flags share objects. What an object was made from comes from gcc's own list of headers.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { BuildError } from "./error.js";
import { type FileCache, hashText } from "./files.js";

export interface CompileJob {
	source: string;
	/** `gcc`, or that of another machine */
	compiler: string;
	/** everything between the compiler's name and `-c` */
	flags: string[];
	/** for messages */
	label: string;
}

export interface Toolchain {
	/** project folder: gcc runs there */
	root: string;
	/** cache folder */
	folder: string;
	cache: FileCache;
	onMessage: (message: string) => void;
}

const jobs = 2;

/** Runs a program to its end. @throws BuildError with what it printed */
export async function runTool(
	command: string,
	args: string[],
	root: string,
	code: "COMPILER_FAILED" | "LINKER_FAILED",
): Promise<void> {
	const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
	const chunks: Buffer[] = [];
	child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
	child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
	const status = await new Promise<number | string>((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (exit, signal) => resolve(exit ?? signal ?? "unknown"));
	});
	if (status === 0) return;
	const output = Buffer.concat(chunks).toString("utf8").trim();
	throw new BuildError(code, `${basename(command)} failed (${status}):\n${output}`);
}

/** The prerequisites in a rule written by gcc -MD. */
function readDependencies(path: string): string[] {
	const rule = readFileSync(path, "utf8").replace(/\\\n/g, " ");
	const names = rule.slice(rule.indexOf(":") + 1).match(/(?:\\.|[^\s\\])+/g) ?? [];
	return names.map((name) => name.replace(/\\(.)/g, "$1"));
}

async function compileOne(job: CompileJob, object: string, command: string, tools: Toolchain): Promise<void> {
	tools.onMessage(`cc ${job.label}`);
	mkdirSync(dirname(object), { recursive: true });
	const list = `${object}.d`;
	const started = Date.now();
	/* With system headers: those of the engine are among them, and a new gcc or libc brings others. */
	const args = [...job.flags, "-MD", "-MF", list, "-c", job.source, "-o", object];
	try {
		await runTool(job.compiler, args, tools.root, "COMPILER_FAILED");
	} catch (error) {
		rmSync(object, { force: true });
		throw error;
	}
	const inputs = readDependencies(list).map((name) => (name.startsWith("/") ? name : join(tools.root, name)));
	rmSync(list);
	/* A file saved while gcc ran: which of its two contents went in is not known, so the next build makes the object again. */
	const isNewer = (path: string): boolean => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? started) >= started;
	if (!inputs.some(isNewer)) tools.cache.record(object, command, inputs);
}

/**
 * Brings all objects up to date, two at a time.
 * @returns the objects, in the order of the jobs, and whether any was made
 * @throws BuildError COMPILER_FAILED with gcc's messages; objects made until then stay
 */
export async function compileAll(
	list: CompileJob[],
	tools: Toolchain,
): Promise<{ objects: string[]; changed: boolean }> {
	const tasks = list.map((job) => {
		const folder = join(tools.folder, "objects", hashText(...job.flags).slice(0, 16));
		const object = join(folder, `${basename(job.source, ".c")}-${hashText(job.source).slice(0, 8)}.o`);
		return { job, object, command: hashText(job.compiler, ...job.flags, job.source) };
	});
	const stale = tasks.filter(({ object, command }) => !tools.cache.isCurrent(object, command));
	const queue = [...stale];
	const worker = async (): Promise<void> => {
		for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
			await compileOne(task.job, task.object, task.command, tools);
		}
	};
	try {
		const results = await Promise.allSettled(Array.from({ length: jobs }, worker));
		for (const result of results) if (result.status === "rejected") throw result.reason;
	} finally {
		tools.cache.save();
	}
	return { objects: tasks.map((task) => task.object), changed: stale.length > 0 };
}

/**
 * The flag that stores relocations as a bit map, at a fiftieth of the size; empty where the C library cannot load that
 * (glibc before 2.36: it refuses to start the program).
 */
export function packedRelocations(): string[] {
	const { stdout } = spawnSync("getconf", ["GNU_LIBC_VERSION"], { encoding: "utf8" });
	const [, major, minor] = /^glibc (\d+)\.(\d+)/.exec(stdout ?? "") ?? [];
	return Number(major) > 2 || Number(minor) >= 36 ? ["-Wl,-z,pack-relative-relocs"] : [];
}

/** Archives that `-L` and `-l` arguments lead to; those of the system are taken as they are. */
function archivesOf(args: string[]): string[] {
	const folders = args.filter((arg) => arg.startsWith("-L")).map((arg) => arg.slice(2));
	const names = args.filter((arg) => arg.startsWith("-l")).map((arg) => `lib${arg.slice(2)}.a`);
	return folders.flatMap((folder) => names.map((name) => join(folder, name))).filter((path) => existsSync(path));
}

/** Links a program when its objects, archives or arguments are new. @returns whether it did */
export async function linkProgram(
	objects: string[],
	output: string,
	args: string[],
	tools: Toolchain,
	compiler = "gcc",
): Promise<boolean> {
	const command = hashText("link", ...objects, ...args);
	if (tools.cache.isCurrent(output, command)) return false;
	tools.onMessage(`link ${basename(output)}`);
	mkdirSync(dirname(output), { recursive: true });
	const fresh = `${output}.new`;
	await runTool(compiler, [...objects, ...args, "-o", fresh], tools.root, "LINKER_FAILED");
	renameSync(fresh, output);
	tools.cache.record(output, command, [...objects, ...archivesOf(args)]);
	tools.cache.save();
	return true;
}

// SPDX-License-Identifier: Apache-2.0
//
// What the builder knows about files between two runs: content hashes, trusted while size and modification time stay
// the same, and for each made file the key of what it was made from. One JSON file, guarded by a lock, so that
// builds of several processes take turns.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BuildError } from "./error.js";

interface FileRecord {
	mtimeMs: number;
	size: number;
	hash: string;
}

interface OutputRecord {
	key: string;
	inputs: string[];
	/** The made file itself: another one in its place, of a run that was killed before it could record it, is not current. */
	mtimeMs: number;
	size: number;
}

interface State {
	version: number;
	files: Record<string, FileRecord>;
	outputs: Record<string, OutputRecord>;
}

const stateVersion = 2;
const lockWaitMs = 20 * 60_000;

export function hashText(...parts: string[]): string {
	const hash = createHash("sha1");
	for (const part of parts) hash.update(part).update("\0");
	return hash.digest("hex");
}

/** Writes a file unless it has this content already, so that nothing that depends on it is made again. */
export function writeIfChanged(path: string, content: string | Uint8Array): boolean {
	const bytes = Buffer.from(content);
	if (existsSync(path) && readFileSync(path).equals(bytes)) return false;
	mkdirSync(dirname(path), { recursive: true });
	const fresh = `${path}.${process.pid}.new`;
	writeFileSync(fresh, bytes);
	renameSync(fresh, path);
	return true;
}

function emptyState(): State {
	return { version: stateVersion, files: {}, outputs: {} };
}

function readState(path: string): State {
	if (!existsSync(path)) return emptyState();
	try {
		const state = JSON.parse(readFileSync(path, "utf8")) as State;
		return state.version === stateVersion ? state : emptyState();
	} catch {
		return emptyState();
	}
}

export class FileCache {
	readonly #path: string;
	readonly #state: State;
	/** Files looked at in this run; each is looked at once. */
	readonly #fresh = new Set<string>();
	#changed = false;

	constructor(folder: string) {
		this.#path = join(folder, "state.json");
		this.#state = readState(this.#path);
	}

	/** The hash of a file's content; undefined when there is no such file. */
	hash(path: string): string | undefined {
		const known = this.#state.files[path];
		if (known !== undefined && this.#fresh.has(path)) return known.hash;
		const stat = statSync(path, { throwIfNoEntry: false });
		if (stat === undefined) return undefined;
		this.#fresh.add(path);
		if (known?.mtimeMs === stat.mtimeMs && known.size === stat.size) return known.hash;
		const hash = createHash("sha1").update(readFileSync(path)).digest("hex");
		this.#state.files[path] = { mtimeMs: stat.mtimeMs, size: stat.size, hash };
		this.#changed = true;
		return hash;
	}

	#key(command: string, inputs: readonly string[]): string {
		return hashText(command, ...inputs.flatMap((input) => [input, this.hash(input) ?? "missing"]));
	}

	/**
	 * Tells whether a made file is what the same command would make again.
	 * @param command everything besides the inputs that decides the content
	 */
	isCurrent(output: string, command: string): boolean {
		const record = this.#state.outputs[output];
		const stat = statSync(output, { throwIfNoEntry: false });
		if (record === undefined || stat?.mtimeMs !== record.mtimeMs || stat.size !== record.size) return false;
		return record.key === this.#key(command, record.inputs);
	}

	/** Remembers what a file was made from, after making it. */
	record(output: string, command: string, inputs: readonly string[]): void {
		this.forget(output);
		const { mtimeMs, size } = statSync(output);
		this.#state.outputs[output] = { key: this.#key(command, inputs), inputs: [...inputs], mtimeMs, size };
		this.#changed = true;
	}

	/** To be called when this run has written a file whose hash was taken before. */
	forget(path: string): void {
		this.#fresh.delete(path);
	}

	save(): void {
		if (!this.#changed) return;
		mkdirSync(dirname(this.#path), { recursive: true });
		const fresh = `${this.#path}.${process.pid}.new`;
		writeFileSync(fresh, JSON.stringify(this.#state));
		renameSync(fresh, this.#path);
		this.#changed = false;
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error instanceof Error && "code" in error && error.code === "EPERM";
	}
}

function takeLock(path: string): boolean {
	try {
		writeFileSync(path, `${process.pid}`, { flag: "wx" });
		return true;
	} catch (error) {
		/* No right to write, no space: waiting does not help. */
		if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
	}
	try {
		const owner = Number(readFileSync(path, "utf8"));
		/* Builds of this process take turns before they come here: our own number was left by a killed process (containers). */
		if (owner > 0 && (owner === process.pid || !isAlive(owner))) rmSync(path, { force: true });
	} catch {
		/* Released meanwhile. */
	}
	return false;
}

let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs work while no other build of this folder runs, in this process or another.
 * @throws BuildError BUILD_LOCKED after 20 minutes
 */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
	const before = turn;
	let finish: () => void = () => undefined;
	turn = new Promise<void>((resolve) => (finish = resolve));
	await before;
	mkdirSync(folder, { recursive: true });
	const path = join(folder, "lock");
	const deadline = Date.now() + lockWaitMs;
	try {
		while (!takeLock(path)) {
			if (Date.now() > deadline) throw new BuildError("BUILD_LOCKED", `${path}: held by another build for too long`);
			await sleep(50);
		}
		try {
			return await work();
		} finally {
			rmSync(path, { force: true });
		}
	} finally {
		finish();
	}
}

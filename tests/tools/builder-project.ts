// SPDX-License-Identifier: Apache-2.0
//
// A throw-away project for the builder's tests: files in a temporary folder, and what the builder makes of them.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { FileCache } from "../../tools/build/files.js";
import { projectRoot } from "../../tools/build/index.js";
import { type Manifest, loadManifest } from "../../tools/build/manifest.js";
import { type MatchedFiles, matchFiles } from "../../tools/build/match.js";
import { updateScripts, writeLists } from "../../tools/build/scripts.js";

export class Project {
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "builder-")));

	remove(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** Writes files; objects become JSON. */
	write(files: Record<string, unknown>): void {
		for (const [name, content] of Object.entries(files)) {
			const path = join(this.folder, name);
			mkdirSync(dirname(path), { recursive: true });
			writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
		}
	}

	load(platform = "linux"): Manifest {
		return loadManifest(join(this.folder, "manifest.json"), platform);
	}

	match(platform = "linux"): MatchedFiles {
		return matchFiles(this.load(platform));
	}

	/** `{specifier: file relative to the folder}` */
	modules(platform = "linux"): Record<string, string> {
		const { modules } = this.match(platform);
		return Object.fromEntries(modules.map((file) => [file.specifier, relative(this.folder, file.source)]));
	}

	/** Asserts an error by code and by the place its message begins with, relative to the folder. */
	refused(code: string, place: string): void {
		assert.throws(
			() => this.match(),
			(error: unknown) => {
				assert.ok(error instanceof Error && "code" in error, String(error));
				assert.equal(error.code, code, error.message);
				assert.ok(error.message.startsWith(join(this.folder, place)), error.message);
				return true;
			},
		);
	}

	/** One run of the script side; returns the messages. */
	async update(): Promise<string[]> {
		const messages: string[] = [];
		const cache = new FileCache(join(this.folder, "cache"));
		const onMessage = (message: string) => messages.push(message);
		const context = { root: projectRoot, folder: join(this.folder, "out"), cache, onMessage };
		const manifest = this.load();
		const files = matchFiles(manifest);
		const scripts = await updateScripts(manifest, files, context);
		writeLists(manifest, files, scripts, context);
		cache.save();
		return messages;
	}

	/** A file that update() made. */
	output(name: string): string {
		return readFileSync(join(this.folder, "out", name), "utf8");
	}

	/** The JavaScript of a TypeScript text. */
	async transpile(source: string): Promise<string> {
		this.write({ "manifest.json": { modules: { "*": "./main" } }, "main.ts": source });
		await this.update();
		return this.output("modules/main.js");
	}
}

// SPDX-License-Identifier: Apache-2.0
//
// Finds the test files of some folders and decides how each is run, or why not. Writes the manifest of one program that
// holds them all, unchanged, beside tests/sdk/program.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import ts from "typescript";
import { projectRoot } from "../build/index.js";
import { SdkTestsError } from "./error.js";
import { type Frontmatter, parseFrontmatter } from "./frontmatter.js";

/** The folders whose subject hosts/linux has, below tests/modules of the SDK. */
export const defaultFolders = ["io/socket/tcp", "io/socket/udp", "io/socket/listener", "io/flash", "base/timer"];

const knownFlags = ["module", "async", "onlyStrict"];
/** What a test may import besides its own fixtures. */
const specifiers = [
	"timer",
	"embedded:io/socket/tcp",
	"embedded:io/socket/udp",
	"embedded:io/socket/listener",
	"embedded:io/serial",
	"embedded:network/dns/resolver/udp",
	"embedded:storage/flash",
];

export interface PlannedTest {
	/** folder and file below tests/modules */
	name: string;
	/** of the module in the program */
	specifier: string;
	isAsync: boolean;
	/** compares with the clock within milliseconds */
	isTimed: boolean;
	/** name of the class that the test must throw */
	throws?: string;
	/** why it is not run */
	skip?: string;
}

export interface Plan {
	/** absolute path of the generated manifest */
	manifest: string;
	tests: PlannedTest[];
}

function filesBelow(folder: string): string[] {
	return readdirSync(folder)
		.sort()
		.flatMap((name) => {
			const path = join(folder, name);
			return statSync(path).isDirectory() ? filesBelow(path) : [path];
		})
		.filter((path) => path.endsWith(".js"));
}

function skipReason({ flags, includes, negative }: Frontmatter): string | undefined {
	if (!flags.includes("module")) return "a script, not a module";
	const unknown = flags.find((flag) => !knownFlags.includes(flag));
	if (unknown !== undefined) return `flag ${unknown}`;
	if (includes.length > 0) return `includes ${includes.join(", ")}`;
	if (negative !== undefined && negative.phase !== "runtime") return `negative in phase ${negative.phase}`;
	return undefined;
}

class Planner {
	readonly tests: PlannedTest[] = [];
	/** specifier to file */
	readonly modules = new Map<string, string>();
	readonly #base: string;
	readonly #target: string;

	constructor(base: string, target: string) {
		this.#base = base;
		this.#target = target;
	}

	#specifier(file: string): string {
		return `sdk:${file.slice(this.#base.length + 1).replace(/\.js$/, "")}`;
	}

	addTest(file: string): void {
		const source = readFileSync(file, "utf8");
		const frontmatter = parseFrontmatter(source, file);
		if (frontmatter === undefined) return;
		const specifier = this.#specifier(file);
		const test: PlannedTest = {
			name: file.slice(this.#base.length + 1),
			specifier,
			isAsync: frontmatter.flags.includes("async"),
			isTimed: source.includes("Date.now()"),
			throws: frontmatter.negative?.type,
			skip: skipReason(frontmatter),
		};
		test.skip ??= this.#missingImport(file, new Set());
		if (test.skip === undefined) this.#addModules(file);
		this.tests.push(test);
	}

	#imports(file: string): string[] {
		return ts.preProcessFile(readFileSync(file, "utf8")).importedFiles.map(({ fileName }) => fileName);
	}

	/** Why a file cannot be linked: something it imports, itself or through fixtures, is not there. */
	#missingImport(file: string, seen: Set<string>): string | undefined {
		if (seen.has(file)) return undefined;
		seen.add(file);
		for (const name of this.#imports(file)) {
			const fixture = name.startsWith(".") ? fixtureFile(file, name) : undefined;
			if (fixture === undefined && !specifiers.includes(name)) return `imports ${name}`;
			const reason = fixture === undefined ? undefined : this.#missingImport(fixture, seen);
			if (reason !== undefined) return reason;
		}
		return undefined;
	}

	#addModules(file: string): void {
		const specifier = this.#specifier(file);
		if (this.modules.has(specifier)) return;
		this.modules.set(specifier, file);
		for (const name of this.#imports(file)) {
			const fixture = name.startsWith(".") ? fixtureFile(file, name) : undefined;
			if (fixture === undefined) continue;
			this.#addModules(fixture);
			const wanted = this.#specifier(resolve(dirname(file), name));
			if (!this.modules.has(wanted)) this.modules.set(wanted, this.#alias(fixture));
		}
	}

	/** A module under the name as a test spells it, for a fixture whose file is spelled with other capitals. */
	#alias(fixture: string): string {
		const path = join(this.#target, `alias-${String(this.modules.size)}.js`);
		const from = JSON.stringify(`./${basename(fixture)}`);
		const hasDefault = /export\s+default|as default/.test(readFileSync(fixture, "utf8"));
		writeFileSync(path, `export * from ${from};\n${hasDefault ? `export { default } from ${from};\n` : ""}`);
		return path;
	}
}

/** The SDK is at home on file systems where `a-fixture.js` opens `a-FIXTURE.js`. */
function fixtureFile(importer: string, name: string): string | undefined {
	const wanted = resolve(dirname(importer), name);
	if (existsSync(wanted)) return wanted;
	const folder = dirname(wanted);
	if (!existsSync(folder)) return undefined;
	const found = readdirSync(folder).find((file) => file.toLowerCase() === basename(wanted).toLowerCase());
	return found === undefined ? undefined : join(folder, found);
}

/**
 * Plans the tests of some folders.
 * @param sdk path of an SDK checkout
 * @param folders below tests/modules of it
 * @param target folder for what is generated; made anew
 * @throws SdkTestsError SDK_TESTS_FOLDER when one of the folders is not there or has no tests; SDK_TESTS_FRONTMATTER
 */
export function planTests(sdk: string, folders: readonly string[], target: string): Plan {
	const base = join(resolve(sdk), "tests/modules");
	if (!existsSync(base))
		throw new SdkTestsError("SDK_TESTS_FOLDER", `${sdk}: no checkout of the SDK (no tests/modules)`);
	rmSync(target, { recursive: true, force: true });
	mkdirSync(target, { recursive: true });
	const planner = new Planner(base, target);
	for (const folder of folders) {
		const path = join(base, folder);
		if (!existsSync(path)) throw new SdkTestsError("SDK_TESTS_FOLDER", `${sdk}: no folder tests/modules/${folder}`);
		const before = planner.tests.length;
		for (const file of filesBelow(path)) planner.addTest(file);
		if (planner.tests.length === before) throw new SdkTestsError("SDK_TESTS_FOLDER", `${path}: no tests`);
	}
	const manifest = {
		include: [join(projectRoot, "tests/sdk/program/manifest.json")],
		modules: Object.fromEntries(planner.modules),
	};
	const path = join(target, "manifest.json");
	writeFileSync(path, JSON.stringify(manifest, null, "\t"));
	return { manifest: path, tests: planner.tests };
}

// SPDX-License-Identifier: Apache-2.0
//
// Writes the manifest of the XS test program: the unit tests of the pure modules, all that they import, and the vector
// files. A test file that cannot run under XS says why in a comment line: `// node-only: reason`.

import {
	existsSync,
	mkdirSync,
	readFileSync,
	readdirSync,
	realpathSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

/** Folders of tests/ whose tests run under XS too. */
const folders = [
	"bytes",
	"dhcp",
	"ini",
	"settings",
	"snmp",
	"store",
	"files",
	"http",
	"http-server",
	"image",
	"flash",
	"sip",
	"update",
	"syslog",
	"trace",
	"console",
	"tls",
	"xmodem",
];
const nodeOnlyLine = /^\/\/ node-only: (.+)$/m;
/** What tests/xs/manifest.json gives. */
const shims = ["node:test", "node:assert/strict"];
const vectorsModule = "tests/harness/vectors";

export interface Bundle {
	/** absolute path of the generated manifest */
	manifest: string;
	/** test files, as specifiers */
	tests: string[];
	/** files left out, with the reason each gives */
	nodeOnly: { file: string; reason: string }[];
}

function filesBelow(folder: string): string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.sort()
		.flatMap((name) => {
			const path = join(folder, name);
			return statSync(path).isDirectory() ? filesBelow(path) : [path];
		});
}

class Bundler {
	/** specifier to source path without extension */
	readonly #modules = new Map<string, string>();
	readonly #root: string;

	constructor(root: string) {
		this.#root = root;
	}

	get modules(): Record<string, string> {
		return Object.fromEntries(this.#modules);
	}

	/** Adds a TypeScript file and everything it imports. @returns its specifier */
	add(file: string, importer = "the bundle"): string {
		const specifier = relative(this.#root, file).replace(/\.ts$/, "");
		if (specifier === vectorsModule || this.#modules.has(specifier)) return specifier;
		if (!existsSync(file)) throw new Error(`${importer} imports ${file}, which is not there`);
		this.#modules.set(specifier, file.replace(/\.ts$/, ""));
		for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8")).importedFiles) {
			if (fileName.startsWith(".")) this.add(resolve(dirname(file), fileName.replace(/\.js$/, ".ts")), specifier);
			else if (!shims.includes(fileName)) {
				throw new Error(`${specifier}.ts imports ${fileName}: not under XS; mark the test "// node-only: reason"`);
			}
		}
		return specifier;
	}
}

/** `data` of the manifest: one pattern for each folder that holds vectors. */
function vectorPatterns(tests: string, files: string[]): Record<string, string> {
	const patterns: Record<string, string> = {};
	for (const file of files) patterns[`${relative(tests, dirname(file))}/*`] = `${dirname(file)}/*`;
	return patterns;
}

/**
 * Writes the generated files into a folder.
 * @param root the project
 * @throws Error when a test imports what XS does not have
 */
export function writeBundle(root: string): Bundle {
	const project = realpathSync(root);
	const testsFolder = join(project, "tests");
	const target = join(project, "build/xs-tests-bundle");
	const bundler = new Bundler(project);
	const bundle: Bundle = { manifest: join(target, "manifest.json"), tests: [], nodeOnly: [] };
	const vectors: string[] = [];
	for (const file of folders.flatMap((folder) => filesBelow(join(testsFolder, folder)))) {
		const isTest = file.endsWith(".test.ts");
		const reason = isTest ? nodeOnlyLine.exec(readFileSync(file, "utf8"))?.[1] : undefined;
		if (reason !== undefined) bundle.nodeOnly.push({ file: relative(project, file), reason });
		else if (isTest) bundle.tests.push(bundler.add(file));
		else if (file.includes("/vectors/")) vectors.push(file);
	}
	const names = vectors.map((file) => relative(testsFolder, file)).sort();
	rmSync(target, { recursive: true, force: true });
	mkdirSync(target, { recursive: true });
	const files = [
		`export const testFiles = ${JSON.stringify(bundle.tests, null, "\t")};`,
		`export const vectorFiles = ${JSON.stringify(names, null, "\t")};`,
	];
	writeFileSync(join(target, "files.js"), `${files.join("\n")}\n`);
	const manifest = {
		include: [join(testsFolder, "xs/manifest.json")],
		modules: { "xs-tests/files": "./files", ...bundler.modules },
		data: vectorPatterns(testsFolder, vectors),
	};
	writeFileSync(bundle.manifest, JSON.stringify(manifest, null, "\t"));
	return bundle;
}

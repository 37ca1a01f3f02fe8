// SPDX-License-Identifier: Apache-2.0
//
// The builder: from a Moddable manifest to a Linux program that holds the XS engine, the modules as bytecode and the
// host's C. Everything it makes lies in build/; only what changed is made again. ESP32 firmware is mcconfig's work.

import { readFileSync, readdirSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type CompileJob, type Toolchain, compileAll, linkProgram, packedRelocations } from "./compile.js";
import { FileCache, withLock } from "./files.js";
import { type Flags, readFlags } from "./flags.js";
import type { JsonObject } from "./json.js";
import { linkModules } from "./linker.js";
import { type Manifest, loadManifest, mergeProperties } from "./manifest.js";
import { type MatchedFiles, matchFiles } from "./match.js";
import { updateScripts, writeLists } from "./scripts.js";
import { type Target, riscvTarget, targetOf } from "./target.js";

export { BuildError } from "./error.js";

export const projectRoot = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

export interface BuildOptions {
	/** the application's manifest; default `manifest.json` of the project */
	manifest?: string;
	/** default `linux` */
	platform?: string;
	/** of the program and of its folder; default `gateway` */
	name?: string;
	/** -Og -g instead of the flags' own level */
	debug?: boolean;
	/** AddressSanitizer and UndefinedBehaviorSanitizer for our own C */
	sanitize?: boolean;
	/** gcc -m32: the memory gate */
	bits32?: boolean;
	/** added to the manifest's `config` */
	config?: JsonObject;
	/** one line per step that is done; nothing when all is up to date */
	onMessage?: (message: string) => void;
}

export interface BuildResult {
	/** absolute path */
	executable: string;
	/** absolute path of the configuration's folder: modules/, modules.list, mc.xs.h ... */
	folder: string;
	/** false when the program was up to date */
	changed: boolean;
}

/** What looks into a running or crashed program reads the tables that `cflags` leaves out of the one that is shipped. */
const lookInside = ["-g", "-fasynchronous-unwind-tables"];
const ownFlags = ["-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror"];

/** Absolute folder of the XS sources that set-up unpacked. */
export function engineFolder(): string {
	const text = readFileSync(join(projectRoot, "tools/lib/requirements.json"), "utf8");
	const { xs } = JSON.parse(text) as { xs: { xs: string } };
	return join(projectRoot, "build", `xs-${xs.xs}`);
}

function toolchain(onMessage: BuildOptions["onMessage"]): Toolchain {
	const folder = join(projectRoot, "build/cache");
	return { root: projectRoot, folder, cache: new FileCache(folder), onMessage: onMessage ?? (() => undefined) };
}

interface Variant {
	target: Target;
	suffix: string;
	/** for every compiler run and for the link */
	common: string[];
	own: string[];
}

function variant(options: BuildOptions): Variant {
	const target = targetOf(options.platform ?? "linux");
	const result: Variant = { target, suffix: target.suffix, common: [...target.common], own: [] };
	if (options.debug === true) {
		result.suffix += "-debug";
		result.common.push("-Og", ...lookInside);
	}
	if (options.sanitize === true) {
		result.suffix += "-sanitize";
		// Not for the engine: it reads strings by words, past their end, on purpose.
		result.common.push(...lookInside, "-fno-omit-frame-pointer");
		result.own.push("-fsanitize=address,undefined", "-fno-sanitize-recover=undefined");
	}
	if (options.bits32 === true) {
		result.suffix += "-32";
		result.common.push("-m32");
	}
	return result;
}

function includeFlags(flags: Flags, engine: string): string[] {
	return flags.includes.flatMap((folder) => [folder.startsWith(engine) ? "-isystem" : "-I", folder]);
}

/** `cflags`, and `fastFlags` for what runs for each byte or each step of a script. */
function levelFlags(flags: Flags, source: string): string[] {
	return flags.fast.includes(basename(source)) ? [...flags.cflags, ...flags.fastFlags] : flags.cflags;
}

/** One job per engine source, and what wraps one; `-w` since the code is not ours. */
function engineJobs(flags: Flags, engine: string, chosen: Variant): CompileJob[] {
	const defines = flags.defines.map((define) => `-D${define}`);
	const rest = [...chosen.common, "-w", ...defines, ...includeFlags(flags, engine)];
	return flags.sources.map((source) => ({
		source,
		compiler: chosen.target.compiler,
		flags: [...levelFlags(flags, source), ...rest],
		label: relative(engine, source),
	}));
}

function ownJobs(sources: string[], includes: string[], flags: Flags, engine: string, chosen: Variant): CompileJob[] {
	const rest = [
		...chosen.common,
		...chosen.own,
		...flags.defines.map((define) => `-D${define}`),
		...includes.flatMap((folder) => ["-I", folder]),
		...includeFlags(flags, engine),
	];
	return sources.map((source) => ({
		source,
		compiler: chosen.target.compiler,
		flags: [...ownFlags, ...flags.warnings, ...levelFlags(flags, source), ...rest],
		label: relative(projectRoot, source),
	}));
}

/** All C sources of some folders, sorted. */
function cSourcesOf(...folders: string[]): string[] {
	return folders.flatMap((folder) =>
		readdirSync(folder)
			.filter((name) => name.endsWith(".c"))
			.sort()
			.map((name) => join(folder, name)),
	);
}

/** The flash model and the partition table; not the sources that bind them to scripts. */
function bootloaderFlashSources(host: string): string[] {
	const isBinding = (source: string): boolean => /#include "(xsmc|mc\.xs)\.h"/.test(readFileSync(source, "utf8"));
	return cSourcesOf(join(host, "flash")).filter((source) => !isBinding(source));
}

async function updateLinker(engine: string, tools: Toolchain): Promise<string> {
	const folder = join(projectRoot, "tools/linker");
	const flags = readFlags(join(folder, "flags.json"), engine);
	flags.includes.push(join(projectRoot, "hosts/linux/xs"));
	const plain = variant({});
	const jobs = [...engineJobs(flags, engine, plain), ...ownJobs(cSourcesOf(folder), [], flags, engine, plain)];
	const { objects } = await compileAll(jobs, tools);
	const output = join(projectRoot, "build/linker");
	await linkProgram(objects, output, flags.libraries, tools);
	return output;
}

interface Program {
	manifest: Manifest;
	files: MatchedFiles;
	folder: string;
	output: string;
	chosen: Variant;
	/** mc.xs.c and mc.resources.c */
	generated: string[];
}

async function updateProgram(program: Program, engine: string, tools: Toolchain): Promise<boolean> {
	const { manifest, files, folder, chosen } = program;
	const flags = readFlags(join(projectRoot, "hosts/linux/xs/flags.json"), engine);
	const includes = [folder, ...files.cIncludes];
	const host: Variant = { ...chosen, own: [...chosen.own, "-include", "mc.defines.h", ...manifest.cFlags] };
	const own = [...files.cSources, ...program.generated].filter((source) => !flags.sources.includes(source));
	const jobs = [...engineJobs(flags, engine, chosen), ...ownJobs(own, includes, flags, engine, host)];
	const { objects } = await compileAll(jobs, tools);
	const { libraries = [...flags.libraries, ...packedRelocations()], compiler } = chosen.target;
	const args = [...chosen.common, ...chosen.own, ...libraries, ...manifest.libraries];
	return linkProgram(objects, program.output, args, tools, compiler);
}

/**
 * Builds a program; does nothing, in well under a second, when it is up to date.
 * @throws BuildError; what was made until then is kept for the next try
 */
export async function build(options: BuildOptions = {}): Promise<BuildResult> {
	return withLock(join(projectRoot, "build/cache"), async () => {
		const tools = toolchain(options.onMessage);
		const name = options.name ?? "gateway";
		const chosen = variant(options);
		const folder = join(projectRoot, "build", name + chosen.suffix);
		const manifest = loadManifest(
			resolve(projectRoot, options.manifest ?? "manifest.json"),
			options.platform ?? "linux",
		);
		if (options.config !== undefined) mergeProperties(manifest.config, options.config);
		for (const warning of manifest.warnings) tools.onMessage(`warning: ${warning}`);
		const files = matchFiles(manifest);
		const engine = engineFolder();
		const context = { root: projectRoot, folder, cache: tools.cache, onMessage: tools.onMessage };
		try {
			const scripts = await updateScripts(manifest, files, context);
			const lists = writeLists(manifest, files, scripts, context);
			const linker = await updateLinker(engine, tools);
			const code = await linkModules(linker, scripts, lists, folder, tools);
			const output = join(folder, name);
			const program = { manifest, files, folder, output, chosen, generated: [code, lists.resources] };
			const changed = await updateProgram(program, engine, tools);
			return { executable: output, folder, changed };
		} finally {
			tools.cache.save();
		}
	});
}

interface BootloaderParts {
	chosen: Variant;
	/** C sources, absolute */
	sources: string[];
	output: string;
}

function linuxBootloader(sanitize: boolean): BootloaderParts {
	const chosen = variant({ sanitize });
	const host = join(projectRoot, "hosts/linux");
	const sources = [...cSourcesOf(join(host, "bootloader")), ...bootloaderFlashSources(host)];
	return { chosen, sources, output: join(projectRoot, `build/bootloader${chosen.suffix}`) };
}

/** What chooses and checks is the Linux host's; what drives devices and loads is the machine's. */
function riscvBootloader(): BootloaderParts {
	const target = riscvTarget("bootloader");
	const chosen = { target, suffix: target.suffix, common: target.common, own: [] };
	const host = join(projectRoot, "hosts/riscv-virt");
	const of = (folder: string, ...names: string[]): string[] =>
		names.map((name) => join(projectRoot, "hosts", folder, `${name}.c`));
	const sources = [
		...cSourcesOf(join(host, "bootloader"), join(host, "machine"), join(host, "flash")),
		...of("riscv-virt/system", "end", "files", "time"),
		...of("linux/bootloader", "image", "otadata", "select", "sha256", "sha256-x86"),
		...of("linux/flash", "md5", "nor", "partitions"),
	];
	return { chosen, sources, output: join(projectRoot, "build/bootloader-riscv") };
}

/**
 * Builds the program that stands for the chip's boot loader: plain C, without the engine.
 * @throws BuildError
 */
export async function buildBootloader(
	options: Pick<BuildOptions, "onMessage" | "sanitize" | "platform"> = {},
): Promise<BuildResult> {
	return withLock(join(projectRoot, "build/cache"), async () => {
		const tools = toolchain(options.onMessage);
		const isRiscv = options.platform === "riscv-virt";
		const { chosen, sources, output } = isRiscv ? riscvBootloader() : linuxBootloader(options.sanitize ?? false);
		const host = join(projectRoot, "hosts/linux");
		const flags = readFlags(join(host, "bootloader/flags.json"), engineFolder());
		flags.sources = [];
		const all = { ...flags, cflags: ["-O2", "-g", ...flags.cflags] };
		const includes = [join(host, "flash"), join(host, "bootloader")];
		const { objects } = await compileAll(ownJobs(sources, includes, all, engineFolder(), chosen), tools);
		const libraries = chosen.target.libraries ?? flags.libraries;
		const args = [...chosen.common, ...chosen.own, ...libraries];
		const changed = await linkProgram(objects, output, args, tools, chosen.target.compiler);
		return { executable: output, folder: join(projectRoot, "build"), changed };
	});
}

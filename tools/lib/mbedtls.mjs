// SPDX-License-Identifier: Apache-2.0
//
// Mbed TLS for the Linux host: fetches the source package that requirements.json names through apt, from the mirror the
// machine uses already, and builds static libraries with our configuration (modules/tls/mbedtls-config.h) into
// build/mbedtls. apt checks signature and hashes; its own state is not touched: all lists lie in build/.
// A library of the system is not used: it has neither our configuration nor the allocation hooks. The files whose code depends
// on the length of the record buffers are built twice, the second time for small buffers and with names of their own.

import { createHash } from "node:crypto";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isMade, makeWhole } from "./whole-folder.mjs";

const cFlags = [
	...["-g0", "-std=c99", "-D_GNU_SOURCE", "-ffunction-sections", "-fdata-sections", "-fno-common", "-w"],
	/* Nothing unwinds these frames, and the tables are a tenth of the code. */
	...["-fno-asynchronous-unwind-tables", "-fno-unwind-tables"],
];
/** What runs for each byte, or for each number of a key exchange; the rest is built to be small. */
const hot =
	/^(aes|aesni|block_cipher|gcm|ccm|chacha20|chachapoly|poly1305|sha256|sha512|bignum|ecp|ecp_curves|constant_time)(_core)?\.c$/;
/**
 * These agree by the compiler's flags on how they use the processor's AES, and so on how round keys are aligned: the same flags for all. The
 * compiler orders the instructions, a third of those of the library's own assembly. The library asks the processor before it uses them.
 */
const withAES = /^(aes|aesni|gcm)\.c$/;
const aesFlags = ["-O3", "-maes", "-mpclmul"];
/** Nothing in it but what only runs on processors with AES, which have SSSE3 too: bytes are put in reverse order by one instruction. */
const onlyAES = /^aesni\.c$/;
const onlyAESFlags = [...aesFlags, "-mssse3"];
/** What depends on MBEDTLS_SSL_IN_CONTENT_LEN and MBEDTLS_SSL_OUT_CONTENT_LEN. */
const sized = /^ssl_(msg|tls|tls12_\w+|tls13_\w+)\.c$/;
const jobs = 2;

/** @returns what a command printed; `undefined` when it failed */
function output(command, args) {
	const { status, stdout } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 64 << 20 });
	return status === 0 ? stdout : undefined;
}

/** Signs Debian's releases; on systems that trust it only where a line names it, ours has to name it too. */
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Sources of the wanted suite on the mirrors of this machine: its own lines with another suite name. */
function sourceLines(suite) {
	const text = output("apt-get", [
		"indextargets",
		"--format",
		"$(REPO_URI)|$(RELEASE)|$(COMPONENT)",
		"Created-By: Packages",
	]);
	const signed = existsSync(keyring) ? `[signed-by=${keyring}] ` : "";
	const lines = new Set();
	for (const line of (text ?? "").split("\n")) {
		const [uri, release, component] = line.split("|");
		// The main archive and its security updates, not other people's archives with other names.
		const match = /^[a-z]+(-security)?$/.exec(release ?? "");
		if (component === "main" && match !== null) lines.add(`deb-src ${signed}${uri} ${suite}${match[1] ?? ""} main`);
	}
	return [...lines].sort();
}

/** Options that keep apt away from the system's own lists and caches. */
function privateApt(folder) {
	const paths = {
		"Dir::State": join(folder, "state"),
		"Dir::State::status": join(folder, "state/status"),
		"Dir::Cache": join(folder, "cache"),
		"Dir::Etc::SourceList": join(folder, "sources.list"),
		"Dir::Etc::SourceParts": "/dev/null",
		"Dir::Etc::Preferences": "/dev/null",
		"Dir::Etc::PreferencesParts": "/dev/null",
	};
	mkdirSync(join(folder, "state/lists/partial"), { recursive: true });
	mkdirSync(join(folder, "cache/archives/partial"), { recursive: true });
	writeFileSync(join(folder, "state/status"), "");
	const user = process.getuid?.() === 0 ? ["-o", "APT::Sandbox::User=root"] : [];
	return [...user, ...Object.entries(paths).flatMap(([name, value]) => ["-o", `${name}=${value}`])];
}

/** @returns the folder of the unpacked sources. @throws Error with one line of explanation */
export function fetchSources({ suite, package: name, least }, cache) {
	const apt = join(cache, `apt-${suite}`);
	const unpacked = join(cache, name);
	const stamp = join(unpacked, ".unpacked");
	if (existsSync(stamp)) return join(unpacked, readFileSync(stamp, "utf8"));
	const lines = sourceLines(suite);
	if (lines.length === 0) throw new Error("no Debian mirror found in apt's configuration");
	rmSync(apt, { recursive: true, force: true });
	rmSync(unpacked, { recursive: true, force: true });
	mkdirSync(unpacked, { recursive: true });
	const options = privateApt(apt);
	writeFileSync(join(apt, "sources.list"), `${lines.join("\n")}\n`);
	const run = (command, args) =>
		spawnSync(command, args, { cwd: unpacked, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
	if (!run("apt-get", ["-q", ...options, "update"]))
		throw new Error(`the lists of Debian's release ${suite} cannot be had`);
	if (!run("apt-get", ["-q", ...options, "source", "--download-only", "--only-source", name]))
		throw new Error(`Debian's source package ${name} of ${suite} cannot be had`);
	const description = readdirSync(unpacked).find((file) => file.endsWith(".dsc"));
	if (description === undefined) throw new Error(`Debian's source package ${name} has no description`);
	const version = /_([0-9.]+)/.exec(description)?.[1] ?? "0";
	if (version.localeCompare(least, undefined, { numeric: true }) < 0)
		throw new Error(`${name} ${version} is older than ${least}`);
	const folder = `${name}-${version}`;
	/* apt has checked the signature and the hashes of all its files. */
	if (!run("dpkg-source", ["--no-check", "-x", description, folder])) throw new Error(`cannot unpack ${description}`);
	rmSync(apt, { recursive: true, force: true });
	writeFileSync(stamp, folder);
	return join(unpacked, folder);
}

function start(command, args) {
	return new Promise((resolve) => {
		const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
		child.on("error", () => resolve(false));
		child.on("exit", (status) => resolve(status === 0));
	});
}

function levelOf(name) {
	if (onlyAES.test(name)) return onlyAESFlags;
	if (withAES.test(name)) return aesFlags;
	return [hot.test(name) ? "-O2" : "-Os"];
}

/** Compiles some files of the library, two at a time. @throws Error */
async function compileFiles(names, objects, flags, library, machine) {
	mkdirSync(objects, { recursive: true });
	const queue = [...names];
	let failed;
	const worker = async () => {
		for (let name = queue.shift(); name !== undefined && failed === undefined; name = queue.shift()) {
			const object = join(objects, name.replace(/c$/, "o"));
			const args = [
				...machine.levelOf(name),
				...flags,
				"-c",
				machine.pathOf?.(name) ?? join(library, name),
				"-o",
				object,
			];
			if (!(await start(`${machine.prefix}gcc`, args))) failed = name;
		}
	};
	await Promise.all(Array.from({ length: jobs }, worker));
	if (failed !== undefined) throw new Error(`gcc failed at ${failed} of Mbed TLS`);
	return names.map((name) => join(objects, name.replace(/c$/, "o")));
}

/** Whatever these objects define and others may call gets `small_` before its name. */
async function rename(objects, folder, prefix) {
	const symbols = output(`${prefix}nm`, ["--defined-only", "--extern-only", "--format=posix", ...objects]);
	if (symbols === undefined) throw new Error("nm failed at Mbed TLS");
	const names = symbols.split("\n").flatMap((line) => /^(mbedtls_\w+) /.exec(line)?.[1] ?? []);
	const list = join(folder, "renamed");
	writeFileSync(list, names.map((name) => `${name} small_${name}\n`).join(""));
	for (const object of objects)
		if (!(await start(`${prefix}objcopy`, [`--redefine-syms=${list}`, object])))
			throw new Error("objcopy failed at Mbed TLS");
}

/** Of this computer, by the length of a pointer. */
function ownMachine(bits) {
	return { prefix: "", flags: bits === "32" ? ["-m32"] : [], levelOf, folder: `lib${bits}` };
}

/**
 * Compiles the library for one machine, into a folder `machine.folder` of `target`.
 * @param machine `prefix` of its tools' names, `flags` for its compiler, `levelOf` a file's name, `folder`
 */
export async function compileMbedTLS(source, target, config, machine) {
	const library = join(source, "library");
	const folder = join(target, machine.folder);
	const objects = join(target, `${machine.folder}-objects`);
	const names = readdirSync(library).filter((file) => file.endsWith(".c"));
	const includes = ["-I", join(source, "include"), "-I", library];
	const flags = [...cFlags, ...machine.flags, `-DMBEDTLS_CONFIG_FILE="${config}"`, ...includes];
	const all = await compileFiles(names, objects, flags, library, machine);
	const records = names.filter((name) => sized.test(name));
	const small = await compileFiles(records, join(objects, "small"), [...flags, "-DUPGATE_TLS_SMALL"], library, machine);
	await rename(small, objects, machine.prefix);
	/* Two archives: in one, members of the same name would be in each other's way. */
	await archive(join(folder, "libupgate-mbedtls.a"), all, machine.prefix);
	await archive(join(folder, "libupgate-mbedtls-small.a"), small, machine.prefix);
	rmSync(objects, { recursive: true });
}

async function archive(path, members, prefix) {
	mkdirSync(dirname(path), { recursive: true });
	if (!(await start(`${prefix}ar`, ["rcsD", path, ...members]))) throw new Error(`ar failed at ${basename(path)}`);
}

/** Compiles plain C files of a library, each once, into an archive. */
export async function compileArchive(path, files, flags, machine) {
	const objects = `${path}-objects`;
	const names = files.map((file) => basename(file));
	await compileFiles(names, objects, [...cFlags, ...machine.flags, ...flags], "", {
		...machine,
		levelOf: () => ["-Os"],
		pathOf: (name) => files[names.indexOf(name)],
	});
	await archive(
		path,
		names.map((name) => join(objects, name.replace(/c$/, "o"))),
		machine.prefix,
	);
	rmSync(objects, { recursive: true });
}

/**
 * Brings build/mbedtls up to date: include/, lib64/, lib32/ (where gcc -m32 works).
 * @param requirement `mbedtls` of requirements.json
 * @returns `false` when nothing had to be done
 * @throws Error with one line of explanation; what was there before stays
 */
export async function installMbedTLS(requirement, root) {
	const build = join(root, "build");
	const target = join(build, "mbedtls");
	const config = join(root, requirement.config);
	const has32 = existsSync("/usr/lib32/crt1.o");
	const text = JSON.stringify([requirement, cFlags, onlyAESFlags, withAES.source, hot.source, sized.source, has32]);
	const wanted = createHash("sha256").update(text).update(readFileSync(config)).digest("hex");
	if (isMade(target, wanted)) return false;
	const cache = join(build, "cache");
	mkdirSync(cache, { recursive: true });
	console.error("set-up: Mbed TLS: fetching and building (half a minute, once)");
	const source = fetchSources(requirement, cache);
	await makeWhole(target, wanted, async (fresh) => {
		for (const bits of has32 ? ["64", "32"] : ["64"]) await compileMbedTLS(source, fresh, config, ownMachine(bits));
		cpSync(join(source, "include"), join(fresh, "include"), { recursive: true });
	});
	return true;
}

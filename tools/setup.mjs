// SPDX-License-Identifier: Apache-2.0
//
// Makes a fresh clone runnable: Debian packages, npm packages, the XS engine's sources, Mbed TLS. Plain Node without
// dependencies, because it runs before any are installed. Does nothing, in a few milliseconds, when all is there;
// then it needs no network. What is needed stands in lib/requirements.json.
// Usage: node tools/setup.mjs start|test|fuzz|riscv; without the packages of `fuzz` its command still runs, and says what it lacks

import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installMbedTLS } from "./lib/mbedtls.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const buildFolder = join(root, "build");
const requirements = JSON.parse(readFileSync(join(root, "tools/lib/requirements.json"), "utf8"));

/** Ends set-up with one line of explanation. */
class SetupError extends Error {}

function run(command, args, options = {}) {
	const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], ...options });
	if (result.error) throw new SetupError(`set-up: cannot run ${command}: ${result.error.message}`);
	return result.status === 0;
}

function isOnPath(command) {
	const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
	return folders.some((folder) => {
		try {
			accessSync(join(folder, command), constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}

function missingPackages(set) {
	const { start, test, fuzz, riscv } = requirements.apt;
	const wanted = { start, test: [...start, ...test], fuzz, riscv };
	return wanted[set]
		.filter((entry) => (entry.command ? !isOnPath(entry.command) : !existsSync(entry.file)))
		.map((entry) => entry.package);
}

/**
 * Packages of servers start them at once, on their public ports: Debian's policy-rc.d says no meanwhile (invoke-rc.d(8)).
 * One that is there already stays as it is.
 */
function withoutServices(install) {
	const policy = "/usr/sbin/policy-rc.d";
	if (existsSync(policy)) return install();
	writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
	try {
		return install();
	} finally {
		rmSync(policy, { force: true });
	}
}

function installAptPackages(set) {
	const missing = missingPackages(set);
	if (missing.length === 0) return;
	const line = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
	if (process.getuid?.() !== 0 || !isOnPath("apt-get")) {
		throw new SetupError(
			`set-up: these packages are missing; type this, then try again:\n\tsudo apt-get update && sudo ${line}`,
		);
	}
	console.error(`set-up: installing ${missing.join(" ")}`);
	const quiet = { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
	const [command, ...args] = line.split(" ");
	if (!run("apt-get", ["update", "-q"], quiet))
		console.error("set-up: apt-get update failed, going on with the old lists");
	const installed = withoutServices(() => run(command, args, quiet));
	if (!installed) throw new SetupError(`set-up: this command failed: ${line}`);
	const still = missingPackages(set);
	if (still.length > 0) throw new SetupError(`set-up: installed, but still not found: ${still.join(" ")}`);
}

function installIfPossible(set) {
	try {
		installAptPackages(set);
	} catch (error) {
		if (!(error instanceof SetupError)) throw error;
		console.error(`${error.message}\nset-up: going on without`);
	}
}

function installNpmPackages() {
	const lock = createHash("sha256")
		.update(readFileSync(join(root, "package-lock.json")))
		.digest("hex");
	const stamp = join(root, "node_modules/.upgate-lock");
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
	console.error("set-up: installing npm packages");
	/* All our packages are development packages; with NODE_ENV=production npm would leave them out. */
	const options = [
		"--include=dev",
		"--no-audit",
		"--no-fund",
		"--ignore-scripts",
		"--prefer-offline",
		"--loglevel=error",
	];
	if (!run("npm", ["ci", ...options])) {
		throw new SetupError("set-up: npm ci failed (it needs a package registry the first time)");
	}
	writeFileSync(stamp, lock);
}

function verified(file, sha512) {
	return existsSync(file) && createHash("sha512").update(readFileSync(file)).digest("hex") === sha512;
}

/** Fetches and unpacks the XS sources; no script of the package runs, and its contents are pinned by hash. */
function installEngineSources() {
	const { xs } = requirements;
	const target = join(buildFolder, `xs-${xs.xs}`);
	const stamp = join(target, ".sha512");
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === xs.sha512) return;
	const cache = join(buildFolder, "cache");
	mkdirSync(cache, { recursive: true });
	const archive = join(cache, `${xs.package.replace("@", "").replace("/", "-")}-${xs.version}.tgz`);
	if (!verified(archive, xs.sha512)) {
		console.error(`set-up: fetching the XS ${xs.xs} sources`);
		const name = `${xs.package}@${xs.version}`;
		const args = [
			"pack",
			name,
			"--ignore-scripts",
			"--prefer-offline",
			"--loglevel=error",
			"--pack-destination",
			cache,
		];
		if (!run("npm", args, { stdio: ["ignore", "ignore", "inherit"] })) {
			throw new SetupError(`set-up: npm pack ${name} failed (it needs a package registry the first time)`);
		}
		if (!verified(archive, xs.sha512)) {
			rmSync(archive, { force: true });
			throw new SetupError(`set-up: ${name} is not the archive whose SHA-512 is in tools/lib/requirements.json`);
		}
	}
	const fresh = `${target}.${process.pid}`;
	mkdirSync(fresh, { recursive: true });
	const strip = `--strip-components=${xs.folder.split("/").length}`;
	if (!run("tar", ["-xzf", archive, "-C", fresh, strip, xs.folder]))
		throw new SetupError(`set-up: cannot unpack ${archive}`);
	writeFileSync(join(fresh, ".sha512"), xs.sha512);
	rmSync(target, { recursive: true, force: true });
	renameSync(fresh, target);
}

async function installForRiscv() {
	const { installRiscvLibraries } = await import("./lib/riscv.mjs");
	await installRiscvLibraries(requirements, root).catch((error) => {
		throw new SetupError(`set-up: ${error.message}`);
	});
}

try {
	const set = process.argv[2];
	if (!["start", "test", "fuzz", "riscv"].includes(set))
		throw new SetupError("usage: node tools/setup.mjs start|test|fuzz|riscv");
	const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
	if (major < 20 || (major === 20 && minor < 19))
		throw new SetupError(`set-up: Node.js 20.19 or later is needed, this is ${process.versions.node}`);
	installAptPackages(set === "test" ? "test" : "start");
	if (set === "riscv") installAptPackages(set);
	if (set === "fuzz") installIfPossible(set);
	installNpmPackages();
	installEngineSources();
	await installMbedTLS(requirements.mbedtls, root).catch((error) => {
		throw new SetupError(`set-up: ${error.message}`);
	});
	if (set === "riscv") await installForRiscv();
} catch (error) {
	if (!(error instanceof SetupError)) throw error;
	console.error(error.message);
	process.exitCode = 1;
}

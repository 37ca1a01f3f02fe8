// SPDX-License-Identifier: Apache-2.0
//
// What hosts/riscv-virt is built from besides our own: Mbed TLS, from the sources that the Linux host uses, and lwIP, from Debian's
// source package of the release that requirements.json names; both as static libraries in build/riscv. Made only when that host
// is asked for. lwIP's sources are pinned by hash.

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { compileArchive, compileMbedTLS, fetchSources } from "./mbedtls.mjs";
import { isMade, makeWhole } from "./whole-folder.mjs";

/** @param flags of requirements.json */
const machineWith = (flags) => ({
	prefix: "riscv64-unknown-elf-",
	folder: "lib",
	flags: [
		...flags,
		/* Random bytes and the time of tickets come from hosts/riscv-virt/system/mbedtls.c. */
		...["-DMBEDTLS_NO_PLATFORM_ENTROPY", "-DMBEDTLS_ENTROPY_HARDWARE_ALT", "-DMBEDTLS_PLATFORM_MS_TIME_ALT"],
	],
	levelOf: (name) => [
		/^(aes|block_cipher|gcm|ccm|chacha20|chachapoly|poly1305|sha256|sha512|bignum|ecp|constant_time)/.test(name)
			? "-O2"
			: "-Os",
	],
});

/** The core, IPv4, of IPv6 its texts and what the core calls, and Ethernet. */
function lwipFiles(source) {
	return ["core", "core/ipv4", "core/ipv6"]
		.flatMap((folder) =>
			readdirSync(join(source, "src", folder))
				.filter((name) => name.endsWith(".c"))
				.map((name) => join(source, "src", folder, name)),
		)
		.concat(join(source, "src/netif/ethernet.c"));
}

/** @throws Error when the fetched sources are not those that were looked at */
function checkSources(archive, sha256) {
	const found = createHash("sha256").update(readFileSync(archive)).digest("hex");
	if (found !== sha256)
		throw new Error(`${archive} is not the archive whose SHA-256 is in tools/lib/requirements.json`);
}

function fetchLwIP(requirement, cache) {
	const source = fetchSources(requirement, cache);
	const folder = join(cache, requirement.package);
	const archive = readdirSync(folder).find((name) => name.includes(".orig.tar."));
	if (archive === undefined) throw new Error("lwIP's source package has no archive of sources");
	checkSources(join(folder, archive), requirement.sha256);
	return source;
}

function digest(root, { mbedtls, lwip, riscv }) {
	const own = ["tools/lib/riscv.mjs", "tools/lib/mbedtls.mjs", mbedtls.config, `${lwip.config}/lwipopts.h`].concat(
		`${lwip.config}/arch/cc.h`,
	);
	const hash = createHash("sha256").update(JSON.stringify([mbedtls, lwip, riscv]));
	for (const path of own) hash.update(readFileSync(join(root, path)));
	return hash.digest("hex");
}

/**
 * Brings build/riscv up to date: include/, lib/.
 * @param requirements of requirements.json: `mbedtls`, `lwip`, `riscv`
 * @returns `false` when nothing had to be done
 * @throws Error with one line of explanation
 */
export async function installRiscvLibraries(requirements, root) {
	const { mbedtls, lwip, riscv } = requirements;
	const machine = machineWith(riscv.flags);
	const target = join(root, "build/riscv");
	const cache = join(root, "build/cache");
	const wanted = digest(root, requirements);
	if (isMade(target, wanted)) return false;
	mkdirSync(cache, { recursive: true });
	console.error("set-up: libraries for RISC-V: fetching and building (a minute, once)");
	const sources = { mbedtls: fetchSources(mbedtls, cache), lwip: fetchLwIP(lwip, cache) };
	await makeWhole(target, wanted, async (fresh) => {
		await compileMbedTLS(sources.mbedtls, fresh, join(root, mbedtls.config), machine);
		const includes = ["-I", join(root, lwip.config), "-I", join(sources.lwip, "src/include")];
		await compileArchive(join(fresh, "lib/libupgate-lwip.a"), lwipFiles(sources.lwip), includes, machine);
		cpSync(join(sources.mbedtls, "include"), join(fresh, "include"), { recursive: true });
		cpSync(join(sources.lwip, "src/include"), join(fresh, "include"), { recursive: true });
	});
	return true;
}

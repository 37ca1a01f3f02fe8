// SPDX-License-Identifier: Apache-2.0
//
// For which machine a program is built: the compiler, and what it needs to be told there.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Target {
	compiler: string;
	/** of the folder in build/ */
	suffix: string;
	/** for every compiler run and for the link */
	common: string[];
	/** for the link, in the place of those in flags.json */
	libraries?: string[];
}

const host = fileURLToPath(new URL("../../hosts/riscv-virt", import.meta.url));

const linux: Target = { compiler: "gcc", suffix: "", common: [] };

/** gcc 12 knows no library for an architecture with names of extensions; with the older specification they are in it. */
function riscvFlags(): string[] {
	const path = fileURLToPath(new URL("../lib/requirements.json", import.meta.url));
	const { riscv } = JSON.parse(readFileSync(path, "utf8")) as { riscv: { flags: string[] } };
	return [...riscv.flags, "-g0"];
}

/** @param program which memory it gets: a linker script of hosts/riscv-virt/machine */
export function riscvTarget(program: "firmware" | "bootloader"): Target {
	return {
		compiler: "riscv64-unknown-elf-gcc",
		suffix: "-riscv",
		/* Before the C library's own headers. */
		common: [...riscvFlags(), "-I", `${host}/system/include`],
		libraries: [
			"-nostartfiles",
			"-Wl,--gc-sections,--no-warn-rwx-segments",
			"-L",
			`${host}/machine`,
			"-T",
			`link-${program}.ld`,
			"-lm",
		],
	};
}

/** Platforms of manifests are targets; those that are not ours are built by the SDK. */
export function targetOf(platform: string): Target {
	return platform === "riscv-virt" ? riscvTarget("firmware") : linux;
}

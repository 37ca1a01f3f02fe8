// SPDX-License-Identifier: Apache-2.0
//
// Runs a gateway on the emulated RISC-V machine, its serial line on this terminal. The flash file is made when it is not there.
// Usage: npm run riscv -- [--flash FILE] [--ini FILE] [--mac HEX] [--factory FOLDER] [--partitions CSV]

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildBootloader, projectRoot } from "../build/index.js";
import { buildFirmware } from "../firmware-lib/build.js";
import { factoryVersion, makeFlash } from "../gateway-lib/factory.js";
import { machineArguments, qemu } from "./qemu.js";

const platform = "riscv-virt";

function readOptions() {
	const { values } = parseArgs({
		options: {
			flash: { type: "string", default: join(projectRoot, "build/riscv.flash") },
			ini: { type: "string" },
			mac: { type: "string", default: "00908F000001" },
			factory: { type: "string" },
			partitions: { type: "string", default: join(projectRoot, "hosts/partitions/4mb.csv") },
		},
	});
	if (!/^[0-9A-Fa-f]{12}$/.test(values.mac)) throw new Error("--mac wants 12 hex digits");
	return values;
}

/** @returns QEMU's exit status */
function run(args: string[]): Promise<number> {
	const machine = spawn(qemu, args, { stdio: "inherit" });
	return new Promise((resolve, reject) => {
		machine.on("error", reject);
		machine.on("exit", (code) => resolve(code ?? 1));
	});
}

async function main(): Promise<number> {
	const { mac, ...options } = readOptions();
	const { executable: bootloader } = await buildBootloader({ platform });
	await makeFlash({ ...options, image: () => buildFirmware({ version: factoryVersion, platform }) });
	const folder = mkdtempSync(join(tmpdir(), "upgate-riscv-"));
	try {
		return await run(machineArguments({ bootloader, flash: options.flash, mac, optionsFile: join(folder, "options") }));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

main().then(
	(status) => (process.exitCode = status),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : String(error));
		process.exitCode = 1;
	},
);

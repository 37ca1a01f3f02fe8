// SPDX-License-Identifier: Apache-2.0
//
// The machine that hosts/riscv-virt is for: how QEMU is started. Network: QEMU's own ("user"); the computer it runs on is 10.0.2.2
// there, with what listens on its loopback too.

import { writeFileSync } from "node:fs";

export interface MachineOptions {
	/** From `buildBootloader({ platform: "riscv-virt" })`. */
	bootloader: string;
	/** Flash file. */
	flash: string;
	/** 12 hex digits. */
	mac: string;
	/** Text file that is written here: start-up options for the firmware. */
	optionsFile: string;
	/** Pairs of `--name` and value, as the Linux host's boot loader takes them. */
	options?: readonly string[];
	/** TCP ports of this computer's loopback that lead to ports of the machine. */
	forwards?: readonly { from: number; to: number }[];
}

export const qemu = "qemu-system-riscv32";

/** Where the firmware looks for its options; hosts/riscv-virt/machine/machine.h. */
const optionsAddress = "0x80110000";

/** In QEMU's options a comma separates, two are one. */
function escaped(path: string): string {
	return path.replaceAll(",", ",,");
}

/** @returns QEMU's arguments; the serial line is standard input and output */
export function machineArguments({
	bootloader,
	flash,
	mac,
	optionsFile,
	options = [],
	forwards = [],
}: MachineOptions): string[] {
	/* Ended by a zero: what lies behind is whatever it was. */
	writeFileSync(optionsFile, `${options.map((option) => `${option}\n`).join("")}\0`);
	const ports = forwards.map(({ from, to }) => `hostfwd=tcp:127.0.0.1:${from}-:${to}`);
	const address = (mac.match(/../g) ?? []).join(":");
	return [
		...["-machine", "virt", "-m", "128M", "-bios", bootloader],
		...["-display", "none", "-monitor", "none", "-serial", "stdio", "-nodefaults"],
		...["-global", "virtio-mmio.force-legacy=false"],
		/* Unsafe: without a sync after each write. What was written outlives the emulator's end, though not that of this computer. */
		...["-drive", `file=${escaped(flash)},if=none,format=raw,cache=unsafe,id=flash`],
		...["-device", "virtio-blk-device,drive=flash"],
		...["-device", "virtio-rng-device"],
		...["-netdev", ["user,id=net", ...ports].join(","), "-device", `virtio-net-device,netdev=net,mac=${address}`],
		...["-device", `loader,file=${escaped(optionsFile)},addr=${optionsAddress},force-raw=on`],
	];
}

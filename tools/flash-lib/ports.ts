// SPDX-License-Identifier: Apache-2.0
//
// Which serial port: lists them, chooses the only one, explains why one cannot be opened.
// Leaves out telling a board from another USB device: by name and USB numbers the user can.

import { readdirSync } from "node:fs";
import { SerialPort } from "serialport";
import { FlashError } from "./error.js";

export interface PortInfo {
	path: string;
	manufacturer?: string;
	vendorId?: string;
	productId?: string;
	serialNumber?: string;
}

/** Ports that boards appear as; a PC's built-in ttyS ports are not. */
const BOARD_PORT = /\/(ttyUSB|ttyACM|cu\.(usb|wch|SLAB))|^COM[0-9]/;

/** The library asks udevadm on Linux; containers have none, but the devices are there. */
async function listPaths(): Promise<PortInfo[]> {
	try {
		return await SerialPort.list();
	} catch {
		return readdirSync("/dev").map((name) => ({ path: `/dev/${name}` }));
	}
}

/** @returns ports a board may be at, in the order of their names */
export async function listPorts(list: () => Promise<PortInfo[]> = listPaths): Promise<PortInfo[]> {
	const ports = (await list()).filter(({ path }) => BOARD_PORT.test(path));
	return ports.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** One line for people. */
export function describePort(port: PortInfo): string {
	const usb = port.vendorId === undefined ? "" : `${port.vendorId}:${port.productId ?? "?"}`;
	return [port.path, usb, port.manufacturer ?? "", port.serialNumber ?? ""].filter((text) => text !== "").join("  ");
}

/**
 * @param wanted path given by the user, or the only port
 * @throws FlashError FLASH_NO_PORT, FLASH_PORTS
 */
export async function choosePort(wanted?: string, list?: () => Promise<PortInfo[]>): Promise<PortInfo> {
	const ports = await listPorts(list);
	if (wanted !== undefined) return ports.find(({ path }) => path === wanted) ?? { path: wanted };
	if (ports.length === 1) return ports[0];
	if (ports.length === 0) {
		throw new FlashError("FLASH_NO_PORT", "no serial port found: connect the board, or name its port by --port");
	}
	const lines = ports.map((port) => `\n  ${describePort(port)}`).join("");
	throw new FlashError("FLASH_PORTS", `several serial ports, choose one by --port:${lines}`);
}

/** What the library says when it cannot open a port, in our words. */
export function explainOpen(path: string, cause: Error): FlashError {
	const text = cause.message;
	if (/permission denied|access denied/i.test(text)) {
		const how = "your user must be in the group dialout (sudo adduser $USER dialout, then log in again)";
		return new FlashError("FLASH_PERMISSION", `${path}: permission denied; ${how}`, { cause });
	}
	if (/cannot lock|busy|temporarily unavailable/i.test(text)) {
		return new FlashError("FLASH_BUSY", `${path}: another program has it open`, { cause });
	}
	if (/no such file|file not found/i.test(text))
		return new FlashError("FLASH_NO_PORT", `${path}: no such port`, { cause });
	return new FlashError("FLASH_PORT", `${path}: ${text}`, { cause });
}

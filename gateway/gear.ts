// SPDX-License-Identifier: Apache-2.0
//
// The host's device with two functions that many parts ask for. Made once: a function that keeps something takes 200 bytes of the
// script's heap on the chip, and there would be twenty of them.

import type { Device } from "../modules/ecma419/device.js";

export interface Gear extends Device {
	/** Monotonic milliseconds. */
	readonly ticks: () => number;
	/** Fills with bytes that nobody can guess. */
	readonly random: (bytes: Uint8Array) => void;
}

export function makeGear(device: Device): Gear {
	const { board } = device;
	return { ...device, ticks: () => board.clock.ticks(), random: (bytes) => board.random(bytes) };
}

// SPDX-License-Identifier: Apache-2.0
//
// `Board` in the SDK's Linux simulator: a fixed description and MAC address, the system's clock and random bytes; a restart
// ends the program. Options come from the environment: UPGATE_FLASH for `flash`. Types and meaning: modules/ecma419/board.ts.
// Leaves out: memory figures, the event file.

import type { ApplicationDescription, Board, Clock, ClockSource, Memory } from "../../modules/ecma419/board.js";

function nativeTicks(this: unknown): number {
	return native("xs_lin_ticks").call(this);
}
function nativeRandom(this: unknown, bytes: Uint8Array): void {
	return native("xs_lin_random").call(this, bytes);
}
function nativeExit(this: unknown): void {
	return native("xs_lin_exit").call(this);
}
function nativeEnvironment(this: unknown, name: string): string | undefined {
	return native("xs_lin_environment").call(this, name);
}
function nativeReadFile(this: unknown, path: string): ArrayBuffer {
	return native("xs_lin_readFile").call(this, path);
}

/** The whole of a flash file. @throws Error when it cannot be read */
export function readFlashFile(path: string): Uint8Array {
	return new Uint8Array(nativeReadFile(path));
}

class SystemClock implements Clock {
	#offset = Date.now() - nativeTicks();
	#source: ClockSource = "host";

	get source(): ClockSource {
		return this.#source;
	}
	now(): number {
		return this.#offset + nativeTicks();
	}
	set(ms: number, source: ClockSource): void {
		if (!Number.isFinite(ms) || ms < 0) throw new RangeError("clock: milliseconds since 1970 wanted");
		this.#offset = ms - nativeTicks();
		this.#source = source;
	}
	ticks(): number {
		return nativeTicks();
	}
}

const application: ApplicationDescription = Object.freeze({
	version: "0.0.0",
	name: "upgate-lin",
	secureVersion: 0,
	builtMs: 0,
	sha256: "0".repeat(64),
});

export default class LinBoard implements Board {
	readonly application = application;
	readonly chip = 0xffff;
	readonly mac = Uint8Array.of(0x02, 0, 0, 0, 0, 0x01);
	readonly runningSlot = 0;
	readonly resetReason = "power-on";
	readonly clock: Clock = new SystemClock();

	random(bytes: Uint8Array): void {
		nativeRandom(bytes);
	}
	restart(): void {
		nativeExit();
	}
	memory(): Memory {
		const none = { now: 0, peak: 0, size: 0 };
		return { slots: none, chunks: none, stack: none, native: none };
	}
	event(): void {}
	option(name: string): string | undefined {
		if (name === "terminal") return "0";
		return nativeEnvironment(`UPGATE_${name.toUpperCase()}`);
	}
}

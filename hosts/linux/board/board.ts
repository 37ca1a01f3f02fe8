// SPDX-License-Identifier: Apache-2.0
//
// `Board` on Linux: application description of the running program, start-up options, wall clock, random bytes, memory
// figures, restart. Types and meaning: modules/ecma419/board.ts.

import type {
	ApplicationDescription,
	Board,
	Clock,
	ClockSource,
	Memory,
	ResetReason,
} from "../../../modules/ecma419/board.js";
import { flashStatistics } from "upgate/linux/flash-statistics";

function nativeApplication(): ApplicationDescription {
	return native("xs_board_application").call(this);
}
function nativeOption(name: string): string | undefined {
	return native("xs_board_option").call(this, name);
}
function nativeChip(): number {
	return native("xs_board_chip").call(this);
}
function nativeTicks(): number {
	return native("xs_board_ticks").call(this);
}
function nativeSystemTime(): number {
	return native("xs_board_system_time").call(this);
}
function nativeRandom(bytes: Uint8Array): void {
	return native("xs_board_random").call(this, bytes);
}
function nativeRestart(): void {
	return native("xs_board_restart").call(this);
}
function nativePieceBytes(): number | undefined {
	return native("xs_board_piece_bytes").call(this);
}
function nativeMemory(): Memory {
	return native("xs_board_memory").call(this);
}
function nativeEvent(text: string): void {
	return native("xs_board_event").call(this, text);
}

const reasons: readonly ResetReason[] = ["power-on", "software", "panic", "watchdog", "brownout"];

/** Milliseconds from power-on to the start of this program, at the speed of `--time-scale`. */
function poweredMs(): number {
	return Number(nativeOption("powered") ?? 0) * Number(nativeOption("time-scale") ?? 1);
}

/**
 * Monotonic ticks plus an offset. `--clock` gives the time at power-on, and runs on over resets as a chip's clock does;
 * `none` starts without a clock.
 */
class BoardClock implements Clock {
	#offset: number | undefined;
	#source: ClockSource = "none";

	constructor(option: string | undefined) {
		if (option === "none") return;
		const start = option === undefined ? nativeSystemTime() : Date.parse(option);
		if (!Number.isFinite(start)) throw new RangeError("clock: an ISO 8601 time or none is wanted");
		this.set(option === undefined ? start : start + poweredMs(), "host");
	}
	get source(): ClockSource {
		return this.#source;
	}
	now(): number | undefined {
		return this.#offset === undefined ? undefined : this.#offset + nativeTicks();
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

function parseMAC(text: string | undefined): Uint8Array {
	if (text === undefined || !/^[0-9A-Fa-f]{12}$/.test(text)) throw new RangeError("mac: 12 hex digits wanted");
	const mac = new Uint8Array(6);
	for (let i = 0; i < 6; i++) mac[i] = Number("0x" + text.slice(i * 2, i * 2 + 2));
	return mac;
}

export default class LinuxBoard implements Board {
	readonly application: ApplicationDescription = nativeApplication();
	readonly chip = nativeChip();
	readonly mac: Uint8Array = parseMAC(nativeOption("mac"));
	readonly pieceBytes = nativePieceBytes();
	readonly runningSlot: 0 | 1 = nativeOption("slot") === "1" ? 1 : 0;
	readonly resetReason: ResetReason;
	readonly clock: Clock = new BoardClock(nativeOption("clock"));

	constructor() {
		const text = nativeOption("reset-reason");
		this.resetReason = reasons.find((reason) => reason === text) ?? "unknown";
	}
	random(bytes: Uint8Array): void {
		nativeRandom(bytes);
	}
	restart(): void {
		nativeRestart();
	}
	memory(): Memory {
		return nativeMemory();
	}
	flashBusyMs(): number {
		return Math.round(flashStatistics().busyMicroseconds / 1000);
	}
	event(record: object): void {
		nativeEvent(JSON.stringify(record));
	}
	option(name: string): string | undefined {
		return nativeOption(name);
	}
}

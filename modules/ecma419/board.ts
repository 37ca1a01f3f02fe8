// SPDX-License-Identifier: Apache-2.0
//
// What the firmware needs of a board and the Moddable SDK does not give: one implementation per host
// (hosts/linux/board.ts, hosts/esp32/board.ts). Ours, not ECMA-419's.

/** Why the processor started (ESP-IDF: esp_reset_reason_t). */
export type ResetReason = "power-on" | "software" | "panic" | "watchdog" | "brownout" | "unknown";

/** Where the wall clock was last set from, best last. `none`: never set since power-on. */
export type ClockSource = "none" | "floor" | "http" | "host" | "sntp";

/** The running application as its own image describes it (ESP-IDF: esp_app_desc_t). */
export interface ApplicationDescription {
	/** Up to 31 characters. */
	version: string;
	/** Project name: the model this firmware is for, up to 31 characters. */
	name: string;
	secureVersion: number;
	/** Build time, milliseconds since 1970-01-01T00:00Z: the lowest clock that can be true. */
	builtMs: number;
	/** SHA-256 of the program, 64 hex digits. */
	sha256: string;
}

export interface MemoryUse {
	/** Bytes in use now. */
	now: number;
	/** Highest use since start. */
	peak: number;
	/** Bytes that can be used; 0 where there is no limit of its own. */
	size: number;
}

export interface Memory {
	slots: MemoryUse;
	chunks: MemoryUse;
	stack: MemoryUse;
	/** C heap: keys, tables, host buffers, parser, TLS. */
	native: MemoryUse;
}

export interface Clock {
	/** Milliseconds since 1970-01-01T00:00Z, or `undefined` while `source` is `none`. */
	now(): number | undefined;
	readonly source: ClockSource;
	set(ms: number, source: ClockSource): void;
	/** Monotonic milliseconds since start. */
	ticks(): number;
}

export interface Board {
	readonly application: ApplicationDescription;
	readonly resetReason: ResetReason;
	/** Six bytes. */
	readonly mac: Uint8Array;
	/** Chip identity that an image for this board must carry (ESP-IDF: esp_chip_id_t). */
	readonly chip: number;
	/** Revision of the chip, major * 100 + minor (ESP-IDF: efuse_hal_chip_revision); absent where there are none. */
	readonly chipRevision?: number;
	/** Where memory is plenty: bytes of a download that may lie in a buffer on their way into flash, one, two or four blocks; absent, or one: as few as will do. */
	readonly pieceBytes?: number | undefined;
	/** Slot this firmware was started from. */
	readonly runningSlot: 0 | 1;
	readonly clock: Clock;
	/** Fills `bytes` from the hardware random source. */
	random(bytes: Uint8Array): void;
	/** Resets the board; does not return control to JavaScript after the present turn. */
	restart(): void;
	/** Collects garbage first, so `now` of slots and chunks is what is in use; `peak` has garbage in it. Takes milliseconds on a chip. */
	memory(): Memory;
	/** Milliseconds since start that a real chip would have programmed and erased; absent where the flash is a real one. */
	flashBusyMs?(): number;
	/** Appends one record to the host's event file; nothing where there is none. */
	event(record: object): void;
	/** Start-up option of the host, for example `port.sip`; `undefined` when not given. */
	option(name: string): string | undefined;
}

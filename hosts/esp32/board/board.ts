// SPDX-License-Identifier: Apache-2.0
//
// `Board` on ESP32: what ESP-IDF knows of chip, image and reset, the system's clock with the source it was set from, the hardware
// random source, memory figures. Types and meaning: modules/ecma419/board.ts. Leaves out: start-up options, the event file.
// Source: ESP-IDF v6.0 API reference, "Miscellaneous System APIs", "Over The Air Updates", "Random Number Generation".

import type {
	ApplicationDescription,
	Board,
	Clock,
	ClockSource,
	Memory,
	ResetReason,
} from "../../../modules/ecma419/board.js";

/** Version, project name, compile date and time, secure version, hash of the program; dates as the C compiler writes them. */
interface NativeDescription {
	version: string;
	name: string;
	date: string;
	time: string;
	secureVersion: number;
	sha256: string;
}

function nativeApplication(this: unknown): NativeDescription {
	return native("xs_esp32_application").call(this);
}
function nativeChip(this: unknown): number {
	return native("xs_esp32_chip").call(this);
}
function nativeMAC(this: unknown, bytes: Uint8Array): void {
	return native("xs_esp32_mac").call(this, bytes);
}
function nativeSlot(this: unknown): number {
	return native("xs_esp32_slot").call(this);
}
function nativeResetReason(this: unknown): number {
	return native("xs_esp32_resetReason").call(this);
}
function nativeTicks(this: unknown): number {
	return native("xs_esp32_ticks").call(this);
}
function nativeClockSource(this: unknown): number {
	return native("xs_esp32_clockSource").call(this);
}
function nativeSetClock(this: unknown, ms: number, source: number): void {
	return native("xs_esp32_setClock").call(this, ms, source);
}
function nativeRandom(this: unknown, bytes: Uint8Array): void {
	return native("xs_esp32_random").call(this, bytes);
}
function nativeRestart(this: unknown): void {
	return native("xs_esp32_restart").call(this);
}
function nativeMemory(this: unknown): Memory {
	return native("xs_esp32_memory").call(this);
}

/** esp_reset_reason_t (esp_system.h): the names of those that have one here. */
const reasons: Readonly<Record<number, ResetReason>> = Object.freeze({
	1: "power-on",
	2: "power-on",
	3: "software",
	4: "panic",
	5: "watchdog",
	6: "watchdog",
	7: "watchdog",
	9: "brownout",
	14: "brownout",
	15: "panic",
});

/** Index: the number that is kept over a software reset. */
const sources: readonly ClockSource[] = Object.freeze(["none", "floor", "http", "host", "sntp"]);

/** The system's time goes on over a software reset, and so does the knowledge of its source. */
class SystemClock implements Clock {
	get source(): ClockSource {
		return sources[nativeClockSource()] ?? "none";
	}
	now(): number | undefined {
		return this.source === "none" ? undefined : Date.now();
	}
	set(ms: number, source: ClockSource): void {
		if (!Number.isFinite(ms) || ms < 0) throw new RangeError("clock: milliseconds since 1970 wanted");
		nativeSetClock(ms, sources.indexOf(source));
	}
	ticks(): number {
		return nativeTicks();
	}
}

const months = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** Build time from "Jan  1 2026" and "00:00:00", taken as UTC; 0 when they are not of that form. */
function builtMs(date: string, time: string): number {
	const [month = "", day = "", year = ""] = date.split(" ").filter((part) => part !== "");
	const [hour = "", minute = "", second = ""] = time.split(":");
	const index = months.indexOf(month);
	if (month.length !== 3 || index < 0) return 0;
	const ms = Date.UTC(Number(year), index / 3, Number(day), Number(hour), Number(minute), Number(second));
	return Number.isFinite(ms) ? ms : 0;
}

function describe(): ApplicationDescription {
	const { version, name, date, time, secureVersion, sha256 } = nativeApplication();
	return { version, name, secureVersion, builtMs: builtMs(date, time), sha256 };
}

function readMAC(): Uint8Array {
	const mac = new Uint8Array(6);
	nativeMAC(mac);
	return mac;
}

export default class ESP32Board implements Board {
	readonly application: ApplicationDescription = describe();
	readonly chip: number = nativeChip();
	readonly mac: Uint8Array = readMAC();
	readonly runningSlot: 0 | 1 = nativeSlot() === 1 ? 1 : 0;
	readonly resetReason: ResetReason = reasons[nativeResetReason()] ?? "unknown";
	readonly clock: Clock = new SystemClock();

	random(bytes: Uint8Array): void {
		nativeRandom(bytes);
	}
	restart(): void {
		nativeRestart();
	}
	memory(): Memory {
		return nativeMemory();
	}
	event(): void {}
	option(_name: string): string | undefined {
		return undefined;
	}
}

// SPDX-License-Identifier: Apache-2.0
//
// What the update needs of the modules settings, store, http and flash: structural types that their classes fit,
// so that tests and other projects can put something else in their place.

import type { Board } from "../ecma419/board.js";
import type { FlashStorage } from "../ecma419/flash.js";
import type { TimerService } from "../ecma419/timer.js";
import type { SelectEntry } from "../flash/select-entry.js";
import type { SignatureVerifier } from "../image/trust.js";
import type { Credentials } from "../http/credentials.js";
import type { RangeRequest } from "../http/range.js";
import type { UpdateRecord } from "./events.js";
import type { PlannedFile } from "./file-kinds.js";
import type { LineStatePort } from "./line-state.js";

/** Parameter values as text; the empty string when not set. */
export interface SettingsReader {
	/** @throws for a name that is not a parameter */
	text(name: string): string;
}

/** A change of one store record; without `value` the record goes. */
export interface RecordChange {
	name: string;
	value?: Uint8Array;
}

/** Named records that survive a power cut (module `store`). */
export interface RecordStore {
	get(name: string): Uint8Array | undefined;
	/** Takes all changes or none. */
	commit(changes: RecordChange[]): void;
	names(): Iterable<string>;
}

/** What a file does to the settings. */
export interface IniReport {
	readonly changed: readonly string[];
	/** Names that no parameter has, and tables; they are kept, without effect. */
	readonly unknownCount: number;
	/** Faulty lines that are passed over, as IniErrorPolicy = skip has it. */
	readonly skippedCount: number;
	/** Faults; a file with any is not taken. */
	readonly problems: readonly Error[];
	/** Some of `changed` act after a restart only. */
	readonly resetNeeded: boolean;
	/** The file holds `ResetNow = 1`. */
	readonly resetNow: boolean;
}

/** An ini on its way in (module `settings`, class IniStage). */
export interface IniStagePort {
	write(chunk: Uint8Array): void;
	/** Nothing has changed when it returns. */
	end(): IniReport;
	/** What to commit for the new values. */
	changes(): RecordChange[];
	/** Puts the new values in force, in memory. */
	apply(): void;
	/** The file is not taken: what of it lies in the store is removed. Never throws. */
	abandon(): void;
}

/** The gateway's parameters (module `settings`, class Settings). */
export interface SettingsPort extends SettingsReader {
	stage(options: { full: boolean }): IniStagePort;
	/** Back to the default, in memory. */
	reset(name: string): void;
	save(): unknown;
	/** Takes what the store holds, over what was set since. */
	reload(): void;
}

/** The boot choice (module `flash`, class BootSelector). */
export interface SelectorPort {
	/** Both entries of otadata, readable or not. */
	entries(): readonly Pick<SelectEntry, "slot" | "sequence" | "state" | "intact">[];
	/** Makes `slot` the one to start next, on trial. */
	activate(slot: 0 | 1): void;
	/** Ends the trial of the running slot: it is selected and stays, for certain, whatever a cut has left. */
	claim(slot: 0 | 1): void;
	/** Makes certain that the running slot is selected, and the other one not. */
	settle(slot: 0 | 1): void;
	/** Bars `slot`: the other one is started from now on. */
	invalidate(slot: 0 | 1): unknown;
}

/** What a file is to the certificate store: trusted roots, the device's certificate with its chain, its private key. */
export type CertificateRole = "root" | "device" | "key";

/** The certificate store (module `certificates`). */
export interface CertificatesPort {
	/** Bytes that `import` takes at once. */
	readonly maxImportBytes: number;
	/**
	 * Checks and keeps a file, in one commit; the bytes are used up, and not looked at after it returns.
	 * @returns whether anything is different now, and a line for people, without any secret
	 * @throws an error with a stable `code`; nothing has changed then. One of `STORE_` or `FLASH_` does not speak about the file
	 */
	import(role: CertificateRole, bytes: Uint8Array): { changed: boolean; description: string };
}

/** A file on its way into the file store. */
export interface FileWriterPort {
	/** @throws an error with a `code` that begins with FILES_ for what is wrong with the file */
	write(chunk: Uint8Array): void;
	/** The file is complete; nothing counts yet. @throws as `write` */
	end(): { size: number; sha256: string; changed: boolean };
	/** From now on it counts, with the update. */
	commit(): void;
	/** Never throws. */
	abort(): void;
}

/** The file store (module `files`), over the records of the trial. */
export interface FilesPort {
	/** Longest file, bytes. */
	readonly maxFileBytes: number;
	/** Bytes that the file of this name may have now. */
	room(name: string): number;
	has(name: string): boolean;
	/** Begins a file; one at a time. */
	write(name: string): FileWriterPort;
	/** Clears up what no file speaks of; not while one is being written. */
	collect(): void;
}

/** Who may sign firmware (modules `certificates` and `image`); asked anew for each file. */
export interface SigningPort {
	/** Public keys, SubjectPublicKeyInfo in DER. @throws ImageError IMAGE_KEY when they cannot be read */
	keys(): readonly Uint8Array[];
	/** SHA-256 digests of keys that count no longer, 32 bytes each. */
	revoked(): readonly Uint8Array[];
	/** The mathematics: `verifySignature` of image/verify. */
	verify: SignatureVerifier;
}

export interface HeadersPort {
	get(name: string): string | undefined;
}

export interface HTTPRequestPort {
	/** The response came over TLS from a server that has proved who it is; told with its head. */
	readonly verified: boolean;
	/** Until when the certificates that proved it are valid, milliseconds since 1970; absent where that is not known. */
	readonly verifiedUntil?: number | undefined;
	/** @returns bytes put into `buffer`, 0 when there is nothing to read now */
	read(buffer: Uint8Array): number;
	cancel(): void;
}

export interface HTTPGetOptions {
	url: string;
	headers: readonly (readonly [string, string])[];
	/** For a server that asks, where the URL names no user. */
	credentials: readonly Credentials[];
	/** Only this part: the answer is a 206 that has been checked, or a 200 with the whole file. */
	range?: RangeRequest | undefined;
	/** Of the response no other fields are asked for. */
	fields?: readonly string[];
	/** These three are called as methods. */
	onHeaders(status: number, headers: HeadersPort): void;
	onReadable(count: number): void;
	onDone(error?: Error): void;
}

/** A session of the HTTP client (module `http`); one per run, so connections and nonces are kept within a run only. */
export interface HTTPPort {
	get(options: HTTPGetOptions): HTTPRequestPort;
	close(): void;
}

export interface Progress {
	file: PlannedFile;
	phase: "download" | "flash";
	/** Bytes so far. */
	done: number;
	/** Bytes in all; `undefined` while not known. */
	total: number | undefined;
}

/** URLs from elsewhere than the settings (module `dhcp`). */
export interface ProvidedPort {
	/** @returns URLs for a parameter that is empty, tags not expanded, in the order of trying; none where there are none */
	urls(parameter: string): readonly string[];
}

/** Everything a run works with. */
export interface UpdateContext {
	readonly settings: SettingsPort;
	readonly store: RecordStore;
	readonly storage: FlashStorage;
	readonly signing: SigningPort;
	readonly board: Board;
	readonly timer: TimerService;
	/** Without it files of TLS are not fetched. */
	readonly certificates: CertificatesPort | undefined;
	/** Without it no auxiliary file but those of TLS is fetched. */
	readonly files: FilesPort | undefined;
	/** Without it no call is waited for. */
	readonly lines: LineStatePort | undefined;
	readonly provided: ProvidedPort | undefined;
	/** Monotonic milliseconds. */
	readonly ticks: () => number;
	/** Makes the HTTP client of one run. */
	http(): HTTPPort;
	/** Takes one event, still without time and ticks. */
	readonly report: (record: UpdateRecord) => void;
	onProgress(progress: Progress): void;
	/** The updater is closed: nothing comes into force any more. */
	readonly closed: boolean;
}

// SPDX-License-Identifier: Apache-2.0
//
// What the web pages need of the gateway: structural types that its parts fit.

import type { CertificateRequest, Entry, ImportResult, Role } from "../certificates/types.js";
import type { Board } from "../ecma419/board.js";
import type { TimerService } from "../ecma419/timer.js";
import type { Settings } from "../settings/settings.js";
import type { LogRing } from "../trace/log-ring.js";
import type { SlotInfo } from "../update/slots.js";
import type { UpdateStatus } from "../update/status.js";

export interface PasswordPort {
	readonly isSet: boolean;
	verify(text: string): Promise<boolean>;
	set(text: string): Promise<void>;
}

export interface GuardPort {
	waitMs(source: string): number;
	failed(source: string): void;
	succeeded(source: string): void;
}

/** Bytes of a firmware file as they come. */
export interface UploadSource {
	/** Bytes in all, where known. */
	readonly length: number | undefined;
	/** @returns count, 0 at the end */
	read(buffer: Uint8Array): Promise<number>;
}

export interface UpdatePort {
	trigger(cause: "web", requester?: string): void;
	status(): UpdateStatus;
	/** Takes a file into the idle slot, with the checks of an update; the restart into it follows. */
	upload(source: UploadSource, cause: "web"): Promise<{ version: string; slot: number }>;
	/** The reason is for the log. */
	restart(reason: string): void;
	readonly firmware: {
		switch(): void;
		confirm(): void;
		rollback(): void;
	};
}

export interface CertificatesPort {
	readonly maxImportBytes: number;
	list(): Iterable<Entry>;
	import(role: Role, bytes: Uint8Array): ImportResult;
	remove(handle: string, force?: boolean): Entry;
	request(subject: string): CertificateRequest;
}

/** Erases of one region of the flash, for the wear picture. */
export interface WearRegion {
	name: string;
	/** Erases counted, all blocks together. */
	erases: number;
	blocks: number;
	/** What is counted: "since the factory", "since start". */
	since: string;
}

export interface WebPorts {
	readonly board: Board;
	readonly timer: TimerService;
	readonly settings: Settings;
	readonly password: PasswordPort;
	readonly guard: GuardPort;
	readonly update: UpdatePort;
	readonly certificates: CertificatesPort;
	slots(): Iterable<SlotInfo>;
	wear(): Iterable<WearRegion>;
	/** Records of the attempts, oldest first, each as it shall be shown. */
	history(): Iterable<object>;
	/** The last lines of the log. */
	readonly log: LogRing;
	/** Restarts the gateway; the reason is for the log. */
	restart(reason: string): void;
}

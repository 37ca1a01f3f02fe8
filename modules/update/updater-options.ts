// SPDX-License-Identifier: Apache-2.0
//
// What the updater needs of its surroundings.

import type { Board } from "../ecma419/board.js";
import type { FlashStorage } from "../ecma419/flash.js";
import type { TimerService } from "../ecma419/timer.js";
import { stamp, type StampedRecord, type UpdateRecord } from "./events.js";
import type {
	CertificatesPort,
	FilesPort,
	HTTPPort,
	Progress,
	ProvidedPort,
	SettingsPort,
	SigningPort,
	UpdateContext,
} from "./interfaces.js";
import type { LineStatePort } from "./line-state.js";
import type { Trial } from "./trial.js";

export interface UpdaterOptions {
	/** Over the records of `trial`. */
	settings: SettingsPort;
	/** Made before everything that reads records. */
	trial: Trial;
	/** Opens `nextota`. */
	storage: FlashStorage;
	/** Keys that firmware has to be signed by, and the verifier. */
	signing: SigningPort;
	board: Board;
	timer: TimerService;
	/** Takes the files of TLSRootFileUrl, TLSCertFileUrl and TLSPkeyFileUrl; without it they are not fetched. */
	certificates?: CertificatesPort;
	/** Keeps auxiliary files; without it they are not fetched. Over the records of `trial`. */
	files?: FilesPort;
	/** Lines whose calls a restart would cut; without it none is waited for. */
	lines?: LineStatePort;
	/** URLs that the network gives where the settings have none. */
	provided?: ProvidedPort;
	/** Makes the HTTP client of one run; closed by the updater. */
	http: () => HTTPPort;
	/** Called once: from now on the gateway may serve others. At start, with secure start-up after the first run. */
	onOperational?: () => void;
	/** Takes each event. */
	onEvent?: (record: StampedRecord) => void;
	/** Takes progress of download and flash, often. */
	onProgress?: (progress: Progress) => void;
}

/** The file at work. */
export class RunProgress {
	file: string | undefined;
	/** Bytes of it that are down. */
	done = 0;
	/** Its length, `undefined` while not known. */
	total: number | undefined;

	/** A file begins; `undefined`: none is at work. */
	begin(file: string | undefined): void {
		this.file = file;
		this.done = 0;
		this.total = undefined;
	}

	take({ phase, done, total }: Progress): void {
		if (phase === "download") [this.done, this.total] = [done, total];
	}
}

export interface ContextParts {
	progress: RunProgress;
	report: UpdateContext["report"];
	isClosed: () => boolean;
}

export function makeContext(options: UpdaterOptions, { progress, report, isClosed }: ContextParts): UpdateContext {
	const { settings, trial, storage, signing, board, timer, http, certificates, onProgress } = options;
	return {
		settings,
		store: trial.records,
		storage,
		signing,
		board,
		timer,
		certificates,
		files: options.files,
		lines: options.lines,
		provided: options.provided,
		http,
		report,
		onProgress: (part) => {
			progress.take(part);
			if (!isClosed()) onProgress?.(part);
		},
	};
}

/** @returns what takes each event to who listens, until the updater is closed; whoever listens may fail, the update goes on */
export function makeReport(options: UpdaterOptions, isClosed: () => boolean): (record: UpdateRecord) => void {
	const { onEvent, board } = options;
	return (record) => {
		if (isClosed()) return;
		try {
			onEvent?.(stamp(record, board.clock));
		} catch {
			// told to nobody: who listens is who would be told
		}
	};
}

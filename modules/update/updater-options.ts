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
	RecordStore,
	SettingsPort,
	SigningPort,
	UpdateContext,
} from "./interfaces.js";
import type { LineStatePort } from "./line-state.js";
import type { Trial } from "./trial.js";

export interface UpdaterOptions {
	/** Over the records of `trial`. */
	readonly settings: SettingsPort;
	/** Made before everything that reads records. */
	readonly trial: Trial;
	/** Opens `nextota`. */
	readonly storage: FlashStorage;
	/** Keys that firmware has to be signed by, and the verifier. */
	readonly signing: SigningPort;
	readonly board: Board;
	readonly timer: TimerService;
	/** Takes the files of TLSRootFileUrl, TLSCertFileUrl and TLSPkeyFileUrl; without it they are not fetched. */
	readonly certificates?: CertificatesPort;
	/** Keeps auxiliary files; without it they are not fetched. Over the records of `trial`. */
	readonly files?: FilesPort;
	/** Lines whose calls a restart would cut; without it none is waited for. */
	readonly lines?: LineStatePort;
	/** URLs that the network gives where the settings have none. */
	readonly provided?: ProvidedPort;
	/** Makes the HTTP client of one run; closed by the updater. */
	http(): HTTPPort;
	/** Called once: from now on the gateway may serve others. At start, with secure start-up after the first run. */
	onOperational?(): void;
	/** Takes each event. */
	onEvent?(record: StampedRecord): void;
	/** Takes progress of download and flash, often. */
	onProgress?(progress: Progress): void;
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

/** What all parts of the updater share: the options, and how they tell what happens. */
export class Context implements UpdateContext {
	readonly #options: UpdaterOptions;
	readonly #progress: RunProgress;
	/** Nothing is told any more. */
	closed = false;

	constructor(options: UpdaterOptions, progress: RunProgress) {
		this.#options = options;
		this.#progress = progress;
	}

	get settings(): SettingsPort {
		return this.#options.settings;
	}

	get store(): RecordStore {
		return this.#options.trial.records;
	}

	get storage(): FlashStorage {
		return this.#options.storage;
	}

	get signing(): SigningPort {
		return this.#options.signing;
	}

	get board(): Board {
		return this.#options.board;
	}

	get timer(): TimerService {
		return this.#options.timer;
	}

	get certificates(): CertificatesPort | undefined {
		return this.#options.certificates;
	}

	get files(): FilesPort | undefined {
		return this.#options.files;
	}

	get lines(): LineStatePort | undefined {
		return this.#options.lines;
	}

	get provided(): ProvidedPort | undefined {
		return this.#options.provided;
	}

	http(): HTTPPort {
		return this.#options.http();
	}

	onProgress(part: Progress): void {
		this.#progress.take(part);
		if (!this.closed) this.#options.onProgress?.(part);
	}

	readonly ticks = (): number => this.#options.board.clock.ticks();

	/** To who listens, until the updater is closed; whoever listens may fail, the update goes on. */
	readonly report = (record: UpdateRecord): void => {
		if (this.closed) return;
		try {
			this.#options.onEvent?.(stamp(record, this.#options.board.clock));
		} catch {
			// told to nobody: who listens is who would be told
		}
	};
}

// SPDX-License-Identifier: Apache-2.0
//
// The updater with the network it needs: what tells it when to begin, how it fetches, whom it tells.

import type { CertificateStore } from "upgate/certificates/store";
import type { Console } from "upgate/console/console";
import type { FileStore } from "upgate/files/files";
import type { Settings } from "upgate/settings/settings";
import { ProgressText } from "upgate/update/event-text";
import { stamp, type StampedRecord, type TriggerCause } from "upgate/update/events";
import type { FetchPort } from "upgate/update/fetch";
import type { Progress } from "upgate/update/interfaces";
import type { LineStandIn } from "upgate/update/line-state";
import type { Trial } from "upgate/update/trial";
import { Updater, type UpdaterOptions } from "upgate/update/updater";
import type { Resolver } from "../modules/ecma419/resolver.js";
import { Connection, type ConnectionHooks } from "./connection.js";
import type { DebugPorts } from "./debug.js";
import { makeFetch } from "./fetch.js";
import type { Gear } from "./gear.js";
import { Connectors, Signing, type Trust } from "./security.js";
import type { Services } from "./services.js";
import { startSpreadMs } from "./settings.js";

/** Those who wait until the gateway may serve others, and who show something. */
export interface Others {
	services: Services;
	terminal: Console;
}

export interface UpdatingParts {
	device: Gear;
	settings: Settings;
	certificates: CertificateStore;
	trust: Trust;
	trial: Trial;
	files: FileStore;
	lines: LineStandIn;
	resolver: Resolver;
	onEvent(record: StampedRecord): void;
	debug: DebugPorts;
	/** There once the updater has begun. */
	readonly others: Others;
}

/** The updater, and what it asks for. A class, as functions of an object would take two kilobytes of the heap. */
export class Updating implements UpdaterOptions, ConnectionHooks {
	readonly updater: Updater;
	/** Nothing begins before its `start`. */
	readonly connection: Connection;
	readonly signing: Signing;
	readonly #parts: UpdatingParts;
	readonly #connectors: Connectors;
	readonly #progressText = new ProgressText();

	constructor(parts: UpdatingParts) {
		const { device, settings, trial, resolver } = parts;
		this.#parts = parts;
		this.#connectors = new Connectors(parts);
		this.signing = new Signing(parts.certificates);
		this.connection = new Connection({ device, settings, store: trial.records, resolver, hooks: this });
		this.updater = new Updater(this);
	}

	get settings(): Settings {
		return this.#parts.settings;
	}

	get trial(): Trial {
		return this.#parts.trial;
	}

	get storage(): Gear["storage"] {
		return this.#parts.device.storage;
	}

	get board(): Gear["board"] {
		return this.#parts.device.board;
	}

	get timer(): Gear["timer"] {
		return this.#parts.device.timer;
	}

	get certificates(): CertificateStore {
		return this.#parts.certificates;
	}

	get files(): FileStore {
		return this.#parts.files;
	}

	get lines(): LineStandIn {
		return this.#parts.lines;
	}

	get provided(): Connection["provided"] {
		return this.connection.provided;
	}

	http(): FetchPort {
		return makeFetch(this.#parts, (url, { identified }) => this.#connectors.secure(url, identified));
	}

	onOperational(): void {
		this.#parts.others.services.start();
	}

	onEvent(record: StampedRecord): void {
		this.#parts.onEvent(record);
	}

	onProgress(progress: Progress): void {
		const bar = this.#progressText.take(progress);
		if (bar !== undefined) this.#parts.others.terminal.progress(bar.label, bar.done, bar.total);
	}

	onReady(cause?: TriggerCause): void {
		const { device, settings } = this.#parts;
		this.updater.start({ spreadMs: startSpreadMs(device.board, settings), ...(cause && { cause }) });
	}

	onLate(server: string): void {
		this.updater.trigger("dhcp", server);
	}

	onNotice(text: string): void {
		this.onEvent(stamp({ event: "notice", topic: "dhcp", text }, this.board.clock));
	}
}

// SPDX-License-Identifier: Apache-2.0
//
// A whole gateway for these tests: flash, store, loader, server and virtual time around one Updater. `boot` is a power-on:
// the loader chooses the slot as ESP-IDF's does, and the version that answers is the one that lies in the slot.

import assert from "node:assert/strict";
import type { Board, ResetReason } from "../../modules/ecma419/board.js";
import { activeEntry, buildSelectEntry } from "../../modules/flash/select-entry.js";
import { BootSelector } from "../../modules/flash/otadata.js";
import { parseDescription } from "../../modules/image/description.js";
import { keyDigest } from "../../modules/image/public-key.js";
import { FileStore } from "../../modules/files/files.js";
import { Settings } from "../../modules/settings/settings.js";
import type { StampedRecord } from "../../modules/update/events.js";
import type { StartOptions } from "../../modules/update/start-up.js";
import { LayeredStore } from "../../modules/update/layers.js";
import { LineStandIn } from "../../modules/update/line-state.js";
import type { CertificatesPort, HTTPPort, Progress } from "../../modules/update/interfaces.js";
import { Trial } from "../../modules/update/trial.js";
import { Updater } from "../../modules/update/updater.js";
import { fakeBoard } from "../fakes/board.js";
import { FakeClock } from "../fakes/clock.js";
import { buildImage, testChip, toyKey, toyVerify } from "./image.js";
import { MemoryFlash, TestStore } from "./partitions.js";
import { FakeServer } from "./server.js";

export const iniURL = "http://server/config_00908F1DD0D3.ini";
export const cmpURL = "http://server/firmware.cmp";
/** 2025-06-01T12:00:00Z */
export const startMs = 1748779200000;

export class World {
	readonly clock = new FakeClock();
	readonly store: TestStore;
	readonly slots: [MemoryFlash, MemoryFlash];
	readonly otadata = new MemoryFlash(8192);
	readonly server = new FakeServer(this.clock.timer, () => startMs + this.clock.now);
	/** Events since the last `boot`. */
	events: StampedRecord[] = [];
	progress: Progress[] = [];
	restarts = 0;
	/** Toy keys that firmware may be signed by, and those that count no longer. */
	keys = [1];
	revoked: number[] = [];
	/** What reading the keys throws instead. */
	keysFault: Error | undefined;
	chipRevision: number | undefined;
	pieceBytes: number | undefined;
	/** The listener throws. */
	deaf = false;
	/** Makes the clients of a run, in the place of the server's own. */
	http: (() => HTTPPort) | undefined;
	/** Who else listens. */
	onEvent: (record: StampedRecord) => void = () => undefined;
	runningSlot: 0 | 1 = 0;
	certificates: CertificatesPort | undefined;
	/** The voice part since the last `boot`. */
	lines = new LineStandIn();
	settings: Settings;
	/** Of the running gateway: over the records of its trial. */
	kept: FileStore;
	updater: Updater | undefined;
	/** URLs that the network gives, by parameter. */
	provided: Record<string, string[]> = {};
	/** What the start is told. */
	startOptions: StartOptions = {};
	/** How often the gateway became operational since `boot`. */
	operational = 0;
	board: Board | undefined;
	#bootTicks = 0;

	/** @param slotBytes size of each slot; storeBytes of the records' partition, 384 KB in a gateway */
	constructor(settings: Record<string, string> = {}, slotBytes = 64 * 1024, storeBytes = 96 * 1024) {
		this.store = new TestStore(new MemoryFlash(storeBytes));
		this.settings = new Settings({ store: this.store });
		this.kept = new FileStore({ records: new LayeredStore(this.store, false) });
		this.slots = [new MemoryFlash(slotBytes), new MemoryFlash(slotBytes)];
		this.install(0, buildImage({ version: "1.0" }));
		this.configure({ IniFileURL: "http://server/config_<MAC>.ini", ...settings });
	}

	install(slot: 0 | 1, image: Uint8Array): void {
		this.slots[slot].bytes.fill(0xff);
		this.slots[slot].bytes.set(image);
	}

	configure(settings: Record<string, string>): void {
		for (const [name, value] of Object.entries(settings)) this.settings.set(name, value);
		this.settings.save();
	}

	/** Version in the running slot. */
	get version(): string {
		return this.#description().version;
	}

	get selector(): BootSelector {
		return new BootSelector({ flash: this.otadata });
	}

	/** The loader, then the start of the firmware. */
	boot(reason: ResetReason = "power-on"): Updater {
		this.updater?.close();
		this.#load();
		this.#bootTicks = this.clock.now;
		this.events = [];
		this.restarts = 0;
		this.operational = 0;
		this.lines = new LineStandIn();
		const board = this.#board(reason);
		this.board = board;
		const trial = new Trial({ store: this.store, selector: this.selector, board });
		this.settings = new Settings({ store: trial.records });
		this.kept = new FileStore({ records: trial.records });
		this.updater = new Updater({
			settings: this.settings,
			trial,
			storage: { open: ({ path }) => this.slots[path === "running" ? this.runningSlot : 1 - this.runningSlot] },
			signing: {
				keys: () => {
					if (this.keysFault !== undefined) throw this.keysFault;
					return this.keys.map(toyKey);
				},
				revoked: () => this.revoked.map((number) => keyDigest(toyKey(number))),
				verify: toyVerify,
			},
			board,
			timer: this.clock.timer,
			...(this.certificates === undefined ? {} : { certificates: this.certificates }),
			provided: { urls: (parameter) => this.provided[parameter] ?? [] },
			files: this.kept,
			lines: this.lines,
			http: this.http ?? this.server.client,
			onOperational: () => this.operational++,
			onEvent: (record) => {
				if (this.deaf) throw new Error("listener");
				this.events.push(record);
				this.onEvent(record);
			},
			onProgress: (progress) => this.progress.push(progress),
		});
		this.updater.start(this.startOptions);
		return this.updater;
	}

	/** Milliseconds since the last start. */
	ticks(): number {
		return this.clock.now - this.#bootTicks;
	}

	/** Lets time pass. */
	async run(ms = 2000): Promise<void> {
		await this.clock.advanceAsync(ms);
	}

	/** Runs until the firmware restarts, then boots. */
	async restart(ms = 2000): Promise<void> {
		await this.run(ms);
		assert.equal(this.restarts, 1, "one restart");
		this.boot("software");
	}

	/** The events of one kind. */
	seen<K extends StampedRecord["event"]>(kind: K): Extract<StampedRecord, { event: K }>[] {
		return this.events.filter((record) => record.event === kind) as Extract<StampedRecord, { event: K }>[];
	}

	/** `file:result` or `file:result:code` of each file event. */
	get files(): string[] {
		return this.seen("file").map(({ file, result, code }) => [file, result, code].filter((text) => text).join(":"));
	}

	get verdicts(): string[] {
		return this.seen("verdict").map(({ result }) => result);
	}

	/** Erases of slots and otadata, and writes of the store's flash. */
	get wear(): number[] {
		return [this.slots[0].erases, this.slots[1].erases, this.otadata.erases, this.store.memory.writes];
	}

	/** ESP-IDF's rollback rules (bootloader_utility.c, esp_ota_select_entry_t). */
	#load(): void {
		const entries = this.selector.entries();
		for (const [sector, entry] of entries.entries()) {
			if (entry.intact && entry.state === "PENDING_VERIFY") this.#state(sector, entry.sequence, "ABORTED");
		}
		const now = this.selector.entries();
		const active = activeEntry(now);
		this.runningSlot = active === undefined ? 0 : now[active].slot;
		if (active !== undefined && now[active].state === "NEW") {
			this.#state(active, now[active].sequence, "PENDING_VERIFY");
		}
	}

	#state(sector: number, sequence: number, state: "ABORTED" | "PENDING_VERIFY"): void {
		this.otadata.bytes.set(buildSelectEntry(sequence, state), sector * 4096);
	}

	#description(): { version: string; model: string; secureVersion: number } {
		return parseDescription(this.slots[this.runningSlot].bytes.subarray(32, 288));
	}

	#board(resetReason: ResetReason): Board {
		return fakeBoard({
			application: this.#description(),
			builtMs: startMs - 86400000,
			resetReason,
			chip: testChip,
			chipRevision: this.chipRevision,
			pieceBytes: this.pieceBytes,
			runningSlot: this.runningSlot,
			ticks: () => this.ticks(),
			restart: () => {
				this.restarts++;
				this.updater?.close();
			},
		});
	}
}

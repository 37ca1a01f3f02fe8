// SPDX-License-Identifier: Apache-2.0
//
// A gateway on a `Chip` that may lose its power in any flash operation: loader, store, settings and Updater as in the
// firmware, a provisioning server without a network, virtual time. What each start finds is written down.

import assert from "node:assert/strict";
import type { Board, ResetReason } from "../../modules/ecma419/board.js";
import { decodeUTF8 } from "../../modules/bytes/text.js";
import { FileStore } from "../../modules/files/files.js";
import { BootSelector } from "../../modules/flash/otadata.js";
import { parseDescription } from "../../modules/image/description.js";
import { Settings, type SettingsStore } from "../../modules/settings/settings.js";
import { Store } from "../../modules/store/store.js";
import type { StampedRecord } from "../../modules/update/events.js";
import type { CertificatesPort } from "../../modules/update/interfaces.js";
import { LayeredStore } from "../../modules/update/layers.js";
import { Trial } from "../../modules/update/trial.js";
import { Updater } from "../../modules/update/updater.js";
import { fakeBoard, type FakeBoardOptions } from "../fakes/board.js";
import { FakeClock } from "../fakes/clock.js";
import { PowerCut } from "../fakes/flash.js";
import { testChip, toyKey, toyVerify } from "../update/image.js";
import { FakeServer, type ServedFile } from "../update/server.js";
import type { Chip } from "./chip.js";

/** 2025-06-01T12:00:00Z */
const startMs = 1748779200000;
/** Restarts of one power cycle; more is a restart loop. */
const maxBoots = 12;
/** Turns of the clock in which a gateway comes to rest: virtual, 1 s each, or a minute while it waits to restart. */
const maxTurns = 900;

/** What a start of the firmware finds. */
export interface Found {
	/** Version in the slot that was started. */
	version: string;
	/** Of its image, as the loader checked it. */
	sha256: string;
	reason: ResetReason;
	/** Parameters asked for, the roots, and what the file of tones holds, in one line. */
	settings: string;
}

/** The parameters whose values tell the settings of one step from another's. */
const telling: readonly string[] = [
	"HostName",
	"INIFileVersion",
	"AutoUpdateFrequency",
	"TLSRootFileUrl",
	"CptFileURL",
];

/** The record of the trusted roots; what it holds here is no certificate. */
const rootsRecord = "roots.pem";
/** Roots with which no server can be reached. */
export const badRoots = "bad";

export class Gateway {
	readonly chip: Chip;
	/** By URL; kept over power cycles. */
	files: Record<string, ServedFile> = {};
	down = false;
	/** Versions that panic as soon as they run. */
	faulty = new Set<string>();
	/** Every start since the last `forget`. */
	found: Found[] = [];
	events: StampedRecord[] = [];
	/** Pieces of files in the store when it was asked for its settings last. */
	pieces = 0;
	#updater: Updater | undefined;
	#clock = new FakeClock();
	#restarting = false;

	constructor(chip: Chip) {
		this.chip = chip;
	}

	/**
	 * One power cycle: power on, then restarts as the firmware wants them, until it rests.
	 * @returns whether the power was cut before that
	 */
	async cycle(): Promise<boolean> {
		let reason: ResetReason = "power-on";
		try {
			for (let boots = 0; boots < maxBoots; boots++) {
				const next = await this.#start(reason);
				if (next === undefined) return this.chip.flash.isCut;
				reason = next;
			}
			throw new assert.AssertionError({ message: "it restarts for ever" });
		} catch (error) {
			if (!this.chip.flash.isCut) throw error;
			return true;
		} finally {
			this.#updater?.close();
		}
	}

	/** What the store holds for good; to be asked at rest. */
	settings(): string {
		const store = new Store({ flash: this.chip.partition("store") });
		this.pieces = store.names("fd.").length;
		return tell(new LayeredStore(store, false));
	}

	/** Version of the firmware that runs, or would. */
	get version(): string {
		return this.found[this.found.length - 1].version;
	}

	/** @returns why it starts again; `undefined` when it has come to rest or the power has gone */
	async #start(reason: ResetReason): Promise<ResetReason | undefined> {
		const loaded = this.chip.load();
		assert.ok(loaded !== undefined, "nothing is bootable");
		const running = this.chip.partition(loaded.slot === 0 ? "slot0" : "slot1");
		const description = parseDescription(new Uint8Array(running.read(288, 0)).subarray(32));
		const board = this.#board(reason, loaded.slot, description);
		const trial = this.#trial(board);
		this.found.push({ version: description.version, sha256: loaded.sha256, reason, settings: tell(trial.records) });
		const files = new FileStore({ records: trial.records });
		files.collect();
		this.#clock = new FakeClock();
		this.#restarting = false;
		const server = new FakeServer(this.#clock.timer, () => startMs + this.#clock.now);
		server.files = this.files;
		if (this.faulty.has(description.version)) return "panic";
		this.#updater = new Updater({
			settings: new Settings({ store: trial.records }),
			trial,
			signing: { keys: () => [toyKey(1)], revoked: () => [], verify: toyVerify },
			storage: { open: ({ path }) => (path === "nextota" ? this.#idle(loaded.slot) : assert.fail(path)) },
			board,
			timer: this.#clock.timer,
			certificates: keepRoots(trial.records),
			files,
			http: () => {
				server.down = this.down || rootsIn(trial.records) === badRoots;
				return server.client();
			},
			onEvent: (record) => this.events.push(record),
		});
		this.#updater.start();
		return this.#rest(this.#updater);
	}

	async #rest(updater: Updater): Promise<ResetReason | undefined> {
		for (let turn = 0; turn < maxTurns; turn++) {
			await this.#clock.advanceAsync(updater.status().phase === "restarting" ? 60000 : 1000);
			if (this.chip.flash.isCut) throw new PowerCut();
			if (this.#restarting) return "software";
			const { phase, trial } = updater.status();
			if (phase === "idle" && !trial) return undefined;
		}
		throw new assert.AssertionError({ message: "it does not come to rest" });
	}

	#trial(board: Board): Trial {
		const store = new Store({ flash: this.chip.partition("store") });
		return new Trial({ store, selector: new BootSelector({ flash: this.chip.partition("otadata") }), board });
	}

	#idle(running: 0 | 1): ReturnType<Chip["partition"]> {
		return this.chip.partition(running === 0 ? "slot1" : "slot0");
	}

	#board(resetReason: ResetReason, runningSlot: 0 | 1, application: FakeBoardOptions["application"]): Board {
		return fakeBoard({
			application,
			builtMs: startMs - 86400000,
			resetReason,
			chip: testChip,
			/* Every other firmware has memory to spare: both ways of writing an image are cut. */
			...(runningSlot === 1 ? { pieceBytes: 16384 } : {}),
			runningSlot,
			ticks: () => this.#clock.now,
			restart: () => {
				this.#restarting = true;
				this.#updater?.close();
			},
		});
	}
}

function rootsIn(records: SettingsStore): string {
	const bytes = records.get(rootsRecord);
	return bytes === undefined ? "" : decodeUTF8(bytes);
}

/** A certificate store that takes any roots, in one commit as the real one. */
function keepRoots(records: SettingsStore): CertificatesPort {
	return {
		maxImportBytes: 8192,
		import(role, bytes) {
			assert.equal(role, "root");
			const changed = rootsIn(records) !== decodeUTF8(bytes);
			if (changed) records.commit([{ name: rootsRecord, value: bytes.slice() }]);
			return { changed, description: "roots" };
		},
	};
}

/** A file of one byte over and over is told by that byte; another one is a mixture. */
function tonesIn(records: LayeredStore): string {
	const file = new FileStore({ records }).open("cpt");
	if (file === undefined) return "";
	const bytes = new Uint8Array(file.size);
	assert.equal(file.read(bytes, 0), file.size);
	return bytes.every((byte) => byte === bytes[0]) ? `${file.size} x ${bytes[0]}` : "a mixture";
}

function tell(store: LayeredStore): string {
	const settings = new Settings({ store });
	assert.deepEqual(settings.problems, [], "the stored settings are whole");
	return [...telling.map((name) => settings.text(name)), rootsIn(store), tonesIn(store)].join("|");
}

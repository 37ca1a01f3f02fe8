// SPDX-License-Identifier: Apache-2.0
//
// The maintenance hold: updates are downloaded and checked, and lie ready, but nothing comes into force and nothing restarts until an
// operator releases it. Both the hold and what lies ready are records, so they outlast a restart: the firmware stays in the idle
// slot, everything else in the upper layer of the records (layers.ts), where nobody reads it.
// What lies ready is judged again before it comes into force: keys, settings and flash may be others by then.

import { encodeUTF8 } from "../bytes/text.js";
import { UpdateError } from "./error.js";
import { type Content, isContent } from "./failures.js";
import type { UpdateContext } from "./interfaces.js";
import { parkedRecord } from "./layers.js";
import { readJSON } from "./records.js";
import { checkImage } from "./slot-image.js";
import { idleSlot } from "./slots.js";
import type { Trial } from "./trial.js";

/** Store record: there is a hold. */
export const installHoldRecord = "upd.hold";

/** What lies ready. */
export interface Parked {
	contents: Content[];
	/** Of new firmware; absent when there is none. */
	slot?: 0 | 1;
	/** What the run has found, for people. */
	reason: string;
	/** Version that starts next. */
	version: string;
	/** Why the gateway has to restart when it comes into force. */
	restart?: string;
	/** Of what was in force then: changed since, it would be lost. */
	digest: string;
}

function isParked(value: unknown): value is Parked {
	if (typeof value !== "object" || value === null) return false;
	const { contents, slot, reason, version, restart, digest } = value as Partial<Record<keyof Parked, unknown>>;
	if (!Array.isArray(contents) || contents.length === 0 || !contents.every(isContent)) return false;
	if (slot !== undefined && slot !== 0 && slot !== 1) return false;
	if (restart !== undefined && typeof restart !== "string") return false;
	return [reason, version, digest].every((text) => typeof text === "string");
}

export class InstallHold {
	readonly #context: UpdateContext;
	readonly #trial: Trial;
	#on: boolean;

	constructor(context: UpdateContext, trial: Trial) {
		this.#context = context;
		this.#trial = trial;
		this.#on = [...context.store.names()].includes(installHoldRecord);
	}

	/** Nothing comes into force now. */
	get on(): boolean {
		return this.#on;
	}

	/** What lies ready, `undefined` when nothing does. */
	get parked(): Parked | undefined {
		const value = readJSON(this.#context.store, parkedRecord);
		return isParked(value) ? value : undefined;
	}

	/** Lines for people. */
	get notes(): string[] {
		if (!this.#on) return [];
		const { parked } = this;
		const what = parked === undefined ? "nothing lies ready yet" : `ready for "update release": ${parked.reason}`;
		return [`maintenance hold: ${what}`];
	}

	/** @throws what the store throws; nothing has changed then */
	set(): void {
		if (!this.#on) this.#context.store.commit([{ name: installHoldRecord, value: encodeUTF8("1") }]);
		this.#on = true;
	}

	/** @throws what the store throws; nothing has changed then */
	clear(): void {
		if (this.#on) this.#context.store.commit([{ name: installHoldRecord }]);
		this.#on = false;
	}

	/** Puts by what the run has staged; from now on the gateway reads what is in force again. @throws what the store throws */
	park(parked: Omit<Parked, "contents" | "digest">): void {
		const digest = this.#trial.records.lowerDigest();
		this.#trial.park((contents) => encodeUTF8(JSON.stringify({ ...parked, contents, digest })));
		this.#context.settings.reload();
	}

	/** What lies ready goes. @throws what the store throws */
	drop(): void {
		this.#trial.records.drop();
		this.#context.settings.reload();
	}

	/**
	 * Makes ready for `Trial.switchOver` what was put by.
	 * @throws UpdateError UPDATE_HELD_STALE; errors of image and flash; nothing has changed then
	 */
	async unpark(parked: Parked): Promise<void> {
		if (parked.digest !== this.#trial.records.lowerDigest())
			throw new UpdateError("UPDATE_HELD_STALE", "settings or certificates were changed after the download");
		if (parked.slot !== undefined) await this.checkSlot(parked);
		this.#trial.unpark(parked.contents);
		this.#context.settings.reload();
	}

	private async checkSlot({ slot, contents }: Parked): Promise<void> {
		const { board, storage } = this.#context;
		if (slot !== idleSlot(board)) throw new UpdateError("UPDATE_HELD_STALE", "the slots have changed places");
		const flash = storage.open({ path: "nextota", mode: "r" });
		try {
			const { sha256 } = await checkImage(this.#context, flash, this.#trial.secureFloor, () => undefined);
			if (contents.some((content) => content.file === "cmp" && content.sha256 === sha256)) return;
			throw new UpdateError("UPDATE_HELD_STALE", "other firmware lies in the slot");
		} finally {
			flash.close();
		}
	}
}

// SPDX-License-Identifier: Apache-2.0
//
// The body of a 200 or 206 for firmware. Its head (288 bytes) decides about chip, model and version before the first erase;
// then it goes into the idle slot (image-intake.ts); the boot choice changes only after all of it stood up.
// The rest of a broken download (206) is judged as a whole file is, from the slot's content on. What does not stand up then
// says nothing about the file: the slot may have lost it, or the server may have mixed two versions. So it starts over.
// Sources: AudioCodes Automatic Update, "Software file"; ESP-IDF "App image format".

import { toHex } from "../bytes/text.js";
import type { Flash } from "../ecma419/flash.js";
import type { DownloadRecord } from "./downloads.js";
import type { Exchange } from "./exchange.js";
import { attemptStep, hasProgramHash, headBytes, judgeVersion, type Judged, type Refusal } from "./image-judge.js";
import { ImageIntake } from "./image-intake.js";
import type { TakenImage } from "./image-transfer.js";
import type { PartialDownload } from "./journal.js";
import { forgetURL, observeDate, onTrial, validatorsOf, type FileOutcome, type Run } from "./outcome.js";
import type { PlanEntry } from "./plan.js";
import { commitOrReport } from "./records.js";
import { isRemembered, policyOf, takeTrust } from "./signature-check.js";
import { idleSlot } from "./slots.js";

/** Largest rest of a body that is read only to end the exchange. */
const drainBytes = 16 * 1024 * 1024;

/** What is known of the file before it comes. */
export interface KnownImage {
	/** What the body is the rest of. */
	part: PartialDownload | undefined;
	/** The last file from there was refused, and would be again. */
	refused: DownloadRecord | undefined;
}

/** A file whose head has been judged, and whose rest is wanted and on its way. */
export interface BegunImage {
	/** To be told of the rest, then to be closed. */
	step: Pick<ImageStep, "conclude" | "close">;
	rest: Promise<TakenImage | Refusal>;
}

class ImageStep {
	readonly #run: Run;
	readonly #entry: PlanEntry;
	readonly #exchange: Exchange;
	readonly #flash: Flash;
	readonly #part: PartialDownload | undefined;
	#refused: DownloadRecord | undefined;
	readonly #intake: ImageIntake;
	/** What the file is known by while it comes. */
	#head = "";

	constructor(run: Run, entry: PlanEntry, exchange: Exchange, flash: Flash, { part, refused }: KnownImage) {
		this.#run = run;
		this.#entry = entry;
		this.#exchange = exchange;
		this.#flash = flash;
		this.#part = part;
		this.#refused = part === undefined ? refused : undefined;
		this.#intake = new ImageIntake({ run, url: entry.url, exchange, flash, part });
	}

	/** Judges the head, and closes the slot where that is the end of it. */
	async begin(): Promise<FileOutcome | BegunImage> {
		let begun: FileOutcome | BegunImage | undefined;
		try {
			const head = new Uint8Array(headBytes);
			const judged = await this.#intake.readHead(head);
			begun = "result" in judged ? this.refuse(judged) : await this.judged(judged, head);
			return begun;
		} finally {
			if (begun === undefined || !("rest" in begun)) this.close();
		}
	}

	private judged(judged: Judged, head: Uint8Array): FileOutcome | BegunImage | Promise<FileOutcome> {
		if (this.#run.trial.pending) return this.skip();
		const precluded = this.preclude(judged);
		if (precluded !== undefined) return precluded;
		this.#head = judged.head;
		this.#refused = undefined;
		return { step: this, rest: this.#intake.write(head) };
	}

	/** Closes the slot. */
	close(): void {
		this.#flash.close();
	}

	/** What becomes of the file whose rest has come. */
	conclude(image: TakenImage | Refusal): FileOutcome {
		observeDate(this.#run, this.#exchange);
		if (!("result" in image)) return this.install(image);
		const lasting = image.code === "UPDATE_FAILED_BEFORE" || isRemembered(image.code);
		return this.refuse(image, lasting ? this.#head : undefined);
	}

	/** @returns what is to become of a file that is not even downloaded */
	private preclude(judged: Judged): FileOutcome | undefined {
		const refusal = this.judgeSize() ?? judgeVersion(this.#run, judged);
		if (refusal !== undefined) return this.refuse(refusal, judged.head);
		const same = this.judgeSame(judged);
		if (same !== undefined) return this.refuse(same);
		// Not remembered: no flash is worn by asking again, and a key may come at any time.
		const keyless = attemptStep(() => takeTrust(this.#run.context));
		return keyless === undefined ? undefined : { ...keyless, reached: true };
	}

	/** A length that is announced is judged now; one that is not, by the parser as it comes. */
	private judgeSize(): Refusal | undefined {
		const { length } = this.#intake;
		const { size } = this.#flash.status();
		if (length === undefined || length <= size) return undefined;
		return { result: "refused", code: "UPDATE_IMAGE_SIZE", reason: `${length} bytes for a slot of ${size}` };
	}

	/**
	 * A server that does not know conditions sends the refused file once more: it is not downloaded, nor the slot written. A head does
	 * not tell whether the file was signed anew. Where the server has neither Last-Modified nor ETag to tell it, a periodic file is
	 * taken for another one; a one-time file is not, as somebody has set it who can ask again.
	 */
	private judgeSame({ head, description }: Judged): Refusal | undefined {
		const { code, reason, sha256, etag, dated, modified } = this.#refused ?? {};
		if (code === undefined || sha256 !== head || !hasProgramHash(description)) return undefined;
		const now = validatorsOf(this.#exchange);
		if (now.etag !== etag || now.dated !== dated) return undefined;
		if (dated ? !this.#entry.once && etag === "" : now.modified !== modified) return undefined;
		return { result: "refused", code, reason: `still the file that was refused: ${reason ?? code}` };
	}

	/** The other slot is the way back while the running firmware is on trial. */
	private async skip(): Promise<FileOutcome> {
		await this.#exchange.drain(drainBytes);
		return onTrial;
	}

	/**
	 * Not wanted; the rest of the body is not downloaded.
	 * @param remembered head of a file for which the decision will be the same until something changes
	 */
	private refuse(refusal: Refusal, remembered?: string): FileOutcome {
		const { journal, context } = this.#run;
		if (this.#part !== undefined) return { ...refusal, result: "failed", reached: true, startOver: true };
		commitOrReport(context, journal.forget());
		return remembered === undefined ? { ...refusal, reached: true } : this.decline(refusal, remembered);
	}

	/** The decision is remembered for this version. */
	private decline(refusal: Refusal, head: string): FileOutcome {
		const { downloads, context } = this.#run;
		const record = { ...validatorsOf(this.#exchange), sha256: head, version: context.board.application.version };
		if (refusal.code !== undefined) {
			Object.assign(record, { code: refusal.code, reason: refusal.reason, policy: policyOf(context) });
		}
		observeDate(this.#run, this.#exchange);
		const isForgotten = this.#entry.once && refusal.code === undefined;
		const changes = isForgotten ? [] : downloads.remember(this.#entry.url, record);
		if (changes.length > 0) context.store.commit([...changes, ...this.#run.clock.floorChange()]);
		if (this.#entry.once && refusal.result === "same") forgetURL(this.#run, this.#entry);
		return { ...refusal, reached: true };
	}

	/** A 206 need not tell all that the 200 before it has told (RFC 9110 section 15.3.7). */
	private validators(): Pick<DownloadRecord, "modified" | "dated" | "etag"> {
		if (this.#part === undefined) return validatorsOf(this.#exchange);
		const { validator, modified, dated } = this.#part;
		return { modified, dated, etag: validator.startsWith('"') ? validator : "" };
	}

	/** It lies whole in the slot; the boot choice changes with the rest of the update, when the run is over. */
	private install({ version, sha256: hash }: TakenImage): FileOutcome {
		const { context, downloads, trial, clock, journal } = this.#run;
		const { once, url } = this.#entry;
		const sha256 = toHex(hash);
		const slot = idleSlot(context.board);
		// The version that runs after the restart: if another one does, the request is unconditional again.
		const record = { ...this.validators(), sha256, version };
		const remembered = once ? [] : downloads.remember(url, record);
		trial.begin();
		context.store.commit([...remembered, ...clock.floorChange(), ...journal.forget()]);
		trial.add({ file: "cmp", sha256, head: this.#head, version });
		if (once) forgetURL(this.#run, this.#entry);
		const reason = `version ${version} checked and ready in slot ${slot}`;
		return { result: "installed", reason, reached: true, version, slot, restart: `firmware ${version}` };
	}
}

/**
 * Takes the head of a 200, or of a 206 with the rest of `known.part`.
 * @returns what becomes of the file where its rest does not come; the slot is closed then
 * @throws the exchange's, flash writer's or store's error; the boot choice is as before in any case
 */
export function takeImage(
	run: Run,
	entry: PlanEntry,
	exchange: Exchange,
	known: KnownImage,
): Promise<FileOutcome | BegunImage> {
	const flash = run.context.storage.open({ path: "nextota" });
	let step: ImageStep;
	try {
		step = new ImageStep(run, entry, exchange, flash, known);
	} catch (error) {
		flash.close();
		throw error;
	}
	return step.begin();
}

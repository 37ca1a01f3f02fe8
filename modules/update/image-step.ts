// SPDX-License-Identifier: Apache-2.0
//
// The body of a 200 for firmware. Its head (at most 1 KB) decides about chip, model and version before the first erase;
// then it streams into the idle slot while the image parser checks it; the boot choice changes only after all of it stood up.
// Leaves out resuming. Sources: AudioCodes Automatic Update, "Software file"; ESP-IDF "App image format".

import { SHA256 } from "../bytes/sha256.js";
import { toHex } from "../bytes/text.js";
import type { Flash } from "../ecma419/flash.js";
import { SlotWriter } from "../flash/writer.js";
import type { Description } from "../image/description.js";
import { ImageParser, type ImageSummary } from "../image/parser.js";
import { compareVersions } from "../image/version.js";
import { describeError } from "./error.js";
import type { Exchange } from "./exchange.js";
import { forgetURL, observeDate, onTrial, validatorsOf, type FileOutcome, type Run } from "./outcome.js";
import type { PlanEntry } from "./plan.js";
import { checkTrust, isRemembered, policyOf, takeTrust } from "./signature-check.js";
import { sleep } from "./tasks.js";

/** The description has to lie within so many bytes: header 24, segment header 8, description 256. */
const headBytes = 288;
const pieceBytes = 4096;
/** Largest rest of a body that is read only to end the exchange. */
const drainBytes = 16 * 1024 * 1024;

/** A decision that needs no more of the body. */
type Refusal = Pick<FileOutcome, "result" | "code" | "reason">;

interface Judged {
	description: Description;
	/** SHA-256 of the head, hexadecimal. */
	head: string;
}

/** Judges version and history. @returns `undefined` when the image is wanted */
function judge(run: Run, { description, head }: Judged): Refusal | undefined {
	const running = run.context.board.application.version;
	const order = compareVersions(description.version, running);
	if (order === 0) return { result: "same", reason: `version ${description.version} is running` };
	if (order < 0 && run.context.settings.text("AllowDowngrade") === "0") {
		const reason = `version ${description.version} is older than ${running}`;
		return { result: "refused", code: "UPDATE_VERSION", reason };
	}
	// A program hash of zeros is none: two builds may then share a head, and only the whole file tells them apart.
	if (description.elfSHA256.some((byte) => byte !== 0) && run.trial.failures.hasHead(head))
		return failedBefore(description);
	return undefined;
}

function failedBefore(description: Description): Refusal {
	const reason = `this build of version ${description.version} failed its trial`;
	return { result: "refused", code: "UPDATE_FAILED_BEFORE", reason };
}

function idleSlot(run: Run): 0 | 1 {
	return run.context.board.runningSlot === 0 ? 1 : 0;
}

class ImageStep {
	#run: Run;
	#entry: PlanEntry;
	#exchange: Exchange;
	#flash: Flash;
	#parser: ImageParser;
	#description: Description | undefined;
	#startTicks: number;

	constructor(run: Run, entry: PlanEntry, exchange: Exchange, flash: Flash) {
		const { board } = run.context;
		this.#run = run;
		this.#entry = entry;
		this.#exchange = exchange;
		this.#flash = flash;
		this.#startTicks = board.clock.ticks();
		this.#parser = new ImageParser({
			chip: board.chip,
			maxSize: flash.status().size,
			model: board.application.name,
			revision: board.chipRevision,
			minSecureVersion: run.trial.secureFloor,
			onDescription: (description) => {
				this.#description = description;
			},
		});
	}

	async take(): Promise<FileOutcome> {
		const head = new Uint8Array(headBytes);
		const judged = await this.#readHead(head);
		if ("result" in judged) return { ...judged, reached: true };
		if (this.#run.trial.pending) return this.#skip();
		const refusal = this.#judgeSize() ?? this.#judgeVersion(judged);
		if (refusal !== undefined) return this.#decline(refusal, judged);
		// Not remembered: no flash is worn by asking again, and a key may come at any time.
		const keyless = this.#check(() => takeTrust(this.#run.context));
		if (keyless !== undefined) return { ...keyless, reached: true };
		const summary = await this.#write(head);
		observeDate(this.#run, this.#exchange);
		if (!("result" in summary)) return this.#install(judged, summary);
		if (summary.code === "UPDATE_FAILED_BEFORE" || isRemembered(summary.code)) return this.#decline(summary, judged);
		return { ...summary, reached: true };
	}

	async #readHead(head: Uint8Array): Promise<Judged | Refusal> {
		let held = 0;
		while (held < head.length) {
			const count = await this.#exchange.read(head.subarray(held));
			const refusal = this.#check(() => {
				if (count === 0) this.#parser.end();
				else this.#parser.write(head.subarray(held, held + count));
			});
			if (refusal !== undefined) return refusal;
			held += count;
		}
		const description = this.#description;
		if (description === undefined) return { result: "refused", code: "UPDATE_IMAGE_HEAD", reason: "no description" };
		const hash = new SHA256();
		hash.update(head);
		return { description, head: toHex(hash.digest()) };
	}

	/** Runs a step of the parser. @returns the refusal when it throws */
	#check(step: () => void): Refusal | undefined {
		try {
			step();
			return undefined;
		} catch (error) {
			return { result: "refused", ...describeError(error) };
		}
	}

	#judgeVersion(judged: Judged): Refusal | undefined {
		let refusal: Refusal | undefined;
		// What is no version cannot be compared: IMAGE_VERSION.
		const fault = this.#check(() => {
			refusal = judge(this.#run, judged);
		});
		return fault ?? refusal;
	}

	/** A length that is announced is judged now; one that is not, by the parser as it comes. */
	#judgeSize(): Refusal | undefined {
		const { length } = this.#exchange;
		const { size } = this.#flash.status();
		if (length === undefined || length <= size) return undefined;
		return { result: "refused", code: "UPDATE_IMAGE_SIZE", reason: `${length} bytes for a slot of ${size}` };
	}

	/** The other slot is the way back while the running firmware is on trial. */
	async #skip(): Promise<FileOutcome> {
		await this.#exchange.drain(drainBytes);
		return onTrial;
	}

	/** Not wanted: the rest of the body is not downloaded, and the decision is remembered for this version. */
	#decline(refusal: Refusal, { head }: Judged): FileOutcome {
		const { downloads, context } = this.#run;
		const record = { ...validatorsOf(this.#exchange), sha256: head, version: context.board.application.version };
		if (refusal.code !== undefined) {
			Object.assign(record, { code: refusal.code, reason: refusal.reason, policy: policyOf(context) });
		}
		observeDate(this.#run, this.#exchange);
		const changes = this.#entry.once ? [] : downloads.remember(this.#entry.url, record);
		if (changes.length > 0) context.store.commit([...changes, ...this.#run.clock.floorChange()]);
		if (this.#entry.once && refusal.result === "same") forgetURL(this.#run, this.#entry);
		return { ...refusal, reached: true };
	}

	/** Streams into the slot; on a refusal the slot is made unbootable, on a broken exchange it is left to go on from. */
	async #write(head: Uint8Array): Promise<ImageSummary | Refusal> {
		const writer = new SlotWriter({ flash: this.#flash, expectedBytes: this.#exchange.length });
		try {
			const end = await this.#transfer(head, writer);
			if ("result" in end) writer.discard();
			else await this.#finish(writer);
			return end;
		} finally {
			writer.abort(); // without effect on a finished one
			this.#reportFlash(writer);
		}
	}

	async #transfer(head: Uint8Array, writer: SlotWriter): Promise<ImageSummary | Refusal> {
		const buffer = new Uint8Array(pieceBytes);
		await this.#store(writer, head);
		for (;;) {
			const count = await this.#exchange.read(buffer);
			if (count === 0) break;
			const piece = buffer.subarray(0, count);
			const refusal = this.#check(() => this.#parser.write(piece));
			if (refusal !== undefined) return refusal;
			await this.#store(writer, piece);
		}
		let summary: ImageSummary | undefined;
		const refusal = this.#check(() => {
			const image = this.#parser.end();
			checkTrust(this.#run.context, image);
			summary = image;
		});
		if (summary === undefined) return refusal ?? { result: "refused", code: "UPDATE_INTERNAL", reason: "no image" };
		return this.#run.trial.failures.has("cmp", toHex(summary.sha256)) ? failedBefore(summary.description) : summary;
	}

	/** Hands bytes to the writer, one flash job a turn, so that other events come in between. */
	async #store(writer: SlotWriter, bytes: Uint8Array): Promise<void> {
		let used = 0;
		while (used < bytes.length) {
			used += writer.write(bytes.subarray(used));
			if (writer.pending !== "none") await sleep(this.#run.context.timer, 0);
		}
		this.#progress("download", this.#exchange.bytes);
		this.#progress("flash", writer.stored);
	}

	async #finish(writer: SlotWriter): Promise<void> {
		while (!writer.finish()) await sleep(this.#run.context.timer, 0);
		this.#progress("flash", writer.stored);
	}

	#progress(phase: "download" | "flash", done: number): void {
		this.#run.context.onProgress({ file: "cmp", phase, done, total: this.#exchange.length });
	}

	#reportFlash(writer: SlotWriter): void {
		const { report, board } = this.#run.context;
		const ms = board.clock.ticks() - this.#startTicks;
		report({ event: "flash", slot: idleSlot(this.#run), bytes: writer.stored, erases: writer.erases, ms });
	}

	/** It lies whole in the slot; the boot choice changes with the rest of the update, when the run is over. */
	#install({ head }: Judged, summary: ImageSummary): FileOutcome {
		const { context, downloads, trial, clock } = this.#run;
		const { once, url } = this.#entry;
		const sha256 = toHex(summary.sha256);
		const version = summary.description.version;
		const slot = idleSlot(this.#run);
		// The version that runs after the restart: if another one does, the request is unconditional again.
		const record = { ...validatorsOf(this.#exchange), sha256, version };
		const remembered = once ? [] : downloads.remember(url, record);
		trial.begin();
		context.store.commit([...remembered, ...clock.floorChange()]);
		trial.add({ file: "cmp", sha256, head, version });
		if (once) forgetURL(this.#run, this.#entry);
		const reason = `version ${version} checked and ready in slot ${slot}`;
		return { result: "installed", reason, reached: true, version, slot, restart: `firmware ${version}` };
	}
}

/**
 * Takes the body of a 200.
 * @throws the exchange's, flash writer's or store's error; the boot choice is as before in any case
 */
export async function takeImage(run: Run, entry: PlanEntry, exchange: Exchange): Promise<FileOutcome> {
	const flash = run.context.storage.open({ path: "nextota" });
	try {
		return await new ImageStep(run, entry, exchange, flash).take();
	} finally {
		flash.close();
	}
}

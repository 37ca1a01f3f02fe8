// SPDX-License-Identifier: Apache-2.0
//
// The bytes of an image on their way into the idle slot: from the server, and, when a broken download goes on, first what lies
// in the slot already. All of them pass the image parser; those of the server pass the slot writer too, one flash job a
// turn. Progress goes into the journal. Leaves out every decision but that of the parser and the signature.
//
//   slot, up to `stored` --> parser
//   server, from there   --> parser --> writer --> slot      journal: eight times at most, and when the connection breaks

import { toHex } from "../bytes/text.js";
import type { Flash } from "../ecma419/flash.js";
import { FlashAccess } from "../flash/access.js";
import { SlotWriter } from "../flash/writer.js";
import { rangeValidator } from "../http/range.js";
import type { Description } from "../image/description.js";
import { ImageParser, type ImageSummary } from "../image/parser.js";
import { describeError } from "./error.js";
import type { Exchange } from "./exchange.js";
import { attemptStep, failedBefore, hashHead, headBytes, type Judged, type Refusal } from "./image-judge.js";
import type { PartialDownload } from "./journal.js";
import { maxTag, validatorsOf, type Run } from "./outcome.js";
import { commitOrReport } from "./records.js";
import { checkTrust } from "./signature-check.js";
import { idleSlot } from "./slots.js";
import { transferImage, type ImageSource } from "./image-transfer.js";
import { sleep } from "./tasks.js";

/** Between two notes in the journal, at least; and how many there are of a file, so that a long one does not wear the store more. */
const leastNoteBytes = 128 * 1024;
const mostNotes = 8;
/** Between two reports of progress: each is an object, and a line of text for who draws it. */
const progressMs = 200;
/** Between two looks at the clock for that. */
const lookBytes = 16 * 1024;

/** What an intake needs of a run; an upload by hand has no more. */
export type IntakeRun = Pick<Run, "context" | "trial" | "journal">;

export interface IntakeOptions {
	run: IntakeRun;
	/** Of the file, for the journal. */
	url: string;
	exchange: Pick<Exchange, "length" | "header" | "error"> & ImageSource;
	/** The idle slot. */
	flash: Flash;
	/** What lies in the slot, when the exchange brings the rest of it. */
	part: PartialDownload | undefined;
}

export class ImageIntake {
	readonly #options: IntakeOptions;
	readonly #parser: ImageParser;
	/** Bytes that come from the slot. */
	readonly #start: number;
	readonly #access: FlashAccess;
	readonly #startTicks: number;
	readonly #startBusyMs: number | undefined;
	/** Length of the whole file, where the server says it. */
	readonly length: number | undefined;
	/** What a download that breaks can be gone on with; `undefined` when it cannot. */
	#note: Omit<PartialDownload, "stored"> | undefined;
	#noted: number;
	readonly #noteBytes: number;
	#looked = 0;
	#shownTicks = -progressMs;
	#refusal: Refusal | undefined;
	#description: Description | undefined;

	constructor(options: IntakeOptions) {
		const { run, exchange, flash, part } = options;
		const { board } = run.context;
		this.#access = new FlashAccess(flash);
		this.#options = options;
		this.length = part?.total ?? exchange.length;
		this.#start = part?.stored ?? 0;
		this.#noted = this.#start;
		this.#noteBytes = Math.max(leastNoteBytes, (this.length ?? 0) / mostNotes);
		this.#note = part ?? noteOf(exchange, idleSlot(board));
		this.#startTicks = board.clock.ticks();
		this.#startBusyMs = board.flashBusyMs?.();
		this.#parser = new ImageParser({
			chip: board.chip,
			maxSize: this.#access.size,
			model: board.application.name,
			revision: board.chipRevision,
			minSecureVersion: run.trial.secureFloor,
			onDescription: (description) => {
				this.#description = description;
			},
		});
	}

	/** Fills `head` and has the parser judge it. @throws the exchange's error, FlashError FLASH_IO */
	async readHead(head: Uint8Array): Promise<Judged | Refusal> {
		let held = 0;
		while (held < head.length) {
			const count = await this.read(head.subarray(held));
			const refusal = attemptStep(() => {
				if (count === 0) this.#parser.end();
				else this.#parser.write(head.subarray(held, held + count));
			});
			if (refusal !== undefined) return refusal;
			held += count;
		}
		const description = this.#description;
		if (description === undefined) return { result: "refused", code: "UPDATE_IMAGE_HEAD", reason: "no description" };
		return { description, head: hashHead(head) };
	}

	/**
	 * Takes the rest. On a refusal the slot is made unbootable, and when the exchange breaks too, unless what lies there can be gone on with.
	 * All of a download hangs on this one function: each more that waited would take a kilobyte of the chip's heap as long.
	 * @throws the exchange's and the writer's error
	 */
	async write(head: Uint8Array): Promise<ImageSummary | Refusal> {
		const { run, exchange } = this.#options;
		if (this.#start === 0) commitOrReport(run.context, run.journal.forget()); // it speaks of what is overwritten now
		const writer = this.makeWriter();
		try {
			if (this.#start === 0) writer.write(head);
			else await this.parseStored(writer.room);
			await this.transfer(writer);
			const end = this.judge();
			if ("result" in end) writer.discard();
			else await this.finish(writer);
			return end;
		} catch (error) {
			if (this.#refusal !== undefined) {
				writer.discard();
				return this.#refusal;
			}
			if (exchange.error !== undefined) this.noteProgress(writer);
			if (run.journal.unfinished === undefined) attemptStep(() => writer.discard());
			throw error;
		} finally {
			writer.abort(); // without effect on a finished one
			this.reportFlash(writer);
		}
	}

	private makeWriter(): SlotWriter {
		const { run, flash } = this.#options;
		const { pieceBytes: bufferBytes } = run.context.board;
		return new SlotWriter({ flash, expectedBytes: this.length, startBytes: this.#start, bufferBytes });
	}

	/** The next bytes of the head, from where they are. */
	private async read(buffer: Uint8Array): Promise<number> {
		const left = this.#start - this.#parser.offset;
		return left <= 0 ? this.#options.exchange.read(buffer) : this.readStored(buffer.subarray(0, left));
	}

	/** What lies in the slot is read a piece a turn. */
	private async readStored(piece: Uint8Array): Promise<number> {
		await sleep(this.#options.run.context.timer, 0);
		this.#access.read(piece, this.#parser.offset);
		return piece.length;
	}

	/** @throws ImageError, which is kept as a refusal; the exchange's and the writer's error */
	private transfer(writer: SlotWriter): Promise<void> {
		const { exchange: source, run } = this.#options;
		const take = (piece: Uint8Array): void => {
			this.parse(piece);
			if (writer.stored - this.#noted >= this.#noteBytes) this.noteProgress(writer);
			if (this.#parser.offset - this.#looked >= lookBytes) this.look(writer);
		};
		return transferImage({ source, writer, timer: run.context.timer, take });
	}

	/** All bytes are there. @returns what they are, or why that is not wanted */
	private judge(): ImageSummary | Refusal {
		const { context, trial } = this.#options.run;
		let summary: ImageSummary | undefined;
		const refusal = attemptStep(() => {
			const image = this.#parser.end();
			checkTrust(context, image);
			summary = image;
		});
		if (summary === undefined) return refusal ?? { result: "refused", code: "UPDATE_INTERNAL", reason: "no image" };
		return trial.failures.has("cmp", toHex(summary.sha256)) ? failedBefore(summary.description) : summary;
	}

	private async parseStored(buffer: Uint8Array): Promise<void> {
		for (let left = this.#start - this.#parser.offset; left > 0; left = this.#start - this.#parser.offset) {
			const piece = buffer.subarray(0, left);
			await this.readStored(piece);
			this.parse(piece);
		}
	}

	/** @throws ImageError, which is kept as a refusal: what else ends a transfer is none */
	private parse(piece: Uint8Array): void {
		try {
			this.#parser.write(piece);
		} catch (error) {
			this.#refusal = { result: "refused", ...describeError(error) };
			throw error;
		}
	}

	private look(writer: SlotWriter): void {
		this.#looked = this.#parser.offset;
		const now = this.#options.run.context.board.clock.ticks();
		if (now - this.#shownTicks < progressMs) return;
		this.#shownTicks = now;
		this.progress("download", this.#looked);
		this.progress("flash", writer.stored);
	}

	private async finish(writer: SlotWriter): Promise<void> {
		this.progress("download", this.#parser.offset);
		const { timer } = this.#options.run.context;
		while (!writer.finish()) await sleep(timer, 0);
		await sleep(timer, 0); // what follows writes records: not in the turn that wrote a block
		this.progress("flash", writer.stored);
	}

	/** All whole blocks but the last one: a voltage that falls slowly may have left that one weak, though it reads right. */
	private noteProgress(writer: SlotWriter): void {
		const { run, url } = this.#options;
		this.#noted = writer.stored;
		const { blockLength } = this.#access;
		const stored = (Math.floor(writer.stored / blockLength) - 1) * blockLength;
		if (this.#note === undefined || stored < headBytes || stored <= this.#start) return;
		const change = run.journal.change(url, { ...this.#note, stored });
		if (!commitOrReport(run.context, [change])) this.#note = undefined; // told once is enough
	}

	private progress(phase: "download" | "flash", done: number): void {
		this.#options.run.context.onProgress({ file: "cmp", phase, done, total: this.length });
	}

	private reportFlash(writer: SlotWriter): void {
		const { report, board } = this.#options.run.context;
		const ms = board.clock.ticks() - this.#startTicks;
		const busyMs = board.flashBusyMs?.();
		const busy = busyMs === undefined ? {} : { busyMs: busyMs - (this.#startBusyMs ?? 0) };
		report({ event: "flash", slot: idleSlot(board), bytes: writer.stored, erases: writer.erases, ms, ...busy });
	}
}

/** @returns what to note of a response that begins a file; `undefined` when its rest could not be asked for */
function noteOf(
	exchange: Pick<Exchange, "header" | "length">,
	slot: 0 | 1,
): Omit<PartialDownload, "stored"> | undefined {
	const validator = rangeValidator({ get: (name) => exchange.header(name) });
	const { length: total } = exchange;
	if (validator === undefined || validator.length > maxTag || total === undefined) return undefined;
	const { modified, dated } = validatorsOf(exchange);
	return { slot, validator, modified, dated, total };
}

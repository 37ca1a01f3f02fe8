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
import type { TimerService } from "../ecma419/timer.js";
import { FlashAccess } from "../flash/access.js";
import { SlotWriter } from "../flash/writer.js";
import { rangeValidator } from "../http/range.js";
import { ImageParser } from "../image/parser.js";
import { describeError } from "./error.js";
import type { Exchange } from "./exchange.js";
import { attemptStep, failedBefore, hashHead, headBytes, type Judged, type Refusal } from "./image-judge.js";
import type { PartialDownload } from "./journal.js";
import { maxTag, validatorsOf, type Run } from "./outcome.js";
import { commitOrReport } from "./records.js";
import { checkTrust } from "./signature-check.js";
import { idleSlot } from "./slots.js";
import { type ImageOwner, type ImageSource, ImageTransfer, type TakenImage } from "./image-transfer.js";
import { sleep } from "./tasks.js";

/** Between two notes in the journal, at least; and how many there are of a file, so that a long one does not wear the store more. */
const leastNoteBytes = 128 * 1024;
const mostNotes = 8;
/** Between two reports of progress: each is an object, and a line of text for who draws it. */
const progressMs = 200;
/** Between two looks at the clock for that. */
const lookBytes = 16 * 1024;

/** The slot writer's buffer, unless there is memory for more than this. */
const scarceBytes = 1024;
const fewBytes = 4096;

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

export class ImageIntake implements ImageOwner {
	readonly #run: IntakeRun;
	readonly #url: string;
	readonly #flash: Flash;
	readonly source: IntakeOptions["exchange"];
	readonly #parser: ImageParser;
	/** Bytes that come from the slot. */
	readonly #start: number;
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
	#version = "";

	constructor({ run, url, exchange, flash, part }: IntakeOptions) {
		const { board } = run.context;
		this.#run = run;
		this.#url = url;
		this.#flash = flash;
		this.source = exchange;
		this.length = part?.total ?? exchange.length;
		this.#start = part?.stored ?? 0;
		this.#noted = this.#start;
		this.#noteBytes = Math.max(leastNoteBytes, (this.length ?? 0) / mostNotes);
		this.#note = part ?? noteOf(exchange, idleSlot(board));
		this.#startTicks = board.clock.ticks();
		this.#startBusyMs = board.flashBusyMs?.();
		this.#parser = new ImageParser({
			chip: board.chip,
			maxSize: new FlashAccess(flash).size,
			model: board.application.name,
			revision: board.chipRevision,
			minSecureVersion: run.trial.secureFloor,
		});
	}

	get timer(): TimerService {
		return this.#run.context.timer;
	}

	/** Fills `head` and has the parser judge it. @throws the exchange's error, FlashError FLASH_IO */
	async readHead(head: Uint8Array): Promise<Judged | Refusal> {
		let held = 0;
		while (held < head.length) {
			const count = await this.read(head.subarray(held));
			const refusal = attemptStep(() => {
				if (count === 0) this.#parser.prove();
				else this.#parser.write(head.subarray(held, held + count));
			});
			if (refusal !== undefined) return refusal;
			held += count;
		}
		const { description } = this.#parser;
		if (description === undefined) return { result: "refused", code: "UPDATE_IMAGE_HEAD", reason: "no description" };
		this.#version = description.version;
		this.#parser.release();
		return { description, head: hashHead(head) };
	}

	/**
	 * Takes the rest. On a refusal the slot is made unbootable, and when the exchange breaks too, unless what lies there can be gone on with.
	 * @throws the exchange's and the writer's error
	 */
	write(head: Uint8Array): Promise<TakenImage | Refusal> {
		const { context, journal } = this.#run;
		if (this.#start === 0) commitOrReport(context, journal.forget()); // it speaks of what is overwritten now
		const { pieceBytes = scarceBytes } = context.board;
		const bufferBytes = pieceBytes > fewBytes ? pieceBytes : scarceBytes;
		const options = { flash: this.#flash, expectedBytes: this.length, startBytes: this.#start, bufferBytes };
		const writer = new SlotWriter(options);
		if (this.#start === 0) writer.write(head);
		return new Promise((resolve, reject) => new ImageTransfer(this, writer, resolve, reject).next());
	}

	/** For the transfer. */
	takeStored(buffer: Uint8Array): boolean {
		const left = this.#start - this.#parser.offset;
		if (left <= 0) return false;
		const piece = buffer.subarray(0, left);
		this.readStored(piece);
		this.take(piece);
		return true;
	}

	/** For the transfer. @throws ImageError, which is kept as a refusal: what else ends a transfer is none */
	take(piece: Uint8Array): void {
		try {
			this.#parser.write(piece);
		} catch (error) {
			this.#refusal = { result: "refused", ...describeError(error) };
			throw error;
		}
	}

	/** For the transfer. */
	stored(writer: SlotWriter): void {
		if (writer.stored - this.#noted >= this.#noteBytes) this.noteProgress(writer);
		if (this.#parser.offset - this.#looked >= lookBytes) this.look(writer);
	}

	/** For the transfer: all bytes are there. @returns what they are, or why that is not wanted */
	judge(): TakenImage | Refusal {
		const { context, trial } = this.#run;
		const version = this.#version;
		let sha256: Uint8Array;
		try {
			const image = this.#parser.prove();
			checkTrust(context, image);
			sha256 = image.sha256;
		} catch (error) {
			return { result: "refused", ...describeError(error) };
		}
		if (trial.failures.has("cmp", toHex(sha256))) return failedBefore({ version });
		this.progress("download", this.#parser.offset);
		return { version, sha256 };
	}

	/** For the transfer. */
	written(writer: SlotWriter): void {
		this.progress("flash", writer.stored);
	}

	/** For the transfer. @throws what it was, or what came on top of it, where it was no refusal */
	failed(error: unknown, writer: SlotWriter): Refusal {
		if (this.#refusal !== undefined) {
			writer.discard();
			return this.#refusal;
		}
		if (this.source.error !== undefined) this.noteProgress(writer);
		if (this.#run.journal.unfinished === undefined) attemptStep(() => writer.discard());
		throw error;
	}

	/** For the transfer. */
	over(writer: SlotWriter): void {
		writer.abort(); // without effect on a finished one
		const { report, board } = this.#run.context;
		const ms = board.clock.ticks() - this.#startTicks;
		const busyMs = board.flashBusyMs?.();
		const busy = busyMs === undefined ? {} : { busyMs: busyMs - (this.#startBusyMs ?? 0) };
		report({ event: "flash", slot: idleSlot(board), bytes: writer.stored, erases: writer.erases, ms, ...busy });
	}

	/** The next bytes of the head, from where they are; what lies in the slot in a turn of its own. */
	private async read(buffer: Uint8Array): Promise<number> {
		const left = this.#start - this.#parser.offset;
		if (left <= 0) return this.source.read(buffer);
		await sleep(this.timer, 0);
		const piece = buffer.subarray(0, left);
		this.readStored(piece);
		return piece.length;
	}

	private readStored(piece: Uint8Array): void {
		new FlashAccess(this.#flash).read(piece, this.#parser.offset);
	}

	private look(writer: SlotWriter): void {
		this.#looked = this.#parser.offset;
		const now = this.#run.context.board.clock.ticks();
		if (now - this.#shownTicks < progressMs) return;
		this.#shownTicks = now;
		this.progress("download", this.#looked);
		this.progress("flash", writer.stored);
	}

	/** All whole blocks but the last one: a voltage that falls slowly may have left that one weak, though it reads right. */
	private noteProgress(writer: SlotWriter): void {
		const { journal, context } = this.#run;
		this.#noted = writer.stored;
		const { blockLength } = writer;
		const stored = (Math.floor(writer.stored / blockLength) - 1) * blockLength;
		if (this.#note === undefined || stored < headBytes || stored <= this.#start) return;
		const change = journal.change(this.#url, { ...this.#note, stored });
		if (!commitOrReport(context, [change])) this.#note = undefined; // told once is enough
	}

	private progress(phase: "download" | "flash", done: number): void {
		this.#run.context.onProgress({ file: "cmp", phase, done, total: this.length });
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

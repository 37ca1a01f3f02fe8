// SPDX-License-Identifier: Apache-2.0
//
// The body of a 200 for a file that is kept as it is: tones, dial plan, logo... It streams into the file store beside the one that
// is there, and takes its place with the rest of the update. What equals that one writes nothing. A feature key is looked into
// before: it has to name this gateway. Source: AudioCodes Automatic Update, "Auxiliary files", "License key".

import { describeError, type Fault } from "./error.js";
import type { Exchange } from "./exchange.js";
import { serialNumber, serialsOf } from "./feature-key.js";
import { type AuxiliaryFile, fileKinds, isKept } from "./file-kinds.js";
import type { FilesPort, FileWriterPort } from "./interfaces.js";
import { observeDate, onTrial, type FileOutcome, type Run } from "./outcome.js";
import type { PlanEntry } from "./plan.js";
import { failedBefore, gather, isFault, refuse, refusedBefore, settle, wrongStep } from "./small-file.js";

/** Longest feature key, bytes: it is looked into as a whole. */
export const maxKeyBytes = 4096;

const codes = Object.freeze({ size: "FILES_SIZE", empty: "FILES_EMPTY" });

/** The body of a feature key passes through memory, and its serial number is compared. @returns the refusal */
async function receiveKey(run: Run, exchange: Exchange, writer: FileWriterPort): Promise<Fault | undefined> {
	const received = await gather(exchange, maxKeyBytes, codes);
	if (isFault(received)) return received;
	const serial = serialNumber(run.context.board.mac);
	const named = serialsOf(received);
	if (named.includes(serial)) {
		writer.write(received);
		return undefined;
	}
	const found = named.length === 0 ? "none" : named.slice(0, 3).join(", ");
	return { code: "UPDATE_KEY_SERIAL", reason: `the key is for S/N ${found}, this gateway is S/N ${serial}` };
}

async function receiveAll(run: Run, entry: PlanEntry, exchange: Exchange, writer: FileWriterPort): Promise<void> {
	const buffer = new Uint8Array(1024);
	for (;;) {
		const count = await exchange.read(buffer);
		if (count === 0) return;
		writer.write(buffer.subarray(0, count));
		const { bytes: done, length: total } = exchange;
		run.context.onProgress({ file: entry.file, phase: "download", done, total });
	}
}

/** Whether a file of unknown length was too long before and nothing says that it is another: it is not written to find out. */
function isStillTooLong(run: Run, { url }: PlanEntry, exchange: Exchange): boolean {
	if (run.forced || exchange.length !== undefined) return false;
	const known = run.downloads.find(url);
	if (known?.code !== codes.size || known.version !== run.context.board.application.version) return false;
	return (
		known.etag === (exchange.header("etag") ?? "") && known.dated === (exchange.header("last-modified") === undefined)
	);
}

function judgeSize(run: Run, entry: PlanEntry, exchange: Exchange, room: number): Fault | undefined {
	const { length } = exchange;
	if (length !== undefined && length > room)
		return { code: codes.size, reason: `${length} bytes, ${room} can be kept` };
	if (isStillTooLong(run, entry, exchange)) return { code: codes.size, reason: `still more than ${room} bytes` };
	return undefined;
}

function describe(name: AuxiliaryFile, size: number): string {
	const offline = fileKinds.some(({ file, offline }) => file === name && offline === true);
	return `${size} bytes, kept as ${name}${offline ? "; takes effect after a reset" : ""}`;
}

/** One file on its way into the store. */
class KeptFileStep {
	readonly #run: Run;
	readonly #entry: PlanEntry;
	readonly #exchange: Exchange;
	readonly #name: AuxiliaryFile;
	readonly #writer: FileWriterPort;

	constructor(run: Run, entry: PlanEntry, exchange: Exchange, name: AuxiliaryFile, files: FilesPort) {
		this.#run = run;
		this.#entry = entry;
		this.#exchange = exchange;
		this.#name = name;
		run.trial.begin(); // first, as it clears what an update that was cut has left
		this.#writer = files.write(name);
	}

	async take(): Promise<FileOutcome> {
		try {
			const fault = await this.receive();
			return fault === undefined ? this.judge() : this.refuse("", fault);
		} catch (error) {
			const fault = describeError(error);
			if (fault.code.startsWith("FILES_")) return this.refuse("", fault);
			this.giveUp();
			throw error;
		}
	}

	private async receive(): Promise<Fault | undefined> {
		if (this.#name === "fk") return receiveKey(this.#run, this.#exchange, this.#writer);
		await receiveAll(this.#run, this.#entry, this.#exchange, this.#writer);
		return undefined;
	}

	private judge(): FileOutcome {
		const { size, sha256, changed } = this.#writer.end();
		const { trial } = this.#run;
		observeDate(this.#run, this.#exchange);
		if (!changed) {
			this.giveUp();
			settle(this.#run, this.#entry, this.#exchange, sha256);
			return { result: "same", reason: "content equal to the file that is there", reached: true };
		}
		const before = refusedBefore(this.#run, this.#entry, sha256);
		if (before !== undefined) {
			this.giveUp();
			return before;
		}
		if (trial.failures.has(this.#name, sha256)) return this.refuse(sha256, failedBefore);
		this.#writer.commit();
		trial.add({ file: this.#name, sha256 });
		settle(this.#run, this.#entry, this.#exchange, sha256);
		return { result: "applied", reason: describe(this.#name, size), reached: true };
	}

	/** Given up first: what is remembered of a refusal does not belong to the update. */
	private refuse(sha256: string, fault: Fault): FileOutcome {
		this.giveUp();
		return refuse(this.#run, this.#entry, this.#exchange, sha256, fault);
	}

	private giveUp(): void {
		this.#writer.abort();
		if (!this.#run.trial.staged) this.#run.trial.abandon();
	}
}

/**
 * Takes the body of a 200.
 * @throws the exchange's error, the store's error; the file that was there counts then, and the URL stays
 */
export async function takeKeptFile(run: Run, entry: PlanEntry, exchange: Exchange): Promise<FileOutcome> {
	const { files } = run.context;
	if (!isKept(entry.file)) throw wrongStep(entry.file);
	if (files === undefined) return { result: "skipped", reason: "there is no file store", reached: true };
	if (run.trial.pending) {
		await exchange.drain(files.maxFileBytes);
		return onTrial;
	}
	const fault = judgeSize(run, entry, exchange, files.room(entry.file));
	if (fault !== undefined) return refuse(run, entry, exchange, "", fault);
	return new KeptFileStep(run, entry, exchange, entry.file, files).take();
}

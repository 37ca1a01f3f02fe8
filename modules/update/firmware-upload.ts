// SPDX-License-Identifier: Apache-2.0
//
// Firmware that an operator brings, over the web page or the serial line: the same parser, judgement, signature check and slot writer
// as for a file that is fetched, and the same trial behind the restart. Nothing of it is remembered or gone on with.

import type { Abort } from "./abort.js";
import type { FirmwareControl } from "./firmware-control.js";
import type { Job, JobQueue } from "./jobs.js";
import { describeError, UpdateError } from "./error.js";
import { attemptStep, headBytes, judgeVersion, type Judged, type Refusal } from "./image-judge.js";
import { ImageIntake } from "./image-intake.js";
import type { UpdateContext } from "./interfaces.js";
import { DownloadJournal } from "./journal.js";
import { canAskAgain } from "./provided.js";
import type { Restarter } from "./restarter.js";
import { takeTrust } from "./signature-check.js";
import { idleSlot } from "./slots.js";
import { sleep } from "./tasks.js";
import type { Trial } from "./trial.js";
import { toHex } from "../bytes/text.js";
import type { Flash } from "../ecma419/flash.js";

/** Bytes of a file as they come. */
export interface UploadSource {
	/** Bytes in all, where known: with the first ones. */
	readonly length: number | undefined;
	/** @returns count, 0 at the end */
	read(buffer: Uint8Array): Promise<number>;
}

export interface UploadParts {
	context: UpdateContext;
	trial: Trial;
	restarter: Restarter;
	abort: Abort;
}

export interface Uploaded {
	version: string;
	slot: 0 | 1;
}

/** @throws UpdateError with the refusal's code and reason */
function need<Result extends object>(outcome: Result | Refusal): asserts outcome is Result {
	if ("result" in outcome) throw new UpdateError(outcome.code ?? "UPDATE_REFUSED", outcome.reason);
}

function judge(parts: UploadParts, judged: Judged, length: number | undefined, flash: Flash): void {
	const { size } = flash.status();
	if (length !== undefined && length > size)
		throw new UpdateError("UPDATE_IMAGE_SIZE", `${length} bytes for a slot of ${size}`);
	const refusal = judgeVersion(parts, judged) ?? attemptStep(() => void takeTrust(parts.context));
	if (refusal !== undefined) need(refusal);
}

async function take(parts: UploadParts, source: UploadSource, flash: Flash): Promise<Uploaded> {
	const { context, trial, abort } = parts;
	const journal = new DownloadJournal(context.store);
	const exchange = {
		get length() {
			return source.length;
		},
		error: undefined,
		header: () => undefined,
		read: (buffer: Uint8Array) => {
			abort.check();
			return source.read(buffer);
		},
	};
	const intake = new ImageIntake({ run: { context, trial, journal }, url: "", exchange, flash, part: undefined });
	const head = new Uint8Array(headBytes);
	const judged = await intake.readHead(head);
	need(judged);
	judge(parts, judged, source.length, flash);
	const image = await intake.write(head);
	need(image);
	abort.check();
	const slot = idleSlot(context.board);
	const { version } = image;
	trial.begin();
	trial.add({ file: "cmp", sha256: toHex(image.sha256), head: judged.head, version });
	trial.switchOver(slot, canAskAgain(context), []);
	return { version, slot };
}

/**
 * Takes a file into the idle slot, makes it the one to start, on trial, and restarts. The caller sees to it that no update runs.
 * @throws UpdateError with the code of what refused it; what `source` throws; FlashError. The boot choice is as before then
 */
async function uploadFirmware(parts: UploadParts, source: UploadSource): Promise<Uploaded> {
	const { context, restarter } = parts;
	const flash = context.storage.open({ path: "nextota" });
	try {
		/* A turn of its own: below stand the calls of who has read the head of the request, and the stack of scripts is small. */
		await sleep(context.timer, 0);
		const uploaded = await take(parts, source, flash);
		const { version, slot } = uploaded;
		const reason = `version ${version} checked, it starts on trial`;
		context.report({ event: "firmware", action: "upload", slot, result: "done", reason });
		restarter.force(`firmware ${version} uploaded by hand`);
		return uploaded;
	} catch (error) {
		const slot = idleSlot(context.board);
		context.report({ event: "firmware", action: "upload", slot, result: "refused", ...describeError(error) });
		throw error;
	} finally {
		flash.close();
	}
}

/** What an upload needs of the updater: its place among the runs. */
export interface UploadDesk extends Omit<UploadParts, "abort"> {
	jobs: JobQueue;
	progress: { begin(file: string | undefined): void };
	firmware: FirmwareControl;
	/** Neither run nor restart, and nothing that lies ready in the slot. */
	isFree: boolean;
	/** Makes what `cancel` stops. */
	begin: () => Abort;
	/** Begins the run that has waited meanwhile. */
	next: (job: Job) => void;
}

export type UploadCause = "console" | "web";

/**
 * Takes a file, with updates waiting meanwhile. Before the first byte is read it is certain that the file is taken up.
 * @param cause by which way it comes
 * @throws UpdateError UPDATE_BUSY, UPDATE_ON_TRIAL, or the code of what refused the file; what `source` throws
 */
export async function upload(desk: UploadDesk, source: UploadSource, cause: UploadCause): Promise<Uploaded> {
	const { jobs, progress, firmware, restarter } = desk;
	if (!desk.isFree) throw new UpdateError("UPDATE_BUSY", "an update or a restart is on its way");
	firmware.refuseUse();
	jobs.accept({ causes: [cause], restart: undefined });
	jobs.begin();
	progress.begin("cmp");
	try {
		return await uploadFirmware({ ...desk, abort: desk.begin() }, source);
	} finally {
		progress.begin(undefined);
		const job = jobs.end();
		if (job !== undefined && !restarter.pending) desk.next(job);
	}
}

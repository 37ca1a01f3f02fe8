// SPDX-License-Identifier: Apache-2.0
//
// What the head of an image decides: model and chip are the parser's, version and history are judged here, before the first
// erase. Source: AudioCodes Automatic Update, "Software file".

import { SHA256 } from "../bytes/sha256.js";
import { toHex } from "../bytes/text.js";
import type { Description } from "../image/description.js";
import { compareVersions } from "../image/version.js";
import { describeError } from "./error.js";
import type { FileOutcome, Run } from "./outcome.js";

/** The description has to lie within so many bytes: header 24, segment header 8, description 256. */
export const headBytes = 288;

/** A decision that needs no more of the body. */
export type Refusal = Pick<FileOutcome, "result" | "code" | "reason">;

export interface Judged {
	description: Description;
	/** SHA-256 of the head, hexadecimal. */
	head: string;
}

/** @returns what an image is known by before its program is there, hexadecimal */
export function hashHead(head: Uint8Array): string {
	const hash = new SHA256();
	hash.update(head);
	return toHex(hash.digest());
}

/** Runs a step of the parser. @returns the refusal when it throws */
export function attemptStep(step: () => void): Refusal | undefined {
	try {
		step();
		return undefined;
	} catch (error) {
		return { result: "refused", ...describeError(error) };
	}
}

/** A program hash of zeros is none: two builds may then share a head, and only the whole file tells them apart. */
export function hasProgramHash({ elfSHA256 }: Description): boolean {
	return elfSHA256.some((byte) => byte !== 0);
}

export function failedBefore({ version }: Pick<Description, "version">): Refusal {
	const reason = `this build of version ${version} failed its trial`;
	return { result: "refused", code: "UPDATE_FAILED_BEFORE", reason };
}

/** What the judgement needs of a run. */
type Judge = Pick<Run, "context" | "trial">;

function judge(run: Judge, { description, head }: Judged): Refusal | undefined {
	const running = run.context.board.application.version;
	const order = compareVersions(description.version, running);
	if (order === 0) return { result: "same", reason: `version ${description.version} is running` };
	if (order < 0 && run.context.settings.text("AllowDowngrade") === "0") {
		const reason = `version ${description.version} is older than ${running}`;
		return { result: "refused", code: "UPDATE_VERSION", reason };
	}
	if (hasProgramHash(description) && run.trial.failures.hasHead(head)) return failedBefore(description);
	return undefined;
}

/** Judges version and history. @returns `undefined` when the image is wanted */
export function judgeVersion(run: Judge, judged: Judged): Refusal | undefined {
	let refusal: Refusal | undefined;
	// What is no version cannot be compared: IMAGE_VERSION.
	const fault = attemptStep(() => {
		refusal = judge(run, judged);
	});
	return fault ?? refusal;
}

// SPDX-License-Identifier: Apache-2.0
//
// The body of a 200 for a file of the certificate store: trusted roots, device certificate, private key. Small, so it is gathered
// whole, then handed to the store, which checks and keeps it; afterwards the URL is forgotten. A refused file is not handed over
// again, though its URL stays. It goes back with the rest of the update.
// Sources: AudioCodes Automatic Update, "TLSRootFileUrl", "TLSCertFileUrl", "TLSPkeyFileUrl"; AC-SYSTEM-MIB, acSysHTTPClient.

import { sha256 } from "../bytes/sha256.js";
import { toHex } from "../bytes/text.js";
import { describeError, type Fault } from "./error.js";
import type { Exchange } from "./exchange.js";
import { isContentFault } from "./faults.js";
import type { PlannedFile } from "./file-kinds.js";
import type { CertificateRole, CertificatesPort } from "./interfaces.js";
import { observeDate, onTrial, type FileOutcome, type Run } from "./outcome.js";
import type { PlanEntry } from "./plan.js";
import { failedBefore, gather, isFault, refuse, refusedBefore, settle, wrongStep } from "./small-file.js";

interface Step {
	run: Run;
	entry: PlanEntry;
	exchange: Exchange;
}

/** What somebody on the way has read is no secret; what he may have written is no key of ours. */
function keyInClear(way: string): Fault {
	return { code: "UPDATE_KEY_IN_CLEAR", reason: `a private key is not taken ${way}` };
}

const unverified = "over a way that was not verified";

const keyLabel: readonly number[] = Object.freeze([..."PRIVATE KEY-----"].map((letter) => letter.charCodeAt(0)));

/** A file of certificates may hold the key as well, as PEM (RFC 7468 section 10). */
function holdsKey(bytes: Uint8Array): boolean {
	for (let at = bytes.indexOf(keyLabel[0]); at >= 0; at = bytes.indexOf(keyLabel[0], at + 1)) {
		if (keyLabel.every((code, i) => bytes[at + i] === code)) return true;
	}
	return false;
}

/** @returns why the file may not even be asked for in this way; `undefined` when it may */
export function judgeWay(run: Run, { file, url }: PlanEntry): FileOutcome | undefined {
	if (file !== "key") return undefined;
	const refusal = { result: "refused", reached: false } as const;
	if (!/^https:/i.test(url)) return { ...refusal, ...keyInClear("over anything but https") };
	if (run.context.settings.text("AUPDVerifyCertificates") !== "0") return undefined;
	return { ...refusal, ...keyInClear("from a server that is not verified (AUPDVerifyCertificates = 0)") };
}

/**
 * Longest file, bytes, where the store takes more: on a 32-bit heap beside a connection, 8 KB and the records made of them found no room,
 * and a gateway that starts anew fetches the same file again.
 */
export const maxTLSFileBytes = 4096;

const codes = Object.freeze({ size: "UPDATE_TLS_FILE_SIZE", empty: "UPDATE_TLS_FILE_EMPTY" });

function roleOf(file: PlannedFile): CertificateRole {
	if (file === "root" || file === "device" || file === "key") return file;
	throw wrongStep(file);
}

/** What the store commits belongs to the update, and so does what becomes of the URL. */
function hand(
	{ run, entry, exchange }: Step,
	certificates: CertificatesPort,
	bytes: Uint8Array,
	sha256: string,
): FileOutcome | Fault {
	const role = roleOf(entry.file);
	let taken: ReturnType<CertificatesPort["import"]>;
	try {
		run.trial.begin();
		taken = certificates.import(role, bytes);
	} catch (error) {
		const fault = describeError(error);
		if (!run.trial.staged) run.trial.abandon();
		if (!isContentFault(fault.code)) throw error;
		return fault;
	}
	if (taken.changed) run.trial.add({ file: entry.file, sha256 });
	else if (!run.trial.staged) run.trial.abandon();
	settle(run, entry, exchange, sha256);
	return { result: taken.changed ? "applied" : "same", reason: taken.description, reached: true };
}

/**
 * Takes the body of a 200.
 * @throws the exchange's error, the store's error; certificates are as before then, and the URL stays
 */
export async function takeTLSFile(run: Run, entry: PlanEntry, exchange: Exchange): Promise<FileOutcome> {
	const { certificates } = run.context;
	if (certificates === undefined) return { result: "skipped", reason: "there is no certificate store", reached: true };
	if (entry.file === "key" && !exchange.verified)
		return { result: "refused", reached: true, ...keyInClear(unverified) };
	const received = await gather(exchange, Math.min(maxTLSFileBytes, certificates.maxImportBytes), codes);
	if (isFault(received)) return refuse(run, entry, exchange, "", received);
	try {
		observeDate(run, exchange);
		const hash = toHex(sha256(received));
		if (!exchange.verified && holdsKey(received)) return refuse(run, entry, exchange, hash, keyInClear(unverified));
		const before = refusedBefore(run, entry, hash);
		if (before !== undefined) return before;
		if (run.trial.failures.has(entry.file, hash)) return refuse(run, entry, exchange, hash, failedBefore);
		if (run.trial.pending) return onTrial;
		const outcome = hand({ run, entry, exchange }, certificates, received, hash);
		if (!("result" in outcome)) return refuse(run, entry, exchange, hash, outcome);
		if (exchange.verified) return outcome;
		return { ...outcome, reason: `${outcome.reason} (came over a way that was NOT verified)` };
	} finally {
		received.fill(0); // a key does not stay in memory longer than it must
	}
}

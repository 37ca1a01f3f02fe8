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
import type { CertificatesPort } from "./interfaces.js";
import { forgetURL, observeDate, onTrial, validatorsOf, type FileOutcome, type Run } from "./outcome.js";
import type { PlanEntry } from "./plan.js";

/** Longest file, bytes: a dozen roots as PEM. */
export const maxTLSFileBytes = 16384;

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

/** @returns the whole body, or why it is none to look into */
async function receive(exchange: Exchange): Promise<Uint8Array | Fault> {
	const { length } = exchange;
	const tooLong = { code: "UPDATE_TLS_FILE_SIZE", reason: `longer than ${maxTLSFileBytes} bytes` };
	if (length !== undefined && length > maxTLSFileBytes) return tooLong;
	// One byte more than fits shows a body that is longer than it says, or says nothing.
	const buffer = new Uint8Array((length ?? maxTLSFileBytes) + 1);
	let held = 0;
	while (held < buffer.length) {
		const count = await exchange.read(buffer.subarray(held));
		if (count === 0) break;
		held += count;
	}
	if (held === buffer.length) return tooLong;
	if (held === 0) return { code: "UPDATE_TLS_FILE_EMPTY", reason: "the file is empty" };
	return buffer.subarray(0, held);
}

function isFault(received: Uint8Array | Fault): received is Fault {
	return "code" in received;
}

function refuse(run: Run, entry: PlanEntry, exchange: Exchange, hash: string, fault: Fault): FileOutcome {
	const { store, board } = run.context;
	const record = { ...validatorsOf(exchange), sha256: hash, version: board.application.version, ...fault };
	const changes = run.downloads.remember(entry.url, record);
	if (changes.length > 0) store.commit([...changes, ...run.clock.floorChange()]);
	return { result: "refused", ...fault, reached: true };
}

/** A server that ignores conditions, or gives nothing to make them from, sends the refused file again and again. */
function refusedBefore(run: Run, entry: PlanEntry, hash: string): FileOutcome | undefined {
	const known = run.forced ? undefined : run.downloads.find(entry.url);
	if (known?.code === undefined || known.sha256 !== hash) return undefined;
	if (known.version !== run.context.board.application.version) return undefined;
	const reason = `still the file that was refused: ${known.reason ?? known.code}`;
	return { result: "same", code: known.code, reason, reached: true };
}

const failedBefore: Fault = Object.freeze({ code: "UPDATE_FAILED_BEFORE", reason: "this file failed its trial" });

/** What the store commits belongs to the update, and so does that the URL is forgotten. */
function hand(
	run: Run,
	entry: PlanEntry,
	certificates: CertificatesPort,
	bytes: Uint8Array,
	sha256: string,
): FileOutcome | Fault {
	if (entry.file === "ini" || entry.file === "cmp") return { code: "UPDATE_INTERNAL", reason: "no file of TLS" };
	let taken: ReturnType<CertificatesPort["import"]>;
	try {
		run.trial.begin();
		taken = certificates.import(entry.file, bytes);
	} catch (error) {
		const fault = describeError(error);
		if (!run.trial.staged) run.trial.abandon();
		if (!isContentFault(fault.code)) throw error;
		return fault;
	}
	if (taken.changed) run.trial.add({ file: entry.file, sha256 });
	else if (!run.trial.staged) run.trial.abandon();
	forgetURL(run, entry);
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
	const received = await receive(exchange);
	if (isFault(received)) return refuse(run, entry, exchange, "", received);
	try {
		observeDate(run, exchange);
		const hash = toHex(sha256(received));
		if (!exchange.verified && holdsKey(received)) return refuse(run, entry, exchange, hash, keyInClear(unverified));
		const before = refusedBefore(run, entry, hash);
		if (before !== undefined) return before;
		if (run.trial.failures.has(entry.file, hash)) return refuse(run, entry, exchange, hash, failedBefore);
		if (run.trial.pending) return onTrial;
		const outcome = hand(run, entry, certificates, received, hash);
		if (!("result" in outcome)) return refuse(run, entry, exchange, hash, outcome);
		if (exchange.verified) return outcome;
		return { ...outcome, reason: `${outcome.reason} (came over a way that was NOT verified)` };
	} finally {
		received.fill(0); // a key does not stay in memory longer than it must
	}
}

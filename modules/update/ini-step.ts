// SPDX-License-Identifier: Apache-2.0
//
// The body of a 200 for an ini: parsed and checked as it streams in, hashed beside it, applied as a whole or not at all.
// The same content is applied once, whatever dates a server gives it. Leaves out AUPDCheckIfIniChanged = 2 (per-line CRC).
// Source: AudioCodes Automatic Update, "Configuration file", "CRC on downloaded configuration files".

import { SHA256 } from "../bytes/sha256.js";
import { encodeUTF8, toHex } from "../bytes/text.js";
import type { DownloadRecord } from "./downloads.js";
import { describeError, type Fault } from "./error.js";
import type { Exchange } from "./exchange.js";
import type { IniReport, IniStagePort, RecordChange } from "./interfaces.js";
import { observeDate, onTrial, validatorsOf, type FileOutcome, type Run } from "./outcome.js";
import type { PlanEntry } from "./plan.js";
import { readText } from "./records.js";

/** Store record: SHA-256 of the ini applied last, hexadecimal. */
export const appliedRecord = "upd.ini";

/** Longest ini, bytes. */
export const maxIniBytes = 1024 * 1024;

interface Received {
	sha256: string;
	/** The file is not one to look into. */
	fault?: Fault;
}

/** Reads the whole body, whatever is in it: the connection stays usable and the content has a hash. */
async function receive(run: Run, exchange: Exchange, stage: IniStagePort): Promise<Received> {
	const hash = new SHA256();
	const buffer = new Uint8Array(1024);
	let fault: Fault | undefined;
	while (fault === undefined) {
		const count = await exchange.read(buffer);
		if (count === 0) break;
		const chunk = buffer.subarray(0, count);
		hash.update(chunk);
		stage.write(chunk);
		run.context.onProgress({ file: "ini", phase: "download", done: exchange.bytes, total: exchange.length });
		if (exchange.bytes > maxIniBytes) fault = { code: "UPDATE_INI_SIZE", reason: `longer than ${maxIniBytes} bytes` };
	}
	// An empty file is what a broken server sends; taken as an ini it would reset everything.
	if (exchange.bytes === 0) fault = { code: "UPDATE_INI_EMPTY", reason: "the file is empty" };
	const sha256 = toHex(hash.digest());
	return fault === undefined ? { sha256 } : { sha256, fault };
}

function isApplied(run: Run, sha256: string): boolean {
	return readText(run.context.store, appliedRecord) === sha256;
}

function describeChanges(report: IniReport): string {
	const count = report.changed.length;
	const parts = [`${count} parameter${count === 1 ? "" : "s"} changed`];
	if (report.unknownCount > 0) parts.push(`${report.unknownCount} unknown ignored`);
	if (report.resetNeeded && !report.resetNow) parts.push("some take effect after a reset");
	return parts.join(", ");
}

const failedBefore: Fault = Object.freeze({
	code: "UPDATE_FAILED_BEFORE",
	reason: "these settings failed their trial with the version that runs",
});

/** With AupdGracefulShutdown = 1 new settings wait for calls to end, as a restart does; the caller unlocks the lines. */
function idleLines(run: Run): Promise<void> {
	if (run.context.settings.text("AupdGracefulShutdown") !== "1") return Promise.resolve();
	return new Promise((resolve) => run.graceful.wait("the configuration", resolve));
}

/**
 * Takes the body of a 200. Settings, the hash of the file and the download record are written in one commit, which
 * counts when the run switches over.
 * @throws the exchange's error, the store's error; settings are as before then
 */
export async function takeIni(run: Run, entry: PlanEntry, exchange: Exchange): Promise<FileOutcome> {
	const { settings } = run.context;
	const stage = settings.stage({ full: true });
	const { sha256, fault } = await receive(run, exchange, stage);
	observeDate(run, exchange);
	const record = { ...validatorsOf(exchange), sha256, version: "" };
	if (isApplied(run, sha256)) {
		save(run, run.downloads.remember(entry.url, record));
		return { result: "same", reason: "content equal to the ini applied last", reached: true };
	}
	if (run.trial.failures.has("ini", sha256)) return refuse(run, entry, record, failedBefore);
	if (run.trial.pending) return onTrial;
	if (fault !== undefined) return refuse(run, entry, record, fault);
	const report = stage.end();
	if (report.problems.length > 0) return refuse(run, entry, record, describeError(report.problems[0]));
	if (report.changed.length > 0) await idleLines(run);
	try {
		commitIni(run, stage, entry, record, report.changed.length > 0);
	} finally {
		run.graceful.unlock();
	}
	const outcome: FileOutcome = { result: "applied", reason: describeChanges(report), reached: true };
	if (report.resetNow) outcome.restart = "ResetNow = 1 in the ini";
	return outcome;
}

/** What changes nothing has nothing to prove. */
function commitIni(run: Run, stage: IniStagePort, entry: PlanEntry, record: DownloadRecord, changes: boolean): void {
	const applied = { name: appliedRecord, value: encodeUTF8(record.sha256) };
	if (changes) run.trial.begin();
	const remembered = run.downloads.remember(entry.url, record);
	run.context.store.commit([...stage.changes(), applied, ...remembered, ...run.clock.floorChange()]);
	if (changes) run.trial.add({ file: "ini", sha256: record.sha256 });
	stage.apply();
}

/** Other firmware may know more parameters, or other limits: the decision holds for this version. */
function refuse(run: Run, entry: PlanEntry, record: DownloadRecord, fault: Fault): FileOutcome {
	const { version } = run.context.board.application;
	save(run, run.downloads.remember(entry.url, { ...record, version, ...fault }));
	return { result: "refused", ...fault, reached: true };
}

function save(run: Run, changes: RecordChange[]): void {
	if (changes.length > 0) run.context.store.commit([...changes, ...run.clock.floorChange()]);
}

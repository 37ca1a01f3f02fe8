// SPDX-License-Identifier: Apache-2.0
//
// The body of a 200 for an ini: parsed and checked as it streams in, hashed beside it, applied as a whole or not at all.
// The same content is applied once, whatever dates a server gives it; with AUPDCheckIfIniChanged = 2 the order of its lines does
// not count either. The second ini comes on top of the first, and follows it whenever that one has changed something.
// Source: AudioCodes Automatic Update, "Configuration file", "CRC on downloaded configuration files".

import { SHA256 } from "../bytes/sha256.js";
import { encodeUTF8, toHex } from "../bytes/text.js";
import type { DownloadRecord } from "./downloads.js";
import { describeError, type Fault } from "./error.js";
import type { Exchange } from "./exchange.js";
import type { Content } from "./failures.js";
import { LineDigest } from "./ini-lines.js";
import type { IniReport, IniStagePort, RecordChange } from "./interfaces.js";
import { observeDate, onTrial, validatorsOf, type FileOutcome, type Run } from "./outcome.js";
import type { PlanEntry } from "./plan.js";
import { readText } from "./records.js";
import { wrongStep } from "./small-file.js";

/** Store records: what the ini applied last is known by, SHA-256 in hexadecimal and after a space the digest of its lines. */
const appliedRecords: Readonly<Record<IniFile, string>> = Object.freeze({ ini: "upd.ini", ini2: "upd.ini2" });

type IniFile = "ini" | "ini2";

/** Longest ini, bytes. */
export const maxIniBytes = 1024 * 1024;

interface Received {
	sha256: string;
	lines: string;
	/** The file is not one to look into. */
	fault?: Fault;
}

/** Reads the whole body, whatever is in it: the connection stays usable and the content has a hash. */
async function receive(run: Run, file: IniFile, exchange: Exchange, stage: IniStagePort): Promise<Received> {
	const hash = new SHA256();
	const digest = new LineDigest();
	const buffer = new Uint8Array(1024);
	let fault: Fault | undefined;
	while (fault === undefined) {
		const count = await exchange.read(buffer);
		if (count === 0) break;
		const chunk = buffer.subarray(0, count);
		hash.update(chunk);
		digest.update(chunk);
		stage.write(chunk);
		run.context.onProgress({ file, phase: "download", done: exchange.bytes, total: exchange.length });
		if (exchange.bytes > maxIniBytes) fault = { code: "UPDATE_INI_SIZE", reason: `longer than ${maxIniBytes} bytes` };
	}
	// An empty file is what a broken server sends; taken as an ini it would reset everything.
	if (exchange.bytes === 0) fault = { code: "UPDATE_INI_EMPTY", reason: "the file is empty" };
	const received = { sha256: toHex(hash.digest()), lines: digest.digest() };
	return fault === undefined ? received : { ...received, fault };
}

/** With AUPDCheckIfIniChanged = 2 the server may send the lines in any order. */
function isShuffled({ context }: Run): boolean {
	return context.settings.text("AUPDCheckIfIniChanged") === "2";
}

/** Whether this is the file that was applied last; a second ini has to follow a first one that has changed something. */
function isApplied(run: Run, file: IniFile, { sha256, lines }: Received): boolean {
	if (file === "ini2" && run.iniApplied) return false;
	const [lastHash, lastLines] = (readText(run.context.store, appliedRecords[file]) ?? "").split(" ");
	return lastHash === sha256 || (isShuffled(run) && lastLines === lines);
}

/** What its content is known by after a trial that has failed. */
function contentOf(run: Run, file: IniFile, { sha256, lines }: Received): Content {
	return { file, sha256: isShuffled(run) ? lines : sha256 };
}

/** A second ini is in force: without it the first one is but half a configuration. */
export function hasSecondIni(run: Run): boolean {
	return readText(run.context.store, appliedRecords.ini2) !== undefined;
}

/** There is no second ini any more. @throws what the store throws */
export function forgetSecondIni(run: Run): void {
	if (hasSecondIni(run)) run.context.store.commit([{ name: appliedRecords.ini2 }]);
}

function describeChanges(report: IniReport): string {
	// Tables and unknown names are one item of their own, which no parameter's name is like.
	const count = report.changed.filter((name) => !name.includes(" ")).length;
	const parts = [`${count} parameter${count === 1 ? "" : "s"} changed`];
	if (report.unknownCount > 0) parts.push(`${report.unknownCount} unknown kept without effect`);
	if (report.skippedCount > 0) parts.push(`${report.skippedCount} faulty lines skipped`);
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
	return new Promise((resolve) => {
		run.abort.listen(() => {
			run.graceful.cancel();
			resolve();
		});
		run.graceful.wait("the configuration", resolve);
	});
}

function iniFileOf({ file }: PlanEntry): IniFile {
	if (file === "ini" || file === "ini2") return file;
	throw wrongStep(file);
}

/**
 * Takes the body of a 200. Settings, the hash of the file and the download record are written in one commit, which
 * counts when the run switches over.
 * @throws the exchange's error, the store's error; settings are as before then
 */
export async function takeIni(run: Run, entry: PlanEntry, exchange: Exchange): Promise<FileOutcome> {
	const file = iniFileOf(entry);
	const stage = run.context.settings.stage({ full: file === "ini" });
	const received = await receive(run, file, exchange, stage);
	observeDate(run, exchange);
	const record = { ...validatorsOf(exchange), sha256: received.sha256, version: "" };
	const content = contentOf(run, file, received);
	const declined = decline(run, entry, record, { file, received, content });
	if (declined !== undefined) {
		stage.abandon();
		return declined;
	}
	const report = stage.end();
	if (report.problems.length > 0) return refuse(run, entry, record, describeError(report.problems[0]));
	const applied = { name: appliedRecords[file], value: encodeUTF8(`${received.sha256} ${received.lines}`) };
	const changes = [applied, ...run.downloads.remember(entry.url, record)];
	if (report.changed.length === 0) {
		// What changes nothing has nothing to prove.
		run.context.store.commit([...stage.changes(), ...changes, ...run.clock.floorChange()]);
		stage.apply();
	} else await apply(run, stage, changes, content);
	const outcome: FileOutcome = { result: "applied", reason: describeChanges(report), reached: true };
	if (report.resetNow) outcome.restart = "ResetNow = 1 in the ini";
	return outcome;
}

/** Why a file is not even looked at. */
function decline(
	run: Run,
	entry: PlanEntry,
	record: DownloadRecord,
	{ file, received, content }: { file: IniFile; received: Received; content: Content },
): FileOutcome | undefined {
	if (isApplied(run, file, received)) {
		save(run, run.downloads.remember(entry.url, record));
		return { result: "same", reason: "content equal to the ini applied last", reached: true };
	}
	if (run.trial.failures.has(file, content.sha256)) return refuse(run, entry, record, failedBefore);
	if (run.trial.pending) return onTrial;
	return received.fault === undefined ? undefined : refuse(run, entry, record, received.fault);
}

/** The new values, when the lines are idle or need not be; they belong to the update. */
async function apply(run: Run, stage: IniStagePort, changes: RecordChange[], content: Content): Promise<void> {
	await idleLines(run);
	try {
		run.abort.listen(undefined);
		run.abort.check();
		run.trial.begin();
		run.context.store.commit([...stage.changes(), ...changes, ...run.clock.floorChange()]);
		run.trial.add(content);
		stage.apply();
		run.iniApplied = true;
	} finally {
		run.graceful.unlock();
	}
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

// SPDX-License-Identifier: Apache-2.0
//
// Back to the state of delivery. What belongs to the operation goes: settings, password, files, and what is remembered of updates.
// What the gateway is known by and protected with stays: certificates, signing keys, Wi-Fi, the clock floor, the least secure
// version, the restart budget, firmware that failed, the count of SNMP starts (RFC 3414 2.2 wants it never to begin anew with the
// same engine), and the boot choice.

import type { Candidate } from "upgate/console/candidate";
import type { FactoryPort } from "upgate/console/factory-commands";
import type { Settings } from "upgate/settings/settings";
import type { RecordStore } from "upgate/update/interfaces";
import type { UpdateStatus } from "upgate/update/status";

export interface FactoryParts {
	settings: Settings;
	candidate: Pick<Candidate, "discard">;
	/** All records, those of an update that waits for its release too. */
	store: RecordStore;
	updater: { status(): UpdateStatus; restart(reason: string): void };
	/** Attempts that only memory holds are written, so that they are not written afterwards. */
	trace: { flush(): void };
}

const ownRecords: readonly string[] = Object.freeze([
	"password",
	"snmp.action",
	"snmp.keys",
	"upd.hold",
	"upd.holds",
	"upd.ini",
	"upd.ini2",
	"upd.parked",
	"upd.resume",
]);
/** Downloads, files, attempts, and what an update has put beside the records in force. */
const ownPrefixes: readonly string[] = Object.freeze(["dl.", "fd.", "file.", "trace.", "+", "-"]);
const keptPieces = "ini.text.";

function goes(name: string): boolean {
	return ownRecords.includes(name) || ownPrefixes.some((prefix) => name.startsWith(prefix));
}

function check({ updater }: FactoryParts): void {
	const { phase, trial } = updater.status();
	if (phase !== "idle") throw new Error("an update or a restart is on its way");
	if (trial) throw new Error("something is on trial: firmware confirm or rollback ends that");
}

/** Text that nothing in force points at any more. It would do no harm, and the next file with tables removes it too. */
function removeLitter({ settings, store }: FactoryParts): void {
	const { pieces } = settings.kept;
	const litter = [...store.names()].filter((name) => name.startsWith(keptPieces) && !pieces.includes(name));
	try {
		if (litter.length > 0) store.commit(litter.map((name) => ({ name })));
	} catch {
		// The reset itself is done.
	}
}

/** In one commit, with the settings. */
function reset(parts: FactoryParts): void {
	const { settings, candidate, store, updater, trace } = parts;
	trace.flush();
	const gone = [...store.names()].filter(goes).map((name) => ({ name }));
	try {
		settings.loadFactory(gone);
	} catch (error) {
		settings.reload();
		throw error;
	}
	candidate.discard();
	removeLitter(parts);
	updater.restart("factory reset");
}

export function makeFactoryReset(parts: FactoryParts): FactoryPort {
	return { check: () => check(parts), reset: () => reset(parts) };
}

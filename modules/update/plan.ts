// SPDX-License-Identifier: Apache-2.0
//
// What one update run fetches, in which order: the ini, then the firmware of AutoCmpFileUrl, then that of CmpFileURL, then the
// auxiliary files, of which there are those of TLS: roots first, by which the server of the others may be verified.
// Read step by step, not all at once, so that an ini that has just been applied decides about the rest.
// Leaves out other auxiliary files and templates. Source: AudioCodes Automatic Update, "File download sequence".

import type { CertificateRole, SettingsReader } from "./interfaces.js";
import { expandMAC } from "./user-agent.js";

export type PlannedFile = "ini" | "cmp" | CertificateRole;

/** One file to fetch. */
export interface PlanEntry {
	/** What kind of check and use the body gets. */
	file: PlannedFile;
	/** The parameter that holds the URL. */
	parameter: string;
	/** URL with tags expanded; may hold credentials, so it is never shown as it is. */
	url: string;
	/** The URL is not of the settings (provided.ts): whoever gave it has not proved who he is. */
	foreign?: true;
	/** Once: unconditional request, and the parameter is emptied after success. */
	once: boolean;
}

/** Parameters in fetching order. A `gate` parameter must be 1 for the file to be fetched. */
const sequence: readonly { file: PlannedFile; parameter: string; once: boolean; gate?: string }[] = Object.freeze([
	Object.freeze({ file: "ini", parameter: "IniFileURL", once: false }),
	Object.freeze({ file: "cmp", parameter: "AutoCmpFileUrl", once: false }),
	Object.freeze({ file: "cmp", parameter: "CmpFileURL", once: true, gate: "AutoUpdateCmpFile" }),
	Object.freeze({ file: "root", parameter: "TLSRootFileUrl", once: true }),
	Object.freeze({ file: "device", parameter: "TLSCertFileUrl", once: true }),
	Object.freeze({ file: "key", parameter: "TLSPkeyFileUrl", once: true }),
]);

/** Number of steps a run has at most. */
export const planSteps = sequence.length;

/**
 * @param step 0 <= step < planSteps
 * @returns the file to fetch in this step with the settings of this moment, `undefined` when there is none
 */
export function planEntry(step: number, settings: SettingsReader, mac: Uint8Array): PlanEntry | undefined {
	const { file, parameter, once, gate } = sequence[step];
	const url = settings.text(parameter);
	if (url === "" || (gate !== undefined && settings.text(gate) !== "1")) return undefined;
	return { file, parameter, url: expandMAC(url, mac), once };
}

/** Whether a run would ask a server for a file that it fetches each time. */
export function hasStandingFile(settings: SettingsReader): boolean {
	return sequence.some(({ parameter, once }) => !once && settings.text(parameter) !== "");
}

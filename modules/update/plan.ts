// SPDX-License-Identifier: Apache-2.0
//
// What one update run fetches, in which order: the ini and the second one, firmware of AutoCmpFileUrl, then that of CmpFileURL,
// then the auxiliary files, of which those of TLS come first: by new roots the server of the others may be verified.
// Read step by step, not all at once, so that an ini that has just been applied decides about the rest.
// Source: AudioCodes Automatic Update, "File download sequence".

import { fileKinds, type PlannedFile } from "./file-kinds.js";
import type { SettingsReader } from "./interfaces.js";
import { templateURL } from "./template.js";
import { expandMAC } from "./user-agent.js";

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

/** Number of steps a run has at most. */
export const planSteps = fileKinds.length;

/** Whether the second ini is fetched in this step. */
export function isSecondIni(step: number): boolean {
	return fileKinds[step].file === "ini2";
}

/**
 * @param step 0 <= step < planSteps
 * @returns the file to fetch in this step with the settings of this moment, `undefined` when there is none
 */
export function planEntry(step: number, settings: SettingsReader, mac: Uint8Array): PlanEntry | undefined {
	const kind = fileKinds[step];
	const { file, parameter, gate } = kind;
	if (gate !== undefined && settings.text(gate) !== "1") return undefined;
	// A kind with a URL of its own does not look at the template, whose URL stays: such a file is fetched each time.
	const own = settings.text(parameter);
	const url = own === "" ? templateURL(settings, kind) : own;
	return url === "" ? undefined : { file, parameter, url: expandMAC(url, mac), once: kind.once && own !== "" };
}

/** Whether a run would ask a server for a file that it fetches each time. */
export function hasStandingFile(settings: SettingsReader): boolean {
	return fileKinds.some((kind) => {
		const own = settings.text(kind.parameter);
		if (own !== "") return !kind.once;
		return (kind.gate === undefined || settings.text(kind.gate) === "1") && templateURL(settings, kind) !== "";
	});
}

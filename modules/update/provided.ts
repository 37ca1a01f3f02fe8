// SPDX-License-Identifier: Apache-2.0
//
// URLs that the network gives (module `dhcp`), in the place of parameters that are empty. Whoever gives them has not proved who he is:
// they count only where no URL of the ini is stored, such a server gets no password and no certificate of ours, and firmware from it has to be
// signed, whatever AUPDVerifySignature says.
// Source: AudioCodes Automatic Update, "DHCP-based provisioning": the name asked for when the first one is not there.

import type { FileOutcome } from "./outcome.js";
import type { SettingsReader, UpdateContext } from "./interfaces.js";
import { hasStandingFile, type PlanEntry } from "./plan.js";
import { expandMAC } from "./user-agent.js";

type Surroundings = Pick<UpdateContext, "settings" | "provided">;

function providedURLs({ settings, provided }: Surroundings, parameter: string): readonly string[] {
	if (provided === undefined || settings.text(parameter) !== "") return [];
	if (settings.text("IniFileURL") !== "" || settings.text("TemplateUrl") !== "") return [];
	if (parameter !== "IniFileURL" && settings.text("AUPDVerifySignature") === "0") return [];
	return provided.urls(parameter);
}

/** The settings as the plan sees them: URLs of the network stand where nothing is set. */
export function planSettings(context: Surroundings): SettingsReader {
	const { settings } = context;
	return {
		text(name) {
			const own = settings.text(name);
			return own === "" ? (providedURLs(context, name)[0] ?? "") : own;
		},
	};
}

/** Whether a later run would ask a server for a file that it fetches each time. */
export function canAskAgain(context: Surroundings): boolean {
	return hasStandingFile(planSettings(context));
}

/** The server is there, the file is not. */
const missing: readonly string[] = Object.freeze(["UPDATE_STATUS_404", "UPDATE_STATUS_410", "TFTP_NOT_FOUND"]);

/** Whether the next of the network's URLs is to be tried. */
export function isMissing({ code }: FileOutcome): boolean {
	return code !== undefined && missing.includes(code);
}

/** @returns the network's URLs of a file, of which the first that has it counts; none where the settings have one */
export function plannedURLs(context: UpdateContext, { parameter }: PlanEntry): readonly string[] {
	return providedURLs(context, parameter).map((url) => expandMAC(url, context.board.mac));
}

// SPDX-License-Identifier: Apache-2.0
//
// TemplateUrl: one URL for several kinds of files, which AupdFilesList names by keyword; <FILE> stands for the name of each.
// Source: AudioCodes Automatic Update (7.x), "File template for automatic provisioning".

import { fileKinds, type FileKind } from "./file-kinds.js";
import type { SettingsReader } from "./interfaces.js";

const tag = "<FILE>";

/** The keywords of AupdFilesList, in lower case, as they stand there. */
function keywords(settings: SettingsReader): string[] {
	return settings
		.text("AupdFilesList")
		.split(",")
		.map((word) => word.replace(/['" ]/g, "").toLowerCase())
		.filter((word) => word !== "");
}

/** @returns the URL of a kind by the template, empty when there is none; <MAC> still stands in it */
export function templateURL(settings: SettingsReader, { template }: FileKind): string {
	const url = settings.text("TemplateUrl");
	if (template === undefined || !url.includes(tag) || !keywords(settings).includes(template[0])) return "";
	return url.split(tag).join(template[1]);
}

/** What is wrong with template and list, for people: nothing of it keeps other files from being fetched. */
export function* templateFaults(settings: SettingsReader): Iterable<{ code: string; reason: string }> {
	const url = settings.text("TemplateUrl");
	if (url === "") return;
	if (!url.includes(tag)) yield { code: "UPDATE_TEMPLATE", reason: "TemplateUrl has no <FILE>" };
	for (const word of keywords(settings)) {
		if (fileKinds.some(({ template }) => template?.[0] === word)) continue;
		yield { code: "UPDATE_KEYWORD", reason: `AupdFilesList: ${word.slice(0, 24)} is no kind of file` };
	}
}

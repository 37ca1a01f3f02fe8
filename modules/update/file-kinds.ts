// SPDX-License-Identifier: Apache-2.0
//
// The kinds of files that an update fetches, in this order: parameter with the URL, once or each time, and how TemplateUrl names
// them. Sources: AudioCodes Automatic Update, "File download sequence", "File template"; AC-SYSTEM-MIB, acSysHTTPClient.
// The names that stand for <FILE>, and the keywords but ini, fk and cpt, are ours: the original's table is not public as a whole.

import type { CertificateRole } from "./interfaces.js";

/** Files that are kept as they are, for whoever uses them; their names in the file store. */
export type AuxiliaryFile =
	"cpt" | "prt" | "vp" | "fxs" | "fxo" | "cas" | "dpln" | "usrinf" | "codr" | "amd" | "aps" | "logo" | "fk";

export type PlannedFile = "ini" | "ini2" | "cmp" | CertificateRole | AuxiliaryFile;

export interface FileKind {
	file: PlannedFile;
	/** For people. */
	title: string;
	/** Holds the URL. */
	parameter: string;
	/** Unconditional request, and the parameter is emptied after use. */
	once: boolean;
	/** Parameter that must be 1 for the file to be fetched. */
	gate?: string;
	/** What it is called in AupdFilesList, and what takes the place of <FILE> in TemplateUrl; none: no template for it. */
	template?: readonly [keyword: string, name: string];
	/** Kept in the file store. */
	kept?: true;
	/** Whoever uses it looks at it at a start only ("offline" in the MIB). */
	offline?: true;
}

function freeze(kind: FileKind): FileKind {
	if (kind.template !== undefined) Object.freeze(kind.template);
	return Object.freeze(kind);
}

/** A file that is fetched once and kept. */
function kept(file: AuxiliaryFile, parameter: string, name: string, title: string, offline?: true): FileKind {
	const kind: FileKind = { file, title, parameter, once: true, template: [file, name], kept: true };
	return freeze(offline === undefined ? kind : { ...kind, offline });
}

const tls = { once: true, offline: true } as const;

// prettier-ignore
export const fileKinds: readonly FileKind[] = Object.freeze([
	freeze({ file: "ini", title: "configuration", parameter: "IniFileURL", once: false, template: ["ini", "device.ini"] }),
	freeze({ file: "ini2", title: "second configuration", parameter: "IniFileTemplateURL", once: false }),
	freeze({ file: "cmp", title: "firmware", parameter: "AutoCmpFileUrl", once: false, template: ["acmp", "autoFirmware.cmp"] }),
	freeze({ file: "cmp", title: "firmware", parameter: "CmpFileURL", once: true, gate: "AutoUpdateCmpFile", template: ["cmp", "firmware.cmp"] }),
	freeze({ file: "root", title: "trusted roots", parameter: "TLSRootFileUrl", ...tls, template: ["sslr", "root.pem"] }),
	freeze({ file: "device", title: "device certificate", parameter: "TLSCertFileUrl", ...tls, template: ["sslc", "cert.pem"] }),
	freeze({ file: "key", title: "private key", parameter: "TLSPkeyFileUrl", ...tls, template: ["sslp", "pkey.pem"] }),
	kept("fk", "FeatureKeyURL", "fk.ini", "feature key", true),
	kept("cpt", "CptFileURL", "cpt.dat", "call progress tones"),
	kept("prt", "PrtFileURL", "prt.dat", "prerecorded tones"),
	kept("vp", "VpFileURL", "vp.dat", "voice prompts"),
	kept("fxs", "FXSCoeffFileURL", "fxs.dat", "FXS coefficients"),
	kept("fxo", "FXOCoeffFileURL", "fxo.dat", "FXO coefficients"),
	kept("cas", "CasFileUrl", "cas.dat", "CAS table"),
	kept("dpln", "DialPlanFileUrl", "dialPlan.dat", "dial plan"),
	kept("usrinf", "UserInfoFileURL", "userInfo.txt", "user information", true),
	kept("codr", "CoderTableFileUrl", "coders.dat", "coder table"),
	kept("amd", "AMDSensitivityFileUrl", "amd.dat", "AMD sensitivity"),
	kept("aps", "APSSegmentsFileUrl", "segments.xml", "announcement segments"),
	kept("logo", "WebLogoFileUrl", "logo.gif", "web logo", true),
]);

/** @returns what a file of an event is for people; the name itself where it is no kind of file */
export function fileTitle(file: string): string {
	return fileKinds.find((kind) => kind.file === file)?.title ?? file;
}

/** @returns whether the file store keeps it */
export function isKept(file: PlannedFile): file is AuxiliaryFile {
	return fileKinds.some((kind) => kind.file === file && kind.kept === true);
}

// SPDX-License-Identifier: Apache-2.0
//
// The shapes of the original's system MIB: configuration, files, versions, actions. Answered under our own enterprise, and with a
// setting under the original's too. Left out: upload of files, any ini line, licence key, OCSP, on-line apply, time from NTP.
// Source: AC-SYSTEM-MIB (acSysConfiguration, acSysStatus, acSysActions).

import { tag } from "../ber.js";
import { resetControls } from "../action-state.js";
import { action, numberSetting, scalar, textSetting, type Node } from "../node.js";
import { errorStatus } from "../pdu.js";

const urlBytes = 254;
/** acSysHTTPClient: parameters in the order of their numbers, from 4 on. */
const urls: readonly string[] = Object.freeze([
	"CmpFileURL",
	"IniFileURL",
	"IniFileTemplateURL",
	"CptFileURL",
	"VpFileURL",
	"PrtFileURL",
	"FXSCoeffFileURL",
	"FXOCoeffFileURL",
	"CasFileUrl",
	"APSSegmentsFileUrl",
	"CoderTableFileUrl",
	"UserInfoFileURL",
	"DialPlanFileUrl",
	"TLSPkeyFileUrl",
	"TLSCertFileUrl",
	"TLSRootFileUrl",
	"WebLogoFileUrl",
]);

/** acSysFile, from 1 on: what the file is, for the program's port. */
const files: readonly string[] = Object.freeze([
	"cpt",
	"vp",
	"prt",
	"xml",
	"coder",
	"user-info",
	"dial-plan",
	"key",
	"certificate",
	"roots",
]);

const flag: readonly [number, number] = Object.freeze([0, 1]);
const nameLength = 47;
const textLength = 20;

const configuration: readonly Node[] = [
	numberSetting([1, 3, 1, 4], tag.integer, "DHCPEnable", flag),
	numberSetting([1, 3, 1, 5], tag.unsigned, "DHCPSpeedFactor", [0, 10]),
	textSetting([1, 3, 3, 1], "NTPServerIP", urlBytes),
	numberSetting([1, 3, 3, 2], tag.integer, "NTPServerUTCOffset", [-43200, 43200]),
	numberSetting([1, 3, 3, 3], tag.unsigned, "NTPUpdateInterval", [0, 31536000]),
	textSetting([1, 3, 8, 1], "AutoUpdatePredefinedTime", 6),
	numberSetting([1, 3, 8, 2], tag.unsigned, "AutoUpdateFrequency", [0, 65536]),
	numberSetting([1, 3, 8, 3], tag.integer, "AutoUpdateCmpFile", flag),
	...urls.map((name, i) => textSetting([1, 3, 8, 4 + i], name, urlBytes)),
	...files.map((kind, i) =>
		scalar([1, 6, 1 + i], tag.octets, ({ text, ports }) => text((ports.fileName?.(kind) ?? "").slice(0, nameLength))),
	),
	numberSetting([1, 7, 12], tag.integer, "HTTPSRequireClientCertificate", flag),
	numberSetting([1, 7, 13], tag.integer, "AUPDVerifyCertificates", flag),
];

const status: readonly Node[] = [
	scalar([2, 2, 1], tag.octets, ({ text, ports }) => text(ports.board.application.version.slice(0, textLength))),
	scalar([2, 2, 2], tag.unsigned, ({ ports }) => ports.board.application.secureVersion),
	scalar([2, 2, 3], tag.unsigned, ({ ports }) => Number(ports.settings.text("INIFileVersion"))),
	scalar([2, 2, 4], tag.octets, ({ text, ports }) =>
		text(new Date(ports.board.application.builtMs).toISOString().slice(0, 19)),
	),
	scalar([2, 3, 1], tag.octets, ({ text, ports }) => text(ports.board.application.name.slice(0, textLength))),
	/* The lower half of the MAC address, as the original's serial numbers are. */
	scalar([2, 3, 2], tag.unsigned, ({ ports }) => {
		const [, , , a = 0, b = 0, c = 0] = ports.board.mac;
		return (a * 256 + b) * 256 + c;
	}),
	scalar([2, 5, 2], tag.integer, () => 2),
	scalar([2, 7, 1], tag.unsigned, ({ engine }) => Math.floor(engine.upTime / 100)),
];

/** acSysActionAdminState. */
const admin = Object.freeze({ lock: 0, unlock: 2 } as const);

const actions: readonly Node[] = [
	action([3, 1, 1, 1], 2, (changes, value) => {
		if (value === 0) return errorStatus.noError;
		return changes.request(value === 1 ? "reset" : "graceful");
	}),
	scalar([3, 1, 1, 2], tag.integer, (context) => context.actions.resetControl, {
		min: resetControls.burn,
		max: resetControls.plain,
		take: (changes, value) => {
			const control = Number(value);
			changes.resetControl = control;
			return changes.assign(() => (changes.context.actions.resetControl = control));
		},
	}),
	action([3, 1, 1, 3], 1, (changes, value) => (value === 1 ? changes.request("defaults") : errorStatus.noError)),
	action([3, 1, 1, 4], 1, (changes, value) => (value === 1 ? changes.request("save") : errorStatus.noError)),
	action([3, 1, 1, 5], 1, (changes, value) => (value === 1 ? changes.request("update") : errorStatus.noError)),
	scalar([3, 1, 1, 12], tag.unsigned, (context) => context.actions.id, {
		min: 0,
		max: 4294967295,
		take: (changes, value) => changes.assign(() => (changes.context.actions.id = Number(value))),
	}),
	scalar([3, 1, 1, 13], tag.octets, (context) => context.text(context.actions.result)),
	scalar([3, 1, 2, 1], tag.integer, ({ ports }) => (ports.line?.locked === true ? admin.lock : admin.unlock), {
		min: admin.lock,
		max: admin.unlock,
		take: (changes, value) => {
			if (value === 1) return errorStatus.wrongValue;
			if (value === admin.lock && changes.context.ports.line === undefined) return errorStatus.resourceUnavailable;
			return changes.request(value === admin.lock ? "lock" : "unlock");
		},
	}),
	numberSetting([3, 1, 2, 2], tag.integer, "AdminStateLockControl", [-1, 32768]),
];

/** In the order of their numbers. */
export const gatewayNodes: readonly Node[] = Object.freeze([...configuration, ...status, ...actions]);

// SPDX-License-Identifier: Apache-2.0
//
// The parameter tables: names unique, defaults legal, and the facts that are easy to get wrong.

import test from "node:test";
import assert from "node:assert/strict";
import { findParameter, parameterGroups, parameters } from "../../modules/settings/registry.js";
import { parseValue } from "../../modules/settings/value.js";

test("names are unique without regard to case, and short enough for an ini line and a record", () => {
	const keys = parameters.map((parameter) => parameter.key);
	assert.equal(new Set(keys).size, keys.length);
	for (const { name, key } of parameters) {
		assert.equal(key, name.toLowerCase());
		assert.match(name, /^[A-Za-z][A-Za-z0-9_]{1,63}$/);
	}
});

test("every default is a legal value of its parameter", () => {
	for (const parameter of parameters) {
		assert.equal(parseValue(parameter, String(parameter.fallback)), parameter.fallback, parameter.name);
	}
});

test("every parameter has a summary, numbers a range, texts a length; all is frozen", () => {
	for (const parameter of parameters) {
		assert.ok(parameter.summary.length > 5, parameter.name);
		const isNumber = typeof parameter.fallback === "number";
		assert.equal(parameter.min < parameter.max, isNumber, parameter.name);
		assert.equal(parameter.maxBytes > 0, !isNumber, parameter.name);
		for (const value of parameter.values ?? []) assert.ok(value >= parameter.min && value <= parameter.max);
		for (const word of parameter.words ?? []) assert.equal(word, word.toLowerCase(), parameter.name);
		assert.ok(Object.isFrozen(parameter));
	}
	assert.ok(Object.isFrozen(parameters));
});

test("every parameter has one owner, and a section to be written under", () => {
	const owned = parameterGroups.flatMap((group) => [...group.parameters]);
	assert.deepEqual(owned, [...parameters]);
	for (const { owner, section } of parameterGroups) {
		assert.match(owner, /^[a-z][a-z0-9-]+$/);
		assert.match(section, /^[A-Za-z ]+$/);
	}
});

/** Spec, section 11, one name for each row but two: run-on-reboot has no ini name, AUPDNETWORKSOURCE is hidden. */
const updateRows =
	"AutoUpdateCmpFile AutoUpdateFrequency AutoUpdateFreqencySeconds AutoUpdatePredefinedTime AutoUpdatePredefinedRandomTime " +
	"AUPDInterface AUPDIPv6Interface AupdHttpUserAgent AUPDDigestUsername AUPDDigestPassword AUPDUserPassword " +
	"AUPDVerifyCertificates AUPDCheckIfIniChanged AUPDTftpBlockSize AdminStateLockControl " +
	"AupdUseZeroConfCerts CmpFileURL AutoCmpFileUrl IniFileURL IniFileTemplateURL TemplateUrl AupdFilesList INIFileVersion " +
	"ResetNow SetDefaultOnINIFileProcess EnableSecureStartup EnableSIPRemoteReset DHCPEnable DHCPSpeedFactor " +
	"DHCPRequestTFTPParams NTPServerIP NTPServerUTCOffset NTPUpdateInterval";
/** Spec, section 8: the kinds of file that are fetched once. */
const fileRows =
	"CptFileURL PrtFileURL VpFileURL FXSCoeffFileURL FXOCoeffFileURL CasFileUrl DialPlanFileUrl UserInfoFileURL CoderTableFileUrl " +
	"AMDSensitivityFileUrl TLSPkeyFileUrl TLSCertFileUrl TLSRootFileUrl WebLogoFileUrl FeatureKeyURL APSSegmentsFileUrl " +
	"VideoFontFileUrl V5PortConfigurationFileURL RGCONFFILEURL";

test("every ini name of the specification's sections 8 and 11 is a parameter", () => {
	for (const name of `${updateRows} ${fileRows}`.split(" "))
		assert.equal(findParameter(parameters, name)?.name, name, name);
});

test("names are found in any letter case", () => {
	assert.equal(findParameter(parameters, "INIFILEURL")?.name, "IniFileURL");
	assert.equal(findParameter(parameters, "autoupdatefreqencyseconds")?.name, "AutoUpdateFreqencySeconds");
	assert.equal(findParameter(parameters, "AutoUpdateFrequencySeconds"), undefined);
	assert.equal(findParameter(parameters, ""), undefined);
});

test("defaults of the original, and ours where they differ", () => {
	const defaults: [string, string | number][] = [
		["IniFileURL", ""],
		["AutoUpdateCmpFile", 0],
		["AutoUpdateFrequency", 0],
		["AutoUpdatePredefinedTime", ""],
		["AUPDCheckIfIniChanged", 0],
		["SetDefaultOnINIFileProcess", 1],
		["EnableSIPRemoteReset", 0],
		["INIFileVersion", 0],
		["NTPUpdateInterval", 86400],
		["AutoUpdatePredefinedRandomTime", 300],
		["AUPDVerifyCertificates", 1],
		["AutoUpdateOnStartup", 1],
		["AupdTrialTime", 300],
	];
	for (const [name, value] of defaults) assert.equal(findParameter(parameters, name)?.fallback, value, name);
});

test("passwords are secret, and a full file must name what it wants to change of the way back to the server", () => {
	const secret = parameters.filter((parameter) => parameter.secret === true).map((parameter) => parameter.name);
	const named = parameters.map(({ name }) => name).filter((name) => /password|community(string)?(_|$)/i.test(name));
	assert.deepEqual(secret, named);
	assert.ok(secret.length > 2);
	const kept = parameters.filter((parameter) => parameter.keep === true).map((parameter) => parameter.name);
	const credentials = ["AUPDDigestUsername", "AUPDDigestPassword", "AUPDUserPassword"];
	assert.deepEqual(kept, ["IniFileURL", ...credentials, "AUPDVerifySignature", "DHCPEnable"]);
});

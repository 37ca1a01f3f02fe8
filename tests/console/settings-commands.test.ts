// SPDX-License-Identifier: Apache-2.0
//
// Commands that change parameters: candidate and save, the tree of configure, secrets that stay hidden.

import assert from "node:assert/strict";
import test from "node:test";
import { type Area, configurationTree } from "../../modules/console/configuration-tree.js";
import { Settings } from "../../modules/settings/settings.js";
import { Gateway } from "./gateway.js";
import { keys } from "./terminal.js";

test("? tells what can be set, and to what", () => {
	const gateway = new Gateway();
	const told = gateway.type("set IniFileT?");
	assert.match(told[0], /^ {2}IniFileTemplateURL {2,}second configuration file/);
	assert.match(gateway.type(`${keys.cancel}set AutoUpdateCmpFile ?`).join("\n"), /^ {2}0 .*\n {2}1 .*CmpFileURL/m);
	const number = gateway.type(`${keys.cancel}set AutoUpdateFrequency ?`).join("\n");
	assert.match(number, /<0-65536> {2}min: time between updates/);
	assert.match(gateway.type(`${keys.cancel}set AUPDDigestPassword ?`).join("\n"), /<secret> {2}up to 50 bytes/);
});

test("set and no change the candidate, save puts it in force, show settings tells what is", () => {
	const gateway = new Gateway();
	assert.deepEqual(gateway.type("show settings"), ["all parameters are at their defaults"]);
	assert.deepEqual(gateway.type("show changes"), ["nothing is set that is not saved"]);
	assert.deepEqual(gateway.type("save"), ["nothing to save"]);
	assert.deepEqual(gateway.type("set hostname desk"), ["HostName = desk  (takes effect after reset)"]);
	assert.deepEqual(gateway.type("set AupdTrialTime 60"), ["AupdTrialTime = 60"]);
	assert.deepEqual(gateway.type("show settings"), ["all parameters are at their defaults"]);
	assert.deepEqual(gateway.type("show changes"), [
		'HostName                     "" -> desk  (after reset)',
		"AupdTrialTime                300 -> 60",
	]);
	assert.equal(gateway.store.commits.length, 0);
	assert.deepEqual(gateway.type("save"), ["saved, 2 changed, 1 of them after a reset"]);
	assert.equal(gateway.store.commits.length, 1);
	assert.equal(new Settings({ store: gateway.store }).text("HostName"), "desk");
	assert.deepEqual(gateway.type("show settings"), [
		"AupdTrialTime                60 s",
		"HostName                     desk",
		"the others are at their defaults; show settings WORD lists all with WORD in it",
	]);
	assert.deepEqual(gateway.type("no HOSTNAME"), ['HostName = ""  (takes effect after reset)']);
	gateway.type("save");
	assert.deepEqual(gateway.type("show settings trialtime"), ["AupdTrialTime                60 s"]);
	assert.deepEqual(gateway.type("show settings hostname"), [
		'HostName                     ""  (default)',
		"PeerHostNameVerificationMode 0  (default)",
	]);
	assert.deepEqual(gateway.type("show settings zork"), ["no parameter matches zork"]);
	assert.equal(gateway.recall(), "show settings zork");
});

test("discard forgets, and what is set back is no change; reset is refused while something is not saved", () => {
	const gateway = new Gateway();
	gateway.type("set AupdTrialTime 60");
	assert.match(gateway.type("reset")[0], /^% something is set and not saved/);
	assert.deepEqual(gateway.type("discard"), ["forgotten: 1 change"]);
	assert.deepEqual(gateway.type("discard"), ["there was nothing to discard"]);
	gateway.type("set AupdTrialTime 60");
	gateway.type("set AupdTrialTime 300");
	assert.deepEqual(gateway.type("show changes"), ["nothing is set that is not saved"]);
	assert.equal(gateway.settings.text("AupdTrialTime"), "300");
	assert.deepEqual(gateway.done, []);
});

test("what settings refuse is said, and nothing changes", () => {
	const gateway = new Gateway();
	assert.match(gateway.type("set AupdTrialTime 1")[0], /^% AupdTrialTime: expected 10 to 86400 s, found "1"/);
	assert.match(gateway.type("set ResetNow 1")[0], /^% ResetNow has a meaning in an ini file only/);
	const unknown = "% no parameter of this name; show settings WORD lists those with WORD in it";
	assert.deepEqual(gateway.type("set Zork 1"), [unknown]);
	assert.deepEqual(gateway.type("no Zork"), [unknown]);
	assert.deepEqual(gateway.type("save"), ["nothing to save"]);
	assert.equal(gateway.store.commits.length, 0);
});

test("changes that cannot be stored stay in the candidate, and what is in force stays as it was", () => {
	const gateway = new Gateway();
	gateway.type("set HostName desk");
	gateway.type("save");
	gateway.store.failure = new Error("the store is full");
	gateway.type("set HostName shelf");
	gateway.type("set AupdTrialTime 60");
	assert.deepEqual(gateway.type("save"), ["% the store is full"]);
	assert.equal(gateway.settings.text("HostName"), "desk");
	assert.equal(gateway.settings.text("AupdTrialTime"), "300");
	gateway.store.failure = undefined;
	assert.deepEqual(gateway.settings.changed, []);
	assert.deepEqual(gateway.type("save"), ["saved, 2 changed, 1 of them after a reset"]);
	assert.equal(gateway.settings.text("HostName"), "shelf");
});

test("configure leads through the tree of the original, where its command names stand for parameters", () => {
	const gateway = new Gateway();
	const { terminal } = gateway;
	assert.deepEqual(gateway.type("configure system"), []);
	assert.deepEqual(gateway.type("automatic-update"), []);
	assert.deepEqual(gateway.type("update-firmware on"), ["AutoUpdateCmpFile = 1  (takes effect after reset)"]);
	assert.deepEqual(gateway.type("crc-check regular"), ["AUPDCheckIfIniChanged = 1"]);
	assert.deepEqual(gateway.type("predefined-time 03:00"), [
		"AutoUpdatePredefinedTime = 03:00  (takes effect after reset)",
	]);
	assert.match(gateway.type("update-frequency often")[0], /^% AutoUpdateFrequency: expected a whole number/);
	assert.deepEqual(gateway.type("no crc-check"), ["AUPDCheckIfIniChanged = 0"]);
	assert.match(
		gateway.type("update").join("\n"),
		/could be: update-firmware/,
		"commands of elsewhere do not work here",
	);
	assert.match(gateway.type("show version")[0], /^model/);
	gateway.type("exit");
	gateway.type("ntp");
	gateway.type("primary-server 192.0.2.1");
	gateway.type("end");
	gateway.type("configure voip sip-definition advanced-settings");
	terminal.type("sip-remote-reset ?");
	assert.deepEqual(terminal.lines.slice(-3, -1), ["  on", "  off"]);
	terminal.type("on\r");
	gateway.type("end");
	gateway.type("save");
	const { settings } = gateway;
	assert.deepEqual(
		["AutoUpdateCmpFile", "AUPDCheckIfIniChanged", "NTPServerIP", "EnableSIPRemoteReset"].map((name) =>
			settings.text(name),
		),
		["1", "0", "192.0.2.1", "1"],
	);
});

test("every command of the tree stands for a parameter, and for one only", () => {
	const seen: string[] = [];
	const look = (areas: readonly Area[]): void => {
		for (const { areas: inner, entries } of areas) {
			seen.push(...entries.map(({ parameter }) => parameter));
			look(inner);
		}
	};
	look(configurationTree);
	assert.equal(new Set(seen).size, seen.length);
	const { settings } = new Gateway();
	const missing = seen.filter((name) => ![...settings.entries()].some((entry) => entry.name === name));
	const planned = ["AUPDInterface", "AUPDIPv6Interface", "AUPDTftpBlockSize", "AupdGracefulShutdown"];
	assert.deepEqual(
		missing.filter(
			(name) => !planned.includes(name) && !/^(TemplateUrl|AupdFilesList|AupdUseZeroConfCerts)$/.test(name),
		),
		[],
	);
});

test("secrets and URLs are not kept for the arrow keys, shown in answers or quoted in errors", () => {
	const gateway = new Gateway();
	gateway.type("show clock");
	const typed = [
		"set AUPDDigestPassword hush",
		"set aupddigestpassword 'hush hush'",
		"set AUPDUserPassword me:hush surplus",
		"set AUPDUserPassword 'me:hush",
		`set AUPDDigestPassword ${"hush".repeat(20)}`,
		"set IniFileURL http://me:hush@192.0.2.1/x.ini",
		"set IniFileURL gopher://me:hush@192.0.2.1/x.ini",
		"set AUPDDigestPassword=hush",
		"no AUPDDigestPassword=hush",
		"set AUPDDigestPasword hush",
		"sett AUPDDigestPassword hush",
		"AUPDDigestPassword = hush",
		"AUPDDigestPassword=hush",
	];
	for (const line of typed) {
		const answer = gateway.type(line);
		assert.ok(answer.length > 0, line);
		assert.ok(!answer.some((text) => text.includes("hush")), `${line}: ${answer.join("\n")}`);
	}
	assert.ok(!gateway.type("show changes").join("\n").includes("hush"));
	gateway.type("save");
	assert.equal(gateway.settings.text("AUPDDigestPassword"), "hush hush");
	assert.deepEqual(gateway.type("show settings password").slice(0, 2), [
		"AUPDDigestPassword           ***",
		'AUPDUserPassword             ""  (default)',
	]);
	assert.deepEqual(gateway.type("show settings inifileurl"), [
		"IniFileURL                   http://***@192.0.2.1/x.ini",
	]);
	for (let i = 0; i < 20; i++) {
		gateway.terminal.type(keys.up);
		assert.ok(!gateway.terminal.screen.bottom.includes("hush"), gateway.terminal.screen.bottom);
	}
});

test("other lines are kept, right or wrong", () => {
	const gateway = new Gateway();
	for (const line of [
		"set HostName desk",
		"set AupdTrialTime 1",
		"set AUPDDigestPassword",
		"show zork",
		"shwo version",
	]) {
		gateway.type(line);
		assert.equal(gateway.recall(), line);
	}
});

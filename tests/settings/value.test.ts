// SPDX-License-Identifier: Apache-2.0
//
// What each parameter type takes and refuses, and what errors and descriptions show.

import test from "node:test";
import assert from "node:assert/strict";
import { SettingsError } from "../../modules/settings/error.js";
import { integer } from "../../modules/settings/parameter.js";
import { hideCredentials, urlFault } from "../../modules/settings/url.js";
import { describeValue, parseValue } from "../../modules/settings/value.js";
import { make } from "./support.js";

function refused(name: string, texts: string[], code: string): void {
	const { settings } = make();
	for (const text of texts) {
		assert.throws(() => settings.set(name, text), { name: "SettingsError", code, parameter: name }, `${name} ${text}`);
		assert.throws(() => settings.check(name, text), { code }, `${name} ${text}`);
	}
	assert.deepEqual(settings.changed, []);
}

function taken(name: string, texts: string[]): void {
	const { settings } = make();
	for (const text of texts) {
		settings.set(name, text);
		assert.equal(settings.text(name), text);
	}
}

test("whole numbers: the whole text, in range", () => {
	taken("AutoUpdateFrequency", ["0", "1", "65536"]);
	taken("NTPServerUTCOffset", ["-43200", "43200", "0"]);
	taken("INIFileVersion", ["4294967295"]);
	refused(
		"AutoUpdateFrequency",
		["", " 1", "1 ", "1x", "0x10", "1.0", "1e2", "+1", "--1", "-", "ten"],
		"SETTINGS_TYPE",
	);
	refused("AutoUpdateFrequency", ["-1", "65537", "999999999999999"], "SETTINGS_RANGE");
	refused("AutoUpdateFrequency", ["9999999999999999"], "SETTINGS_TYPE");
	refused("NTPServerUTCOffset", ["-43201", "43201"], "SETTINGS_RANGE");
});

test("leading zeros and minus zero give the plain number", () => {
	const { settings } = make();
	settings.set("INIFileVersion", "007");
	assert.equal(settings.text("INIFileVersion"), "7");
	settings.set("NTPUpdateInterval", "-0");
	assert.ok(Object.is(settings.get("NTPUpdateInterval"), 0));
});

test("booleans are 0 and 1", () => {
	taken("EnableSIPRemoteReset", ["0", "1"]);
	refused("EnableSIPRemoteReset", ["2", "-1"], "SETTINGS_RANGE");
	refused("EnableSIPRemoteReset", ["on", "true", ""], "SETTINGS_TYPE");
});

test("times of day", () => {
	taken("AutoUpdatePredefinedTime", ["00:00", "23:59", "03:00", ""]);
	refused("AutoUpdatePredefinedTime", ["24:00", "00:60"], "SETTINGS_RANGE");
	refused("AutoUpdatePredefinedTime", ["3:00", "3pm", "0300", "1:000", "-1:00"], "SETTINGS_TYPE");
	refused("AutoUpdatePredefinedTime", ["03:00:00"], "SETTINGS_LENGTH");
});

test("texts: bytes are counted, controls refused", () => {
	taken("AUPDDigestUsername", ["x".repeat(50), "\u00fc".repeat(25), "a b'c\"", ""]);
	refused("AUPDDigestUsername", ["x".repeat(51), "\u00fc".repeat(26)], "SETTINGS_LENGTH");
	refused("AUPDDigestUsername", ["a\nb", "\u0000", "\u007f", "\t"], "SETTINGS_CHARACTER");
});

test("User-Agent texts are printable ASCII of 511 bytes at most", () => {
	taken("AupdHttpUserAgent", ["MyWorld-<NAME>;<VER>(<MAC>)", "x".repeat(511), ""]);
	refused("AupdHttpUserAgent", ["x".repeat(512)], "SETTINGS_LENGTH");
	refused("AupdHttpUserAgent", ["a\r\nCookie: b", "gr\u00fc\u00df"], "SETTINGS_CHARACTER");
});

test("hosts are names or addresses", () => {
	taken("NTPServerIP", ["10.1.1.11", "ntp.example.net", "fe80::1", ""]);
	refused("NTPServerIP", ["a b", "http://x", "a/b", "\u00fc"], "SETTINGS_TYPE");
	refused("HostName", ["h".repeat(64)], "SETTINGS_LENGTH");
});

test("URLs", () => {
	taken("IniFileURL", [
		"",
		"http://192.168.0.1/filename",
		"HTTPS://prov.example.net:8443/config_<MAC>.ini?a=b;c",
		"https://user:p%40ss@10.1.1.1/x",
		"https://user:p@ss@10.1.1.1/x",
		"http://<MAC>.example.net/x",
		"http://[2001:db8::1]:8080/x",
		"http://[::1]",
		"ftps://root:wheel@ftpserver.corp.com/vp.dat",
		"http://h/" + "x".repeat(246),
	]);
	refused(
		"IniFileURL",
		[
			"prov.example.net/x",
			"gopher://h/x",
			"://h/x",
			"http:/h/x",
			"http:///x",
			"http://user@/x",
			"http://h:/x",
			"http://h:0/x",
			"http://h:65536/x",
			"http://h:8o/x",
			"http://[::1/x",
			"http://[::1]x/y",
			"http://[]/x",
			"http://[g::1]/x",
			"http://h h/x",
			"http://h/x y",
			"http://h/\u00fc",
			"http://h$/x",
		],
		"SETTINGS_URL",
	);
	refused("IniFileURL", ["http://h/" + "x".repeat(247)], "SETTINGS_LENGTH");
});

test("urlFault says what was expected", () => {
	assert.equal(urlFault("http://h/x"), undefined);
	assert.match(String(urlFault("x")), /^one of http, https/);
});

test("URLs are shown without credentials, even misplaced ones", () => {
	assert.equal(hideCredentials("http://h/x"), "http://h/x");
	assert.equal(hideCredentials("https://u:p@h/x"), "https://***@h/x");
	assert.equal(hideCredentials("https://u@h/x"), "https://***@h/x");
	assert.equal(hideCredentials("https://u:1@2@h/x"), "https://***@h/x");
	assert.equal(hideCredentials("https://u:1/2@h/x"), "https://***@h/x");
	assert.equal(hideCredentials("https://u:p?q@h/x"), "https://***@h/x");
	assert.equal(hideCredentials("u:p@h"), "***@h");
});

test("an error names the parameter, what was expected and what was found", () => {
	const { settings } = make();
	assert.throws(() => settings.set("autoupdatefrequency", "70000"), {
		message: 'AutoUpdateFrequency: expected 0 to 65536 min, found "70000"',
	});
	assert.throws(
		() => settings.set("AutoUpdateFrequency", "y".repeat(1000)),
		(error: unknown) => error instanceof SettingsError && error.message.length < 150,
	);
});

test("no error or description shows a secret", () => {
	const { settings } = make({ AUPDDigestPassword: "hunter2", IniFileURL: "http://u:hunter2@h/x" });
	const faulty: [string, string][] = [
		["AUPDDigestPassword", "hunter2\n"],
		["AUPDDigestPassword", "hunter2".repeat(10)],
		["AUPDUserPassword", "u:hunter2\u0000"],
		["IniFileURL", "http://u:hunter2@h:x/"],
		["IniFileURL", "u:hunter2@h"],
		["IniFileURL", "http://u:hunter2@h/".repeat(20)],
	];
	for (const [name, text] of faulty) {
		assert.throws(
			() => settings.set(name, text),
			(error: unknown) => error instanceof SettingsError && !error.message.includes("hunter2"),
			name,
		);
	}
	const pin = integer("Pin", 0, [0, 9999, ""], "a secret number", { secret: true });
	for (const text of ["87654", "8765x"]) {
		assert.throws(
			() => parseValue(pin, text),
			(error: unknown) => error instanceof SettingsError && !error.message.includes("8765"),
		);
	}
	assert.equal(describeValue(pin, 1234), "***");
	assert.equal(settings.describe("AUPDDigestPassword"), "***");
	assert.equal(settings.describe("AUPDUserPassword"), "");
	assert.equal(settings.describe("IniFileURL"), "http://***@h/x");
	for (const entry of settings.entries()) assert.ok(!entry.text.includes("hunter2"), entry.name);
	assert.equal(settings.text("AUPDDigestPassword"), "hunter2");
});

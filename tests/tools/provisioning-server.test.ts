// SPDX-License-Identifier: Apache-2.0
//
// The provisioning server for desks: files with validators and ranges, templates by MAC, files by User-Agent, its log.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { loadRules, renderTemplate, RulesError } from "../../tools/provisioning-lib/rules.js";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";

interface Answer {
	status: number;
	headers: IncomingMessage["headers"];
	body: string;
}

function ask(url: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const { hostname, port } = new URL(url);
		const request = get({ hostname, port, path, headers, agent: false }, (response) => {
			let body = "";
			response.setEncoding("latin1");
			response.on("data", (chunk: string) => (body += chunk));
			response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
		});
		request.on("error", reject);
	});
}

const rules = {
	rules: [
		{
			path: "/config_{MAC}.ini",
			template: "gateway.ini",
			values: { default: { NAME: "spare" }, "00908F1DD0D3": { NAME: "lobby" } },
		},
		{ path: "/firmware.cmp", userAgent: "upgate;1\\.0\\.", file: "new.cmp" },
		{ path: "/tones/{MAC}", file: "tones_{MAC}.dat" },
	],
};

function makeFolder(t: TestContext): string {
	const root = mkdtempSync(join(tmpdir(), "upgate-www-"));
	t.after(() => rmSync(root, { recursive: true }));
	writeFileSync(join(root, "gateway.ini"), "HostName = '{{NAME}}'\nIniFileURL = '{{SERVER}}/config_{{MAC}}.ini'\n");
	writeFileSync(join(root, "new.cmp"), "0123456789");
	writeFileSync(join(root, "plain.txt"), "plain");
	writeFileSync(join(root, "tones_00908F1DD0D3.dat"), "tones");
	writeFileSync(join(root, "provisioning.json"), JSON.stringify(rules));
	mkdirSync(join(root, "sub"));
	return root;
}

async function serve(t: TestContext, root = makeFolder(t), log: string[] = []) {
	const server = await startProvisioningServer({ root, port: 0, log: (line) => log.push(line) });
	t.after(() => server.close());
	return { ...server, root, log };
}

test("a file has Last-Modified, ETag, Date, length and a type that is no surprise", async (t) => {
	const { url, root } = await serve(t);
	utimesSync(join(root, "plain.txt"), 1_700_000_000, 1_700_000_000);
	const { status, headers, body } = await ask(url, "/plain.txt");
	assert.equal(status, 200);
	assert.equal(body, "plain");
	assert.equal(headers["last-modified"], "Tue, 14 Nov 2023 22:13:20 GMT");
	assert.equal(headers["content-length"], "5");
	assert.match(headers.etag ?? "", /^"[^"]+"$/);
	assert.ok(headers.date !== undefined);
	const agent = { "user-agent": "x (upgate;1.0.0;y)" };
	assert.equal((await ask(url, "/firmware.cmp", agent)).headers["content-type"], "application/octet-stream");
});

test("validators give 304, a later change gives 200", async (t) => {
	const { url, root } = await serve(t);
	for (const path of ["/plain.txt", "/config_00908F1DD0D3.ini"]) {
		const { headers } = await ask(url, path);
		const etag = headers.etag ?? "";
		const modified = headers["last-modified"] ?? "";
		assert.equal((await ask(url, path, { "if-none-match": etag })).status, 304, path);
		assert.equal((await ask(url, path, { "if-modified-since": modified })).status, 304, path);
		assert.equal((await ask(url, path, { "if-none-match": '"other"' })).status, 200, path);
	}
	const { headers } = await ask(url, "/config_00908F1DD0D3.ini");
	writeFileSync(join(root, "gateway.ini"), "HostName = '{{NAME}}2'\n");
	assert.equal((await ask(url, "/config_00908F1DD0D3.ini", { "if-none-match": headers.etag ?? "" })).status, 200);
});

test("a range is answered with 206 and the place", async (t) => {
	const { url } = await serve(t);
	const answer = await ask(url, "/new.cmp", { range: "bytes=2-4" });
	assert.deepEqual([answer.status, answer.body, answer.headers["content-range"]], [206, "234", "bytes 2-4/10"]);
	assert.equal((await ask(url, "/new.cmp", { range: "bytes=50-" })).status, 416);
	const { etag = "", "last-modified": modified = "" } = answer.headers;
	assert.equal((await ask(url, "/new.cmp", { range: "bytes=2-4", "if-range": etag })).status, 206);
	assert.equal((await ask(url, "/new.cmp", { range: "bytes=2-4", "if-range": modified })).status, 206);
	assert.equal((await ask(url, "/new.cmp", { range: "bytes=2-4", "if-range": '"other"' })).status, 200);
});

test("a template takes values by MAC, in any letter case, and those of default", async (t) => {
	const { url } = await serve(t);
	const text = (mac: string, name: string) => `HostName = '${name}'\nIniFileURL = '${url}/config_${mac}.ini'\n`;
	assert.equal((await ask(url, "/config_00908f1dd0d3.ini")).body, text("00908F1DD0D3", "lobby"));
	assert.equal((await ask(url, "/config_00908F000001.ini")).body, text("00908F000001", "spare"));
	assert.equal((await ask(url, "/config_00908F.ini")).status, 404);
	assert.equal((await ask(url, "/tones/00908f1dd0d3")).body, "tones");
});

test("a rule with User-Agent serves only those it matches", async (t) => {
	const { url } = await serve(t);
	assert.equal((await ask(url, "/firmware.cmp", { "user-agent": "x (upgate;1.0.3;y)" })).body, "0123456789");
	assert.equal((await ask(url, "/firmware.cmp", { "user-agent": "x (upgate;1.1.0;y)" })).status, 404);
});

test("nothing outside the folder, no listing, and not the rules themselves", async (t) => {
	const { url } = await serve(t);
	for (const path of ["/../secret", "/%2e%2e/secret", "/provisioning.json", "/sub", "/", "/nothing"]) {
		const { status } = await ask(url, path);
		assert.ok(status === 403 || status === 404, `${path}: ${status}`);
	}
});

test("each request is one line of the log", async (t) => {
	const { url, log } = await serve(t);
	await ask(url, "/new.cmp", { "user-agent": "agent", range: "bytes=0-1" });
	await ask(url, "/nothing");
	assert.equal(log.length, 2);
	assert.match(log[0], /^\d\d:\d\d:\d\d\.\d\d\d GET \/new\.cmp -> 206 2 bytes, \d+ ms \[agent\] range: bytes=0-1$/);
	assert.match(log[1], /GET \/nothing -> 404/);
});

test("a fault in the rules is told with its place, at start", async (t) => {
	const root = makeFolder(t);
	const cases: [string, RegExp][] = [
		["{", /provisioning\.json: /],
		['{"rules":{}}', /"rules" wants an array/],
		['{"rules":[{"path":"a","file":"b"}]}', /rules\[0\]\.path must begin with \//],
		['{"rules":[{"path":"/a"}]}', /rules\[0\] wants either file or template/],
		['{"rules":[{"path":"/a","file":"b","zork":1}]}', /rules\[0\]\.zork is not known/],
		['{"rules":[{"path":"/a","file":"../b"}]}', /rules\[0\]\.file must lie in the folder/],
		['{"rules":[{"path":"/a","file":"b","userAgent":"("}]}', /rules\[0\]\.userAgent is not a regular expression/],
		['{"rules":[{"path":"/a","template":"b","values":{"x":{}}}]}', /values\.x is neither/],
	];
	for (const [text, message] of cases) {
		writeFileSync(join(root, "provisioning.json"), text);
		assert.throws(
			() => loadRules(root),
			(error) => error instanceof RulesError && message.test(error.message),
			text,
		);
	}
	await assert.rejects(startProvisioningServer({ root, port: 0 }), RulesError);
	assert.throws(() => renderTemplate("{{MISSING}}", {}), RulesError);
});

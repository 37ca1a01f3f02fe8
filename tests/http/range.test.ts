// SPDX-License-Identifier: Apache-2.0
//
// Ranges: what is asked, and that only exactly the asked part is taken. Retry-After and content codings beside it.

import test from "node:test";
import assert from "node:assert/strict";
import { formatHTTPDate } from "../../modules/http/dates.js";
import { parseContentRange, rangeHeaders, rangeValidator, type RangeRequest } from "../../modules/http/range.js";
import { maxRetryAfterMs, parseRetryAfter } from "../../modules/http/retry-after.js";
import { response, SessionBench } from "./session-bench.js";

const asked: RangeRequest = { first: 3, validator: '"v1"', total: 10 };

test("a range goes out with If-Range", () => {
	assert.deepEqual(rangeHeaders(asked), [
		["Range", "bytes=3-"],
		["If-Range", '"v1"'],
	]);
	const date = formatHTTPDate(0);
	assert.deepEqual(rangeHeaders({ first: 0, last: 0, validator: date }), [
		["Range", "bytes=0-0"],
		["If-Range", date],
	]);
});

test("a range without sense, and a validator that does not tell bytes apart, are refused", () => {
	for (const range of [
		{ first: -1, validator: '"v"' },
		{ first: 1.5, validator: '"v"' },
		{ first: 3, last: 2, validator: '"v"' },
		{ first: NaN, validator: '"v"' },
		{ first: 3, validator: 'W/"v"' },
		{ first: 3, validator: "v" },
		{ first: 3, validator: "" },
		{ first: 3, validator: '"a"b"' },
		{ first: 3, validator: "yesterday" },
	]) {
		assert.throws(() => rangeHeaders(range), { code: "HTTP_RANGE" }, JSON.stringify(range));
		assert.throws(() => new SessionBench().session.get({ url: "http://h/", range }), { code: "HTTP_RANGE" });
	}
});

test("rangeValidator() gives a strong ETag, and a Last-Modified only where there is no ETag and Date is later", () => {
	const date = formatHTTPDate(10000);
	const of = (fields: Record<string, string>): string | undefined =>
		rangeValidator({ get: (name) => fields[name.toLowerCase()] });
	assert.equal(of({ etag: '"v1"', "last-modified": date }), '"v1"');
	assert.equal(of({ "last-modified": date, date: formatHTTPDate(11000) }), date);
	const useless: Record<string, string>[] = [
		{},
		{ "last-modified": date },
		{ "last-modified": date, date },
		{ "last-modified": date, date: formatHTTPDate(9000) },
		{ "last-modified": "yesterday", date: formatHTTPDate(11000) },
		{ "last-modified": date, date: "today" },
		{ etag: 'W/"v1"', "last-modified": date, date: formatHTTPDate(11000) },
		{ etag: "v1", "last-modified": date, date: formatHTTPDate(11000) },
	];
	for (const fields of useless) assert.equal(of(fields), undefined, JSON.stringify(fields));
});

test("parseContentRange() takes one form only", () => {
	assert.deepEqual(parseContentRange("bytes 3-9/10"), { first: 3, last: 9, total: 10 });
	assert.deepEqual(parseContentRange("Bytes 0-0/*"), { first: 0, last: 0 });
	for (const text of [
		"",
		"bytes 3-9",
		"bytes=3-9/10",
		"bytes 3-9/9",
		"bytes 9-3/10",
		"bytes 3-/10",
		"bytes */10",
		"bytes 3-9/10 ",
	])
		assert.throws(() => parseContentRange(text), { code: "HTTP_CONTENT_RANGE" }, text);
});

function fetchRange(text: string, range = asked): [string, number[], string] {
	const bench = new SessionBench();
	bench.serve((_, __, peer) => {
		bench.clock.timer.set(() => peer.clientClosed || peer.close(), 50);
		return text;
	});
	const { end, statuses, body } = bench.fetch("http://h/", { range });
	assert.equal(bench.header(0, "If-Range"), range.validator);
	return [end, statuses, body];
}

const part = (fields: string[], body: string): string => response(206, fields, body);

test("a 206 that holds exactly the asked part is taken", () => {
	const rest = "defghij";
	for (const [text, range] of [
		[part(["Content-Range: bytes 3-9/10", 'ETag: "v1"'], rest), asked],
		[part(["Content-Range: bytes 3-9/10"], rest), { first: 3, validator: '"v1"' }],
		[part(["Content-Range: bytes 3-5/10"], "def"), { ...asked, last: 5 }],
		[part(["Content-Range: bytes 3-9/10"], rest), { ...asked, last: 500 }],
		[part(["Content-Range: bytes 3-5/*"], "def"), { first: 3, last: 5, validator: '"v1"' }],
		[
			`HTTP/1.1 206 X\r\nContent-Range: bytes 3-9/10\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n${rest}\r\n0\r\n\r\n`,
			asked,
		],
		[`HTTP/1.1 206 X\r\nContent-Range: bytes 3-9/10\r\n\r\n${rest}`, asked],
	] as [string, RangeRequest][]) {
		const [end, statuses, body] = fetchRange(text, range);
		assert.deepEqual([end, statuses], ["done", [206]], text);
		assert.ok(rest.startsWith(body) && body.length >= 3);
	}
});

test("a server that lies about the part is refused before a byte is handed over", () => {
	for (const fields of [
		[],
		["Content-Range: bytes 0-6/10"],
		["Content-Range: bytes 4-10/11"],
		["Content-Range: bytes 2-8/10"],
		["Content-Range: bytes 3-8/10"],
		["Content-Range: bytes 3-9/11"],
		["Content-Range: bytes 3-10/11"],
		["Content-Range: bytes 3-9/*"],
		["Content-Range: bytes 3-9/10", "Content-Range: bytes 3-9/10"],
		["Content-Range: bytes 3-9/10", 'ETag: "v2"'],
		["Content-Range: bytes 3-9/10", 'ETag: W/"v1"'],
		["Content-Range: pages 3-9/10"],
		["Content-Type: multipart/byteranges; boundary=x"],
	])
		assert.deepEqual(fetchRange(part(fields, "defghij")), ["HTTP_CONTENT_RANGE", [], ""], fields.join());
	for (const [range, body] of [
		["2-9/10", "cdefghij"],
		["4-9/10", "efghij"],
		["3-8/10", "defghi"],
		["3-10/11", "defghijk"],
		["3-9/10", "defghijk"],
	] as [string, string][])
		assert.deepEqual(fetchRange(part([`Content-Range: bytes ${range}`], body)), ["HTTP_CONTENT_RANGE", [], ""], range);
});

test("a part that turns out shorter or longer than its Content-Range is refused at its end", () => {
	for (const body of ["defghi", "defghijk"]) {
		const text = `HTTP/1.1 206 X\r\nContent-Range: bytes 3-9/10\r\n\r\n${body}`;
		assert.deepEqual(fetchRange(text), ["HTTP_CONTENT_RANGE", [206], body]);
	}
});

test("a 200 instead of a part is the whole file, a 416 the caller's", () => {
	assert.deepEqual(fetchRange(response(200, ['ETag: "v2"'], "0123456789")), ["done", [200], "0123456789"]);
	assert.deepEqual(fetchRange(response(416, ["Content-Range: bytes */10"])), ["done", [416], ""]);
});

test("parseRetryAfter() takes seconds and dates, up to a day, and nothing else", () => {
	const now = Date.UTC(2025, 0, 1);
	assert.equal(parseRetryAfter("0"), 0);
	assert.equal(parseRetryAfter("120"), 120_000);
	assert.equal(parseRetryAfter("86401"), maxRetryAfterMs);
	assert.equal(parseRetryAfter("9".repeat(400)), maxRetryAfterMs);
	assert.equal(parseRetryAfter(formatHTTPDate(now + 90_000), now), 90_000);
	assert.equal(parseRetryAfter(formatHTTPDate(now - 90_000), now), 0);
	assert.equal(parseRetryAfter(formatHTTPDate(now + 1e12), now), maxRetryAfterMs);
	assert.equal(parseRetryAfter(formatHTTPDate(now)), undefined);
	for (const text of ["", "-1", "1.5", "1 ", "soon", "0x10", "1e3"])
		assert.equal(parseRetryAfter(text, now), undefined, text);
});

test("a body in a content coding is refused, one that says identity is taken", () => {
	for (const [coding, end] of [
		["gzip", "HTTP_CONTENT_ENCODING"],
		["identity, br", "HTTP_CONTENT_ENCODING"],
		["Identity", "done"],
		["", "done"],
	] as [string, string][]) {
		const bench = new SessionBench();
		bench.script([response(200, [`Content-Encoding: ${coding}`], "body")]);
		assert.equal(bench.fetch("http://h/").end, end, coding);
	}
});

test("of the fields of a response those are kept that were asked for", () => {
	const bench = new SessionBench();
	bench.script([response(200, ['ETag: "1"', "Server: long", "X-More: yes", "Date: now"], "fine")]);
	const seen: [string, string][] = [];
	const result = bench.fetch("http://h/", {
		fields: ["content-length", "date", "etag"],
		onHeaders: (_, headers) => seen.push(...headers.entries()),
	});
	assert.deepEqual([result.end, result.body], ["done", "fine"]);
	assert.deepEqual(
		new Map(seen),
		new Map([
			["etag", '"1"'],
			["date", "now"],
			["content-length", "4"],
		]),
	);
});

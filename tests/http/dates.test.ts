// SPDX-License-Identifier: Apache-2.0
//
// HTTP dates in three forms, and header lists.

import test from "node:test";
import assert from "node:assert/strict";
import { formatHTTPDate, parseHTTPDate } from "../../modules/http/dates.js";
import { Headers } from "../../modules/http/headers.js";
import { Random } from "../harness/random.js";

const sample = Date.UTC(1994, 10, 6, 8, 49, 37);

test("parseHTTPDate() reads the three forms", () => {
	assert.equal(parseHTTPDate("Sun, 06 Nov 1994 08:49:37 GMT"), sample);
	assert.equal(parseHTTPDate("Sunday, 06-Nov-94 08:49:37 GMT"), sample);
	assert.equal(parseHTTPDate("Sun Nov  6 08:49:37 1994"), sample);
	assert.equal(parseHTTPDate("Thu Nov 10 08:49:37 1994"), Date.UTC(1994, 10, 10, 8, 49, 37));
	assert.equal(parseHTTPDate("Thu, 29 Feb 2024 23:59:60 GMT"), Date.UTC(2024, 2, 1));
	assert.equal(parseHTTPDate("Mon, 01 Jan 2014 19:43:31 GMT"), Date.UTC(2014, 0, 1, 19, 43, 31));
	assert.equal(parseHTTPDate("Tue, 19 Jan 2038 03:14:08 GMT"), 0x80000000 * 1000);
});

test("years of two digits lie at most 50 years ahead", () => {
	const now = Date.UTC(2024, 5, 1);
	assert.equal(parseHTTPDate("Sunday, 06-Nov-94 08:49:37 GMT", now), sample);
	assert.equal(new Date(parseHTTPDate("Friday, 01-Jan-74 00:00:00 GMT", now)).getUTCFullYear(), 2074);
	assert.equal(new Date(parseHTTPDate("Friday, 31-Dec-74 00:00:00 GMT", now)).getUTCFullYear(), 1974);
	assert.equal(new Date(parseHTTPDate("Friday, 31-Dec-69 00:00:00 GMT")).getUTCFullYear(), 2069);
	assert.equal(new Date(parseHTTPDate("Friday, 31-Dec-70 00:00:00 GMT")).getUTCFullYear(), 1970);
});

test("parseHTTPDate() refuses everything else", () => {
	const refused = [
		"",
		"Mon, 1 January 2014 19:43:31 GMT",
		"Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		"sun, 06 Nov 1994 08:49:37 GMT",
		"Xyz, 06 Nov 1994 08:49:37 GMT",
		"Sun, 06 Foo 1994 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 31 Nov 1994 08:49:37 GMT",
		"Wed, 29 Feb 2023 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:00:00 GMT",
		"Sun, 06 Nov 1994 08:60:37 GMT",
		"Sun, 06 Nov 1994 08:49:61 GMT",
		"Sun, 06-Nov-94 08:49:37 GMT",
		"Sunday, 06-Nov-1994 08:49:37 GMT",
		"Sun Nov 6 08:49:37 1994",
		"Sun Nov  6 08:49:37 94",
		"784111777",
	];
	for (const text of refused) assert.throws(() => parseHTTPDate(text), { code: "HTTP_DATE" }, text);
});

test("formatHTTPDate() writes what parseHTTPDate() reads back", () => {
	assert.equal(formatHTTPDate(sample + 999), "Sun, 06 Nov 1994 08:49:37 GMT");
	assert.equal(formatHTTPDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
	const random = new Random(1);
	for (let i = 0; i < 500; i++) {
		const ms = (random.next() * 20 - 2 ** 33) * 1000;
		assert.equal(parseHTTPDate(formatHTTPDate(ms)), ms, `sample ${i}`);
	}
	for (const ms of [NaN, Infinity, Date.UTC(10000, 0, 1)])
		assert.throws(() => formatHTTPDate(ms), { code: "HTTP_DATE" });
});

test("header names are found without case, values in order", () => {
	const headers = new Headers({ headerCount: 4, headerBytes: 100 });
	headers.append("ETag", '"a"');
	headers.append("Via", "x");
	headers.append("VIA", "y, Close ,z");
	assert.equal(headers.get("etag"), '"a"');
	assert.equal(headers.get("via"), "x");
	assert.deepEqual(headers.getAll("Via"), ["x", "y, Close ,z"]);
	assert.equal(headers.get("date"), undefined);
	assert.deepEqual(headers.getAll("date"), []);
	assert.ok(headers.has("ETAG") && !headers.has("e"));
	assert.ok(headers.hasToken("via", "close") && !headers.hasToken("via", "clos"));
	assert.deepEqual(headers.entries()[2], ["VIA", "y, Close ,z"]);
});

test("a header list stays as it was when a field is refused", () => {
	const headers = new Headers({ headerCount: 2, headerBytes: 20 });
	headers.append("A", "b");
	assert.throws(() => headers.append("A b", "c"), { code: "HTTP_HEADER_NAME" });
	assert.throws(() => headers.append("A", "b\r\nc"), { code: "HTTP_HEADER_VALUE" });
	assert.throws(() => headers.append("A", "b".repeat(18)), { code: "HTTP_HEADER_LIMIT" });
	headers.append("A", "c");
	assert.throws(() => headers.append("A", "d"), { code: "HTTP_HEADER_LIMIT" });
	assert.deepEqual(headers.getAll("a"), ["b", "c"]);
	assert.equal(headers.size, 2);
});

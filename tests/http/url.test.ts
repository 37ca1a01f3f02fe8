// SPDX-License-Identifier: Apache-2.0
//
// URL parsing and redaction; request heads built from URLs.

import test from "node:test";
import assert from "node:assert/strict";
import { decodeLatin1 } from "../../modules/bytes/text.js";
import { buildRequestHead, maxRequestBytes } from "../../modules/http/request-head.js";
import { hostField, maxURLLength, originOf, parseURL, redact, URLError } from "../../modules/http/url.js";
import { Random } from "../harness/random.js";

const http = { scheme: "http", port: 80, path: "/" };

const valid: Array<[string, Record<string, unknown>]> = [
	["http://h", { ...http, host: "h" }],
	["HTTP://H.Example.COM:80/", { ...http, host: "h.example.com" }],
	["https://h/a/b.ini", { scheme: "https", host: "h", port: 443, path: "/a/b.ini" }],
	["http://h?x=1", { ...http, host: "h", path: "/?x=1" }],
	["http://h/a?b=/?c:@!$&'()*+,;=~-._", { ...http, host: "h", path: "/a?b=/?c:@!$&'()*+,;=~-._" }],
	["http://h/%20%C3%A4", { ...http, host: "h", path: "/%20%C3%A4" }],
	["http://h/a/../b//", { ...http, host: "h", path: "/a/../b//" }],
	["http://h/a#part", { ...http, host: "h", path: "/a" }],
	["http://h:/", { ...http, host: "h" }],
	["http://h:65535", { ...http, host: "h", port: 65535 }],
	["http://192.168.0.1:8080/filename", { ...http, host: "192.168.0.1", port: 8080, path: "/filename" }],
	["http://[2001:DB8::1]:81/x", { ...http, host: "2001:db8::1", port: 81, path: "/x" }],
	["http://[::ffff:10.0.0.1]/", { ...http, host: "::ffff:10.0.0.1" }],
	["http://[::]", { ...http, host: "::" }],
	["http://user@h/", { ...http, host: "h", user: "user" }],
	["http://user:@h/", { ...http, host: "h", user: "user", password: "" }],
	["http://root:whe%40el%3A:x@h:1/", { ...http, host: "h", port: 1, user: "root", password: "whe@el::x" }],
	["http://%C3%BC:%F0%9F%98%80@h/", { ...http, host: "h", user: "\u00fc", password: "\u{1f600}" }],
	["http://h/mail=a@b", { ...http, host: "h", path: "/mail=a@b" }],
	["http://my_host.example.net./", { ...http, host: "my_host.example.net." }],
	["http://1.2.3.4.example", { ...http, host: "1.2.3.4.example" }],
];

const invalid: Array<[string, string, number]> = [
	["", "URL_SCHEME", 0],
	["h/a", "URL_SCHEME", 0],
	["ftp://h/", "URL_SCHEME", 0],
	[" http://h/", "URL_SCHEME", 0],
	["http:/h/", "URL_SCHEME", 6],
	["http:h", "URL_SCHEME", 5],
	["http://", "URL_HOST", 7],
	["http:///a", "URL_HOST", 7],
	["http://u:p@/", "URL_HOST", 11],
	["http://:80/", "URL_HOST", 7],
	["http://a b/", "URL_HOST", 7],
	["http://a..b/", "URL_HOST", 7],
	["http://h%41/", "URL_HOST", 7],
	["http://10.1.1.300/", "URL_HOST", 7],
	["http://10.1.1/", "URL_HOST", 7],
	["http://010.1.1.1/", "URL_HOST", 7],
	["http://[::1/", "URL_HOST", 7],
	["http://[::1::]/", "URL_HOST", 8],
	["http://[1:2:3:4:5:6:7]/", "URL_HOST", 8],
	["http://[1:2:3:4:5:6:7:8:9]/", "URL_HOST", 8],
	["http://[fe80::1%25eth0]/", "URL_HOST", 8],
	["http://[12345::]/", "URL_HOST", 8],
	["http://[::1]x/", "URL_PORT", 12],
	["http://h:0/", "URL_PORT", 9],
	["http://h:65536/", "URL_PORT", 9],
	["http://h:8o/", "URL_PORT", 9],
	["http://h:000080/", "URL_PORT", 9],
	["http://h:+80/", "URL_PORT", 9],
	["http://h/a b", "URL_CHARACTER", 10],
	["http://h/<MAC>.ini", "URL_CHARACTER", 9],
	["http://h/a\r\nX: y", "URL_CHARACTER", 10],
	["http://h/\u00e4", "URL_CHARACTER", 9],
	["http://h/a#b c", "URL_CHARACTER", 12],
	["http://h/a\\b", "URL_CHARACTER", 10],
	["http://h/a%2", "URL_PERCENT", 10],
	["http://h/a%zz", "URL_PERCENT", 10],
	["http://h/?%", "URL_PERCENT", 10],
	["http://u%4:p@h/", "URL_PERCENT", 8],
	["http://u:%ff@h/", "URL_PERCENT", 9],
	["http://u:p@ss@h/", "URL_USER_INFORMATION", 10],
	["http://u:p ss@h/", "URL_USER_INFORMATION", 10],
];

test("parseURL() takes http and https URLs apart", () => {
	for (const [text, expected] of valid) assert.deepEqual(parseURL(text), expected, text);
});

test("parseURL() says where a bad URL is wrong", () => {
	for (const [text, code, offset] of invalid) assert.throws(() => parseURL(text), { code, offset }, text);
});

test("parseURL() takes URLs up to the length limit", () => {
	const longest = `http://h/${"a".repeat(maxURLLength - 9)}`;
	assert.equal(parseURL(longest).path.length, maxURLLength - 8);
	assert.throws(() => parseURL(`${longest}a`), { code: "URL_LENGTH", offset: maxURLLength });
});

test("parseURL() gives a URL or a URLError for anything", () => {
	for (let seed = 1; seed <= 3000; seed++) {
		const random = new Random(seed);
		const text = Array.from(random.pick(valid)[0]);
		for (let i = 0; i < 3; i++)
			text.splice(random.below(text.length), random.below(2), random.pick([..."%:@[]/?# 0f<\n\u00e4"]));
		try {
			assert.match(parseURL(text.join("")).path, /^\/[!-~]*$/, `seed ${seed}`);
		} catch (error) {
			assert.ok(error instanceof URLError && error.offset <= text.length, `seed ${seed}`);
		}
	}
});

test("an error about a URL does not show its password", () => {
	for (const text of ["http://user:secret word@h/", "http://user:secret%@h/", "http://user:sec/ret@h/"])
		assert.throws(
			() => parseURL(text),
			(error) => error instanceof URLError && !error.message.includes("sec"),
		);
});

test("redact() leaves out user and password, of bad URLs too", () => {
	assert.equal(redact("http://u:p@h:8080/a?b#c"), "http://h:8080/a?b");
	assert.equal(redact("HTTPS://H:443/a@b"), "https://h/a@b");
	assert.equal(redact(parseURL("http://u:p@[::1]:81/")), "http://[::1]:81/");
	assert.equal(redact("http://u:p/w@h/x y"), "http://h/x y");
	assert.equal(redact("ftps://root:wheel@h/vp.dat"), "ftps://h/vp.dat");
	assert.equal(redact("root:wheel@h"), "h");
	assert.equal(redact("root:w://x@h"), "h");
	assert.equal(redact("not a url"), "not a url");
});

test("an origin has scheme, host and port; a Host field the port where it is not the usual one", () => {
	assert.equal(originOf(parseURL("http://u:p@H/a")), "http://h:80");
	assert.equal(originOf(parseURL("https://[::1]/a")), "https://[::1]:443");
	assert.equal(hostField(parseURL("http://h:443/")), "h:443");
	assert.equal(hostField(parseURL("https://h:443/")), "h");
});

test("a request head has what the protocol needs, then the caller's fields", () => {
	const head = buildRequestHead(parseURL("http://u:p@h:8080/a?b"), [
		["User-Agent", "Mozilla/4.0 (compatible; x)"],
		["accept", "text/plain"],
	]);
	assert.equal(
		decodeLatin1(head),
		"GET /a?b HTTP/1.1\r\nHost: h:8080\r\nConnection: keep-alive\r\nAccept-Encoding: identity\r\n" +
			"User-Agent: Mozilla/4.0 (compatible; x)\r\naccept: text/plain\r\n\r\n",
	);
	assert.match(decodeLatin1(buildRequestHead(parseURL("http://h"))), /\r\nAccept: \*\/\*\r\n\r\n$/);
});

test("a request head refuses fields that would break it", () => {
	const url = parseURL("http://h/");
	const refused: Array<[string, string, string]> = [
		["Host", "x", "HTTP_HEADER_RESERVED"],
		["content-LENGTH", "5", "HTTP_HEADER_RESERVED"],
		["Transfer-Encoding", "chunked", "HTTP_HEADER_RESERVED"],
		["Connection", "close", "HTTP_HEADER_RESERVED"],
		["Accept-Encoding", "gzip", "HTTP_HEADER_RESERVED"],
		["X", "a\r\nY: b", "HTTP_HEADER_VALUE"],
		["X", "a\n", "HTTP_HEADER_VALUE"],
		["X", "\u0100", "HTTP_HEADER_VALUE"],
		["X: a\r\nY", "b", "HTTP_HEADER_NAME"],
		["X ", "b", "HTTP_HEADER_NAME"],
		["", "b", "HTTP_HEADER_NAME"],
		["X", "b".repeat(maxRequestBytes), "HTTP_HEADER_LIMIT"],
		["X", "b".repeat(maxRequestBytes - 50), "HTTP_REQUEST_LIMIT"],
	];
	for (const [name, value, code] of refused)
		assert.throws(() => buildRequestHead(url, [[name, value]]), { code }, `${name}: ${value.slice(0, 20)}`);
	assert.throws(() => buildRequestHead({ ...url, path: "/ HTTP/1.1\r\nX: y" }), { code: "HTTP_TARGET" });
	assert.throws(() => buildRequestHead({ ...url, host: "h\r\nX: y" }), { code: "HTTP_TARGET" });
});

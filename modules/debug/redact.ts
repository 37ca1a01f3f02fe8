// SPDX-License-Identifier: Apache-2.0
//
// Messages of HTTP and SIP as text that may be shown: what is known to be harmless stays, everything else goes. So a field that nobody
// here has heard of, a new scheme of authentication, or a broken line shows no secret.
// Sources: RFC 9110 sections 5 and 11, RFC 3261 sections 7.3 and 19.1, RFC 3986 section 3.2.1.

/** What stands for what is not shown. */
const hidden = "...";

/** Fields whose value says nothing secret, but for credentials in URIs. The letters are compact forms of SIP (RFC 3261 section 20). */
const shown: readonly string[] = Object.freeze(
	(
		"accept accept-encoding accept-language accept-ranges age allow allow-events cache-control call-id connection contact " +
		"content-disposition content-encoding content-language content-length content-location content-range content-type cseq date " +
		"etag event expires from host if-match if-modified-since if-none-match if-range keep-alive last-modified location max-forwards " +
		"min-expires organization range record-route refer-to require retry-after route server subscription-state supported te to " +
		"trailer transfer-encoding unsupported upgrade user-agent vary via warning c e f i k l m o t u v"
	).split(" "),
);

/** Fields that ask for credentials or give them. */
const credentials: readonly string[] = Object.freeze([
	"authorization",
	"proxy-authenticate",
	"proxy-authorization",
	"www-authenticate",
]);
const schemes: readonly string[] = Object.freeze(["basic", "bearer", "digest", "negotiate", "ntlm"]);
/** Parameters of them that are no secret and do not help to guess one. */
const harmless: readonly string[] = Object.freeze(["algorithm", "charset", "qop", "realm", "stale"]);

/** Parts of names in a query whose value is not shown. */
const secretWords: readonly string[] = Object.freeze([
	..."auth code cred key pass pwd pin secret session sig token".split(" "),
]);

function isBlank(character: string): boolean {
	return character === " " || character === "\t" || character === ",";
}

/** @returns where the word or quoted text that begins at `start` ends; behind the end of `text` where there is no closing quote */
function wordEnd(text: string, start: number): number {
	let at = start;
	if (text[at] === '"') {
		for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++;
		return at < text.length ? at + 1 : text.length + 1;
	}
	while (at < text.length && !isBlank(text[at]) && text[at] !== "=") at++;
	return at;
}

/** `Digest realm="gw", nonce="..."` to its schemes and harmless parameters. */
function credentialText(value: string): string {
	const parts: string[] = [];
	for (let at = 0; at < value.length; at++) {
		if (isBlank(value[at])) continue;
		const nameEnd = wordEnd(value, at);
		const name = value.slice(at, nameEnd).toLowerCase();
		let end = nameEnd;
		if (value[end] === "=") end = wordEnd(value, end + 1);
		const plain = end === nameEnd ? schemes.includes(name) : harmless.includes(name);
		if (plain && end <= value.length) parts.push(value.slice(at, end));
		else if (parts[parts.length - 1] !== hidden) parts.push(hidden);
		at = Math.max(at, end - 1);
	}
	return parts.join(" ");
}

/** Of a query, values whose name sounds like a secret. */
function withoutQuerySecrets(text: string): string {
	const mark = text.indexOf("?");
	if (mark < 0) return text;
	const pairs = text.slice(mark + 1).split("&");
	const safe = pairs.map((pair) => {
		const equals = pair.indexOf("=");
		const name = pair.slice(0, Math.max(0, equals)).toLowerCase();
		return secretWords.some((word) => name.includes(word)) ? `${pair.slice(0, equals + 1)}${hidden}` : pair;
	});
	return `${text.slice(0, mark + 1)}${safe.join("&")}`;
}

/** Of a word with an @, what stands before it: all of it in a URL, what comes behind a colon in a SIP URI. */
function withoutUser(word: string): string {
	const at = word.lastIndexOf("@");
	if (at < 0) return word;
	const slashes = word.indexOf("://");
	if (slashes >= 0 && slashes < at) return `${word.slice(0, slashes + 3)}${hidden}${word.slice(at)}`;
	const scheme = /sips?:/i.exec(word);
	const start = scheme === null ? 0 : scheme.index + scheme[0].length;
	const colon = word.indexOf(":", start);
	return colon < 0 || colon > at ? word : `${word.slice(0, colon + 1)}${hidden}${word.slice(at)}`;
}

/** A text without what its URIs may hold of credentials: `http://user:password@`, `sip:user:password@`, `?token=`. */
export function withoutCredentials(text: string): string {
	if (!text.includes("@") && !text.includes("?")) return text;
	const words = text.split(" ");
	return words.map((word) => withoutQuerySecrets(withoutUser(word))).join(" ");
}

/** A header field for people. */
export function fieldText(name: string, value: string): string {
	const lower = name.toLowerCase();
	if (credentials.includes(lower)) return `${name}: ${credentialText(value)}`;
	return `${name}: ${shown.includes(lower) ? withoutCredentials(value) : `(${value.length} characters)`}`;
}

/** A line `Name: value` for people; one that has no name is not shown. */
export function lineText(line: string): string {
	const colon = line.indexOf(":");
	const name = line.slice(0, Math.max(0, colon)).trim();
	return /^[!-~]+$/.test(name) ? fieldText(name, line.slice(colon + 1).trim()) : `(${line.length} characters)`;
}

/**
 * Tells a message, a line each: its start line, and its fields in their order; folded lines are one.
 * @param head lines with CR and LF, up to the empty line or a part of it
 * @param mark `>` for what is sent, `<` for what has come
 * @param peer said behind the mark of the first line, may be empty
 */
export function tellHead(line: (text: string) => void, mark: ">" | "<", peer: string, head: string): void {
	const [start = "", ...fields] = head.replace(/\r\n[ \t]+/g, " ").split("\r\n");
	line(`${mark} ${peer === "" ? "" : `${peer} `}${withoutCredentials(start)}`);
	for (const field of fields) if (field !== "") line(`${mark}   ${lineText(field)}`);
}

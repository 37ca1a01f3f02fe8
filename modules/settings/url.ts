// SPDX-License-Identifier: Apache-2.0
//
// URLs as parameter values: what is refused when they are set, and how they are shown without their credentials.
// The exact reader belongs to whoever fetches; placeholders such as <MAC> still stand in the text here.

/** Schemes that devices of this kind have taken. Which of them can be fetched is decided by the update. */
const SCHEMES: readonly string[] = Object.freeze(["http", "https", "ftp", "ftps", "tftp", "nfs"]);

/** @returns the index after the authority: of the first "/", "?" or "#" at or after `from`, or the length */
function authorityEnd(url: string, from: number): number {
	let at = from;
	while (at < url.length && !"/?#".includes(url[at])) at++;
	return at;
}

function portFault(port: string): string | undefined {
	const fits = /^[0-9]{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535;
	return fits ? undefined : "a port from 1 to 65535";
}

function hostFault(authority: string): string | undefined {
	if (authority.startsWith("[")) {
		const close = authority.indexOf("]");
		if (!/^\[[0-9A-Fa-f:.]+$/.test(authority.slice(0, Math.max(close, 0)))) return "an IPv6 address in brackets";
		const rest = authority.slice(close + 1);
		if (rest === "") return undefined;
		return rest.startsWith(":") ? portFault(rest.slice(1)) : "a port or a path after the address";
	}
	const colon = authority.indexOf(":");
	const name = colon < 0 ? authority : authority.slice(0, colon);
	if (name === "") return "a host name or address";
	if (!/^[A-Za-z0-9._<>-]+$/.test(name)) return "letters, digits, dots and hyphens in the host";
	return colon < 0 ? undefined : portFault(authority.slice(colon + 1));
}

/** @returns what was expected and is not there, or `undefined` when the URL will do; never quotes the URL */
export function urlFault(url: string): string | undefined {
	for (let i = 0; i < url.length; i++) {
		const code = url.charCodeAt(i);
		if (code <= 0x20 || code >= 0x7f) return "ASCII characters without spaces";
	}
	const colon = url.indexOf("://");
	if (colon < 0 || !SCHEMES.includes(url.slice(0, colon).toLowerCase()))
		return `one of ${SCHEMES.join(", ")}, then ://`;
	const from = colon + 3;
	const authority = url.slice(from, authorityEnd(url, from));
	return hostFault(authority.slice(authority.lastIndexOf("@") + 1));
}

/**
 * Replaces everything between "://" and the last "@" by asterisks. More than the credentials where the path holds an "@":
 * a password with a "/" that should have been escaped must not show either.
 */
export function hideCredentials(url: string): string {
	const at = url.lastIndexOf("@");
	const scheme = url.indexOf("://");
	if (at < 0) return url;
	return `${scheme >= 0 && scheme < at ? url.slice(0, scheme + 3) : ""}***${url.slice(at)}`;
}

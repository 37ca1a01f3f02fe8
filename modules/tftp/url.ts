// SPDX-License-Identifier: Apache-2.0
//
// tftp URLs (RFC 3617) to server and file name. The protocol has no log-in: a user and password in the URL go nowhere.
// Leaves out IPv6 zones and the mode netascii, which would change the bytes.

import { decodeUTF8, encodeLatin1 } from "../bytes/text.js";
import { TFTPError } from "./error.js";

export interface TFTPURL {
	/** Lower case; an IPv6 literal without its brackets. */
	host: string;
	/** 69 when the URL names none. */
	port: number;
	/** Percent-decoded, without the slash behind the host. */
	file: string;
}

/** RFC 1350 section 4. */
const defaultPort = 69;

function refuse(offset: number, what: string): never {
	throw new TFTPError("TFTP_URL", `${what} (at character ${offset + 1} of the URL)`, { offset });
}

function percentDecode(text: string, offset: number): string {
	if (/%(?![0-9A-Fa-f]{2})/.test(text)) refuse(offset, "two hexadecimal digits expected after %");
	const bytes = text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number(`0x${digits}`)));
	try {
		return decodeUTF8(encodeLatin1(bytes), { fatal: true });
	} catch {
		return refuse(offset, "percent-encoded bytes are not UTF-8");
	}
}

/** @param text host and port @param offset where it stands in the URL */
function parseServer(text: string, offset: number): { host: string; port: number } {
	const match = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::([0-9]{1,5}))?$/.exec(text);
	if (match === null) return refuse(offset, "a host and perhaps a port expected");
	const port = match[3] === undefined ? defaultPort : Number(match[3]);
	if (port < 1 || port > 65535) refuse(offset, "a port from 1 to 65535 expected");
	return { host: (match[1] ?? match[2]).toLowerCase(), port };
}

/** @throws TFTPError TFTP_URL; messages never quote the URL */
export function parseTFTPURL(url: string): TFTPURL {
	if (!/^tftp:\/\//i.test(url)) refuse(0, "tftp:// expected");
	const start = 7;
	const slash = url.indexOf("/", start);
	const end = slash < 0 ? url.length : slash;
	const at = url.lastIndexOf("@", end - 1);
	const hostStart = at >= start ? at + 1 : start;
	const server = parseServer(url.slice(hostStart, end), hostStart);
	const path = url.slice(end + 1);
	const mode = /;mode=([a-z]*)$/i.exec(path);
	if (mode !== null && mode[1].toLowerCase() !== "octet") refuse(end + 1 + mode.index, "no mode but octet");
	const file = percentDecode(mode === null ? path : path.slice(0, mode.index), end + 1);
	if (file === "" || file.includes("\0")) refuse(end, "a file name expected");
	return { ...server, file };
}

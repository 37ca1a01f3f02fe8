// SPDX-License-Identifier: Apache-2.0
//
// nginx's log of the fleet, a JSON object a line (nginx.ts). Times are of the server.

import { existsSync, readFileSync } from "node:fs";

export interface Request {
	/** End and begin, since 1970. */
	ms: number;
	beginMs: number;
	/** Common name of the client's certificate. */
	mac: string;
	uri: string;
	status: number;
	/** Bytes of the response, and of the request, without TLS. */
	sent: number;
	asked: number;
	/** The connection's first request: it paid for the handshake. */
	first: boolean;
	/** That handshake took up a session. */
	resumed: boolean;
	protocol: string;
	cipher: string;
	/** Of a part of the file. */
	range: boolean;
}

type Line = Record<string, string | number>;

function fromLine(line: string): Request {
	const entry = JSON.parse(line) as Line;
	const ms = Math.round(Number(entry.ms) * 1000);
	return {
		ms,
		beginMs: ms - Math.round(Number(entry.seconds) * 1000),
		mac: String(entry.cn).replace(/^CN=/, ""),
		uri: String(entry.uri),
		status: Number(entry.status),
		sent: Number(entry.sent),
		asked: Number(entry.asked),
		first: entry.first === 1,
		resumed: entry.reused === "r",
		protocol: String(entry.protocol),
		cipher: String(entry.cipher),
		range: entry.range !== "",
	};
}

/** Requests that ended in `from <= ms < to`. */
export function readRequests(path: string, from = 0, to = Infinity): Request[] {
	if (!existsSync(path)) return [];
	const lines = readFileSync(path, "utf8").trim().split("\n").filter(Boolean);
	return lines.map(fromLine).filter(({ ms }) => ms >= from && ms < to);
}

// SPDX-License-Identifier: Apache-2.0
//
// The Status page, and the pieces of it that change by themselves.

import type { Sent } from "../http-server/options.js";
import { toHex } from "../bytes/hex.js";
import { queryValue } from "../http-server/request-line.js";
import type { Board, Memory } from "../ecma419/board.js";
import type { WebPorts } from "./ports.js";
import { replyJSON, replyList } from "./reply.js";
import { route, type Call, type Route } from "./route.js";

export function describeMemory(board: Board): Memory {
	return board.memory();
}

/** State of the update; `next` in seconds, so that it is the same until the second changes only when somebody asks anew. */
export function describeUpdate({ update, board }: WebPorts): object {
	const { phase, causes, file, done, total, queued, trial, last, next } = update.status();
	const dueAt = next === undefined ? undefined : Math.round(next / 1000);
	const lastRun = last && { verdict: last.verdict, version: last.version, reason: last.reason, time: last.time };
	return { phase, causes, file, done, total, queued, trial, last: lastRun, dueAt, version: board.application.version };
}

function describeDevice({ board, settings }: WebPorts): object {
	const { name, version, secureVersion, builtMs, sha256 } = board.application;
	const now = board.clock.now();
	return {
		name: settings.text("HostName") || name,
		model: name,
		version,
		secureVersion,
		built: new Date(builtMs).toISOString(),
		sha256,
		slot: board.runningSlot,
		mac: toHex(board.mac),
		lastReset: board.resetReason,
		time: now === undefined ? null : new Date(now).toISOString(),
		clockSource: board.clock.source,
		upSeconds: Math.floor(board.clock.ticks() / 1000),
		verifiesServers: settings.flag("AUPDVerifyCertificates"),
		verifiesSignatures: settings.flag("AUPDVerifySignature"),
	};
}

function showStatus({ exchange, ports }: Call): Sent {
	return replyJSON(exchange, {
		device: describeDevice(ports),
		update: describeUpdate(ports),
		memory: describeMemory(ports.board),
	});
}

function showLive({ exchange, live, session }: Call): Promise<void> {
	return live.run(exchange, session);
}

function showLog({ exchange, log }: Call): Sent {
	return replyList(exchange, log.after(0));
}

/** The same as the stream, for pages that have none. */
function showNow({ exchange, ports, log }: Call): Sent {
	const after = Number(queryValue(exchange.head.query, "after") ?? "0");
	const update = JSON.stringify(describeUpdate(ports));
	const before = `{"update":${update},"memory":${JSON.stringify(describeMemory(ports.board))},"log":[`;
	return replyList(exchange, log.after(Number.isSafeInteger(after) && after > 0 ? after : 0), before, "]}");
}

export const statusRoutes: readonly Route[] = Object.freeze([
	route("GET", "/api/status", showStatus),
	route("GET", "/api/events", showLive, { automatic: true }),
	route("GET", "/api/log", showLog),
	route("GET", "/api/now", showNow, { automatic: true }),
]);

// SPDX-License-Identifier: Apache-2.0
//
// Maintenance: update now, firmware slots, software upload, reset.

import type { Sent } from "../http-server/options.js";
import { refused, WebError } from "./error.js";
import { needType } from "./body.js";
import { replyJSON, replyList } from "./reply.js";
import { route, type Call, type Route } from "./route.js";

/** What the port throws is the operator's. */
function act({ exchange }: Call, action: () => unknown): Sent {
	try {
		action();
	} catch (error) {
		throw refused(error);
	}
	return replyJSON(exchange, {});
}

function updateNow(call: Call): Sent {
	const { exchange, ports } = call;
	return act(call, () => ports.update.trigger("web", exchange.remoteAddress));
}

/** Bytes go from the socket into the slot; the answer comes when all of them are checked. */
async function upload({ exchange, ports }: Call): Promise<void> {
	needType(exchange, "application/octet-stream");
	if (exchange.length === 0) throw new WebError(400, "WEB_BODY", "the file is empty");
	const source = { length: exchange.length, read: (buffer: Uint8Array) => exchange.read(buffer) };
	try {
		await replyJSON(exchange, await ports.update.upload(source, "web"));
	} catch (error) {
		throw refused(error);
	}
}

/** The answer goes first. */
async function reset(call: Call): Promise<void> {
	await replyJSON(call.exchange, {});
	call.ports.timer.set(() => call.ports.update.restart("web page"), 200);
}

const changes = Object.freeze({ changes: true });

export const maintenanceRoutes: readonly Route[] = Object.freeze([
	route("POST", "/api/update", updateNow),
	route("GET", "/api/slots", ({ exchange, ports }) => replyList(exchange, ports.slots())),
	route("POST", "/api/firmware", upload, changes),
	route("POST", "/api/firmware/confirm", (call) => act(call, () => call.ports.update.firmware.confirm()), changes),
	route("POST", "/api/firmware/rollback", (call) => act(call, () => call.ports.update.firmware.rollback()), changes),
	route("POST", "/api/firmware/switch", (call) => act(call, () => call.ports.update.firmware.switch()), changes),
	route("POST", "/api/reset", reset, changes),
]);

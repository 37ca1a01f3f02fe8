// SPDX-License-Identifier: Apache-2.0
//
// Uploads of firmware that come to nothing: the slot is not said to hold it, and the console goes back to its prompt.
// node-only: a gateway

import assert from "node:assert/strict";
import { request } from "node:https";
import test, { after, before } from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { Screen } from "../console/screen.js";
import { firmware } from "../e2e/bench.js";
import { Site, type Visitor } from "./site.js";

const path = "/api/firmware";
let site: Site;
let visitor: Visitor;

before(async () => {
	const ini = "HostName = 'lobby'\nAutoUpdateOnStartup = 0\n";
	site = await Site.open({ ini, args: ["--option", "terminal=1"] });
	visitor = site.visitor();
	await visitor.enter("/api/setup");
});
after(() => site.close());

/** The last line of a terminal on the serial line, once it is what it should be. */
async function bottom(wanted: RegExp): Promise<string> {
	for (const deadline = Date.now() + 10_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
		const screen = new Screen();
		screen.feed(encodeUTF8(site.bench.serial));
		if (wanted.test(screen.bottom) || Date.now() > deadline) return screen.bottom;
	}
}

async function images(): Promise<(string | undefined)[]> {
	const answer = await visitor.ask("/api/slots");
	return (answer.json as unknown as { image?: string }[]).map(({ image }) => image);
}

/** Sends the first `length` bytes of what is said to be whole, waits until some lie in the flash, and goes. */
async function sendPart(bytes: Buffer, length: number): Promise<void> {
	const { cookie, token } = visitor;
	const headers = { cookie, "x-csrf-token": token, "content-length": bytes.length };
	const type = { "content-type": "application/octet-stream" };
	const part = request(`${site.url}${path}`, {
		method: "POST",
		rejectUnauthorized: false,
		headers: { ...headers, ...type },
	});
	part.on("error", () => undefined);
	part.write(bytes.subarray(0, length));
	assert.match(await bottom(/KB in flash/), /[1-9]\d* KB in flash/);
	part.destroy();
}

test("a damaged file: refused, the slot holds no firmware, and the prompt is back", async () => {
	const bytes = Buffer.from(await firmware("1.1.0"));
	bytes[bytes.length - 100_000]! ^= 1;
	const answer = await visitor.ask(path, { body: bytes, headers: { "content-type": "application/octet-stream" } });
	assert.equal((answer.json.error as { reason: string }).reason, "IMAGE_CHECKSUM");
	await site.bench.printed("firmware upload to slot 1 refused");
	assert.equal(await bottom(/>$/), "lobby>");
	assert.deepEqual(await images(), ["upgate 1.0.0", undefined]);
});

test("a client that goes in the middle: the same", async () => {
	await sendPart(await firmware("1.1.0"), 600_000);
	await site.bench.printed("the client has gone");
	assert.equal(await bottom(/>$/), "lobby>");
	assert.deepEqual(await images(), ["upgate 1.0.0", undefined]);
});

test("an upload leaves a quarter of the stack of scripts free", async () => {
	const from = site.bench.serial.length;
	site.bench.type("show memory");
	await site.bench.printed("native heap", from);
	const [, peak, size] = /stack +\d+ +(\d+) +(\d+)/.exec(site.bench.serial.slice(from)) ?? [];
	assert.ok(Number(peak) > 0 && Number(peak) <= 0.75 * Number(size), `${peak} of ${size} bytes`);
});

// SPDX-License-Identifier: Apache-2.0
//
// For the tests of resume: a gateway whose download of firmware has broken off.

import assert from "node:assert/strict";
import { formatHTTPDate } from "../../modules/http/dates.js";
import { buildImage } from "./image.js";
import type { SeenRequest, ServedFile } from "./server.js";
import { cmpURL, startMs, World } from "./world.js";

export const modifiedMs = startMs - 3600000;
export const modified = formatHTTPDate(modifiedMs);
/** 11 blocks with the signature. */
export const image = buildImage({ version: "2.0", length: 38000 });
export const journal = "upd.resume";

export function withFirmware(file: Partial<ServedFile> = {}, settings: Record<string, string> = {}): World {
	const world = new World({ IniFileURL: "", AutoCmpFileUrl: cmpURL, ...settings });
	world.server.files[cmpURL] = { body: image, modifiedMs, etag: '"v1"', ...file };
	return world;
}

/** `first-`, or `all`, of each request. */
export function asked(world: World): string[] {
	return world.server.requests.map(({ headers }) => headers.Range?.replace("bytes=", "") ?? "all");
}

export function last<T>(list: readonly T[]): T {
	return list[list.length - 1];
}

/** A gateway whose download has broken off at byte 20000, three times over: 4 blocks are whole, 3 of them count. */
export async function broken(
	{ range, ...file }: Partial<ServedFile> = {},
	settings: Record<string, string> = {},
): Promise<World> {
	const world = withFirmware({ breakAt: 20000, ...file }, settings);
	world.boot();
	await world.run(30000);
	assert.deepEqual(world.files, ["cmp:failed:HTTP_TRUNCATED"]);
	delete world.server.files[cmpURL].breakAt;
	if (range !== undefined) world.server.files[cmpURL].range = range;
	world.server.requests = [];
	world.events = [];
	return world;
}

export async function updated(world: World): Promise<SeenRequest[]> {
	world.updater?.trigger("console");
	await world.restart(30000);
	assert.equal(world.version, "2.0");
	assert.deepEqual(world.slots[1].bytes.slice(0, image.length), image);
	assert.equal(world.store.has(journal), false);
	return world.server.requests;
}

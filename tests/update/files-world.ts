// SPDX-License-Identifier: Apache-2.0
//
// A gateway that is offered files by name, for the tests of file kinds, templates and what keeps files whole.

import { encodeUTF8 } from "../../modules/bytes/text.js";
import type { ServedFile } from "./server.js";
import { startMs, World } from "./world.js";

export const base = "http://server/";
export const modifiedMs = startMs - 3600000;
/** Of 00908F1DD0D3: 0x1DD0D3. */
export const serial = "1954003";
export const body = (text: string): Pick<ServedFile, "body"> => ({ body: encodeUTF8(text) });

export function filesWorld(
	settings: Record<string, string>,
	files: Record<string, ServedFile> = {},
	store?: number,
): World {
	const world = new World({ IniFileURL: "", ...settings }, undefined, store);
	for (const [name, file] of Object.entries(files)) world.server.files[base + name] = file;
	return world;
}

export async function again(world: World, cause: "interval" | "console" = "interval"): Promise<string[]> {
	const before = world.files.length;
	world.updater?.trigger(cause);
	await world.run();
	return world.files.slice(before);
}

export function stored(world: World, name: string): string | undefined {
	const file = world.kept.open(name);
	if (file === undefined) return undefined;
	const bytes = new Uint8Array(file.size);
	file.read(bytes, 0);
	return Array.from(bytes, (code) => String.fromCharCode(code)).join("");
}

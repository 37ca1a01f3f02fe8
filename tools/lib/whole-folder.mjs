// SPDX-License-Identifier: Apache-2.0
//
// A folder that is there as a whole or not at all: made beside its place, and moved there when nothing has failed.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const stampName = ".stamp";

/** @returns whether the folder was made with this stamp */
export function isMade(target, stamp) {
	const path = join(target, stampName);
	return existsSync(path) && readFileSync(path, "utf8") === stamp;
}

/**
 * @param stamp what it is made of, for `isMade`
 * @param fill puts the contents into the folder it is given
 * @throws what `fill` throws; what was there before stays
 */
export async function makeWhole(target, stamp, fill) {
	const fresh = `${target}.${process.pid}`;
	mkdirSync(fresh, { recursive: true });
	try {
		await fill(fresh);
		writeFileSync(join(fresh, stampName), stamp);
		rmSync(target, { recursive: true, force: true });
		renameSync(fresh, target);
	} catch (error) {
		rmSync(fresh, { recursive: true, force: true });
		throw error;
	}
}

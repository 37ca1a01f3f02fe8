// SPDX-License-Identifier: Apache-2.0
//
// Test vectors from files. This is Node's side; the XS test program has the same two functions over a bundle made
// from the same folders (tests/xs/bundle.ts).

import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export interface Vector {
	/** path relative to the folder asked for, with `/` */
	name: string;
	bytes: Uint8Array;
}

const testsFolder = fileURLToPath(new URL("..", import.meta.url));

function filesBelow(folder: string): string[] {
	return readdirSync(folder).flatMap((name) => {
		const path = join(folder, name);
		return statSync(path).isDirectory() ? filesBelow(path) : [path];
	});
}

function compare(a: Vector, b: Vector): number {
	return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function read(path: string): Uint8Array {
	return new Uint8Array(readFileSync(path));
}

/**
 * Loads all files below a folder, sorted by name.
 * @param folder relative to tests/, as in "ini/vectors/valid"
 */
export function loadVectors(folder: string): Vector[] {
	const start = join(testsFolder, folder);
	const vectors = filesBelow(start).map((path) => ({
		name: relative(start, path).split(sep).join("/"),
		bytes: read(path),
	}));
	return vectors.sort(compare);
}

/**
 * Loads one file.
 * @param path relative to tests/
 */
export function loadVector(path: string): Uint8Array {
	return read(join(testsFolder, path));
}

// SPDX-License-Identifier: Apache-2.0
//
// Test vectors under XS: the same functions as tests/harness/vectors.ts, over files bundled into the program.

import { vectorFiles } from "xs-tests/files";
import { resource } from "xs-tests/native";

export interface Vector {
	/** path relative to the folder asked for */
	name: string;
	bytes: Uint8Array;
}

/** Loads one file. @param path relative to tests/ */
export function loadVector(path: string): Uint8Array {
	const bytes = resource(path);
	if (bytes === undefined) throw new Error(`${path} is not in the bundle: vectors lie in folders named "vectors"`);
	return new Uint8Array(bytes);
}

/** Loads all files below a folder, sorted by name. @param folder relative to tests/ */
export function loadVectors(folder: string): Vector[] {
	const prefix = folder.endsWith("/") ? folder : `${folder}/`;
	const paths = vectorFiles.filter((path) => path.startsWith(prefix));
	if (paths.length === 0) throw new Error(`${folder}: no vectors in the bundle`);
	return paths.map((path) => ({ name: path.slice(prefix.length), bytes: loadVector(path) }));
}

// SPDX-License-Identifier: Apache-2.0
//
// Makes modules/web/asset-data.ts of the files in modules/web/assets: `npm run assets`. Scripts are bundled and made small, everything
// is compressed, and the bytes stand in the module as short texts: preloaded, they lie in the flash and take no memory. A test
// compares the two. Kept as texts and not as `data` of the manifest, because mcconfig and our builder read those in different ways.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { constants, gzipSync } from "node:zlib";
import { buildSync, transformSync } from "esbuild";
import { projectRoot } from "../build/index.js";

const source = join(projectRoot, "modules/web/assets");
export const assetModule = join(projectRoot, "modules/web/asset-data.ts");

/** Bytes of a piece; a text of them is decoded in one go, and short texts are quick to walk in XS. */
const pieceBytes = 192;

export interface BuiltAsset {
	path: string;
	type: string;
	/** As it is served, not compressed. */
	content: Uint8Array;
}

const browsers = ["chrome100", "firefox100", "safari15.4"];

function script(): Uint8Array {
	const { outputFiles } = buildSync({
		entryPoints: [join(source, "app.ts")],
		bundle: true,
		minify: true,
		format: "esm",
		target: browsers,
		write: false,
		legalComments: "none",
		tsconfigRaw: {},
	});
	return outputFiles[0].contents;
}

function style(): Uint8Array {
	const text = readFileSync(join(source, "app.css"), "utf8");
	return Buffer.from(transformSync(text, { loader: "css", minify: true, target: browsers }).code);
}

/** White space between elements has no meaning in these files. */
function markup(name: string): Uint8Array {
	return Buffer.from(readFileSync(join(source, name), "utf8").replace(/>\s+</g, "><").replace(/\s+/g, " ").trim());
}

export function buildAssets(): BuiltAsset[] {
	return [
		{ path: "/index.html", type: "text/html; charset=utf-8", content: markup("index.html") },
		{ path: "/app.js", type: "text/javascript; charset=utf-8", content: script() },
		{ path: "/app.css", type: "text/css; charset=utf-8", content: style() },
		{ path: "/icon.svg", type: "image/svg+xml", content: markup("icon.svg") },
	];
}

const head = `// SPDX-License-Identifier: Apache-2.0
//
// Made from the files in modules/web/assets by \`npm run assets\`; change those, not this file. Compressed (gzip), in Base64.

export interface Asset {
	readonly path: string;
	readonly type: string;
	/** ETag. */
	readonly tag: string;
	/** Bytes, compressed. */
	readonly length: number;
	readonly pieces: readonly string[];
}

// prettier-ignore
export const assets: readonly Asset[] = Object.freeze([
`;

function entry({ path, type, content }: BuiltAsset): string {
	const packed = gzipSync(content, { level: constants.Z_BEST_COMPRESSION });
	const tag = createHash("sha256").update(content).digest("hex").slice(0, 16);
	const pieces: string[] = [];
	for (let at = 0; at < packed.length; at += pieceBytes)
		pieces.push(packed.subarray(at, at + pieceBytes).toString("base64"));
	const facts = `path: "${path}", type: "${type}", tag: '"${tag}"', length: ${packed.length}`;
	const lines = pieces.map((piece) => `\t\t"${piece}",\n`).join("");
	return `\t{ ${facts}, pieces: [\n${lines}\t] },\n`;
}

export function assetText(): string {
	return `${head}${buildAssets().map(entry).join("")}]);\n`;
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
	writeFileSync(assetModule, assetText());
	process.stdout.write(`${assetModule}\n`);
}

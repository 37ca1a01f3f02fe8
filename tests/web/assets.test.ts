// SPDX-License-Identifier: Apache-2.0
//
// What is served is made from what stands in modules/web/assets, is small, and asks for nothing outside the device.
// node-only: builds the assets

import test from "node:test";
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { decodeBase64 } from "../../modules/bytes/base64.js";
import { assets } from "../../modules/web/asset-data.js";
import { buildAssets } from "../../tools/lib/web-assets.js";

function unpack(path: string): Buffer {
	const asset = assets.find((item) => item.path === path)!;
	const packed = Buffer.concat(asset.pieces.map((piece) => decodeBase64(piece)));
	assert.equal(packed.length, asset.length);
	return gunzipSync(packed);
}

test("asset-data.ts holds the files of modules/web/assets; `npm run assets` makes it", () => {
	const built = buildAssets();
	assert.deepEqual(
		assets.map(({ path }) => path),
		built.map(({ path }) => path),
	);
	for (const { path, content, type } of built) {
		assert.ok(unpack(path).equals(content), path);
		assert.equal(assets.find((item) => item.path === path)?.type, type);
	}
});

test("all assets together take less than 60 KB of the flash, compressed and in Base64", () => {
	const bytes = assets.reduce((sum, { pieces }) => sum + pieces.reduce((all, { length }) => all + length, 0), 0);
	assert.ok(bytes < 60 * 1024, `${bytes} bytes`);
});

test("no address outside the device, no style and no script within the markup", () => {
	const page = unpack("/index.html").toString("utf8");
	assert.doesNotMatch(page, /https?:|\son\w+=|style=|<style|<script>/);
	assert.doesNotMatch(unpack("/app.css").toString("utf8"), /url\(|@import/);
	const addresses =
		unpack("/app.js")
			.toString("utf8")
			.match(/https?:\/\/[\w./]*/g) ?? [];
	assert.deepEqual(new Set(addresses), new Set(["http://www.w3.org/2000/svg"]));
});

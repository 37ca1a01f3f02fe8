// SPDX-License-Identifier: Apache-2.0
//
// More blocks than there are block numbers.
// node-only: 65,536 blocks take minutes on the fake network under XS

import assert from "node:assert/strict";
import test from "node:test";
import { Bench, content, isFile } from "./bench.js";

test("block numbers roll over to 0, or to 1", () => {
	const file = content(65536 * 8 + 8 * 3 + 5);
	for (const rollOver of [0, 1] as const) {
		const bench = new Bench({ rollOver }, { blockSize: () => 8 });
		bench.server.files["file"] = file;
		const result = bench.get();
		bench.clock.advance(600000);
		assert.ok(isFile(result, file), `to ${rollOver}`);
		assert.equal(result.done, 1);
	}
});

// SPDX-License-Identifier: Apache-2.0
//
// Spec section 8, IniFileTemplateURL: the second ini on top of the first, on virtual time.

import assert from "node:assert/strict";
import test from "node:test";
import { again, base, body, filesWorld, modifiedMs } from "./files-world.js";
import { type World } from "./world.js";

const firstURL = `${base}first.ini`;
const secondURL = `${base}second.ini`;

/** Two inis that both name HostName; the second one the version too. */
function withTwo(): World {
	const first = `HostName = first\nAutoUpdateFrequency = 60\nIniFileTemplateURL = '${secondURL}'\n`;
	const files = {
		"first.ini": { ...body(first), modifiedMs },
		"second.ini": { ...body("HostName = second\nINIFileVersion = 2\n"), modifiedMs },
	};
	return filesWorld({ IniFileURL: firstURL, IniFileTemplateURL: secondURL }, files);
}

const values = (world: World): string =>
	["HostName", "INIFileVersion", "AutoUpdateFrequency"].map((name) => world.settings.text(name)).join(" ");

test("8, IniFileTemplateURL: each time, on top of the first one, in force together with it", async () => {
	const world = withTwo();
	world.boot();
	await world.run();
	assert.deepEqual(world.files.slice(0, 2), ["ini:applied", "ini2:applied"]);
	assert.equal(values(world), "second 2 60");
	assert.deepEqual(world.verdicts, ["updated", "confirmed", "nothing-new"]);
	assert.deepEqual(await again(world), ["ini:not-modified", "ini2:not-modified"]);
	assert.equal(world.settings.text("IniFileTemplateURL"), secondURL);
});

test("8, IniFileTemplateURL: when only the first one is new, the second one follows it again, without conditions", async () => {
	const world = withTwo();
	world.boot();
	await world.run();
	const text = `HostName = third\nAutoUpdateFrequency = 61\nIniFileTemplateURL = '${secondURL}'\n`;
	world.server.files[firstURL] = { ...body(text), modifiedMs: modifiedMs + 1000 };
	assert.deepEqual((await again(world)).slice(0, 2), ["ini:applied", "ini2:applied"]);
	assert.equal(values(world), "second 2 61");
});

test("8, IniFileTemplateURL: without the second one, which is in force, the first one is not taken either, until it comes", async () => {
	for (const fault of [{ status: 404 }, body("AutoUpdateFrequency = often\n")]) {
		const world = withTwo();
		world.boot();
		await world.run();
		const text = `HostName = third\nAutoUpdateFrequency = 61\nIniFileTemplateURL = '${secondURL}'\n`;
		const second = world.server.files[secondURL];
		world.server.files[firstURL] = { ...body(text), modifiedMs: modifiedMs + 1000 };
		world.server.files[secondURL] = { ...second, ...fault };
		const [first, last] = (await again(world)).slice(-1).concat("");
		assert.match(first + last, /^ini:skipped:/);
		assert.deepEqual([values(world), world.verdicts.at(-1), world.restarts], ["second 2 60", "failed", 0]);
		world.boot();
		assert.equal(values(world), "second 2 60");
		world.server.files[secondURL] = { ...second, modifiedMs: modifiedMs + 2000 };
		await again(world);
		assert.equal(values(world), "second 2 61");
	}
});

test("8, IniFileTemplateURL: one that has never come does not hold up the first one; one that is gone is forgotten", async () => {
	const world = withTwo();
	world.server.files[secondURL].status = 404;
	world.boot();
	await world.run();
	assert.equal(values(world), "first 0 60");
	assert.deepEqual([world.files[0], world.verdicts[0]], ["ini:applied", "updated-in-part"]);
	delete world.server.files[secondURL].status;
	await again(world);
	assert.equal(values(world), "second 2 60");
	world.server.files[firstURL] = { ...body("HostName = alone\n"), modifiedMs: modifiedMs + 1000 };
	assert.deepEqual((await again(world)).slice(0, 1), ["ini:applied"]);
	assert.equal(values(world), "alone 0 0");
	assert.equal(
		world.store.names().some((name) => name.endsWith("upd.ini2")),
		false,
	);
});

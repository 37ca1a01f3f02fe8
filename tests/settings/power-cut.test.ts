// SPDX-License-Identifier: Apache-2.0
//
// Power cuts while a file with tables is taken, on a real store: values and kept text are the old ones or the new ones together,
// and the next file can be taken.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeUTF8 } from "../../modules/bytes/text.js";
import { Settings } from "../../modules/settings/settings.js";
import { Store } from "../../modules/store/store.js";
import { CUT_MODES, FakeFlash } from "../fakes/flash.js";
import { SLOW_ENGINE } from "../store/support.js";
import { ini } from "./support.js";

const stride = SLOW_ENGINE ? 23 : 3;

function file(mark: string): Uint8Array {
	let text = `HostName = ${mark}\n`;
	for (let i = 0; i < 8; i++) {
		text += `[ T${i} ]\nFORMAT Index = A, Password;\n`;
		for (let row = 0; row < 25; row++) text += `T${i} ${row} = "${mark}", secret${row};\n`;
		text += `[ \\T${i} ]\nName${i} = ${mark}\n`;
	}
	return ini(text);
}

function open(flash: FakeFlash): Settings {
	return new Settings({ store: new Store({ flash, maxValueBytes: 4096 }) });
}

function load(settings: Settings, bytes: Uint8Array): void {
	const stage = settings.stage({ full: true });
	for (let at = 0; at < bytes.length; at += 512) stage.write(bytes.subarray(at, at + 512));
	assert.deepEqual(stage.end().problems, []);
	settings.take(stage);
}

function state(settings: Settings): string {
	const lines = Array.from(settings.keptReader().lines(), ({ line }) => decodeUTF8(line));
	return [settings.text("HostName"), ...lines].join("\n");
}

const first = file("first");
const second = file("second");

test("a power cut at any operation leaves values and tables of one file, whole, and the next file can be taken", () => {
	const origin = new FakeFlash({ blocks: 32 });
	load(open(origin), first);
	const before = state(open(origin));
	const snapshot = origin.snapshot();
	const clean = new FakeFlash({ blocks: 32 });
	clean.restore(snapshot, 1);
	const start = clean.operations;
	load(open(clean), second);
	const after = state(open(clean));
	const operations = clean.operations - start;
	assert.ok(before.length > 5000 && after !== before && operations > 40, `${operations} operations`);
	let cuts = 0;
	for (let at = 0; at < operations; at += stride) {
		const mode = CUT_MODES[cuts % CUT_MODES.length];
		const label = `cut ${at} of ${operations}, ${mode}`;
		const flash = new FakeFlash({ blocks: 32, seed: at });
		flash.restore(snapshot, at);
		flash.cutAfter(at, mode);
		try {
			load(open(flash), second);
		} catch (error) {
			if (!flash.isCut) throw error;
		}
		flash.reboot();
		const found = state(open(flash));
		assert.ok(found === before || found === after, `${label}: neither old nor new`);
		load(open(flash), second);
		flash.reboot();
		const settings = open(flash);
		assert.equal(state(settings), after, label);
		load(settings, first);
		assert.equal(state(open(flash)), before, label);
		cuts++;
	}
	assert.ok(cuts > (SLOW_ENGINE ? 0 : 5));
});

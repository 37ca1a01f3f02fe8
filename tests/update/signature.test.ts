// SPDX-License-Identifier: Apache-2.0
//
// Trust in firmware during an update, on virtual time: what is refused leaves the boot choice, and is not written twice.
// Keys are toys (image.ts): 1 is trusted.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { ImageError } from "../../modules/image/error.js";
import { buildImage, type ImageFields } from "./image.js";
import { cmpURL, iniURL, startMs, World } from "./world.js";

const modifiedMs = startMs - 3600000;

function offer(world: World, image: Uint8Array, age = 0): void {
	world.server.files[cmpURL] = { body: image, modifiedMs: modifiedMs + age };
}

function withFirmware(fields: Partial<ImageFields>, settings: Record<string, string> = {}): World {
	const world = new World({ IniFileURL: "", AutoCmpFileUrl: cmpURL, ...settings });
	offer(world, buildImage({ version: "2.0", ...fields }));
	return world;
}

function spoiled(fields: Partial<ImageFields>, offsetFromEnd: number): Uint8Array {
	const image = buildImage({ version: "2.0", ...fields });
	image[image.length - offsetFromEnd] ^= 1;
	return image;
}

async function update(world: World): Promise<void> {
	world.updater?.trigger("console");
	await world.run();
}

test("firmware by a trusted key is installed, and the event names the key", async () => {
	for (const keys of [[1], [7, 1], [8, 7, 1]]) {
		const world = withFirmware({ keys });
		world.boot();
		await world.run();
		assert.deepEqual(world.files, ["cmp:installed"]);
		const [signature] = world.seen("signature");
		assert.ok(signature.verified && signature.kind === "ecdsa-p256" && signature.key.length === 64);
	}
});

for (const [title, keys, revoked, code] of [
	["unsigned firmware", [], [], "IMAGE_UNSIGNED"],
	["firmware by unknown keys", [7, 8, 9], [], "IMAGE_KEY_UNKNOWN"],
	["firmware by a revoked key", [7], [7], "IMAGE_KEY_REVOKED"],
] as const) {
	test(`${title} is refused after its last byte, made unbootable, and not downloaded again`, async () => {
		const world = withFirmware({ keys });
		world.revoked = [...revoked];
		world.boot();
		await world.run();
		assert.deepEqual(world.files, [`cmp:refused:${code}`]);
		assert.equal(world.slots[1].bytes[0], 0);
		assert.equal(world.otadata.erases, 0);
		assert.equal(world.restarts, 0);
		assert.deepEqual(world.seen("signature"), []);
		const { wear } = world;
		await update(world);
		assert.deepEqual(world.files.slice(-1), [`cmp:not-modified:${code}`]);
		assert.deepEqual(world.wear, wear);
		offer(world, buildImage({ version: "2.0" }), 1000);
		await update(world);
		assert.deepEqual(world.files.slice(-1), ["cmp:installed"]);
	});
}

test("a bad signature by the trusted key is refused", async () => {
	const world = withFirmware({ forged: true });
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:IMAGE_SIGNATURE_BAD"]);
	assert.equal(world.otadata.erases, 0);
	await update(world);
	assert.deepEqual(world.files.slice(-1), ["cmp:not-modified:IMAGE_SIGNATURE_BAD"]);
});

test("a key that is added takes firmware that was refused before, without waiting for another file", async () => {
	const world = withFirmware({ keys: [2] });
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:IMAGE_KEY_UNKNOWN"]);
	world.keys = [1, 2];
	await update(world);
	assert.deepEqual(world.files.slice(-1), ["cmp:installed"]);
});

test("a key that is removed or revoked signs no longer", async () => {
	const world = withFirmware({ keys: [1] });
	world.keys = [2];
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:IMAGE_KEY_UNKNOWN"]);
	world.keys = [1, 2];
	world.revoked = [1];
	await update(world);
	assert.deepEqual(world.files.slice(-1), ["cmp:refused:IMAGE_KEY_REVOKED"]);
	world.revoked = [];
	await update(world);
	assert.deepEqual(world.files.slice(-1), ["cmp:installed"]);
});

test("a key that goes while the file is on its way counts no longer at its end", async () => {
	const world = withFirmware({ keys: [1], length: 30000 });
	world.boot();
	world.server.files[cmpURL].onSent = (bytes) => {
		if (bytes > 8192) world.keys = [2];
	};
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:IMAGE_KEY_UNKNOWN"]);
});

test("without any key firmware is refused before the first erase, and asked for again", async () => {
	const world = withFirmware({});
	world.keys = [];
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:IMAGE_NO_KEYS"]);
	assert.match(world.seen("file")[0].reason, /certificate import signing/);
	assert.equal(world.slots[1].erases, 0);
	assert.ok(world.server.requests[0].sent <= 1024);
	world.keys = [1];
	await update(world);
	assert.deepEqual(world.files.slice(-1), ["cmp:installed"]);
});

test("keys that cannot be read are no reason to take anything, nor to stop", async () => {
	const world = withFirmware({ keys: [2] });
	world.keysFault = new ImageError("IMAGE_KEY", 0, "damaged");
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:IMAGE_KEY"]);
	assert.equal(world.slots[1].erases, 0);
	world.keysFault = undefined;
	await update(world);
	assert.deepEqual(world.files.slice(-1), ["cmp:refused:IMAGE_KEY_UNKNOWN"]);
	world.keysFault = new ImageError("IMAGE_KEY", 0, "damaged");
	await update(world);
	assert.deepEqual(world.files.slice(-1), ["cmp:refused:IMAGE_KEY"]);
});

test("AUPDVerifySignature = 0 takes unsigned firmware, and says so each time", async () => {
	const world = withFirmware({ keys: [] }, { AUPDVerifySignature: "0" });
	world.keys = [];
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:installed"]);
	assert.equal(world.seen("signature")[0].verified, false);
});

test("a fetched ini cannot switch verification off", async () => {
	const world = withFirmware({ keys: [] }, { IniFileURL: iniURL });
	world.server.files[iniURL] = { body: encodeUTF8("HostName = 'new'\nAUPDVerifySignature = 0\n"), modifiedMs };
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:refused:SETTINGS_LOCAL", "cmp:refused:IMAGE_UNSIGNED"]);
	assert.equal(world.settings.text("HostName"), "");
});

test("truncated at each of 1,000 places: refused, boot choice as before", async () => {
	const image = buildImage({ version: "2.0" });
	const world = withFirmware({}, { AutoUpdateOnStartup: "0" });
	world.boot();
	const codes = new Map<string, number>();
	for (let i = 0; i < 1000; i++) {
		offer(world, image.subarray(0, Math.floor((i * image.length) / 1000)), i * 1000);
		world.events = [];
		await update(world);
		const code = world.seen("file")[0].code ?? world.files[0];
		codes.set(code, (codes.get(code) ?? 0) + 1);
	}
	assert.equal(world.otadata.erases, 0);
	assert.equal(world.restarts, 0);
	const truncated = codes.get("IMAGE_TRUNCATED") ?? 0;
	const unsigned = codes.get("IMAGE_UNSIGNED") ?? 0;
	assert.equal(truncated + unsigned, 1000, JSON.stringify([...codes]));
	assert.ok(unsigned <= 1);
});

test("every byte of the image header changed: refused, boot choice as before", async () => {
	const world = withFirmware({}, { AutoUpdateOnStartup: "0" });
	world.boot();
	for (let at = 0; at < 24; at++) {
		for (const mask of [0x01, 0x80]) {
			const image = buildImage({ version: "2.0" });
			image[at] ^= mask;
			offer(world, image, at * 2000 + mask);
			world.events = [];
			await update(world);
			assert.match(world.seen("file")[0].code ?? "none", /^(IMAGE_|UPDATE_IMAGE_)/, `byte ${at}`);
		}
	}
	assert.equal(world.otadata.erases, 0);
	assert.equal(world.restarts, 0);
});

test("a changed byte in the sector is refused, wherever it is", async () => {
	const world = withFirmware({}, { AutoUpdateOnStartup: "0" });
	world.boot();
	for (let fromEnd = 4096; fromEnd > 0; fromEnd -= 61) {
		offer(world, spoiled({}, fromEnd), fromEnd * 1000);
		world.events = [];
		await update(world);
		assert.match(world.seen("file")[0].code ?? "none", /^IMAGE_(SIGNATURE_(FORMAT|CRC)|TRAILER)$/, `${fromEnd}`);
	}
	assert.equal(world.otadata.erases, 0);
});

test("AllowDowngrade takes an older version, which was refused before, and no equal one", async () => {
	const world = withFirmware({ version: "0.9" });
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:UPDATE_VERSION"]);
	await update(world);
	assert.deepEqual(world.files.slice(-1), ["cmp:not-modified:UPDATE_VERSION"]);
	world.configure({ AllowDowngrade: "1" });
	await update(world);
	assert.deepEqual(world.files.slice(-1), ["cmp:installed"]);
	world.boot("software");
	await world.run();
	assert.equal(world.version, "0.9");
	assert.deepEqual(world.files, ["cmp:not-modified"]);
});

test("a secure version rises at the confirmation, not before, and firmware below it is refused for good", async () => {
	const world = withFirmware({ version: "2.0", secureVersion: 3 }, { AllowDowngrade: "1" });
	const confirmed = (): string => String.fromCharCode(...(world.store.get("upd.secure") ?? []));
	world.boot();
	await world.restart();
	assert.equal(confirmed(), "");
	await world.run();
	assert.deepEqual(world.verdicts, ["confirmed", "nothing-new"]);
	assert.equal(confirmed(), "3");
	offer(world, buildImage({ version: "1.5", secureVersion: 2 }), 1000);
	await update(world);
	assert.deepEqual(world.files.slice(-1), ["cmp:refused:IMAGE_SECURE_VERSION"]);
	// Other firmware in the slot, with a lower secure version: the record holds all the same.
	world.install(1, buildImage({ version: "1.0" }));
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:IMAGE_SECURE_VERSION"]);
	assert.equal(confirmed(), "3");
});

test("firmware that failed its trial does not raise the secure version", async () => {
	const world = withFirmware({ version: "2.0", secureVersion: 3 });
	world.boot();
	await world.restart();
	world.boot("panic");
	await world.run();
	assert.equal(world.version, "1.0");
	assert.equal(world.store.get("upd.secure"), undefined);
});

test("firmware that came without a trial raises it at its first start, in one write", async () => {
	const world = new World({ IniFileURL: "" });
	world.install(0, buildImage({ version: "1.0", secureVersion: 5 }));
	world.boot();
	await world.run();
	assert.equal(String.fromCharCode(...(world.store.get("upd.secure") ?? [])), "5");
	const { wear } = world;
	world.boot();
	await world.run();
	assert.deepEqual(world.wear, wear);
});

test("the revision of the chip is judged before the first erase", async () => {
	const world = withFirmware({ minRevision: 200 });
	world.chipRevision = 100;
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:IMAGE_REVISION"]);
	assert.equal(world.slots[1].erases, 0);
	world.chipRevision = 200;
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:installed"]);
});

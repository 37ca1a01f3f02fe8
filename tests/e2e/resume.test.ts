// SPDX-License-Identifier: Apache-2.0
//
// A download of firmware that breaks on the real gateway: the next request asks for the rest, and only that is carried.

import assert from "node:assert/strict";
import { chmodSync, closeSync, openSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { Bench, firmware, isVerdict } from "./bench.js";
import { Line } from "./line.js";
import { Nginx } from "./nginx.js";

/** Offset of slot 1 (hosts/partitions/4mb.csv). */
const slotOffset = 0x1f0000;
const limit = 700 * 1024;
/** The journal is written at each eighth of the file, 225 KB here, and leaves out the last blocks. */
const leastStored = 440 * 1024;
/** Bytes of the head of a response, at most. */
const headBytes = 1024;

interface Desk {
	bench: Bench;
	line: Line;
	image: Buffer;
}

type ServerKind = "nginx" | "the provisioning server";

async function startServer(t: TestContext, kind: ServerKind, bench: Bench): Promise<number> {
	chmodSync(bench.folder, 0o755);
	const server =
		kind === "nginx"
			? await Nginx.start(join(bench.folder, "nginx"), bench.www)
			: await startProvisioningServer({ root: bench.www, port: 0 });
	t.after(() => server.close());
	return Number(server.url.split(":")[2]);
}

/** A gateway that is told to fetch firmware 1.1.0 over a line that fails at `limit`. */
async function makeDesk(t: TestContext, kind: ServerKind, fault: "break" | "stall"): Promise<Desk> {
	const bench = await Bench.make({ ini: "", args: ["--time-scale", "5"] });
	t.after(() => bench.close());
	const image = await firmware("1.1.0");
	assert.ok(image.length > limit + 65536, `${image.length} bytes`);
	writeFileSync(join(bench.www, "firmware.cmp"), image);
	const line = await Line.start(await startServer(t, kind, bench), limit, fault);
	t.after(() => line.close());
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set AutoCmpFileUrl ${line.url}/firmware.cmp`);
	await bench.printed("AutoCmpFileUrl =");
	bench.type("update");
	return { bench, line, image };
}

/** Waits until so much of the image lies in slot 1. */
async function stored({ bench, image }: Desk, length: number): Promise<void> {
	const found = Buffer.alloc(4096);
	for (let i = 0; i < 6000; i++) {
		const file = openSync(bench.flash, "r");
		readSync(file, found, 0, found.length, slotOffset + length - found.length);
		closeSync(file);
		if (found.equals(image.subarray(length - found.length, length))) return;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	throw new Error(`no ${length} bytes in slot 1`);
}

/** The second request has asked for the rest and got it, and the whole is what runs. */
async function checkRest({ bench, line, image }: Desk): Promise<void> {
	await bench.until(isVerdict("confirmed"));
	assert.equal(bench.all("boot").at(-1)?.version, "1.1.0");
	const [{ bytes }, { asked, bytes: rest }] = line.carried;
	const from = Number(/^Range: bytes=([0-9]+)-\r$/im.exec(asked)?.[1]);
	assert.ok(from >= leastStored && from <= limit, `asked from byte ${from} on`);
	assert.match(asked, /^If-Range: "/im);
	assert.equal(bytes, limit);
	assert.ok(rest >= image.length - from && rest <= image.length - from + headBytes, `${rest} bytes carried`);
	const request = bench.all("request").find((event) => event.from !== undefined);
	assert.ok(
		bench.all("flash").every(({ busyMs }) => Number(busyMs) > 0),
		"the modelled time of the chip is told",
	);
	assert.deepEqual([request?.from, request?.status, request?.bytes], [from, 206, image.length - from]);
}

for (const kind of ["nginx", "the provisioning server"] as const) {
	test(`the power goes in mid-download from ${kind}: the next start asks for the rest and installs`, async (t) => {
		const desk = await makeDesk(t, kind, "stall");
		const { bench } = desk;
		await stored(desk, 640 * 1024);
		bench.type("show slots");
		await bench.printed(" KB of it");
		await bench.powerOff("SIGKILL");
		bench.powerOn();
		await checkRest(desk);
	});
}

test("the connection breaks in mid-download: the same run asks for the rest and installs", async (t) => {
	const desk = await makeDesk(t, "nginx", "break");
	await checkRest(desk);
	assert.equal(desk.bench.all("boot").length, 2);
});

test("firmware switch and rollback on the console start the other slot, on trial", async (t) => {
	const bench = await Bench.make({ ini: "" });
	t.after(() => bench.close());
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
	const server = await startProvisioningServer({ root: bench.www, port: 0 });
	t.after(() => server.close());
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type("firmware rollback");
	await bench.printed("holds no firmware that was confirmed");
	bench.type("firmware switch");
	assert.equal((await bench.until(({ event }) => event === "firmware")).code, "IMAGE_MAGIC");
	bench.type(`set AutoCmpFileUrl ${server.url}/firmware.cmp`);
	await bench.printed("AutoCmpFileUrl =");
	bench.type("update");
	await bench.until(isVerdict("confirmed"));
	await bench.until(isVerdict("nothing-new"));
	bench.type("firmware rollback");
	const boot = await bench.until(({ event }) => event === "boot");
	assert.deepEqual([boot.version, boot.state], ["1.0.0", "pending"]);
	await bench.until(isVerdict("confirmed"));
	await bench.until(({ event, code }) => event === "file" && code === "UPDATE_FAILED_BEFORE");
	await bench.until(isVerdict("nothing-new"));
	bench.type("firmware switch");
	const again = await bench.until(({ event }) => event === "boot");
	assert.deepEqual([again.version, again.state], ["1.1.0", "pending"]);
	await bench.until(isVerdict("confirmed"));
});

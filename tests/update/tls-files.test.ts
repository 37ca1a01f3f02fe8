// SPDX-License-Identifier: Apache-2.0
//
// Files of the certificate store by URL: order, once and forgotten, what is refused, and that keys stay secret.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeUTF8, encodeUTF8 } from "../../modules/bytes/text.js";
import type { CertificateRole, CertificatesPort } from "../../modules/update/interfaces.js";
import { UpdateError } from "../../modules/update/error.js";
import { maxTLSFileBytes } from "../../modules/update/tls-file-step.js";
import type { ServedFile } from "./server.js";
import { buildImage } from "./image.js";
import { World } from "./world.js";

const base = "https://server/";
const secret = "-----BEGIN PRIVATE KEY-----\nMEgeheim\n-----END PRIVATE KEY-----\n";
const urls = {
	TLSRootFileUrl: `${base}roots.pem`,
	TLSCertFileUrl: `${base}device.crt`,
	TLSPkeyFileUrl: `${base}device.key`,
};

/** Takes everything but what says "bad"; notes what it was given. */
class FakeCertificates implements CertificatesPort {
	taken: [CertificateRole, string][] = [];
	asked = 0;
	/** Code of the next error. */
	failNext: string | undefined;

	import(role: CertificateRole, bytes: Uint8Array): { changed: boolean; description: string } {
		this.asked++;
		const text = decodeUTF8(bytes);
		const code = this.failNext ?? (text.includes("bad") ? "CERTIFICATES_FORMAT" : undefined);
		this.failNext = undefined;
		if (code !== undefined) throw new UpdateError(code, "it cannot be used");
		const changed = !this.taken.some(([old, content]) => old === role && content === text);
		if (changed) this.taken.push([role, text]);
		return { changed, description: `the ${role} of this test` };
	}
}

function makeWorld(files: Record<string, Partial<ServedFile>>, settings: Record<string, string> = {}) {
	const world = new World({ IniFileURL: "", ...settings });
	const certificates = new FakeCertificates();
	world.certificates = certificates;
	for (const [name, file] of Object.entries(files))
		world.server.files[name.includes(":") ? name : base + name] = { body: encodeUTF8("x"), ...file };
	return { world, certificates };
}

const body = (text: string): { body: Uint8Array } => ({ body: encodeUTF8(text) });
const all = { "roots.pem": body("roots"), "device.crt": body("chain"), "device.key": body(secret) };

test("roots, certificate and key are fetched in this order, handed over, and their URLs forgotten", async () => {
	const { world, certificates } = makeWorld(all, urls);
	world.boot();
	await world.run();
	assert.deepEqual(certificates.taken, [
		["root", "roots"],
		["device", "chain"],
		["key", secret],
	]);
	assert.deepEqual(world.files, ["root:applied", "device:applied", "key:applied"]);
	assert.equal(world.seen("file")[0].reason, "the root of this test");
	assert.deepEqual(world.verdicts, ["updated", "confirmed"]);
	assert.equal(world.restarts, 0);
	for (const name of Object.keys(urls)) assert.equal(world.settings.text(name), "");
	assert.deepEqual(Object.keys(world.server.requests[0].headers), ["User-Agent"]);
	world.boot();
	await world.run();
	assert.equal(world.server.requests.length, 3);
	assert.deepEqual(world.files, []);
});

test("they come after configuration and firmware, and an ini can set them", async () => {
	const ini = `AutoCmpFileUrl = '${base}f.cmp'\nTLSRootFileUrl = '${urls.TLSRootFileUrl}'\n`;
	const files = { ...all, "c.ini": body(ini), "f.cmp": { body: buildImage({ version: "2.0" }) } };
	const { world } = makeWorld(files, { IniFileURL: `${base}c.ini` });
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:applied", "cmp:installed", "root:applied"]);
	assert.equal(world.restarts, 1);
	world.boot();
	await world.run();
	assert.equal(world.files.includes("root:applied"), false);
});

test("the same file again changes nothing, and its URL is forgotten too", async () => {
	const { world, certificates } = makeWorld(all, { TLSRootFileUrl: urls.TLSRootFileUrl });
	certificates.taken.push(["root", "roots"]);
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["root:same"]);
	assert.deepEqual(world.verdicts, ["nothing-new"]);
	assert.equal(world.settings.text("TLSRootFileUrl"), "");
});

test("a file that does not arrive keeps its URL, the others are fetched", async () => {
	const { world } = makeWorld({ ...all, "roots.pem": { ...body("roots"), breakAt: 2 } }, urls);
	world.boot();
	await world.run(20_000);
	assert.deepEqual(world.files, ["root:failed:HTTP_TRUNCATED", "device:applied", "key:applied"]);
	assert.equal(world.settings.text("TLSRootFileUrl"), urls.TLSRootFileUrl);
	world.server.files[urls.TLSRootFileUrl] = body("roots");
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["root:applied"]);
});

test("a refused file keeps its URL, but is not handed over again until it is another", async () => {
	for (const served of [{ etag: '"1"' }, { ignoresConditions: true }, { fields: { date: "" } }]) {
		const { world, certificates } = makeWorld(
			{ "device.crt": { ...body("bad"), ...served } },
			{ TLSCertFileUrl: urls.TLSCertFileUrl },
		);
		const updater = world.boot();
		await world.run();
		assert.deepEqual(world.files, ["device:refused:CERTIFICATES_FORMAT"]);
		assert.deepEqual(world.verdicts, ["failed"]);
		const { wear } = world;
		updater.trigger("interval");
		await world.run();
		assert.match(world.seen("file")[1].reason, /still the file that was refused: it cannot be used/);
		assert.equal(world.files[1].split(":")[2], "CERTIFICATES_FORMAT");
		assert.equal(certificates.asked, 1);
		assert.deepEqual(world.wear, wear);
		updater.trigger("console");
		await world.run();
		assert.equal(certificates.asked, 2);
		assert.deepEqual(world.wear, wear);
		world.server.files[urls.TLSCertFileUrl] = { ...body("chain"), ...served, etag: '"2"' };
		updater.trigger("interval");
		await world.run();
		assert.deepEqual(world.files.slice(-2), ["device:refused:CERTIFICATES_FORMAT", "device:applied"]);
		assert.equal(world.settings.text("TLSCertFileUrl"), "");
	}
});

test("a store that fails is no fault of the file: it is fetched again at the next trigger", async () => {
	const { world, certificates } = makeWorld(all, { TLSRootFileUrl: urls.TLSRootFileUrl });
	const updater = world.boot();
	certificates.failNext = "STORE_FULL";
	await world.run(20_000);
	assert.deepEqual(world.files, ["root:failed:STORE_FULL"]);
	assert.equal(certificates.asked, 1);
	updater.trigger("interval");
	await world.run();
	assert.deepEqual(world.files.slice(1), ["root:applied"]);
});

test("power that goes before the URL is forgotten costs one more download", async () => {
	const { world, certificates } = makeWorld(all, { TLSRootFileUrl: urls.TLSRootFileUrl });
	world.boot();
	world.store.failNext = true; // the fake certificates write nothing: this is the settings' commit
	await world.run();
	assert.deepEqual(world.files, ["root:failed:STORE_FULL"]);
	assert.deepEqual(certificates.taken, [["root", "roots"]]);
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["root:same"]);
	assert.equal(world.settings.text("TLSRootFileUrl"), "");
});

test("a file longer than the limit, and an empty one, are refused without being handed over", async () => {
	const fits = "r".repeat(maxTLSFileBytes);
	for (const [text, expected] of [
		[fits, "root:applied"],
		[fits + fits, "root:refused:UPDATE_TLS_FILE_SIZE"],
		["", "root:refused:UPDATE_TLS_FILE_EMPTY"],
	]) {
		for (const unannounced of [false, true]) {
			const { world } = makeWorld(
				{ "roots.pem": { ...body(text), unannounced } },
				{ TLSRootFileUrl: urls.TLSRootFileUrl },
			);
			world.boot();
			await world.run();
			assert.deepEqual(world.files, [expected]);
			const [{ sent, cancelled }] = world.server.requests;
			assert.ok(sent <= maxTLSFileBytes + 1);
			assert.equal(cancelled, expected.includes("SIZE"));
		}
	}
});

test("a private key is not even asked for over http, nor from a server that is not verified", async () => {
	for (const settings of [
		{ TLSPkeyFileUrl: "http://server/device.key" },
		{ TLSPkeyFileUrl: urls.TLSPkeyFileUrl, AUPDVerifyCertificates: "0" },
	] as Record<string, string>[]) {
		const { world } = makeWorld({ ...all, "http://server/device.key": body(secret) }, settings);
		world.boot();
		await world.run(20_000);
		assert.deepEqual(world.files, ["key:refused:UPDATE_KEY_IN_CLEAR"]);
		assert.deepEqual(world.verdicts, ["failed"]);
		assert.equal(world.server.requests.length, 0);
		assert.equal(world.settings.text("TLSPkeyFileUrl"), settings.TLSPkeyFileUrl);
	}
});

test("a private key that comes over a way that was not verified after all is not read", async () => {
	const { world, certificates } = makeWorld(
		{ "device.key": { ...body(secret), unverified: true } },
		{ TLSPkeyFileUrl: urls.TLSPkeyFileUrl },
	);
	world.boot();
	await world.run(20_000);
	assert.deepEqual(world.files, ["key:refused:UPDATE_KEY_IN_CLEAR"]);
	assert.deepEqual([world.server.requests.length, world.server.requests[0].sent, certificates.asked], [1, 0, 0]);
});

test("nor is a key within the certificate's file; certificates alone are, and it is told", async () => {
	const clear = "http://server/device.crt";
	for (const [text, expected] of [
		[`chain ${secret}`, "device:refused:UPDATE_KEY_IN_CLEAR"],
		["PRIVATE KEYPRIVATE KEY----", "device:applied"],
	]) {
		const { world, certificates } = makeWorld({ [clear]: body(text) }, { TLSCertFileUrl: clear });
		world.boot();
		await world.run();
		assert.deepEqual(world.files, [expected]);
		assert.equal(certificates.asked, expected === "device:applied" ? 1 : 0);
		if (certificates.asked > 0) assert.match(world.seen("file")[0].reason, /NOT verified/);
	}
});

test("no event holds anything of a key, taken or refused", async () => {
	for (const text of [secret, `bad ${secret}`]) {
		const { world } = makeWorld({ ...all, "device.key": body(text) }, urls);
		world.boot();
		await world.run();
		assert.equal(world.files.length, 3);
		assert.equal(JSON.stringify(world.events).includes("geheim"), false);
	}
});

test("without a certificate store the files are not fetched", async () => {
	const { world } = makeWorld(all, urls);
	world.certificates = undefined;
	world.boot();
	await world.run();
	assert.equal(world.server.requests.length, 0);
	assert.deepEqual(world.verdicts, ["nothing-new"]);
});

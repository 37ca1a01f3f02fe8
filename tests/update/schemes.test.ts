// SPDX-License-Identifier: Apache-2.0
//
// Files by tftp beside http, with the real TFTP client on virtual time, and schemes that are not built.
// Spec section 1 (transports) and 4 (URL form).

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { TFTPClient } from "../../modules/tftp/client.js";
import { SchemeClients, schemeOf } from "../../modules/update/fetch.js";
import { FakeResolver } from "../fakes/resolver.js";
import { FakeUDPNetwork } from "../fakes/udp.js";
import { FakeTFTPServer } from "../tftp/server.js";
import { buildImage } from "./image.js";
import { cmpURL, iniURL, World } from "./world.js";

const tftpIni = "tftp://user:s3cret@tftp/config_<MAC>.ini";
const iniName = "config_00908F1DD0D3.ini";

function gateway(settings: Record<string, string> = {}): { world: World; server: FakeTFTPServer } {
	const world = new World({ SetDefaultOnINIFileProcess: "0", IniFileURL: tftpIni, ...settings });
	const network = new FakeUDPNetwork(world.clock);
	const server = new FakeTFTPServer(world.clock, network);
	server.files[iniName] = encodeUTF8("HostName = gate7\n");
	const resolver = new FakeResolver(world.clock, { tftp: "10.0.0.9" });
	const { timer, ticks } = world.clock;
	const tftp = (): TFTPClient => new TFTPClient({ io: network.UDP, resolver, timer, ticks });
	world.http = () => new SchemeClients({ http: world.server.client, tftp });
	return { world, server };
}

test("schemeOf() reads what stands before the colon", () => {
	const schemes = ["TFTP://x", "https://x", "ftp+x.y-z://x", "://x", "", "1a://x", "path/only"].map(schemeOf);
	assert.deepEqual(schemes, ["tftp", "https", "ftp+x.y-z", "", "", "", ""]);
});

test("an ini by tftp is applied once, and equal afterwards; no secret is told", async () => {
	const { world, server } = gateway();
	const updater = world.boot();
	await world.run(10000);
	assert.equal(world.settings.text("HostName"), "gate7");
	assert.deepEqual(world.files.slice(0, 2), ["ini:applied", "ini:same"], "the second run ends the trial");
	updater.trigger("console");
	await world.run(10000);
	assert.equal(world.files.at(-1), "ini:same");
	assert.equal(server.requests[0][0], iniName);
	const request = world.seen("request")[0];
	assert.deepEqual([request.status, request.bytes, request.url], [200, 17, `tftp://tftp/${iniName}`]);
	assert.ok(!JSON.stringify(world.events).includes("s3cret"));
	assert.equal(world.server.requests.length, 0);
});

test("signed firmware by tftp is installed; the same version is known by its head", async () => {
	const { world, server } = gateway({ AutoCmpFileUrl: "tftp://tftp/f.cmp" });
	server.files["f.cmp"] = buildImage({ version: "2.0", length: 20000 });
	world.boot();
	await world.run(10000);
	if (world.restarts > 0) world.boot("software");
	else await world.restart(20000);
	await world.run(20000);
	assert.equal(world.version, "2.0");
	assert.ok(world.verdicts.includes("confirmed"), world.verdicts.join());
	const before = server.sent;
	world.updater?.trigger("console");
	await world.run(10000);
	assert.equal(world.files.at(-1), "cmp:same");
	assert.ok(server.sent - before <= 3, "one block of each file, and no more");
	assert.deepEqual(server.errors.at(-1), "0 cancelled");
});

test("firmware by tftp is not even asked for where signatures are not verified", async () => {
	const { world, server } = gateway({ AutoCmpFileUrl: "tftp://tftp/f.cmp", AUPDVerifySignature: "0" });
	server.files["f.cmp"] = buildImage({ version: "2.0" });
	world.boot();
	await world.run(20000);
	assert.ok(world.files.includes("cmp:refused:UPDATE_TFTP_UNSIGNED"), world.files.join());
	assert.ok(server.requests.every(([file]) => file !== "f.cmp"));
});

test("with EnableSecureStartup = 1 nothing is asked for by tftp", async () => {
	const { world, server } = gateway({ EnableSecureStartup: "1" });
	world.boot();
	await world.run(20000);
	assert.equal(world.files[0], "ini:refused:UPDATE_SECURE_START");
	assert.equal(server.requests.length, 0);
});

test("a file that is not there is asked for once; a server that is not there three times", async () => {
	const { world, server } = gateway();
	Reflect.deleteProperty(server.files, iniName);
	world.boot();
	await world.run(300000);
	assert.deepEqual([world.files, server.requests.length], [["ini:failed:TFTP_NOT_FOUND"], 1]);

	const silent = gateway({ IniFileURL: "tftp://tftp:70/x.ini" });
	silent.world.boot();
	await silent.world.run(300000);
	assert.deepEqual(silent.world.files, ["ini:failed:TFTP_TIMEOUT"]);
	assert.equal(silent.world.seen("request").length, 3);
});

test("ftp, ftps and nfs are refused by name", async () => {
	for (const scheme of ["ftp", "FTPS", "nfs"]) {
		const { world } = gateway({ IniFileURL: `${scheme}://user:s3cret@server/x.ini` });
		world.boot();
		await world.run(100000);
		assert.deepEqual(world.files, ["ini:failed:UPDATE_SCHEME"]);
		assert.match(
			world.seen("file")[0].reason,
			new RegExp(`by ${scheme.toLowerCase()} here, only by https, http and tftp`),
		);
		assert.equal(world.seen("request").length, 1);
		assert.ok(!JSON.stringify(world.events).includes("s3cret"));
	}
});

test("without a TFTP client its URLs are refused; http goes on as ever", async () => {
	const { world } = gateway({ AutoCmpFileUrl: cmpURL });
	world.http = () => new SchemeClients({ http: world.server.client });
	world.server.files[cmpURL] = { body: buildImage({ version: "1.0" }) };
	world.boot();
	await world.run(20000);
	assert.deepEqual(world.files, ["ini:failed:UPDATE_SCHEME", "cmp:same"]);
});

test("clients are made when they are needed, and closed with the run", () => {
	const calls: string[] = [];
	const make = (name: string) => () => {
		calls.push(name);
		return {
			get: () => ({ verified: false, read: () => 0, cancel: () => undefined }),
			close: () => calls.push(`no ${name}`),
		};
	};
	const clients = new SchemeClients({ http: make("http"), tftp: make("tftp") });
	clients.close();
	assert.deepEqual(calls, []);
	const rest = {
		headers: [],
		credentials: [],
		onHeaders: () => undefined,
		onReadable: () => undefined,
		onDone: () => undefined,
	};
	for (const url of [iniURL, "https://x/y", "tftp://x/y", "TFTP://x/z"]) clients.get({ url, ...rest });
	assert.deepEqual(calls, ["http", "tftp"]);
	clients.close();
	assert.deepEqual(calls, ["http", "tftp", "no http", "no tftp"]);
});

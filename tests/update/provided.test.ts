// SPDX-License-Identifier: Apache-2.0
//
// URLs that the network gives: where they count, and what such a server does not get.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { buildImage } from "./image.js";
import { cmpURL, iniURL, startMs, World } from "./world.js";

const modifiedMs = startMs - 3600000;
const other = "http://10.77.0.1/from-network.ini";

function gateway(settings: Record<string, string> = {}): World {
	const world = new World({ IniFileURL: "", SetDefaultOnINIFileProcess: "0", ...settings });
	world.server.files[other] = { body: encodeUTF8("HostName = gate8\n"), modifiedMs };
	world.server.files[cmpURL] = { body: buildImage({ version: "2.0" }), modifiedMs };
	world.provided = { IniFileURL: [other], AutoCmpFileUrl: [cmpURL] };
	return world;
}

function urls(world: World): string[] {
	return world.server.requests.map(({ url }) => url);
}

test("spec section 3, order: a stored URL stands before that of DHCP, for firmware too", async () => {
	const world = gateway({ IniFileURL: iniURL });
	world.server.files[iniURL] = { body: encodeUTF8("HostName = gate7\n"), modifiedMs };
	world.boot();
	await world.run();
	assert.ok(urls(world).every((url) => url === iniURL));
	const template = gateway({ TemplateUrl: "http://server/<FILE>", AupdFilesList: "ini" });
	template.boot();
	await template.run();
	assert.deepEqual(urls(template), ["http://server/device.ini"]);
});

test("spec section 3, DHCP: configuration and firmware of the network, on trial as any", async () => {
	const world = gateway();
	world.boot();
	await world.restart();
	assert.deepEqual(urls(world), [other, cmpURL]);
	await world.run();
	assert.deepEqual([world.version, world.settings.text("HostName")], ["2.0", "gate8"]);
	assert.equal(world.seen("verdict")[0].result, "confirmed");
});

test("firmware from the network has to be signed, also with AUPDVerifySignature = 0", async () => {
	const world = gateway({ AUPDVerifySignature: "0" });
	world.boot();
	await world.run(10_000);
	assert.ok(!urls(world).includes(cmpURL));
	const unsigned = gateway();
	unsigned.keys = [2];
	unsigned.boot();
	await unsigned.run(10_000);
	assert.equal(unsigned.version, "1.0");
	assert.ok(
		unsigned.files.some((text) => text.startsWith("cmp:refused:IMAGE_")),
		unsigned.files.join(),
	);
});

test("a server of the network gets no password of ours", async () => {
	const secrets = { AUPDDigestUsername: "gw", AUPDDigestPassword: "secret", AUPDUserPassword: "gw:secret" };
	const world = gateway(secrets);
	world.boot();
	await world.run();
	assert.ok(world.server.requests.length >= 2);
	assert.ok(world.server.requests.every(({ credentials }) => credentials.length === 0));
});

test("spec section 3, option 160: a name that is not there gives way to the next, other faults do not", async () => {
	const fallback = "http://10.77.0.1/upgate<MAC>.ini";
	const world = gateway();
	world.provided = { IniFileURL: ["http://10.77.0.1/absent.ini", fallback] };
	world.server.files["http://10.77.0.1/upgate00908F1DD0D3.ini"] = {
		body: encodeUTF8("HostName = gate9\n"),
		modifiedMs,
	};
	world.boot();
	await world.run();
	assert.deepEqual(urls(world).slice(0, 2), ["http://10.77.0.1/absent.ini", "http://10.77.0.1/upgate00908F1DD0D3.ini"]);
	assert.equal(world.settings.text("HostName"), "gate9");
	const forbidden = gateway();
	forbidden.provided = { IniFileURL: [other, fallback] };
	forbidden.server.files[other].status = 403;
	forbidden.boot();
	await forbidden.run();
	assert.deepEqual(urls(forbidden), [other]);
});

test("a trial with no URL but the network's needs an answer of its server", async () => {
	const world = gateway();
	world.provided = { IniFileURL: [other] };
	world.server.files[other].onSent = () => (world.server.down = true);
	world.boot();
	await world.run();
	assert.equal(world.settings.text("HostName"), "gate8");
	await world.run(299_000);
	assert.deepEqual(world.verdicts.slice(-1), ["rolled-back"]);
	await world.restart(0);
	assert.equal(world.settings.text("HostName"), "");
});

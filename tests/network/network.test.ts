// SPDX-License-Identifier: Apache-2.0
//
// The network stays connected: Ethernet by itself, Wi-Fi with stored credentials, again after a failure, never two timers at once.

import assert from "node:assert/strict";
import test from "node:test";
import { Network } from "../../modules/network/network.js";
import { wifiRecord } from "../../modules/network/wifi-credentials.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeInterface, RecordStore } from "./interfaces.js";

function make(kind: "WiFi" | "Ethernet") {
	const clock = new FakeClock();
	const device = new FakeInterface();
	const store = new RecordStore();
	const log: string[] = [];
	const network = new Network({
		ports: device.ports(kind),
		store,
		timer: clock.timer,
		hostName: "lobby",
		onUp: (address) => log.push(`up ${address}`),
		onDown: () => log.push("down"),
	});
	return { clock, device, store, log, network };
}

test("Ethernet connects at the start and tells its address", () => {
	const { clock, device, log, network } = make("Ethernet");
	network.start();
	assert.equal(device.hostname, "lobby");
	assert.equal(network.status().state, "connecting");
	device.rise("192.0.2.7");
	assert.deepEqual(log, ["up 192.0.2.7"]);
	assert.deepEqual(network.status(), {
		kind: "ethernet",
		state: "up",
		address: "192.0.2.7",
		ssid: undefined,
		signal: undefined,
	});
	assert.equal(clock.pending, 0);
});

test("an interface that is up already needs no event", () => {
	const { device, log, network } = make("Ethernet");
	device.connect = () => {
		device.connection = 500;
		device.address = "192.0.2.8";
	};
	network.start();
	assert.deepEqual(log, ["up 192.0.2.8"]);
});

test("Wi-Fi without credentials stays off", () => {
	const { clock, device, network } = make("WiFi");
	network.start();
	clock.advance(600_000);
	assert.deepEqual(device.attempts, []);
	assert.equal(network.status().state, "off");
	assert.equal(clock.pending, 0);
});

test("join() saves, connects and is remembered", () => {
	const { device, store, log, network } = make("WiFi");
	network.start();
	network.join("attic", "correct horse");
	assert.deepEqual(device.attempts, [{ SSID: "attic", password: "correct horse" }]);
	device.rise("192.0.2.9");
	assert.deepEqual(log, ["up 192.0.2.9"]);
	assert.equal(network.status().ssid, "attic");
	assert.equal(network.status().signal, -61);
	const next = make("WiFi");
	const record = store.get(wifiRecord);
	assert.ok(record);
	next.store.records.set(wifiRecord, record);
	next.network.start();
	assert.deepEqual(next.device.attempts, [{ SSID: "attic", password: "correct horse" }]);
});

test("an open network is joined without a password", () => {
	const { device, network } = make("WiFi");
	network.start();
	network.join("guests", "");
	assert.deepEqual(device.attempts, [{ SSID: "guests" }]);
});

test("what is refused changes nothing", () => {
	const { device, store, network } = make("WiFi");
	network.start();
	network.join("attic", "correct horse");
	device.rise("192.0.2.9");
	assert.throws(() => network.join("", "correct horse"), { code: "NETWORK_SSID" });
	assert.throws(() => network.join("x".repeat(33), "correct horse"), { code: "NETWORK_SSID" });
	assert.throws(() => network.join("attic", "short"), { code: "NETWORK_PASSWORD" });
	store.fails = true;
	assert.throws(() => network.join("cellar", "correct horse"), { message: "no room" });
	assert.throws(() => network.forget(), { message: "no room" });
	assert.equal(network.status().state, "up");
	assert.equal(network.status().ssid, "attic");
	assert.equal(device.attempts.length, 1);
});

test("forget() disconnects and removes the credentials", () => {
	const { clock, device, store, log, network } = make("WiFi");
	network.start();
	network.join("attic", "correct horse");
	device.rise("192.0.2.9");
	network.forget();
	assert.equal(store.get(wifiRecord), undefined);
	assert.deepEqual(log, ["up 192.0.2.9", "down"]);
	assert.equal(network.status().state, "off");
	assert.equal(network.status().ssid, undefined);
	assert.equal(clock.pending, 0);
});

test("Ethernet has no Wi-Fi to join", () => {
	const { network } = make("Ethernet");
	network.start();
	assert.throws(() => network.join("attic", "correct horse"), { code: "NETWORK_NO_WIFI" });
	assert.throws(() => network.forget(), { code: "NETWORK_NO_WIFI" });
});

test("a lost connection is made again, with pauses that double up to a minute", () => {
	const { clock, device, log, network } = make("WiFi");
	network.start();
	network.join("attic", "correct horse");
	device.rise("192.0.2.9");
	device.fall();
	assert.deepEqual(log, ["up 192.0.2.9", "down"]);
	assert.equal(network.status().state, "waiting");
	const pauses: number[] = [];
	for (let i = 0; i < 7; i++) {
		const before = device.attempts.length;
		const from = clock.now;
		while (device.attempts.length === before) clock.advance(1000);
		pauses.push(clock.now - from);
		clock.advance(30_000);
		assert.equal(clock.pending, 1);
	}
	assert.deepEqual(pauses, [2000, 4000, 8000, 16000, 32000, 60000, 60000]);
	clock.advance(60_000);
	device.rise("192.0.2.10");
	device.fall();
	const before = device.attempts.length;
	clock.advance(2000);
	assert.equal(device.attempts.length, before + 1);
});

test("a connect that throws is an attempt that failed", () => {
	const { clock, device, network } = make("Ethernet");
	device.refuses = true;
	network.start();
	assert.equal(network.status().state, "waiting");
	device.refuses = false;
	clock.advance(2000);
	assert.equal(network.status().state, "connecting");
});

test("a refusal, as of a wrong password, is not waited out", () => {
	const { clock, device, log, network } = make("WiFi");
	network.start();
	network.join("attic", "wrong password");
	device.fall();
	assert.equal(network.status().state, "waiting");
	assert.deepEqual(log, []);
	clock.advance(2000);
	assert.equal(device.attempts.length, 2);
	assert.equal(clock.pending, 1);
});

test("close() ends timers and the interface", () => {
	const { clock, device, network } = make("Ethernet");
	network.start();
	network.close();
	assert.equal(device.closed, true);
	assert.equal(clock.pending, 0);
	assert.equal(network.status().kind, "none");
});

test("a damaged record counts as none", () => {
	for (const record of [[], [1], [0, 65], [5, 65, 66], [1, 65, 66], [33, ...new Array<number>(40).fill(65)]]) {
		const { device, store, network } = make("WiFi");
		store.records.set(wifiRecord, Uint8Array.from(record));
		network.start();
		assert.deepEqual(device.attempts, []);
	}
});

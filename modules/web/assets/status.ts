// SPDX-License-Identifier: Apache-2.0
//
// The Status page: what the device is, what the update does, what is left of the memory.

import { get } from "./api.js";
import { facts, fill, h, note, put, section } from "./dom.js";
import { listen, type MemoryState, type UpdateState } from "./live.js";
import { bytes, moment, span } from "./text.js";
import { updateCard } from "./update-card.js";

interface Device {
	name: string;
	model: string;
	version: string;
	secureVersion: number;
	built: string;
	sha256: string;
	slot: number;
	mac: string;
	lastReset: string;
	time: string | null;
	clockSource: string;
	upSeconds: number;
	verifiesServers: boolean;
	verifiesSignatures: boolean;
}

interface Answer {
	device: Device;
	update: UpdateState;
	memory: MemoryState;
}

function deviceCard(device: Device): HTMLElement {
	return section(
		"Device",
		facts([
			["Name", device.name],
			["Model", device.model],
			["Firmware", device.version],
			["Running slot", `ota_${device.slot}`],
			["Built", moment(device.built)],
			["Secure version", String(device.secureVersion)],
			["Program SHA-256", h("code", {}, device.sha256)],
			["MAC address", device.mac.toUpperCase()],
			["Last reset", device.lastReset],
			["Time", device.time === null ? "not set" : `${moment(device.time)} (${device.clockSource})`],
			["Up", span(device.upSeconds)],
		]),
	);
}

function memoryCard(memory: MemoryState): HTMLElement {
	const used = memory.slots.now + memory.chunks.now + memory.stack.now;
	const peak = memory.slots.peak + memory.chunks.peak + memory.stack.peak;
	const more = h("a", { href: "#/diagnostics/memory" }, "More under Diagnostics");
	return section(
		"Memory",
		facts([
			["Script heap", `${bytes(used)} in use, ${bytes(peak)} at most`],
			["Native heap", `${bytes(memory.native.now)} in use, ${bytes(memory.native.peak)} at most`],
		]),
		h("p", { class: "row" }, more),
	);
}

export async function drawStatus(body: HTMLElement): Promise<() => void> {
	const { device, update, memory } = await get<Answer>("/api/status");
	if (!device.verifiesSignatures) put(body, note("Signatures of firmware are not verified.", "warn"));
	if (!device.verifiesServers) put(body, note("Certificates of update servers are not verified.", "warn"));
	const state = h("div", {});
	const heap = h("div", {});
	put(body, section("Automatic Update", state), deviceCard(device), heap);
	fill(state, updateCard(update));
	fill(heap, memoryCard(memory));
	const ends = [
		listen("update", (value) => fill(state, updateCard(value))),
		listen("memory", (value) => fill(heap, memoryCard(value))),
	];
	return () => ends.forEach((end) => end());
}

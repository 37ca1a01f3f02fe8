// SPDX-License-Identifier: Apache-2.0
//
// Addresses and networks that may ask: IPv4 and IPv6 literals, with `/` and a number of bits for a network.

import { SNMPError } from "./error.js";

interface Network {
	bytes: Uint8Array;
	bits: number;
}

function parseIPv4(text: string): Uint8Array | undefined {
	const parts = text.split(".");
	if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) < 256)) return undefined;
	return Uint8Array.from(parts.map(Number));
}

/** Groups of an IPv6 literal's side of `::`; an IPv4 tail counts as two. */
function groups(text: string): number[] | undefined {
	if (text === "") return [];
	const parts = text.split(":");
	const numbers: number[] = [];
	for (let i = 0; i < parts.length; i++) {
		const v4 = i === parts.length - 1 ? parseIPv4(parts[i]) : undefined;
		if (v4 !== undefined) numbers.push(v4[0] * 256 + v4[1], v4[2] * 256 + v4[3]);
		else if (/^[0-9A-Fa-f]{1,4}$/.test(parts[i])) numbers.push(parseInt(parts[i], 16));
		else return undefined;
	}
	return numbers;
}

/** RFC 4291 section 2.2. */
function parseIPv6(text: string): Uint8Array | undefined {
	const halves = text.split("::");
	if (halves.length > 2) return undefined;
	const head = groups(halves[0]);
	const tail = halves.length === 2 ? groups(halves[1]) : [];
	if (head === undefined || tail === undefined) return undefined;
	const missing = 8 - head.length - tail.length;
	if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
	const all = [...head, ...new Array<number>(missing).fill(0), ...tail];
	return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

/** @returns 4 or 16 bytes; `undefined` for what is no literal. A zone behind `%` does not count */
export function parseAddress(text: string): Uint8Array | undefined {
	return parseIPv4(text) ?? parseIPv6(text.split("%")[0]);
}

/** @throws SNMPError SNMP_SOURCE */
function parseNetwork(text: string): Network {
	const [address, length, ...more] = text.split("/");
	const bytes = parseAddress(address);
	const most = (bytes?.length ?? 0) * 8;
	const bits = length === undefined ? most : /^[0-9]{1,3}$/.test(length) ? Number(length) : NaN;
	if (bytes === undefined || more.length > 0 || !(bits <= most)) {
		throw new SNMPError("SNMP_SOURCE", 0, "an IPv4 or IPv6 address wanted, or a network such as 192.0.2.0/24");
	}
	return { bytes, bits };
}

function holds({ bytes, bits }: Network, address: Uint8Array): boolean {
	if (bytes.length !== address.length) return false;
	for (let i = 0; i * 8 < bits; i++) {
		const mask = bits - i * 8 >= 8 ? 0xff : 0xff << (8 - (bits - i * 8));
		if (((bytes[i] ^ address[i]) & mask & 0xff) !== 0) return false;
	}
	return true;
}

export class Sources {
	readonly #networks: Network[];

	/** @param texts empty: everybody may ask. @throws SNMPError SNMP_SOURCE */
	constructor(texts: readonly string[]) {
		this.#networks = texts.map(parseNetwork);
	}

	allows(address: string): boolean {
		if (this.#networks.length === 0) return true;
		const bytes = parseAddress(address);
		return bytes !== undefined && this.#networks.some((network) => holds(network, bytes));
	}
}

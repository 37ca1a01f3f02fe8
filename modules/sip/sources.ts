// SPDX-License-Identifier: Apache-2.0
//
// The list of sources that are trusted by their address: addresses, networks, names. `192.0.2.7, 10.0.0.0/8, 2001:db8::/32, pbx.example.net`
// Names are looked up by whoever uses the list. Source: RFC 4632 section 3.1, RFC 4291 sections 2.2 and 2.3.

import { isIPv4, isIPv6, isName } from "../http/host.js";
import { SIPError } from "./error.js";

export interface SourceList {
	networks: Network[];
	/** Lower case. */
	names: string[];
}

interface Network {
	/** 4 or 16 bytes. */
	address: Uint8Array;
	/** Leading bits that count. */
	bits: number;
}

/** Entries of a list. */
const maxEntries = 16;

function fail(offset: number, message: string): never {
	throw new SIPError("SIP_SOURCE", offset, message);
}

function bytesOfIPv4(text: string): number[] {
	return text.split(".").map(Number);
}

/** 16-bit groups of one side of "::". */
function groups(text: string): number[] {
	if (text === "") return [];
	return text.split(":").flatMap((part) => {
		if (!part.includes(".")) return [Number(`0x${part}`)];
		const [a, b, c, d] = bytesOfIPv4(part);
		return [a * 256 + b, c * 256 + d];
	});
}

function bytesOfIPv6(text: string): number[] {
	const [left, right = ""] = text.split("::");
	const [head, tail] = [groups(left), groups(right)];
	const zeros = new Array<number>(8 - head.length - tail.length).fill(0);
	return [...head, ...zeros, ...tail].flatMap((group) => [group >> 8, group & 0xff]);
}

/** @returns 4 or 16 bytes, an IPv4 address within IPv6 as IPv4; `undefined` for what is no address */
export function parseAddress(text: string): Uint8Array | undefined {
	if (isIPv4(text)) return Uint8Array.from(bytesOfIPv4(text));
	if (!isIPv6(text)) return undefined;
	const bytes = Uint8Array.from(bytesOfIPv6(text));
	const mapped = bytes.every((byte, i) => i >= 12 || byte === (i < 10 ? 0 : 0xff));
	return mapped ? bytes.slice(12) : bytes;
}

function parseEntry(text: string, offset: number, list: SourceList): void {
	const slash = text.indexOf("/");
	const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
	if (address === undefined) {
		if (slash >= 0 || !isName(text)) fail(offset, "an address, a network or a name expected");
		list.names.push(text.toLowerCase());
		return;
	}
	const most = address.length * 8;
	const bits = slash < 0 ? String(most) : text.slice(slash + 1);
	if (!/^[0-9]{1,3}$/.test(bits) || Number(bits) > most)
		fail(offset + slash + 1, `a length of 0 to ${most} bits expected`);
	list.networks.push({ address, bits: Number(bits) });
}

/**
 * Reads a list; commas or spaces stand between the entries.
 * @throws SIPError SIP_SOURCE with the position of the first faulty entry
 */
export function parseSources(text: string): SourceList {
	const list: SourceList = { networks: [], names: [] };
	let at = 0;
	for (const part of text.split(/[, ]/)) {
		if (part !== "") {
			if (list.networks.length + list.names.length === maxEntries) fail(at, `more than ${maxEntries} entries`);
			parseEntry(part, at, list);
		}
		at += part.length + 1;
	}
	return list;
}

function matches(address: Uint8Array, network: Network): boolean {
	if (address.length !== network.address.length) return false;
	for (let bit = 0, i = 0; bit < network.bits; bit += 8, i++) {
		const mask = network.bits - bit >= 8 ? 0xff : (0xff00 >> (network.bits - bit)) & 0xff;
		if (((address[i] ^ network.address[i]) & mask) !== 0) return false;
	}
	return true;
}

/** Whether an address, as `parseAddress` gives it, lies in one of the networks. */
export function isIn(networks: readonly Network[], address: Uint8Array): boolean {
	for (let i = 0; i < networks.length; i++) if (matches(address, networks[i])) return true;
	return false;
}

/** Whether an address literal lies in one of the networks. */
export function isListed(networks: readonly Network[], text: string): boolean {
	const address = parseAddress(text);
	return address !== undefined && isIn(networks, address);
}

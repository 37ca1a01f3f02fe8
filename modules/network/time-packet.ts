// SPDX-License-Identifier: Apache-2.0
//
// Request and response of the Simple Network Time Protocol. Only what a client needs is read.
// Sources: RFC 5905 sections 6 and 7.3 (formats); RFC 4330 section 5 (checks of a client); draft-ietf-ntp-data-minimization
// section 4 (random transmit timestamp instead of our own time).
//
//   0 leap (2 bits) version (3) mode (3) | 1 stratum | ... | 24 originate timestamp (8) | 32 receive | 40 transmit (8)

import { ByteReader } from "../bytes/reader.js";
import { NetworkError } from "./error.js";

export const timePacketBytes = 48;
export const cookieBytes = 8;

const wire = Object.freeze({ request: 0x23, modeServer: 4, leapUnknown: 3, mostStratum: 15 });
/** Seconds from 1900 to 1970 (RFC 5905 section 6). */
const epochSeconds = 2208988800;
const eraSeconds = 4294967296;

/** @param cookie 8 random bytes, which the server sends back */
export function encodeTimeRequest(cookie: Uint8Array): Uint8Array {
	const packet = new Uint8Array(timePacketBytes);
	packet[0] = wire.request;
	packet.set(cookie, timePacketBytes - cookieBytes);
	return packet;
}

function refuse(reason: string): never {
	throw new NetworkError("NETWORK_TIME", reason);
}

/**
 * Reads the response to the request with this cookie.
 * @returns the server's time, milliseconds since 1970; timestamps before 1968 are of the era from 2036 (RFC 4330 section 3)
 * @throws NetworkError NETWORK_TIME
 */
export function decodeTimeResponse(packet: Uint8Array, cookie: Uint8Array): number {
	if (packet.length < timePacketBytes) refuse(`${packet.length} bytes`);
	const reader = new ByteReader(packet);
	const first = reader.u8();
	const stratum = reader.u8();
	if ((first & 7) !== wire.modeServer) refuse("no server's response");
	reader.skip(22);
	const origin = reader.bytes(cookieBytes);
	/* Whoever cannot see the request cannot answer it. */
	if (!origin.every((byte, i) => byte === cookie[i])) refuse("not to this request");
	if (stratum === 0) refuse("the server asks to be left alone");
	if (stratum > wire.mostStratum || first >> 6 === wire.leapUnknown) refuse("the server does not know the time");
	reader.skip(8);
	const seconds = reader.u32be();
	const fraction = reader.u32be();
	if (seconds === 0 && fraction === 0) refuse("no time");
	const era = seconds < eraSeconds / 2 ? eraSeconds : 0;
	return (seconds + era - epochSeconds) * 1000 + Math.floor((fraction * 1000) / eraSeconds);
}

// SPDX-License-Identifier: Apache-2.0
//
// DHCP messages: the DHCPINFORM of a client that has its address already, and the reply to it. Options may go on in the fields for
// names (overload), and a long one may come in parts. Leaves out all that is about leases, and relays.
// Sources: RFC 2131 section 2 (format) and 4.4.3 (DHCPINFORM); RFC 2132 sections 2, 9.3, 9.6, 9.8; RFC 3396 (long options).
//
//   0 op | 1 htype | 2 hlen | 3 hops | 4 xid (4) | 8 secs (2) | 10 flags (2) | 12 ciaddr | 16 yiaddr | 20 siaddr | 24 giaddr
//   28 chaddr (16) | 44 sname (64) | 108 file (128) | 236 magic (4) | 240 options: code, length, content ... 255

import { ParseError } from "../bytes/error.js";
import { ByteReader } from "../bytes/reader.js";
import { decodeLatin1, encodeLatin1 } from "../bytes/text.js";
import { ByteWriter } from "../bytes/writer.js";

/** Longest message taken, bytes: what the request allows (option 57). */
export const maxPacketBytes = 1472;
/** Shortest message, as BOOTP has it; shorter ones get lost on old relays. */
const leastPacketBytes = 300;
const headBytes = 240;
const magic = 0x63825363;

const operation = Object.freeze({ request: 1, reply: 2 });
const ethernet = Object.freeze({ type: 1, length: 6 });
const messageType = Object.freeze({ acknowledge: 5, inform: 8 });
/** RFC 2132; 160 is private use, given a meaning by the vendors of telephones. */
export const optionCode = Object.freeze({
	pad: 0,
	hostName: 12,
	timeServers: 42,
	overload: 52,
	messageType: 53,
	serverIdentifier: 54,
	parameterRequest: 55,
	maxMessage: 57,
	tftpServer: 66,
	bootFile: 67,
	provisioning: 160,
	end: 255,
});
/** Options whose content is kept; all others are passed over. */
const kept: readonly number[] = Object.freeze([42, 52, 53, 54, 66, 67, 160]);

/** Which of the fields carry options too. */
const overload = Object.freeze({ file: 1, serverName: 2 });

export interface Inform {
	/** Transaction, 32 random bits. */
	xid: number;
	/** Seconds since the first try. */
	seconds: number;
	/** Our own, IPv4 literal. */
	address: string;
	/** Six bytes. */
	mac: Uint8Array;
	/** ASCII, at most 63 characters. */
	hostName: string;
	/** Options asked for. */
	parameters: readonly number[];
}

export interface Reply {
	xid: number;
	/** Whom it is for, six bytes. */
	mac: Uint8Array;
	/** Server that answered (option 54), IPv4 literal; empty where it does not say. */
	server: string;
	/** The field `siaddr`, IPv4 literal; empty for 0.0.0.0. */
	nextServer: string;
	/** The field `sname`, where it is no options. */
	serverName: string;
	/** The field `file`, where it is no options. */
	file: string;
	/** Content of the options that this module knows. */
	options: ReadonlyMap<number, Uint8Array>;
}

function addressBytes(address: string): Uint8Array {
	const parts = address.split(".");
	const bytes = parts.map((part) => (/^[0-9]{1,3}$/.test(part) ? Number(part) : 256));
	if (bytes.length !== 4 || bytes.some((byte) => byte > 255))
		throw new ParseError("DHCP_ADDRESS", 12, "no IPv4 address");
	return Uint8Array.from(bytes);
}

/** @returns a literal, or the empty string for 0.0.0.0 */
export function addressText(bytes: Uint8Array): string {
	return bytes.every((byte) => byte === 0) ? "" : Array.from(bytes, String).join(".");
}

/** @throws ParseError DHCP_ADDRESS, BYTES_OVERFLOW for a host name or list that is too long */
export function encodeInform({ xid, seconds, address, mac, hostName, parameters }: Inform): Uint8Array {
	const writer = new ByteWriter(maxPacketBytes);
	writer.bytes(Uint8Array.of(operation.request, ethernet.type, ethernet.length, 0));
	writer.u32be(xid);
	writer.u16be(Math.min(seconds, 0xffff));
	writer.u16be(0);
	writer.bytes(addressBytes(address));
	writer.fill(12);
	writer.bytes(mac.subarray(0, ethernet.length));
	writer.fill(10 + 64 + 128);
	writer.u32be(magic);
	writeOption(writer, optionCode.messageType, Uint8Array.of(messageType.inform));
	writeOption(writer, optionCode.maxMessage, Uint8Array.of(maxPacketBytes >> 8, maxPacketBytes & 0xff));
	writeOption(writer, optionCode.hostName, encodeLatin1(hostName.slice(0, 63)));
	writeOption(writer, optionCode.parameterRequest, Uint8Array.from(parameters));
	writer.u8(optionCode.end);
	if (writer.offset < leastPacketBytes) writer.fill(leastPacketBytes - writer.offset);
	return writer.finish();
}

function writeOption(writer: ByteWriter, code: number, content: Uint8Array): void {
	if (content.length === 0) return; // RFC 2132: none of these may be empty
	writer.u8(code);
	writer.u8(content.length);
	writer.bytes(content);
}

/** Adds the options of one field to those before it: parts of one option belong together (RFC 3396 section 7). */
function readOptions(reader: ByteReader, options: Map<number, Uint8Array>): void {
	for (let code = reader.u8(); code !== optionCode.end; code = reader.u8()) {
		if (code === optionCode.pad) continue;
		const content = reader.bytes(reader.u8());
		if (!kept.includes(code)) continue;
		const before = options.get(code) ?? new Uint8Array(0);
		const whole = new Uint8Array(before.length + content.length);
		whole.set(before);
		whole.set(content, before.length);
		options.set(code, whole);
	}
}

/** A text of a fixed field ends with a zero, or with the field. */
export function fieldText(bytes: Uint8Array): string {
	const end = bytes.indexOf(0);
	return decodeLatin1(end < 0 ? bytes : bytes.subarray(0, end));
}

function single(options: ReadonlyMap<number, Uint8Array>, code: number): number {
	const content = options.get(code);
	if (content === undefined) return 0;
	if (content.length !== 1) throw new ParseError("DHCP_OPTION", headBytes, `option ${code} of ${content.length} bytes`);
	return content[0];
}

function readHead(reader: ByteReader): Pick<Reply, "xid" | "mac" | "nextServer"> {
	const [op, type, length] = reader.bytes(4);
	if (op !== operation.reply) throw new ParseError("DHCP_NO_REPLY", 0, `operation ${op}, expected ${operation.reply}`);
	if (type !== ethernet.type || length !== ethernet.length)
		throw new ParseError("DHCP_HARDWARE", 1, "the address is no Ethernet address");
	const xid = reader.u32be();
	reader.skip(12);
	const nextServer = addressText(reader.bytes(4));
	reader.skip(4);
	const mac = reader.bytes(16).slice(0, ethernet.length);
	return { xid, mac, nextServer };
}

/**
 * Reads a DHCPACK.
 * @throws ParseError DHCP_LENGTH, DHCP_NO_REPLY, DHCP_HARDWARE, DHCP_MAGIC, DHCP_OPTION, DHCP_TYPE, BYTES_TRUNCATED
 */
export function decodeReply(packet: Uint8Array): Reply {
	if (packet.length > maxPacketBytes) throw new ParseError("DHCP_LENGTH", maxPacketBytes, `${packet.length} bytes`);
	const reader = new ByteReader(packet);
	const head = readHead(reader);
	const serverName = reader.bytes(64);
	const file = reader.bytes(128);
	if (reader.u32be() !== magic) throw new ParseError("DHCP_MAGIC", 236, "no DHCP message");
	const options = new Map<number, Uint8Array>();
	readOptions(reader, options);
	const both = single(options, optionCode.overload);
	if (both > (overload.file | overload.serverName)) throw new ParseError("DHCP_OPTION", headBytes, "option 52");
	if ((both & overload.file) !== 0) readOptions(new ByteReader(file, 108), options);
	if ((both & overload.serverName) !== 0) readOptions(new ByteReader(serverName, 44), options);
	if (single(options, optionCode.messageType) !== messageType.acknowledge)
		throw new ParseError("DHCP_TYPE", headBytes, "no DHCPACK");
	const server = options.get(optionCode.serverIdentifier);
	return {
		...head,
		server: server?.length === 4 ? addressText(server) : "",
		serverName: (both & overload.serverName) === 0 ? fieldText(serverName) : "",
		file: (both & overload.file) === 0 ? fieldText(file) : "",
		options,
	};
}

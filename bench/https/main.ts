// SPDX-License-Identifier: Apache-2.0
//
// One download over https, hashed as it arrives: the program that bench/https/run.ts measures. `--option url=URL` and
// `--option roots=PEM` say what; one JSON line tells the end, and the process stays until it is killed so that it can be
// looked at.

import Resolver from "embedded:network/dns/resolver/udp";
import TCP from "embedded:io/socket/tcp";
import Timer from "timer";
import { SHA256 } from "upgate/bytes/sha256";
import { encodeUTF8, toHex } from "upgate/bytes/text";
import { HTTPClient } from "upgate/http/client";
import Board from "upgate/linux/board";
import { TLSConnector } from "upgate/tls/connector";

export default function main(): void {
	const board = new Board();
	const roots = [encodeUTF8(board.option("roots") ?? "")];
	const connector = new TLSConnector({
		io: TCP,
		timer: Timer,
		clock: board.clock,
		trust: () => ({ roots, verify: true }),
		// As the gateway does.
		bufferBytes: board.pieceBytes,
	});
	const ticks = (): number => board.clock.ticks();
	const resolver = new Resolver({});
	const client = new HTTPClient({ io: TCP, secure: (url) => connector.secure(url), resolver, timer: Timer, ticks });
	const hash = new SHA256();
	const buffer = new Uint8Array(4096);
	let bytes = 0;
	const request = client.get({
		url: board.option("url") ?? "",
		onReadable() {
			for (let count = request.read(buffer); count > 0; count = request.read(buffer)) {
				hash.update(buffer.subarray(0, count));
				bytes += count;
			}
		},
		onDone(error) {
			const end = { bytes, error: error?.message, sha256: toHex(hash.digest()), memory: board.memory() };
			board.event(end);
		},
	});
}

// SPDX-License-Identifier: Apache-2.0
//
// A TFTP client and a server on virtual time, and files for them.

import { TFTPClient, type TFTPClientOptions, type TFTPRequest } from "../../modules/tftp/client.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeResolver } from "../fakes/resolver.js";
import { FakeUDPNetwork } from "../fakes/udp.js";
import { Random } from "../harness/random.js";
import { type Behaviour, FakeTFTPServer } from "./server.js";

export interface Result {
	request: TFTPRequest;
	size?: string | undefined;
	status?: number;
	bytes: number[];
	code?: string;
	message?: string;
	done: number;
}

function codeOf(error: Error): string {
	return "code" in error ? String(error.code) : "none";
}

export class Bench {
	readonly clock = new FakeClock();
	readonly network = new FakeUDPNetwork(this.clock);
	readonly server = new FakeTFTPServer(this.clock, this.network);
	readonly resolver = new FakeResolver(this.clock, { server: "10.0.0.9", mute: "never" });
	readonly client: TFTPClient;

	constructor(behaviour: Behaviour = {}, options: Partial<TFTPClientOptions> = {}) {
		this.server.behaviour = behaviour;
		this.client = new TFTPClient({
			io: this.network.UDP,
			resolver: this.resolver,
			timer: this.clock.timer,
			ticks: this.clock.ticks,
			...options,
		});
	}

	/** @param readMs pause before each block is read; 0: at once */
	get(url = "tftp://server/file", readMs = 0): Result {
		const buffer = new Uint8Array(100);
		const result: Partial<Result> & Pick<Result, "bytes" | "done"> = { bytes: [], done: 0 };
		const readAll = (): void => {
			for (let count = request.read(buffer); count > 0; count = request.read(buffer))
				for (let i = 0; i < count; i++) result.bytes.push(buffer[i]);
		};
		const request = this.client.get({
			url,
			onHeaders: (status, headers) => {
				result.status = status;
				result.size = headers.get("content-length");
			},
			onReadable: () => {
				if (readMs === 0) readAll();
				else this.clock.timer.set(readAll, readMs);
			},
			onDone: (error) => {
				result.done++;
				if (error === undefined) return;
				result.code = codeOf(error);
				result.message = error.message;
			},
		});
		return Object.assign(result, { request });
	}

	/** Nothing is left: no socket, no timer of the client. */
	isQuiet(): boolean {
		return this.network.open === 0;
	}
}

export function content(length: number): Uint8Array {
	return new Random(length + 1).bytes(length);
}

export function isFile(result: Result, file: Uint8Array): boolean {
	return result.bytes.length === file.length && result.bytes.every((byte, i) => byte === file[i]);
}

export function fetch(
	length: number,
	behaviour: Behaviour = {},
	options: Partial<TFTPClientOptions> = {},
): [Bench, Result] {
	const bench = new Bench(behaviour, options);
	bench.server.files["file"] = content(length);
	const result = bench.get();
	bench.clock.advance(60000);
	return [bench, result];
}

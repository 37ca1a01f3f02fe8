// SPDX-License-Identifier: Apache-2.0
//
// A line between gateway and server that breaks or stands still once, after so many bytes, and counts what it carries.

import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface Carried {
	/** What the gateway has sent: its requests. */
	asked: string;
	/** Bytes that came from the server, heads included. */
	bytes: number;
}

export class Line {
	/** One for each connection, in order. */
	readonly carried: Carried[] = [];
	/** Bytes after which the next connection that comes so far breaks or stalls; then the line is good. */
	#limit: number | undefined;
	readonly #fault: "break" | "stall";
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();

	private constructor(port: number, limit: number, fault: "break" | "stall") {
		this.#limit = limit;
		this.#fault = fault;
		this.#server = createServer((near) => this.#accept(near, port));
	}

	/** @param port of the server, on loopback */
	static async start(port: number, limit: number, fault: "break" | "stall"): Promise<Line> {
		const line = new Line(port, limit, fault);
		await new Promise<void>((resolve) => line.#server.listen(0, "127.0.0.1", resolve));
		return line;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	close(): void {
		for (const socket of this.#sockets) socket.destroy();
		this.#server.close();
	}

	#accept(near: Socket, port: number): void {
		const far = connect(port, "127.0.0.1");
		const carried: Carried = { asked: "", bytes: 0 };
		this.carried.push(carried);
		for (const [socket, other] of [
			[near, far],
			[far, near],
		]) {
			this.#sockets.add(socket);
			socket.on("error", () => other.destroy());
			socket.on("close", () => {
				this.#sockets.delete(socket);
				other.end();
			});
		}
		near.on("data", (chunk) => {
			carried.asked += chunk.toString("latin1");
			far.write(chunk);
		});
		let broken = false;
		far.on("data", (chunk) => {
			if (broken) return;
			const left = (this.#limit ?? Infinity) - carried.bytes;
			const piece = chunk.subarray(0, Math.min(chunk.length, left));
			carried.bytes += piece.length;
			near.write(piece);
			if (chunk.length < left) return;
			this.#limit = undefined;
			broken = true;
			if (this.#fault === "stall") far.pause();
			else near.end(() => far.destroy());
		});
	}
}

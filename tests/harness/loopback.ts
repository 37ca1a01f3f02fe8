// SPDX-License-Identifier: Apache-2.0
//
// Servers on loopback: a port that nobody has, and the wait until somebody answers there. For tests that run in Node only.

import { connect } from "node:net";

export { freePort } from "../../tools/lib/free-port.js";

const host = "127.0.0.1";
const pauseMs = 20;
const tries = 250;

function answers(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, host, () => {
			socket.destroy();
			resolve(true);
		});
		socket.on("error", () => resolve(false));
	});
}

/**
 * Waits until a connection to `port` is accepted.
 * @param alive whether the server's process still runs
 * @returns `false` when it has ended, or after five seconds
 */
export async function isListening(port: number, alive: () => boolean): Promise<boolean> {
	for (let i = 0; i < tries && alive(); i++) {
		if (await answers(port)) return true;
		await new Promise((resolve) => setTimeout(resolve, pauseMs));
	}
	return false;
}

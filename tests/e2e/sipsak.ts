// SPDX-License-Identifier: Apache-2.0
//
// sipsak, a program that others wrote: it sends the NOTIFY of the AudioCodes manual.

import { spawn } from "node:child_process";

/** The example of the AudioCodes manual, as `sipsak -f -` takes it. */
export const example = (event = "check-sync;reboot=false"): string =>
	[
		"NOTIFY sip:gw@127.0.0.1 SIP/2.0",
		"To: sip:gw@127.0.0.1",
		"From: sip:sipsak@127.0.0.1",
		"CSeq: 10 NOTIFY",
		"Call-ID: 1234@127.0.0.1",
		`Event: ${event}`,
		"",
		"",
	].join("\n");

export interface Sent {
	status: number | null;
	output: string;
}

/** Sends a message to a gateway on loopback, and takes down what sipsak says of the answer. */
export function sipsak(port: number, args: string[], input = example()): Promise<Sent> {
	const child = spawn("sipsak", ["-vv", ...args, "-f", "-", "-s", `sip:gw@127.0.0.1:${port}`], { timeout: 60_000 });
	let output = "";
	for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
	child.stdin.end(input);
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (status) => resolve({ status, output }));
	});
}

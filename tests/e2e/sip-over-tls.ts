// SPDX-License-Identifier: Apache-2.0
//
// Sends a NOTIFY check-sync over TLS with OpenSSL's s_client, which verifies the gateway's certificate.

import { spawn } from "node:child_process";
import type { Issued } from "../tls/certificates.js";

export interface Sent {
	status: number | null;
	output: string;
}

export interface TLSSender {
	/** File of the only root that the sender trusts. */
	root: string;
	/** What it shows of itself. */
	client?: Issued | undefined;
	/** More arguments of s_client, as `-tls1_2`. */
	args?: string[];
}

const request = [
	"NOTIFY sip:gw@127.0.0.1 SIP/2.0",
	"Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bK77",
	"To: sip:gw@127.0.0.1",
	"From: sip:openssl@127.0.0.1",
	"CSeq: 10 NOTIFY",
	"Call-ID: 1234@127.0.0.1",
	"Event: check-sync;reboot=false",
	"Content-Length: 0",
	"",
	"",
];

/** Ends when an answer is complete, or the gateway ends the connection. */
export function sendOverTLS(port: number, { root, client, args = [] }: TLSSender): Promise<Sent> {
	const trust = ["-CAfile", root, "-verify_return_error", "-verify_ip", "127.0.0.1"];
	const shown = client === undefined ? [] : ["-cert", client.certificateFile, "-key", client.keyFile];
	const all = ["s_client", "-connect", `127.0.0.1:${port}`, ...trust, ...shown, "-quiet", ...args];
	const child = spawn("openssl", all, { timeout: 60_000 });
	let output = "";
	child.stdin.on("error", () => undefined); // it may have ended already: refused
	child.stdin.write(request.join("\r\n"));
	child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
	child.stdout.on("data", (chunk: Buffer) => {
		output += chunk.toString();
		if (output.includes("\r\n\r\n")) child.kill(); // it would wait for more
	});
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (status) => resolve({ status, output }));
	});
}

// SPDX-License-Identifier: Apache-2.0
//
// What `npm start` needs so that a person can trigger the update by SIP: a port, parameters, a message, and the line to type.

import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";

/** For the factory ini and the one that is served: this machine may trigger. */
export const sipParameters: readonly string[] = ["EnableSIPRemoteReset = 1", "SIPNotifySources = '127.0.0.1'"];

/** The example of the AudioCodes manual; sipsak adds the Via. */
const message = `NOTIFY sip:gw@127.0.0.1 SIP/2.0
To: sip:gw@127.0.0.1
From: sip:sipsak@127.0.0.1
CSeq: 10 NOTIFY
Call-ID: 1234@127.0.0.1
Event: check-sync;reboot=false

`;

function listen(port: number): Promise<number | undefined> {
	return new Promise((resolve) => {
		const server = createServer();
		server.on("error", () => resolve(undefined));
		server.listen(port, "127.0.0.1", () => {
			const { port: got } = server.address() as AddressInfo;
			server.close(() => resolve(got));
		});
	});
}

/** @returns 5060 where nobody has it, else another port */
export async function sipPort(): Promise<number> {
	return (await listen(5060)) ?? (await listen(0)) ?? 5060;
}

/** Writes the message. @returns the command that sends it */
export function sipCommand(file: string, shown: string, port: number): string {
	writeFileSync(file, message);
	return `sipsak -f ${shown} -s sip:gw@127.0.0.1:${port}`;
}

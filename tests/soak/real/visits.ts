// SPDX-License-Identifier: Apache-2.0
//
// What others do to a real gateway: a NOTIFY, a look at the pages. Node only.

import { createSocket } from "node:dgram";
import { request } from "node:https";
import { lines } from "../../sip/agent.js";

/** @param id of this one, which nobody has had before */
export async function notify(port: number, id: string): Promise<void> {
	const message = lines(
		`NOTIFY sip:gateway@127.0.0.1 SIP/2.0`,
		`Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-${id};rport`,
		"Max-Forwards: 70",
		`From: <sip:soak@127.0.0.1>;tag=${id}`,
		"To: <sip:gateway@127.0.0.1>",
		`Call-ID: ${id}@127.0.0.1`,
		"CSeq: 1 NOTIFY",
		"Event: check-sync;reboot=false",
		"Content-Length: 0",
	);
	const socket = createSocket("udp4");
	await new Promise((resolve) => socket.send(message, port, "127.0.0.1", resolve));
	socket.close();
}

export function fetchPage(port: number): Promise<void> {
	const url = `https://127.0.0.1:${port}/`;
	return new Promise((resolve, reject) => {
		request(url, { rejectUnauthorized: false, agent: false }, (response) => response.resume().on("end", resolve))
			.on("error", reject)
			.end();
	});
}

// SPDX-License-Identifier: Apache-2.0
//
// Requests of SIP that the benchmarks send.

function request(method: string, transport: string, number: string, more: readonly string[]): string {
	const lines = [
		`${method} sip:gw@127.0.0.1 SIP/2.0`,
		`Via: SIP/2.0/${transport} 127.0.0.1:5060;branch=z9hG4bK-${number};rport`,
		"Max-Forwards: 70",
		"From: <sip:bench@127.0.0.1>;tag=1",
		"To: <sip:gw@127.0.0.1>",
		`Call-ID: ${number}@127.0.0.1`,
		`CSeq: 1 ${method}`,
		...more,
		"Content-Length: 0",
	];
	return `${lines.join("\r\n")}\r\n\r\n`;
}

export type Method = "NOTIFY" | "OPTIONS";

const fields: Readonly<Record<Method, readonly string[]>> = {
	NOTIFY: ["Event: check-sync;reboot=false", "Subscription-State: terminated"],
	OPTIONS: ["Accept: application/sdp"],
};

/** @param number tells it from all others */
export function sipRequest(method: Method, transport: string, number: string): string {
	return request(method, transport, number, fields[method]);
}

export function notify(transport: string, number: number): string {
	return sipRequest("NOTIFY", transport, String(number));
}

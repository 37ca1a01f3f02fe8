// SPDX-License-Identifier: Apache-2.0
//
// Time servers that DHCP named (option 42, RFC 2132 section 8.3), as lwIP keeps them.

function nativeWant(this: unknown): void {
	return native("xs_esp32_wantTimeServers").call(this);
}
function nativeTimeServer(this: unknown, index: number): string | undefined {
	return native("xs_esp32_timeServer").call(this, index);
}

/** lwIP keeps no more (CONFIG_LWIP_DHCP_MAX_NTP_SERVERS). */
const most = 3;

/** Has lwIP take them from the next answer of DHCP on. */
export function wantTimeServers(): void {
	nativeWant();
}

/** @returns addresses, none before DHCP has answered or when it names none */
export function timeServers(): string[] {
	const found: string[] = [];
	for (let i = 0; i < most; i++) {
		const address = nativeTimeServer(i);
		if (address !== undefined) found.push(address);
	}
	return found;
}

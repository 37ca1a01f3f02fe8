// SPDX-License-Identifier: Apache-2.0
//
// What others do to a gateway, over real sockets: a NOTIFY, a look at the web pages, an SNMP get. Answers are counted, not judged.

import TCPSocket from "embedded:io/socket/tcp";
import UDPSocket from "embedded:io/socket/udp";
import { encodeLatin1 } from "upgate/bytes/text";
import { fromHex } from "upgate/bytes/hex";
import type { TCP, TCPConstructor } from "upgate/ecma419/tcp";
import type { UDP, UDPConstructor } from "upgate/ecma419/udp";

const address = "127.0.0.1";
/** SNMPv2c get of sysUpTime.0, community "soak". */
const snmpGet = fromHex("302502010104" + "04736f616b" + "a01a02020001020100020100300e300c06082b060102010103000500");

export interface VisitPorts {
	sip: number;
	snmp: number;
	web: number;
}

export class Visits {
	answers = { sip: 0, snmp: 0, web: 0 };
	readonly #ports: VisitPorts;
	readonly #sip: UDP;
	readonly #snmp: UDP;
	#number = 0;
	#page: TCP | undefined;

	constructor(ports: VisitPorts) {
		this.#ports = ports;
		const open = (kind: "sip" | "snmp"): UDP => {
			const socket: UDP = new (UDPSocket as unknown as UDPConstructor)({
				address,
				onReadable: (count) => {
					while (count-- > 0 && socket.read() !== undefined) this.answers[kind]++;
				},
			});
			return socket;
		};
		this.#sip = open("sip");
		this.#snmp = open("snmp");
	}

	notify(): void {
		const number = this.#number++;
		const lines = [
			`NOTIFY sip:gateway@${address} SIP/2.0`,
			`Via: SIP/2.0/UDP ${address}:9;branch=z9hG4bK-soak-${number};rport`,
			"Max-Forwards: 70",
			`From: <sip:soak@${address}>;tag=soak${number}`,
			`To: <sip:gateway@${address}>`,
			`Call-ID: soak-${number}@${address}`,
			"CSeq: 1 NOTIFY",
			"Event: check-sync;reboot=false",
			"Content-Length: 0",
		];
		this.#sip.write(encodeLatin1(`${lines.join("\r\n")}\r\n\r\n`), address, this.#ports.sip);
	}

	get(): void {
		this.#snmp.write(snmpGet, address, this.#ports.snmp);
	}

	page(): void {
		this.#close();
		let asked = false;
		const page: TCP = new (TCPSocket as unknown as TCPConstructor)({
			address,
			port: this.#ports.web,
			onWritable: () => {
				if (!asked) page.write(encodeLatin1("GET / HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n"));
				asked = true;
			},
			onReadable: () => {
				page.read();
				if (this.#page === page) this.answers.web++;
			},
			onError: () => this.#close(),
		});
		this.#page = page;
	}

	#close(): void {
		this.#page?.close();
		this.#page = undefined;
	}
}

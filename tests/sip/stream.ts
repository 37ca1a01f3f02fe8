// SPDX-License-Identifier: Apache-2.0
//
// Reads a stream that arrives in pieces.

import { SIPError } from "../../modules/sip/error.js";
import { StreamReader } from "../../modules/sip/framing.js";

/** What comes out of a stream given in pieces, as text; ends with the code of an error. */
export function read(pieces: Uint8Array[]): string[] {
	const reader = new StreamReader();
	const out: string[] = [];
	try {
		for (const piece of pieces) {
			reader.write(piece);
			for (let item = reader.next(); item !== undefined; item = reader.next()) {
				if (item === "ping") out.push("ping");
				else {
					const { head, bodyLength, fault } = item;
					const fields = head.fields.map(({ name, start, end }) => `${name} ${start} ${end}`).join();
					const [line, wrong] = [JSON.stringify(head.line), head.fault?.code ?? ""];
					out.push(`${line} ${fields} ${wrong} ${bodyLength} ${fault?.code ?? ""}`);
				}
			}
		}
	} catch (error) {
		if (!(error instanceof SIPError)) throw error;
		out.push(error.code);
	}
	return out;
}

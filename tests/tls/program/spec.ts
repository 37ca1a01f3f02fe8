// SPDX-License-Identifier: Apache-2.0
//
// What the test program is told, and the parts that both of its sides use.

import { encodeLatin1 } from "upgate/bytes/text";
import { TLSContext, type TLSContextOptions } from "upgate/tls/context";
import { TLSError } from "upgate/tls/errors";

/** Texts stand for bytes. */
export interface Spec extends Pick<
	TLSContextOptions,
	"verify" | "minimum" | "maximum" | "protocols" | "fragmentBytes" | "records"
> {
	server?: boolean;
	/** Ask with the HTTP client, `times` times. */
	http?: boolean;
	port?: number;
	host?: string;
	roots?: string[];
	certificate?: string;
	key?: string;
	/** Sent when the connection stands. */
	send?: string;
	/** Close after so many bytes. */
	bytes?: number;
	/** Connections, one after the other; each takes the session of the one before. */
	times?: number;
	/** Use the context's own clock source with this name. */
	clockSource?: "floor" | "host";
	bufferBytes?: number;
	handshakeMs?: number;
	/** Characters of the answer to print, about; default 200. */
	texts?: number;
	/** Print the heap at each step. */
	memory?: boolean;
}

export function makeContext(spec: Spec): TLSContext {
	const bytes = (text: string | undefined): Uint8Array | undefined =>
		text === undefined ? undefined : encodeLatin1(text);
	const { server, verify, minimum, maximum, protocols, fragmentBytes, records } = spec;
	return new TLSContext({
		server,
		verify,
		minimum,
		maximum,
		protocols,
		fragmentBytes,
		records,
		roots: spec.roots?.map((text) => encodeLatin1(text)),
		certificate: bytes(spec.certificate),
		key: bytes(spec.key),
	});
}

export function describe(error: unknown): object {
	if (!(error instanceof TLSError)) return { event: "error", code: "", message: String(error) };
	const { code, message, number, alert } = error;
	return { event: "error", code, message, number, alert };
}

// SPDX-License-Identifier: Apache-2.0
//
// What an engine tells of its connection.

export interface Information {
	/** `TLSv1.2` or `TLSv1.3`. */
	version?: string;
	suite?: string;
	/** Agreed by ALPN. */
	protocol?: string;
	/** SHA-256 of the root that the peer's chain led to; absent when a session was taken up. */
	root?: ArrayBuffer;
	/** When the first certificate of that chain ends, milliseconds since 1970; absent like `root`. */
	until?: number;
}

/** What verification and the records have shown; `failure.ts` knows the numbers. */
export interface Findings {
	flags: number;
	trust: number;
	/** Place of the certificate in the chain, 0 the peer's own. */
	depth: number;
	/** Validity, seconds since 1970. */
	from: number;
	to: number;
	/** Last alert that came in clear, -1 none. */
	alert: number;
	subject: string;
	issuer: string;
}

// SPDX-License-Identifier: Apache-2.0
//
// What connections of one side have in common: whom to trust, who we are, which versions. Made from PEM or DER bytes; checked
// here, whole, so that a socket made from it has nothing left to go wrong but the peer.

import { TLSError, type TLSErrorCode } from "./errors.js";
import { numberFailure } from "./failure.js";
import { NativeContext } from "./tls.js";

export type TLSVersion = "1.2" | "1.3";

export interface TLSContextOptions {
	/** Server side; default false. */
	server?: boolean;
	/** Trusted roots: PEM texts with any number of certificates, or single ones in DER. */
	roots?: readonly Uint8Array[];
	/** Own certificate, then its chain (PEM), or one in DER; needs `key`. */
	certificate?: Uint8Array;
	/** Private key, PEM or DER, not encrypted. */
	key?: Uint8Array;
	/** Whether the peer's certificate is verified. Client: default `required`. Server: default `none`, asks for no certificate. */
	verify?: "none" | "optional" | "required";
	/** Lowest version; default 1.2. */
	minimum?: TLSVersion;
	/** Highest version; default 1.3. */
	maximum?: TLSVersion;
	/** ALPN names in order of preference, up to 4, 44 characters together; default none. */
	protocols?: readonly string[];
	/**
	 * Bytes of a record to ask the peer for (RFC 6066), 512, 1024, 2048 or 4096. Needs `maximum` 1.2. Default 0: 16 KB; with `records`
	 * small and `maximum` 1.2: 4096.
	 */
	fragmentBytes?: number;
	/**
	 * Record buffers: `full` for any peer; `small`, 4 KB in and 2 KB out, for a peer that keeps to the length that is asked for (under TLS
	 * 1.3 by RFC 8449): another fails with TLS_RECORD_SIZE, as does a message that is longer. Default `full`.
	 */
	records?: "full" | "small";
}

const fragments: readonly number[] = Object.freeze([0, 512, 1024, 2048, 4096]);
const modes: readonly string[] = Object.freeze(["none", "optional", "required"]);

function check(status: number, code?: TLSErrorCode, text = ""): void {
	if (status === 0) return;
	const inner = numberFailure(-Math.abs(status));
	throw code === undefined ? inner : new TLSError(code, text, { number: Math.abs(status) });
}

export class TLSContext {
	readonly #native: NativeContext;
	readonly server: boolean;
	/** Whether the peer has to prove who it is. */
	readonly verifies: boolean;
	/** Whether a connection stands only with a peer that has. */
	readonly required: boolean;
	/** Roots that could not be read, of those that were given; the others serve. */
	readonly unreadRoots: number;

	/** @throws TLSError TLS_OPTION, TLS_CERTIFICATE, TLS_KEY, TLS_KEY_MISMATCH, TLS_NO_ROOTS, TLS_MEMORY; RangeError without memory */
	constructor(options: TLSContextOptions = {}) {
		this.server = options.server ?? false;
		const verify = options.verify ?? (this.server ? "none" : "required");
		this.verifies = verify !== "none";
		this.required = verify === "required";
		this.#native = new NativeContext(this.server);
		try {
			this.configure(options, verify);
			this.unreadRoots = this.addRoots(options.roots ?? []);
			this.setIdentity(options);
		} catch (error) {
			this.#native.close();
			throw error;
		}
	}

	/** For the socket of this module. */
	get native(): NativeContext {
		return this.#native;
	}

	/** Sockets that are open go on; new ones cannot be made. May be called twice. */
	close(): void {
		this.#native.close();
	}

	private configure(options: TLSContextOptions, verify: string): void {
		const small = options.records === "small";
		const fragment = fragments.indexOf(options.fragmentBytes ?? (small && options.maximum === "1.2" ? 4096 : 0));
		const minimum = options.minimum === "1.3" ? 3 : 2;
		const maximum = options.maximum === "1.2" ? 2 : 3;
		if (fragment < 0) throw new TLSError("TLS_OPTION", "fragmentBytes is 512, 1024, 2048 or 4096");
		// Mbed TLS asks for it under TLS 1.3 too, and then takes the server's consent for a fault.
		if (fragment > 0 && maximum > 2) throw new TLSError("TLS_OPTION", "fragmentBytes needs maximum 1.2");
		if (minimum > maximum) throw new TLSError("TLS_OPTION", "the lowest version is above the highest");
		const status = this.#native.configure(minimum, maximum, modes.indexOf(verify), fragment, small);
		if (status === 1) throw new TLSError("TLS_OPTION", "there are no small record buffers in this build");
		check(status, "TLS_OPTION", "bad option");
		const names = (options.protocols ?? []).join(",");
		if (names.length > 44) throw new TLSError("TLS_OPTION", "too many protocol names");
		if (names !== "") check(this.#native.setProtocols(names), "TLS_OPTION", "bad protocol name");
	}

	private addRoots(roots: readonly Uint8Array[]): number {
		let unread = 0;
		let refused: TLSError | undefined;
		for (const bytes of roots) {
			const status = this.#native.addRoots(bytes);
			if (status < 0) refused = numberFailure(status);
			if (status !== 0) unread += Math.max(status, 1);
		}
		// With none at all every server would be refused, and the reason would point elsewhere.
		if (refused && roots.length === 1) throw refused;
		return unread;
	}

	private setIdentity({ certificate, key }: TLSContextOptions): void {
		if (!certificate && !key && !this.server) return;
		if (!certificate || !key) throw new TLSError("TLS_OPTION", "a certificate and its key go together");
		check(this.#native.setCertificate(certificate), "TLS_CERTIFICATE", "the own certificate cannot be read");
		const status = this.#native.setKey(key);
		if (status === 1) throw new TLSError("TLS_KEY_MISMATCH", "the private key is not that of the certificate");
		check(status, "TLS_KEY", "the private key cannot be read");
	}
}

// SPDX-License-Identifier: Apache-2.0
//
// Who is trusted, and who the gateway says it is: certificate store, connections for https, keys that sign firmware.

import { ExpiryWatch, type ExpiryWatchOptions } from "upgate/certificates/expiry-watch";
import { importFactory } from "upgate/certificates/factory";
import { RootsInUse } from "upgate/certificates/roots-in-use";
import { CertificateStore } from "upgate/certificates/store";
import { keyDigest } from "upgate/image/public-key";
import { verifySignature } from "upgate/image/verify";
import type { Settings } from "upgate/settings/settings";
import { type Server, TLSConnector, type TLSConnectorOptions, type Trust as ServerTrust } from "upgate/tls/connector";
import type { Information } from "upgate/tls/findings";
import { stamp, type StampedRecord } from "upgate/update/events";
import type { RecordStore, SigningPort } from "upgate/update/interfaces";
import { isConfiguredServer } from "upgate/update/servers";
import type { TCP, TCPOptions } from "../modules/ecma419/tcp.js";
import type { DebugPorts } from "./debug.js";
import type { Gear } from "./gear.js";

export interface Trust {
	certificates: CertificateStore;
	rootsInUse: RootsInUse;
}

/** The certificates of the store; those that the factory left are taken in at the first start. @returns with what went wrong */
export function openCertificates(store: RecordStore): { trust: Trust; refused: string[] } {
	const rootsInUse = new RootsInUse();
	const certificates = new CertificateStore({ records: store, inUse: rootsInUse });
	return { trust: { certificates, rootsInUse }, refused: importFactory(certificates, store) };
}

/** Makes a socket over TLS. */
type Secured = (options: TCPOptions) => TCP;

export interface SecurityParts {
	device: Gear;
	settings: Settings;
	trust: Trust;
	onEvent(record: StampedRecord): void;
	debug: Pick<DebugPorts, "tls">;
}

/**
 * Connections for https: our roots, verification as the settings say; with our own certificate, if `identified`, to servers that
 * the settings name.
 */
class Security implements TLSConnectorOptions {
	readonly #parts: SecurityParts;
	readonly #identified: boolean;

	constructor(parts: SecurityParts, identified: boolean) {
		this.#parts = parts;
		this.#identified = identified;
	}

	get io(): Gear["io"]["TCP"] {
		return this.#parts.device.io.TCP;
	}

	get bufferBytes(): number | undefined {
		return this.#parts.device.board.pieceBytes;
	}

	get timer(): Gear["timer"] {
		return this.#parts.device.timer;
	}

	get clock(): Gear["board"]["clock"] {
		return this.#parts.device.board.clock;
	}

	get debug(): DebugPorts["tls"] {
		return this.#parts.debug.tls;
	}

	trust(server: Server): ServerTrust {
		const { settings, trust } = this.#parts;
		const own = this.#identified && isConfiguredServer(settings, server);
		return {
			roots: trust.certificates.roots(),
			...(own ? trust.certificates.identity() : undefined),
			verify: settings.text("AUPDVerifyCertificates") !== "0",
		};
	}

	onSecure(server: Server, { version = "", suite = "", root }: Information, verified: boolean): void {
		const { settings, trust, device } = this.#parts;
		if (verified && isConfiguredServer(settings, server)) trust.rootsInUse.note(server, root);
		this.#parts.onEvent(stamp({ event: "tls", host: server.host, version, suite, verified }, device.board.clock));
	}
}

/** Where a redirect leads, nobody is told who we are; the sessions of the two are kept apart too. */
export class Connectors {
	readonly #parts: SecurityParts;
	/** Made when they are wanted. */
	#known: TLSConnector | undefined;
	#anonymous: TLSConnector | undefined;

	constructor(parts: SecurityParts) {
		this.#parts = parts;
	}

	/** For the HTTP client. */
	secure(url: Server, identified: boolean): Secured {
		const connector = identified
			? (this.#known ??= new TLSConnector(new Security(this.#parts, true)))
			: (this.#anonymous ??= new TLSConnector(new Security(this.#parts, false)));
		return connector.secure(url);
	}
}

/** Firmware is signed by one of the keys in the store, or not taken. */
export class Signing implements SigningPort {
	readonly #certificates: CertificateStore;

	constructor(certificates: CertificateStore) {
		this.#certificates = certificates;
	}

	keys(): ReturnType<CertificateStore["signingKeys"]> {
		return this.#certificates.signingKeys();
	}

	revoked(): Uint8Array[] {
		return this.#certificates.revokedKeys().map(keyDigest);
	}

	get verify(): typeof verifySignature {
		return verifySignature;
	}
}

export interface ExpiryParts {
	device: Gear;
	certificates: CertificateStore;
	onEvent(record: StampedRecord): void;
}

/** What the look at the certificates asks for. */
class Expiry implements ExpiryWatchOptions {
	readonly #parts: ExpiryParts;

	constructor(parts: ExpiryParts) {
		this.#parts = parts;
	}

	get certificates(): CertificateStore {
		return this.#parts.certificates;
	}

	get clock(): Gear["board"]["clock"] {
		return this.#parts.device.board.clock;
	}

	get timer(): Gear["timer"] {
		return this.#parts.device.timer;
	}

	onWarning(warning: string): void {
		this.#parts.onEvent(stamp({ event: "certificate", warning }, this.clock));
	}
}

export function watchExpiry(parts: ExpiryParts): void {
	new ExpiryWatch(new Expiry(parts)).start();
}

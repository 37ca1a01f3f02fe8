// SPDX-License-Identifier: Apache-2.0
//
// Who is trusted, and who the gateway says it is: certificate store, connections for https, keys that sign firmware.

import { ExpiryWatch } from "upgate/certificates/expiry-watch";
import { importFactory } from "upgate/certificates/factory";
import { RootsInUse } from "upgate/certificates/roots-in-use";
import { CertificateStore } from "upgate/certificates/store";
import type { DebugPort } from "upgate/debug/port";
import type { HTTPSessionOptions } from "upgate/http/session";
import { keyDigest } from "upgate/image/public-key";
import { verifySignature } from "upgate/image/verify";
import type { Settings } from "upgate/settings/settings";
import { TLSConnector, type TLSConnectorOptions } from "upgate/tls/connector";
import { stamp, type StampedRecord } from "upgate/update/events";
import type { RecordStore, SigningPort } from "upgate/update/interfaces";
import { isConfiguredServer } from "upgate/update/servers";
import type { Device } from "../modules/ecma419/device.js";

/**
 * Connections for https: our roots, verification as the settings say; with our own certificate, if `identified`, to servers that
 * the settings name.
 */
function makeConnector(
	device: Device,
	certificates: CertificateStore,
	settings: Settings,
	{ onSecure, debug }: Pick<TLSConnectorOptions, "onSecure" | "debug">,
	identified: boolean,
): TLSConnector {
	const { io, timer, board } = device;
	return new TLSConnector({
		io: io.TCP,
		timer,
		clock: board.clock,
		trust: (server) => {
			const own = identified && isConfiguredServer(settings, server);
			return {
				roots: certificates.roots(),
				...(own ? certificates.identity() : undefined),
				verify: settings.text("AUPDVerifyCertificates") !== "0",
			};
		},
		onSecure,
		debug,
	});
}

export interface Trust {
	certificates: CertificateStore;
	rootsInUse: RootsInUse;
}

/** The certificates of the store; those that the factory left are taken in at the first start. @returns with what went wrong */
export function openCertificates(store: RecordStore): Trust & { refused: string[] } {
	const rootsInUse = new RootsInUse();
	const certificates = new CertificateStore({ records: store, inUse: (root) => rootsInUse.has(root) });
	return { certificates, rootsInUse, refused: importFactory(certificates, store) };
}

export type OnEvent = (record: StampedRecord) => void;

/** Where a redirect leads, nobody is told who we are; the sessions of the two are kept apart too. */
export function makeSecure(
	device: Device,
	settings: Settings,
	{ certificates, rootsInUse }: Trust,
	onEvent: OnEvent,
	debug: DebugPort,
): HTTPSessionOptions["secure"] {
	const onSecure: TLSConnectorOptions["onSecure"] = (server, { version = "", suite = "", root }, verified) => {
		if (verified && isConfiguredServer(settings, server)) rootsInUse.note(server, root);
		onEvent(stamp({ event: "tls", host: server.host, version, suite, verified }, device.board.clock));
	};
	const told = { onSecure, debug };
	const known = makeConnector(device, certificates, settings, told, true);
	const anonymous = makeConnector(device, certificates, settings, told, false);
	return (url, { identified }) => (identified ? known : anonymous).secure(url);
}

/** Firmware is signed by one of the keys in the store, or not taken. */
export function makeSigning(certificates: CertificateStore): SigningPort {
	return {
		keys: () => certificates.signingKeys(),
		revoked: () => certificates.revokedKeys().map(keyDigest),
		verify: verifySignature,
	};
}

export function watchExpiry({ board, timer }: Device, certificates: CertificateStore, onEvent: OnEvent): void {
	const { clock } = board;
	const onWarning = (warning: string): void => onEvent(stamp({ event: "certificate", warning }, clock));
	new ExpiryWatch({ certificates, clock, timer, onWarning }).start();
}

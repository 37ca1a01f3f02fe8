// SPDX-License-Identifier: Apache-2.0
//
// A new gateway: a flash image with factory firmware in the first slot and the factory ini in the store.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { IniError } from "../../modules/ini/error.js";
import { SettingsError } from "../../modules/settings/error.js";
import { Settings } from "../../modules/settings/settings.js";
import { buildFirmware } from "../firmware-lib/build.js";
import { readPublicKeys, toPEM } from "../firmware-lib/keys.js";
import { createFlash } from "../flash-image-lib/index.js";

/** Version of the firmware a gateway leaves the factory with, when no file says otherwise. */
export const factoryVersion = "1.0.0";

export interface FactoryOptions {
	flash: string;
	partitions: string;
	ini?: string;
	firmware?: string;
	roots?: string;
	certificate?: string;
	key?: string;
	/** Public keys that firmware may be signed by. */
	signingKey?: string;
}

/** A text in PEM: what the gateway is given shall not be found to be something else at its first connection. */
function readPEM(path: string, what: RegExp): Uint8Array {
	const bytes = readFileSync(path);
	if (!what.test(bytes.toString("latin1"))) throw new Error(`${path}: no PEM text of the kind that is wanted`);
	return bytes;
}

function credentialRecords({ roots, certificate, key, signingKey }: FactoryOptions): Record<string, Uint8Array> {
	const records: Record<string, Uint8Array> = {};
	if (roots !== undefined) records["roots.pem"] = readPEM(roots, /-----BEGIN CERTIFICATE-----/);
	if (certificate !== undefined) records["device.crt"] = readPEM(certificate, /-----BEGIN CERTIFICATE-----/);
	if (key !== undefined) records["device.key"] = readPEM(key, /-----BEGIN (EC |RSA )?PRIVATE KEY-----/);
	if (signingKey !== undefined) records["signing.pem"] = toPEM(readPublicKeys(signingKey));
	return records;
}

/** A bad file is told here, with the place, and not at the first start. */
function readIni(path: string): Uint8Array {
	const bytes = readFileSync(path);
	const settings = new Settings({ store: { get: () => undefined, commit: () => undefined } });
	try {
		settings.applyIni(bytes, { full: true, local: true });
	} catch (error) {
		if (error instanceof SettingsError || error instanceof IniError)
			throw new Error(`${path}: line ${error.line}, column ${error.column}: ${error.message}`, { cause: error });
		throw error;
	}
	return bytes;
}

/** @returns whether the file was made. @throws Error for files that cannot be read, IniError for a bad ini */
export async function makeFlash(options: FactoryOptions): Promise<boolean> {
	if (existsSync(options.flash)) return false;
	const records = credentialRecords(options);
	if (options.ini !== undefined) {
		records["factory.ini"] = readIni(options.ini);
	}
	const image =
		options.firmware === undefined ? await buildFirmware({ version: factoryVersion }) : readFileSync(options.firmware);
	const contents = createFlash({ csv: readFileSync(options.partitions, "utf8"), images: { ota_0: image }, records });
	mkdirSync(dirname(options.flash), { recursive: true });
	const temporary = `${options.flash}.${process.pid}.part`;
	writeFileSync(temporary, contents);
	renameSync(temporary, options.flash);
	return true;
}

// SPDX-License-Identifier: Apache-2.0
//
// A new gateway: a flash image with factory firmware in the first slot; in the store the factory ini, certificates and keys.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { IniError } from "../../modules/ini/error.js";
import { SettingsError } from "../../modules/settings/error.js";
import { Settings, type SettingsStore } from "../../modules/settings/settings.js";
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
	/** Folder with any of factory.ini, roots.pem, device.crt, device.key and signing.pem. */
	factory?: string;
}

/** Files of a factory folder and the options they stand for. */
const folderFiles = {
	ini: "factory.ini",
	roots: "roots.pem",
	certificate: "device.crt",
	key: "device.key",
	signingKey: "signing.pem",
};

/** Options that are given win over files of the folder. */
function withFolder(options: FactoryOptions): FactoryOptions {
	const { factory } = options;
	if (factory === undefined) return options;
	if (!existsSync(factory)) throw new Error(`${factory}: no such folder`);
	const found = Object.entries(folderFiles).filter(([, name]) => existsSync(join(factory, name)));
	const files = Object.fromEntries(found.map(([option, name]) => [option, join(factory, name)]));
	const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
	return { ...options, ...files, ...given };
}

/** PEM of the right kind, or DER: what the gateway is given shall not be found to be something else at its first start. */
function readCredential(path: string, what: RegExp): Uint8Array {
	const bytes = readFileSync(path);
	if (bytes[0] !== 0x30 && !what.test(bytes.toString("latin1")))
		throw new Error(`${path}: no PEM text of the kind that is wanted, and no DER`);
	return bytes;
}

/** Records that the firmware imports at its first start (modules/certificates/factory.ts). */
function credentialRecords({ roots, certificate, key, signingKey }: FactoryOptions): Record<string, Uint8Array> {
	const records: Record<string, Uint8Array> = {};
	const certificates = /-----BEGIN CERTIFICATE-----/;
	if (roots !== undefined) records["factory.roots"] = readCredential(roots, certificates);
	if (certificate !== undefined) records["factory.crt"] = readCredential(certificate, certificates);
	if (key !== undefined) records["factory.key"] = readCredential(key, /-----BEGIN (EC |RSA )?PRIVATE KEY-----/);
	if (signingKey !== undefined) records["factory.signing"] = toPEM(readPublicKeys(signingKey));
	return records;
}

function memoryStore(): SettingsStore {
	const records = new Map<string, Uint8Array>();
	return {
		get: (name) => records.get(name),
		names: () => records.keys(),
		commit: (changes) => {
			for (const { name, value } of changes) {
				if (value === undefined) records.delete(name);
				else records.set(name, value);
			}
		},
	};
}

/** A bad file is told here, with the place, and not at the first start. */
function readIni(path: string): Uint8Array {
	const bytes = readFileSync(path);
	const settings = new Settings({ store: memoryStore() });
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
export async function makeFlash(given: FactoryOptions): Promise<boolean> {
	if (existsSync(given.flash)) return false;
	const options = withFolder(given);
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

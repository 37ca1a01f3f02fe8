// SPDX-License-Identifier: Apache-2.0
//
// What a factory puts into the store of a new gateway: ini, certificates, keys, as files of a folder or one by one. Faults of the files
// are told here, with the place, and not at the gateway's first start.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { IniError } from "../../modules/ini/error.js";
import { SettingsError } from "../../modules/settings/error.js";
import { Settings, type SettingsStore } from "../../modules/settings/settings.js";
import { readPublicKeys, toPEM } from "../firmware-lib/keys.js";

/** Paths. */
export interface FactoryFiles {
	ini?: string;
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
function withFolder(options: FactoryFiles): FactoryFiles {
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
function credentialRecords({ roots, certificate, key, signingKey }: FactoryFiles): Record<string, Uint8Array> {
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

/** @returns records of the store by name. @throws Error for files that cannot be read or are of another kind, with the place in an ini */
export function factoryRecords(given: FactoryFiles): Record<string, Uint8Array> {
	const files = withFolder(given);
	const records = credentialRecords(files);
	if (files.ini !== undefined) records["factory.ini"] = readIni(files.ini);
	return records;
}

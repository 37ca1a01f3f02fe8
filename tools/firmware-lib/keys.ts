// SPDX-License-Identifier: Apache-2.0
//
// Key files of firmware signing: makes pairs, reads the public keys of a file, whatever it holds. Leaves out passwords on keys.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { keyDigest, publicKeysIn } from "../../modules/image/public-key.js";
import { FirmwareError } from "./error.js";

export type KeyKind = "ecdsa" | "rsa";

export interface KeyFiles {
	/** PEM file of the private key, readable by its owner only. */
	private: string;
	/** PEM file of the public key. */
	public: string;
}

export function makeKey(kind: KeyKind): KeyObject {
	const { privateKey } =
		kind === "rsa"
			? generateKeyPairSync("rsa", { modulusLength: 3072 })
			: generateKeyPairSync("ec", { namedCurve: "prime256v1" });
	return privateKey;
}

export function publicPEM(key: KeyObject): string {
	return createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
}

/**
 * Makes a key pair; never over an old private key.
 * @param path of the private key; the public one lies beside it, with `.pub` behind its name
 * @throws FirmwareError FIRMWARE_OUTPUT
 */
export function makeKeyFiles(path: string, kind: KeyKind = "ecdsa"): KeyFiles {
	const files = { private: path, public: `${path}.pub` };
	const key = makeKey(kind);
	try {
		writeFileSync(files.private, key.export({ type: "pkcs8", format: "pem" }), { mode: 0o600, flag: "wx" });
		writeFileSync(files.public, publicPEM(key));
	} catch (cause) {
		throw new FirmwareError("FIRMWARE_OUTPUT", `${path}: cannot be written, or is there already`, { cause });
	}
	return files;
}

function readable(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (cause) {
		throw new FirmwareError("FIRMWARE_INPUT", `${path}: cannot be read`, { cause });
	}
}

/** The public half of a file with one private key; otherwise the file. */
function publicHalf(bytes: Buffer, path: string): Uint8Array {
	if (!bytes.includes("PRIVATE KEY-----")) return bytes;
	try {
		return Buffer.from(publicPEM(createPrivateKey(bytes)));
	} catch (cause) {
		throw new FirmwareError("FIRMWARE_KEY", `${path}: private key that cannot be read`, { cause });
	}
}

/**
 * Public keys of a PEM file with public keys, or with one private key.
 * @returns SubjectPublicKeyInfo of each, DER; at least one
 * @throws FirmwareError FIRMWARE_INPUT, FIRMWARE_KEY
 */
export function readPublicKeys(path: string): Uint8Array[] {
	const bytes = publicHalf(readable(path), path);
	try {
		const keys = publicKeysIn(bytes);
		keys.forEach(keyDigest);
		if (keys.length > 0) return keys;
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new FirmwareError("FIRMWARE_KEY", `${path}: ${reason}`, { cause });
	}
	throw new FirmwareError("FIRMWARE_KEY", `${path}: no public key in PEM form`);
}

/** @param keys SubjectPublicKeyInfo, DER @returns them in PEM */
export function toPEM(keys: readonly Uint8Array[]): Buffer {
	const texts = keys.map((key) => {
		const lines =
			Buffer.from(key)
				.toString("base64")
				.match(/.{1,64}/g) ?? [];
		return `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n`;
	});
	return Buffer.from(texts.join(""));
}

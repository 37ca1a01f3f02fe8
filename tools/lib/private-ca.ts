// SPDX-License-Identifier: Apache-2.0
//
// A certificate authority for one demonstration: a root, a server certificate for loopback, certificates of devices. Made by the
// openssl command, P-256, valid for a year. Not for production: its keys lie unprotected in the folder.

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface KeyPair {
	/** PEM files. */
	certificate: string;
	key: string;
}

export interface PrivateCA {
	/** PEM file of the root certificate. */
	root: string;
	server: KeyPair;
	device: KeyPair;
	/** Certificate of one more device. @param name its common name @throws Error when openssl fails */
	issue(name: string): KeyPair;
}

function openssl(args: string[]): void {
	const { status, stderr, error } = spawnSync("openssl", args, { encoding: "utf8" });
	if (status !== 0) throw new Error(`openssl ${args[0]}: ${error?.message ?? stderr.trim()}`);
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

function issue(folder: string, root: KeyPair, name: string, extensions: string[]): KeyPair {
	const file = (ending: string): string => join(folder, `${name}.${ending}`);
	const pair = { certificate: file("crt"), key: file("key") };
	writeFileSync(file("cnf"), `${extensions.join("\n")}\n`);
	openssl(["req", "-new", ...newKey, "-subj", `/CN=${name}`, "-keyout", pair.key, "-out", file("csr")]);
	const signer = ["-CA", root.certificate, "-CAkey", root.key, "-CAcreateserial"];
	openssl([
		"x509",
		"-req",
		"-days",
		"365",
		"-in",
		file("csr"),
		...signer,
		"-extfile",
		file("cnf"),
		"-out",
		pair.certificate,
	]);
	return pair;
}

/** @param device common name of the device's certificate @throws Error when openssl fails */
export function makePrivateCA(folder: string, device: string): PrivateCA {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const root = { certificate: join(folder, "root.crt"), key: join(folder, "root.key") };
	const usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
	const subject = ["-subj", "/CN=upgate demonstration root", "-days", "365", ...usage];
	openssl(["req", "-x509", ...newKey, ...subject, "-keyout", root.key, "-out", root.certificate]);
	const leaf = ["basicConstraints=CA:FALSE", "keyUsage=critical,digitalSignature"];
	const here = "subjectAltName=IP:127.0.0.1,DNS:localhost";
	const issueDevice = (name: string): KeyPair =>
		issue(folder, root, name, [...leaf, "extendedKeyUsage=clientAuth,serverAuth", here]);
	return {
		root: root.certificate,
		server: issue(folder, root, "server", [...leaf, "extendedKeyUsage=serverAuth", here]),
		device: issueDevice(device),
		issue: issueDevice,
	};
}

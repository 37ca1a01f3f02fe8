// SPDX-License-Identifier: Apache-2.0
//
// Makes certificates with the openssl command: roots, intermediates, leaves, and faulty ones. Valid from 2020 to 2040 unless
// told otherwise, so that no test depends on the day it runs.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Issued {
	/** PEM texts. */
	certificate: string;
	key: string;
	/** Files of the same, for servers. */
	certificateFile: string;
	keyFile: string;
	subject: string;
}

export interface IssueOptions {
	/** File name and common name. */
	name: string;
	/** Who signs; itself when absent. */
	by?: Issued;
	key?: "p256" | "p384" | "p192" | "rsa1024" | "rsa2048" | "ed25519";
	/** X.509 extension lines of openssl. */
	extensions: string[];
	/** YYYYMMDDhhmmssZ */
	from?: string;
	to?: string;
	hash?: string;
	subject?: string;
}

const keyArguments: Readonly<Record<NonNullable<IssueOptions["key"]>, string[]>> = {
	p256: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
	p384: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
	p192: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-192"],
	rsa1024: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
	rsa2048: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
	ed25519: ["-algorithm", "ED25519"],
};

export const ca = [
	"basicConstraints=critical,CA:TRUE",
	"keyUsage=critical,keyCertSign,cRLSign",
	"subjectKeyIdentifier=hash",
];
export const leaf = (names: string, usage = "serverAuth"): string[] => [
	"basicConstraints=CA:FALSE",
	"keyUsage=critical,digitalSignature",
	`extendedKeyUsage=${usage}`,
	...(names === "" ? [] : [`subjectAltName=${names}`]),
];

export class CertificateMaker {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
		mkdirSync(join(folder, "new"), { recursive: true });
		writeFileSync(join(folder, "index.txt"), "");
		writeFileSync(join(folder, "index.txt.attr"), "unique_subject = no\n");
		writeFileSync(
			join(folder, "ca.cnf"),
			`[ca]\ndefault_ca = d\n[d]\ndatabase = ${folder}/index.txt\nnew_certs_dir = ${folder}/new\nrand_serial = yes\npolicy = p\n` +
				`[p]\ncommonName = supplied\norganizationName = optional\n[req]\ndistinguished_name = n\n[n]\n`,
		);
	}

	#run(...args: string[]): void {
		const { status, stderr } = spawnSync("openssl", args, { cwd: this.#folder, encoding: "utf8" });
		if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr}`);
	}

	issue(options: IssueOptions): Issued {
		const { name, by, extensions } = options;
		const path = (ending: string): string => join(this.#folder, `${name}.${ending}`);
		const subject = options.subject ?? `/O=upgate test/CN=${name}`;
		this.#run("genpkey", ...keyArguments[options.key ?? "p256"], "-out", path("key"));
		this.#run("req", "-new", "-config", "ca.cnf", "-key", path("key"), "-subj", subject, "-out", path("csr"));
		writeFileSync(path("ext"), `[v3]\n${extensions.join("\n")}\n`);
		const signer = by ? ["-cert", by.certificateFile, "-keyfile", by.keyFile] : ["-selfsign", "-keyfile", path("key")];
		const dates = ["-startdate", options.from ?? "20200101000000Z", "-enddate", options.to ?? "20400101000000Z"];
		const files = ["-extfile", path("ext"), "-extensions", "v3", "-in", path("csr"), "-out", path("crt")];
		this.#run(
			"ca",
			"-batch",
			"-notext",
			"-config",
			"ca.cnf",
			"-md",
			options.hash ?? "sha256",
			...signer,
			...dates,
			...files,
		);
		return this.#issued(path("crt"), path("key"), subject);
	}

	#issued(certificateFile: string, keyFile: string, subject: string): Issued {
		const certificate = readFileSync(certificateFile, "latin1");
		return { certificate, key: readFileSync(keyFile, "latin1"), certificateFile, keyFile, subject };
	}

	/** The same certificate with its signature changed. */
	spoil(issued: Issued, name: string): Issued {
		const body = issued.certificate.replace(/-----[^-]+-----|\s/g, "");
		const bytes = Buffer.from(body, "base64");
		bytes[bytes.length - 1] ^= 1;
		const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
		const file = join(this.#folder, `${name}.crt`);
		writeFileSync(file, `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`);
		return this.#issued(file, issued.keyFile, issued.subject);
	}

	/** One file with several certificates. @returns its path */
	bundle(name: string, ...list: Issued[]): string {
		const file = join(this.#folder, `${name}.pem`);
		writeFileSync(file, list.map((issued) => issued.certificate).join(""));
		return file;
	}
}

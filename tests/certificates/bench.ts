// SPDX-License-Identifier: Apache-2.0
//
// Runs the certificate store on XS (tests/certificates/program) and makes what it is fed with.

import { spawn, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "../../tools/build/index.js";
import { assertNoReport } from "../harness/sanitizers.js";
import type { Issued } from "../tls/certificates.js";

/** What one step came to. */
export interface Outcome {
	result?: unknown;
	code?: string;
	message?: string;
	/** Commits that it made. */
	commits: number;
}

export interface Entry {
	kind: string;
	fingerprint: string;
	keyKind: string;
	subject?: string;
	issuer?: string;
	notBefore?: number;
	notAfter?: number;
	problem?: string;
	damaged?: boolean;
}

const deadlineMs = 120_000;
let executable: Promise<string> | undefined;

const bits32 = process.env.UPGATE_M32 === "1";

/**
 * The program, built once, our C under AddressSanitizer and UndefinedBehaviorSanitizer; without them by UPGATE_SANITIZE=0, and for
 * 32 bits by UPGATE_M32=1.
 */
function program(): Promise<string> {
	executable ??= build({
		manifest: "tests/certificates/program/manifest.json",
		name: "certificates-test",
		sanitize: process.env.UPGATE_SANITIZE !== "0" && !bits32,
		bits32,
	}).then((result) => result.executable);
	return executable;
}

/** Does the steps one after the other on the same records. */
export async function run(...steps: object[]): Promise<Outcome[]> {
	const args = ["--mac", "020000000001", "--option", `spec=${JSON.stringify(steps)}`];
	const child = spawn(await program(), args, {
		stdio: ["ignore", "pipe", "pipe"],
		timeout: deadlineMs,
		killSignal: "SIGKILL",
	});
	const closed = once(child, "close");
	let errors = "";
	child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
	const outcomes: Outcome[] = [];
	for await (const line of createInterface({ input: child.stdout })) {
		if (line.startsWith("{")) outcomes.push(JSON.parse(line) as Outcome);
		if (line.trim() === "done") break;
	}
	child.kill("SIGKILL");
	await closed;
	assertNoReport(errors);
	if (outcomes.length !== steps.length)
		throw new Error(`${outcomes.length} of ${steps.length} steps: ${JSON.stringify(outcomes.at(-1))} ${errors}`);
	return outcomes;
}

/** SHA-256 of the certificate. */
export function fingerprint({ certificate }: Issued): string {
	return new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase();
}

/** DER in hexadecimal digits. */
export function derOf({ certificate }: Issued): string {
	return new X509Certificate(certificate).raw.toString("hex");
}

/** What openssl writes, as Latin-1 or in hexadecimal digits. */
export function openssl(args: string[], input?: string, encoding: "latin1" | "hex" = "latin1"): string {
	const { status, stdout, stderr } = spawnSync("openssl", args, {
		input: input === undefined ? undefined : Buffer.from(input, "latin1"),
	});
	if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr.toString()}`);
	return stdout.toString(encoding);
}

export const add = (role: string, ...pems: string[]): object => ({ do: "import", role, pem: pems.join("") });
export const addDER = (role: string, der: string): object => ({ do: "import", role, der });
export const list = Object.freeze({ do: "list" });

export function entries(outcome: Outcome): Entry[] {
	if (!Array.isArray(outcome.result)) throw new Error(`no list: ${outcome.code} ${outcome.message}`);
	return outcome.result as Entry[];
}

export const kinds = (outcome: Outcome): string[] => entries(outcome).map(({ kind }) => kind);

export const imported = (outcome: Outcome): { changed: boolean; description: string } => {
	if (outcome.result === undefined) throw new Error(`refused: ${outcome.code} ${outcome.message}`);
	return outcome.result as { changed: boolean; description: string };
};

/** The code of a refusal. */
export function code({ code: text, message }: Outcome): string {
	return `${text} ${message}`.split(" ")[0];
}

/** The step that tells a record. */
export function record(name: string): object {
	return { do: "record", name };
}

export function text({ result }: Outcome): string {
	return String(result);
}

/** What an authority does with requests. @param folder for its files */
export function signer(root: Issued, folder: string) {
	const sign = (csr: string): string => {
		const file = join(folder, "signing.csr");
		writeFileSync(file, csr);
		const by = ["-CA", root.certificateFile, "-CAkey", root.keyFile, "-days", "365", "-CAcreateserial"];
		return openssl(["x509", "-req", "-in", file, ...by]);
	};
	/** Another certificate for a key that is there already. */
	const renew = (issued: Issued, name: string): string =>
		sign(openssl(["req", "-new", "-key", issued.keyFile, "-subj", `/CN=${name}`]));
	return { sign, renew };
}

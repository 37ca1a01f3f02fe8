// SPDX-License-Identifier: Apache-2.0
//
// The commands `certificate ...` and `show certificates`: paste, list, remove, revoke, request.

import type { CertificateRequest, Entry, ImportResult, Role } from "../certificates/types.js";
import { toHex } from "../bytes/hex.js";
import { commandTable, type TableCommand } from "./command-table.js";
import type { Paste } from "./commands.js";
import { CommandError } from "./error.js";

export interface CertificatePorts {
	board: { mac: Uint8Array };
	/** The class CertificateStore fits. */
	certificates: {
		/** Bytes that `import` takes at once. */
		readonly maxImportBytes: number;
		import(role: Role, bytes: Uint8Array): ImportResult;
		list(): Iterable<Entry>;
		remove(handle: string, force: boolean): Entry;
		revoke(handle: string, force: boolean): Entry;
		request(subject: string): CertificateRequest;
	};
}

const titles: Readonly<Record<Entry["kind"], string>> = Object.freeze({
	root: "root",
	device: "device",
	chain: "chain",
	key: "key",
	"next-device": "next-device (waits for its key)",
	"next-chain": "next-chain",
	"next-key": "next-key (waits for its certificate)",
	"request-key": "request-key (waits for its certificate)",
	signing: "signing",
	revoked: "revoked (signs no longer)",
});

/** Errors of the store are the operator's: shown as they are, without a stack. */
function attempt<Result>(action: () => Result): Result {
	try {
		return action();
	} catch (error) {
		throw new CommandError("CONSOLE_REFUSED", error instanceof Error ? error.message : "refused");
	}
}

function day(ms: number | undefined): string {
	return ms === undefined ? "?" : new Date(ms).toISOString().slice(0, 10);
}

function* entryLines(entry: Entry): Iterable<string> {
	const { kind, subject, issuer, keyKind, fingerprint, problem } = entry;
	yield `${titles[kind]}${subject === undefined ? "" : `  ${subject}`}`;
	if (problem !== undefined) yield `  problem  ${problem}`;
	if (issuer !== undefined) {
		yield `  issuer   ${issuer === subject ? "itself" : issuer}`;
		yield `  valid    ${day(entry.notBefore)} to ${day(entry.notAfter)}`;
	}
	if (keyKind !== "") yield `  key      ${keyKind}`;
	yield `  SHA-256  ${fingerprint}`;
}

function* listLines({ certificates }: CertificatePorts): Iterable<string> {
	let count = 0;
	for (const entry of certificates.list()) {
		count++;
		yield* entryLines(entry);
	}
	if (count === 0) yield "no certificates and no keys";
}

function* imported({ certificates }: CertificatePorts, role: Role, bytes: Uint8Array): Iterable<string> {
	try {
		yield attempt(() => certificates.import(role, bytes)).description;
	} finally {
		bytes.fill(0);
	}
}

function pasteOf(ports: CertificatePorts, role: Role, what: string): Paste {
	const secret = role === "key" || role === "device";
	return {
		invitation: `paste ${what}; end with an empty line after it, or a dot; Ctrl-C cancels${secret ? "; it is not shown" : ""}`,
		secret,
		maxBytes: ports.certificates.maxImportBytes,
		endsBlock: (line) => line.includes("-----END "),
		run: (bytes) => imported(ports, role, bytes),
	};
}

function isForced(word: string | undefined): boolean {
	if (word === undefined || word.toLowerCase() === "force") return word !== undefined;
	throw new CommandError("CONSOLE_ARGUMENTS", "after the fingerprint only the word force may stand");
}

function* remove({ certificates }: CertificatePorts, handle: string, word: string | undefined): Iterable<string> {
	const force = isForced(word);
	const { kind, subject, fingerprint } = attempt(() => certificates.remove(handle, force));
	yield `removed: ${kind} ${subject ?? fingerprint.slice(0, 16)}`;
}

function* revoke({ certificates }: CertificatePorts, handle: string, word: string | undefined): Iterable<string> {
	const force = isForced(word);
	const { fingerprint } = attempt(() => certificates.revoke(handle, force));
	yield `revoked: ${fingerprint.slice(0, 16)}; firmware that it alone signed is refused`;
}

function* request({ board, certificates }: CertificatePorts, subject: string | undefined): Iterable<string> {
	const { text, isNewKey } = attempt(() => certificates.request(subject ?? `CN=${toHex(board.mac, true)}`));
	for (const line of text.split("\n")) if (line !== "") yield line;
	yield isNewKey
		? "a new key was made; it stays here"
		: "for the key of the request before, whose certificate has not come";
	yield "have it signed, then: certificate import device";
}

function importCommand(role: Role, help: string, what: string): TableCommand<CertificatePorts> {
	return { words: `certificate import ${role}`, usage: "", help, run: (ports) => pasteOf(ports, role, what) };
}

export const certificateTable = commandTable<CertificatePorts>(
	importCommand("root", "trust these authorities too (paste)", "certificates of authorities"),
	importCommand("device", "own certificate and chain (paste)", "the certificate, its chain, perhaps its key"),
	importCommand("key", "private key of the certificate (paste)", "the private key"),
	importCommand("signing", "keys that sign firmware (paste)", "public keys or certificates"),
	{
		words: "certificate list",
		usage: "",
		help: "certificates and keys: names, dates, SHA-256",
		run: listLines,
	},
	{
		words: "certificate remove",
		usage: "FINGERPRINT [force]",
		help: "its first digits will do",
		run: (ports, [handle, word]) => remove(ports, handle, word),
	},
	{
		words: "certificate revoke",
		usage: "FINGERPRINT [force]",
		help: "a key that signs firmware, for good",
		run: (ports, [handle, word]) => revoke(ports, handle, word),
	},
	{
		words: "certificate request",
		usage: "[SUBJECT]",
		help: "make a key and ask for its certificate",
		run: (ports, [subject]) => request(ports, subject),
	},
	{ words: "show certificates", usage: "", help: "the same as certificate list", run: listLines },
);

// SPDX-License-Identifier: Apache-2.0
//
// The operator's password: kept as a salted hash in a record of its own, which no export, no ini file and no page ever shows. One
// account; the console and the web pages share it.
//
//   record "password", 53 bytes: version 1 | iterations, big-endian (4) | salt (16) | PBKDF2-HMAC-SHA-256 (32)

import { encodeUTF8 } from "../bytes/text.js";
import type { TimerService } from "../ecma419/timer.js";
import { derive, sameSecret, type Rounds } from "./derive.js";
import { AccountsError } from "./error.js";

export const passwordRecord = "password";

const version = 1;
const saltBytes = 16;
const hashBytes = 32;
const recordBytes = 1 + 4 + saltBytes + hashBytes;

export interface PasswordRecords {
	get(name: string): Uint8Array | undefined;
	commit(changes: { name: string; value?: Uint8Array }[]): void;
}

export interface PasswordOptions {
	records: PasswordRecords;
	/** `rounds` of rounds.ts. */
	rounds: Rounds;
	timer: TimerService;
	/** Fills with bytes that nobody can guess. */
	random: (bytes: Uint8Array) => void;
	/** Rounds of a new hash; a stored one keeps its own. Default 10,000: about a second on the chip. */
	iterations?: number;
	/** Bytes as UTF-8. Default 8. */
	minBytes?: number;
	/** Default 64. */
	maxBytes?: number;
}

interface Stored {
	iterations: number;
	salt: Uint8Array;
	hash: Uint8Array;
}

function parse(record: Uint8Array): Stored {
	if (record.length !== recordBytes || record[0] !== version)
		throw new AccountsError("ACCOUNTS_RECORD", "the stored password cannot be read");
	const iterations = new DataView(record.buffer, record.byteOffset, record.byteLength).getUint32(1);
	if (iterations < 1 || iterations > 10_000_000)
		throw new AccountsError("ACCOUNTS_RECORD", "the stored password cannot be read");
	return { iterations, salt: record.slice(5, 5 + saltBytes), hash: record.slice(5 + saltBytes) };
}

export class Password {
	readonly #options: PasswordOptions;
	readonly minBytes: number;
	readonly maxBytes: number;
	#busy = false;

	constructor(options: PasswordOptions) {
		this.#options = options;
		this.minBytes = options.minBytes ?? 8;
		this.maxBytes = options.maxBytes ?? 64;
	}

	/** Whether there is one, readable or not: a damaged record must not let everybody set a new one. */
	get isSet(): boolean {
		return this.#options.records.get(passwordRecord) !== undefined;
	}

	/**
	 * Compares, in slices.
	 * @returns `false` also while none is set
	 * @throws AccountsError ACCOUNTS_BUSY while another one is compared, ACCOUNTS_RECORD, ACCOUNTS_HASH
	 */
	async verify(text: string): Promise<boolean> {
		const record = this.#options.records.get(passwordRecord);
		const bytes = encodeUTF8(text);
		if (record === undefined || bytes.length > this.maxBytes) return false;
		const { iterations, salt, hash } = parse(record);
		return this.alone(async () => sameSecret(await derive(this.#options, bytes, salt, iterations), hash));
	}

	/**
	 * Sets a new one, whoever asks: check the old one first where there is one.
	 * @throws AccountsError ACCOUNTS_LENGTH, ACCOUNTS_BUSY, ACCOUNTS_HASH; what the store throws: the old one holds then
	 */
	async set(text: string): Promise<void> {
		const bytes = encodeUTF8(text);
		if (bytes.length < this.minBytes || bytes.length > this.maxBytes)
			throw new AccountsError("ACCOUNTS_LENGTH", `wanted are ${this.minBytes} to ${this.maxBytes} bytes`);
		const { records, random, iterations = 10_000 } = this.#options;
		const value = new Uint8Array(recordBytes);
		value[0] = version;
		new DataView(value.buffer).setUint32(1, iterations);
		const salt = value.subarray(5, 5 + saltBytes);
		random(salt);
		const hash = await this.alone(() => derive(this.#options, bytes, salt, iterations));
		value.set(hash, 5 + saltBytes);
		records.commit([{ name: passwordRecord, value }]);
	}

	/** Removes it: the next to come sets a new one. For the operator at the serial line. */
	remove(): void {
		this.#options.records.commit([{ name: passwordRecord }]);
	}

	/** One at a time: many log-ins at once must not take the processor from the update. */
	private async alone<Result>(work: () => Promise<Result>): Promise<Result> {
		if (this.#busy) throw new AccountsError("ACCOUNTS_BUSY", "another password is being checked");
		this.#busy = true;
		try {
			return await work();
		} finally {
			this.#busy = false;
		}
	}
}

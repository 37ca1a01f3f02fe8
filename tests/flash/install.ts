// SPDX-License-Identifier: Apache-2.0
//
// The shortest way from a file to the boot choice over image and flash modules, for tests: head judged before the first erase,
// the rest written as it comes, signature judged at the end, then the switch. modules/update does the same around a download.

import { sha256 } from "../../modules/bytes/sha256.js";
import { BootSelector } from "../../modules/flash/otadata.js";
import { SlotWriter } from "../../modules/flash/writer.js";
import { ImageParser, type ImageParserOptions } from "../../modules/image/parser.js";
import { checkSignatures, type SigningTrust } from "../../modules/image/trust.js";
import { compareVersions } from "../../modules/image/version.js";
import { FakeFlash } from "../fakes/flash.js";
import { CHIP, MODEL, sampleBlock } from "../image/sample.js";

/** Bytes of header, first segment header and description. */
export const HEAD_LENGTH = 288;
const slotBlocks = 8;
const pieceLength = 1460;

export class Refused extends Error {
	readonly code: string;
	constructor(code: string) {
		super(code);
		this.code = code;
	}
}

/** Digest of the key in blocks of `sampleBlock("ecdsa")`. */
export function sampleKey(): Uint8Array {
	return sha256(sampleBlock("ecdsa", new Uint8Array(32)).subarray(36, 101));
}

/** Slot 0 runs version 7.00.0 and is confirmed; slot 1 is idle and holds what was there before. */
export class Gateway {
	readonly running = new FakeFlash({ blocks: slotBlocks });
	readonly idle = new FakeFlash({ blocks: slotBlocks });
	readonly otadata = new FakeFlash({ blocks: 2 });
	readonly selector = new BootSelector({ flash: this.otadata });
	version = "7.00.0";
	limits: Partial<ImageParserOptions> = { revision: 100, minSecureVersion: 3 };
	trust: SigningTrust = { trusted: [sampleKey()], revoked: [] };
	verified = true;

	constructor() {
		this.running.data.fill(0x11);
		this.idle.data.fill(0x22);
		this.selector.activate(0);
		this.selector.confirm(0);
	}

	/** @param length as announced; @throws ImageError, FlashError, Refused; the slot is spoiled when something was written */
	install(file: Uint8Array, length?: number): SlotWriter {
		const writer = new SlotWriter({ flash: this.idle, expectedBytes: length });
		const onDescription = ({ version }: { version: string }): void => {
			if (compareVersions(version, this.version) <= 0) throw new Refused("VERSION");
		};
		const parser = new ImageParser({ chip: CHIP, model: MODEL, maxSize: writer.size, onDescription, ...this.limits });
		try {
			for (let at = 0; at < file.length;) {
				const piece = file.subarray(at, at + (at === 0 ? HEAD_LENGTH : pieceLength));
				parser.write(piece);
				for (let used = 0; used < piece.length;) used += writer.write(piece.subarray(used));
				at += piece.length;
			}
			checkSignatures(parser.end(), this.trust, () => this.verified);
			while (!writer.finish());
		} catch (error) {
			writer.discard();
			throw error;
		}
		this.selector.activate(1);
		return writer;
	}
}

// SPDX-License-Identifier: Apache-2.0
//
// Push parser of ESP32 application images: any chunking in, constant memory, every byte accounted for.
// Checks structure, checksum, appended SHA-256 and the form of the signature sector; leaves out the cryptographic check
// of signatures (the blocks come out for it) and the mapping rules of single chips.
// Sources: ESP-IDF "App image format", "Secure Boot v2", esp_image_format.c.
//
// header -> (segment -> [description] -> data) x n -> checksum -> hash -> padding -> blocks -> tail -> done
//                                                                        `- end() is legal here and in done only

import { isFilled, xorBytes } from "../bytes/bulk.js";
import { SHA256 } from "../bytes/sha256.js";
import { toHex } from "../bytes/text.js";
import { checkDescription, checkHeader, checkSegment, holds } from "./checks.js";
import { DESCRIPTION_LENGTH, parseDescription, type Description } from "./description.js";
import { ImageError } from "./error.js";
import {
	CHECKSUM_START,
	HASH_LENGTH,
	HEADER_OFFSET,
	IMAGE_HEADER_LENGTH,
	SEGMENT_HEADER_LENGTH,
	checksumOffset,
	parseImageHeader,
	parseSegmentHeader,
	type ImageHeader,
} from "./header.js";
import {
	MAX_SIGNATURES,
	SIGNATURE_BLOCK_LENGTH,
	SIGNATURE_SECTOR_LENGTH,
	parseSignatureBlock,
	type SignatureBlock,
} from "./signature.js";
import type { ImageHash, ImageParserOptions, ImageProof, ImageSegment, ImageSummary } from "./types.js";

export type { ImageHash, ImageParserOptions, ImageProof, ImageSegment, ImageSummary } from "./types.js";

type State =
	"header" | "segment" | "description" | "data" | "checksum" | "hash" | "padding" | "blocks" | "tail" | "done";

const ERASED = 0xff;

/** One image, from its first byte to its last. After a throw the object is dead: every call throws the same error. */
export class ImageParser {
	/** `undefined` once header and description are judged. */
	#options: ImageParserOptions | undefined;
	readonly #maxSize: number;
	readonly #hash: ImageHash;
	#signedHash: ImageHash | undefined;
	#signedDigest: Uint8Array | undefined;
	#state: State = "header";
	/** As long as the description, then as the longest of what is gathered behind it. */
	#scratch = new Uint8Array(DESCRIPTION_LENGTH);
	#held = 0;
	/** Bytes the present state still takes. */
	#left = IMAGE_HEADER_LENGTH;
	#offset = 0;
	#checksum = CHECKSUM_START;
	#header: ImageHeader | undefined;
	#segmentCount = 0;
	/** Segments whose header has been read. */
	#segmentIndex = 0;
	/** Bytes of the last one. */
	#segmentLength = 0;
	#entry = 0;
	/** One of the segments holds the entry address. */
	#entered = false;
	#description: Description | undefined;
	/** `undefined`: nobody asks for them. */
	#segments: ImageSegment[] | undefined = [];
	readonly #signatures: SignatureBlock[] = [];
	#sha256 = new Uint8Array(0);
	#size = 0;
	#failed: unknown;

	/** Checks nothing but takes the options as they are; see `ImageLimits` for them. */
	constructor(options: ImageParserOptions) {
		this.#options = options;
		this.#maxSize = options.maxSize;
		const make = options.hash ?? (() => new SHA256());
		this.#hash = make();
		if (this.#hash.clone === undefined) this.#signedHash = make();
	}

	/** Bytes taken so far. */
	get offset(): number {
		return this.#offset;
	}

	/** The application description, once its 256 bytes are there. */
	get description(): Description | undefined {
		return this.#description;
	}

	/**
	 * Takes the next bytes; keeps no reference to them.
	 * @throws ImageError see README.md; whatever `onDescription` throws
	 */
	write(chunk: Uint8Array): void {
		if (this.#failed !== undefined) throw this.#failed;
		try {
			const { length } = chunk;
			let at = 0;
			while (at < length) at += this.step(chunk, at, length);
		} catch (error) {
			this.#failed = error;
			throw error;
		}
	}

	/**
	 * Drops header, description and segments, which have been judged: while the rest of an image comes, they would only take room.
	 * From now on only `prove` tells how it ends.
	 */
	release(): void {
		this.#header = undefined;
		this.#description = undefined;
		this.#segments = undefined;
	}

	/**
	 * Says that there are no more bytes.
	 * @throws ImageError IMAGE_TRUNCATED
	 */
	end(): ImageSummary {
		const proof = this.prove();
		const header = this.#header;
		const description = this.#description;
		const segments = this.#segments;
		if (header === undefined || description === undefined || segments === undefined) throw this.truncated();
		return { ...proof, header, description, segments };
	}

	/** As `end`, of what has been proved of the whole. @throws ImageError IMAGE_TRUNCATED */
	prove(): ImageProof {
		if (this.#failed !== undefined) throw this.#failed;
		const complete = this.#state === "done" || (this.#size > 0 && this.#offset === this.#size);
		if (!complete) throw this.truncated();
		return { size: this.#size, length: this.#offset, sha256: this.#sha256, signatures: this.#signatures };
	}

	private truncated(): ImageError {
		const error = new ImageError("IMAGE_TRUNCATED", this.#offset, `image ends in its ${this.#state}`);
		this.#failed = error;
		return error;
	}

	/** Takes what belongs to the present state. @returns count of bytes, at least 1 */
	private step(chunk: Uint8Array, at: number, end: number): number {
		if (this.#state === "done") throw new ImageError("IMAGE_TRAILER", this.#offset, "bytes after the image");
		if (this.#size > 0 && this.#offset === this.#size) this.checkSectorFits();
		const room = end - at;
		const count = room < this.#left ? room : this.#left;
		const piece = count === end ? chunk : chunk.subarray(at, at + count);
		if (this.#state === "data") this.#checksum = xorBytes(piece, this.#checksum);
		else if (this.#state === "padding" || this.#state === "tail") this.expectErased(piece);
		else this.#scratch.set(piece, this.#held);
		this.digest(piece);
		this.#held += count;
		this.#left -= count;
		this.#offset += count;
		while (this.#left === 0) this.advance();
		return count;
	}

	/** The appended hash covers all before it; signatures cover the hash and the padding too. */
	private digest(piece: Uint8Array): void {
		if (this.#state === "blocks" || this.#state === "tail") return;
		if (this.#state !== "hash" && this.#state !== "padding") this.#hash.update(piece);
		this.#signedHash?.update(piece);
	}

	private enter(state: State, length: number): void {
		this.#state = state;
		this.#left = length;
		this.#held = 0;
	}

	/** The present state has all its bytes: judges them and chooses the next state. */
	private advance(): void {
		switch (this.#state) {
			case "header":
				return this.endHeader();
			case "segment":
				return this.endSegmentHeader();
			case "description":
				return this.endDescription();
			case "data":
				return this.nextSegment();
			case "checksum":
				return this.endChecksum();
			case "hash":
				return this.endHash();
			case "padding":
				return this.endPadding();
			case "blocks":
				return this.endBlock();
			case "tail":
			case "done":
				return this.enter("done", 1); // one more byte is one too many: step throws
			default:
				return this.#state satisfies never;
		}
	}

	private endHeader(): void {
		const header = parseImageHeader(this.#scratch);
		if (this.#options !== undefined) checkHeader(header, this.#options);
		this.#header = header;
		this.#segmentCount = header.segmentCount;
		this.#entry = header.entry;
		this.enter("segment", SEGMENT_HEADER_LENGTH);
	}

	private endSegmentHeader(): void {
		const segment = { ...parseSegmentHeader(this.#scratch), offset: this.#offset };
		checkSegment(segment, this.#segmentIndex, this.#maxSize);
		this.#segmentIndex++;
		this.#segmentLength = segment.length;
		this.#entered ||= holds(segment, this.#entry);
		this.#segments?.push(segment);
		if (this.#segmentIndex === 1) this.enter("description", DESCRIPTION_LENGTH);
		else this.enter("data", segment.length);
	}

	private endDescription(): void {
		const options = this.#options;
		const offset = this.#offset - DESCRIPTION_LENGTH;
		const description = parseDescription(this.#scratch, offset);
		if (options !== undefined) checkDescription(description, offset, options);
		this.#description = description;
		this.#checksum = xorBytes(this.#scratch, this.#checksum);
		this.#scratch = new Uint8Array(HASH_LENGTH);
		this.#options = undefined;
		this.enter("data", this.#segmentLength - DESCRIPTION_LENGTH);
		if (this.#header !== undefined) options?.onDescription?.(description, this.#header);
	}

	private nextSegment(): void {
		if (this.#segmentIndex < this.#segmentCount) return this.enter("segment", SEGMENT_HEADER_LENGTH);
		if (!this.#entered) throw new ImageError("IMAGE_ENTRY", HEADER_OFFSET.entry, "entry address lies in no segment");
		this.enter("checksum", checksumOffset(this.#offset) + 1 - this.#offset);
	}

	private endChecksum(): void {
		const found = this.#scratch[this.#held - 1];
		const text = `checksum 0x${found.toString(16)}, 0x${this.#checksum.toString(16)} computed`;
		if (found !== this.#checksum) throw new ImageError("IMAGE_CHECKSUM", this.#offset - 1, text);
		this.#signedHash ??= this.#hash.clone?.();
		this.enter("hash", HASH_LENGTH);
	}

	private endHash(): void {
		this.#sha256 = this.#scratch.slice(0, HASH_LENGTH);
		if (toHex(this.#hash.digest()) !== toHex(this.#sha256)) {
			throw new ImageError("IMAGE_HASH", this.#offset - HASH_LENGTH, "appended SHA-256 is not that of the image");
		}
		this.#size = this.#offset;
		this.enter("padding", -this.#offset & (SIGNATURE_SECTOR_LENGTH - 1));
	}

	private endPadding(): void {
		this.#scratch = new Uint8Array(SIGNATURE_BLOCK_LENGTH);
		this.enter("blocks", SIGNATURE_BLOCK_LENGTH);
	}

	private endBlock(): void {
		const start = this.#offset - SIGNATURE_BLOCK_LENGTH;
		// An erased block ends the list; the first may not be erased, since then there would be no reason for the sector.
		if (this.#signatures.length > 0 && this.#scratch[0] === ERASED) {
			this.expectErased(this.#scratch, start);
			return this.enter("tail", this.sectorEnd() - this.#offset);
		}
		const block = parseSignatureBlock(this.#scratch, start);
		this.#signedDigest ??= this.#signedHash?.digest();
		if (this.#signedDigest === undefined || toHex(block.digest) !== toHex(this.#signedDigest)) {
			throw new ImageError("IMAGE_SIGNATURE_DIGEST", start + 4, "signature block is for another image");
		}
		this.#signatures.push(block);
		if (this.#signatures.length < MAX_SIGNATURES) this.enter("blocks", SIGNATURE_BLOCK_LENGTH);
		else this.enter("tail", this.sectorEnd() - this.#offset);
	}

	private sectorEnd(): number {
		return Math.ceil(this.#size / SIGNATURE_SECTOR_LENGTH) * SIGNATURE_SECTOR_LENGTH + SIGNATURE_SECTOR_LENGTH;
	}

	private checkSectorFits(): void {
		if (this.sectorEnd() > this.#maxSize) {
			throw new ImageError("IMAGE_SIZE", this.#offset, `signature sector ends above ${this.#maxSize} bytes`);
		}
	}

	private expectErased(piece: Uint8Array, base = this.#offset): void {
		if (isFilled(piece, ERASED)) return;
		const bad = piece.findIndex((byte) => byte !== ERASED);
		throw new ImageError("IMAGE_TRAILER", base + bad, "padding byte is not 0xff");
	}
}

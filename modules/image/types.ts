// SPDX-License-Identifier: Apache-2.0
//
// What goes into the image parser and what comes out of it.

import type { ImageLimits } from "./checks.js";
import type { Description } from "./description.js";
import type { ImageHeader } from "./header.js";
import type { SignatureBlock } from "./signature.js";

/** What the parser needs of SHA-256; a native one may take the place of the default. */
export interface ImageHash {
	update(bytes: Uint8Array): void;
	/** 32 bytes; nothing is called afterwards. */
	digest(): Uint8Array;
	/** A second hash in the same state. Without it the parser hashes everything twice. */
	clone?(): ImageHash;
}

export interface ImageParserOptions extends ImageLimits {
	/** Called from inside `write`, once, before any byte after the description is looked at; may throw to refuse. */
	onDescription?: (description: Description, header: ImageHeader) => void;
	/** Maker of SHA-256 objects; default the one of `modules/bytes`. */
	hash?: () => ImageHash;
}

export interface ImageSegment {
	address: number;
	length: number;
	/** Position of the data in the image. */
	offset: number;
}

/** What is proved of a whole image. */
export interface ImageProof {
	/** Bytes up to and with the appended hash. */
	size: number;
	/** All bytes: `size`, and padding and signature sector where there is one. */
	length: number;
	/** The appended SHA-256, found right. */
	sha256: Uint8Array;
	/** Blocks of the signature sector, 0 to 3; `digest` of each found right, signatures not yet verified. */
	signatures: SignatureBlock[];
}

export interface ImageSummary extends ImageProof {
	header: ImageHeader;
	description: Description;
	segments: ImageSegment[];
}

// SPDX-License-Identifier: Apache-2.0
//
// The error of this module. Codes are listed in README.md.

import { ParseError } from "../bytes/error.js";

/** Why an image, a description or a version is refused; `offset` is the byte position in the image (or in the text). */
export class ImageError extends ParseError {
	override readonly name: string = "ImageError";
}

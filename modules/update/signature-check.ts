// SPDX-License-Identifier: Apache-2.0
//
// Trust in firmware: gathers keys and policy, asks the image module, tells the outcome. The verdict comes after the last byte of
// the file, because the signatures stand at its end, and before the boot choice changes. Leaves out whose certificates the
// keys are in. Source: ESP-IDF "Secure Boot v2".

import { SHA256 } from "../bytes/sha256.js";
import { encodeUTF8, toHex } from "../bytes/text.js";
import type { ImageProof } from "../image/parser.js";
import { keyDigest } from "../image/public-key.js";
import { checkKeys, checkSignatures, type SigningTrust } from "../image/trust.js";
import type { UpdateContext } from "./interfaces.js";

type Context = Pick<UpdateContext, "settings" | "signing" | "report">;

/** What a refused signature will be again until file or keys change: the slot is not written for it a second time. */
const remembered: readonly string[] = Object.freeze([
	"IMAGE_UNSIGNED",
	"IMAGE_KEY_UNKNOWN",
	"IMAGE_KEY_REVOKED",
	"IMAGE_SIGNATURE_BAD",
]);

export function isRemembered(code: string | undefined): boolean {
	return code !== undefined && remembered.includes(code);
}

function isVerifying({ settings }: Context): boolean {
	return settings.text("AUPDVerifySignature") !== "0";
}

/**
 * To be asked before the first erase.
 * @returns the keys to trust; `undefined` where verification is switched off
 * @throws ImageError IMAGE_NO_KEYS, IMAGE_KEY
 */
export function takeTrust(context: Context): SigningTrust | undefined {
	if (!isVerifying(context)) return undefined;
	const { signing } = context;
	const trust = { trusted: signing.keys().map(keyDigest), revoked: signing.revoked() };
	checkKeys(trust);
	return trust;
}

/**
 * Judges a whole image. Keys are read again: a download takes its time.
 * @throws ImageError as `checkSignatures`, IMAGE_KEY, IMAGE_VERIFIER
 */
export function checkTrust(context: Context, image: ImageProof): void {
	const trust = takeTrust(context);
	if (trust === undefined) return context.report({ event: "signature", verified: false });
	const { kind, key } = checkSignatures(image, trust, context.signing.verify);
	context.report({ event: "signature", verified: true, kind, key });
}

/** Short name of all that decides which firmware is taken besides the file itself. */
export function policyOf({ settings, signing }: Context): string {
	const hash = new SHA256();
	const add = (bytes: Uint8Array): void => hash.update(bytes);
	add(encodeUTF8(`${settings.text("AllowDowngrade")}${settings.text("AUPDVerifySignature")}`));
	try {
		signing.keys().forEach(add);
		add(encodeUTF8("revoked"));
		signing.revoked().forEach(add);
	} catch {
		return "unreadable"; // told when firmware is judged
	}
	return toHex(hash.digest()).slice(0, 16);
}

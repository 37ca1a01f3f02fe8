// SPDX-License-Identifier: Apache-2.0
//
// Which names and values that no parameter is for are not shown, by the words in them. Rather one too many: what is not shown stays
// where it is.

const words: readonly string[] = Object.freeze([
	"password",
	"passwd",
	"passphrase",
	"secret",
	"community",
	"credential",
	"token",
	"privatekey",
	"privkey",
	"sharedkey",
	"authkey",
	"pwnonce",
]);

/** @param text a name, or several */
export function isSecretName(text: string): boolean {
	const lower = text.toLowerCase();
	return words.some((word) => lower.includes(word));
}

/** Whether a text has a URL with a user, or with a user and password. */
export function hasCredentials(text: string): boolean {
	const scheme = text.indexOf("://");
	return scheme >= 0 && text.indexOf("@", scheme) >= 0;
}

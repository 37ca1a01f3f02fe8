// SPDX-License-Identifier: Apache-2.0
//
// Which servers are the gateway's own: those that a setting names. Only they get its certificate; a server that a redirect
// leads to does not.

import { parseURL } from "../http/url.js";

/** The texts of all settings; the class Settings fits. */
export interface SettingTexts {
	entries(): Iterable<{ text: string }>;
}

function authorityOf(text: string): string | undefined {
	return /^https:\/\/([^/?#]+)/i.exec(text)?.[1];
}

/** @returns whether a setting holds an https URL with this host and port */
export function isConfiguredServer(settings: SettingTexts, server: { host: string; port: number }): boolean {
	for (const { text } of settings.entries()) {
		const authority = authorityOf(text);
		if (authority === undefined) continue;
		try {
			// The path may hold tags that are no URL characters.
			const { host, port } = parseURL(`https://${authority}/`);
			if (host === server.host && port === server.port) return true;
		} catch {
			// A text that is no URL names no server.
		}
	}
	return false;
}

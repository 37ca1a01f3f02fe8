// SPDX-License-Identifier: Apache-2.0
//
// Which servers are the gateway's own.

import assert from "node:assert/strict";
import test from "node:test";
import { isConfiguredServer } from "../../modules/update/servers.js";

const settings = {
	entries: () => [
		{ text: "lobby" },
		{ text: "https://user:secret@Own.test/config_<MAC>.ini" },
		{ text: "https://[2001:db8::1]:8443/a" },
		{ text: "http://plain.test/" },
		{ text: "https://bad host/" },
	],
};

test("a server named by an https setting is the gateway's own, whatever stands in the path", () => {
	assert.equal(isConfiguredServer(settings, { host: "own.test", port: 443 }), true);
	assert.equal(isConfiguredServer(settings, { host: "2001:db8::1", port: 8443 }), true);
});

test("other ports, other hosts and plain http are not", () => {
	assert.equal(isConfiguredServer(settings, { host: "own.test", port: 8443 }), false);
	assert.equal(isConfiguredServer(settings, { host: "sub.own.test", port: 443 }), false);
	assert.equal(isConfiguredServer(settings, { host: "plain.test", port: 443 }), false);
	assert.equal(isConfiguredServer(settings, { host: "plain.test", port: 80 }), false);
});

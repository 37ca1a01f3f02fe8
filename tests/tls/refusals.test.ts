// SPDX-License-Identifier: Apache-2.0
//
// A client refuses each faulty certificate with a code of its own, and takes the good ones. The servers are openssl's.
// node-only: servers, sockets and processes

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { eventOf, OpenSSLServer, runClient, type ClientSpec } from "./bench.js";
import { ca, CertificateMaker, type Issued, leaf } from "./certificates.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-tls-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const maker = new CertificateMaker(folder);
const names = "DNS:server.test,DNS:*.wild.test,IP:127.0.0.1";
const root = maker.issue({ name: "root", extensions: ca });
const rsaRoot = maker.issue({ name: "rsa-root", key: "rsa2048", extensions: ca });
const stranger = maker.issue({ name: "stranger", extensions: ca });
const intermediate = maker.issue({ name: "intermediate", by: root, extensions: ca });
const short = maker.issue({
	name: "short",
	by: root,
	extensions: ["basicConstraints=critical,CA:TRUE,pathlen:0", ...ca.slice(1)],
});
const below = maker.issue({ name: "below-short", by: short, extensions: ca });
const noCA = maker.issue({ name: "no-ca", by: root, extensions: ["basicConstraints=CA:FALSE", ...ca.slice(1)] });
const noSign = maker.issue({ name: "no-sign", by: root, extensions: [ca[0], "keyUsage=critical,digitalSignature"] });
const good = maker.issue({ name: "good", by: root, extensions: leaf(names) });
const lax = ["-www", "-cipher", "DEFAULT@SECLEVEL=0"];

interface Case {
	title: string;
	own: Issued;
	chain?: Issued[];
	/** Absent: it is accepted. */
	code?: string;
	host?: string;
	roots?: Issued[];
	message?: RegExp;
	/** openssl's server sees the fault itself under the other version. */
	only?: string;
}

function chainOf(length: number): { own: Issued; chain: Issued[] } {
	const chain = [root];
	for (let i = 1; i <= length; i++)
		chain.push(maker.issue({ name: `link-${length}-${i}`, by: chain[i - 1], extensions: ca }));
	return {
		own: maker.issue({ name: `far-${length}`, by: chain[length], extensions: leaf(names) }),
		chain: chain.slice(1).reverse(),
	};
}

const plain = (name: string, options: object = {}): Issued =>
	maker.issue({ name, by: root, extensions: leaf(names), ...options });

const cases: Case[] = [
	{ title: "a certificate of a trusted root", own: good },
	{ title: "an address", own: good, host: "127.0.0.1" },
	{ title: "a wildcard", own: good, host: "a.wild.test" },
	{ title: "a name in other letters and with a dot at its end", own: good, host: "SERVER.test." },
	{ title: "an RSA chain", own: plain("rsa", { by: rsaRoot, key: "rsa2048" }), roots: [root, rsaRoot] },
	{ title: "a P-384 key", own: plain("p384", { key: "p384" }) },
	{ title: "a chain with an intermediate", own: plain("by-intermediate", { by: intermediate }), chain: [intermediate] },
	{
		title: "a chain in odd order with more than is needed",
		own: plain("odd", { by: intermediate }),
		chain: [stranger, root, short, intermediate],
	},
	{ title: "a chain as long as it may be", ...chainOf(5) },
	{
		title: "an expired one",
		own: plain("expired", { from: "20200101000000Z", to: "20210203040506Z" }),
		code: "TLS_EXPIRED",
		message: /CN=expired.* expired on 2021-02-03 04:05 by clock 20\d\d-.* from host/,
	},
	{
		title: "one that is not valid yet",
		own: plain("future", { from: "20390101000000Z" }),
		code: "TLS_NOT_YET_VALID",
		message: /is valid from 2039-01-01 00:00/,
	},
	{ title: "another name", own: good, host: "other.test", code: "TLS_NAME" },
	{ title: "a wildcard for two labels", own: good, host: "a.b.wild.test", code: "TLS_NAME" },
	{
		title: "another address",
		own: plain("address", { extensions: leaf("IP:127.0.0.2") }),
		host: "127.0.0.1",
		code: "TLS_NAME",
	},
	{
		title: "an address written as a name",
		own: plain("as-name", { extensions: leaf("DNS:127.0.0.1") }),
		host: "127.0.0.1",
		code: "TLS_NAME",
	},
	{ title: "a self-signed one", own: maker.issue({ name: "self", extensions: leaf(names) }), code: "TLS_SELF_SIGNED" },
	{
		title: "an unknown root",
		own: plain("unknown", { by: stranger }),
		chain: [stranger],
		code: "TLS_ROOT_UNKNOWN",
		message: /CN=stranger/,
	},
	{
		title: "a missing intermediate",
		own: plain("alone", { by: intermediate }),
		code: "TLS_ISSUER_MISSING",
		message: /CN=intermediate/,
	},
	{ title: "an issuer without the CA flag", own: plain("by-no-ca", { by: noCA }), chain: [noCA], code: "TLS_NOT_CA" },
	{
		title: "an issuer that may not sign",
		own: plain("by-no-sign", { by: noSign }),
		chain: [noSign],
		code: "TLS_CA_USAGE",
	},
	{
		title: "a path length exceeded",
		own: plain("too-deep", { by: below }),
		chain: [below, short],
		code: "TLS_PATH_LENGTH",
	},
	{
		title: "a wrong extended usage",
		own: plain("client-only", { extensions: leaf(names, "clientAuth") }),
		code: "TLS_USAGE",
	},
	{
		title: "a wrong usage",
		only: "1.3",
		own: plain("no-signing", { extensions: ["keyUsage=critical,keyAgreement", `subjectAltName=${names}`] }),
		code: "TLS_USAGE",
	},
	{ title: "a weak RSA key", own: plain("rsa1024", { key: "rsa1024" }), code: "TLS_WEAK_KEY" },
	{ title: "a weak hash", own: plain("sha1", { hash: "sha1" }), code: "TLS_WEAK_HASH" },
	{ title: "a broken signature", own: maker.spoil(good, "spoilt"), code: "TLS_SIGNATURE", message: /CN=root/ },
	{ title: "a huge chain", ...chainOf(9), code: "TLS_CHAIN_LENGTH" },
	{ title: "no roots at all", own: good, roots: [], code: "TLS_NO_ROOTS" },
];

async function connect(item: Case, spec: Partial<ClientSpec>): Promise<ReturnType<typeof eventOf>> {
	return eventOf(await eventsWith(item, spec), "error");
}

async function eventsWith(item: Case, spec: Partial<ClientSpec>): ReturnType<typeof runClient> {
	const chain = item.chain ? ["-cert_chain", maker.bundle("chain", ...item.chain)] : [];
	const server = await OpenSSLServer.start(item.own, [...lax, ...chain]);
	try {
		const roots = (item.roots ?? [root]).map((issued) => issued.certificate);
		const host = item.host ?? "server.test";
		return await runClient({ port: server.port, host, roots, send: "GET / HTTP/1.0\r\n\r\n", ...spec });
	} finally {
		await server.close();
	}
}

for (const version of ["1.2", "1.3"]) {
	for (const item of cases) {
		if (item.only && item.only !== version) continue;
		test(`TLS ${version} ${item.code ? "refuses" : "takes"} ${item.title}`, async () => {
			const error = await connect(item, { minimum: version, maximum: version });
			assert.equal(error.code, item.code ?? "TLS_CLOSED", String(error.message));
			if (item.message) assert.match(String(error.message), item.message);
			if (item.code) assert.notEqual(error.number, 0);
		});
	}
}

test("a clock that is only a floor does not judge the start of validity, but its end", async () => {
	const future = await connect(cases.find((item) => item.code === "TLS_NOT_YET_VALID") as Case, {
		clockSource: "floor",
	});
	assert.equal(future.code, "TLS_CLOSED");
	const expired = await connect(cases.find((item) => item.code === "TLS_EXPIRED") as Case, { clockSource: "floor" });
	assert.equal(expired.code, "TLS_EXPIRED");
});

test("verification can be turned off", async () => {
	const self = cases.find((item) => item.code === "TLS_SELF_SIGNED") as Case;
	for (const verify of ["none", "optional"] as const) {
		const events = await eventsWith(self, { verify });
		assert.equal(eventOf(events, "error").code, "TLS_CLOSED");
		assert.equal(eventOf(events, "secure").verified, false);
	}
});

// SPDX-License-Identifier: Apache-2.0
//
// Sessions against Apache, lighttpd and nginx: authentication, redirects, ranges, conditions.
// node-only: starts Debian's web servers

import test, { type TestContext } from "node:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SessionGetOptions } from "../../modules/http/session.js";
import {
	fetchFrom,
	file,
	makeSession,
	password,
	Peer,
	realm,
	user,
	writePasswords,
	writeSecrets,
	type Fetched,
	type Layout,
} from "./peers.js";

const credentials = [{ user, password }];

function apache({ folder, root, port }: Layout): string[] {
	const modules = [
		"mpm_event",
		"authn_core",
		"authn_file",
		"authz_core",
		"authz_user",
		"auth_basic",
		"auth_digest",
		"alias",
	];
	const load = modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
	const secrets = writeSecrets(folder);
	const lines = [
		...load,
		`ServerRoot ${folder}`,
		"ServerName localhost",
		`Listen 127.0.0.1:${port}`,
		`PidFile ${folder}/pid`,
		`DefaultRuntimeDir ${folder}`,
		`ErrorLog ${folder}/error.log`,
		'LogFormat "%>s %r" short',
		`CustomLog ${folder}/access.log short`,
		...(process.getuid?.() === 0 ? ["User www-data", "Group www-data"] : []),
		`DocumentRoot ${root}`,
		`Redirect 302 /moved /basic/x`,
		`<Directory ${root}/basic>`,
		"AuthType Basic",
		`AuthName "${realm}"`,
		`AuthUserFile ${writePasswords(folder)}`,
		"Require valid-user",
		"</Directory>",
		`<Directory ${root}/md5>`,
		"AuthType Digest",
		`AuthName "${realm}"`,
		`AuthUserFile ${secrets}`,
		"AuthDigestDomain /md5/",
		"Require valid-user",
		"</Directory>",
	];
	writeFileSync(join(folder, "conf"), `${lines.join("\n")}\n`);
	return ["apache2", "-DFOREGROUND", "-f", join(folder, "conf")];
}

function lighttpd({ folder, root, port }: Layout): string[] {
	const rule = (name: string, algorithm: string, more = ""): string =>
		`"/${name}" => ("method" => "digest", "algorithm" => "${algorithm}", "realm" => "${realm}", "require" => "valid-user"${more})`;
	const rules = [
		rule("md5", "MD5"),
		rule("sha", "SHA-256"),
		rule("both", "MD5|SHA-256"),
		rule("hashed", "SHA-256", ', "userhash" => "enable"'),
	];
	const lines = [
		'server.modules = ("mod_access", "mod_auth", "mod_authn_file", "mod_accesslog")',
		`server.document-root = "${root}"`,
		'server.bind = "127.0.0.1"',
		`server.port = ${port}`,
		`server.errorlog = "${folder}/error.log"`,
		`accesslog.filename = "${folder}/access.log"`,
		'accesslog.format = "%s %r"',
		'auth.backend = "htdigest"',
		`auth.backend.htdigest.userfile = "${writeSecrets(folder, true)}"`,
		`auth.require = (${rules.join(", ")})`,
	];
	writeFileSync(join(folder, "conf"), `${lines.join("\n")}\n`);
	return ["lighttpd", "-D", "-f", join(folder, "conf")];
}

function nginx({ folder, root, port }: Layout): string[] {
	const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
		(name) => `${name}_temp_path ${folder}/${name};`,
	);
	writeFileSync(
		join(folder, "conf"),
		`daemon off;
master_process off;
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 64; }
http {
	${temporary.join("\n\t")}
	log_format short '$status $request';
	access_log ${folder}/access.log short;
	server {
		listen 127.0.0.1:${port};
		root ${root};
		location /basic { auth_basic "r"; auth_basic_user_file ${writePasswords(folder)}; }
		location /moved { return 308 /plain/x; }
		location /loop { return 301 /loop; }
	}
}
`,
	);
	return ["nginx", "-p", folder, "-c", join(folder, "conf")];
}

interface Bench {
	peer: Peer;
	get: (path: string, options?: Partial<SessionGetOptions>) => Promise<Fetched>;
}

async function start(t: TestContext, configure: (layout: Layout) => string[]): Promise<Bench> {
	const peer = await Peer.start(configure);
	t.after(() => peer.close());
	const session = makeSession();
	t.after(() => session.close());
	return { peer, get: (path, options = {}) => fetchFrom(session, { url: peer.url + path, ...options }) };
}

function assertWhole({ status, body }: Fetched): void {
	assert.equal(status, 200);
	assert.ok(body.equals(file));
}

const wrong = { credentials: [{ user, password: "wrong" }] };
const unauthorized = { code: "HTTP_UNAUTHORIZED", status: 401 };

test("Apache: Basic, asked for and by URL; a wrong password ends at the first refusal", async (t) => {
	const { peer, get } = await start(t, apache);
	assertWhole(await get("/basic/x", { credentials }));
	const url = peer.url.replace("://", `://${user}:${encodeURIComponent(password)}@`);
	assertWhole(await fetchFrom(makeSession(), { url: `${url}/basic/x` }));
	assertWhole(await fetchFrom(makeSession(), { url: `${url}/moved` }));
	await assert.rejects(get("/basic/x", wrong), unauthorized);
	await assert.rejects(get("/basic/x"), unauthorized);
});

test("Apache: Digest by MD5, with its proof in Authentication-Info, one nonce for several requests", async (t) => {
	const { peer, get } = await start(t, apache);
	for (const path of ["/md5/x", "/md5/x?a=b%20c", "/md5/../md5/x"]) {
		const fetched = await get(path, { credentials });
		assertWhole(fetched);
		assert.match(fetched.header("authentication-info") ?? "", /rspauth="[0-9a-f]{32}"/);
	}
	const url = `${peer.url.replace("://", `://${user}:${encodeURIComponent(password)}@`)}/md5/x`;
	assertWhole(await fetchFrom(makeSession(), { url }));
	await assert.rejects(fetchFrom(makeSession(), { url: `${peer.url}/md5/x`, ...wrong }), unauthorized);
	const statuses = (await peer.log(8)).map((line) => line.slice(0, 3));
	assert.deepEqual(statuses, ["401", "200", "200", "200", "401", "200", "401", "401"]);
});

test("lighttpd: Digest by MD5 and SHA-256, the stronger of both, and with hashed user names", async (t) => {
	const { peer, get } = await start(t, lighttpd);
	for (const path of ["/md5/x", "/sha/x", "/both/x", "/hashed/x"]) {
		const session = makeSession();
		assertWhole(await fetchFrom(session, { url: peer.url + path, credentials }));
		assertWhole(await fetchFrom(session, { url: `${peer.url + path}?again`, credentials }));
		session.close();
		await assert.rejects(fetchFrom(makeSession(), { url: peer.url + path, ...wrong }), unauthorized);
	}
	await assert.rejects(get("/sha/x"), unauthorized);
});

test("nginx: the rest of a file by its ETag and by its date, and the whole file when it is another", async (t) => {
	const { get } = await start(t, nginx);
	const { header } = await get("/plain/x");
	const total = file.length;
	for (const validator of [header("etag"), header("last-modified")]) {
		assert.ok(validator !== undefined);
		for (const first of [0, 1, 50_000, total - 1]) {
			const { status, body } = await get("/plain/x", { range: { first, validator: validator!, total } });
			assert.equal(status, 206);
			assert.ok(body.equals(file.subarray(first)), `from ${first}`);
		}
		const part = await get("/plain/x", { range: { first: 10, last: 19, validator: validator! } });
		assert.ok(part.body.equals(file.subarray(10, 20)));
	}
	assertWhole(await get("/plain/x", { range: { first: 9, validator: '"other"' } }));
	const beyond = await get("/plain/x", { range: { first: total, validator: header("etag")! } });
	assert.equal(beyond.status, 416);
	await assert.rejects(get("/plain/x", { range: { first: 9, validator: header("etag")!, total: total + 1 } }), {
		code: "HTTP_CONTENT_RANGE",
	});
});

test("nginx: 304 to its own validators, redirects, a redirect loop, Basic", async (t) => {
	const { peer, get } = await start(t, nginx);
	const { header } = await get("/plain/x");
	for (const [name, field] of [
		["If-None-Match", "etag"],
		["If-Modified-Since", "last-modified"],
	] as const) {
		const { status, body } = await get("/plain/x", { headers: [[name, header(field)!]] });
		assert.deepEqual([status, body.length], [304, 0]);
	}
	assertWhole(await get("/moved"));
	await assert.rejects(get("/loop"), { code: "HTTP_REDIRECT_LOOP", status: 301 });
	assertWhole(await get("/basic/x", { credentials }));
	await assert.rejects(fetchFrom(makeSession(), { url: `${peer.url}/basic/x`, ...wrong }), unauthorized);
	assert.equal((await peer.log(4, "/basic/x")).length, 4);
});

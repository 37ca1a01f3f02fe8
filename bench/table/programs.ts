// SPDX-License-Identifier: Apache-2.0
//
// Rows that small programs of ours are measured for: parsing an ini file, TLS handshakes.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "ini";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { IniParser } from "../../modules/ini/parse.js";
import { build } from "../../tools/build/index.js";
import { makePrivateCA } from "../../tools/lib/private-ca.js";
import { Nginx } from "../../tests/e2e/nginx.js";
import { iniPiece, pieces } from "../ini/text.js";
import { interleave, median, timed } from "../lib/measure.js";
import { cpuUntilEnd } from "../lib/program.js";
import type { Row } from "../lib/table.js";

function cpuHere(action: () => void): Promise<number> {
	const before = process.cpuUsage();
	action();
	const { user, system } = process.cpuUsage(before);
	return Promise.resolve((user + system) / 1e6);
}

export async function iniRows(rounds: number): Promise<Row[]> {
	const { executable } = await build({ manifest: "bench/ini/manifest.json", name: "bench-ini" });
	const bytes = encodeUTF8(iniPiece());
	const text = iniPiece().repeat(pieces);
	const node = (): Promise<number> =>
		cpuHere(() => {
			const parser = new IniParser({ onEntry: () => undefined });
			for (let i = 0; i < pieces; i++) parser.write(bytes);
			parser.end();
		});
	const times = 3;
	const xs = async (): Promise<number> => {
		const start = await cpuUntilEnd(executable, { rounds: "0" });
		return ((await cpuUntilEnd(executable, { rounds: String(times) })) - start) / times;
	};
	const [here, npm, there] = (await interleave(rounds, [node, () => cpuHere(() => void parse(text)), xs])).map(median);
	return [
		{ what: "parse an ini of 1 MB, Node", ours: here * 1000, peer: npm * 1000, by: "npm ini", unit: "CPU ms" },
		{ what: "parse an ini of 1 MB, XS", ours: there * 1000, unit: "CPU ms" },
	];
}

/** CPU of one handshake of `openssl s_time`, its start left out as far as it is in a run of none. */
async function opensslHandshake(port: string, roots: string, kind: "-new" | "-reuse"): Promise<number> {
	const script = `openssl s_time -connect "127.0.0.1:$port" -CAfile "$roots" -tls1_2 ${kind} -time 2`;
	const { cpu, stdout } = await timed(script, { port, roots });
	const count = Number(/(\d+) connections in [\d.]+ real seconds/.exec(stdout)?.[1] ?? 0);
	if (count === 0) throw new Error(`openssl s_time: ${stdout}`);
	return cpu / count;
}

export async function handshakeRows(rounds: number): Promise<Row[]> {
	const { executable } = await build({ manifest: "bench/tls/manifest.json", name: "bench-tls" });
	const folder = mkdtempSync(join(tmpdir(), "upgate-bench-"));
	const authority = makePrivateCA(join(folder, "ca"), "device");
	const { certificate, key } = authority.server;
	const lines = [`ssl_certificate ${certificate};`, `ssl_certificate_key ${key};`, "ssl_session_cache shared:s:1m;"];
	const nginx = await Nginx.start(join(folder, "nginx"), folder, lines);
	const { port } = new URL(nginx.url);
	const roots = readFileSync(authority.root, "utf8");
	const ours = (resume: string) => async (): Promise<number> => {
		const options = { port, roots, resume };
		const start = await cpuUntilEnd(executable, { ...options, count: "0" });
		return ((await cpuUntilEnd(executable, { ...options, count: "200" })) - start) / 200;
	};
	const theirs = (kind: "-new" | "-reuse") => () => opensslHandshake(port, authority.root, kind);
	try {
		const all = await interleave(rounds, [ours("0"), theirs("-new"), ours("1"), theirs("-reuse")]);
		const [full, fullPeer, resumed, resumedPeer] = all.map((values) => median(values) * 1000);
		const by = "openssl s_time";
		return [
			{ what: "TLS 1.2 handshake, full", ours: full, peer: fullPeer, by, unit: "CPU ms" },
			{ what: "TLS 1.2 handshake, resumed", ours: resumed, peer: resumedPeer, by, unit: "CPU ms" },
		];
	} finally {
		await nginx.close();
		rmSync(folder, { recursive: true });
	}
}

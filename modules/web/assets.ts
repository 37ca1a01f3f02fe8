// SPDX-License-Identifier: Apache-2.0
//
// The static files of the pages, from asset-data.ts, as they lie there: compressed, in pieces. They hold no secret and need no log-in.

import { decodeBase64 } from "../bytes/base64.js";
import type { ServerExchange } from "../http-server/options.js";
import { assets, type Asset } from "./asset-data.js";
import { WebError } from "./error.js";
import { safeHeaders } from "./reply.js";

async function send(exchange: ServerExchange, { type, tag, length, pieces }: Asset): Promise<void> {
	// Asked for each time, answered with 304 until the firmware is another one.
	const headers = [["ETag", tag], ["Cache-Control", "no-cache"], ...safeHeaders] as const;
	if (exchange.head.headers.get("if-none-match") === tag) return exchange.respond(304, headers);
	await exchange.begin(200, [["Content-Type", type], ["Content-Encoding", "gzip"], ...headers], length);
	for (const piece of pieces) await exchange.write(decodeBase64(piece));
	await exchange.end();
}

/** @throws WebError WEB_NOT_FOUND, WEB_METHOD */
export function serveAsset(exchange: ServerExchange): Promise<void> {
	const { method, path } = exchange.head;
	const wanted = path === "/" ? "/index.html" : path;
	const asset = assets.find((item) => item.path === wanted);
	if (asset === undefined) throw new WebError(404, "WEB_NOT_FOUND", "there is nothing of this name");
	if (method === "POST") throw new WebError(405, "WEB_METHOD", "method not possible here");
	return send(exchange, asset);
}

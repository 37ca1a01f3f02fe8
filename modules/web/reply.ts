// SPDX-License-Identifier: Apache-2.0
//
// Answers of the pages: headers that all of them carry, and a body that is written piece by piece, so that a long one is never held.

import { encodeUTF8 } from "../bytes/text.js";
import type { ResponseHeaders, Sent, ServerExchange } from "../http-server/options.js";
import type { WebError } from "./error.js";

/** Nothing but this device's own files; no frames, no forms elsewhere (CSP level 3). */
const policy =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'none'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export const safeHeaders: ResponseHeaders = Object.freeze([
	["Content-Security-Policy", policy],
	["X-Content-Type-Options", "nosniff"],
	["Referrer-Policy", "no-referrer"],
	["Cross-Origin-Opener-Policy", "same-origin"],
	["Cross-Origin-Resource-Policy", "same-origin"],
] as const);

export function headersFor(type: string, more: ResponseHeaders = []): ResponseHeaders {
	return [["Content-Type", type], ["Cache-Control", "no-store"], ...safeHeaders, ...more];
}

export const jsonType = "application/json";

export function replyJSON(exchange: ServerExchange, value: unknown, status = 200, more: ResponseHeaders = []): Sent {
	return exchange.respond(status, headersFor(jsonType, more), encodeUTF8(JSON.stringify(value)));
}

export function replyError(exchange: ServerExchange, error: WebError): Sent {
	const { code, message, status, details } = error;
	const more: ResponseHeaders = details.seconds === undefined ? [] : [["Retry-After", String(details.seconds)]];
	return replyJSON(exchange, { error: { code, message, ...details } }, status, more);
}

/** Pieces are sent when so many characters have come together. */
const pieceLength = 700;

/** A body of text without a length. Its methods return nothing to wait for in most cases: each promise takes memory. */
export class TextBody {
	readonly #exchange: ServerExchange;
	#held = "";

	constructor(exchange: ServerExchange) {
		this.#exchange = exchange;
	}

	begin(type: string, more: ResponseHeaders = []): Sent {
		return this.#exchange.begin(200, headersFor(type, more));
	}

	add(text: string): Sent {
		this.#held += text;
		return this.#held.length >= pieceLength ? this.flush() : undefined;
	}

	flush(): Sent {
		const text = this.#held;
		this.#held = "";
		return text === "" ? undefined : this.#exchange.write(encodeUTF8(text));
	}

	end(text = ""): Sent {
		this.#held += text;
		const flushed = this.flush();
		return flushed === undefined ? this.#exchange.end() : flushed.then(() => this.#exchange.end());
	}
}

/** A JSON array, one item after the other, between `before` and `after`. */
export function replyList(exchange: ServerExchange, items: Iterable<unknown>, before = "[", after = "]"): Sent {
	const body = new TextBody(exchange);
	const texts = listTexts(items, before);
	let sent = body.begin(jsonType);
	while (sent === undefined) {
		const next = texts.next();
		if (next.done === true) return body.end(after);
		sent = body.add(next.value);
	}
	return addRest(sent, body, texts, after);
}

async function addRest(sent: Promise<void>, body: TextBody, texts: Iterable<string>, after: string): Promise<void> {
	await sent;
	for (const text of texts) await body.add(text);
	await body.end(after);
}

function* listTexts(items: Iterable<unknown>, before: string): Generator<string, void> {
	yield before;
	let comma = "";
	for (const item of items) {
		yield comma + JSON.stringify(item);
		comma = ",";
	}
}

// SPDX-License-Identifier: Apache-2.0
//
// The management pages: finds the route of a request and checks, before anything else, that whoever asks may ask. The pages themselves
// are static files that draw what this interface tells.

import { HTTPError } from "../http/errors.js";
import type { Sent, ServerExchange } from "../http-server/options.js";
import { checkOrigin, checkToken, findSession } from "./access.js";
import { serveAsset } from "./assets.js";
import { refused, WebError } from "./error.js";
import { Live } from "./live.js";
import type { WebPorts } from "./ports.js";
import { replyError } from "./reply.js";
import type { OpenCall, Route, WebState } from "./route.js";
import { routes } from "./routes.js";
import { Sessions, type SessionsOptions } from "./sessions.js";

/** Time and chance for the sessions. */
class SessionPorts implements SessionsOptions {
	readonly #ports: WebPorts;

	constructor(ports: WebPorts) {
		this.#ports = ports;
	}

	ticks(): number {
		return this.#ports.board.clock.ticks();
	}

	random(bytes: Uint8Array): void {
		this.#ports.board.random(bytes);
	}

	idleMs(): number {
		return this.#ports.settings.number("WebSessionTimeout") * 60_000;
	}
}

export class Web {
	readonly #state: WebState;

	constructor(ports: WebPorts) {
		const { log } = ports;
		const sessions = new Sessions(new SessionPorts(ports));
		this.#state = { ports, sessions, log, live: new Live({ ports, sessions, log }) };
	}

	/** There is something new to show. */
	wake(): void {
		this.#state.live.wake();
	}

	/** Answers one request: for the HTTP server. Throws or rejects only when the connection is lost. */
	handle(exchange: ServerExchange): Sent {
		try {
			return this.answer(exchange)?.catch((error: unknown) => this.refuse(exchange, error));
		} catch (error) {
			return this.refuse(exchange, error);
		}
	}

	private refuse(exchange: ServerExchange, error: unknown): Sent {
		if (error instanceof HTTPError || exchange.begun) throw error;
		return replyError(exchange, refused(error));
	}

	/** @throws WebError */
	private answer(exchange: ServerExchange): Sent {
		const { method, path } = exchange.head;
		if (!path.startsWith("/api/")) return serveAsset(exchange);
		const reads = method === "HEAD" ? "GET" : method;
		const matching = routes.filter((route) => route.path === path);
		const route = matching.find((item) => item.method === reads);
		if (matching.length === 0) throw new WebError(404, "WEB_NOT_FOUND", "there is nothing of this name");
		if (route === undefined) throw new WebError(405, "WEB_METHOD", "method not possible here");
		return this.run(route, exchange);
	}

	private run(route: Route, exchange: ServerExchange): Sent {
		const { sessions, ports } = this.#state;
		if (route.method === "POST") checkOrigin(exchange);
		const session = findSession(exchange, sessions, route.automatic !== true);
		const call: OpenCall = { ...this.#state, exchange, session };
		if (route.open) return route.run(call);
		if (session === undefined) throw new WebError(401, "WEB_LOGIN", "log in first");
		if (route.method === "POST") checkToken(exchange, session);
		if (route.changes === true && ports.settings.flag("DisableWebConfig"))
			throw new WebError(403, "WEB_READ_ONLY", "the pages only show: DisableWebConfig is 1");
		return route.run({ ...call, session });
	}
}

// SPDX-License-Identifier: Apache-2.0
//
// One address of the pages' interface. The tables of routes are frozen and preloaded: they take no memory at run time.

import type { Method } from "../http-server/request-line.js";
import type { Sent, ServerExchange } from "../http-server/options.js";
import type { Live } from "./live.js";
import type { LogRing } from "../trace/log-ring.js";
import type { WebPorts } from "./ports.js";
import type { Session, Sessions } from "./sessions.js";

/** What all requests share. */
export interface WebState {
	readonly ports: WebPorts;
	readonly sessions: Sessions;
	readonly log: LogRing;
	readonly live: Live;
}

export interface Call extends WebState {
	readonly exchange: ServerExchange;
	/** Who asks; always there unless the route is `open`. */
	readonly session: Session;
}

export interface OpenCall extends WebState {
	readonly exchange: ServerExchange;
	readonly session: Session | undefined;
}

export interface RouteTraits {
	/** Changes a setting or more: refused while DisableWebConfig is 1. */
	readonly changes?: boolean;
	/** The browser asks by itself: that does not keep the session. */
	readonly automatic?: boolean;
}

interface Place extends RouteTraits {
	readonly method: Method;
	readonly path: string;
}

export type Route =
	| (Place & { readonly open: true; readonly run: (call: OpenCall) => Sent })
	| (Place & { readonly open: false; readonly run: (call: Call) => Sent });

/** For those who are logged in. */
export function route(method: Method, path: string, run: (call: Call) => Sent, traits: RouteTraits = {}): Route {
	return Object.freeze({ method, path, open: false, run, ...traits });
}

/** For everybody. */
export function openRoute(method: Method, path: string, run: (call: OpenCall) => Sent): Route {
	return Object.freeze({ method, path, open: true, run });
}

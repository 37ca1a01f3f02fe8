// SPDX-License-Identifier: Apache-2.0
//
// Log-in, log-out, the first password and a new one.

import { AccountsError } from "../accounts/error.js";
import type { Sent } from "../http-server/options.js";
import { readJSON, textField } from "./body.js";
import { checkOwnHost, sessionCookie } from "./access.js";
import { WebError } from "./error.js";
import { replyJSON } from "./reply.js";
import { openRoute, route, type Call, type OpenCall, type Route } from "./route.js";
import type { Session } from "./sessions.js";

/** What a page has to know before all else. */
function describeSession({ ports, session }: OpenCall): object {
	const { board, settings, password } = ports;
	const name = settings.text("HostName") || board.application.name;
	if (session === undefined) return { state: password.isSet ? "login" : "setup", name };
	const { name: model, version } = board.application;
	const readOnly = settings.flag("DisableWebConfig");
	return { state: "open", name, model, version, readOnly, token: session.token };
}

function answer(call: OpenCall, session: Session | undefined): Sent {
	const { exchange } = call;
	const cookie = sessionCookie(exchange.secure, session);
	return replyJSON(exchange, describeSession({ ...call, session }), 200, [["Set-Cookie", cookie]]);
}

/** @throws WebError WEB_WAIT */
function checkWait({ ports, exchange }: OpenCall): void {
	const ms = ports.guard.waitMs(exchange.remoteAddress);
	if (ms === 0) return;
	const seconds = Math.ceil(ms / 1000);
	throw new WebError(429, "WEB_WAIT", `too many failures: wait ${seconds} s`, { seconds });
}

/** @throws WebError WEB_WAIT, WEB_PASSWORD */
async function checkPassword(call: OpenCall, text: string): Promise<void> {
	const { ports, exchange } = call;
	checkWait(call);
	if (await attempt(() => ports.password.verify(text))) return ports.guard.succeeded(exchange.remoteAddress);
	ports.guard.failed(exchange.remoteAddress);
	throw new WebError(401, "WEB_PASSWORD", "wrong password");
}

/** @throws WebError for what the account says */
async function attempt<Result>(work: () => Promise<Result>): Promise<Result> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof AccountsError)) throw error;
		if (error.code === "ACCOUNTS_BUSY") throw new WebError(429, "WEB_WAIT", error.message, { seconds: 1 });
		throw new WebError(422, "WEB_PASSWORD", error.message, { reason: error.code });
	}
}

async function logIn(call: OpenCall): Promise<void> {
	const fields = await readJSON(call.exchange, "password");
	if (!call.ports.password.isSet) throw new WebError(409, "WEB_SETUP", "no password is set yet");
	await checkPassword(call, textField(fields, "password"));
	return answer(call, call.sessions.open());
}

async function setUp(call: OpenCall): Promise<void> {
	const { exchange, ports, sessions } = call;
	checkOwnHost(exchange, ports.settings.text("HostName"));
	const fields = await readJSON(exchange, "password");
	if (ports.password.isSet) throw new WebError(409, "WEB_SETUP", "a password is set already");
	await attempt(() => ports.password.set(textField(fields, "password")));
	return answer(call, sessions.open());
}

async function change(call: Call): Promise<void> {
	const { exchange, ports, sessions, session } = call;
	const fields = await readJSON(exchange, "old", "password");
	await checkPassword(call, textField(fields, "old"));
	await attempt(() => ports.password.set(textField(fields, "password")));
	sessions.endOthers(session);
	return replyJSON(exchange, {});
}

function logOut(call: Call): Sent {
	call.sessions.end(call.session);
	return answer(call, undefined);
}

export const logInRoutes: readonly Route[] = Object.freeze([
	openRoute("GET", "/api/session", (call) => replyJSON(call.exchange, describeSession(call))),
	openRoute("POST", "/api/setup", setUp),
	openRoute("POST", "/api/login", logIn),
	route("POST", "/api/logout", logOut),
	route("POST", "/api/password", change),
]);

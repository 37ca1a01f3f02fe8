// SPDX-License-Identifier: Apache-2.0
//
// Certificates: what is there, import of PEM or DER, removal, request for an own certificate. Private keys go in, and never out.

import type { Entry, Role } from "../certificates/types.js";
import { queryValue } from "../http-server/request-line.js";
import type { Sent } from "../http-server/options.js";
import { needType, readBytes, readJSON, textField } from "./body.js";
import { refused, WebError } from "./error.js";
import { replyJSON, replyList } from "./reply.js";
import { route, type Call, type Route } from "./route.js";

const roles: readonly string[] = Object.freeze(["root", "device", "key", "signing"]);

function attempt<Result>(work: () => Result): Result {
	try {
		return work();
	} catch (error) {
		throw refused(error);
	}
}

function* described(entries: Iterable<Entry>): Iterable<object> {
	for (const { kind, fingerprint, keyKind, subject, issuer, notBefore, notAfter, problem } of entries)
		yield { kind, fingerprint, keyKind, subject, issuer, notBefore, notAfter, problem };
}

async function take({ exchange, ports }: Call): Promise<void> {
	needType(exchange, "application/octet-stream");
	const role = queryValue(exchange.head.query, "role") ?? "";
	if (!roles.includes(role)) throw new WebError(400, "WEB_BODY", `role: ${roles.join(", ")} expected`);
	const bytes = await readBytes(exchange, ports.certificates.maxImportBytes);
	await replyJSON(
		exchange,
		attempt(() => ports.certificates.import(role as Role, bytes)),
	);
	bytes.fill(0);
}

async function remove({ exchange, ports }: Call): Promise<void> {
	const fields = await readJSON(exchange, "fingerprint", "force");
	const handle = textField(fields, "fingerprint");
	attempt(() => ports.certificates.remove(handle, fields.force === true));
	await replyJSON(exchange, {});
}

async function request({ exchange, ports }: Call): Promise<void> {
	const subject = textField(await readJSON(exchange, "subject"), "subject");
	await replyJSON(
		exchange,
		attempt(() => ports.certificates.request(subject)),
	);
}

function list({ exchange, ports }: Call): Sent {
	return replyList(exchange, described(ports.certificates.list()));
}

const changes = Object.freeze({ changes: true });

export const certificateRoutes: readonly Route[] = Object.freeze([
	route("GET", "/api/certificates", list),
	route("POST", "/api/certificates", take, changes),
	route("POST", "/api/certificates/remove", remove, changes),
	route("POST", "/api/certificates/request", request, changes),
]);

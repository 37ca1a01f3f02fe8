// SPDX-License-Identifier: Apache-2.0
//
// A provisioning server for tests on a desk: a folder by HTTP with Last-Modified, ETag, Date and Range, templates by MAC
// address, and files picked by User-Agent. Not for production: nginx serves the same folder.

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import fastifyStatic from "@fastify/static";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { type Choice, chooseRule, loadRules, renderTemplate, RulesError, rulesFile } from "./rules.js";

export interface ServerOptions {
	/** Folder to serve. */
	root: string;
	/** 0 for any free port. */
	port: number;
	/** Default 127.0.0.1. */
	address?: string;
	/** One line per request. */
	log?: (line: string) => void;
}

export interface ProvisioningServer {
	port: number;
	url: string;
	close(): Promise<void>;
}

function describeRequest(request: FastifyRequest, reply: FastifyReply): string {
	const time = new Date().toISOString().slice(11, 23);
	const length = reply.getHeader("content-length");
	const bytes = length === undefined || reply.statusCode === 304 ? "" : ` ${String(length)} bytes`;
	const notes = ["range", "if-none-match", "if-modified-since"]
		.filter((name) => request.headers[name] !== undefined)
		.map((name) => ` ${name}: ${String(request.headers[name])}`);
	const agent = request.headers["user-agent"] ?? "no User-Agent";
	const took = `${Math.round(reply.elapsedTime)} ms`;
	return `${time} ${request.method} ${request.url} -> ${reply.statusCode}${bytes}, ${took} [${agent}]${notes.join(",")}`;
}

function notModified(request: FastifyRequest, etag: string, modified: Date): boolean {
	const none = request.headers["if-none-match"];
	if (none !== undefined) return none.split(",").some((tag) => tag.trim() === etag || tag.trim() === "*");
	const since = Date.parse(request.headers["if-modified-since"] ?? "");
	return Number.isFinite(since) && Math.floor(modified.getTime() / 1000) * 1000 <= since;
}

function sendTemplate(root: string, choice: Choice, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	const { rule, mac } = choice;
	const path = join(root, rule.template ?? "");
	const values = {
		SERVER: `${request.protocol}://${request.headers.host ?? "localhost"}`,
		...(mac === undefined ? {} : { MAC: mac }),
		...rule.values.default,
		...(mac === undefined ? {} : rule.values[mac]),
	};
	const body = Buffer.from(renderTemplate(readFileSync(path, "utf8"), values));
	const modified = new Date(Math.max(statSync(path).mtimeMs, statSync(join(root, rulesFile)).mtimeMs));
	const etag = `"${createHash("sha256").update(body).digest("hex").slice(0, 32)}"`;
	void reply.header("etag", etag).header("last-modified", modified.toUTCString());
	if (notModified(request, etag, modified)) return reply.code(304).send();
	return reply.type("text/plain").send(body);
}

function answer(root: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	const path = decodeURIComponent(request.url.split("?")[0]);
	if (path === `/${rulesFile}`) return reply.code(404).send({ error: "not found" });
	const choice = chooseRule(loadRules(root), path, request.headers["user-agent"] ?? "");
	if (choice === undefined) return reply.sendFile(path.slice(1));
	if (choice.rule.template !== undefined) return sendTemplate(root, choice, request, reply);
	return reply.sendFile((choice.rule.file ?? "").replaceAll("{MAC}", choice.mac ?? ""));
}

async function makeServer(options: ServerOptions): Promise<FastifyInstance> {
	const root = resolve(options.root);
	if (!statSync(root).isDirectory()) throw new RulesError(`${root} is no folder`);
	loadRules(root);
	const server = fastify({ keepAliveTimeout: 30_000, forceCloseConnections: true });
	await server.register(fastifyStatic, {
		...{ root, serve: false, etag: true, lastModified: true, acceptRanges: true },
		setHeaders: (reply, path) => {
			/* The registered meaning of the ending is another one. */
			if (path.endsWith(".cmp")) void reply.header("content-type", "application/octet-stream");
		},
	});
	server.addHook("onResponse", (request, reply, done) => {
		options.log?.(describeRequest(request, reply));
		done();
	});
	server.get("/*", (request, reply) => answer(root, request, reply));
	return server;
}

/** @throws RulesError for a bad rules file, Error when the port is taken */
export async function startProvisioningServer(options: ServerOptions): Promise<ProvisioningServer> {
	const server = await makeServer(options);
	const address = options.address ?? "127.0.0.1";
	await server.listen({ host: address, port: options.port });
	const bound = server.server.address();
	const port = typeof bound === "object" && bound !== null ? bound.port : options.port;
	const host = address.includes(":") ? `[${address}]` : address;
	return { port, url: `http://${host}:${port}`, close: () => server.close() };
}

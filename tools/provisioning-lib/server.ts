// SPDX-License-Identifier: Apache-2.0
//
// A provisioning server for tests on a desk: a folder by HTTP with Last-Modified, ETag, Date and Range, templates by MAC
// address, and files picked by User-Agent. Not for production: nginx serves the same folder.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import type { ServerOptions as ServerTLSOptions } from "node:https";
import { join, resolve } from "node:path";
import { TLSSocket } from "node:tls";
import fastifyStatic from "@fastify/static";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { type AuthOptions, Guard } from "./auth.js";
import { faults } from "./faults.js";
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
	/** Name of a fault that every file is answered with; see `setFault`. */
	fault?: string;
	/** What a client must prove; a fault does not ask. */
	auth?: AuthOptions;
	/** Serve https. PEM texts. */
	tls?: TLSOptions;
}

export interface TLSOptions {
	certificate: string;
	key: string;
	/** Roots that a client's certificate must lead to; absent: none is asked for. */
	clientRoots?: string;
}

export interface ProvisioningServer {
	port: number;
	url: string;
	/** Changes the fault, `undefined` for none. @throws RangeError for a name that is not in `faults` */
	setFault(name: string | undefined): void;
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
	const { socket } = request.raw;
	if (socket instanceof TLSSocket)
		notes.push(` ${socket.getProtocol() ?? "TLS"} certificate: ${socket.getPeerCertificate().subject?.CN ?? "none"}`);
	const user = /username="([^"]*)"/.exec(request.headers.authorization ?? "")?.[1];
	if (user !== undefined) notes.push(` user: ${user}`);
	const took = `${Math.round(reply.elapsedTime)} ms`;
	return `${time} ${request.method} ${request.url} -> ${reply.statusCode}${bytes}, ${took} [${agent}]${notes.join(",")}`;
}

function notModified(request: FastifyRequest, etag: string, modified: Date): boolean {
	const none = request.headers["if-none-match"];
	if (none !== undefined) return none.split(",").some((tag) => tag.trim() === etag || tag.trim() === "*");
	const since = Date.parse(request.headers["if-modified-since"] ?? "");
	return Number.isFinite(since) && Math.floor(modified.getTime() / 1000) * 1000 <= since;
}

interface Rendered {
	body: Buffer;
	modified: Date;
}

function renderChoice(root: string, choice: Choice, request: FastifyRequest): Rendered {
	const { rule, mac } = choice;
	const path = join(root, rule.template ?? "");
	const values = {
		SERVER: `${request.protocol}://${request.headers.host ?? "localhost"}`,
		...(mac === undefined ? {} : { MAC: mac }),
		...rule.values.default,
		...(mac === undefined ? {} : rule.values[mac]),
	};
	const body = Buffer.from(renderTemplate(readFileSync(path, "utf8"), values));
	return { body, modified: new Date(Math.max(statSync(path).mtimeMs, statSync(join(root, rulesFile)).mtimeMs)) };
}

function sendTemplate(root: string, choice: Choice, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	const { body, modified } = renderChoice(root, choice, request);
	const etag = `"${createHash("sha256").update(body).digest("hex").slice(0, 32)}"`;
	void reply.header("etag", etag).header("last-modified", modified.toUTCString());
	if (notModified(request, etag, modified)) return reply.code(304).send();
	return reply.type("text/plain").send(body);
}

function pathOf(request: FastifyRequest): string {
	return decodeURIComponent(request.url.split("?")[0]);
}

function choose(root: string, request: FastifyRequest): Choice | undefined {
	return chooseRule(loadRules(root), pathOf(request), request.headers["user-agent"] ?? "");
}

function fileOf(choice: Choice | undefined, request: FastifyRequest): string {
	if (choice === undefined) return pathOf(request).slice(1);
	return (choice.rule.file ?? "").replaceAll("{MAC}", choice.mac ?? "");
}

function answer(root: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	if (pathOf(request) === `/${rulesFile}`) return reply.code(404).send({ error: "not found" });
	const choice = choose(root, request);
	if (choice?.rule.template !== undefined) return sendTemplate(root, choice, request, reply);
	return reply.sendFile(fileOf(choice, request));
}

/** What a fault has to spoil; nothing for a file that is not there or not in the folder. */
function contentOf(root: string, request: FastifyRequest): Rendered {
	const choice = choose(root, request);
	if (choice?.rule.template !== undefined) return renderChoice(root, choice, request);
	const path = resolve(root, fileOf(choice, request));
	const found = path.startsWith(`${root}/`) && existsSync(path) && statSync(path).isFile();
	return found
		? { body: readFileSync(path), modified: statSync(path).mtime }
		: { body: Buffer.alloc(0), modified: new Date() };
}

/** The fault in force, if there is one. */
class Misbehaviour {
	#name: string | undefined;
	#count = 0;

	/** @throws RangeError */
	set(name: string | undefined): void {
		if (name !== undefined && !Object.hasOwn(faults, name)) throw new RangeError(`no fault is called ${name}`);
		this.#name = name;
	}

	/** @returns whether the request has been taken */
	answer(root: string, request: FastifyRequest, reply: FastifyReply, log: ServerOptions["log"]): boolean {
		const name = this.#name;
		if (name === undefined) return false;
		reply.hijack();
		const { socket } = request.raw;
		socket.on("error", () => undefined); // whoever is served so will break off
		log?.(`${new Date().toISOString().slice(11, 23)} ${request.method} ${request.url} -> fault ${name}`);
		const header = (field: string): string | undefined => request.headers[field]?.toString();
		faults[name].answer({ socket, path: request.url, header, count: this.#count++, ...contentOf(root, request) });
		return true;
	}
}

/** @returns whether the request has been refused */
function refuse(guard: Guard | undefined, request: FastifyRequest, reply: FastifyReply): boolean {
	if (guard === undefined) return false;
	const { accepted, fields } = guard.check(request.headers.authorization, request.method, request.url);
	for (const [name, value] of fields) void reply.header(name, value);
	return !accepted;
}

function httpsOptions(tls: TLSOptions | undefined): { https: ServerTLSOptions } | object {
	if (tls === undefined) return {};
	const { certificate: cert, key, clientRoots: ca } = tls;
	return { https: { cert, key, ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true }) } };
}

/** Weak entity tags of files become strong ones: nothing is recoded here, so size and time tell bytes, and a Range may name them. */
function addStrongTags(server: FastifyInstance): void {
	server.addHook("onRequest", (request, _reply, done) => {
		const { headers } = request.raw;
		const asked = headers["if-range"];
		if (typeof asked === "string" && asked.startsWith('"')) headers["if-range"] = `W/${asked}`;
		done();
	});
	server.addHook("onSend", (_request, reply, _payload, done) => {
		const tag = reply.getHeader("etag");
		if (typeof tag === "string" && tag.startsWith("W/")) void reply.header("etag", tag.slice(2));
		done();
	});
}

async function makeServer(options: ServerOptions, misbehaviour: Misbehaviour): Promise<FastifyInstance> {
	const root = resolve(options.root);
	if (!statSync(root).isDirectory()) throw new RulesError(`${root} is no folder`);
	loadRules(root);
	const server = fastify({ keepAliveTimeout: 30_000, forceCloseConnections: true, ...httpsOptions(options.tls) });
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
	addStrongTags(server);
	const guard = options.auth === undefined ? undefined : new Guard(options.auth);
	server.get("/*", (request, reply) => {
		if (misbehaviour.answer(root, request, reply, options.log)) return reply;
		if (refuse(guard, request, reply)) return reply.code(401).send({ error: "unauthorized" });
		return answer(root, request, reply);
	});
	return server;
}

/** @throws RulesError for a bad rules file, RangeError for an unknown fault, Error when the port is taken */
export async function startProvisioningServer(options: ServerOptions): Promise<ProvisioningServer> {
	const misbehaviour = new Misbehaviour();
	misbehaviour.set(options.fault);
	const server = await makeServer(options, misbehaviour);
	const address = options.address ?? "127.0.0.1";
	await server.listen({ host: address, port: options.port });
	const bound = server.server.address();
	const port = typeof bound === "object" && bound !== null ? bound.port : options.port;
	const host = address.includes(":") ? `[${address}]` : address;
	const setFault = (name: string | undefined): void => misbehaviour.set(name);
	const scheme = options.tls === undefined ? "http" : "https";
	return { port, url: `${scheme}://${host}:${port}`, setFault, close: () => server.close() };
}

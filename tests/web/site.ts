// SPDX-License-Identifier: Apache-2.0
//
// A gateway with its pages open, and a plain client for them that keeps cookie and token as a browser does. Node only.

import { mkdtempSync, rmSync } from "node:fs";
import { type Agent, type IncomingHttpHeaders, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../harness/loopback.js";
import { Bench, type BenchOptions } from "../e2e/bench.js";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";

export const password = "correct horse battery";

export interface Answer {
	status: number;
	headers: IncomingHttpHeaders;
	body: Buffer;
	/** The body as JSON. */
	json: Record<string, unknown>;
}

export interface Asking {
	method?: string;
	/** Sent as JSON, unless it is text or bytes already. */
	body?: object | string | Uint8Array;
	headers?: Record<string, string>;
	/** Keeps connections; default: one for each request. */
	agent?: Agent;
}

function parse(body: Buffer): Record<string, unknown> {
	try {
		return JSON.parse(body.toString("utf8")) as Record<string, unknown>;
	} catch {
		return {};
	}
}

/** A client with one cookie and one token. */
export class Visitor {
	cookie = "";
	token = "";
	readonly url: string;

	constructor(url: string) {
		this.url = url;
	}

	ask(path: string, { method, body, headers = {}, agent }: Asking = {}): Promise<Answer> {
		const isJSON = typeof body === "object" && !(body instanceof Uint8Array);
		const bytes = body === undefined ? undefined : Buffer.from(isJSON ? JSON.stringify(body) : (body as string));
		const sent: Record<string, string> = { ...(isJSON ? { "content-type": "application/json" } : {}), ...headers };
		if (bytes !== undefined) sent["content-length"] ??= String(bytes.length);
		if (this.cookie !== "") sent.cookie ??= this.cookie;
		if (this.token !== "") sent["x-csrf-token"] ??= this.token;
		const options = {
			method: method ?? (body === undefined ? "GET" : "POST"),
			headers: sent,
			rejectUnauthorized: false,
			agent: agent ?? false,
		};
		const open = this.url.startsWith("https") ? secureRequest : plainRequest;
		return new Promise((resolve, reject) => {
			const request = open(`${this.url}${path}`, options, (response) => {
				const chunks: Buffer[] = [];
				response.on("data", (chunk: Buffer) => chunks.push(chunk));
				response.on("error", reject);
				response.on("end", () => {
					const content = Buffer.concat(chunks);
					const { statusCode: status = 0, headers: received } = response;
					this.#keep(received);
					resolve({ status, headers: received, body: content, json: parse(content) });
				});
			});
			request.on("error", reject);
			request.end(bytes);
		});
	}

	/** Sets the first password, or logs in. */
	async enter(path: "/api/setup" | "/api/login" = "/api/login", word = password): Promise<Answer> {
		const answer = await this.ask(path, { body: { password: word } });
		if (typeof answer.json.token === "string") this.token = answer.json.token;
		return answer;
	}

	#keep(headers: IncomingHttpHeaders): void {
		const [set] = headers["set-cookie"] ?? [];
		if (set !== undefined) this.cookie = set.split(";")[0]!;
	}
}

export class Site {
	readonly folder = mkdtempSync(join(tmpdir(), "upgate-web-"));
	readonly maker = new CertificateMaker(this.folder);
	readonly root = this.maker.issue({ name: "root", extensions: ca });
	readonly #device = this.maker.issue({
		name: "device",
		by: this.root,
		extensions: leaf("IP:127.0.0.1", "serverAuth"),
	});
	#bench: Bench | undefined;
	url = "";

	/** A gateway that is switched on, its pages open. */
	static async open(options: BenchOptions): Promise<Site> {
		const site = new Site();
		const credentials = {
			roots: site.root.certificateFile,
			certificate: site.#device.certificateFile,
			key: site.#device.keyFile,
			...options.credentials,
		};
		const args = ["--listen", "127.0.0.1", "--port", `web=${await freePort()}`, ...(options.args ?? [])];
		site.#bench = await Bench.make({ ...options, credentials, args });
		site.#bench.powerOn();
		await site.find();
		return site;
	}

	get bench(): Bench {
		if (this.#bench === undefined) throw new Error("not open");
		return this.#bench;
	}

	visitor(url = this.url): Visitor {
		return new Visitor(url);
	}

	/** Waits until the console says where the pages are. @param from characters of the serial line that are older */
	async find(from = 0): Promise<string> {
		await this.bench.printed("web pages: ", from);
		const text = this.bench.serial.slice(from);
		await this.bench.printed("\n", from + text.indexOf("web pages: "));
		const [, scheme, port] = /web pages: (https?), port (\d+)/.exec(this.bench.serial.slice(from)) ?? [];
		this.url = `${scheme}://127.0.0.1:${port}`;
		return this.url;
	}

	async close(): Promise<void> {
		await this.bench.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

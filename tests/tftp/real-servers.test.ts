// SPDX-License-Identifier: Apache-2.0
//
// The client against dnsmasq and tftpd-hpa on loopback ports, alone and through a proxy that loses, doubles and reorders packets.
// node-only: starts servers

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { TFTPClient } from "../../modules/tftp/client.js";
import { NodeUDP } from "../harness/node-udp.js";
import { withoutLowPorts } from "../harness/privileges.js";
import { Random } from "../harness/random.js";
import { nodeTimer } from "../http/node-tcp.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-tftp-"));
const root = join(folder, "files");
/** One block more than the numbers reach, with blocks of 8 bytes, and part of one. */
const longest = 65536 * 8 + 8 + 3;
const lengths = [0, 511, 512, 513, longest];
const random = new Random(7);
const files = new Map(lengths.map((length) => [String(length), Buffer.from(random.bytes(length))]));

async function bound(): Promise<Socket> {
	const socket = createSocket("udp4");
	await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
	return socket;
}

interface End {
	address: string;
	port: number;
}

interface Fetched {
	bytes: Buffer;
	size: string | undefined;
	code: string | undefined;
}

function get(end: End, file: string, blockSize = 512): Promise<Fetched> {
	const client = new TFTPClient({
		io: NodeUDP,
		resolver: {
			resolve: ({ host, onResolved }) => void setImmediate(() => onResolved(host, end.address)),
			close: () => undefined,
		},
		timer: nodeTimer,
		ticks: () => performance.now(),
		blockSize: () => blockSize,
		repeatMs: 200,
		maxTries: 12,
	});
	return new Promise((resolve) => {
		const parts: Buffer[] = [];
		let size: string | undefined;
		const request = client.get({
			url: `tftp://server:${end.port}/${file}`,
			onHeaders: (_, headers) => (size = headers.get("content-length")),
			onReadable: (count) => {
				const part = Buffer.alloc(count);
				assert.equal(request.read(part), count);
				parts.push(part);
			},
			onDone: (error) => {
				client.close();
				const code = error === undefined ? undefined : "code" in error ? String(error.code) : error.message;
				resolve({ bytes: Buffer.concat(parts), size, code });
			},
		});
	});
}

/** Between a client and a server: loses, doubles and delays packets. Answers come from a port of its own for each of the server's. */
class Proxy {
	readonly #server: End;
	readonly #random: Random;
	readonly #sockets: Socket[] = [];
	readonly #transfers = new Map<number, Socket>();
	#front!: Socket;
	#back!: Socket;
	#client!: End;
	lost = 0;
	#count = 0;

	constructor(server: End, seed: number) {
		this.#server = server;
		this.#random = new Random(seed);
	}

	async start(): Promise<End> {
		this.#front = await this.#bind();
		this.#back = await this.#bind();
		this.#front.on("message", (packet, from) => {
			this.#client = from;
			this.#forward(packet, this.#back, this.#server);
		});
		this.#back.on("message", (packet, { port }) => void this.#answer(packet, port));
		return { address: "127.0.0.1", port: this.#front.address().port };
	}

	async #bind(): Promise<Socket> {
		const socket = await bound();
		this.#sockets.push(socket);
		return socket;
	}

	async #answer(packet: Buffer, port: number): Promise<void> {
		let socket = this.#transfers.get(port);
		if (socket === undefined) {
			socket = createSocket("udp4");
			this.#transfers.set(port, socket);
			this.#sockets.push(socket);
			socket.on("message", (message) => this.#forward(message, this.#back, { address: this.#server.address, port }));
			socket.bind(0, "127.0.0.1");
		}
		this.#forward(packet, socket, this.#client);
	}

	#forward(packet: Buffer, socket: Socket, { address, port }: End): void {
		const chance = ++this.#count === 7 ? 0 : this.#random.below(100);
		if (chance < 5) {
			this.lost++;
			return;
		}
		const send = (): void => {
			if (this.#sockets.length > 0) socket.send(packet, port, address);
		};
		if (chance < 10) send();
		if (chance >= 90) setTimeout(send, this.#random.below(40));
		else send();
	}

	close(): void {
		for (const socket of this.#sockets.splice(0)) socket.close();
	}
}

interface Server {
	name: string;
	end: End;
	start: () => ChildProcess;
}

/** dnsmasq takes no other port than 69, so it gets an address of its own of the 16 million that loopback has. */
const ownAddress = `127.${loopbackTail(process.pid)}`;

function loopbackTail(seed: number): string {
	const draw = new Random(seed + Math.floor(performance.timeOrigin));
	return [draw.below(200) + 20, draw.below(256), draw.below(254) + 1].join(".");
}

function servers(port: number): Server[] {
	const dnsmasq = ["-k", "-C", "/dev/null", "--port=0", "--bind-interfaces", `--listen-address=${ownAddress}`];
	const tftpd = ["--listen", "--foreground", "--address", `127.0.0.1:${port}`, "--user", "root", "--secure", root];
	return [
		{
			name: "dnsmasq",
			end: { address: ownAddress, port: 69 },
			start: () =>
				spawn("dnsmasq", [...dnsmasq, "--enable-tftp", `--tftp-root=${root}`, "--user=root"], { stdio: "ignore" }),
		},
		{
			name: "tftpd-hpa",
			end: { address: "127.0.0.1", port },
			start: () => spawn("in.tftpd", tftpd, { stdio: "ignore" }),
		},
	];
}

before(() => {
	chmodSync(folder, 0o755);
	mkdirSync(root, { mode: 0o755 });
	for (const [name, bytes] of files) writeFileSync(join(root, name), bytes, { mode: 0o644 });
});

after(() => rmSync(folder, { recursive: true }));

async function withServer(index: number, work: (end: End) => Promise<void>): Promise<void> {
	const socket = await bound();
	const { port } = socket.address();
	await new Promise<void>((resolve) => socket.close(resolve));
	const { name, end, start } = servers(port)[index];
	const child = start();
	try {
		let ready = false;
		for (let i = 0; i < 50 && !ready && child.exitCode === null; i++)
			ready = (await get(end, "1", 512)).code === "TFTP_NOT_FOUND";
		assert.ok(ready, `${name} does not answer on ${end.address}:${end.port}`);
		await work(end);
	} finally {
		const exit = new Promise((resolve) => child.on("exit", resolve));
		if (child.exitCode === null && child.kill("SIGTERM")) await exit;
	}
}

for (const [index, { name }] of servers(0).entries()) {
	test(
		`${name}: files of 0, 511, 512, 513 bytes and of more blocks than there are numbers`,
		{ skip: withoutLowPorts() },
		async () => {
			await withServer(index, async (end) => {
				for (const [file, bytes] of files) {
					const fetched = await get(end, file, bytes.length === longest ? 8 : 512);
					assert.deepEqual([fetched.code, fetched.bytes.length, fetched.size], [undefined, bytes.length, file]);
					assert.ok(fetched.bytes.equals(bytes), file);
				}
				const large = await get(end, String(longest), 1400);
				assert.ok(large.bytes.equals(files.get(String(longest)) ?? Buffer.alloc(0)));
				assert.equal((await get(end, "nothing")).code, "TFTP_NOT_FOUND");
			});
		},
	);

	test(`${name}: through a network that loses, doubles and delays`, { skip: withoutLowPorts() }, async (t) => {
		const seed = Number(process.env["UPGATE_SEED"] ?? 1 + Math.floor(Math.random() * 2 ** 31));
		t.diagnostic(`UPGATE_SEED=${seed}`);
		await withServer(index, async (end) => {
			const proxy = new Proxy(end, seed);
			try {
				const front = await proxy.start();
				for (const file of ["512", "513"]) {
					const fetched = await get(front, file);
					assert.equal(fetched.code, undefined, file);
					assert.ok(fetched.bytes.equals(files.get(file) ?? Buffer.alloc(0)), file);
				}
				const whole = files.get(String(longest)) ?? Buffer.alloc(0);
				const fetched = await get(front, String(longest), 50000);
				assert.equal(fetched.code, undefined);
				assert.ok(fetched.bytes.equals(whole));
				assert.ok(proxy.lost > 0, "nothing was lost");
			} finally {
				proxy.close();
			}
		});
	});
}

// SPDX-License-Identifier: Apache-2.0
//
// The soak: a gateway and its world in one machine, round after round from one seed, in virtual time. Prints one JSON line a round
// with what the gateway holds after a collection; tests/soak/soak.ts judges. Options: `rounds`, `seed`, ports, PEM texts.

import Timer from "timer";
import { fromHex } from "upgate/bytes/hex";
import { encodeLatin1 } from "upgate/bytes/text";
import LinuxBoard from "upgate/linux/board";
import { Settings } from "upgate/settings/settings";
import { Store } from "upgate/store/store";
import { Random } from "../../harness/random.js";
import { Chip } from "../../powercut/chip.js";
import type { Signer } from "../../update/image.js";
import { Cell } from "./cell.js";
import type { Kind } from "./ledger.js";
import { collect, descriptors, exit, heap, names, print, publicKey, resident, sign } from "./native.js";
import { Offers } from "./offers.js";
import { type Outcome, Rounds } from "./rounds.js";
import { type Identity, Server } from "./server.js";
import { Visits } from "./visits.js";

/** 2026-01-01T00:00:00Z */
const startMs = 1767225600000;
const day = 86_400_000;
/** Two slots of 64 KB, and a store of 256 KB. */
const layout = { otadata: [0, 2], slot0: [2, 16], slot1: [18, 16], store: [34, 64] } as const;
const kinds: readonly Kind[] = ["accepted", "flash", "listener", "resolver", "serial", "tcp", "timer", "udp"];
/** In which the gateway makes its first update. */
const settleMs = 600_000;
/** SubjectPublicKeyInfo of P-256, up to the point. */
const keyHead = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
	const all = new Uint8Array(a.length + b.length);
	all.set(a);
	all.set(b, a.length);
	return all;
}

function makeSigner(seed: number): Signer {
	const scalar = new Random(seed).bytes(32);
	// Below the order of the curve.
	scalar[0] &= 0x7f;
	return {
		key: concat(fromHex(keyHead), new Uint8Array(publicKey(scalar))),
		sign: (digest) => new Uint8Array(sign(scalar, digest)),
	};
}

class Soak {
	readonly #board = new LinuxBoard();
	readonly #chip: Chip;
	readonly #cell: Cell;
	readonly #server: Server;
	readonly #offers: Offers;
	readonly #visits: Visits;
	readonly #rounds: Rounds;
	readonly #signer: Signer;
	#round = 0;

	constructor() {
		const seed = this.#number("seed");
		/* The server draws as often as it is asked: that must not change what the rounds are. */
		const [random, chance] = [new Random(seed), new Random(seed + 1)];
		this.#chip = new Chip(seed, layout);
		this.#signer = makeSigner(seed);
		this.#cell = this.#makeCell(seed);
		const wall = (): number => startMs + this.#board.clock.ticks();
		const [http, https, dead] = ["port.http", "port.https", "port.dead"].map((name) => this.#number(name));
		this.#server = new Server({
			...{ ports: { http, https }, own: this.#identity("own"), strange: this.#identity("strange"), wall },
			...{ clock: this.#board.clock, below: (limit) => chance.below(limit) },
		});
		this.#offers = new Offers({
			...{ server: this.#server, random, signer: this.#signer, ports: { http, https, dead }, wall },
		});
		const [sip, snmp, web] = ["port.sip", "port.snmp", "port.web"].map((name) => this.#number(name));
		this.#visits = new Visits({ sip, snmp, web });
		this.#rounds = new Rounds({
			...{ cell: this.#cell, server: this.#server, offers: this.#offers, visits: this.#visits, random },
			onRound: (outcome) => this.#report(outcome),
		});
	}

	start(): void {
		const { image, settings } = this.#offers.first();
		this.#chip.install(0, image);
		const store = new Store({ flash: this.#chip.partition("store") });
		const values = new Settings({ store });
		for (const [name, value] of Object.entries(settings)) values.set(name, value);
		values.save();
		store.set("factory.roots", encodeLatin1(this.#text("root")));
		store.set("factory.signing", this.#signer.key);
		this.#cell.powerOn("power-on");
		Timer.set(() => this.#next(), settleMs);
	}

	#text(name: string): string {
		return this.#board.option(name) ?? "";
	}

	#number(name: string): number {
		return Number(this.#text(name));
	}

	#identity(name: string): Identity {
		const bytes = (part: string): Uint8Array => encodeLatin1(this.#text(`${name}-${part}`));
		return { certificate: bytes("certificate"), key: bytes("key") };
	}

	#makeCell(seed: number): Cell {
		const traced = this.#text("trace") === "1";
		return new Cell({
			...{ chip: this.#chip, random: new Random(seed + 1), builtMs: startMs - day },
			onEvent: (record) => {
				if (traced) print(JSON.stringify(record));
				this.#rounds.note(record);
			},
			onBoot: () => this.#rounds.booted(),
			onFinding: (finding) => this.#end(finding),
		});
	}

	#next(): void {
		if (this.#round === this.#number("rounds")) return this.#end();
		const stretch = this.#number("stretch");
		const calm = this.#round % (2 * stretch) >= stretch;
		// The next turn: nothing of the last round is on the stack.
		Timer.set(() => this.#rounds.begin(this.#round, calm));
	}

	#report(outcome: Outcome): void {
		collect();
		collect();
		const { slots, chunks, native } = this.#board.memory();
		const { ledger, boots, cuts, storeBytes, slotBytes } = this.#cell;
		print(
			JSON.stringify({
				...{ round: this.#round++, ...outcome, boots, cuts, storeBytes, slotBytes },
				imageBlocks: this.#offers.imageBlocks,
				days: this.#board.clock.ticks() / day,
				memory: {
					slots: slots.now,
					chunks: chunks.now - this.#server.servedBytes,
					native: native.now,
					heap: heap(),
					resident: resident(),
					names: names(),
				},
				descriptors: descriptors(),
				held: Object.fromEntries(kinds.map((kind) => [kind, ledger.count(kind)])),
				server: { requests: this.#server.requests, open: this.#server.open.size },
				visits: this.#visits.answers,
				wear: this.#wear(),
				violations: this.#chip.flash.violations,
				...(this.#round % 10 === 0 ? { store: this.#storeStatus() } : {}),
			}),
		);
		this.#next();
	}

	/** Erases of each partition, and of the least and the most worn block of the store. */
	#wear(): Record<string, number> {
		const { wear } = this.#chip.flash;
		const sum = ([first, count]: readonly [number, number]): number =>
			wear.subarray(first, first + count).reduce((total, erases) => total + erases, 0);
		const [first, count] = layout.store;
		const store = Array.from(wear.subarray(first, first + count));
		return {
			otadata: sum(layout.otadata),
			slots: sum(layout.slot0) + sum(layout.slot1),
			store: sum(layout.store),
			least: Math.min(...store),
			most: Math.max(...store),
		};
	}

	/** As a start would find it. */
	#storeStatus(): object {
		const store = new Store({ flash: this.#chip.partition("store") });
		const { records, liveBytes, freeBytes, damaged } = store.status();
		return { records, liveBytes, freeBytes, damaged };
	}

	#end(finding?: string): void {
		print(JSON.stringify({ end: this.#round, finding }));
		exit(finding === undefined ? 0 : 1);
	}
}

export default function soak(): void {
	new Soak().start();
}

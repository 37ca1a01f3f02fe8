// SPDX-License-Identifier: Apache-2.0
//
// Judges one image on XS with the real mathematics, as it is and damaged in many ways. Image and keys come in options, in
// hexadecimal; how often each code came goes out as one JSON line.

import Board from "upgate/linux/board";
import { crc32 } from "upgate/bytes/crc32";
import { fromHex, toHex } from "upgate/bytes/hex";
import { ImageParser } from "upgate/image/parser";
import { keyDigest } from "upgate/image/public-key";
import { checkSignatures, type SigningTrust } from "upgate/image/trust";
import { verifySignature } from "upgate/image/verify";
import { print } from "./serial-port.js";
import type { Flip, Spec } from "./spec.js";

type Counts = Record<string, number>;

class Judge {
	readonly counts: Counts = {};
	readonly #chip: number;
	readonly #trust: SigningTrust;

	constructor(spec: Spec) {
		const digests = (keys: string[] = []): Uint8Array[] => keys.map((key) => keyDigest(fromHex(key)));
		this.#chip = spec.chip;
		this.#trust = { trusted: digests(spec.trusted), revoked: digests(spec.revoked) };
	}

	/** @returns the code, or what is good */
	#verdict(image: Uint8Array): string {
		try {
			const parser = new ImageParser({ chip: this.#chip, maxSize: 65536 });
			parser.write(image);
			const { kind, key } = checkSignatures(parser.end(), this.#trust, verifySignature);
			return `${kind} ${key}`;
		} catch (error) {
			return (error as { code?: string }).code ?? String(error);
		}
	}

	judge(image: Uint8Array): void {
		const verdict = this.#verdict(image);
		this.counts[verdict] = (this.counts[verdict] ?? 0) + 1;
	}
}

function repairBlock(image: Uint8Array, start: number): void {
	const sum = crc32(image.subarray(start, start + 1196));
	for (let i = 0; i < 4; i++) image[start + 1196 + i] = (sum >>> (8 * i)) & 0xff;
}

function flips(judge: Judge, original: Uint8Array, { from, to, step = 1, masks, repair }: Flip): void {
	const image = new Uint8Array(original);
	for (let at = from; at < to; at += step) {
		for (const mask of masks) {
			image[at] ^= mask;
			if (repair !== undefined) repairBlock(image, repair);
			judge.judge(image);
			image.set(original);
		}
	}
}

export default function main(): void {
	const board = new Board();
	const spec = JSON.parse(board.option("spec") ?? "{}") as Spec;
	const image = fromHex(board.option("image") ?? "");
	const judge = new Judge(spec);
	if (spec.flip) flips(judge, image, spec.flip);
	else if (spec.cuts) {
		for (let i = 0; i < spec.cuts; i++) judge.judge(image.subarray(0, Math.floor((i * image.length) / spec.cuts)));
	} else judge.judge(image);
	if (spec.memory) {
		const { native, chunks, slots } = board.memory();
		print(JSON.stringify({ native: native.peak, chunks: chunks.peak, slots: slots.peak }));
	}
	print(JSON.stringify({ done: judge.counts, digests: spec.trusted.map((key) => toHex(keyDigest(fromHex(key)))) }));
}

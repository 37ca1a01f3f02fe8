// SPDX-License-Identifier: Apache-2.0
//
// Reads an ini file (option `text`) `rounds` times, each time into settings that are new: the program that bench/plots measures.
// Option `part`: `parse` only, or `take`: parsed, checked, stored and put in force. One JSON line tells the end and what the last
// settings hold of the heap, what their store holds left out.

import type { Memory } from "upgate/ecma419/board";
import { encodeUTF8 } from "upgate/bytes/text";
import { IniParser } from "upgate/ini/parse";
import Board from "upgate/linux/board";
import type { StoreChange } from "upgate/settings/kept";
import { Settings } from "upgate/settings/settings";

/** As a download brings it. */
const pieceBytes = 4096;

class Records {
	readonly #all = new Map<string, Uint8Array>();

	get(name: string): Uint8Array | undefined {
		return this.#all.get(name);
	}

	names(prefix = ""): Iterable<string> {
		return [...this.#all.keys()].filter((name) => name.startsWith(prefix));
	}

	commit(changes: StoreChange[]): void {
		for (const { name, value } of changes)
			if (value === undefined) this.#all.delete(name);
			else this.#all.set(name, value.slice());
	}

	clear(): void {
		this.#all.clear();
	}
}

interface Sink {
	write(bytes: Uint8Array): void;
}

function feed(sink: Sink, bytes: Uint8Array): void {
	for (let at = 0; at < bytes.length; at += pieceBytes) sink.write(bytes.subarray(at, at + pieceBytes));
}

function parse(bytes: Uint8Array): void {
	const parser = new IniParser({ onEntry: () => undefined });
	feed(parser, bytes);
	parser.end();
}

function take(bytes: Uint8Array, store: Records): Settings {
	const settings = new Settings({ store });
	const stage = settings.stage({ full: true });
	feed(stage, bytes);
	const { problemCount, problems } = stage.end();
	if (problemCount > 0) throw problems[0];
	settings.take(stage);
	return settings;
}

const inUse = ({ slots, chunks }: Memory): number => slots.now + chunks.now;

export default function main(): void {
	const board = new Board();
	const bytes = encodeUTF8(board.option("text") ?? "");
	const store = new Records();
	const before = inUse(board.memory());
	let settings: Settings | undefined;
	for (let round = Number(board.option("rounds")); round > 0; round--) {
		store.clear();
		if (board.option("part") === "take") settings = take(bytes, store);
		else parse(bytes);
	}
	store.clear();
	const held = inUse(board.memory()) - before;
	board.event({ held, changed: settings?.changed.length ?? 0 });
}

// SPDX-License-Identifier: Apache-2.0
//
// Programs that end badly, each in its own way.

import Timer from "timer";

class Refusal extends Error {
	override readonly name = "Refusal";
}

function refuse(): never {
	throw new Refusal("on purpose");
}

function deeper(depth: number): number {
	return deeper(depth + 1) + 1;
}

function fill(): void {
	const held: unknown[] = [];
	for (;;) held.push({ held: [held.length] });
}

export const fatalEnds: Record<string, () => void> = {
	"fatal-start": refuse,
	"fatal-callback": () => void Timer.set(refuse, 1),
	"fatal-rejection": () => void Promise.resolve().then(refuse),
	"fatal-stack": () => void Timer.set(() => deeper(0), 1),
	"fatal-slots": () => void Timer.set(fill, 1),
	"fatal-chunks": () => void Timer.set(() => new Uint8Array(64 * 1024 * 1024), 1),
	/** A rejection that is handled later in the same turn is none. */
	"handled-rejection": () => {
		const rejected = Promise.reject(new Error("handled"));
		void Promise.resolve().then(() => rejected.catch(() => Timer.set(refuse, 5)));
	},
};

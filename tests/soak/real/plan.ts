// SPDX-License-Identifier: Apache-2.0
//
// What is to happen in a round of a real gateway, by chance from the seed.

import type { Random } from "../../harness/random.js";

const offers = [
	"nothing",
	"settings",
	"firmware",
	"both",
	"both",
	"bad settings",
	"forged firmware",
	"damaged firmware",
] as const;
const calmOffers = ["nothing", "settings", "settings", "bad settings", "forged firmware", "damaged firmware"] as const;
const mishaps = [undefined, "server killed", "connection cut", "power cut", "crash"] as const;
const calmMishaps = [undefined, "server killed", "connection cut"] as const;
const triggers = ["console", "notify", "power"] as const;

export interface Plan {
	offer: (typeof offers)[number];
	mishap: (typeof mishaps)[number];
	trigger: (typeof triggers)[number];
	/** Nothing restarts the gateway. */
	calm: boolean;
}

/** @param stretch every other so many rounds are calm */
export function choose(random: Random, round: number, stretch: number): Plan {
	const calm = round % (2 * stretch) >= stretch;
	const plan: Plan = {
		offer: random.pick(calm ? calmOffers : offers),
		mishap: random.pick(calm ? calmMishaps : mishaps),
		trigger: random.pick(calm ? (["console", "notify"] as const) : triggers),
		calm,
	};
	// Now and then nothing goes wrong.
	return round % 5 === 4 ? { ...plan, offer: calm ? "settings" : "both", mishap: undefined, trigger: "console" } : plan;
}

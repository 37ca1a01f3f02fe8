// SPDX-License-Identifier: Apache-2.0
//
// What things cost by how many or how large they are, as pictures in docs/plots, beside the figures they were drawn from: an update by the size of
// its file, an ini by its parameters, a fleet by its gateways.
// Usage: npm run bench -- plots [--only size|parameters|fleet]... [--rounds N] [--fleet REPORT.json]... [--draw]
// --fleet adds what tools/fleet has reported; --draw measures nothing, and draws what the files hold.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "../../tools/build/index.js";
import { addReports, type FleetPoint, fleetPicture } from "./fleet.js";
import { measureParameters, parameterPicture } from "./parameters.js";
import { draw, type Picture } from "./pictures.js";
import { measureSizes, sizePicture } from "./size.js";

const { values } = parseArgs({
	options: {
		only: { type: "string", multiple: true },
		rounds: { type: "string", default: "5" },
		fleet: { type: "string", multiple: true, default: [] },
		draw: { type: "boolean", default: false },
	},
});
const folder = join(projectRoot, "docs/plots");
const rounds = Number(values.rounds);

/** Takes the figures anew, unless --draw says otherwise, keeps them, and draws them. */
async function plot<T>(
	name: string,
	measure: (before: T[]) => Promise<T[]>,
	picture: (points: T[]) => Picture,
): Promise<void> {
	const file = join(folder, `${name}.json`);
	const before = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T[]) : [];
	const points = values.draw ? before : await measure(before);
	writeFileSync(file, `${JSON.stringify(points, undefined, "\t")}\n`);
	writeFileSync(join(folder, `${name}.svg`), draw(picture(points)));
	console.log(`docs/plots/${name}.svg, from ${points.length} points`);
	for (const point of points) console.log(`  ${JSON.stringify(point)}`);
}

const plots: Record<string, () => Promise<void>> = {
	size: () => plot("size", () => measureSizes(rounds), sizePicture),
	parameters: () => plot("parameters", () => measureParameters(rounds), parameterPicture),
	fleet: () => plot<FleetPoint>("fleet", (before) => Promise.resolve(addReports(before, values.fleet)), fleetPicture),
};

mkdirSync(folder, { recursive: true });
for (const name of values.only ?? Object.keys(plots)) {
	if (!(name in plots)) throw new Error(`no plot is called ${name}; there are ${Object.keys(plots).join(", ")}`);
	await plots[name]();
}

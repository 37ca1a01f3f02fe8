// SPDX-License-Identifier: Apache-2.0
//
// tools/fleet: many gateways against one nginx. Exit status 0 all on the good version, 1 not all or it cannot run, 2 bad command line.

import { FleetError } from "./error.js";
import { Fleet } from "./fleet.js";
import { measureLoad } from "./load.js";
import { parseOptions, usage } from "./options.js";
import { type FleetReport, makeReport, writeReport } from "./report.js";
import { reportLines } from "./report-text.js";
import { type RoundRun, Rounds } from "./rounds.js";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
	const options = parseOptions(process.argv.slice(2));
	if (options === undefined) {
		say(usage);
		return 0;
	}
	const fleet = await Fleet.make({ ...options, say });
	const save = async (rounds: readonly RoundRun[]): Promise<FleetReport> => {
		const report = await makeReport(fleet, rounds);
		if (options.report !== undefined) writeReport(options.report, report, fleet, rounds);
		return report;
	};
	const stop = (): void => void fleet.close().finally(() => process.exit(1));
	const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
	for (const signal of signals) process.on(signal, stop);
	try {
		const rounds = new Rounds(fleet, async (done) => void (await save(done)));
		const good = await rounds.run();
		const report = await save(rounds.done);
		if (options.load !== undefined) {
			await fleet.powerOff();
			report.load = await measureLoad(fleet, options.load);
			if (options.report !== undefined) writeReport(options.report, report, fleet, rounds.done);
		}
		say(reportLines(report).join("\n"));
		return good ? 0 : 1;
	} finally {
		await fleet.close();
		if (options.keep) say(`everything is left in ${fleet.folder}`);
	}
}

try {
	process.exitCode = await main();
} catch (error) {
	const known = error instanceof FleetError;
	process.stderr.write(`fleet: ${error instanceof Error ? error.message : String(error)}\n`);
	if (known && error.code === "FLEET_USAGE") process.stderr.write(`\n${usage}`);
	process.exitCode = known && error.code === "FLEET_USAGE" ? 2 : 1;
}

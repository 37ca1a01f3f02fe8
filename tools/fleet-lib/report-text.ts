// SPDX-License-Identifier: Apache-2.0
//
// The report as lines for people.

import type { FleetReport } from "./report.js";
import type { RoundReport } from "./round-report.js";
import type { Percentiles } from "./statistics.js";

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

function seconds({ count, p50, p95, p99, most }: Percentiles): string {
	if (count === 0) return "none";
	const [half, many, nearly, all] = [p50, p95, p99, most].map((value) => value.toFixed(2));
	return `median ${half} s, 95 % ${many}, 99 % ${nearly}, most ${all} (${count})`;
}

function counts(record: Record<string, number>): string {
	const parts = Object.entries(record).map(([name, count]) => `${count} ${name}`);
	return parts.length === 0 ? "none" : parts.join(", ");
}

function spreadLine({ spread }: RoundReport): string {
	const { distance, limit, even } = spread.evenness;
	const what = `${spread.count} over ${spread.windowSeconds} s from ${spread.from}`;
	const test = `distance from even ${distance.toFixed(3)}, limit ${limit.toFixed(3)}: ${even ? "even" : "not even"}`;
	return `${what}; ${test}; most in one second ${spread.mostInOneSecond}`;
}

function roundLines(round: RoundReport, index: number): string[] {
	const { handshakes, wire, requests, gateways } = round;
	const each = (value: number): string => ((value / gateways) * 1000).toFixed(1);
	const lost =
		wire?.lost === undefined ? "" : `, ${wire.lost} lost (${((wire.lost / wire.packets) * 100).toFixed(1)} %)`;
	const rows: [string, string][] = [
		["through", `${round.good} of ${gateways}, ${round.seconds.toFixed(1)} s`],
		["failures", counts(round.failures)],
		["asked again", counts(round.retries)],
		["update", seconds(round.update)],
		["download", seconds(round.download)],
		["first requests", spreadLine(round)],
		["requests", `${requests}: ${counts(round.statuses)}; ${round.parts} went on with a part`],
		["handshakes", `${handshakes.full} full, ${handshakes.resumed} resumed; most connections ${round.connections}`],
		["HTTP", `${megabytes(round.httpBytes)}, ${Math.round(round.httpBytes / gateways)} bytes each`],
		[
			"processor",
			`nginx ${round.serverCPU.toFixed(2)} s, ${each(round.serverCPU)} ms each; gateways ${each(round.gatewayCPU)} ms each`,
		],
	];
	if (wire !== undefined)
		rows.push([
			"network",
			`${megabytes(wire.bytes)}, ${Math.round(wire.bytes / gateways)} bytes each, ${wire.packets} packets${lost}`,
		]);
	return [`${index + 1}. ${round.title}`, ...rows.map(([name, text]) => `   ${name.padEnd(15)}${text}`)];
}

function loadLines({ load }: FleetReport): string[] {
	if (load === undefined) return [];
	const { fullMs, resumedMs, requestMs, megabyteMs, connectionKB, wire } = load;
	const costs = `full handshake ${fullMs.toFixed(2)} ms, resumed ${resumedMs.toFixed(2)}, request ${requestMs.toFixed(2)}, megabyte ${megabyteMs.toFixed(2)}`;
	const lines = [
		`processor of nginx: ${costs}; memory for a connection ${connectionKB.toFixed(1)} KB (${load.count} of each)`,
	];
	const bytes = Object.entries(wire ?? {}).map(
		([name, { bytes, packets }]) => `${name} ${bytes} in ${packets} packets`,
	);
	return bytes.length === 0 ? lines : [...lines, `bytes of the network: ${bytes.join(", ")}`];
}

export function reportLines(report: FleetReport): string[] {
	const { memory, machine } = report;
	const kilobytes = ({ p50, most }: Percentiles): string => `${p50} KB (most ${most})`;
	return [
		"",
		...report.rounds.flatMap(roundLines),
		`memory of a gateway (PSS, ${machine.processors} x ${machine.processor}): ${kilobytes(memory.gateway)}`,
		`   firmware ${kilobytes(memory.firmware)}: heap and data ${memory.anonymous.p50}, program ${memory.program.p50}, flash file and libraries ${memory.files.p50}; loader ${memory.loader.p50}`,
		...memory.console.map((line) => `   ${line}`),
		`memory of nginx: ${report.serverMemory} KB at most`,
		...loadLines(report),
		`TLS: ${counts(report.protocols)}`,
		`versions: ${counts(report.versions)}`,
		report.good ? "every gateway is on the good version" : "NOT every gateway is on the good version",
	];
}

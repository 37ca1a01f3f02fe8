// SPDX-License-Identifier: Apache-2.0
//
// Figures of one round, from the gateways' events, the server's log and the samples of its load.

import type { Request } from "./access-log.js";
import type { Fleet } from "./fleet.js";
import type { FleetGateway, TimedEvent } from "./gateway.js";
import type { RoundKind, RoundRun } from "./rounds.js";
import { type Evenness, evenness, histogram, type Percentiles, percentiles, sum, tally } from "./statistics.js";

const bins = 30;

export interface Spread {
	/** What the seconds are counted from. */
	from: "power-on" | "offer";
	windowSeconds: number;
	count: number;
	evenness: Evenness;
	/** First requests in each thirtieth of the window. */
	bins: number[];
	/** Most of them in one second. */
	mostInOneSecond: number;
}

export interface RoundReport {
	kind: RoundKind;
	title: string;
	version: string;
	seconds: number;
	gateways: number;
	/** Came through. */
	good: number;
	/** Files and runs that failed or were refused, crashes; by code. In a round without a fault there are none. */
	failures: Record<string, number>;
	/** Requests that had to be made again, by code. */
	retries: Record<string, number>;
	/** From the trigger to the confirmation, seconds. */
	update: Percentiles;
	/** Of the firmware, judged and written, seconds. */
	download: Percentiles;
	requests: number;
	statuses: Record<string, number>;
	/** Downloads that went on where they had broken off. */
	parts: number;
	handshakes: { full: number; resumed: number };
	/** Bytes of HTTP both ways, heads included, TLS not. */
	httpBytes: number;
	/** Of the network, all headers included; absent where others use it. */
	wire?: { bytes: number; packets: number; lost?: number };
	/** Processor seconds of nginx, and of all gateways. */
	serverCPU: number;
	gatewayCPU: number;
	connections: number;
	/** Share of the machine that was busy, mean. */
	machine: number;
	spread: Spread;
}

/** Codes of what went wrong with one gateway. */
function* failuresOf(gateway: FleetGateway, inside: (event: TimedEvent) => boolean): Iterable<string> {
	for (const event of gateway.events.filter(inside)) {
		const { event: kind, result } = event;
		if (kind === "file" && (result === "failed" || result === "refused")) yield String(event.code ?? result);
		if (kind === "verdict" && ["failed", "rolled-back", "updated-in-part"].includes(String(result)))
			yield `verdict ${String(result)}`;
		if (kind === "boot" && ["panic", "watchdog"].includes(String(event.reason)))
			yield `reset by ${String(event.reason)}`;
	}
	if (gateway.ended !== undefined) yield gateway.ended;
}

/** Seconds from the first trigger of the round to the confirmation of its version. */
function updateSeconds(gateway: FleetGateway, round: RoundRun): number[] {
	const trigger = gateway.since(round.beginMs, "trigger")[0];
	const confirmed = gateway
		.since(round.beginMs, "verdict")
		.find(({ result, version }) => result === "confirmed" && version === round.version);
	return trigger && confirmed ? [(confirmed.ms - trigger.ms) / 1000] : [];
}

function downloadSeconds(events: TimedEvent[]): number[] {
	const whole = events.filter(({ event, file, status }) => event === "request" && file === "cmp" && status === 200);
	return whole.filter(({ error }) => error === undefined).map(({ durationMs }) => durationMs / 1000);
}

/** Seconds from power-on, or from the offer, to each gateway's first request. */
function firstRequests(
	fleet: Fleet,
	round: RoundRun,
	requests: readonly Request[],
): Pick<Spread, "from"> & { at: number[] } {
	const powered = round.kind === "outage" || fleet.gateways.some((gateway) => bootOf(gateway, round) !== undefined);
	const firsts = new Map<string, number>();
	for (const { mac, beginMs } of requests) firsts.set(mac, Math.min(beginMs, firsts.get(mac) ?? Infinity));
	const at = fleet.gateways.flatMap((gateway) => {
		const first = firsts.get(gateway.mac);
		const begin = powered ? bootOf(gateway, round) : round.beginMs;
		return first === undefined || begin === undefined ? [] : [(first - begin) / 1000];
	});
	return { from: powered ? "power-on" : "offer", at };
}

function bootOf(gateway: FleetGateway, round: RoundRun): number | undefined {
	const boot = gateway.since(round.beginMs, "boot").find(({ reason }) => reason === "power-on");
	return boot !== undefined && boot.ms < round.endMs ? boot.ms : undefined;
}

function spreadOf(fleet: Fleet, round: RoundRun, requests: readonly Request[]): Spread {
	const { from, at } = firstRequests(fleet, round, requests);
	const windowSeconds = from === "power-on" ? fleet.options.windowSeconds : fleet.options.intervalSeconds;
	const bySecond = histogram(at, windowSeconds, Math.max(1, windowSeconds));
	return {
		...{ from, windowSeconds, count: at.length },
		evenness: evenness(at, windowSeconds),
		bins: histogram(at, windowSeconds, bins),
		mostInOneSecond: Math.max(0, ...bySecond.slice(0, -1)),
	};
}

function load(fleet: Fleet, { samples: [first, last], lost }: RoundRun) {
	const { samples } = fleet.meter;
	const begin = samples[first];
	const end = samples[last];
	const between = samples.slice(first + 1, last + 1);
	const wire = {
		bytes: end.bytes - begin.bytes,
		packets: end.packets - begin.packets,
		...(lost !== undefined && { lost }),
	};
	return {
		...(fleet.network.own && { wire }),
		serverCPU: end.cpu - begin.cpu,
		connections: Math.max(0, ...between.map(({ active }) => active ?? 0)),
		machine: sum(between.map(({ machine }) => machine)) / Math.max(1, between.length),
	};
}

/** @param all of the server's log */
export function reportRound(fleet: Fleet, round: RoundRun, all: readonly Request[]): RoundReport {
	const requests = all.filter(({ ms }) => ms >= round.beginMs && ms < round.endMs);
	const inside = ({ ms }: { ms: number }): boolean => ms >= round.beginMs && ms < round.endMs;
	const events = fleet.gateways.flatMap((gateway) => gateway.events.filter(inside));
	const errors = events.filter(({ event, error }) => event === "request" && error !== undefined);
	const firsts = requests.filter(({ first }) => first);
	const resumed = firsts.filter((request) => request.resumed).length;
	return {
		kind: round.kind,
		title: round.title,
		version: round.version,
		seconds: (round.endMs - round.beginMs) / 1000,
		gateways: fleet.gateways.length,
		good: round.good,
		failures: tally(fleet.gateways.flatMap((gateway) => [...failuresOf(gateway, inside)])),
		retries: tally(errors.map(({ error }) => String(error))),
		update: percentiles(fleet.gateways.flatMap((gateway) => updateSeconds(gateway, round))),
		download: percentiles(downloadSeconds(events)),
		requests: requests.length,
		statuses: tally(requests.map(({ status }) => String(status))),
		parts: requests.filter(({ status }) => status === 206).length,
		handshakes: { full: firsts.length - resumed, resumed },
		httpBytes: sum(requests.map(({ sent, asked }) => sent + asked)),
		gatewayCPU: round.gatewayCPU,
		...load(fleet, round),
		spread: spreadOf(fleet, round, requests),
	};
}

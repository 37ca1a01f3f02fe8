// SPDX-License-Identifier: Apache-2.0
//
// The configuration as an ini file: download, upload, and a dry run that shows what a file would change. A file streams through the
// parser; what is held is its values, not its text.

import { queryValue } from "../http-server/request-line.js";
import { exportIni } from "../settings/export.js";
import { keptName } from "../settings/ini-result.js";
import type { Settings } from "../settings/settings.js";
import { describeValue } from "../settings/value.js";
import { needType } from "./body.js";
import { refused, WebError } from "./error.js";
import { headersFor, replyJSON } from "./reply.js";
import { route, type Call, type Route } from "./route.js";

/** Longest ini, bytes: as for one that is fetched. */
const mostBytes = 1024 * 1024;
const mostDifferences = 200;

/** The export of the settings: secrets are left out, which a loaded file leaves as they are. */
async function download({ exchange, ports }: Call): Promise<void> {
	const { settings, board } = ports;
	const { name, version } = board.application;
	const disposition = `attachment; filename="${settings.text("HostName") || name}.ini"`;
	const headers = headersFor("text/plain; charset=utf-8", [["Content-Disposition", disposition]]);
	await exchange.begin(200, headers);
	for (const line of exportIni(settings, { head: [`Board: ${name}`, `Software Version: ${version}`] })) {
		const bytes = new Uint8Array(line.length + 2);
		bytes.set(line);
		bytes.set([0x0d, 0x0a], line.length);
		await exchange.write(bytes);
	}
	await exchange.end();
}

type Stage = ReturnType<Settings["stage"]>;

async function receive({ exchange, ports }: Call, full: boolean): Promise<Stage> {
	needType(exchange, "text/plain", "application/octet-stream");
	const stage = ports.settings.stage({ full, local: true });
	const buffer = new Uint8Array(512);
	let total = 0;
	for (let count = await exchange.read(buffer); count > 0; count = await exchange.read(buffer)) {
		total += count;
		if (total > mostBytes) throw new WebError(413, "WEB_BODY", `longer than ${mostBytes} bytes`);
		stage.write(buffer.subarray(0, count));
	}
	// An empty file would reset everything.
	if (total === 0) throw new WebError(400, "WEB_BODY", "the file is empty");
	return stage;
}

function differenceOf(settings: Settings, stage: Stage, name: string): object {
	const parameter = settings.parameter(name);
	const to = describeValue(parameter, stage.get(name));
	return { name, from: settings.describe(name), to, reset: parameter.reset === true };
}

/** @returns what the file does, for people; secrets are asterisks */
function report(settings: Settings, stage: Stage): { problemCount: number; [name: string]: unknown } {
	const { changed, unknown, unknownCount, problems, problemCount, resetNeeded, resetNow } = stage.end();
	const names = changed.filter((name) => name !== keptName);
	return {
		problemCount,
		problems: problems.map(({ message, line: at, column }) => ({ message, line: at, column })),
		unknown,
		unknownCount,
		changedCount: names.length,
		keptChanged: names.length < changed.length,
		changes: names.slice(0, mostDifferences).map((name) => differenceOf(settings, stage, name)),
		resetNeeded,
		resetNow,
	};
}

async function upload(call: Call): Promise<void> {
	const { exchange, ports } = call;
	const { query } = exchange.head;
	const dry = queryValue(query, "dry") === "1";
	const stage = await receive(call, queryValue(query, "full") === "1");
	const result = report(ports.settings, stage);
	const sound = result.problemCount === 0;
	if (sound && !dry) store(ports.settings, stage);
	else stage.abandon();
	await replyJSON(exchange, { ...result, applied: sound && !dry }, sound ? 200 : 422);
	if (sound && !dry && result.resetNow === true) ports.update.restart("ResetNow = 1 in an uploaded ini");
}

function store(settings: Settings, stage: Stage): void {
	try {
		settings.take(stage);
	} catch (error) {
		settings.reload();
		throw refused(error);
	}
}

export const iniRoutes: readonly Route[] = Object.freeze([
	route("GET", "/api/ini", download),
	route("POST", "/api/ini", upload, { changes: true }),
]);

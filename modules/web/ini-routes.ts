// SPDX-License-Identifier: Apache-2.0
//
// The configuration as an ini file: download, upload, and a dry run that shows what a file would change. A file streams through the
// parser; what is held is its values, not its text.

import { serializeEntry } from "../ini/serialize.js";
import { queryValue } from "../http-server/request-line.js";
import type { Settings, SettingsEntry } from "../settings/settings.js";
import { describeValue } from "../settings/value.js";
import { needType } from "./body.js";
import { refused, WebError } from "./error.js";
import { replyJSON, TextBody } from "./reply.js";
import { route, type Call, type Route } from "./route.js";

/** Longest ini, bytes: as for one that is fetched. */
const mostBytes = 1024 * 1024;
const mostDifferences = 200;

function line(settings: Settings, { name, isSecret, text, parameter }: SettingsEntry): string {
	if (isSecret) return `; ${name} is set and not shown`;
	if (parameter.type === "url" && text !== settings.text(name))
		return `; ${name} is set and holds a password, not shown: ${text}`;
	try {
		return serializeEntry(name, text, { quote: typeof parameter.fallback === "string" });
	} catch {
		return `; ${name} cannot be written as a line`;
	}
}

/** What is not at its default. No secret is in it, so it cannot be put back as a whole: a loaded file leaves secrets as they are. */
async function download({ exchange, ports }: Call): Promise<void> {
	const { settings, board } = ports;
	const disposition = `attachment; filename="${settings.text("HostName") || board.application.name}.ini"`;
	const body = await TextBody.begin(exchange, "text/plain; charset=utf-8", [["Content-Disposition", disposition]]);
	await body.add(`; ${board.application.name} ${board.application.version}; values that are not at their default\r\n`);
	for (const entry of settings.entries()) if (!entry.isDefault) await body.add(`${line(settings, entry)}\r\n`);
	await body.end();
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
	return {
		problemCount,
		problems: problems.map(({ message, line: at, column }) => ({ message, line: at, column })),
		unknown,
		unknownCount,
		changedCount: changed.length,
		changes: changed.slice(0, mostDifferences).map((name) => differenceOf(settings, stage, name)),
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
	await replyJSON(exchange, { ...result, applied: sound && !dry }, sound ? 200 : 422);
	if (sound && !dry && result.resetNow === true) ports.restart("ResetNow = 1 in an uploaded ini");
}

function store(settings: Settings, stage: Stage): void {
	try {
		stage.apply();
		settings.save();
	} catch (error) {
		settings.reload();
		throw refused(error);
	}
}

export const iniRoutes: readonly Route[] = Object.freeze([
	route("GET", "/api/ini", download),
	route("POST", "/api/ini", upload, { changes: true }),
]);

// SPDX-License-Identifier: Apache-2.0
//
// Configuration pages: their fields with the values in force, and Submit. A page sends only what was changed; all of it is checked by
// the registry's rules, and taken as a whole or not at all.

import { queryValue } from "../http-server/request-line.js";
import { SettingsError } from "../settings/error.js";
import type { Parameter } from "../settings/parameter.js";
import { eachParameter, parameterGroups } from "../settings/registry.js";
import type { Settings } from "../settings/settings.js";
import { readJSON, type Fields } from "./body.js";
import { refused, WebError, type FieldFault } from "./error.js";
import { findPage, isPlaced, pageOfOwner, pages, type Page } from "./pages.js";
import { jsonType, replyJSON, replyList, TextBody } from "./reply.js";
import { route, type Call, type Route } from "./route.js";

const mostFields = 64;

/** A parameter as a page draws it. Secrets and URL credentials are asterisks, as everywhere. */
function describeField(settings: Settings, parameter: Parameter, label: string | undefined): object {
	const { name, type, min, max, maxBytes, unit, values, words, reset, secret, summary, fallback } = parameter;
	const text = secret === true ? "" : settings.describe(name);
	const isSet = settings.text(name) !== "";
	// Copies: XS marks an object while it writes it as JSON, and cannot do so where it is preloaded.
	const bounds = { min, max, maxBytes, unit, values: values && [...values], words: words && [...words] };
	return { name, label: label ?? name, type, ...bounds, reset, secret, isSet, text, fallback, help: summary };
}

/** Parameters of the owners of a page that no page names. */
function* others(page: Page): Iterable<Parameter> {
	for (const { owner, parameters } of parameterGroups) {
		if (pageOfOwner(owner) !== page) continue;
		for (const parameter of eachParameter(parameters))
			if (parameter.fileOnly !== true && !isPlaced(parameter.name)) yield parameter;
	}
}

/** A page may name what this program does not have. */
function known(settings: Settings, name: string): Parameter | undefined {
	try {
		return settings.parameter(name);
	} catch {
		return undefined;
	}
}

function* fieldsOf(settings: Settings, page: Page): Iterable<{ group: string; field: object }> {
	for (const { title, fields } of page.groups) {
		for (const { name, label } of fields) {
			const parameter = known(settings, name);
			if (parameter !== undefined) yield { group: title, field: describeField(settings, parameter, label) };
		}
	}
	for (const parameter of others(page)) yield { group: "More", field: describeField(settings, parameter, undefined) };
}

/** Group by group, field by field: the whole page would be long. */
async function showPage({ exchange, ports }: Call): Promise<void> {
	const page = findPage(queryValue(exchange.head.query, "id") ?? "");
	if (page === undefined) throw new WebError(404, "WEB_NOT_FOUND", "there is no such page");
	const body = new TextBody(exchange);
	await body.begin(jsonType);
	await body.add(`{"id":${JSON.stringify(page.id)},"path":${JSON.stringify([...page.path])},"groups":[`);
	let open: string | undefined;
	for (const { group, field } of fieldsOf(ports.settings, page)) {
		if (group === open) await body.add(",");
		else await body.add(`${open === undefined ? "" : "]},"}{"title":${JSON.stringify(group)},"fields":[`);
		open = group;
		await body.add(JSON.stringify(field));
	}
	await body.end(`${open === undefined ? "" : "]}"}]}`);
}

function* navigation(): Iterable<object> {
	for (const { id, path } of pages) yield { id, path: [...path] };
}

function faultOf(name: string, error: SettingsError): FieldFault {
	const prefix = `${error.parameter ?? name}: `;
	const { message } = error;
	return { name, message: message.startsWith(prefix) ? message.slice(prefix.length) : message };
}

function isNamedText(value: unknown): value is [name: string, text: string] {
	return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "string");
}

/** Names are values here, not names of members (body.ts). @throws WebError WEB_BODY for what is no list of names and texts */
function valuesOf({ values }: Fields): [name: string, text: string][] {
	if (!Array.isArray(values)) throw new WebError(400, "WEB_BODY", "values expected");
	if (values.length > mostFields) throw new WebError(400, "WEB_BODY", `more than ${mostFields} values`);
	if (!values.every(isNamedText)) throw new WebError(400, "WEB_BODY", "a value is a name and a text");
	return values;
}

/** @returns what is wrong with a value, `undefined` when nothing */
function check(settings: Settings, name: string, text: string): FieldFault | undefined {
	try {
		settings.check(name, text);
		// What was shown in place of the credentials must not become the credentials.
		const hidden = settings.parameter(name).type === "url" && text.includes("//***");
		return hidden ? { name, message: "type user and password of the URL again" } : undefined;
	} catch (error) {
		if (error instanceof SettingsError) return faultOf(name, error);
		throw error;
	}
}

/** Puts all in force and stores it in one commit; after a throw all is as before. */
function apply(settings: Settings, values: readonly [name: string, text: string][]): void {
	const before = values.map(([name]): [string, string] => [name, settings.text(name)]);
	try {
		for (const [name, text] of values) settings.set(name, text);
		settings.save();
	} catch (error) {
		for (const [name, text] of before) settings.set(name, text);
		throw refused(error);
	}
}

async function submit({ exchange, ports }: Call): Promise<void> {
	const { settings } = ports;
	const values = valuesOf(await readJSON(exchange, "values"));
	const fields: FieldFault[] = [];
	for (const [name, text] of values) {
		const fault = check(settings, name, text);
		if (fault !== undefined) fields.push(fault);
	}
	if (fields.length > 0)
		throw new WebError(422, "WEB_VALUES", "nothing was changed: see the marked fields", { fields });
	const changed = values.filter(([name, text]) => settings.text(name) !== text);
	apply(settings, changed);
	const names = changed.map(([name]) => settings.parameter(name).name);
	const resets = names.filter((name) => settings.parameter(name).reset === true);
	return replyJSON(exchange, { changed: names, resets });
}

export const settingsRoutes: readonly Route[] = Object.freeze([
	route("GET", "/api/pages", ({ exchange }) => replyList(exchange, navigation())),
	route("GET", "/api/page", showPage),
	route("POST", "/api/settings", submit, { changes: true }),
]);

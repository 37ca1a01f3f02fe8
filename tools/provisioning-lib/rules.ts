// SPDX-License-Identifier: Apache-2.0
//
// Rules of the provisioning server, from `provisioning.json` in the served folder: which file answers a path, chosen by
// path, MAC address and User-Agent. Without a rule a path is the file of that name.
//
//   { "rules": [
//       { "path": "/config_{MAC}.ini", "template": "gateway.ini", "values": { "default": { "NAME": "spare" } } },
//       { "path": "/firmware.cmp", "userAgent": "upgate;1\\.0\\.", "file": "upgate-1.1.0.cmp" } ] }

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const rulesFile = "provisioning.json";

export interface Rule {
	/** Path with `{MAC}` for 12 hex digits. */
	path: string;
	/** Regular expression that the User-Agent must match; absent for any. */
	userAgent?: RegExp;
	/** File below the folder, sent as it is; may hold `{MAC}`. */
	file?: string;
	/** File below the folder whose `{{NAME}}` are replaced. */
	template?: string;
	/** Values of a template by MAC address (upper case) over those of `default`. */
	values: Record<string, Record<string, string>>;
}

export interface Choice {
	rule: Rule;
	/** 12 upper-case hex digits when the rule's path has `{MAC}`. */
	mac?: string;
}

/** What is wrong with the rules file. */
export class RulesError extends Error {}

const known = ["path", "userAgent", "file", "template", "values"];

function text(value: unknown, where: string): string {
	if (typeof value !== "string" || value === "") throw new RulesError(`${where} wants a text`);
	return value;
}

function relativeName(value: unknown, where: string): string {
	const name = text(value, where);
	if (name.startsWith("/") || name.split("/").includes("..")) throw new RulesError(`${where} must lie in the folder`);
	return name;
}

function object(value: unknown, where: string): Record<string, unknown> {
	if (typeof value !== "object" || value === null || Array.isArray(value))
		throw new RulesError(`${where} wants an object`);
	return value as Record<string, unknown>;
}

function parseValues(value: unknown, where: string): Rule["values"] {
	const result: Rule["values"] = {};
	for (const [mac, entries] of Object.entries(object(value ?? {}, where))) {
		if (mac !== "default" && !/^[0-9A-F]{12}$/.test(mac))
			throw new RulesError(`${where}.${mac} is neither "default" nor 12 upper-case hex digits`);
		result[mac] = {};
		for (const [name, entry] of Object.entries(object(entries, `${where}.${mac}`)))
			result[mac][name] = text(entry, `${where}.${mac}.${name}`);
	}
	return result;
}

function parseRule(value: unknown, where: string): Rule {
	const source = object(value, where);
	for (const key of Object.keys(source)) if (!known.includes(key)) throw new RulesError(`${where}.${key} is not known`);
	const path = text(source.path, `${where}.path`);
	if (!path.startsWith("/")) throw new RulesError(`${where}.path must begin with /`);
	if ((source.file === undefined) === (source.template === undefined))
		throw new RulesError(`${where} wants either file or template`);
	const rule: Rule = { path, values: parseValues(source.values, `${where}.values`) };
	if (source.file !== undefined) rule.file = relativeName(source.file, `${where}.file`);
	if (source.template !== undefined) rule.template = relativeName(source.template, `${where}.template`);
	if (source.userAgent !== undefined) {
		try {
			rule.userAgent = new RegExp(text(source.userAgent, `${where}.userAgent`));
		} catch (error) {
			if (error instanceof RulesError) throw error;
			throw new RulesError(`${where}.userAgent is not a regular expression`);
		}
	}
	return rule;
}

/** @throws RulesError with the place of the fault */
export function loadRules(root: string): Rule[] {
	const path = join(root, rulesFile);
	if (!existsSync(path)) return [];
	let source: unknown;
	try {
		source = JSON.parse(readFileSync(path, "utf8"));
	} catch (error) {
		throw new RulesError(`${path}: ${error instanceof Error ? error.message : "not JSON"}`);
	}
	const { rules } = object(source, path);
	if (!Array.isArray(rules)) throw new RulesError(`${path}: "rules" wants an array`);
	return rules.map((rule, index) => parseRule(rule, `${path}: rules[${index}]`));
}

function matchPath(pattern: string, path: string): { mac?: string } | undefined {
	const at = pattern.indexOf("{MAC}");
	if (at < 0) return path === pattern ? {} : undefined;
	const head = pattern.slice(0, at);
	const tail = pattern.slice(at + 5);
	const mac = path.slice(head.length, path.length - tail.length);
	if (!path.startsWith(head) || !path.endsWith(tail) || !/^[0-9A-Fa-f]{12}$/.test(mac)) return undefined;
	return { mac: mac.toUpperCase() };
}

/** The first rule that fits. */
export function chooseRule(rules: Rule[], path: string, userAgent: string): Choice | undefined {
	for (const rule of rules) {
		const match = matchPath(rule.path, path);
		if (match !== undefined && (rule.userAgent === undefined || rule.userAgent.test(userAgent)))
			return { rule, ...match };
	}
	return undefined;
}

/** Replaces `{{NAME}}`. @throws RulesError for a name without a value */
export function renderTemplate(template: string, values: Record<string, string>): string {
	return template.replace(/\{\{([A-Za-z0-9_]+)\}\}/g, (_whole, name: string) => {
		if (Object.hasOwn(values, name)) return values[name];
		throw new RulesError(`the template names ${name}, which has no value`);
	});
}

// SPDX-License-Identifier: Apache-2.0
//
// An ini file on its way into the settings: read as a stream, checked whole, and only then taken, all of it or nothing.
// Holds the values, not the file. Leaves out tables: they are listed as unknown.
//
//   reading --end()--> ended --changes(), apply(), any number of times, if there were no problems

import type { IniError } from "../ini/error.js";
import { IniParser, type IniEntry, type IniTableLine } from "../ini/parse.js";
import { SettingsError } from "./error.js";
import type { Parameter, Value } from "./parameter.js";
import { eachParameter, findParameter } from "./registry.js";
import { needParameter, parseValues, valueOf, type Values } from "./values.js";

/** One record to be written, as a store takes it. */
export interface StoreChange {
	name: string;
	value?: Uint8Array;
}

/** What a stage needs of the settings that it works for. */
export interface StageTarget {
	readonly parameters: readonly Parameter[];
	/** What the candidate starts from. */
	values(): Values;
	replace(values: Values): void;
	changes(values: Values): StoreChange[];
}

export interface StageOptions {
	/** `true`: parameters that the file does not name return to their default, unless SetDefaultOnINIFileProcess is 0. */
	full: boolean;
	/** The file is the factory's or the operator's own: parameters marked `local` may stand in it. Default false. */
	local?: boolean;
	/** Problems kept in the result. Default 20. */
	maxProblems?: number;
	/** Unknown names, and repeated names, kept in the result. Default 64. */
	maxUnknown?: number;
}

export interface NamedLine {
	name: string;
	line: number;
}

/** What a file does to the settings. */
export interface IniResult {
	/** Canonical names of the parameters that get another value; empty if there are problems. */
	changed: string[];
	/** Names that no parameter has, and tables, as the file spells them. They are ignored. */
	unknown: NamedLine[];
	unknownCount: number;
	/** Names given more than once; the last value counts. */
	repeated: NamedLine[];
	/** Faults of the file in its order, the first ones; a file with any is not taken. */
	problems: (IniError | SettingsError)[];
	problemCount: number;
	/** Some of `changed` act after a restart only. */
	resetNeeded: boolean;
	/** The file asks for a restart: ResetNow = 1. */
	resetNow: boolean;
}

/** A candidate for the settings. */
export class IniStage {
	readonly #target: StageTarget;
	readonly #options: StageOptions;
	readonly #parser: IniParser;
	readonly #staged = new Map<string, Value>();
	readonly #result: IniResult;
	#namedTable = false;
	#ended = false;

	constructor(target: StageTarget, options: StageOptions) {
		this.#target = target;
		this.#options = options;
		this.#result = {
			changed: [],
			unknown: [],
			unknownCount: 0,
			repeated: [],
			problems: [],
			problemCount: 0,
			resetNeeded: false,
			resetNow: false,
		};
		this.#parser = new IniParser({
			onEntry: (entry) => this.entry(entry),
			onTable: (line) => this.#table(line),
			onProblem: (problem) => this.#problem(problem),
		});
	}

	/**
	 * Takes the next bytes of the file. Faults are collected, not thrown.
	 * @throws SettingsError SETTINGS_STAGE after `end`
	 */
	write(chunk: Uint8Array): void {
		this.#need(!this.#ended, "the file has ended");
		if (!this.#parser.closed) this.#parser.write(chunk);
	}

	/**
	 * Takes one line that was parsed elsewhere.
	 * @throws SettingsError SETTINGS_STAGE after `end`
	 */
	entry(entry: IniEntry): void {
		this.#need(!this.#ended, "the file has ended");
		const parameter = findParameter(this.#target.parameters, entry.name);
		if (parameter === undefined) {
			this.#unknown(entry.name, entry.line);
			return;
		}
		try {
			if (entry.form === "list" && parameter.elements === undefined && parameter.type !== "list")
				throw new SettingsError("SETTINGS_TYPE", `${parameter.name}: expected one value, found a list`);
			if (parameter.local === true && this.#options.local !== true)
				throw new SettingsError("SETTINGS_LOCAL", `${parameter.name} can be changed at the gateway only`);
			const values = parseValues(parameter, entry.value);
			if (values.some(([name]) => this.#staged.has(name)))
				this.#keep(this.#result.repeated, parameter.name, entry.line);
			for (const [name, value] of values) this.#staged.set(name, value);
		} catch (error) {
			if (!(error instanceof SettingsError)) throw error;
			const place = { parameter: parameter.name, position: entry.valuePosition };
			this.#problem(new SettingsError(error.code, error.message, place));
		}
	}

	/**
	 * Says that the file is complete.
	 * @returns what taking it would do; no setting has changed yet
	 * @throws SettingsError SETTINGS_STAGE when called twice
	 */
	end(): IniResult {
		this.#need(!this.#ended, "the file has ended");
		if (!this.#parser.closed) this.#parser.end();
		this.#ended = true;
		const result = this.#result;
		if (result.problemCount > 0) return result;
		const before = this.#target.values();
		const after = this.#merge(before);
		for (const { name, reset } of eachParameter(this.#target.parameters)) {
			if (before.get(name) === after.get(name)) continue;
			result.changed.push(name);
			if (reset === true) result.resetNeeded = true;
		}
		result.resetNow = this.#staged.get("ResetNow") === 1;
		return result;
	}

	/**
	 * Value that a parameter has once the file is taken.
	 * @throws SettingsError SETTINGS_UNKNOWN, SETTINGS_STAGE before `end` or with problems
	 */
	get(name: string): Value {
		return valueOf(this.#candidate(), needParameter(this.#target.parameters, name));
	}

	/**
	 * Changes the candidate itself, over what the file says.
	 * @throws SettingsError as `Settings.set`, SETTINGS_STAGE before `end` or with problems
	 */
	set(name: string, text: string): void {
		this.#needSound();
		const parameter = needParameter(this.#target.parameters, name);
		for (const [each, value] of parseValues(parameter, text)) this.#staged.set(each, value);
	}

	/**
	 * @returns the record to write, for one commit together with others; empty when the store already holds it
	 * @throws SettingsError SETTINGS_STAGE before `end` or with problems
	 */
	changes(): StoreChange[] {
		return this.#target.changes(this.#candidate());
	}

	/**
	 * Puts the candidate in force, in memory. Whether it is stored depends on `changes` or `Settings.save`.
	 * @throws SettingsError SETTINGS_STAGE before `end` or with problems
	 */
	apply(): void {
		this.#target.replace(this.#candidate());
	}

	/** Merged when asked for, so that a parameter set meanwhile by hand is not lost. */
	#candidate(): Values {
		this.#needSound();
		return this.#merge(this.#target.values());
	}

	#merge(current: Values): Values {
		const defaults = this.#options.full && this.#flag("SetDefaultOnINIFileProcess", current) !== 0;
		const merged = new Map<string, Value>();
		for (const { name, fallback, keep, fileOnly } of eachParameter(this.#target.parameters)) {
			if (fileOnly === true) continue;
			const kept = defaults && keep !== true ? undefined : current.get(name);
			const value = this.#staged.get(name) ?? kept;
			if (value !== undefined && value !== fallback) merged.set(name, value);
		}
		return merged;
	}

	#flag(name: string, current: Values): Value | undefined {
		const fallback = findParameter(this.#target.parameters, name)?.fallback;
		return this.#staged.get(name) ?? current.get(name) ?? fallback;
	}

	#table(line: IniTableLine): void {
		if (line.part === "format" || !this.#namedTable) this.#unknown(line.table, line.line);
		this.#namedTable = line.part !== "end";
	}

	#unknown(name: string, line: number): void {
		this.#result.unknownCount++;
		this.#keep(this.#result.unknown, name, line);
	}

	#keep(list: NamedLine[], name: string, line: number): void {
		if (list.length < (this.#options.maxUnknown ?? 64)) list.push({ name, line });
	}

	#problem(problem: IniError | SettingsError): void {
		this.#result.problemCount++;
		if (this.#result.problems.length < (this.#options.maxProblems ?? 20)) this.#result.problems.push(problem);
	}

	#needSound(): void {
		this.#need(this.#ended, "the file has not ended");
		this.#need(this.#result.problemCount === 0, "the file has problems");
	}

	#need(condition: boolean, otherwise: string): void {
		if (!condition) throw new SettingsError("SETTINGS_STAGE", otherwise);
	}
}

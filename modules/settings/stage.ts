// SPDX-License-Identifier: Apache-2.0
//
// An ini file on its way into the settings: read as a stream, checked whole, and only then taken, all of it or nothing.
// Holds the values of parameters, not the file; tables and unknown names go through kept-stage.ts.
//
//   reading --end()--> ended --changes(), apply(), any number of times, if there were no problems
//                            --abandon(): not taken

import type { IniError, Position } from "../ini/error.js";
import { IniParser, type IniEntry, type IniTableLine } from "../ini/parse.js";
import { joinEntry } from "../ini/serialize.js";
import { encodeUTF8 } from "../bytes/text.js";
import { SettingsError } from "./error.js";
import { type Difference, emptyResult, type IniResult, keptName, type NamedLine } from "./ini-result.js";
import { describeIndex, type KeptIndex, type SettingsStore, type StoreChange } from "./kept.js";
import { type Carry, KeptStage } from "./kept-stage.js";
import { describeChanges, mergeValues } from "./merge.js";
import type { Parameter, Value } from "./parameter.js";
import { eachParameter, findParameter } from "./registry.js";
import { resolveHidden } from "./value.js";
import { needParameter, parseValues, valueOf, type Values, ValueTable } from "./values.js";

/** What a stage needs of the settings that it works for. */
export interface StageTarget {
	readonly parameters: readonly Parameter[];
	readonly store: SettingsStore;
	/** What the candidate starts from. */
	values(): Values;
	/** What is kept in force. */
	kept(): KeptIndex;
	replace(values: Values, kept: StoreChange[]): void;
	changes(values: Values): StoreChange[];
}

export interface StageOptions {
	/**
	 * `true`: parameters that the file does not name return to their default, unless SetDefaultOnINIFileProcess is 0, or the file
	 * begins with `#ini-incremental`.
	 */
	full: boolean;
	/** The file is the factory's or the operator's own: parameters marked `local` may stand in it. Default false. */
	local?: boolean;
	/** Nothing of what is in force stays. Default false. */
	anew?: boolean;
	/** Problems kept in the result. Default 20. */
	maxProblems?: number;
	/** Unknown names, and repeated names, kept in the result. Default 64. */
	maxUnknown?: number;
}

/** Faults that leave it open what the file was meant to say, or what it is: never passed over. */
const fatal: readonly string[] = Object.freeze([
	"INI_FILE_LENGTH",
	"INI_TABLE_OPEN",
	"SETTINGS_LOCAL",
	"SETTINGS_KEPT",
	"SETTINGS_STORE",
]);

/** A candidate for the settings. */
export class IniStage {
	readonly #target: StageTarget;
	readonly #options: StageOptions;
	readonly #parser: IniParser;
	readonly #kept: KeptStage;
	readonly #staged = new ValueTable();
	readonly #result: IniResult = emptyResult();
	#fatal = false;
	/** There is room for what is kept. */
	#keeping = true;
	#inTable = false;
	#ended = false;

	constructor(target: StageTarget, options: StageOptions) {
		this.#target = target;
		this.#options = options;
		this.#kept = new KeptStage(target.store);
		this.#parser = new IniParser({
			onEntry: (entry) => this.takeEntry(entry, this.#parser.raw),
			onTable: (line) => this.table(line),
			onProblem: (problem) => this.problem(problem),
		});
	}

	/**
	 * Takes the next bytes of the file. Faults are collected, not thrown.
	 * @throws SettingsError SETTINGS_STAGE after `end`
	 */
	write(chunk: Uint8Array): void {
		this.need(!this.#ended, "the file has ended");
		if (!this.#parser.closed) this.#parser.write(chunk);
	}

	/**
	 * Takes one line that was parsed elsewhere.
	 * @throws SettingsError SETTINGS_STAGE after `end`
	 */
	entry(entry: IniEntry): void {
		this.need(!this.#ended, "the file has ended");
		this.takeEntry(entry, encodeUTF8(joinEntry(entry)));
	}

	/**
	 * Says that the file is complete.
	 * @returns what taking it would do; no setting has changed yet
	 * @throws SettingsError SETTINGS_STAGE when called twice
	 */
	end(): IniResult {
		this.need(!this.#ended, "the file has ended");
		if (!this.#parser.closed) this.#parser.end();
		this.#ended = true;
		const result = this.#result;
		const before = this.#target.values();
		this.applyPolicy(before);
		result.full = this.isFull(before);
		const keptChanges = result.problemCount === 0 && this.finishKept();
		if (result.problemCount > 0) {
			this.abandon();
			return result;
		}
		const after = this.merge(before);
		for (const { name, reset } of eachParameter(this.#target.parameters)) {
			if (before.get(name) === after.get(name)) continue;
			result.changed.push(name);
			if (reset === true) result.resetNeeded = true;
		}
		if (keptChanges) result.changed.push(keptName);
		result.resetNow = this.#staged.get("ResetNow") === 1;
		return result;
	}

	/**
	 * Value that a parameter has once the file is taken.
	 * @throws SettingsError SETTINGS_UNKNOWN, SETTINGS_STAGE before `end` or with problems
	 */
	get(name: string): Value {
		return valueOf(this.candidate(), needParameter(this.#target.parameters, name));
	}

	/**
	 * What changes, as people are shown it.
	 * @throws SettingsError SETTINGS_STAGE before `end` or with problems
	 */
	*differences(): IterableIterator<Difference> {
		yield* describeChanges(this.#target.parameters, this.#target.values(), this.candidate());
		if (!this.#result.changed.includes(keptName)) return;
		const texts = { before: describeIndex(this.#target.kept()), after: describeIndex(this.#kept.index) };
		yield { name: keptName, ...texts, reset: false };
	}

	/**
	 * Changes the candidate itself, over what the file says.
	 * @throws SettingsError as `Settings.set`, SETTINGS_STAGE before `end` or with problems
	 */
	set(name: string, text: string): void {
		this.needSound();
		const parameter = needParameter(this.#target.parameters, name);
		for (const [each, value] of parseValues(parameter, text)) this.#staged.set(each, value);
	}

	/**
	 * @returns the records to write, for one commit together with others; empty when the store already holds them
	 * @throws SettingsError SETTINGS_STAGE before `end`, with problems, or when another file with tables was taken since `end`
	 */
	changes(): StoreChange[] {
		return [...this.#target.changes(this.candidate()), ...this.#kept.changes()];
	}

	/**
	 * Puts the candidate in force, in memory. Whether it is stored depends on `changes` or `Settings.save`.
	 * @throws SettingsError as `changes`
	 */
	apply(): void {
		this.#target.replace(this.candidate(), this.#kept.changes());
	}

	/** The file is not taken: what of it lies in the store is removed. Never throws. */
	abandon(): void {
		this.#kept.abandon();
	}

	private takeEntry(entry: IniEntry, raw: Uint8Array): void {
		const parameter = findParameter(this.#target.parameters, entry.name);
		if (parameter === undefined) {
			this.keep(entry.name, entry, () => this.#kept.name(entry.name, raw));
			this.unknown(entry.name, entry.line);
			return;
		}
		try {
			if (entry.form === "list" && parameter.elements === undefined && parameter.type !== "list")
				throw new SettingsError("SETTINGS_TYPE", `${parameter.name}: expected one value, found a list`);
			if (parameter.local === true && this.#options.local !== true)
				throw new SettingsError("SETTINGS_LOCAL", `${parameter.name} can be changed at the gateway only`);
			const text = resolveHidden(parameter, entry.value, valueOf(this.#target.values(), parameter));
			const values = parseValues(parameter, text);
			if (values.some(([name]) => this.#staged.has(name))) this.repeated(parameter.name, entry.line);
			for (const [name, value] of values) this.#staged.set(name, value);
		} catch (error) {
			if (!(error instanceof SettingsError)) throw error;
			const place = { parameter: parameter.name, position: entry.valuePosition };
			this.problem(new SettingsError(error.code, error.message, place));
		}
	}

	private table(line: IniTableLine): void {
		const first = line.part === "format" || !this.#inTable;
		this.#inTable = line.part !== "end";
		this.keep(line.table, line, () => this.#kept.tableLine(line.table, line.part, this.#parser.raw));
		if (first) this.unknown(line.table, line.line);
	}

	/** No room is one problem, not one for each line that follows. */
	private keep(name: string, position: Position, action: () => boolean): void {
		if (!this.#keeping) return;
		try {
			if (!action()) this.repeated(name, position.line);
		} catch (error) {
			if (!(error instanceof SettingsError)) throw error;
			this.#keeping = false;
			this.problem(new SettingsError(error.code, error.message, { position, cause: error.cause }));
		}
	}

	private finishKept(): boolean {
		const carry: Carry = this.#options.anew === true ? "nothing" : this.#result.full ? "secrets" : "all";
		try {
			return this.#kept.finish(carry);
		} catch (error) {
			if (!(error instanceof SettingsError)) throw error;
			this.problem(error);
			return false;
		}
	}

	/** Merged when asked for, so that a parameter set meanwhile by hand is not lost. */
	private candidate(): Values {
		this.needSound();
		return this.merge(this.#target.values());
	}

	private merge(current: Values): Values {
		return mergeValues(this.#target.parameters, current, this.#staged, this.#result.full);
	}

	private isFull(current: Values): boolean {
		const full = this.#options.full && this.#parser.mark !== "incremental";
		return full && this.valueOf("SetDefaultOnINIFileProcess", current) !== 0;
	}

	/** Whether faulty lines are passed over depends on what the file itself says too, which is known at its end. */
	private applyPolicy(current: Values): void {
		const result = this.#result;
		if (this.#fatal || this.valueOf("IniErrorPolicy", current) !== "skip") return;
		result.skipped = result.problems;
		result.skippedCount = result.problemCount;
		result.problems = [];
		result.problemCount = 0;
	}

	private valueOf(name: string, current: Values): Value | undefined {
		const fallback = findParameter(this.#target.parameters, name)?.fallback;
		return this.#staged.get(name) ?? current.get(name) ?? fallback;
	}

	private unknown(name: string, line: number): void {
		this.#result.unknownCount++;
		this.list(this.#result.unknown, name, line);
	}

	private repeated(name: string, line: number): void {
		this.list(this.#result.repeated, name, line);
	}

	private list(list: NamedLine[], name: string, line: number): void {
		if (list.length < (this.#options.maxUnknown ?? 64)) list.push({ name, line });
	}

	private problem(problem: IniError | SettingsError): void {
		this.#fatal ||= fatal.includes(problem.code);
		this.#result.problemCount++;
		if (this.#result.problems.length < (this.#options.maxProblems ?? 20)) this.#result.problems.push(problem);
	}

	private needSound(): void {
		this.need(this.#ended, "the file has not ended");
		this.need(this.#result.problemCount === 0, "the file has problems");
	}

	private need(condition: boolean, otherwise: string): void {
		if (!condition) throw new SettingsError("SETTINGS_STAGE", otherwise);
	}
}

// SPDX-License-Identifier: Apache-2.0
//
// The gateway's parameters: stored values over defaults, checked at every entrance, kept in one record of the store.
// Leaves out the reading of factory files at the right moment and all acting on values: that belongs to the program.

import type { IniEntry } from "../ini/parse.js";
import { SettingsError } from "./error.js";
import type { Difference, IniResult } from "./ini-result.js";
import type { KeptIndex, SettingsStore, StoreChange } from "./kept.js";
import type { KeptReader } from "./kept-reader.js";
import { KeptState } from "./kept-state.js";
import { describeChanges } from "./merge.js";
import type { Parameter, Value } from "./parameter.js";
import { sameBytes } from "./record.js";
import { eachParameter, parameters as allParameters } from "./registry.js";
import { IniStage, type StageOptions, type StageTarget } from "./stage.js";
import { describeValue } from "./value.js";
import {
	encodeValues,
	loadValues,
	needParameter,
	parseStored,
	parseValues,
	valueOf,
	type Values,
	ValueTable,
	withValues,
} from "./values.js";

export type { SettingsStore, StoreChange } from "./kept.js";

const RECORD = "settings";
const FACTORY = "factory.ini";

export interface SettingsOptions {
	store: SettingsStore;
	/** Default: all of registry.ts. */
	parameters?: readonly Parameter[];
}

/** One parameter as people are shown it. */
export interface SettingsEntry {
	name: string;
	/** As `describe` gives it: secrets and URL credentials are asterisks. */
	text: string;
	isDefault: boolean;
	isSecret: boolean;
	parameter: Parameter;
}

/** Parameters in force. Names may be in any letter case everywhere. */
export class Settings {
	readonly #store: SettingsStore;
	readonly #parameters: readonly Parameter[];
	#values: Values;
	/** The values in force are those of the store, as far as is known: a second map of them would take a kilobyte. */
	#isSaved = true;
	readonly #kept: KeptState;

	/**
	 * What was wrong with the stored record at the start: SETTINGS_RECORD (damaged, all is at default), or the fault of
	 * one stored value (that parameter is at default) or an unknown name.
	 */
	readonly problems: readonly SettingsError[];
	/** There was no record at the start: a new flash, for which `loadFactory` is meant. */
	readonly isNew: boolean;
	/** Called when values may be others than before, in memory; must not throw. */
	onChange: (() => void) | undefined;

	/** Reads the record; a damaged one is a `problems` entry, not an exception. */
	constructor(options: SettingsOptions) {
		this.#store = options.store;
		this.#kept = new KeptState(options.store);
		this.#parameters = options.parameters ?? allParameters;
		const record = this.#store.get(RECORD);
		this.isNew = record === undefined;
		const problems: SettingsError[] = [];
		this.#values = loadValues(record, this.#parameters, problems);
		this.problems = problems;
	}

	/** Another object whenever a value in force has changed: for those who keep what they have made of values. */
	get state(): object {
		return this.#values;
	}

	/** @throws SettingsError SETTINGS_UNKNOWN */
	parameter(name: string): Parameter {
		return needParameter(this.#parameters, name);
	}

	/**
	 * @returns a number for `boolean` (0 or 1) and `integer` parameters, else text; secrets as they are; of a vector its elements
	 * as one text
	 * @throws SettingsError SETTINGS_UNKNOWN
	 */
	get(name: string): Value {
		return valueOf(this.#values, this.parameter(name));
	}

	/** @throws SettingsError SETTINGS_UNKNOWN, SETTINGS_TYPE for a parameter that is no number */
	number(name: string): number {
		const value = this.get(name);
		if (typeof value === "number") return value;
		throw new SettingsError("SETTINGS_TYPE", `${name} is no number`, { parameter: name });
	}

	/** Whether a `boolean` parameter is 1. @throws as `number` */
	flag(name: string): boolean {
		return this.number(name) !== 0;
	}

	/** Value as text, as it would stand in an ini file; secrets as they are. @throws SettingsError SETTINGS_UNKNOWN */
	text(name: string): string {
		return String(this.get(name));
	}

	/** Value for people: secrets and URL credentials are asterisks. @throws SettingsError SETTINGS_UNKNOWN */
	describe(name: string): string {
		return describeValue(this.parameter(name), this.get(name));
	}

	/**
	 * Checks without setting.
	 * @throws SettingsError SETTINGS_UNKNOWN, SETTINGS_TYPE, SETTINGS_RANGE, SETTINGS_LENGTH, SETTINGS_CHARACTER,
	 * SETTINGS_URL, SETTINGS_FILE_ONLY
	 */
	check(name: string, text: string): void {
		parseStored(this.parameter(name), text);
	}

	/** Sets in memory; `save` stores. After a throw nothing has changed. @throws SettingsError as `check` */
	set(name: string, text: string): void {
		const parameter = this.parameter(name);
		this.put(withValues(this.#values, parameter, parseStored(parameter, text)));
		this.onChange?.();
	}

	/** Back to the default, in memory. @throws SettingsError SETTINGS_UNKNOWN */
	reset(name: string): void {
		const parameter = this.parameter(name);
		const values = parameter.elements === undefined ? String(parameter.fallback) : "";
		this.put(withValues(this.#values, parameter, parseValues(parameter, values)));
	}

	/** All parameters that are stored, in the order of the tables. */
	*entries(): IterableIterator<SettingsEntry> {
		for (const parameter of eachParameter(this.#parameters)) {
			if (parameter.fileOnly === true) continue;
			const { name, secret } = parameter;
			const isDefault = !this.#values.has(name);
			yield { name, text: this.describe(name), isDefault, isSecret: secret === true, parameter };
		}
	}

	/** Names whose value is not the stored one. */
	get changed(): string[] {
		/* Somebody may have committed `changes()` together with other records. */
		if (!this.#isSaved) this.#isSaved = this.changes().length === 0;
		const names: string[] = [];
		const saved = this.#isSaved ? this.#values : this.stored();
		for (const { name } of eachParameter(this.#parameters))
			if (this.#values.get(name) !== saved.get(name)) names.push(name);
		return names;
	}

	/** The records to write for the values in force, for one commit with others; empty when the store already holds them. */
	changes(): StoreChange[] {
		return [...this.changesFor(this.#values), ...this.#kept.changes()];
	}

	/** Tables and unknown names that the store holds, without their text. */
	get kept(): KeptIndex {
		return this.#kept.index;
	}

	/** Reads what is kept. */
	keptReader(): KeptReader {
		return this.#kept.reader();
	}

	/**
	 * Stores the values, in one commit, with other changes; writes nothing when there are none and the store already holds them.
	 * @returns whether anything was written
	 * @throws what the store throws; the values in force stay, the record stays the old one
	 */
	save(others: readonly StoreChange[] = []): boolean {
		const changes = [...this.changes(), ...others];
		if (changes.length > 0) this.#store.commit(changes);
		this.#isSaved = true;
		return changes.length > 0;
	}

	/** Takes what the store holds, over what was set since; what cannot be read is at its default. */
	reload(): void {
		this.#values = this.stored();
		this.#isSaved = true;
		this.#kept.note([]);
	}

	/** Starts to take an ini file that arrives in pieces. */
	stage(options: StageOptions): IniStage {
		return this.stageFor(options, () => this.#values);
	}

	/**
	 * Takes an ini file that is in memory, or lines of one: all of it, in memory, or nothing. `save` stores; what is kept of it
	 * counts only then.
	 * @throws IniError, SettingsError the first fault, with its line; nothing has changed
	 */
	applyIni(source: Uint8Array | Iterable<IniEntry>, options: StageOptions): IniResult {
		return this.takeAll(this.stage(options), source);
	}

	/**
	 * Puts a file in force and stores it, in one commit.
	 * @throws SettingsError SETTINGS_STAGE, and what the store throws; nothing has changed then
	 */
	take(stage: IniStage): void {
		const changes = stage.changes();
		if (changes.length > 0) this.#store.commit(changes);
		stage.apply();
	}

	/**
	 * Back to the state of delivery: every parameter to its default, then the record "factory.ini", if there is one, and saved with others.
	 * @returns what the file did, `undefined` without one
	 * @throws IniError, SettingsError for a faulty file, and what the store throws; on a faulty file nothing has changed
	 */
	loadFactory(others: readonly StoreChange[] = []): IniResult | undefined {
		const bytes = this.#store.get(FACTORY);
		let result: IniResult | undefined;
		if (bytes === undefined) {
			this.put(new ValueTable());
			this.#kept.clear();
		} else result = this.takeAll(this.factoryStage(), bytes);
		this.save(others);
		return result;
	}

	/**
	 * What is different from the stored values, or from the state of delivery.
	 * @throws IniError, SettingsError for a faulty "factory.ini"
	 */
	differences(from: "saved" | "factory"): Difference[] {
		const before = from === "factory" ? this.factoryValues() : this.#isSaved ? this.#values : this.stored();
		return [...describeChanges(this.#parameters, before, this.#values)];
	}

	private factoryStage(replace?: StageTarget["replace"]): IniStage {
		return this.stageFor({ full: true, local: true, anew: true }, () => new ValueTable(), replace);
	}

	private factoryValues(): Values {
		const bytes = this.#store.get(FACTORY);
		let values: Values = new ValueTable();
		if (bytes === undefined) return values;
		const stage = this.factoryStage((factory) => (values = factory));
		this.takeAll(stage, bytes);
		stage.abandon();
		return values;
	}

	private stageFor(
		options: StageOptions,
		values: () => Values,
		replace: StageTarget["replace"] = (replacement, kept) => {
			this.put(replacement);
			this.#kept.note(kept);
			this.onChange?.();
		},
	): IniStage {
		const parts = { parameters: this.#parameters, store: this.#store, values, replace };
		const target = { ...parts, kept: () => this.kept, changes: (candidate: Values) => this.changesFor(candidate) };
		return new IniStage(target, options);
	}

	private takeAll(stage: IniStage, source: Uint8Array | Iterable<IniEntry>): IniResult {
		if (source instanceof Uint8Array) stage.write(source);
		else for (const entry of source) stage.entry(entry);
		const result = stage.end();
		if (result.problems.length > 0) throw result.problems[0];
		stage.apply();
		return result;
	}

	private changesFor(values: Values): StoreChange[] {
		const [value, stored] = [encodeValues(values), this.#store.get(RECORD)];
		return stored !== undefined && sameBytes(stored, value) ? [] : [{ name: RECORD, value }];
	}

	private put(values: Values): void {
		this.#values = values;
		this.#isSaved = false;
	}

	private stored(): Values {
		return loadValues(this.#store.get(RECORD), this.#parameters);
	}
}

// SPDX-License-Identifier: Apache-2.0
//
// The candidate configuration: what an operator has set and not saved. The gateway runs on as it is until `save`, which puts
// all of it in force and stores it, or none of it.

import type { Parameter } from "../settings/parameter.js";
import type { Settings } from "../settings/settings.js";
import { describeValue } from "../settings/value.js";

/** One difference to what is in force, for people: secrets are asterisks. */
export interface Difference {
	parameter: Parameter;
	from: string;
	to: string;
}

export class Candidate {
	readonly #settings: Settings;
	/** Texts by canonical name. */
	readonly #texts = new Map<string, string>();

	constructor(settings: Settings) {
		this.#settings = settings;
	}

	/** Whether there is anything to save. */
	get changed(): boolean {
		return this.#texts.size > 0;
	}

	/** Checks and notes a value. @throws SettingsError as `Settings.check`; nothing has changed then */
	set(name: string, text: string): Parameter {
		this.#settings.check(name, text);
		const parameter = this.#settings.parameter(name);
		const number = parameter.elements === undefined && (parameter.type === "boolean" || parameter.type === "integer");
		return this.note(parameter, number && /^-?[0-9]+$/.test(text) ? String(Number(text)) : text);
	}

	/** Notes the default. @throws SettingsError SETTINGS_UNKNOWN */
	reset(name: string): Parameter {
		const parameter = this.#settings.parameter(name);
		return this.note(parameter, parameter.elements === undefined ? String(parameter.fallback) : "");
	}

	/** The value to come, for people. @throws SettingsError SETTINGS_UNKNOWN */
	describe(name: string): string {
		const parameter = this.#settings.parameter(name);
		return describeValue(parameter, this.#texts.get(parameter.name) ?? this.#settings.text(name));
	}

	*differences(): Iterable<Difference> {
		for (const [name, text] of this.#texts) {
			const parameter = this.#settings.parameter(name);
			yield { parameter, from: this.#settings.describe(name), to: describeValue(parameter, text) };
		}
	}

	/**
	 * Puts everything in force, and stores it in one commit.
	 * @returns how many values changed, and how many of them act after a restart only
	 * @throws what the store throws; what is in force is as before then, and the candidate stays
	 */
	save(): { count: number; resets: number } {
		if (this.#texts.size === 0) return { count: 0, resets: 0 };
		const before = Array.from(this.#texts.keys(), (name): [string, string] => [name, this.#settings.text(name)]);
		let resets = 0;
		try {
			for (const [name, text] of this.#texts) {
				this.#settings.set(name, text);
				if (this.#settings.parameter(name).reset === true) resets++;
			}
			this.#settings.save();
		} catch (error) {
			for (const [name, text] of before) this.#settings.set(name, text);
			throw error;
		}
		this.#texts.clear();
		return { count: before.length, resets };
	}

	/** @returns how many changes are forgotten */
	discard(): number {
		const count = this.#texts.size;
		this.#texts.clear();
		return count;
	}

	private note(parameter: Parameter, text: string): Parameter {
		if (text === this.#settings.text(parameter.name)) this.#texts.delete(parameter.name);
		else this.#texts.set(parameter.name, text);
		return parameter;
	}
}

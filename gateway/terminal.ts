// SPDX-License-Identifier: Apache-2.0
//
// The serial console with the commands of all modules.

import type { CertificateStore } from "upgate/certificates/store";
import { accountCommands } from "upgate/console/account-commands";
import type { Candidate } from "upgate/console/candidate";
import type { Command } from "upgate/console/commands";
import { Console, type ConsoleOptions } from "upgate/console/console";
import { factoryCommands } from "upgate/console/factory-commands";
import { fileCommands, type FilePorts } from "upgate/console/file-commands";
import { gatewayCommands } from "upgate/console/gateway-commands";
import { iniCommands } from "upgate/console/ini-commands";
import { lineCommands, type LinePorts } from "upgate/console/line-commands";
import { pingCommands, type PingPorts } from "upgate/console/ping-commands";
import { hostNetworkCommands, networkCommands } from "upgate/console/network-commands";
import { showAttempt, traceCommands, type TracePort } from "upgate/console/trace-commands";
import type { BootSelector } from "upgate/flash/otadata";
import type { Network } from "upgate/network/network";
import type { Settings } from "upgate/settings/settings";
import { updateCommands } from "upgate/console/update-commands";
import { slotLines } from "upgate/update/slots";
import type { Updater } from "upgate/update/updater";
import { type Accounts, ConsoleLogin } from "./accounts.js";
import { type FactoryParts, makeFactoryReset } from "./factory-reset.js";
import type { Gear } from "./gear.js";

/** `name> `, `name(automatic-update)*> `: who, where in the tree of commands, and whether something is not saved. */
function promptText({ device, settings, candidate: { changed } }: TerminalParts, mode: string): string {
	const name = settings.text("HostName") || device.board.application.name;
	return `${name}${mode === "" ? "" : `(${mode})`}${changed ? "*" : ""}> `;
}

export interface TerminalParts {
	device: Gear;
	settings: Settings;
	candidate: Candidate;
	accounts: Accounts;
	/** All of the console, made anew each time. */
	commands(): Iterable<Command>;
}

/** What the console asks for. */
class Host implements ConsoleOptions {
	readonly #parts: TerminalParts;

	constructor(parts: TerminalParts) {
		this.#parts = parts;
	}

	get io(): Gear["io"]["Serial"] {
		return this.#parts.device.io.Serial;
	}

	get timer(): Gear["timer"] {
		return this.#parts.device.timer;
	}

	/** Made when it is asked for, which is once. */
	get login(): ConsoleLogin {
		return new ConsoleLogin(this.#parts.accounts);
	}

	get terminal(): boolean {
		return this.#parts.device.board.option("terminal") !== "0";
	}

	prompt(mode: string): string {
		return promptText(this.#parts, mode);
	}

	commands(): Iterable<Command> {
		return this.#parts.commands();
	}
}

export function makeTerminal(parts: TerminalParts): Console {
	return new Console(new Host(parts));
}

export interface CommandParts extends TerminalParts {
	certificates: CertificateStore;
	selector: BootSelector;
	updater: Updater;
	files: FilePorts;
	lines: LinePorts;
	store: FactoryParts["store"];
	resolver: PingPorts["resolver"];
}

/** What serves others, with commands of its own. */
export interface CommandServices {
	readonly trace: FactoryParts["trace"] & TracePort;
	/** What those who listen have of the heap. */
	memory(): Iterable<string>;
	commands(): Iterable<Command>;
}

/** @param network where this program keeps it up */
export function* makeCommands(parts: CommandParts, services: CommandServices, network?: Network): Iterable<Command> {
	const { device, selector, store, updater, resolver, settings } = parts;
	const { board, storage, io, timer, ticks } = device;
	const { trace } = services;
	const restart = (reason: string): void => updater.restart(reason);
	yield* gatewayCommands({
		...{ ...parts, board, timer, trace, restart },
		update: updater,
		attempt: (number) => showAttempt(trace, number),
		slots: () => slotLines({ storage, selector, store, runningSlot: board.runningSlot }),
		listeners: () => services.memory(),
	});
	yield* updateCommands({ update: updater, board });
	yield* traceCommands(trace);
	yield* fileCommands(parts.files);
	yield* lineCommands(parts.lines);
	yield* iniCommands({ ...parts, board, restart });
	const host = { address: () => device.localAddress?.(), name: () => settings.text("HostName") };
	yield* network === undefined ? hostNetworkCommands(host) : networkCommands(network);
	yield* accountCommands(parts.accounts.password);
	yield* factoryCommands(makeFactoryReset({ ...parts, trace }));
	yield* pingCommands({ io, resolver, timer, ticks });
	yield* services.commands();
}

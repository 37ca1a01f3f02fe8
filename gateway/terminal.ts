// SPDX-License-Identifier: Apache-2.0
//
// The serial console with the commands of all modules.

import type { CertificateStore } from "upgate/certificates/store";
import { accountCommands } from "upgate/console/account-commands";
import type { Candidate } from "upgate/console/candidate";
import type { Command } from "upgate/console/commands";
import { Console } from "upgate/console/console";
import { factoryCommands, type FactoryPort } from "upgate/console/factory-commands";
import { fileCommands, type FilePorts } from "upgate/console/file-commands";
import { gatewayCommands } from "upgate/console/gateway-commands";
import { iniCommands } from "upgate/console/ini-commands";
import { lineCommands, type LinePorts } from "upgate/console/line-commands";
import { pingCommands } from "upgate/console/ping-commands";
import { hostNetworkCommands, networkCommands } from "upgate/console/network-commands";
import { showAttempt, traceCommands, type TracePort } from "upgate/console/trace-commands";
import type { BootSelector } from "upgate/flash/otadata";
import type { Network } from "upgate/network/network";
import type { Settings } from "upgate/settings/settings";
import { updateCommands } from "upgate/console/update-commands";
import { slotLines } from "upgate/update/slots";
import type { Updater } from "upgate/update/updater";
import { type Accounts, consoleLogin } from "./accounts.js";
import type { Device } from "../modules/ecma419/device.js";
import type { Resolver } from "../modules/ecma419/resolver.js";

/** `name> `, `name(automatic-update)*> `: who, where in the tree of commands, and whether something is not saved. */
function promptText(name: string, mode: string, changed: boolean): string {
	return `${name}${mode === "" ? "" : `(${mode})`}${changed ? "*" : ""}> `;
}

/** @param parts as in `makeCommands` */
export function makeTerminal(
	{ io, timer, board }: Device,
	{ settings, candidate, accounts }: Pick<CommandParts, "settings" | "candidate" | "accounts">,
	commands: () => Iterable<Command>,
): Console {
	return new Console({
		io: io.Serial,
		timer,
		prompt: (mode) => promptText(settings.text("HostName") || board.application.name, mode, candidate.changed),
		login: consoleLogin(accounts),
		terminal: board.option("terminal") !== "0",
		commands,
	});
}

export interface CommandParts {
	settings: Settings;
	candidate: Candidate;
	accounts: Accounts;
	certificates: CertificateStore;
	selector: BootSelector;
	storage: Device["storage"];
	board: Device["board"];
	updater: Updater;
	files: FilePorts;
	lines: LinePorts;
	/** What serves others, with commands of its own. */
	services: {
		readonly trace: TracePort;
		/** What those who listen have of the heap. */
		memory(): Iterable<string>;
		commands(): Iterable<Command>;
	};
	debugCommands: () => Iterable<Command>;
	factory: FactoryPort;
	resolver: Resolver;
	device: Device;
	network?: Network | undefined;
}

/** One after the other: all of them at once are more than the heap has room for. */
export function* makeCommands(all: CommandParts): Iterable<Command> {
	const { device, selector, storage, updater, services, network, ...parts } = all;
	const { trace } = services;
	const restart = (reason: string): void => updater.restart(reason);
	yield* gatewayCommands({
		...parts,
		update: updater,
		attempt: (number) => showAttempt(trace, number),
		slots: () => slotLines(storage, selector, parts.board.runningSlot),
		listeners: () => services.memory(),
		restart,
	});
	yield* updateCommands({ update: updater, board: parts.board });
	yield* traceCommands(trace);
	yield* fileCommands(parts.files);
	yield* lineCommands(parts.lines);
	yield* iniCommands({ ...parts, restart });
	const name = (): string => parts.settings.text("HostName");
	yield* network === undefined ? hostNetworkCommands(() => device.localAddress?.(), name) : networkCommands(network);
	yield* accountCommands(parts.accounts.password);
	yield* factoryCommands(parts.factory);
	const { io, timer, board } = device;
	yield* pingCommands({ io, timer, resolver: parts.resolver, ticks: () => board.clock.ticks() });
	yield* services.commands();
	yield* parts.debugCommands();
}

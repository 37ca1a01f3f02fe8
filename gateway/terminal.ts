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
import { pingCommands, type PingPorts } from "upgate/console/ping-commands";
import { networkCommands } from "upgate/console/network-commands";
import { showAttempt, traceCommands, type TracePort } from "upgate/console/trace-commands";
import type { BootSelector } from "upgate/flash/otadata";
import type { Network } from "upgate/network/network";
import type { Settings } from "upgate/settings/settings";
import { updateCommands } from "upgate/console/update-commands";
import { slotLines } from "upgate/update/slots";
import type { Updater } from "upgate/update/updater";
import { type Accounts, consoleLogin } from "./accounts.js";
import type { Device } from "../modules/ecma419/device.js";

/** `name> `, `name(automatic-update)*> `: who, where in the tree of commands, and whether something is not saved. */
function promptText(name: string, mode: string, changed: boolean): string {
	return `${name}${mode === "" ? "" : `(${mode})`}${changed ? "*" : ""}> `;
}

/** @param parts as in `makeCommands` */
export function makeTerminal(
	{ io, timer, board }: Device,
	{ settings, candidate, accounts }: Pick<CommandParts, "settings" | "candidate" | "accounts">,
	commands: () => Command[],
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
	trace: TracePort;
	factory: FactoryPort;
	ping: PingPorts;
	/** What those who listen have of the heap. */
	listeners: () => Iterable<string>;
	network?: Network | undefined;
}

export function makeCommands({ selector, storage, updater, network, ...parts }: CommandParts): Command[] {
	const restart = (reason: string): void => updater.restart(reason);
	return [
		...gatewayCommands({
			...parts,
			update: updater,
			attempt: (number) => showAttempt(parts.trace, number),
			slots: () => slotLines(storage, selector, parts.board.runningSlot),
			restart,
		}),
		...updateCommands({ update: updater, board: parts.board }),
		...traceCommands(parts.trace),
		...fileCommands(parts.files),
		...lineCommands(parts.lines),
		...iniCommands({ ...parts, restart }),
		...(network === undefined ? [] : networkCommands(network)),
		...accountCommands(parts.accounts.password),
		...factoryCommands(parts.factory),
		...pingCommands(parts.ping),
	];
}

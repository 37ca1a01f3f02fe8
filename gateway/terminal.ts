// SPDX-License-Identifier: Apache-2.0
//
// The serial console with the commands of all modules.

import type { CertificateStore } from "upgate/certificates/store";
import type { Candidate } from "upgate/console/candidate";
import type { Command } from "upgate/console/commands";
import { Console } from "upgate/console/console";
import { gatewayCommands } from "upgate/console/gateway-commands";
import { networkCommands } from "upgate/console/network-commands";
import type { BootSelector } from "upgate/flash/otadata";
import type { Network } from "upgate/network/network";
import type { Settings } from "upgate/settings/settings";
import { slotLines } from "upgate/update/slots";
import type { Updater } from "upgate/update/updater";
import type { Device } from "../modules/ecma419/device.js";

/** `name> `, `name(automatic-update)*> `: who, where in the tree of commands, and whether something is not saved. */
function promptText(name: string, mode: string, changed: boolean): string {
	return `${name}${mode === "" ? "" : `(${mode})`}${changed ? "*" : ""}> `;
}

/** @param parts as in `makeCommands` */
export function makeTerminal(
	{ io, timer, board }: Device,
	{ settings, candidate }: Pick<CommandParts, "settings" | "candidate">,
	commands: Command[],
): Console {
	return new Console({
		io: io.Serial,
		timer,
		prompt: (mode) => promptText(settings.text("HostName") || board.application.name, mode, candidate.changed),
		terminal: board.option("terminal") !== "0",
		commands,
	});
}

export interface CommandParts {
	settings: Settings;
	candidate: Candidate;
	certificates: CertificateStore;
	selector: BootSelector;
	storage: Device["storage"];
	board: Device["board"];
	updater: Updater;
	network?: Network | undefined;
}

export function makeCommands({ selector, storage, updater, network, ...parts }: CommandParts): Command[] {
	const commands = gatewayCommands({
		...parts,
		update: updater,
		slots: () => slotLines(storage, selector, parts.board.runningSlot),
		restart: (reason) => updater.restart(reason),
	});
	return network === undefined ? commands : [...commands, ...networkCommands(network)];
}
